package store

import "loket/models"

// caseLines are what the lines of a list of cases are read from.
type caseLines struct {
	ids    []string
	rows   []lineRow
	counts []rowCount
}

type lineRow struct {
	Row                                           caseRow `gorm:"embedded"`
	Subject, MemoKind, Unit, UnitName, SenderName string
}

type rowCount struct {
	CaseID, State string
	N             int
}

// subjectSQL is what a case c, whose memo is m, is about: the memo's subject, the application that is asked for, or the company
// that registers.
const subjectSQL = `coalesce(m.subject, (select p.name from access_requests q join applications p on p.agency_id = q.agency_id and p.id = q.application
	where q.case_id = c.id), (select g.company from registrations g where g.case_id = c.id), '')`

// linesSQL looks the sender of each case up: joined, PostgreSQL reads all accounts there are.
const linesSQL = `
	select c.*, ` + subjectSQL + ` as subject, coalesce(m.memo_kind, '') as memo_kind, coalesce(m.sending_unit, c.unit_code) as unit,
		coalesce(u.name, m.sending_unit, c.unit_code) as unit_name,
		coalesce((select a.name from accounts a where a.id = coalesce(c.sender_id, c.requester_id)),
			(select g.name from registrations g where g.case_id = c.id), '') as sender_name
	from cases c
	left join memos m on m.case_id = c.id
	left join units u on u.agency_id = c.agency_id and u.code = coalesce(m.sending_unit, c.unit_code)
	where c.id in @ids`

func (l *caseLines) wants() []want {
	if len(l.ids) == 0 {
		return nil
	}
	args := map[string]any{"ids": l.ids}
	return []want{{linesSQL, args, &l.rows},
		{"select case_id, state, count(*) as n from memo_rows where case_id in @ids group by case_id, state", args, &l.counts}}
}

// byID gives the lines by their cases' ids.
func (l *caseLines) byID() map[string]models.CaseSummary {
	counts := l.rowCounts()
	found := make(map[string]models.CaseSummary, len(l.rows))
	for _, r := range l.rows {
		c := r.Row
		found[c.ID] = models.CaseSummary{ID: c.ID, Kind: models.Kind(c.Kind), Number: c.Number, Subject: r.Subject,
			MemoKind: models.MemoKind(r.MemoKind), Status: models.Status(c.Status), Stage: models.Stage(c.Stage), Unit: r.Unit,
			UnitName: r.UnitName, DueUnit: c.UnitCode, SenderName: r.SenderName, Opened: c.Opened, Closed: c.Closed, Due: c.NextDue, Rows: counts[c.ID],
			Trouble: c.Trouble, Asked: c.Asked}
	}
	return found
}

// list gives the lines in the order of the ids.
func (l *caseLines) list() []models.CaseSummary {
	found := l.byID()
	var list []models.CaseSummary
	for _, id := range l.ids {
		if c, ok := found[id]; ok {
			list = append(list, c)
		}
	}
	return list
}

func (l *caseLines) rowCounts() map[string]models.RowCounts {
	counts := make(map[string]models.RowCounts, len(l.ids))
	for _, r := range l.counts {
		c := counts[r.CaseID]
		c.Total += r.N
		switch models.RowState(r.State) {
		case models.RowPending:
			c.Pending = r.N
		case models.RowAccepted:
			c.Accepted = r.N
		case models.RowRejected:
			c.Rejected = r.N
		case models.RowProvisioned:
			c.Provisioned = r.N
		case models.RowActivated:
			c.Activated = r.N
		case models.RowLapsed:
			c.Lapsed = r.N
		}
		counts[r.CaseID] = c
	}
	return counts
}
