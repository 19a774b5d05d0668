package web

import (
	"strings"

	"loket/internal/desk"
	"loket/models"
)

type companiesBody struct {
	Text     string
	Orphaned bool
	Items    []models.CompanySummary
	Pages    pager
}

func (v *visit) companiesPage() error {
	q := desk.CompanyQuery{Text: strings.TrimSpace(v.Query("q")), Orphaned: v.Query("orphaned") != "", PageQuery: v.pageQuery()}
	page, err := v.portal.Desk.Companies(v.Request.Context(), v.actor(), q)
	if err != nil {
		return err
	}
	return v.show("companies", frame{Title: v.say.T("company.list.title"), Lead: v.say.T("company.list.lead"),
		Body: companiesBody{Text: q.Text, Orphaned: q.Orphaned, Items: page.Items, Pages: v.pager(page.Next)}})
}

// oldAccountForm is what was typed, and the way to show that it was no machine.
type oldAccountForm struct {
	NPWP, Email string
	Human       human
}

func (v *visit) oldAccountPage() error { return v.showOldAccount(nil) }

func (v *visit) showOldAccount(p *models.Problem) error {
	f := frame{Title: v.say.T("company.old.title"), Lead: v.say.T("company.old.lead"), Crumbs: v.door()}
	if p != nil {
		f.Faults = v.faultLines(p)
	}
	form := oldAccountForm{NPWP: v.form("npwp"), Email: v.form("email")}
	var err error
	if form.Human, err = v.human(f.Faults); err != nil {
		return err
	}
	f.Body = form
	if p == nil {
		return v.show("activate-trader", f)
	}
	return v.showAs(statusOf(p.Code), "activate-trader", f)
}

// oldAccount leads everybody to the same page whose form has the shape of one.
func (v *visit) oldAccount() error {
	in := desk.OldAccount{Form: models.OldAccountForm{NPWP: v.form("npwp"), Email: v.form("email")}, Locale: v.lang, Origin: v.origin(),
		Proof: desk.HumanProof{Work: v.form("altcha"), Question: v.form("question"), Answer: v.form("captcha")}}
	err := v.portal.Desk.ActivateOldAccount(v.Request.Context(), in)
	if p, ok := formProblem(err); ok {
		return v.showOldAccount(p)
	}
	if err != nil {
		return err
	}
	return v.to("/activate-trader/sent", "")
}

func (v *visit) oldAccountSentPage() error {
	return v.show("activate-trader-sent", frame{Title: v.say.T("company.old.sent.title"), Lead: v.say.T("company.old.sent.lead"), Crumbs: v.door()})
}
