package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// followLinks reminds those who have not used their link, lets links lapse, and closes the case when everybody has
// used theirs. Who lapsed can be sent a new one for some weeks.
func (m *memo) followLinks(ctx workflow.Context) error {
	if workflow.GetVersion(ctx, "link-by-link", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return m.followLinksAtOnce(ctx)
	}
	if err := m.continueIfLong(ctx); err != nil {
		return err
	}
	var memos *activities.Memos
	var links models.OpenLinks
	if err := workflow.ExecuteActivity(unending(ctx), memos.Links, m.c.ID, m.now(ctx)).Get(ctx, &links); err != nil {
		return err
	}
	seq := m.c.Seq
	if at := links.Next(); at != nil && m.now(ctx).Before(*at) {
		changed := func() bool { return m.settled.Len() > 0 || m.c.Seq != seq }
		_, err := m.sleepUntil(ctx, *at, changed)
		for m.settled.ReceiveAsync(nil) {
		}
		return err // and looks again: links may have been used meanwhile
	}
	return m.byClock(ctx, "links:"+m.next(), func() bool { return m.c.Seq == seq }, func() models.Change {
		return m.linksCame(links, m.now(ctx))
	})
}

// linksCame is what the next instant of the links calls for.
func (m *memo) linksCame(links models.OpenLinks, now time.Time) models.Change {
	switch {
	case links.Open == 0:
		return m.end(models.EventDone, models.StatusDone, "")
	case links.Lapse.Before(now):
		return models.Change{Type: models.EventLapsed, After: *m.c, Notices: []models.NoticeSpec{m.lapsedNote()},
			Move: &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}}
	}
	return models.Change{Type: models.EventCredential, After: *m.c,
		Notices: []models.NoticeSpec{{Kind: "credentials_reminder", To: models.Recipient{Rows: models.RowProvisioned}}}}
}

// reissue sends people whose link lapsed, or was lost, a new one; the old one is dead from then on.
func (m *memo) reissue(ctx workflow.Context, in Reissue) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionReissue, func() (models.Change, error) {
		if m.together {
			return models.Change{}, models.ErrNotNow.With("status", string(m.c.Status))
		}
		return models.Change{Type: models.EventReissued, After: *m.c, Reissue: in.Rows,
			Notices: []models.NoticeSpec{{Kind: "credentials", To: models.Recipient{Rows: models.RowProvisioned}}}}, nil
	})
}

// followLinksAtOnce is how cases followed their links that began before links could be sent anew: all links of a memo
// have one life.
func (m *memo) followLinksAtOnce(ctx workflow.Context) error {
	m.together = true
	open, err := m.openLinks(ctx)
	if err != nil {
		return err
	}
	if open == 0 {
		return m.byClock(ctx, "settled", always, func() models.Change {
			return m.end(models.EventDone, models.StatusDone, "")
		})
	}
	at := m.s.LinksSince.Add(models.CredentialNote)
	if m.s.LinkReminded {
		at = m.s.LinksSince.Add(models.CredentialLife).Add(graceAfterDue)
	}
	came, err := m.sleepUntil(ctx, at, func() bool { return m.settled.Len() > 0 })
	for m.settled.ReceiveAsync(nil) {
	}
	if err != nil || !came {
		return err
	}
	if m.s.LinkReminded {
		return m.byClock(ctx, "lapsed", always, m.lapsed)
	}
	m.s.LinkReminded = true
	return m.byClock(ctx, "links-reminded", always, func() models.Change {
		return models.Change{Type: models.EventCredential, After: *m.c,
			Notices: []models.NoticeSpec{{Kind: "credentials_reminder", To: models.Recipient{Rows: models.RowProvisioned}}}}
	})
}

func (m *memo) lapsed() models.Change {
	ch := m.end(models.EventLapsed, models.StatusDone, "", m.lapsedNote())
	ch.Move = &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}
	return ch
}

func (m *memo) openLinks(ctx workflow.Context) (int, error) {
	var memos *activities.Memos
	var open int
	err := workflow.ExecuteActivity(unending(ctx), memos.OpenCredentials, m.c.ID).Get(ctx, &open)
	return open, err
}

// lapsedNote tells the sender whose links were not used.
func (m *memo) lapsedNote() models.NoticeSpec {
	return models.NoticeSpec{Kind: "credentials_lapsed", To: models.Recipient{Account: m.c.Sender}}
}
