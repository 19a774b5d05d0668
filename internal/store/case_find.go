package store

import (
	"context"
	"slices"
	"strings"

	"loket/models"
)

// foundMost is how many cases a text may be found in for the list to be looked for among them. Beyond, most of what is new
// holds it, and the list is soon full.
const foundMost = 1000

// namesMost is how many rows of memos are looked at for a name, where a memo may hold it in each of its rows.
const namesMost = 20_000

// namedSQL are the rows that hold a name. Where they are not all, nothing is known of the cases beyond, and 'many' says so.
const namedSQL = "with named as materialized (select case_id from memo_rows where lower(name) like @like escape '!' limit @namesMost) "

// found narrows a list of cases to those that hold a text, where few do: PostgreSQL finds them by its index of words
// (migration 22), and nothing else is read. Nothing for no text and for what many hold, so textual must be asked besides.
// SQLite has no such index and looks through what the reader may see, as textual says.
func (s *Store) found(ctx context.Context, text string, args map[string]any) (string, error) {
	if text == "" || s.sqlite {
		return "", nil
	}
	args["text"], args["like"], args["foundMost"], args["namesMost"] = text, "%"+likeText(text)+"%", foundMost+1, namesMost
	var parts []string
	for _, part := range []string{
		"select id from cases where agency_id = @agency and number = @text",
		"select case_id from memos where agency_id = @agency and memo_number = @text",
		"select case_id from memos where lower(subject) like @like escape '!'",
		"select distinct case_id from memo_rows where agency_id = @agency and nip = @text",
		"select distinct case_id from named",
		"select 'many' from named having count(*) = @namesMost",
		"select case_id from registrations where lower(company) like @like escape '!' or npwp = @text",
		`select t.case_id from access_requests t join accounts o on o.id = t.account_id join applications p on p.agency_id = t.agency_id
			and p.id = t.application where lower(p.name) like @like escape '!' or lower(o.name) like @like escape '!'`,
	} {
		parts = append(parts, "select * from ("+part+" limit @foundMost) f")
	}
	ids := []string{}
	err := s.reader(ctx).Raw(namedSQL+strings.Join(parts, " union "), args).Scan(&ids).Error
	if err != nil || len(ids) > foundMost || slices.Contains(ids, "many") {
		return "", wrap(err, "find the cases that hold a text")
	}
	if len(ids) == 0 {
		return " and false", nil
	}
	args["found"] = ids
	return " and c.id in @found", nil
}

// textual asks that a case's number, subject, names or NIP hold a text, as far as the branch shows names; nothing for
// no text. It asks values of each case: the planner is to look at them one by one, and not at all there are.
func (b branch) textual(text string, args map[string]any) string {
	if text == "" {
		return ""
	}
	people := b.people
	if people == "" {
		people = "1 = 1"
	}
	args["text"], args["like"] = text, "%"+likeText(text)+"%"
	return ` and (c.number = @text
		or (select lower(t.subject) like @like escape '!' or t.memo_number = @text from memos t where t.case_id = c.id)
		or (select 1 from memo_rows t where t.case_id = c.id and ` + people + ` and (t.nip = @text or lower(t.name) like @like escape '!') limit 1) = 1
		or c.kind = 'registration' and exists (select 1 from registrations t where t.case_id = c.id and (lower(t.company) like @like escape '!'
			or t.npwp = @text))
		or c.kind = 'access' and exists (select 1 from access_requests t join accounts o on o.id = t.account_id
			join applications p on p.agency_id = t.agency_id and p.id = t.application
			where t.case_id = c.id and (lower(p.name) like @like escape '!' or lower(o.name) like @like escape '!')))`
}

// likeText makes text stand for itself in a pattern whose escape is '!'.
func likeText(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(s))
}

// caseBranches selects what the actor may see of what a query asks, a part for each reason why; none where nothing can be
// seen. args bound and page it.
func (s *Store) caseBranches(ctx context.Context, a models.Actor, q CaseQuery, after *cursor, args map[string]any) ([]string, error) {
	narrow := narrowing(q, after, args)
	found, err := s.found(ctx, q.Text, args)
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, b := range branches(a, q.Box, args) {
		parts = append(parts, "select * from (select c.id, c.opened from cases c "+b.from+" where c.agency_id = @agency and "+b.where+
			narrow+found+b.textual(q.Text, args)+" order by c.opened desc, c.id desc limit @limit) b")
	}
	return parts, nil
}
