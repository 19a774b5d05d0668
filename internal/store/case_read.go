package store

import (
	"context"

	"gorm.io/gorm"

	"loket/models"
)

// caseFacts is a case with what the rules ask of its surroundings, read in one statement.
type caseFacts struct {
	Row           caseRow `gorm:"embedded"`
	MemoKind      string
	SendingUnit   string
	CandidateRole string
	CandidateUnit string
	RowsOpen      int
	About         string
}

const caseFactsSQL = `
	select c.*, coalesce(m.memo_kind, '') as memo_kind, coalesce(m.sending_unit, '') as sending_unit,
		coalesce(w.candidate_role, '') as candidate_role, coalesce(w.candidate_unit, '') as candidate_unit,
		coalesce((select q.application from access_requests q where q.case_id = c.id), '') as about,
		(select count(*) from memo_rows r where r.case_id = c.id and r.state = 'pending') as rows_open
	from cases c
	left join memos m on m.case_id = c.id
	left join work_items w on w.agency_id = c.agency_id and w.case_id = c.id and w.state = 'open'
	where c.id = @id`

// Case gives the rules' view of a case: who may decide now comes from the open work item, who may send a draft from
// its kind and unit. models.ErrNotFound for an unknown case and one of another agency.
func (s *Store) Case(ctx context.Context, agency, id string) (models.Case, error) {
	return readCase(s.reader(ctx), agency, id)
}

func readCase(db *gorm.DB, agency, id string) (models.Case, error) {
	var f caseFacts
	err := db.Raw(caseFactsSQL+" and c.agency_id = @agency", map[string]any{"id": id, "agency": agency}).Take(&f).Error
	return f.rules(), wrap(err, "read a case")
}

func (f caseFacts) rules() models.Case {
	c := f.Row.rules()
	c.RowsOpen, c.About = f.RowsOpen, f.About
	switch {
	case c.Kind == models.KindMemo && c.Written():
		c.Candidates = models.DraftCandidates(models.MemoKind(f.MemoKind), f.SendingUnit)
	case f.CandidateRole != "":
		c.Candidates = []models.Candidate{{Role: models.Role(f.CandidateRole), Unit: f.CandidateUnit}}
	}
	return c
}

// Standing tells what the actor is to the case: one of the persons it is about, and one of those who decided on it.
func (s *Store) Standing(ctx context.Context, caseID string, a models.Actor) (listed, decided bool, err error) {
	var row struct{ Listed, Decided bool }
	err = s.reader(ctx).Raw("select "+listedSQL+" as listed, "+decidedSQL+" as decided from cases c where c.id = @id",
		standingArgs(a, map[string]any{"id": caseID})).Scan(&row).Error
	return row.Listed, row.Decided, wrap(err, "read an actor's standing")
}

// The conditions on a case c under which an actor is listed in it or has decided on it. A discarded draft and other
// deeds of the writer are no decisions.
const (
	listedSQL = `(exists (select 1 from memo_rows r where r.case_id = c.id and (r.employee_id = @employee or r.account_id = @account))
		or exists (select 1 from registrations r where r.case_id = c.id and r.account_id = @account))`
	// Literals keep both databases' planners on the index by actor.
	decidedSQL = `exists (select 1 from events d where d.case_id = c.id and d.actor_id = @account
		and d.type in ` + decisions + `)`
	// A retry by support counts: whoever helped a case on may see what became of it.
	decisions = `('approved', 'refused', 'returned', 'rows_decided', 'verified', 'operator_retried', 'rows_left_out')`
)

func standingArgs(a models.Actor, args map[string]any) map[string]any {
	args["account"], args["employee"] = a.AccountID, optional(a.EmployeeID)
	return args
}
