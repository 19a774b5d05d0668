package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"loket/internal/auth"
	"loket/internal/store"
	"loket/models"
)

// Companies is what a company's people may do, and who says so (decision 11). Nobody outside a company hears of it but
// models.CompanyReaderRoles.
type Companies interface {
	CompanyReading
	Staffing
	Joining
	OldAccounts
}

// CompanyReading looks at companies and their people.
type CompanyReading interface {
	// OwnStaff is the actor's company: all of its people for whoever is responsible, themselves for a colleague;
	// ErrNotFound for who has none.
	OwnStaff(ctx context.Context, a models.Actor) (models.StaffView, error)
	// Staff is any company, for those who may read it, or the actor's own.
	Staff(ctx context.Context, a models.Actor, company string) (models.StaffView, error)
	// Companies lists companies by name.
	Companies(ctx context.Context, a models.Actor, q CompanyQuery) (models.Page[models.CompanySummary], error)
	// Colleague is one of the people of the actor's own company, for whoever is responsible, or the actor themselves.
	Colleague(ctx context.Context, a models.Actor, id string) (models.CompanyPerson, error)
	// PreviewAreas tells what giving somebody areas would open and take away. It changes nothing.
	PreviewAreas(ctx context.Context, a models.Actor, id string, areas []models.AreaGrant) (models.AreaPreview, error)
}

// Staffing is what whoever is responsible says of their company's people. version is CompanyPerson.Version as it was seen
// (0 = do not compare): ErrStale otherwise.
type Staffing interface {
	SetAreas(ctx context.Context, a models.Actor, id string, areas []models.AreaGrant, version int) (models.CompanyPerson, error)
	// SetResponsible answers ErrLastResponsible where nobody would be left, ErrNotNow for an account that is not active.
	SetResponsible(ctx context.Context, a models.Actor, id string, responsible bool, version int) (models.CompanyPerson, error)
	// AppointResponsible is an admin's part where nobody is left; ErrHasResponsible elsewhere.
	AppointResponsible(ctx context.Context, a models.Actor, company, id string) (models.StaffView, error)
}

// Joining has people come and go.
type Joining interface {
	InviteColleague(ctx context.Context, a models.Actor, in models.Colleague) error
	// RelinkColleague sends who has not set a password yet another link; ErrTooSoon within a minute.
	RelinkColleague(ctx context.Context, a models.Actor, id string, version int) (models.CompanyPerson, error)
	CloseColleague(ctx context.Context, a models.Actor, id string, version int) (models.CompanyPerson, error)
	ReopenColleague(ctx context.Context, a models.Actor, id string, version int) (models.CompanyPerson, error)
}

// OldAccounts lets in the owners of imported accounts, who have no password yet.
type OldAccounts interface {
	CheckOldAccount(ctx context.Context, in OldAccount) error
	// ActivateOldAccount answers alike, in the same time, whether there is such an account or not.
	ActivateOldAccount(ctx context.Context, in OldAccount) error
}

// OldAccount is what the owner of an imported account sends.
type OldAccount = auth.OldAccount

// CompanyQuery narrows a list of companies. Text searches name and NPWP; Orphaned leaves only those for which nobody answers.
type CompanyQuery struct {
	Text     string
	Orphaned bool
	models.PageQuery
}

var _ Companies = (*Desk)(nil)

// OwnStaff is the actor's own company.
func (d *Desk) OwnStaff(ctx context.Context, a models.Actor) (models.StaffView, error) {
	if a.Company == "" {
		return models.StaffView{}, models.ErrNotFound
	}
	return d.Staff(ctx, a, a.Company)
}

// Staff is a company with the people whom the actor may see.
func (d *Desk) Staff(ctx context.Context, a models.Actor, company string) (models.StaffView, error) {
	reads, own := a.Has(models.CompanyReaderRoles()...), a.Company != "" && a.Company == company
	if !reads && !own {
		return models.StaffView{}, d.denied(ctx, a, "company_read", "company:"+company, models.ErrNotFound)
	}
	v, err := d.store.Staff(ctx, a.Agency, company)
	if err != nil {
		return v, err
	}
	v.Responsible = []string{}
	for _, p := range v.People {
		if p.Answers(d.wall()) {
			v.Responsible = append(v.Responsible, p.Name)
		}
	}
	v.Manages, v.Appoints = own && a.Responsible, a.Has(models.RoleAdmin) && len(v.Responsible) == 0
	if !reads && !v.Manages {
		v.People = slices.DeleteFunc(v.People, func(p models.CompanyPerson) bool { return p.ID != a.AccountID })
	}
	return v, nil
}

// Companies lists companies, for those who may read them.
func (d *Desk) Companies(ctx context.Context, a models.Actor, q CompanyQuery) (models.Page[models.CompanySummary], error) {
	if err := d.only(ctx, a, "company_read", "companies", models.CompanyReaderRoles()...); err != nil {
		return models.Page[models.CompanySummary]{}, err
	}
	return d.store.Companies(ctx, a.Agency, strings.TrimSpace(q.Text), q.Orphaned, q.PageQuery)
}

// Colleague is one of the company's people whom the actor may see.
func (d *Desk) Colleague(ctx context.Context, a models.Actor, id string) (models.CompanyPerson, error) {
	if a.Company == "" || !a.Responsible && id != a.AccountID {
		return models.CompanyPerson{}, d.denied(ctx, a, "company_read", "account:"+id, models.ErrNotFound)
	}
	p, err := d.store.CompanyPerson(ctx, a.Agency, a.Company, id)
	return p, d.denied(ctx, a, "company_read", "account:"+id, err)
}

// PreviewAreas compares what somebody has with what they are to have.
func (d *Desk) PreviewAreas(ctx context.Context, a models.Actor, id string, areas []models.AreaGrant) (models.AreaPreview, error) {
	if err := d.manages(ctx, a, "company_areas_set", id); err != nil {
		return models.AreaPreview{}, err
	}
	p, err := d.Colleague(ctx, a, id)
	if err != nil {
		return models.AreaPreview{}, err
	}
	read, faults := models.ParseAreas(areas)
	if len(faults) > 0 {
		return models.AreaPreview{}, models.Invalid(faults...)
	}
	applications, err := d.store.AreaApplications(ctx, a.Agency)
	return models.PreviewAreas(p, read, applications), err
}

// manages refuses, and audits, whoever does not answer for the company: nobody outside it hears that there is one.
func (d *Desk) manages(ctx context.Context, a models.Actor, action, id string) error {
	switch {
	case a.Company == "":
		return d.denied(ctx, a, action, "account:"+id, models.ErrNotFound)
	case !a.Responsible:
		return d.denied(ctx, a, action, "account:"+id, models.ErrForbidden)
	}
	return nil
}

// staffed makes a change of one of the company's people, and answers them as they are then.
func (d *Desk) staffed(ctx context.Context, a models.Actor, action, id string, change func(in store.PersonChange) error, version int) (models.CompanyPerson, error) {
	if err := d.manages(ctx, a, action, id); err != nil {
		return models.CompanyPerson{}, err
	}
	if err := change(store.PersonChange{Company: a.Company, Person: id, Version: version}); err != nil {
		return models.CompanyPerson{}, d.denied(ctx, a, action, "account:"+id, err)
	}
	return d.store.CompanyPerson(ctx, a.Agency, a.Company, id)
}

// SetAreas gives somebody areas in place of those that they had.
func (d *Desk) SetAreas(ctx context.Context, a models.Actor, id string, areas []models.AreaGrant, version int) (models.CompanyPerson, error) {
	read, faults := models.ParseAreas(areas)
	return d.staffed(ctx, a, "company_areas_set", id, func(in store.PersonChange) error {
		if len(faults) > 0 {
			return models.Invalid(faults...)
		}
		return d.store.SetAreas(ctx, a, in, read)
	}, version)
}

// SetResponsible has somebody answer for the company, or no longer.
func (d *Desk) SetResponsible(ctx context.Context, a models.Actor, id string, responsible bool, version int) (models.CompanyPerson, error) {
	action := "company_responsible_set"
	if !responsible {
		action = "company_responsible_ended"
	}
	return d.staffed(ctx, a, action, id, func(in store.PersonChange) error { return d.store.SetResponsible(ctx, a, in, responsible) }, version)
}

// AppointResponsible has somebody answer for a company for which nobody does.
func (d *Desk) AppointResponsible(ctx context.Context, a models.Actor, company, id string) (models.StaffView, error) {
	if err := d.only(ctx, a, "company_responsible_set", "company:"+company, models.RoleAdmin); err != nil {
		return models.StaffView{}, err
	}
	err := d.store.AppointResponsible(ctx, a, store.PersonChange{Company: company, Person: id})
	if err != nil {
		return models.StaffView{}, d.denied(ctx, a, "company_responsible_set", "account:"+id, err)
	}
	return d.Staff(ctx, a, company)
}

// InviteColleague makes an account for somebody for whom the actor vouches, unless one of another company's people has the
// address: that is answered alike, and told to them.
func (d *Desk) InviteColleague(ctx context.Context, a models.Actor, in models.Colleague) error {
	if err := d.manages(ctx, a, "colleague_invited", ""); err != nil {
		return err
	}
	read, faults := models.ParseColleague(in)
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	err := d.store.InviteColleague(ctx, a, a.Company, read)
	if err == nil {
		return nil
	}
	err = d.denied(ctx, a, "colleague_invited", "company:"+a.Company, err)
	if errors.Is(err, models.ErrTooSoon) {
		return models.Invalid(models.Fault("email", "invited_too_often"))
	}
	return err
}

// RelinkColleague has another link sent to who has not set a password yet.
func (d *Desk) RelinkColleague(ctx context.Context, a models.Actor, id string, version int) (models.CompanyPerson, error) {
	return d.staffed(ctx, a, "colleague_invited", id, func(in store.PersonChange) error { return d.store.RelinkColleague(ctx, a, in) }, version)
}

// CloseColleague closes a colleague's account.
func (d *Desk) CloseColleague(ctx context.Context, a models.Actor, id string, version int) (models.CompanyPerson, error) {
	return d.staffed(ctx, a, "colleague_closed", id, func(in store.PersonChange) error { return d.store.CloseColleague(ctx, a, in) }, version)
}

// ReopenColleague lets a colleague come back.
func (d *Desk) ReopenColleague(ctx context.Context, a models.Actor, id string, version int) (models.CompanyPerson, error) {
	return d.staffed(ctx, a, "colleague_reopened", id, func(in store.PersonChange) error { return d.store.ReopenColleague(ctx, a, in) }, version)
}
