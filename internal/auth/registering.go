package auth

import (
	"context"

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

func (in Registering) asking() asking {
	return asking{string(models.EventRegistrationAsked), in.Proof, in.Origin}
}

// CheckRegister looks at a form for its shape, and at the proof, without using it up. Fields of faults: name, email,
// captcha.
func (s *Service) CheckRegister(ctx context.Context, in Registering) error {
	_, faults := in.read()
	_, err := s.shaped(ctx, in.asking(), faults)
	return err
}

// Register takes a request for a link by which a registration begins. The answer is the same, after the same work, whoever
// has the address: nobody has looked when it is given.
func (s *Service) Register(ctx context.Context, in Registering) error {
	read, faults := in.read()
	return s.asked(ctx, in.asking(), faults, func(proof captcha.Proof) error {
		read.Nonce, read.NonceExpires = proof.Nonce, proof.Expires
		return s.cfg.Store.AskRegistration(ctx, read)
	})
}

func (in Registering) read() (store.RegistrationRequest, []models.FieldFault) {
	read := store.RegistrationRequest{Lang: models.Locale(in.Locale), Origin: in.Origin}
	var faults, found []models.FieldFault
	read.Name, faults = models.ParseName("name", in.Name)
	read.Email, found = models.ParseEmail("email", in.Email)
	return read, append(faults, found...)
}
