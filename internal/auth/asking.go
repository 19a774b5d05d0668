package auth

import (
	"context"
	"errors"

	"loket/internal/captcha"
	"loket/models"
)

// asking is what every form comes with that anybody may send: what is asked, the proof that no machine does, and from where.
type asking struct {
	action string
	proof  HumanProof
	origin models.Origin
}

// shaped refuses a form for faults of its shape or its proof, which it does not use up.
func (s *Service) shaped(ctx context.Context, a asking, faults []models.FieldFault) (captcha.Proof, error) {
	proof, fault := s.human(a.proof)
	if fault != "" {
		faults = append(faults, models.Fault("captcha", fault))
	}
	if len(faults) > 0 {
		return proof, s.refuseAsking(ctx, a, faults...)
	}
	return proof, nil
}

// asked has a form kept that is well shaped, with the proof that it uses up.
func (s *Service) asked(ctx context.Context, a asking, faults []models.FieldFault, keep func(captcha.Proof) error) error {
	proof, err := s.shaped(ctx, a, faults)
	if err != nil {
		return err
	}
	err = keep(proof)
	if errors.Is(err, models.ErrDuplicate) {
		return s.refuseAsking(ctx, a, models.Fault("captcha", "captcha_over"))
	}
	return err
}

func (s *Service) refuseAsking(ctx context.Context, a asking, faults ...models.FieldFault) error {
	return s.refuse(ctx, models.AuditEntry{Stream: "system", Actor: "system", Action: a.action, Object: "form", Origin: a.origin}, models.Invalid(faults...))
}

// human gives the proof, or the code of what is wrong with it.
func (s *Service) human(p HumanProof) (captcha.Proof, string) {
	check, code := func() (captcha.Proof, error) { return s.cfg.Captcha.Worked(p.Work) }, "captcha_over"
	switch {
	case p.Work == "" && p.Answer == "":
		return captcha.Proof{}, "captcha_needed"
	case p.Work == "":
		check, code = func() (captcha.Proof, error) { return s.cfg.Captcha.Answered(p.Question, p.Answer) }, "captcha_wrong"
	}
	proof, err := check()
	if err != nil {
		return proof, code
	}
	return proof, ""
}
