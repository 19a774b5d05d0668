package desk

import (
	"context"
	"errors"

	"loket/internal/store"
	"loket/models"
)

// Trading is what traders do for themselves (decision 11). For everybody else each answers ErrNotFound.
type Trading interface {
	Trader(ctx context.Context, a models.Actor) (models.TraderView, error)
	// SetProfile changes the own name, telephone and language. Fields of faults: name, phone, locale.
	SetProfile(ctx context.Context, a models.Actor, p models.TraderProfile) (models.TraderView, error)
	// OwnCompany is the actor's company, which all of its people see.
	OwnCompany(ctx context.Context, a models.Actor) (models.CompanyView, error)
	// ChangeCompanyData is for whoever is responsible (ErrForbidden otherwise). version is Company.Version as they saw it (0 = do
	// not compare): ErrStale otherwise, which tells by whom it was changed. Fields of faults are those of models.CompanyData.
	ChangeCompanyData(ctx context.Context, a models.Actor, d models.CompanyData, version int) (models.CompanyView, error)
	// Renew lengthens the own account by the confirmation that the company's data hold: ErrNotNow outside the time for it.
	Renew(ctx context.Context, a models.Actor, in Renewal) (models.Term, error)
	Readdressing
}

// Readdressing is how a trader comes to another address. Whoever holds a link needs no session; looking spends nothing, and
// whatever is wrong with a link is ErrLinkSpent.
type Readdressing interface {
	// AskEmailChange has a link sent to the new address, and the old one told. It answers alike whoever has that address;
	// ErrTooSoon past the pace of messages. Field of faults: email.
	AskEmailChange(ctx context.Context, a models.Actor, email string) error
	EmailProof(ctx context.Context, token string) (models.EmailLink, error)
	ProveEmail(ctx context.Context, token string, o models.Origin) error
	EmailUndo(ctx context.Context, token string) (models.EmailLink, error)
	// UndoEmail ends every session and token, and voids the password; the old address gets a link to set another.
	UndoEmail(ctx context.Context, token string, o models.Origin) error
}

// Renewal is a trader's word that the company's data hold, of the Version that they saw. Whoever is responsible may correct
// them on the way, by Data. Fields of faults: confirmed, and those of models.CompanyData.
type Renewal struct {
	Confirmed bool
	Version   int
	Data      *models.CompanyData
}

// Trader is the actor's own account as a trader's.
func (d *Desk) Trader(ctx context.Context, a models.Actor) (models.TraderView, error) {
	return d.store.Trader(ctx, a)
}

// SetProfile changes the own name, telephone and language.
func (d *Desk) SetProfile(ctx context.Context, a models.Actor, p models.TraderProfile) (models.TraderView, error) {
	if err := d.trades(ctx, a, "profile_changed"); err != nil {
		return models.TraderView{}, err
	}
	read, faults := models.ParseTraderProfile(p)
	if len(faults) > 0 {
		return models.TraderView{}, models.Invalid(faults...)
	}
	if err := d.store.SetProfile(ctx, a, read); err != nil {
		return models.TraderView{}, err
	}
	return d.store.Trader(ctx, a)
}

// trades refuses, and audits, whoever belongs to no company.
func (d *Desk) trades(ctx context.Context, a models.Actor, action string) error {
	if a.Company != "" {
		return nil
	}
	return d.denied(ctx, a, action, "account:"+a.AccountID, models.ErrNotFound)
}

// OwnCompany is the actor's company.
func (d *Desk) OwnCompany(ctx context.Context, a models.Actor) (models.CompanyView, error) {
	view, err := d.store.Company(ctx, a)
	view.Editable = a.Responsible
	return view, err
}

// ChangeCompanyData changes what officers need not check.
func (d *Desk) ChangeCompanyData(ctx context.Context, a models.Actor, data models.CompanyData, version int) (models.CompanyView, error) {
	const action = "company_changed"
	if err := d.trades(ctx, a, action); err != nil {
		return models.CompanyView{}, err
	}
	if !a.Responsible {
		return models.CompanyView{}, d.denied(ctx, a, action, "company:"+a.Company, models.ErrForbidden)
	}
	read, faults := models.ParseCompanyData(data)
	if len(faults) > 0 {
		return models.CompanyView{}, models.Invalid(faults...)
	}
	if err := d.store.ChangeCompanyData(ctx, a, read, version); err != nil {
		return models.CompanyView{}, d.denied(ctx, a, action, "company:"+a.Company, err)
	}
	return d.OwnCompany(ctx, a)
}

// Renew lengthens the own account.
func (d *Desk) Renew(ctx context.Context, a models.Actor, in Renewal) (models.Term, error) {
	const action = "account_renewed"
	if err := d.trades(ctx, a, action); err != nil {
		return models.Term{}, err
	}
	told := store.Renewal{Version: in.Version}
	var faults []models.FieldFault
	if in.Data != nil {
		if !a.Responsible {
			return models.Term{}, d.denied(ctx, a, action, "company:"+a.Company, models.ErrForbidden)
		}
		read, found := models.ParseCompanyData(*in.Data)
		told.Data, faults = &read, found
	}
	if !in.Confirmed {
		faults = append(faults, models.Fault("confirmed", "sure_needed"))
	}
	if len(faults) > 0 {
		return models.Term{}, models.Invalid(faults...)
	}
	return d.store.Renew(ctx, a, told)
}

// AskEmailChange has a link sent to the new address.
func (d *Desk) AskEmailChange(ctx context.Context, a models.Actor, email string) error {
	if err := d.trades(ctx, a, "email_change_asked"); err != nil {
		return err
	}
	read, faults := models.ParseEmail("email", email)
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	err := d.store.AskEmailChange(ctx, a, read)
	if errors.Is(err, models.ErrTooSoon) {
		return models.Invalid(models.Fault("email", "email_too_often"))
	}
	return err
}

// longestLinkToken is far above a real one; what is longer need not be digested.
const longestLinkToken = 128

// EmailProof looks at the link by which a new address proves itself.
func (d *Desk) EmailProof(ctx context.Context, token string) (models.EmailLink, error) {
	return d.emailLink(ctx, token, false)
}

// EmailUndo looks at the link by which an old address undoes a change.
func (d *Desk) EmailUndo(ctx context.Context, token string) (models.EmailLink, error) {
	return d.emailLink(ctx, token, true)
}

func (d *Desk) emailLink(ctx context.Context, token string, undo bool) (models.EmailLink, error) {
	if len(token) > longestLinkToken {
		return models.EmailLink{}, models.SpentLink(models.LinkEmail, models.ErrLinkSpent)
	}
	link, err := d.store.EmailLink(ctx, token, undo)
	return link, models.SpentLink(models.LinkEmail, err)
}

// ProveEmail spends the link of the new address.
func (d *Desk) ProveEmail(ctx context.Context, token string, o models.Origin) error {
	return models.SpentLink(models.LinkEmail, d.spends(ctx, "email_changed", token, o, d.store.ProveEmail))
}

// UndoEmail spends the link of the old address.
func (d *Desk) UndoEmail(ctx context.Context, token string, o models.Origin) error {
	return models.SpentLink(models.LinkEmail, d.spends(ctx, "email_change_undone", token, o, d.store.UndoEmail))
}

// spends spends a link; one that opens nothing is audited.
func (d *Desk) spends(ctx context.Context, action, token string, o models.Origin, spend func(context.Context, string, models.Origin) error) error {
	err := error(models.ErrLinkSpent)
	if len(token) <= longestLinkToken {
		err = spend(ctx, token, o)
	}
	if !errors.Is(err, models.ErrLinkSpent) {
		return err
	}
	return d.spent(ctx, action, o)
}
