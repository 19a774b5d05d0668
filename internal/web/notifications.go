package web

import (
	"fmt"

	"loket/models"
)

// bell is what the portal has told the reader and they have not looked at.
type bell struct {
	Unseen int
	More   bool
}

// bell counts; a database that is away takes the number from the page, not the page from its reader.
func (v *visit) bell() bell {
	n, err := v.portal.Desk.Unseen(v.Request.Context(), v.actor())
	if err != nil {
		return bell{}
	}
	return bell{Unseen: n, More: n >= models.CountedMost}
}

// bellPart is the bell alone, which htmx fetches when it rings.
func (v *visit) bellPart() error {
	if !v.swapping() {
		return v.to("/notifications", "")
	}
	return v.part("notifications", "bell", v.bell())
}

type notificationsBody struct {
	Items  []models.Notification
	Unseen int
	Pages  pager
}

func (v *visit) notificationsPage() error {
	page, err := v.portal.Desk.Notifications(v.Request.Context(), v.actor(), v.pageQuery())
	if err != nil {
		return err
	}
	body := notificationsBody{Items: page.Items, Unseen: v.bell().Unseen, Pages: v.pager(page.Next)}
	return v.show("notifications", frame{Title: v.say.T("inbox.bell.title"), Lead: v.say.T("inbox.bell.lead"), Body: body})
}

// openNotification marks one as seen and leads to what it is about.
func (v *visit) openNotification() error {
	about, err := v.portal.Desk.SeeNotification(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	return v.to("/memos/"+about, "")
}

func (v *visit) seeNotifications() error {
	if _, err := v.portal.Desk.SeeNotifications(v.Request.Context(), v.actor()); err != nil {
		return err
	}
	return v.to("/notifications", "seen")
}

// count writes a number of things that are counted up to a bound.
func count(n int, more bool) string {
	if more {
		return fmt.Sprintf("%d+", n-1)
	}
	return fmt.Sprint(n)
}
