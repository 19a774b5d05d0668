package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Provision gives the people of a memo access on the accounts that they have.
func (b *bareActivities) Provision(ctx context.Context, caseID string) (int, error) {
	n := 0
	err := pgx.BeginFunc(ctx, b.db, func(tx pgx.Tx) error {
		do := in(ctx, tx)
		if err := do("select 1 from cases where id = $1 for update", caseID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select a.id, a.email, a.name, a.locale from memo_rows r join accounts a on a.agency_id = r.agency_id and a.employee_id = r.employee_id
			where r.case_id = $1 and r.state = 'accepted' order by r.no`, caseID)
		if err != nil {
			return err
		}
		people, err := pgx.CollectRows(rows, pgx.RowToStructByPos[bareReader])
		if err != nil {
			return err
		}
		n = len(people)
		ids := make([]string, n)
		for i, p := range people {
			ids[i] = p.ID
		}
		now := time.Now()
		err = do(`insert into account_applications (agency_id, account_id, application, case_id, created)
			select $1, unnest($2::text[]), 'flexiwork', $3, $4 on conflict do nothing`, agency, ids, caseID, now)
		if err != nil {
			return err
		}
		if err := queueBare(ctx, tx, "credentials_access", caseID, people); err != nil {
			return err
		}
		err = do(`update memo_rows r set account_id = a.id from accounts a where r.case_id = $1 and r.state = 'accepted'
			and a.agency_id = r.agency_id and a.employee_id = r.employee_id`, caseID)
		if err != nil {
			return err
		}
		err = do("update memo_rows set state = 'activated', provisioned_at = $2, activated_at = $2 where case_id = $1 and state = 'accepted'", caseID, now)
		if err != nil {
			return err
		}
		if err := do("update cases set version = version + 1, updated = $2, touched = clock_timestamp() where id = $1", caseID, now); err != nil {
			return err
		}
		return b.audit(ctx, tx, bareChange{CaseID: caseID, Type: "rows_provisioned", At: now}, "{}")
	})
	return n, err
}

// insertAccounts is the yardstick for long lists: accounts, access and messages of some people, in one transaction with
// one statement for each table, and nothing looked up or locked.
func (b *bareActivities) insertAccounts(ctx context.Context, caseID string, first, n int) error {
	return pgx.BeginFunc(ctx, b.db, func(tx pgx.Tx) error {
		do, now := in(ctx, tx), time.Now()
		query, args := "insert into accounts (id, agency_id, username, name, email, employee_id, status, locale, zone, must_change, created_by_case, created) values ", []any{}
		people, ids := make([]bareReader, n), make([]string, n)
		for i := range n {
			who := first + i
			people[i] = bareReader{uuid.NewString(), fmt.Sprintf("p%d@mail.example", who), personName(who), "id"}
			ids[i] = people[i].ID
			if i > 0 {
				query += ","
			}
			query += "("
			for j := range 12 {
				query += fmt.Sprintf("$%d,", 12*i+j+1)
			}
			query = query[:len(query)-1] + ")"
			args = append(args, ids[i], agency, fmt.Sprintf("uji.%d", who), people[i].Name, people[i].Email, idOf("employee", who), "pending", "id", "Asia/Jakarta", false, caseID, now)
		}
		if err := do(query, args...); err != nil {
			return err
		}
		err := do(`insert into account_applications (agency_id, account_id, application, case_id, created)
			select $1, unnest($2::text[]), 'flexiwork', $3, $4`, agency, ids, caseID, now)
		if err != nil {
			return err
		}
		return queueBare(ctx, tx, "credentials", caseID, people)
	})
}
