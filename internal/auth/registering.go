package auth

import (
	"context"
	"errors"

	"loket/internal/captcha"
	"loket/internal/store"
	"loket/models"
)

// Registrations keeps what people ask who want a trader's account.
type Registrations interface {
	AskRegistration(ctx context.Context, in store.RegistrationRequest) error
}

// Registering is what somebody sends who wants a trader's account.
type Registering struct {
	Name, Email string
	Proof       HumanProof
	Locale      string
	Origin      models.Origin
}

// CheckRegister looks at a form for its shape, and at the proof, without using it up. Fields of faults: name, email,
// captcha.
func (s *Service) CheckRegister(ctx context.Context, in Registering) error {
	_, err := s.readRegister(ctx, in)
	return err
}

// Register takes a request for a link by which a registration begins. The answer is the same, after the same work, whoever
// has the address: nobody has looked when it is given.
func (s *Service) Register(ctx context.Context, in Registering) error {
	read, err := s.readRegister(ctx, in)
	if err != nil {
		return err
	}
	err = s.cfg.Store.AskRegistration(ctx, read)
	if errors.Is(err, models.ErrDuplicate) {
		return s.refuseRegister(ctx, in, []models.FieldFault{models.Fault("captcha", "captcha_over")})
	}
	return err
}

func (s *Service) readRegister(ctx context.Context, in Registering) (store.RegistrationRequest, error) {
	read := store.RegistrationRequest{Lang: "id", Origin: in.Origin}
	if in.Locale == "en" {
		read.Lang = in.Locale
	}
	var faults, found []models.FieldFault
	read.Name, faults = models.ParseName("name", in.Name)
	read.Email, found = models.ParseEmail("email", in.Email)
	faults = append(faults, found...)
	var proof captcha.Proof
	var fault string
	if proof, fault = s.human(in.Proof); fault != "" {
		faults = append(faults, models.Fault("captcha", fault))
	}
	read.Nonce, read.NonceExpires = proof.Nonce, proof.Expires
	if len(faults) > 0 {
		return read, s.refuseRegister(ctx, in, faults)
	}
	return read, nil
}

func (s *Service) refuseRegister(ctx context.Context, in Registering, faults []models.FieldFault) error {
	return s.refuse(ctx, models.AuditEntry{Stream: "system", Actor: "system", Action: string(models.EventRegistrationAsked), Object: "form", Origin: in.Origin}, models.Invalid(faults...))
}
