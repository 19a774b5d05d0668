package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// Links tells how the links of a memo stand and when something is due; the zero time of a row without an end counts as
// over. now is the workflow's: what is to be looked at again is so after it.
func (s *Store) Links(ctx context.Context, caseID string, now time.Time) (models.OpenLinks, error) {
	var rows []openLinkRow
	err := s.reader(ctx).Raw("select r.state, r.expires, r.reminded, "+unsentSQL("@id")+" as unsent from memo_rows r where r.case_id = @id and r.state in @made order by r.no",
		map[string]any{"id": caseID, "made": append(openLinkStates(), models.RowActivated)}).Scan(&rows).Error
	links := models.OpenLinks{Made: len(rows)}
	for _, r := range rows {
		if models.RowState(r.State) == models.RowActivated {
			continue
		}
		expires := r.Expires
		if expires == nil {
			expires = &time.Time{}
		}
		if models.RowState(r.State) == models.RowLapsed {
			links.Lapsed++
			links.Last = latest(links.Last, *expires)
			continue
		}
		links.Open++
		if r.Unsent {
			links.Lapse, links.Remind = earliest(links.Lapse, expires.Add(models.CredentialLife)), earliest(links.Remind, lookAt(*expires, now))
			continue
		}
		links.Lapse = earliest(links.Lapse, *expires)
		if r.Reminded == nil {
			links.Remind = earliest(links.Remind, expires.Add(models.CredentialNote-models.CredentialLife))
		}
	}
	return links, wrap(err, "look at the links of a memo")
}

// openLinkRow is a row whose person has a link, and whether the message that bears it has yet to leave.
type openLinkRow struct {
	State             string
	Expires, Reminded *time.Time
	Unsent            bool
}

// unsentSQL asks whether the message with the link of a row r of a case has yet to leave. Its person's time begins when
// it does. What never leaves holds its memo up for as long again: by then it was given up.
func unsentSQL(caseID string) string {
	return "r.no in (select n.row_no from notices n where n.case_id = " + caseID + " and n.kind = 'credentials' and n.state = 'queued')"
}

// lookAt is when a row is to be looked at again whose message has yet to leave: nobody tells the workflow that it has.
func lookAt(expires, now time.Time) time.Time {
	const every = models.CredentialLife - models.CredentialNote
	at := expires.Add(-every)
	for !at.After(now) {
		at = at.Add(every)
	}
	return at
}

// overSQL asks whether the link of a row r of the case @id is over by an instant.
func overSQL(by time.Time, args map[string]any) string {
	args["over"], args["overUnsent"] = micro(by), micro(by.Add(-models.CredentialLife))
	return " and r.expires <= @over and (r.expires <= @overUnsent or not " + unsentSQL("@id") + ")"
}

// begin has a person's time begin when the message with their link first leaves, however long the mail was away.
func (r *noticeRow) begin(tx *gorm.DB, now time.Time) error {
	if r.Kind != "credentials" || r.State != noticeQueued {
		return nil
	}
	expires := micro(now.Add(models.CredentialLife))
	begun := tx.Exec("update memo_rows set expires = ? where case_id = ? and no = ? and account_id = ? and state = ?", expires, r.CaseID, r.RowNo, r.SecretFor, models.RowProvisioned)
	if begun.Error != nil || begun.RowsAffected == 0 {
		return begun.Error
	}
	r.Expires = &expires
	return tx.Exec("update notices set expires = ? where id = ?", expires, r.ID).Error
}

// openLinkStates are the states of a row whose person has a link, or may get another.
func openLinkStates() []models.RowState {
	return []models.RowState{models.RowProvisioned, models.RowLapsed}
}

func earliest(a *time.Time, b time.Time) *time.Time {
	if a == nil || b.Before(*a) {
		return &b
	}
	return a
}

func latest(a *time.Time, b time.Time) *time.Time {
	if a == nil || b.After(*a) {
		return &b
	}
	return a
}

// reissue gives the people of rows another copy of their credentials: the last link is dead, and so is a message that
// has not left yet. Rows whose people signed on meanwhile, or whose account was closed, are passed over.
func reissue(tx *gorm.DB, c models.Change) error {
	if len(c.Reissue) == 0 {
		return nil
	}
	at := micro(c.At)
	var accounts []string
	err := tx.Raw(`update memo_rows set state = @state, issue = issue + 1, expires = @expires, reminded = null
		where case_id = @id and no in @nos and state in @open and exists (select 1 from accounts a where a.id = memo_rows.account_id and a.status = @pending)
		returning account_id`, map[string]any{"state": models.RowProvisioned, "expires": at.Add(models.CredentialLife), "id": c.CaseID, "nos": c.Reissue,
		"open": openLinkStates(), "pending": AccountPending}).Scan(&accounts).Error
	if err != nil {
		return err
	}
	if len(accounts) == 0 {
		return models.Invalid(models.Fault("rows", "no_open_link"))
	}
	if err := voidLinks(tx, at, accounts); err != nil {
		return err
	}
	return tx.Exec("delete from notices where case_id = ? and row_no in ? and state = ? and kind like 'credentials%'",
		c.CaseID, c.Reissue, noticeQueued).Error
}

// whichRows narrows the people of rows to those whom the change is for: who gets a new copy, or whose reminder is due.
func whichRows(c models.Change, args map[string]any) string {
	switch c.Type {
	case models.EventReissued:
		args["nos"], args["pending"] = c.Reissue, AccountPending
		return " and r.no in @nos and a.status = @pending"
	case models.EventCredential:
		return " and r.reminded is null" + overSQL(reminderDue(c), args)
	}
	return ""
}

// reminderDue: a link that lapses by then is to be reminded of.
func reminderDue(c models.Change) time.Time {
	return micro(c.At.Add(models.CredentialLife - models.CredentialNote))
}

func markReminded(tx *gorm.DB, c models.Change) error {
	if c.Type != models.EventCredential {
		return nil
	}
	args := map[string]any{"at": micro(c.At), "id": c.CaseID, "state": models.RowProvisioned}
	return tx.Exec("update memo_rows as r set reminded = @at where case_id = @id and state = @state and reminded is null"+overSQL(reminderDue(c), args), args).Error
}
