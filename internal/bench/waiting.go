package bench

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
)

// Waiting is a run of what cases cost that only wait. The counters with the worker, and the engine, are processes of
// their own.
type Waiting struct {
	Office        Office
	DatabaseURL   string
	Base          string
	Loket, Engine int   // process ids
	Counts        []int // how many cases wait at each look, ascending
	AtOnce        int
	// Settle is how long a process is left alone before Watch begins. Go gives memory back within minutes.
	Settle, Watch time.Duration
	Tell          func(string)
}

// Run measures.
func (b Waiting) Run(ctx context.Context) (*Report, error) {
	if err := withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) error { return b.Office.seed(ctx, conn) }); err != nil {
		return nil, err
	}
	r := newReport("loket bench waiting")
	waiting, first := 0, 0.0
	t := &taker{name: "loket", base: b.Base, http: newClient()}
	for i, n := range b.Counts {
		d := drafts{office: b.Office, from: firstDraft + waiting, people: waiting, n: n - waiting, rows: 1, active: true}
		if err := withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) error { return d.fill(ctx, conn) }); err != nil {
			return nil, err
		}
		b.Tell(fmt.Sprintf("sending until %d wait\n", n))
		if _, err := each(ctx, d.memos(), b.AtOnce, t.send); err != nil {
			return nil, err
		}
		waiting = n
		resident, core, err := idling(ctx, b.Loket, b.Settle, b.Watch)
		if err != nil {
			return nil, err
		}
		engine, err := usageOf(b.Engine)
		if err != nil {
			return nil, err
		}
		r.add(fmt.Sprintf("memory of counters and worker, %d cases waiting", n), resident, "MB")
		r.atMost(fmt.Sprintf("its idle CPU, %d cases waiting", n), core, 5, "% of a core")
		r.add(fmt.Sprintf("memory of the engine, %d cases waiting", n), engine.resident, "MB")
		if i == 0 {
			first = resident
		} else {
			r.atMost(fmt.Sprintf("memory at %d over that at %d", n, b.Counts[0]), resident/first, 1.1, "")
		}
	}
	return r, nil
}

// Start is a run of how soon a process answers and what it takes when nobody asks it anything.
type Start struct {
	Address string // that answers 200 once it serves
	Began   time.Time
	Process int
	Settle  time.Duration
}

// Run measures.
func (b Start) Run(ctx context.Context) (*Report, error) {
	r := newReport("loket bench start")
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	client := newClient()
	for {
		answer, err := client.Get(b.Address)
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				break
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
	r.atMost("from process start to the first answer", time.Since(b.Began).Seconds(), 3, "s")
	resident, core, err := idling(ctx, b.Process, b.Settle, 5*time.Second)
	r.atMost("memory when idle", resident, 300, "MB")
	r.add("CPU when idle", core, "% of a core")
	return r, err
}
