package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// archive is a fill of cases as years leave them behind: the first open ones wait for a head or an officer, all others
// are done. Every case has one row, one file and the events of its life.
type archive struct {
	office Office
	from   int // the first case's number; lists that are filled after one another share none
	cases  int
	open   int
}

// step is one event of a case's life, and how long after the first it came.
type step struct {
	kind, id, status string
	minutes          int
}

func life() []step {
	return []step{{"drafted", "draft", "draft", 0}, {"sent", "u-send", "approval", 30}, {"approved", "u-decide", "verification", 400},
		{"verified", "u-verify", "provisioning", 900}, {"provisioned", "provisioned", "activation", 901}, {"done", "settled", "done", 902}}
}

// steps is how many events a case has: a third of what is open waits for an officer, the rest for a head.
func (a archive) steps(i int) int {
	switch {
	case i >= a.open:
		return len(life())
	case i%3 == 0:
		return 3
	}
	return 2
}

func (a archive) id(i int) string { return idOf("case", a.from+i) }
func (a archive) unit(i int) int  { return (a.from + i) % a.office.Units }
func (a archive) status(i int) string {
	return life()[a.steps(i)-1].status
}

// opened spreads closed cases over three years; what is open is of the last days.
func (a archive) opened(i int) time.Time {
	if i < a.open {
		return past(a.office.Now, 1000+i%3000)
	}
	return past(a.office.Now, 5000+int(int64(i)*1_500_000/int64(max(a.cases, 1))))
}

func (a archive) sender(i int) int { return a.office.sender(a.unit(i)) }

// fill copies the archive. What happened told how far it is.
func (a archive) fill(ctx context.Context, conn *pgx.Conn, tell func(string)) error {
	tables := []string{"cases", "memos", "memo_rows", "events", "work_items", "attachments", "files", "memo_revisions"}
	return bulk(ctx, conn, tables, func() error {
		for _, part := range []func(context.Context, *pgx.Conn) error{a.copyCases, a.copyMemos, a.copyRows, a.copyEvents, a.copyItems, a.copyFiles} {
			if err := part(ctx, conn); err != nil {
				return err
			}
			tell(".")
		}
		return nil
	})
}

func (a archive) copyCases(ctx context.Context, conn *pgx.Conn) error {
	t := table{"cases", []string{"id", "agency_id", "kind", "number", "definition_version", "status", "stage", "seq", "version", "round", "step",
		"requester_id", "sender_id", "unit_code", "unit_path", "next_due", "opened", "closed", "updated", "touched"}}
	return copyRows(ctx, conn, t, a.cases, func(i int) []any {
		opened, stage := a.opened(i), []string{"", "", "head", "officer", "officer", "officer", "officer"}[a.steps(i)]
		var due, closed *time.Time
		if i < a.open {
			at := opened.Add(72 * time.Hour)
			due = &at
		} else {
			at := opened.Add(902 * time.Minute)
			closed = &at
		}
		who := idOf("account", a.sender(i))
		return []any{a.id(i), agency, "memo", fmt.Sprintf("LKT-%d-%07d", opened.Year(), a.from+i), 1, a.status(i), stage, a.steps(i), a.steps(i), 1, 0,
			who, who, unitCode(a.unit(i)), unitPath(a.unit(i)), due, opened, closed, opened, opened}
	})
}

const letter = `Sehubungan dengan kebutuhan pelaksanaan tugas, bersama ini kami mohon bantuan pembukaan akses bagi pegawai sebagaimana daftar terlampir. Demikian, atas perhatian dan kerja samanya kami ucapkan terima kasih.`

func (a archive) copyMemos(ctx context.Context, conn *pgx.Conn) error {
	t := table{"memos", []string{"case_id", "agency_id", "memo_kind", "memo_number", "sending_unit", "memo_date", "addressee", "reference", "subject", "body", "contact", "copies"}}
	err := copyRows(ctx, conn, t, a.cases, func(i int) []any {
		return []any{a.id(i), agency, "flexiwork", fmt.Sprintf("ND-%d/%s/uji", a.from+i, unitCode(a.unit(i))), unitCode(a.unit(i)),
			a.opened(i).Format(time.DateOnly), "Kepala Pusat Layanan Informasi", "", fmt.Sprintf("Permohonan akses %d", a.from+i), letter, "Tata usaha, 1234", `["Kepala Biro SDM"]`}
	})
	if err != nil {
		return err
	}
	revisions := table{"memo_revisions", []string{"case_id", "round", "agency_id", "body"}}
	return copyRows(ctx, conn, revisions, a.cases, func(i int) []any {
		return []any{a.id(i), 1, agency, `{"kind":"flexiwork","rows":[]}`}
	})
}

func (a archive) copyRows(ctx context.Context, conn *pgx.Conn) error {
	t := table{"memo_rows", []string{"case_id", "no", "agency_id", "nip", "nik", "name", "unit_code", "position", "contract_start", "contract_end", "external_email",
		"employee_id", "state", "account_id"}}
	return copyRows(ctx, conn, t, a.cases, func(i int) []any {
		// Listed are other PPKs: never the head or the sender of the same unit.
		person := a.office.sender((a.unit(i) + 1) % a.office.Units)
		state, account := "pending", (*string)(nil)
		if i >= a.open {
			id := idOf("account", person)
			state, account = "activated", &id
		}
		return []any{a.id(i), 1, agency, nip(person), "", personName(person), unitCode(a.unit(i)), "Staf", "", "", fmt.Sprintf("p%d@mail.example", person),
			idOf("employee", person), state, account}
	})
}

func (a archive) copyEvents(ctx context.Context, conn *pgx.Conn) error {
	// The row number of an event among all: cases differ in length, so a running pair serves.
	total := 0
	for i := range a.cases {
		total += a.steps(i)
	}
	t := table{"events", []string{"case_id", "seq", "agency_id", "event_id", "type", "at", "recorded_at", "actor_id", "reason", "status", "body"}}
	i, at := 0, -1
	return copyRows(ctx, conn, t, total, func(int) []any {
		if at++; at == a.steps(i) {
			i, at = i+1, 0
		}
		s := life()[at]
		when := a.opened(i).Add(time.Duration(s.minutes) * time.Minute)
		return []any{a.id(i), at + 1, agency, s.id, s.kind, when, when, a.actor(i, at), "", s.status, a.body(i, at, s, when)}
	})
}

// actor is who made a step; the clock's have none.
func (a archive) actor(i, at int) *string {
	people := []int{a.sender(i), a.sender(i), a.office.head(a.unit(i)), a.office.officer(i)}
	if at >= len(people) {
		return nil
	}
	id := idOf("account", people[at])
	return &id
}

// body is about as long as a real change.
func (a archive) body(i, at int, s step, when time.Time) string {
	b, _ := json.Marshal(map[string]any{"case_id": a.id(i), "kind": "memo", "seq": at + 1, "event_id": s.id, "type": s.kind, "at": when,
		"actor": map[string]any{"agency": agency, "account_id": a.actor(i, at), "unit": unitCode(a.unit(i)), "origin": map[string]any{"channel": "api", "ip": "10.1.2.3"}},
		"after": map[string]any{"id": a.id(i), "kind": "memo", "status": s.status, "round": 1, "seq": at + 1, "unit": unitCode(a.unit(i)),
			"unit_path": unitPath(a.unit(i)), "requester": idOf("account", a.sender(i)), "sender": idOf("account", a.sender(i))}}) // plain values: cannot fail
	return string(b)
}

// copyItems copies the head's item of every case and the officer's of those that came so far.
func (a archive) copyItems(ctx context.Context, conn *pgx.Conn) error {
	t := table{"work_items", []string{"id", "agency_id", "case_id", "kind", "stage", "round", "step", "queue", "candidate_role", "candidate_unit", "opened", "due", "closed", "state", "outcome"}}
	err := copyRows(ctx, conn, t, a.cases, func(i int) []any { return a.item(i, 2, "head", "approval", "unit_head", unitCode(a.unit(i))) })
	if err != nil {
		return err
	}
	var verified []int
	for i := range a.cases {
		if a.steps(i) > 2 {
			verified = append(verified, i)
		}
	}
	return copyRows(ctx, conn, t, len(verified), func(i int) []any { return a.item(verified[i], 3, "officer", "verification", "officer", "") })
}

// item asks from the reached-th step on, until the next.
func (a archive) item(i, reached int, stage, queue, role, unit string) []any {
	opened := a.opened(i).Add(time.Duration(life()[reached-1].minutes) * time.Minute)
	state, closed := "open", (*time.Time)(nil)
	if a.steps(i) > reached {
		state, closed = "closed", &opened
	}
	return []any{idOf("item-"+stage, a.from+i), agency, a.id(i), "memo", stage, 1, 0, queue, role, unit, opened, opened.Add(48 * time.Hour), closed, state, ""}
}

const blob = "0000000000000000000000000000000000000000000000000000000000000000"

func (a archive) copyFiles(ctx context.Context, conn *pgx.Conn) error {
	return copyForms(ctx, conn, a.cases, a.from, a.id, a.sender)
}

// copyForms attaches to each case the form that its kind asks for. All hold the same bytes, which nobody reads here.
func copyForms(ctx context.Context, conn *pgx.Conn, n, from int, id func(int) string, owner func(int) int) error {
	_, err := conn.Exec(ctx, "insert into blobs (agency_id, sha256, used) values ($1, $2, now()) on conflict do nothing", agency, blob)
	if err != nil {
		return err
	}
	files := table{"files", []string{"id", "agency_id", "sha256", "size", "type", "name", "owner_id", "case_id", "state", "created"}}
	err = copyRows(ctx, conn, files, n, func(i int) []any {
		return []any{idOf("file", from+i), agency, blob, 1000, "application/pdf", "sptjm.pdf", idOf("account", owner(i)), id(i), "linked", time.Now()}
	})
	if err != nil {
		return err
	}
	attached := table{"attachments", []string{"case_id", "position", "agency_id", "kind", "file_id"}}
	return copyRows(ctx, conn, attached, n, func(i int) []any { return []any{id(i), 1, agency, "sptjm", idOf("file", from+i)} })
}
