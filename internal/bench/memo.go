package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
)

// Side is an installation that takes memos, and the database behind it. On SQLite there is no URL, and Done looks.
type Side struct {
	Base        string
	DatabaseURL string
}

// Memos is a run of the figures for memos from sending to done. Ours and Bare have databases of their own, prepared as
// installations without cases, and one engine.
type Memos struct {
	Office Office
	Ours   Side
	// BareURL is the bare program's database.
	BareURL string
	// Full, where given, is a second installation that is filled with many closed cases.
	Full   *Side
	Closed int // cases closed in Full; Ours has a hundredth of them
	Serve  Serve
	// Engine is the cluster, and Namespace what the bare program and the look at histories use of it.
	Engine, Namespace string
	Cases, AtOnce     int
	Batches           int
	Lists, Rows       int // long memos together, and their rows
	Tell              func(string)
}

// patience bounds how long one memo may take in all.
const patience = 2 * time.Minute

// taker takes memos through one counter.
type taker struct {
	name string
	base string
	db   *pgxpool.Pool
	http *http.Client
	done *doneWatch
	// waits counts how often somebody was told to come back.
	waits atomic.Int64
}

func newTaker(ctx context.Context, name, base, url string) (*taker, error) {
	db, err := newPool(ctx, url)
	if err != nil {
		return nil, err
	}
	return &taker{name: name, base: base, db: db, http: newClient(), done: newDoneWatch(db)}, nil
}

// post makes one request, again under the same key when it is told to come back. What happened meanwhile, after all,
// stands in the way of its own repeat then, and is what was asked for.
func (t *taker) post(ctx context.Context, m memo, person int, path, body string) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for again := false; ; again = true {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/api/v1/memos/"+m.id+path, bytes.NewReader([]byte(body)))
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+token(person))
		r.Header.Set("Idempotency-Key", m.id+path)
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		status, err := answered(t.http, r)
		switch {
		case again && status == http.StatusConflict:
			return nil
		case status != http.StatusServiceUnavailable:
			return err
		}
		t.waits.Add(1)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (t *taker) send(ctx context.Context, m memo) error { return t.post(ctx, m, m.sender, "/send", "") }
func (t *taker) approve(ctx context.Context, m memo) error {
	return t.post(ctx, m, m.head, "/decision", `{"approve":true}`)
}
func (t *taker) verify(ctx context.Context, m memo) error {
	return t.post(ctx, m, m.officer, "/verification", `{"all":"accepted"}`)
}

// whole takes one memo from sending to done.
func (t *taker) whole(ctx context.Context, m memo) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, step := range []func(context.Context, memo) error{t.send, t.approve, t.verify} {
		if err := step(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return t.done.wait(ctx, m.id)
}

// each does one thing with every memo, so many at once, and gives memos per second.
func each(ctx context.Context, memos []memo, atOnce int, do func(context.Context, memo) error) (float64, error) {
	left := make(chan memo, len(memos))
	for _, m := range memos {
		left <- m
	}
	close(left)
	began := time.Now()
	err := crew(ctx, min(atOnce, len(memos)), func(ctx context.Context) error {
		for m := range left {
			if err := do(ctx, m); err != nil {
				return err
			}
		}
		return nil
	})
	return float64(len(memos)) / time.Since(began).Seconds(), err
}

// doneWatch tells when cases are done, with one statement for all that wait.
type doneWatch struct {
	db      *pgxpool.Pool
	mu      sync.Mutex
	waiting map[string]chan struct{}
}

func newDoneWatch(db *pgxpool.Pool) *doneWatch {
	return &doneWatch{db: db, waiting: map[string]chan struct{}{}}
}

func (w *doneWatch) wait(ctx context.Context, id string) error {
	done := make(chan struct{})
	w.mu.Lock()
	w.waiting[id] = done
	w.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("case %s is not done: %w", id, ctx.Err())
	}
}

func (w *doneWatch) run(ctx context.Context) error {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

func (w *doneWatch) look(ctx context.Context) error {
	w.mu.Lock()
	ids := make([]string, 0, len(w.waiting))
	for id := range w.waiting {
		ids = append(ids, id)
	}
	w.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	rows, err := w.db.Query(ctx, "select id from cases where id = any($1) and status = 'done'", ids)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range found {
		close(w.waiting[id])
		delete(w.waiting, id)
	}
	return err
}

// Run measures.
func (b Memos) Run(ctx context.Context) (*Report, error) {
	r := newReport("loket bench memo")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := func(t *taker) {
		go func() {
			if err := t.done.run(ctx); err != nil {
				cancel(err)
			}
		}()
	}
	ours, err := newTaker(ctx, "loket", b.Ours.Base, b.Ours.DatabaseURL)
	if err != nil {
		return nil, err
	}
	defer ours.db.Close()
	watch(ours)
	if err := b.seed(ctx); err != nil {
		return nil, err
	}
	bare, stop, err := b.startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	watch(bare)
	if err = b.contest(ctx, r, ours, bare); err == nil && b.Lists > 0 {
		err = b.lists(ctx, r, ours, bare)
	}
	if err == nil && b.Full != nil {
		err = b.growth(ctx, r, ours, watch)
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return r, err
}

// seed puts the same office into every database.
func (b Memos) seed(ctx context.Context) error {
	urls := []string{b.Ours.DatabaseURL, b.BareURL}
	if b.Full != nil {
		urls = append(urls, b.Full.DatabaseURL)
	}
	for _, url := range urls {
		if err := withConn(ctx, url, func(conn *pgx.Conn) error { return b.Office.seed(ctx, conn) }); err != nil {
			return err
		}
	}
	return nil
}

// pile fills the same drafts into databases.
func (b Memos) pile(ctx context.Context, d drafts, urls ...string) ([]memo, error) {
	for _, url := range urls {
		if err := withConn(ctx, url, func(conn *pgx.Conn) error { return d.fill(ctx, conn) }); err != nil {
			return nil, err
		}
	}
	return d.memos(), nil
}

// firstDraft numbers drafts above every archived case.
const firstDraft = 5_000_000

// contest takes one-person memos through both programs, a batch here and a batch there.
func (b Memos) contest(ctx context.Context, r *Report, ours, bare *taker) error {
	size := max(b.Cases/b.Batches, 1)
	n := size * (b.Batches + 1)
	memos, err := b.pile(ctx, drafts{office: b.Office, from: firstDraft, n: n, rows: 1, active: true}, b.Ours.DatabaseURL, b.BareURL)
	if err != nil {
		return err
	}
	b.Tell(fmt.Sprintf("%d memos through each program\n", n))
	rates, err := duel(ctx, memos, size, b.Batches, b.AtOnce, ours, bare)
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("one-person memos, %d at once", b.AtOnce), rates[0], "cases/s")
	r.add("bare Temporal program, same rows", rates[1], "cases/s")
	r.atLeast("ratio", rates[0]/rates[1], 0.85, "")
	if n := ours.waits.Load(); n > 0 {
		r.remark("%d requests were told to come back: the engine took more than 2 s.", n)
	}
	return nil
}

// duel gives the mean rate of two takers over the same memos, batch by batch in turns, the first batch unmeasured.
func duel(ctx context.Context, memos []memo, size, batches, atOnce int, a, b *taker) ([2]float64, error) {
	var at [2]int
	next := func(side int, t *taker) func() (float64, error) {
		return func() (float64, error) {
			batch := memos[at[side]*size : (at[side]+1)*size]
			at[side]++
			rate, err := each(ctx, batch, atOnce, t.whole)
			return 1 / max(rate, 1e-9), err // times are added, not rates
		}
	}
	x, y, err := turns(batches, next(0, a), next(1, b))
	return [2]float64{1 / x, 1 / y}, err
}

// lists takes long memos together and times from the officers' word to the last account and message.
func (b Memos) lists(ctx context.Context, r *Report, ours, bare *taker) error {
	d := drafts{office: b.Office, from: firstDraft + 1_000_000, people: 1_000_000, n: b.Lists, rows: b.Rows}
	memos, err := b.pile(ctx, d, b.Ours.DatabaseURL, b.BareURL)
	if err != nil {
		return err
	}
	b.Tell(fmt.Sprintf("%d memos of %d rows\n", b.Lists, b.Rows))
	for _, step := range []func(context.Context, memo) error{ours.send, ours.approve} {
		if _, err := each(ctx, memos, b.Lists, step); err != nil {
			return err
		}
	}
	rows := float64(b.Lists * b.Rows)
	began := time.Now()
	if _, err := each(ctx, memos, b.Lists, ours.verify); err != nil {
		return err
	}
	if err := ours.provisioned(ctx, memos, b.Rows); err != nil {
		return err
	}
	rate := rows / time.Since(began).Seconds()
	began = time.Now()
	err = b.insertAlone(ctx, bare.db, d)
	if err != nil {
		return err
	}
	alone := rows / time.Since(began).Seconds()
	r.atLeast(fmt.Sprintf("%d memos of %d rows, from the last decision on", b.Lists, b.Rows), rate, 2000, "rows/s")
	r.add("the same inserts by pgx alone", alone, "rows/s")
	r.atLeast("ratio of rows", rate/alone, 0.5, "")
	longest, err := b.longest(ctx, memos)
	r.atMost("longest history of these", float64(longest), 299, "events")
	return err
}

// insertAlone makes the same accounts with pgx and nothing else, as many memos at once.
func (b Memos) insertAlone(ctx context.Context, db *pgxpool.Pool, d drafts) error {
	const chunk = 50
	acts := &bareActivities{db}
	left := make(chan int, d.n)
	for i := range d.n {
		left <- i
	}
	close(left)
	return crew(ctx, d.n, func(ctx context.Context) error {
		for i := range left {
			for row := 0; row < d.rows; row += chunk {
				if err := acts.insertAccounts(ctx, d.id(i), d.person(i, row), min(chunk, d.rows-row)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// provisioned waits until every row of the memos has its account and its message.
func (t *taker) provisioned(ctx context.Context, memos []memo, rows int) error {
	ids := make([]string, len(memos))
	for i, m := range memos {
		ids[i] = m.id
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var made, told int
		err := t.db.QueryRow(ctx, `select (select count(*) from memo_rows where case_id = any($1) and state = 'provisioned'),
			(select count(*) from notices where case_id = any($1) and kind = 'credentials')`, ids).Scan(&made, &told)
		if err != nil || made == rows*len(memos) && told == made {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d accounts were made: %w", made, rows*len(memos), ctx.Err())
		case <-tick.C:
		}
	}
}

// longest counts the events of the longest history.
func (b Memos) longest(ctx context.Context, memos []memo) (int, error) {
	c, err := client.NewLazyClient(client.Options{HostPort: b.Engine, Namespace: b.Namespace, Logger: silent{}})
	if err != nil {
		return 0, err
	}
	defer c.Close()
	most := 0
	for _, m := range memos {
		d, err := c.DescribeWorkflowExecution(ctx, "memo:"+m.id, "")
		if err != nil {
			return 0, err
		}
		most = max(most, int(d.GetWorkflowExecutionInfo().GetHistoryLength()))
	}
	return most, nil
}

// growth compares the cost of a memo beside few closed cases and beside many.
func (b Memos) growth(ctx context.Context, r *Report, few *taker, watch func(*taker)) error {
	many, err := newTaker(ctx, "loket with many closed cases", b.Full.Base, b.Full.DatabaseURL)
	if err != nil {
		return err
	}
	defer many.db.Close()
	watch(many)
	for url, n := range map[string]int{b.Ours.DatabaseURL: b.Closed / 100, b.Full.DatabaseURL: b.Closed} {
		b.Tell(fmt.Sprintf("filling %d closed cases ", n))
		err := withConn(ctx, url, func(conn *pgx.Conn) error { return archive{b.Office, 0, n, 0}.fill(ctx, conn, b.Tell) })
		b.Tell("\n")
		if err != nil {
			return err
		}
	}
	size := max(b.Cases/b.Batches, 1)
	d := drafts{office: b.Office, from: firstDraft + 2_000_000, people: 2_000_000, n: size * (b.Batches + 1), rows: 1, active: true}
	memos, err := b.pile(ctx, d, b.Ours.DatabaseURL, b.Full.DatabaseURL)
	if err != nil {
		return err
	}
	rates, err := duel(ctx, memos, size, b.Batches, b.AtOnce, few, many)
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("with %d closed cases", b.Closed/100), rates[0], "cases/s")
	r.add(fmt.Sprintf("with %d closed cases", b.Closed), rates[1], "cases/s")
	r.atMost("growth of the cost of a case", rates[0]/rates[1], 1.1, "")
	return nil
}

// startBare starts the bare program: its worker and its counter, with the token look-up that the real one was heard to
// make.
func (b Memos) startBare(ctx context.Context) (t *taker, stop func(), err error) {
	reads := Reads{DatabaseURL: b.Ours.DatabaseURL, Office: b.Office, Serve: b.Serve}
	door, err := reads.recordDoor(ctx)
	if err != nil {
		return nil, nil, err
	}
	engine, err := client.NewLazyClient(client.Options{HostPort: b.Engine, Namespace: b.Namespace, Logger: silent{}})
	if err != nil {
		return nil, nil, err
	}
	if t, err = newTaker(ctx, "the bare program", "", b.BareURL); err != nil {
		return nil, nil, err
	}
	program := &bareProgram{db: t.db, engine: engine, door: door, people: map[string]int{}, words: b.Office.words}
	for person := range b.Office.staff() {
		program.people[token(person)] = person
	}
	w := program.worker()
	if err := w.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the bare worker: %w", err)
	}
	base, close, err := listen(program.handler())
	t.base = base
	return t, func() { close(); w.Stop(); engine.Close(); t.db.Close() }, err
}

// silent keeps the bare program's client from telling of its daily life.
type silent struct{}

// Debug says nothing.
func (silent) Debug(string, ...any) {}

// Info says nothing.
func (silent) Info(string, ...any) {}

// Warn says nothing: what matters fails the run.
func (silent) Warn(string, ...any) {}

// Error says nothing: what matters fails the run.
func (silent) Error(string, ...any) {}
