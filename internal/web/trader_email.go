package web

import (
	"errors"

	"loket/models"
)

// emailForm asks for another address.
type emailForm struct {
	Present, Email string
	Awaited        *models.EmailAwaited
	Proof          proofPart
}

func (v *visit) emailPage() error { return v.showEmail(nil) }

func (v *visit) showEmail(p *models.Problem) error {
	own, err := v.portal.Desk.Trader(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	f := frame{Title: v.say.T("trader.email.title"), Lead: v.say.T("trader.email.lead"), Crumbs: v.toProfile()}
	if p != nil {
		f.Faults = v.faultLines(p)
	}
	f.Body = emailForm{Present: own.Email, Email: v.form("email"), Awaited: own.Awaited, Proof: v.proof(f.Faults)}
	return v.showForm("profile-email", f, p)
}

func (v *visit) askEmail() error {
	err := v.portal.Desk.AskEmailChange(v.Request.Context(), v.actor(), v.form("email"))
	if p, ok := formProblem(err); ok {
		return v.showEmail(p)
	}
	if err != nil {
		return err
	}
	return v.to("/profile", "email_asked")
}

func (v *visit) confirmEmailPage() error {
	link, err := v.portal.Desk.EmailProof(v.Request.Context(), v.Param("token"))
	if err != nil {
		return err
	}
	return v.show("email-confirm", frame{Title: v.say.T("trader.confirm.title"), Lead: v.say.T("trader.confirm.lead", "name", link.Name), Body: link})
}

func (v *visit) confirmEmail() error {
	link, err := v.portal.Desk.EmailProof(v.Request.Context(), v.Param("token"))
	if err != nil && !errors.Is(err, models.ErrLinkSpent) { // spending one that is spent goes on record
		return err
	}
	if err := v.portal.Desk.ProveEmail(v.Request.Context(), v.Param("token"), v.origin()); err != nil {
		return err
	}
	if v.is(link.Username) {
		return v.to("/profile", "email_proven")
	}
	return v.toDoor("email_proven")
}

func (v *visit) undoEmailPage() error {
	link, err := v.portal.Desk.EmailUndo(v.Request.Context(), v.Param("token"))
	if err != nil {
		return err
	}
	return v.show("email-undo", frame{Title: v.say.T("trader.undo.title"), Lead: v.say.T("trader.undo.lead", "name", link.Name), Body: link})
}

func (v *visit) undoEmail() error {
	link, err := v.portal.Desk.EmailUndo(v.Request.Context(), v.Param("token"))
	if err != nil && !errors.Is(err, models.ErrLinkSpent) { // spending one that is spent goes on record
		return err
	}
	if err := v.portal.Desk.UndoEmail(v.Request.Context(), v.Param("token"), v.origin()); err != nil {
		return err
	}
	return v.endedBy(link.Username, "email_undone")
}
