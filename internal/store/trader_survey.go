package store

import (
	"context"
	"time"

	"loket/models"
)

// addressQuestions ask about the links by which traders change their addresses.
func addressQuestions() []question {
	return []question{
		{"account", "has more than one live link to prove an address by:", `
			select account_id as id, cast(count(*) as text) as more from email_changes where proven is null and voided is null
			group by agency_id, account_id having count(*) > 1`},
		{"change of address", "was undone, and a later one of the account can be too", `
			select c.id, c.account_id as more from email_changes c where c.undone is null and c.voided is null and exists (
				select 1 from email_changes u where u.account_id = c.account_id and u.undone >= c.proven and u.proven < c.proven)`},
		{"change of address", "belongs to another account and was proven all the same", `
			select id, account_id as more from email_changes where taken and (proof is not null or proven is not null)`},
		{"change of address", "can be undone before it was proven", `
			select id, account_id as more from email_changes where proven is null and (undo is not null or undone is not null or undo_until is not null)`},
	}
}

// SurveyTerms looks for accounts that could not be renewed any more before an instant of wall time, and are open.
func (s *Store) SurveyTerms(ctx context.Context, before time.Time) (Survey, error) {
	return s.ask(ctx, "survey the ends of accounts", "select count(*) from accounts where ends_at is not null",
		map[string]any{"before": micro(before.Add(-models.RenewalAfter)), "disabled": AccountDisabled},
		question{"account", "should have been closed:", `
			select id, cast(ends_at as text) as more from accounts where ends_at < @before and status <> @disabled`})
}
