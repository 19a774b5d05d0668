package bench

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// Inbox measures what waits for a head, at a fixed rate, and looks at the plan of each statement behind it.
func (b Reads) Inbox(ctx context.Context) (*Report, error) {
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	r := newReport("loket bench inbox")
	for _, who := range []struct {
		name   string
		person func(n int) int
	}{{"head", func(n int) int { return b.Office.head(n * 7919 % b.Office.Units) }}, {"officer", b.Office.officer}} {
		if err := b.plans(ctx, r, who.name, who.person(0)); err != nil {
			return nil, err
		}
	}
	base, stop, err := b.Serve(ctx, b.DatabaseURL)
	if err != nil {
		return nil, err
	}
	client := newClient()
	var first atomic.Int64
	ask := func(ctx context.Context, n int) error {
		return get(ctx, client, base+"/api/v1/inbox", token(b.Office.head(n*7919%b.Office.Units)))
	}
	if _, err = atRate(ctx, b.PerSecond, b.Steady/5, &first, ask); err != nil { // to warm up
		return r, errors.Join(err, stop())
	}
	steady, err := atRate(ctx, b.PerSecond, b.Steady, &first, ask)
	r.latency(fmt.Sprintf("a head's inbox at %d/s", b.PerSecond), steady, 20*time.Millisecond)
	if err == nil {
		err = b.officers(ctx, r, func(ctx context.Context, n int) error {
			return get(ctx, client, base+"/api/v1/inbox", token(b.Office.officer(n)))
		})
	}
	r.remark("%d cases, %d open: a third waits for %d officers, the rest for %d heads.", b.Cases, b.Open, b.Office.Officers, b.Office.Units)
	return r, errors.Join(err, stop())
}

// officers share one long queue, which no bar speaks of; each of the few may ask twice a second.
func (b Reads) officers(ctx context.Context, r *Report, ask func(context.Context, int) error) error {
	var first atomic.Int64
	took, err := atRate(ctx, b.Office.Officers, b.Steady/2, &first, ask)
	r.latency(fmt.Sprintf("an officer's inbox at %d/s", b.Office.Officers), took, 0)
	return err
}

// plans explains every statement of one inbox and reports those that read a large table from end to end.
func (b Reads) plans(ctx context.Context, r *Report, whose string, person int) error {
	t, tapped, err := tapOn(b.DatabaseURL)
	if err != nil {
		return err
	}
	defer t.close()
	base, stop, err := b.Serve(ctx, tapped)
	if err != nil {
		return err
	}
	client := newClient()
	var trips []trip
	for range 3 {
		trips, err = t.during(ctx, func(ctx context.Context) error { return get(ctx, client, base+"/api/v1/inbox", token(person)) })
		if err != nil {
			return errors.Join(err, stop())
		}
	}
	r.add("statements of a "+whose+"'s inbox, authentication included", float64(statements(trips)), "")
	r.add("round trips of it", float64(len(trips)), "")
	scans, err := b.explain(ctx, trips)
	for _, s := range scans {
		r.remark("A %s's inbox: %s", whose, s)
	}
	r.atMost("sequential scans of large tables in it", float64(len(scans)), 0, "")
	return errors.Join(err, stop())
}

// seqScan finds the table in a line of a plan.
var seqScan = regexp.MustCompile(`Seq Scan on (\w+)`)

// large are the tables that grow with the cases; units, grants and calendars stay small enough to read whole.
const large = " cases memos memo_rows events work_items notices files attachments memo_revisions audit_entries accounts employees "

func (b Reads) explain(ctx context.Context, trips []trip) ([]string, error) {
	var found []string
	err := withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) error {
		for _, t := range trips {
			for _, s := range t {
				plan, err := explainOne(ctx, conn, s)
				if err != nil {
					return err
				}
				for _, m := range seqScan.FindAllStringSubmatch(plan, -1) {
					if strings.Contains(large, " "+m[1]+" ") {
						found = append(found, fmt.Sprintf("reads all of %s in: %.200s", m[1], strings.Join(strings.Fields(s.sql), " ")))
					}
				}
			}
		}
		return nil
	})
	return found, err
}

func explainOne(ctx context.Context, conn *pgx.Conn, s statement) (string, error) {
	args, err := values(ctx, conn, s)
	if err != nil {
		return "", err
	}
	rows, err := conn.Query(ctx, "explain (analyze, buffers) "+s.sql, args...)
	if err != nil {
		return "", fmt.Errorf("explain %.60q: %w", s.sql, err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}
