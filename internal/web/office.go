package web

import "loket/models"

// supportBody lists messages that were given up. Helps says that the reader may help people who forgot their password.
type supportBody struct {
	Items     []models.FailedNotice
	Pages     pager
	Helps     bool
	Directory models.DirectoryState
}

func (v *visit) supportPage() error {
	page, err := v.portal.Desk.FailedNotices(v.Request.Context(), v.actor(), v.pageQuery())
	if err != nil {
		return err
	}
	directory, err := v.portal.Desk.DirectoryState(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	return v.show("support", frame{Title: v.say.T("portal.support.title"), Lead: v.say.T("portal.support.lead"),
		Body: supportBody{page.Items, v.pager(page.Next), v.who.Actor.Has(models.HelpRoles()...), directory}})
}

func (v *visit) resendNotice() error {
	if err := v.portal.Desk.ResendNotice(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/support", "resent")
}
