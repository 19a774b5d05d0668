package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Serve starts the counters of an installation on a database that is ready for it, and gives their address and what
// stops them.
type Serve func(ctx context.Context, databaseURL string) (base string, stop func() error, err error)

// Reads is a run of the figures for pages over many cases. The database holds an installation without cases, or what
// an earlier run left.
type Reads struct {
	DatabaseURL string
	Office      Office
	Cases, Open int
	Serve       Serve
	// Callers ask at once when it is to be as fast as it goes, for Turn at a time, Turns times on each side.
	Callers, Turns int
	Turn           time.Duration
	// PerSecond requests for Steady are the fixed rate.
	PerSecond int
	Steady    time.Duration
	Tell      func(string)
}

func (b Reads) archive() archive { return archive{b.Office, 0, b.Cases, b.Open} }

// prepare fills the database, unless it holds as many cases already; tokens are made anew, since keys change.
func (b Reads) prepare(ctx context.Context) error {
	return withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) error {
		var have int
		if err := conn.QueryRow(ctx, "select count(*) from cases").Scan(&have); err != nil {
			return fmt.Errorf("count the cases: %w", err)
		}
		switch have {
		case b.Cases:
			if _, err := conn.Exec(ctx, "delete from personal_tokens"); err != nil {
				return err
			}
			return b.Office.tokens(ctx, conn)
		case 0:
		default:
			return fmt.Errorf("the database holds %d cases: name an empty one, or one with %d", have, b.Cases)
		}
		b.Tell(fmt.Sprintf("filling %d cases ", b.Cases))
		defer b.Tell("\n")
		if err := b.Office.seed(ctx, conn); err != nil {
			return err
		}
		return b.archive().fill(ctx, conn, b.Tell)
	})
}

// Read measures the status page's data beside a bare Gin handler that runs the same statements.
func (b Reads) Read(ctx context.Context) (*Report, error) {
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	r := newReport("loket bench read")
	scripts, err := b.record(ctx, r)
	if err != nil {
		return nil, err
	}
	base, stop, err := b.Serve(ctx, b.DatabaseURL)
	if err != nil {
		return nil, err
	}
	err = b.beside(ctx, r, base, scripts)
	return r, errors.Join(err, stop())
}

// sample is the case that request n reads: every other one is open.
func (b Reads) sample(n int) int {
	if n%2 == 0 && b.Open > 0 {
		return n * 7919 % b.Open
	}
	return b.Open + n*7919%max(b.Cases-b.Open, 1)
}

// kind is how many events a case has: cases of a kind take the same statements.
func (b Reads) kind(i int) int { return b.archive().steps(i) }

// record counts what one page asks the database, by the kind of case, and keeps it for the bare handler.
func (b Reads) record(ctx context.Context, r *Report) (map[int]recorded, error) {
	t, tapped, err := tapOn(b.DatabaseURL)
	if err != nil {
		return nil, err
	}
	defer t.close()
	base, stop, err := b.Serve(ctx, tapped)
	if err != nil {
		return nil, err
	}
	all := map[int]recorded{}
	for _, i := range []int{0, 1, b.Open} {
		if i >= b.Cases {
			continue
		}
		one, err := b.hear(ctx, t, base, i)
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		all[b.kind(i)] = one
	}
	most, trips := 0, 0
	for _, one := range all {
		most, trips = max(most, one.page), max(trips, one.pageTrips)
		r.Remarks = append(r.Remarks[:0], fmt.Sprintf("Authentication before that takes %d round trips.", one.door))
	}
	r.atMost("statements of a page", float64(most), 4, "")
	r.atMost("round trips of a page", float64(trips), 1, "")
	return all, stop()
}

// recorded is a request as it was heard. of is the number of the case or person that it was about; door counts the trips
// of authentication.
type recorded struct {
	of                    int
	script                script
	door, page, pageTrips int
}

// hear reads one case until nothing is prepared or renewed any more, and keeps the last reading.
func (b Reads) hear(ctx context.Context, t *tap, base string, i int) (recorded, error) {
	trips, door, err := hearTwo(ctx, t, b.address(base, i), base+"/api/v1/me/tokens", b.bearer(i))
	if err != nil {
		return recorded{}, err
	}
	one := recorded{of: i, door: door, page: statements(trips[door:]), pageTrips: len(trips) - door}
	err = withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) (err error) {
		one.script, err = read(ctx, conn, trips)
		return err
	})
	return one, err
}

// hearTwo gives what a page asks the database, and how much of that another page of the same person begins with: that
// is authentication.
func hearTwo(ctx context.Context, t *tap, page, other, bearer string) (trips []trip, door int, err error) {
	client := newClient()
	var others []trip
	for range 3 {
		if trips, err = t.during(ctx, func(ctx context.Context) error { return get(ctx, client, page, bearer) }); err != nil {
			return nil, 0, err
		}
		if others, err = t.during(ctx, func(ctx context.Context) error { return get(ctx, client, other, bearer) }); err != nil {
			return nil, 0, err
		}
	}
	for door < min(len(trips), len(others)) && same(trips[door], others[door]) {
		door++
	}
	return trips, door, nil
}

// recordDoor keeps what authentication alone asks.
func (b Reads) recordDoor(ctx context.Context) (recorded, error) {
	t, tapped, err := tapOn(b.DatabaseURL)
	if err != nil {
		return recorded{}, err
	}
	defer t.close()
	base, stop, err := b.Serve(ctx, tapped)
	if err != nil {
		return recorded{}, err
	}
	var one recorded
	trips, door, err := hearTwo(ctx, t, base+"/api/v1/me/tokens", base+"/api/v1/sending-units", token(0))
	if err == nil {
		err = withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) (err error) {
			one.script, err = read(ctx, conn, trips[:door])
			return err
		})
	}
	return one, errors.Join(err, stop())
}

func same(a, b trip) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].sql != b[i].sql {
			return false
		}
	}
	return true
}

func (b Reads) address(base string, i int) string { return base + "/api/v1/memos/" + b.archive().id(i) }
func (b Reads) bearer(i int) string               { return token(b.archive().sender(i)) }

// words are what distinguishes reading one case from reading another.
func (b Reads) words(from, to int) map[string]string {
	a := b.archive()
	words := b.Office.words(a.sender(from), a.sender(to))
	words[a.id(from)] = a.id(to)
	return words
}

// words are what distinguishes one of the staff from another.
func (o Office) words(from, to int) map[string]string {
	words := map[string]string{}
	for _, pair := range [][2]string{
		{unitCode(o.unitOf(from)), unitCode(o.unitOf(to))}, {unitPath(o.unitOf(from)), unitPath(o.unitOf(to))},
		{idOf("account", from), idOf("account", to)}, {idOf("employee", from), idOf("employee", to)}, {idOf("token", from), idOf("token", to)},
		{o.Digest(token(from)), o.Digest(token(to))},
	} {
		words[pair[0]] = pair[1]
	}
	return words
}

// beside takes turns between the counters and the bare handler, then asks the counters at a fixed rate.
func (b Reads) beside(ctx context.Context, r *Report, base string, scripts map[int]recorded) error {
	db, err := newPool(ctx, b.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	bare, stop, err := listen(bareCounter(db, b.pick(scripts)))
	if err != nil {
		return err
	}
	defer stop()
	client := newClient()
	ask := func(base string) func(context.Context, int) error {
		return func(ctx context.Context, n int) error {
			i := b.sample(n)
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.address(base, i), nil)
			if err != nil {
				return err
			}
			r.Header.Set(numberHeader, fmt.Sprint(i))
			r.Header.Set("Authorization", "Bearer "+b.bearer(i))
			_, err = answered(client, r)
			return err
		}
	}
	var first atomic.Int64
	ours, theirs, err := turns(b.Turns, func() (float64, error) { return flatOut(ctx, b.Callers, b.Turn, &first, ask(base)) },
		func() (float64, error) { return flatOut(ctx, b.Callers, b.Turn, &first, ask(bare)) })
	if err != nil {
		return err
	}
	r.add("status page, flat out", ours, "requests/s")
	r.add("bare Gin and pgx, same statements", theirs, "requests/s")
	r.atLeast("ratio", ours/theirs, 0.8, "")
	steady, err := atRate(ctx, b.PerSecond, b.Steady, &first, ask(base))
	if err != nil {
		return err
	}
	r.latency(fmt.Sprintf("status page at %d/s", b.PerSecond), steady, 10*time.Millisecond)
	bareSteady, err := atRate(ctx, b.PerSecond, b.Steady, &first, ask(bare))
	r.latency(fmt.Sprintf("bare Gin at %d/s", b.PerSecond), bareSteady, 0)
	r.remark("%d cases, %d open; every other request reads an open one.", b.Cases, b.Open)
	return err
}

// numberHeader tells the bare handler which case is meant, which an ordinary program would know from its own tables.
const numberHeader = "X-Bench-Number"

// newPool gives a bare program as many connections as an installation has, set up alike.
func newPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = 24
	cfg.ConnConfig.RuntimeParams["jit"] = "off"
	return pgxpool.NewWithConfig(ctx, cfg)
}

func (b Reads) pick(scripts map[int]recorded) func(*gin.Context) (script, map[string]string) {
	return func(c *gin.Context) (script, map[string]string) {
		i := 0
		_, _ = fmt.Sscan(c.GetHeader(numberHeader), &i)
		one := scripts[b.kind(i)]
		return one.script, b.words(one.of, i)
	}
}

// turns runs two sides in turns, the first round unmeasured, and gives the mean of each.
func turns(n int, ours, theirs func() (float64, error)) (a, b float64, err error) {
	for i := range n + 1 {
		x, err := ours()
		if err != nil {
			return 0, 0, err
		}
		y, err := theirs()
		if err != nil {
			return 0, 0, err
		}
		if i > 0 {
			a, b = a+x/float64(n), b+y/float64(n)
		}
	}
	return a, b, nil
}

// listen serves a handler on this machine.
func listen(handler http.Handler) (base string, stop func(), err error) {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(on) }()
	return "http://" + on.Addr().String(), func() { _ = server.Close() }, nil
}
