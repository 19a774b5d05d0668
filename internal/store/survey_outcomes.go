package store

import (
	"context"
	"time"

	"loket/models"
)

// SurveyOutcomes looks for cases that ended twice, or whose row and timeline disagree about the end.
func (s *Store) SurveyOutcomes(ctx context.Context) (Survey, error) {
	args := map[string]any{"final": finalStatuses(), "open": string(models.StatusDraft)}
	return s.ask(ctx, "survey the outcomes", "select count(*) from cases", args,
		question{"case", "ended more than once:", `
			select case_id as id, cast(count(*) as text) as more from events where status in @final group by case_id having count(*) > 1`},
		question{"case", "goes on after its end: something happened after event", `
			select e.case_id as id, cast(min(e.seq) as text) as more from events e where e.status in @final
				and exists (select 1 from events l where l.case_id = e.case_id and l.seq > e.seq) group by e.case_id`},
		question{"case", "is closed and says so by only one of status and instant", `
			select id, status as more from cases where (status in @final) <> (closed is not null)`},
		question{"case", "stands otherwise than its last event says:", `
			select c.id, c.status || ' and ' || e.status as more from cases c join events e on e.case_id = c.id and e.seq = c.seq where e.status <> c.status`},
	)
}

// SurveyDue looks for due times of cases that passed before an instant of case time without the step they call for.
func (s *Store) SurveyDue(ctx context.Context, before time.Time) (Survey, error) {
	args := map[string]any{"final": finalStatuses(), "before": micro(before), "soon": micro(before.Add(models.CredentialLife - models.CredentialNote)),
		"unsent": micro(before.Add(-models.CredentialLife)), "activation": models.StatusActivation}
	const links = `select c.id, '' as more from cases c where c.status = @activation and exists (select 1 from memo_rows r where r.case_id = c.id
		and r.state = 'provisioned' and `
	unsent := unsentSQL("c.id") // its time has yet to begin
	return s.ask(ctx, "survey the due times", "select count(*) from cases where status not in @final and (next_due is not null or status = @activation)", args,
		question{"case", "is past its due time, and nothing happened:", `
			select id, cast(next_due as text) as more from cases where status not in @final and next_due < @before`},
		question{"case", "has people who were due a reminder of their links", links + `r.reminded is null and r.expires < @soon and not ` + unsent + `)`},
		question{"case", "has links that were due to lapse", links + `r.expires < @before and (r.expires < @unsent or not ` + unsent + `))`},
		question{"activation", "was kept, or something has come of it, and its workflow was not told", `
			select case_id as id, came as more from activations where heard is null and closed is null and created < @before`},
		question{"registration", "was kept, and its workflow was not started", `
			select case_id as id, '' as more from registrations where heard is null and closed is null and created < @before`},
	)
}

// SurveyEndings looks for access that was over before an instant of case time and is still there, and for accounts that
// were closed with it and can still be used.
func (s *Store) SurveyEndings(ctx context.Context, before time.Time) (Survey, error) {
	found, err := s.ask(ctx, "survey the contracts that end", "select count(*) from account_applications where ends <> ''",
		map[string]any{"disabled": AccountDisabled}, question{"account", "is closed and somebody is signed in to it", `
			select a.id, '' as more from accounts a where a.status = @disabled and exists (select 1 from sessions s where s.account_id = a.id)`})
	if err != nil {
		return found, err
	}
	list, err := s.endings(ctx, micro(before))
	for _, e := range list {
		if e.over(before) {
			found.Findings = append(found.Findings, Finding{Where: "account " + e.AccountID, What: "may use " + e.Application + " although it ended on " + e.Ends})
		}
	}
	return found, err
}

// SurveyDecisions looks for work items that were decided twice in a round, and for decisions without their item.
func (s *Store) SurveyDecisions(ctx context.Context) (Survey, error) {
	args := map[string]any{"decisions": []string{string(models.EventApproved), string(models.EventRefused), string(models.EventVerified), "returned"},
		"final": finalStatuses()}
	return s.ask(ctx, "survey the decisions", "select count(*) from work_items", args,
		question{"case", "was decided more than once in one round of one stage:", `
			select case_id as id, stage || ' ' || cast(round as text) as more from work_items
			where state = 'closed' and outcome in @decisions group by case_id, stage, round having count(*) > 1`},
		question{"case", "has more or fewer decisions than decided work items:", `
			select id, cast(events as text) || ' and ' || cast(items as text) as more from (
				select c.id, (select count(*) from events e where e.case_id = c.id and e.type in @decisions) as events,
					(select count(*) from work_items w where w.case_id = c.id and w.state = 'closed' and w.outcome in @decisions) as items
				from cases c) n where events <> items`},
		question{"case", "asks more than one decider at once", `
			select case_id as id, cast(count(*) as text) as more from work_items where state = 'open' group by case_id having count(*) > 1`},
		question{"case", "is over and still asks somebody", `
			select c.id, w.stage as more from cases c join work_items w on w.case_id = c.id and w.state = 'open' where c.status in @final`},
		question{"work item", "is closed without an outcome, or open with one", `
			select id, case_id as more from work_items where (state = 'closed') <> (outcome <> '')`},
	)
}
