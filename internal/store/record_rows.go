package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"loket/models"
)

// send keeps what is sent in a round, opens every row, and finds its people in the registry. At the first sending the
// memo gets its number, without gaps per unit and year.
func send(tx *gorm.DB, row caseRow, c models.Change) error {
	var memo struct {
		SendingUnit string
		Rows        int
	}
	err := tx.Raw(`select m.sending_unit, (select count(*) from memo_rows r where r.case_id = m.case_id) as rows
		from memos m where m.case_id = ?`, row.ID).Scan(&memo).Error
	if err != nil {
		return err
	}
	if memo.Rows != c.After.RowsOpen || c.Draft != 0 && c.Draft != row.Version {
		return models.ErrStale
	}
	if c.Type == models.EventSent {
		if err := number(tx, row, memo.SendingUnit, c); err != nil {
			return err
		}
	}
	if err := keepRevision(tx, row, c.After.Round); err != nil {
		return err
	}
	return tx.Exec("update memo_rows as r set state = ?, reason = '', decided_by = null, decided_at = null, employee_id = "+employeeOfRow+
		" where r.case_id = ?", models.RowPending, row.ID).Error
}

func number(tx *gorm.DB, row caseRow, unit string, c models.Change) error {
	year := c.At.In(agencyZone()).Year()
	n, err := next(tx, row.AgencyID, "memo:"+unit, year)
	if err != nil {
		return err
	}
	return tx.Exec("update memos set memo_number = ? where case_id = ?", fmt.Sprintf("ND-%d/%s/%d", n, unit, year), row.ID).Error
}

// employeeOfRow finds the employee whom a row r names, by NIP or else by NIK. Two look-ups by index: joined with 'or'
// PostgreSQL compares every row with every employee (0.7 s for 500 rows of 20,000).
const employeeOfRow = `coalesce(
	(select n.id from employees n where n.agency_id = r.agency_id and n.nip = r.nip),
	(select k.id from employees k where k.agency_id = r.agency_id and k.nik = r.nik and r.nip = ''))`

// decideRows writes an officer's words on rows. Only pending rows are decided: nothing is decided twice.
func decideRows(tx *gorm.DB, c models.Change) error {
	accepted, rejected := sortDecisions(c.Rows)
	set := func(state models.RowState, reason string, nos []int) error {
		if len(nos) == 0 {
			return nil
		}
		return tx.Exec(`update memo_rows set state = ?, reason = ?, decided_by = ?, decided_at = ?
			where case_id = ? and no in ? and state = ?`,
			state, reason, optional(c.Actor.AccountID), micro(c.At), c.CaseID, nos, models.RowPending).Error
	}
	if err := set(models.RowAccepted, "", accepted); err != nil {
		return err
	}
	for _, reason := range slices.Sorted(maps.Keys(rejected)) {
		if err := set(models.RowRejected, reason, rejected[reason]); err != nil {
			return err
		}
	}
	return nil
}

// sortDecisions groups rows by what is said of them: officers give few reasons to many rows.
func sortDecisions(rows []models.RowDecision) (accepted []int, rejected map[string][]int) {
	rejected = map[string][]int{}
	for _, d := range rows {
		if d.Accept {
			accepted = append(accepted, d.No)
		} else {
			rejected[d.Reason] = append(rejected[d.Reason], d.No)
		}
	}
	return accepted, rejected
}

// moveRows takes rows from one state to another. Where links lapse it gives the people's names and kills the links,
// but for those whom another memo still waits for.
func moveRows(tx *gorm.DB, c models.Change) ([]string, error) {
	if c.Move == nil {
		return nil, nil
	}
	var moved []struct{ Name, AccountID string }
	args, over := map[string]any{"to": c.Move.To, "from": c.Move.From, "reason": c.Reason, "id": c.CaseID}, ""
	if c.Move.To == models.RowLapsed {
		over = overSQL(c.At, args)
	}
	err := tx.Raw(`update memo_rows as r set state = @to, reason = case when @reason = '' then reason else @reason end
		where case_id = @id and state = @from`+over+` returning name, coalesce(account_id, '') as account_id`, args).Scan(&moved).Error
	if err != nil || c.Move.To != models.RowLapsed || len(moved) == 0 {
		return nil, err
	}
	var names, accounts []string
	for _, m := range moved {
		names, accounts = append(names, m.Name), append(accounts, m.AccountID)
	}
	return names, tx.Exec(`update one_use_links set voided_at = ? where account_id in ? and used_at is null and voided_at is null
		and not exists (select 1 from memo_rows r where r.account_id = one_use_links.account_id and r.state = ?)`,
		micro(c.At), accounts, models.RowProvisioned).Error
}

// few tells the first of many names or reasons, and how many more there are.
func few(names []string) string {
	const most = 3
	text := ""
	for i, n := range names {
		if i == most {
			return text + ", +" + strconv.Itoa(len(names)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += n
	}
	return text
}
