package store

import (
	"context"

	"loket/models"
)

// SurveyAccounts looks for accepted people without their account or access, and for accounts without an acceptance.
func (s *Store) SurveyAccounts(ctx context.Context) (Survey, error) {
	args := map[string]any{
		"made":   []models.RowState{models.RowProvisioned, models.RowActivated, models.RowLapsed},
		"after":  []models.Status{models.StatusActivation, models.StatusDone},
		"flexi":  models.MemoFlexiwork,
		"sso":    models.MemoSSOActivation,
		"fapp":   Application(models.MemoFlexiwork),
		"sapp":   Application(models.MemoSSOActivation),
		"active": AccountActive,
	}
	const row = "cast(r.no as text) as more"
	questions := append(registrationQuestions(),
		question{"case", "has no account for accepted row", `
			select r.case_id as id, ` + row + ` from memo_rows r where r.state in @made
				and not exists (select 1 from accounts a where a.id = r.account_id)`},
		question{"case", "gave no access for accepted row", `
			select r.case_id as id, ` + row + ` from memo_rows r join memos m on m.case_id = r.case_id where r.state in @made
				and not exists (select 1 from account_applications x where x.account_id = r.account_id
					and x.application = case m.memo_kind when @flexi then @fapp when @sso then @sapp else m.memo_kind end)`},
		question{"case", "gave another person's account to row", `
			select r.case_id as id, ` + row + ` from memo_rows r join accounts a on a.id = r.account_id
			where r.state in @made and (r.employee_id is not null and a.employee_id <> r.employee_id or r.employee_id is null and a.nik <> r.nik)`},
		question{"case", "is past provisioning without having done row", `
			select r.case_id as id, ` + row + ` from memo_rows r join cases c on c.id = r.case_id
			where r.state in ('pending', 'accepted') and c.status in @after`},
		question{"case", "has an account for a row that nobody accepted:", `
			select r.case_id as id, ` + row + ` from memo_rows r where r.state not in @made and r.account_id is not null`},
		question{"account", "was made for a case that accepted nobody of it:", `
			select a.id, a.created_by_case as more from accounts a join cases c on c.id = a.created_by_case and c.kind = 'memo'
				where not exists (select 1 from memo_rows r where r.case_id = a.created_by_case and r.account_id = a.id and r.state in @made)`},
		question{"account", "has access by a case that did not accept it:", `
			select x.account_id as id, x.case_id as more from account_applications x join cases c on c.id = x.case_id and c.kind = 'memo'
				where not exists (select 1 from memo_rows r where r.case_id = x.case_id and r.account_id = x.account_id and r.state in @made)`},
		question{"case", "was granted and gave no access to", `
			select q.case_id as id, q.application as more from access_requests q join cases c on c.id = q.case_id and c.status = 'granted'
				where not exists (select 1 from account_applications x where x.account_id = q.account_id and x.application = q.application)`},
		question{"account", "has access by a request that was not granted:", `
			select x.account_id as id, x.case_id as more from account_applications x join cases c on c.id = x.case_id and c.kind = 'access'
				where c.status <> 'granted' or not exists (select 1 from access_requests q
					where q.case_id = x.case_id and q.account_id = x.account_id and q.application = x.application)`},
		question{"case", "is over as a request and still stands in the way of another, or the other way round", `
			select q.case_id as id, c.status as more from access_requests q join cases c on c.id = q.case_id where q.open = (c.closed is not null)`},
		question{"account", "is not its owner's only one:", `
			select min(id) as id, cast(count(*) as text) as more from accounts where employee_id is not null group by agency_id, employee_id having count(*) > 1
			union all
			select min(id) as id, cast(count(*) as text) as more from accounts where nik is not null group by agency_id, nik having count(*) > 1`},
		question{"account", "is open and its rows still wait for its link:", `
			select a.id, min(r.case_id) as more from accounts a join memo_rows r on r.account_id = a.id and r.state = 'provisioned'
			where a.status = @active group by a.id`},
		question{"activation", "was spent without one account of its own, or has one without that:", `
			select v.case_id as id, v.came as more from activations v where (v.came = 'spent') <> exists (select 1 from accounts a
				where a.id = v.account_id and a.created_by_case = v.case_id and a.employee_id = v.employee_id)`},
		question{"activation", "made an account that it does not know:", `
			select v.case_id as id, a.id as more from activations v join accounts a on a.created_by_case = v.case_id where coalesce(v.account_id, '') <> a.id`},
		question{"activation", "ended otherwise than its code did:", `
			select v.case_id as id, c.status || ' and ' || v.came as more from activations v join cases c on c.id = v.case_id
			where v.closed is not null and (c.status = 'done' and v.came <> 'spent' or c.status in ('refused', 'voided', 'expired', 'disowned') and v.came = 'spent')`},
	)
	return s.ask(ctx, "survey the accounts", "select count(*) from memo_rows", args, questions...)
}

// SurveySecrets looks for accounts with two live links, links that outlived a newer one, and messages sent as two.
func (s *Store) SurveySecrets(ctx context.Context) (Survey, error) {
	return s.ask(ctx, "survey links and messages", `select (select count(*) from one_use_links) + (select count(*) from activation_codes)
		+ (select count(*) from email_changes) + (select count(*) from notices)`, nil, append(addressQuestions(),
		question{"activation", "has more than one live code:", `
			select case_id as id, cast(count(*) as text) as more from activation_codes where used_at is null and voided_at is null
			group by agency_id, case_id having count(*) > 1`},
		question{"activation", "is over and its code is live", `
			select k.case_id as id, v.came as more from activation_codes k join activations v on v.case_id = k.case_id
			where k.used_at is null and k.voided_at is null and v.came <> ''`},
		question{"activation", "has a live code older than a dead one", `
			select k.case_id as id, '' as more from activation_codes k where k.used_at is null and k.voided_at is null
				and exists (select 1 from activation_codes n where n.case_id = k.case_id and n.created > k.created)`},
		question{"account", "has more than one live link for", `
			select account_id as id, purpose as more from one_use_links where used_at is null and voided_at is null
			group by agency_id, account_id, purpose having count(*) > 1`},
		question{"account", "has a live link older than a dead one, for", `
			select l.account_id as id, l.purpose as more from one_use_links l where l.used_at is null and l.voided_at is null
				and exists (select 1 from one_use_links n where n.account_id = l.account_id and n.purpose = l.purpose and n.created > l.created)`},
		question{"message", "has a Message-ID that another has too:", `
			select min(id) as id, message_id as more from notices group by agency_id, message_id having count(*) > 1`},
		question{"case", "told a person more than once, in row", `
			select n.case_id as id, cast(n.row_no as text) as more from notices n join memo_rows r on r.case_id = n.case_id and r.no = n.row_no
			where n.kind in ('credentials', 'credentials_access') group by n.case_id, n.row_no, r.issue having count(*) > r.issue`},
		question{"case", "told a person nothing, in row", `
			select r.case_id as id, cast(r.no as text) as more from memo_rows r join accounts a on a.id = r.account_id
			where r.state in ('provisioned', 'activated', 'lapsed') and a.email <> '' and r.provisioned_at is not null
				and not exists (select 1 from notices n where n.case_id = r.case_id and n.row_no = r.no)`},
	)...)
}
