package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// Links tells how the links of a memo stand and when something is due; the zero time of a row without an end counts as
// over.
func (s *Store) Links(ctx context.Context, caseID string) (models.OpenLinks, error) {
	var rows []personRow
	made := append(openLinkStates(), models.RowActivated)
	err := s.reader(ctx).Where("case_id = ? and state in ?", caseID, made).Order("no").Find(&rows).Error
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
		links.Lapse = earliest(links.Lapse, *expires)
		if r.Reminded == nil {
			links.Remind = earliest(links.Remind, expires.Add(models.CredentialNote-models.CredentialLife))
		}
	}
	return links, wrap(err, "look at the links of a memo")
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
		args["soon"] = reminderDue(c)
		return " and r.reminded is null and r.expires <= @soon"
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
	return tx.Exec("update memo_rows set reminded = ? where case_id = ? and state = ? and reminded is null and expires <= ?",
		micro(c.At), c.CaseID, models.RowProvisioned, reminderDue(c)).Error
}
