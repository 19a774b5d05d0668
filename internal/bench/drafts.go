package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// drafts is a pile of memos ready to be sent, each with people of its own.
type drafts struct {
	office Office
	from   int // number of the first among all cases
	people int // number of the first of their people after the staff
	n      int
	rows   int
	active bool // the people have accounts already, so that nobody waits for a link
}

func (d drafts) id(i int) string           { return idOf("case", d.from+i) }
func (d drafts) unit(i int) int            { return (d.from + i) % d.office.Units }
func (d drafts) sender(i int) int          { return d.office.sender(d.unit(i)) }
func (d drafts) person(i, row int) int     { return d.office.staff() + d.people + i*d.rows + row }
func (d drafts) unitOf(person int) int     { return d.unit((person - d.person(0, 0)) / d.rows) }
func (d drafts) personIn(n int) (int, int) { return n / d.rows, n % d.rows }
func (d drafts) memo(i int) memo {
	return memo{d.id(i), d.sender(i), d.office.head(d.unit(i)), d.office.officer(d.from + i)}
}

// memo is one case to take through its stages, and who acts in them.
type memo struct {
	id                    string
	sender, head, officer int
}

func (d drafts) memos() []memo {
	list := make([]memo, d.n)
	for i := range list {
		list[i] = d.memo(i)
	}
	return list
}

// fill copies the drafts and their people.
func (d drafts) fill(ctx context.Context, conn *pgx.Conn) error {
	from := d.person(0, 0)
	if err := d.office.people(ctx, conn, from, from+d.n*d.rows, d.unitOf, d.active); err != nil {
		return err
	}
	for _, part := range []func(context.Context, *pgx.Conn) error{d.copyCases, d.copyMemos, d.copyPeople, d.copyEvents} {
		if err := part(ctx, conn); err != nil {
			return err
		}
	}
	if err := copyForms(ctx, conn, d.n, d.from, d.id, d.sender); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "vacuum analyze")
	return err
}

func (d drafts) opened() time.Time { return past(d.office.Now, 60) }

func (d drafts) copyCases(ctx context.Context, conn *pgx.Conn) error {
	t := table{"cases", []string{"id", "agency_id", "kind", "number", "definition_version", "status", "stage", "seq", "version", "round", "step",
		"requester_id", "unit_code", "unit_path", "opened", "updated", "touched"}}
	return copyRows(ctx, conn, t, d.n, func(i int) []any {
		return []any{d.id(i), agency, "memo", fmt.Sprintf("LKT-UJI-%07d", d.from+i), 1, "draft", "", 1, 1, 0, 0, idOf("account", d.sender(i)),
			unitCode(d.unit(i)), unitPath(d.unit(i)), d.opened(), d.opened(), d.opened()}
	})
}

func (d drafts) copyMemos(ctx context.Context, conn *pgx.Conn) error {
	t := table{"memos", []string{"case_id", "agency_id", "memo_kind", "sending_unit", "memo_date", "addressee", "reference", "subject", "body", "contact", "copies"}}
	return copyRows(ctx, conn, t, d.n, func(i int) []any {
		return []any{d.id(i), agency, "flexiwork", unitCode(d.unit(i)), d.office.Now.AddDate(0, 0, -1).Format(time.DateOnly), "Kepala Pusat Layanan Informasi", "",
			fmt.Sprintf("Permohonan akses %d", d.from+i), letter, "Tata usaha, 1234", `["Kepala Biro SDM"]`}
	})
}

func (d drafts) copyPeople(ctx context.Context, conn *pgx.Conn) error {
	t := table{"memo_rows", []string{"case_id", "no", "agency_id", "nip", "nik", "name", "unit_code", "position", "contract_start", "contract_end", "external_email", "state"}}
	return copyRows(ctx, conn, t, d.n*d.rows, func(n int) []any {
		i, row := d.personIn(n)
		who := d.person(i, row)
		return []any{d.id(i), row + 1, agency, nip(who), "", personName(who), unitCode(d.unit(i)), "Staf", "", "", fmt.Sprintf("p%d@mail.example", who), "pending"}
	})
}

func (d drafts) copyEvents(ctx context.Context, conn *pgx.Conn) error {
	t := table{"events", []string{"case_id", "seq", "agency_id", "event_id", "type", "at", "recorded_at", "actor_id", "reason", "status", "body"}}
	return copyRows(ctx, conn, t, d.n, func(i int) []any {
		return []any{d.id(i), 1, agency, "draft", "drafted", d.opened(), d.opened(), idOf("account", d.sender(i)), "", "draft",
			fmt.Sprintf(`{"case_id":%q,"kind":"memo","seq":1,"event_id":"draft","type":"drafted"}`, d.id(i))}
	})
}
