package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// Door is a run of what strangers meet: sign-ins, activations, and whether answers take alike whoever is asked for. The
// counters are a process of their own, which believes the addresses that callers claim to come from: what is measured is
// not the limit of one address.
type Door struct {
	Office      Office
	DatabaseURL string
	Base        string
	Loket       int // process id
	Password    string
	Hash        string // of the password, as the installation keeps it
	AtOnce      int    // sign-ins for the look at memory
	Period      time.Duration
	Activations int
	Samples     int // of each way to be asked for
	// Letter gives the text of the latest message to an address, empty while there is none.
	Letter func(address string) (string, error)
	Solve  func(challenge []byte) (string, error)
	Tell   func(string)

	client *http.Client
	from   atomic.Int64 // numbers the addresses that requests come from
	open   []string     // references of activations that wait for their code
	turned []string     // and of those that were refused
}

// The people of the run, by number after the staff: those who sign in, then those whose accounts let nobody in, then
// employees without an account.
const doorAccounts = 1000

// firmNPWP is the number of the company whose people are asked for.
const firmNPWP = "012345678091000"

// alikeBar is how far apart the medians of answers may be that must not be told apart.
const alikeBar = 5 * time.Millisecond

// Run measures.
func (b *Door) Run(ctx context.Context) (*Report, error) {
	b.client = newClient()
	if err := withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) error { return b.fill(ctx, conn) }); err != nil {
		return nil, err
	}
	r := newReport("loket bench door")
	for _, part := range []func(context.Context, *Report) error{b.signIns, b.memory, b.alike, b.activations} {
		if err := part(ctx, r); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (b *Door) people() int           { return doorAccounts + 3*b.Samples }
func (b *Door) account(n int) string  { return fmt.Sprintf("uji.%d", b.Office.staff()+n) }
func (b *Door) wrong(way, n int) int  { return doorAccounts + way*b.Samples + n }
func (b *Door) applicant(n int) int   { return b.Office.staff() + b.people() + n }
func (b *Door) unitOf(person int) int { return person % b.Office.Units }
func mailOf(person int) string        { return fmt.Sprintf("p%d@mail.example", person) }
func (b *Door) form(person int) fields {
	return fields{"nip": nip(person), "rank": "III/a", "rank_effective_date": "2020-01-01", "email": mailOf(person)}
}

// fields is the body of one request.
type fields map[string]any

func (b *Door) fill(ctx context.Context, conn *pgx.Conn) error {
	if err := b.Office.seed(ctx, conn); err != nil {
		return err
	}
	from := b.Office.staff()
	if err := b.Office.people(ctx, conn, from, from+b.people(), b.unitOf, true); err != nil {
		return err
	}
	if err := b.Office.people(ctx, conn, b.applicant(0), b.applicant(b.Activations+4*b.Samples), b.unitOf, false); err != nil {
		return err
	}
	var traders, locked, disabled []string
	for n := range b.Samples {
		traders = append(traders, b.account(b.wrong(0, n)))
		locked, disabled = append(locked, b.account(b.wrong(1, n))), append(disabled, b.account(b.wrong(2, n)))
	}
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{"update accounts set password_hash = $1", []any{b.Hash}},
		{"update accounts set locked_until = $1, lock_count = 1, failed_count = 5, failed_since = $2 where username = any($3)",
			[]any{b.Office.Now.Add(time.Hour), b.Office.Now, locked}},
		{"update accounts set status = 'disabled' where username = any($1)", []any{disabled}},
		{"insert into companies (id, agency_id, npwp, name, created) values ($1, $2, $3, 'PT Uji', $4)", []any{idOf("company", 0), agency, firmNPWP, b.Office.Now}},
		{"update accounts set company_id = $1, employee_id = null, ends_at = $2 where username = any($3)",
			[]any{idOf("company", 0), b.Office.Now.AddDate(1, 0, 0), traders}},
		{"vacuum analyze", nil},
	} {
		if _, err := conn.Exec(ctx, s.sql, s.args...); err != nil {
			return fmt.Errorf("prepare accounts: %w", err)
		}
	}
	return nil
}

func (b *Door) signIns(ctx context.Context, r *Report) error {
	var first atomic.Int64
	rate, err := flatOut(ctx, 8, b.Period, &first, func(ctx context.Context, n int) error {
		return b.signIn(ctx, n%doorAccounts)
	})
	r.add("sign-ins, flat out", rate, "per second")
	return err
}

// memory looks at the process while many sign in at the same moment: hashing takes turns, so that it stays bounded.
func (b *Door) memory(ctx context.Context, r *Report) error {
	before, err := usageOf(b.Loket)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	peak := make(chan float64, 1)
	go func() { peak <- b.peak(watching) }()
	var n atomic.Int64
	began := time.Now()
	err = crew(ctx, b.AtOnce, func(ctx context.Context) error { return b.signIn(ctx, int(n.Add(1))%doorAccounts) })
	took := time.Since(began)
	stop()
	highest := <-peak
	r.add("memory before", before.resident, "MB")
	r.add(fmt.Sprintf("memory at most, %d signing in at once", b.AtOnce), highest, "MB")
	r.add("until the last of them was in", took.Seconds(), "s")
	return err
}

func (b *Door) peak(ctx context.Context) float64 {
	highest := 0.0
	for {
		if u, err := usageOf(b.Loket); err == nil {
			highest = max(highest, u.resident)
		}
		if pause(ctx, 10*time.Millisecond) != nil {
			return highest
		}
	}
}

func (b *Door) signIn(ctx context.Context, n int) error {
	return b.post(ctx, "/sign-in", b.credentials(n, b.Password), http.StatusCreated)
}

func (b *Door) credentials(n int, password string) fields {
	return fields{"username": b.account(n), "password": password, "token_name": "bench", "scopes": []string{"read"}, "days": 1}
}

// alike asks in turns in the ways that must not be told apart, and compares the medians.
func (b *Door) alike(ctx context.Context, r *Report) error {
	b.Tell("asking for who is there and who is not\n")
	solved, err := b.challenges(ctx, 10*b.Samples)
	if err != nil {
		return err
	}
	if err := b.begun(ctx); err != nil {
		return err
	}
	for _, form := range b.publicForms(func(f fields) fields {
		f["captcha"], solved = solved[0], solved[1:]
		return f
	}) {
		if err := atRest(ctx, b.Loket, time.Minute); err != nil {
			return err
		}
		spread, middle, err := b.compare(ctx, form)
		if err != nil {
			return fmt.Errorf("%s: %w", form.name, err)
		}
		r.add(form.name+": median", ms(middle), "ms")
		r.atMost("medians of these apart by", ms(spread), ms(alikeBar), "ms")
	}
	return nil
}

// compare asks once in each way, over and over, so that whatever disturbs the machine disturbs all ways alike. It gives
// how far apart the medians are, and the lowest.
func (b *Door) compare(ctx context.Context, form publicForm) (spread, lowest time.Duration, err error) {
	took := make([]latencies, len(form.ways))
	for n := range b.Samples {
		for i := range form.ways {
			way := (i + n) % len(form.ways)
			body := form.ways[way](n)
			began := time.Now()
			if err := b.post(ctx, form.path, body, form.status); err != nil {
				return 0, 0, err
			}
			took[way] = append(took[way], time.Since(began))
		}
	}
	var medians []time.Duration
	for _, l := range took {
		slices.Sort(l)
		medians = append(medians, l.at(50))
	}
	return slices.Max(medians) - slices.Min(medians), slices.Min(medians), nil
}

// challenges does the work that a form asks for, before anything is timed.
func (b *Door) challenges(ctx context.Context, n int) ([]string, error) {
	var done []string
	for range n {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.Base+"/api/v1/captcha", nil)
		if err != nil {
			return nil, err
		}
		challenge, err := b.answer(request, http.StatusOK)
		if err != nil {
			return nil, err
		}
		work, err := b.Solve(challenge)
		if err != nil {
			return nil, err
		}
		done = append(done, work)
	}
	return done, nil
}

var (
	codeInLetter   = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b`)
	secretInLetter = regexp.MustCompile(`Aktif(-[a-z2-9]{4}){3}`)
	namesInLetter  = regexp.MustCompile(`(?m)^(?:Pilihan nama pengguna|Usernames to choose from): (\S.*?)\s*$`)
)

func (b *Door) completion(username, code, secret string) fields {
	return fields{"username": username, "secret": secret, "code": code, "password": b.Password, "again": b.Password}
}

// activations takes employees from the form to an account of their own, the message read from the mail server.
func (b *Door) activations(ctx context.Context, r *Report) error {
	b.Tell(fmt.Sprintf("activating %d accounts\n", b.Activations))
	var n atomic.Int64
	began := time.Now()
	err := crew(ctx, min(20, b.Activations), func(ctx context.Context) error {
		for {
			i := int(n.Add(1)) - 1
			if i >= b.Activations {
				return nil
			}
			if err := b.activate(ctx, b.applicant(i)); err != nil {
				return err
			}
		}
	})
	r.add("activations from form to account, 20 at once", float64(b.Activations)/time.Since(began).Seconds(), "per second")
	return err
}

func (b *Door) activate(ctx context.Context, person int) error {
	if err := b.post(ctx, "/activations", b.form(person), http.StatusAccepted); err != nil {
		return err
	}
	for {
		text, err := b.Letter(mailOf(person))
		if err != nil {
			return err
		}
		if names := namesInLetter.FindStringSubmatch(text); names != nil {
			username, _, _ := strings.Cut(names[1], ",")
			return b.post(ctx, "/activations/complete", b.completion(username, codeInLetter.FindString(text), secretInLetter.FindString(text)), http.StatusCreated)
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
}

func (b *Door) post(ctx context.Context, path string, body fields, status int) error {
	_, err := b.send(ctx, path, body, status)
	return err
}

// send sends a body from an address that nobody else has, wants a status, and gives the answer.
func (b *Door) send(ctx context.Context, path string, body fields, status int) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.Base+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return b.answer(request, status)
}

func (b *Door) answer(r *http.Request, status int) ([]byte, error) {
	n := b.from.Add(1)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	answer, err := b.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != status {
		err = fmt.Errorf("%s %s: %s: %.300s", r.Method, r.URL, answer.Status, text)
	}
	return text, err
}
