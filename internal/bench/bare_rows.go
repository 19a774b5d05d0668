package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// bareActivities write with pgx what the real ones write: the same tables, one transaction a step.
type bareActivities struct{ db *pgxpool.Pool }

// Brief finds who is asked first.
func (b *bareActivities) Brief(ctx context.Context, caseID string) (bareBrief, error) {
	var brief bareBrief
	err := b.db.QueryRow(ctx, `select u.code, g.role, (select count(*) from memo_rows r where r.case_id = m.case_id)
		from memos m join units u on u.agency_id = m.agency_id and u.code = m.sending_unit
		join role_grants g on g.agency_id = u.agency_id and g.unit_code = u.code and g.role = 'unit_head'
		where m.case_id = $1`, caseID).Scan(&brief.Unit, &brief.Role, &brief.Rows)
	return brief, err
}

// OpenLinks counts the rows whose link is not used.
func (b *bareActivities) OpenLinks(ctx context.Context, caseID string) (int, error) {
	var n int
	err := b.db.QueryRow(ctx, "select count(*) from memo_rows where case_id = $1 and state = 'provisioned'", caseID).Scan(&n)
	return n, err
}

// Record writes one step; a repeat answers what stands.
func (b *bareActivities) Record(ctx context.Context, c bareChange) (bareChange, error) {
	err := pgx.BeginFunc(ctx, b.db, func(tx pgx.Tx) error {
		var seq int
		if err := tx.QueryRow(ctx, "select seq from cases where id = $1 for update", c.CaseID).Scan(&seq); err != nil {
			return err
		}
		var stored string
		err := tx.QueryRow(ctx, "select body from events where case_id = $1 and (event_id = $2 or seq = $3)", c.CaseID, c.EventID, c.Seq).Scan(&stored)
		if err == nil {
			return json.Unmarshal([]byte(stored), &c)
		}
		if seq != c.Seq-1 {
			return fmt.Errorf("case %s stands at %d", c.CaseID, seq)
		}
		return b.write(ctx, tx, c)
	})
	return c, err
}

// exec runs one statement within a transaction.
type exec func(sql string, args ...any) error

func in(ctx context.Context, tx pgx.Tx) exec {
	return func(sql string, args ...any) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}
}

func (b *bareActivities) write(ctx context.Context, tx pgx.Tx, c bareChange) error {
	do := in(ctx, tx)
	body, err := json.Marshal(map[string]any{"case_id": c.CaseID, "seq": c.Seq, "event_id": c.EventID, "type": c.Type, "status": c.Status, "actor": c.Actor,
		"unit": c.Unit, "at": c.At, "after": map[string]any{"id": c.CaseID, "kind": "memo", "status": c.Status, "round": 1, "unit": c.Unit, "padding": letter}})
	if err != nil {
		return err
	}
	err = do(`insert into events (case_id, seq, agency_id, event_id, type, at, recorded_at, actor_id, reason, status, body)
		values ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), '', $9, $10)`, c.CaseID, c.Seq, agency, c.EventID, c.Type, c.At, time.Now(), c.Actor, c.Status, string(body))
	if err != nil {
		return err
	}
	err = do(`update cases set status = $2, stage = case $2 when 'approval' then 'head' else 'officer' end, seq = $3, version = version + 1, round = 1, updated = $4,
		touched = clock_timestamp(), next_due = $5, closed = case $2 when 'done' then $4::timestamptz end, sender_id = coalesce(sender_id, nullif($6, ''))
		where id = $1 and seq = $3 - 1`, c.CaseID, c.Status, c.Seq, c.At, c.At.Add(72*time.Hour), c.Actor)
	if err != nil {
		return err
	}
	if err := b.follow(ctx, tx, c); err != nil {
		return err
	}
	return b.audit(ctx, tx, c, string(body))
}

// follow writes what a step brings with it: number, revision, rows, work items, messages.
func (b *bareActivities) follow(ctx context.Context, tx pgx.Tx, c bareChange) error {
	do := in(ctx, tx)
	switch c.Type {
	case "sent":
		if err := b.send(ctx, tx, c); err != nil {
			return err
		}
		return b.ask(ctx, tx, c, "head", "approval", "unit_head", c.Unit, "memo_waiting", "memo_sent")
	case "approved":
		return b.ask(ctx, tx, c, "officer", "verification", "officer", "", "memo_verification", "memo_approved")
	case "verified":
		if err := do("update memo_rows set state = 'accepted', reason = '' where case_id = $1 and state = 'pending'", c.CaseID); err != nil {
			return err
		}
		return b.closeItem(ctx, tx, c)
	case "provisioned":
		if err := b.closeItem(ctx, tx, c); err != nil {
			return err
		}
		return b.tell(ctx, tx, c, "memo_done", "", "")
	}
	return b.closeItem(ctx, tx, c)
}

func (b *bareActivities) send(ctx context.Context, tx pgx.Tx, c bareChange) error {
	do := in(ctx, tx)
	var n int
	err := tx.QueryRow(ctx, `insert into counters (agency_id, series, year, value) values ($1, 'memo:' || $2::text, 2026, 1)
		on conflict (agency_id, series, year) do update set value = counters.value + 1 returning value`, agency, c.Unit).Scan(&n)
	if err != nil {
		return err
	}
	if err := do("update memos set memo_number = $2 where case_id = $1", c.CaseID, fmt.Sprintf("ND-%d/%s/2026", n, c.Unit)); err != nil {
		return err
	}
	err = do(`insert into memo_revisions (case_id, round, agency_id, body) select m.case_id, 1, m.agency_id, m.body || coalesce((
		select json_agg(r)::text from memo_rows r where r.case_id = m.case_id), '') from memos m where m.case_id = $1`, c.CaseID)
	if err != nil {
		return err
	}
	return do(`update memo_rows r set state = 'pending', employee_id = (select e.id from employees e where e.agency_id = r.agency_id and e.nip = r.nip)
		where r.case_id = $1`, c.CaseID)
}

func (b *bareActivities) closeItem(ctx context.Context, tx pgx.Tx, c bareChange) error {
	return in(ctx, tx)("update work_items set state = 'closed', outcome = $2, closed = $3 where agency_id = $4 and case_id = $1 and state = 'open'",
		c.CaseID, c.Type, c.At, agency)
}

// ask closes what was open, opens the next item, and tells those who are asked and the sender.
func (b *bareActivities) ask(ctx context.Context, tx pgx.Tx, c bareChange, stage, queue, role, unit, kind, toSender string) error {
	if err := b.closeItem(ctx, tx, c); err != nil {
		return err
	}
	err := in(ctx, tx)(`insert into work_items (id, agency_id, case_id, kind, stage, round, step, queue, candidate_role, candidate_unit, opened, due, state)
		values ($1, $2, $3, 'memo', $4, 1, 0, $5, $6, $7, $8, $9, 'open')`, uuid.NewString(), agency, c.CaseID, stage, queue, role, unit, c.At, c.At.Add(72*time.Hour))
	if err != nil {
		return err
	}
	if err := b.tell(ctx, tx, c, kind, role, unit); err != nil {
		return err
	}
	return b.tell(ctx, tx, c, toSender, "", "")
}

// tell queues one message for each holder of a role, or for the sender.
func (b *bareActivities) tell(ctx context.Context, tx pgx.Tx, c bareChange, kind, role, unit string) error {
	query, args := `select a.id, a.email, a.name, a.locale from cases c join accounts a on a.id = c.sender_id where c.id = $1`, []any{c.CaseID}
	if role != "" {
		query, args = `select a.id, a.email, a.name, a.locale from role_grants g join accounts a on a.agency_id = g.agency_id and a.employee_id = g.employee_id
			where g.agency_id = $1 and g.role = $2 and ($3 = '' or g.unit_code = $3) and a.status = 'active'`, []any{agency, role, unit}
	}
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	people, err := pgx.CollectRows(rows, pgx.RowToStructByPos[bareReader])
	if err != nil {
		return err
	}
	return queueBare(ctx, tx, kind, c.CaseID, people)
}

type bareReader struct{ ID, Email, Name, Locale string }

// queueBare queues messages in one statement.
func queueBare(ctx context.Context, tx pgx.Tx, kind, caseID string, people []bareReader) error {
	query, args := "insert into notices (id, agency_id, message_id, kind, account_id, to_address, to_name, lang, case_id, data, state, next_try, created) values ", []any{}
	now := time.Now()
	for i, p := range people {
		if i > 0 {
			query += ","
		}
		query += "("
		for j := range 13 {
			query += fmt.Sprintf("$%d,", 13*i+j+1)
		}
		query = query[:len(query)-1] + ")"
		id := uuid.NewString()
		data, err := json.Marshal(map[string]string{"name": p.Name, "link": "/memos/" + caseID, "subject": "Permohonan akses", "unit": "Direktorat Uji", "due": now.String()})
		if err != nil {
			return err
		}
		args = append(args, id, agency, id, kind, p.ID, p.Email, p.Name, p.Locale, caseID, string(data), "queued", now, now)
	}
	if len(people) == 0 {
		return nil
	}
	return in(ctx, tx)(query, args...)
}

// audit chains an entry to the case's stream; the code is as long as a real one and proves nothing.
func (b *bareActivities) audit(ctx context.Context, tx pgx.Tx, c bareChange, became string) error {
	var name string
	if c.Actor != "" {
		if err := tx.QueryRow(ctx, "select name from accounts where id = $1", c.Actor).Scan(&name); err != nil {
			return err
		}
	}
	var seq int64
	var mac string
	err := tx.QueryRow(ctx, `insert into audit_heads (agency_id, stream, seq, mac) values ($1, $2, 1, '')
		on conflict (agency_id, stream) do update set seq = audit_heads.seq + 1 returning seq, mac`, agency, "case:"+c.CaseID).Scan(&seq, &mac)
	if err != nil {
		return err
	}
	do := in(ctx, tx)
	err = do(`insert into audit_entries (agency_id, stream, stream_seq, at, actor, actor_name, on_behalf_of, action, object, origin, was, became, outcome, key_id, prev_mac, mac)
		values ($1, $2, $3, $4, $5, $6, '', $7, $8, '{"channel":"api","ip":"127.0.0.1"}', $9, $10, 'ok', 'k1', $11, $12)`, agency, "case:"+c.CaseID, seq, c.At, c.Actor, name, c.Type,
		"memo:"+c.CaseID, became[:min(len(became), 150)], became[:min(len(became), 200)], mac, blob)
	if err != nil {
		return err
	}
	return do("update audit_heads set mac = $3 where agency_id = $1 and stream = $2", agency, "case:"+c.CaseID, blob)
}
