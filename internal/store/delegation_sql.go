package store

import (
	"context"

	"loket/models"
)

// sentFor is the condition on a case c that the employee sent it in one of its rounds, or somebody who acted for them.
// Nobody decides on what was sent in their name.
func sentFor(employee string) string {
	return sentBy(employee, "in (select s.id from accounts s where s.employee_id = "+employee+")")
}

// sentBy is sentFor where the account is known, too.
func sentBy(employee, account string) string {
	return "exists (select 1 from events t where t.case_id = c.id and (t.on_behalf_of = " + employee + " or t.actor_id " + account +
		") and t.type in ('sent', 'resubmitted'))"
}

// sentByActor is the condition on a case c that the actor sent it in one of its rounds, or had it sent.
func sentByActor() string { return sentBy("@employee", "= @account") }

// partySQL is the condition on a case c that it is the employee's own matter: they sent it, wrote it, are listed in it,
// or somebody who acted for them sent it. It says what models.Actor.Facing asks.
func partySQL(employee string) string {
	return "(exists (select 1 from accounts t where t.employee_id = " + employee + " and t.id in (c.sender_id, c.requester_id))" +
		" or exists (select 1 from memo_rows t where t.case_id = c.id and t.employee_id = " + employee + ") or " + sentFor(employee) + ")"
}

// unbarredSQL leaves out the cases that are a matter of whoever the grant is held for; nothing for an office of one's
// own. It names its parameter with i.
func unbarredSQL(g models.Grant, i int, args map[string]any) string {
	if g.OnBehalfOf == "" {
		return ""
	}
	principal := name("principal", i)
	args[principal] = g.OnBehalfOf
	return " and not " + partySQL("@"+principal)
}

// Facing gives the actor as they stand before a case, and whether they decided on it: listed or not, sent in their name
// or not, and with what they hold for one of its parties barred.
func (s *Store) Facing(ctx context.Context, caseID string, a models.Actor) (models.Actor, bool, error) {
	q, rows := facing(caseID, a)
	if err := s.reader(ctx).Raw(q.sql, q.args).Scan(rows).Error; err != nil {
		return a, false, wrap(err, "read how an actor stands")
	}
	a, decided := stood(a, *rows)
	return a, decided, nil
}

// facingRow is how an actor stands before a case. Parties are those of the people they may act for whose own matter it is.
type facingRow struct {
	Listed, Decided, Principal bool
	Parties                    *string
}

// facing asks how an actor stands before a case; stood reads the answer.
func facing(caseID string, a models.Actor) (want, *[]facingRow) {
	args := standingArgs(a, map[string]any{"id": caseID})
	parties := "null"
	if ids := a.OnBehalf(); len(ids) > 0 {
		args["ids"] = ids
		parties = "(select string_agg(p.id, '" + beyond + "') from employees p where p.id in @ids and " + partySQL("p.id") + ")"
	}
	rows := new([]facingRow)
	return want{"select " + listedSQL + " as listed, " + decidedSQL + " as decided, " + sentByActor() + " as principal, " + parties +
		" as parties from cases c where c.id = @id", args, rows}, rows
}

// stood gives the actor as they stand, and whether they decided on the case.
func stood(a models.Actor, rows []facingRow) (models.Actor, bool) {
	if len(rows) == 0 {
		return a, false
	}
	parties := models.Parties{Employees: apart(rows[0].Parties)}
	if rows[0].Principal {
		parties.Principals = []string{a.EmployeeID}
	}
	a = a.Facing(parties)
	a.Listed, a.Principal = rows[0].Listed, rows[0].Principal
	return a, rows[0].Decided
}

// holdersSQL lists who holds a role at @at and can sign in, and who answers for an application. A delegate's row names the
// employee they act for, on_behalf_of and for_name, that employee's account and the end of the grant. principal is on_behalf_of as it is stored, null for
// none: PostgreSQL knows how rare it is, which it does not of an expression. SQLite takes a column's type from the last part.
const holdersSQL = `
	select 'application_owner' as role, o.application as unit_code, o.account_id, o.employee_id, o.name, null as principal,
		'' as on_behalf_of, '' as for_name, '' as for_account, null as valid_until
	from application_owners o where o.agency_id = @agency
	union all
	select g.role, g.unit_code, g.account_id, g.employee_id, g.name, g.on_behalf_of as principal,
		coalesce(g.on_behalf_of, '') as on_behalf_of, coalesce(p.name, '') as for_name, coalesce(pa.id, '') as for_account, g.valid_until
	from (
		select ` + held + ` from role_grants g join accounts a on a.id = g.account_id and a.status = 'active' where g.agency_id = @agency
		union all
		select ` + held + ` from role_grants g join accounts a on a.agency_id = g.agency_id and a.employee_id = g.employee_id and a.status = 'active'
		where g.agency_id = @agency) g
	left join employees p on p.id = g.on_behalf_of
	left join accounts pa on pa.agency_id = g.agency_id and pa.employee_id = g.on_behalf_of
	where g.valid_from <= @at and (g.valid_until is null or g.valid_until > @at)`

// held is what a holder's row says of the grant and the account.
const held = `g.agency_id, g.role, g.unit_code, g.on_behalf_of, g.valid_from, g.valid_until, a.id as account_id,
			coalesce(a.employee_id, '') as employee_id, a.name`

// eligibleSQL is the condition on a holder h and a case c that h may decide on it: Case.Decides for whoever is not asking.
func eligibleSQL() string {
	return `h.account_id <> c.requester_id and (c.sender_id is null or h.account_id <> c.sender_id)
		and not exists (select 1 from memo_rows t where t.case_id = c.id and t.account_id = h.account_id)
		and (h.employee_id = '' or not ` + partySQL("h.employee_id") + `)
		and (h.on_behalf_of = '' or not ` + partySQL("h.on_behalf_of") + ")"
}
