package e2e_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"

	"loket/api/apitest"
	"loket/internal/engine"
	"loket/internal/keyring"
)

// aviary holds what was planted and must be found nowhere: secrets, and numbers of people.
type aviary struct {
	mu      sync.Mutex
	secrets []string
	niks    []string
}

func (a *aviary) secret(s string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets = append(a.secrets, s)
	return s
}

func (a *aviary) number(nik string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.niks = append(a.niks, nik)
}

// stranger is somebody on a contract whom no registry knows, so that the NIK comes from the memo alone.
func (a *aviary) stranger(i int) map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	nik := fmt.Sprintf("317501%02d%02d90%04d", 1+i%28, 1+i%12, 4000+i)
	a.niks = append(a.niks, nik)
	return map[string]string{"nik": nik, "name": "Kenari Uji", "unit_code": "KEM.2", "position": "Staf", "external_email": fmt.Sprintf("kenari%d@mail.example", i),
		"contract_start": "2026-01-01", "contract_end": strconv.Itoa(time.Now().Year()+1) + "-12-31"}
}

// TestCanaries takes a hundred memos to every end there is, with passwords, links, tokens and numbers of people planted
// along the way, and finds none of them in a history, a log, the audit trail or an address.
func TestCanaries(t *testing.T) {
	t.Parallel()
	database := postgres.NewDatabase(t)
	o := newOffice(t, database).trustsUs()
	o.env = append(o.env, "LOKET_LOG_LEVEL=debug")
	o.start()
	c := apitest.NewClient(t, o.base)
	birds := &aviary{}
	senders, heads, officers := o.appoint(c, 6, "unit_head", "KEM.1.2"), o.appoint(c, 4, "unit_head", "KEM"), o.appoint(c, 4, "officer", "KEM.5.1")
	for _, p := range slices.Concat(senders, heads, officers) {
		birds.secret(p.Token)
	}
	var flows sync.WaitGroup
	const hands, memos = 12, 100
	for hand := range hands {
		flows.Go(func() {
			for i := hand; i < memos; i += hands {
				f := flow{t: t, o: o, birds: birds, i: i, sender: senders[i%len(senders)], head: heads[i%len(heads)], officer: officers[i%len(officers)]}
				f.play()
			}
		})
	}
	flows.Wait()
	birds.refused(t, c)
	require.Len(t, birds.niks, memos)
	require.Greater(t, len(birds.secrets), memos/2)

	require.Equal(t, map[string]int{"memo": memos}, o.scanHistories(birds))
	require.True(t, birds.scanTables(t, database)["memo_rows"], "where it belongs it is found")
	require.Empty(t, birds.found(o.output.String()), "in a log")
	require.Greater(t, strings.Count(o.output.String(), "\n"), 5*memos, "the log tells of each request")
	o.stop()
	require.Contains(t, o.command(birds.check()...), "\n0 faults\n")
	_, err := o.outcome("check", "--canary", "Kenari Uji")
	require.Error(t, err, "what is there is found")
}

// flow is one memo on its way to one of the ends.
type flow struct {
	t                     *testing.T
	o                     *office
	birds                 *aviary
	i                     int
	sender, head, officer person
	id                    string
}

func (f flow) play() {
	row := f.birds.stranger(f.i)
	f.id = asked(f.t, f.sender, fmt.Sprint("Nota ", f.i), []map[string]string{row})
	yes, no := map[string]any{"approve": true}, map[string]any{"approve": false, "reason": "berkas belum lengkap"}
	switch f.i % 5 {
	case 0:
		f.ask(f.head, "decision", no)
	case 1:
		f.ask(f.head, "return", map[string]any{"reason": "nama belum jelas"})
		f.ask(f.sender, "withdrawal", map[string]any{"reason": "salah orang"})
	case 2:
		f.ask(f.head, "decision", yes)
		f.ask(f.officer, "verification", map[string]any{"all": "rejected", "reason": "data tidak cocok"})
	default:
		f.ask(f.head, "decision", yes)
		f.ask(f.officer, "verification", map[string]any{"all": "accepted"})
		f.welcome(row["external_email"])
	}
}

func (f flow) ask(p person, what string, body any) {
	insist(f.t, p, "/api/v1/memos/"+f.id+"/"+what, body, fmt.Sprint(what, "-", f.i))
}

// welcome opens the link of the message by portal and API, chooses passwords that are refused, and one that is not.
func (f flow) welcome(to string) {
	letter := f.o.letters(to, 1)[0]
	link := linkForm.FindStringSubmatch(letter.Text)
	require.NotNil(f.t, link, "%s", letter.Text)
	token := f.birds.secret(link[1])
	from := []string{"X-Forwarded-For", fmt.Sprintf("198.51.100.%d", f.i)}
	answer, err := http.Get(link[0])
	require.NoError(f.t, err)
	require.NoError(f.t, answer.Body.Close())
	path := "/api/v1/links/" + token
	try := func(password string) apitest.Answer {
		f.birds.secret(password)
		a := f.sender.As("").Call(f.t, http.MethodPost, path, map[string]string{"password": password, "again": password}, from...)
		require.NotContains(f.t, string(a.Body), password, "a refusal does not repeat it")
		return a
	}
	try(fmt.Sprintf("kenari-lemah-%d", f.i)).Refused(f.t, http.StatusUnprocessableEntity, "invalid")
	if f.i%2 == 0 {
		try(fmt.Sprintf("Merpati*Putih*%d*Terbang", f.i)).Is(f.t, http.StatusNoContent)
	}
}

// refused tries to sign in with secrets that are not theirs.
func (a *aviary) refused(t *testing.T, c apitest.Client) {
	for i := range 5 {
		wrong := a.secret(fmt.Sprintf("Kenari*Salah*%d*Alamat", i))
		answer := c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": "unithead.kem.0", "password": wrong, "token_name": "test",
			"scopes": []string{"read"}, "days": 1}, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
		require.GreaterOrEqual(t, answer.Status, 400)
	}
	made := a.secret("lkt_" + strings.Repeat("Kenari", 7) + "x")
	c.As(made).Call(t, http.MethodGet, "/api/v1/me", nil).Is(t, http.StatusUnauthorized)
}

// found gives what of the birds a text holds.
func (a *aviary) found(text string) (birds []string) {
	for _, bird := range slices.Concat(a.secrets, a.niks) {
		if strings.Contains(text, bird) {
			birds = append(birds, bird)
		}
	}
	return birds
}

// check is how the program itself is asked about them.
func (a *aviary) check() []string {
	command := []string{"check", "--strict"}
	for _, s := range a.secrets {
		command = append(command, "--canary="+s)
	}
	return command
}

// scanHistories reads every history that the engine keeps, as it lies there and as whoever has the key reads it. It gives
// how many there are of each kind of case.
func (o *office) scanHistories(birds *aviary) map[string]int {
	o.t.Helper()
	t := o.t
	ring, err := keyring.Open(filepath.Join(o.dir, "data", "keyring.json"))
	require.NoError(t, err)
	address, err := os.ReadFile(filepath.Join(o.dir, "data", "engine", "engine.address"))
	require.NoError(t, err)
	client, err := engine.Dial(engine.Config{Address: strings.TrimSpace(string(address))}, ring, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer client.Close()
	codec := engine.NewCodec(ring)
	read, plain := map[string]int{}, 0
	list := &workflowservice.ListWorkflowExecutionsRequest{Namespace: engine.DefaultNamespace, PageSize: 1000}
	page, err := client.ListWorkflow(t.Context(), list)
	require.NoError(t, err)
	for _, run := range page.GetExecutions() {
		var text strings.Builder
		events := client.GetWorkflowHistory(t.Context(), run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			e, err := events.Next()
			require.NoError(t, err)
			raw, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(e)
			require.NoError(t, err)
			text.Write(raw)
			visit := func(_ *proxy.VisitPayloadsContext, sealed []*commonpb.Payload) ([]*commonpb.Payload, error) {
				opened, err := codec.Decode(sealed)
				for _, p := range opened {
					text.Write(p.GetData())
					plain++
				}
				return sealed, err
			}
			require.NoError(t, proxy.VisitPayloads(t.Context(), e, proxy.VisitPayloadsOptions{SkipSearchAttributes: true, Visitor: visit}))
		}
		kind, id, _ := strings.Cut(run.GetExecution().GetWorkflowId(), ":")
		require.Contains(t, text.String(), id, "the payloads are read: they name the case")
		require.Empty(t, birds.found(text.String()), run.GetExecution().GetWorkflowId())
		read[kind]++
	}
	t.Logf("%v histories with %d payloads", read, plain)
	return read
}

// mayHoldNIK are the tables whose business a number is: who is listed, as sent and as made.
var mayHoldNIK = regexp.MustCompile(`^(employees|accounts|memo_rows|memo_revisions)$`)

// scanTables looks through every row of every table, the audit trail first of all, and gives which hold numbers of people.
func (a *aviary) scanTables(t *testing.T, database string) map[string]bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	rows, err := conn.Query(t.Context(), "select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'")
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Contains(t, tables, "audit_entries")
	seen := map[string]bool{}
	for _, table := range tables {
		rows, err := conn.Query(t.Context(), "select x::text from "+pgx.Identifier{table}.Sanitize()+" x")
		require.NoError(t, err)
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		all := strings.Join(texts, "\n")
		for _, s := range a.secrets {
			require.NotContains(t, all, s, table)
		}
		for _, nik := range a.niks {
			if strings.Contains(all, nik) {
				require.Regexp(t, mayHoldNIK, table)
				seen[table] = true
			}
		}
	}
	return seen
}
