package web

import "loket/models"

type supportBody struct {
	Items []models.FailedNotice
	Pages pager
}

func (v *visit) supportPage() error {
	page, err := v.portal.Desk.FailedNotices(v.Request.Context(), v.actor(), v.pageQuery())
	if err != nil {
		return err
	}
	return v.show("support", frame{Title: v.say.T("portal.support.title"), Lead: v.say.T("portal.support.lead"), Body: supportBody{page.Items, v.pager(page.Next)}})
}

func (v *visit) resendNotice() error {
	if err := v.portal.Desk.ResendNotice(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/support", "resent")
}
