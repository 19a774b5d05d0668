package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// twin is a second process over the same database, files, keys and engine, with an address of its own.
func (o *office) twin() *office {
	o.t.Helper()
	engine, err := os.ReadFile(filepath.Join(o.dir, "data", "engine", "engine.address"))
	require.NoError(o.t, err)
	return o.beside("LOKET_TEMPORAL_ADDRESS=" + strings.TrimSpace(string(engine))).start()
}

// beside is another process of the same installation that does not run yet, with an address of its own and some more
// settings.
func (o *office) beside(settings ...string) *office {
	o.t.Helper()
	address := freeAddress(o.t)
	data := filepath.Join(o.dir, "data")
	other := &office{t: o.t, binary: o.binary, dir: o.t.TempDir(), base: "http://" + address, mail: o.mail, output: &lockedBuffer{}}
	other.env = append(slices.Clone(o.env), "LOKET_DATA_DIR="+filepath.Join(other.dir, "data"), "LOKET_LISTEN="+address, "LOKET_PUBLIC_URL="+other.base,
		"LOKET_KEYRING_FILE="+filepath.Join(data, "keyring.json"), "LOKET_FILES_URL=file:"+filepath.Join(data, "files"),
		"LOKET_AUDIT_CHECKPOINTS="+filepath.Join(data, "audit-checkpoints.jsonl"))
	other.env = append(other.env, settings...)
	return other
}

// at is the same person at another process.
func (p person) at(o *office) person {
	p.Base = o.base
	return p
}

// pair is two processes over one database, one engine and the same files.
type pair struct {
	o, other       *office
	senders, heads []person
	rows           []map[string]string
}

func newPair(t *testing.T, heads int) *pair {
	o := newOffice(t, postgres.NewDatabase(t)).trustsUs().start()
	c := apitest.NewClient(t, o.base)
	return &pair{o: o, other: o.twin(), senders: o.appoint(c, 4, "unit_head", "KEM.1.2"), heads: o.appoint(c, heads, "unit_head", "KEM"), rows: staff(t)}
}

// asked has so many memos wait for the head of the ministry, each about somebody else, written at both processes.
func (p *pair) asked(t *testing.T, n int) []string {
	ids := make([]string, n)
	var writing sync.WaitGroup
	for hand, sender := range append(slices.Clone(p.senders), p.senders[0].at(p.other), p.senders[1].at(p.other)) {
		hands := len(p.senders) + 2
		writing.Go(func() {
			for i := hand; i < n; i += hands {
				ids[i] = asked(t, sender, fmt.Sprint("Nota ", i), p.rows[i:i+1])
			}
		})
	}
	writing.Wait()
	return ids
}

func (p *pair) close() {
	p.o.sound()
	p.other.sound()
	p.other.stop()
	p.o.stop()
	p.o.sound()
}

// TestTwoProcesses has two processes over one database and one engine decide the same item at the same time, again and
// again: one wins, and the other is told how it was decided.
func TestTwoProcesses(t *testing.T) {
	p := newPair(t, scaled(4, 10))
	rounds := p.asked(t, scaled(50, 500))
	wins := [2]int{}
	for round, id := range rounds {
		head := p.heads[round%len(p.heads)]
		answers := atOnce([]person{head, head.at(p.other)}, func(i int, p person) apitest.Answer {
			return p.decided(t, id, i == 0)
		})
		won := slices.IndexFunc(answers, func(a apitest.Answer) bool { return a.Status == http.StatusOK })
		require.GreaterOrEqual(t, won, 0, "%s %s", answers[0].Body, answers[1].Body)
		answers[1-won].Refused(t, http.StatusConflict, "already_decided")
		status := []string{"verification", "refused"}[won]
		require.Contains(t, string(answers[1-won].Body), `"status":"`+status+`"`)
		p.heads[(round+1)%len(p.heads)].at(p.other).await(t, id, status)
		wins[won]++
	}
	t.Logf("%d rounds, won %d to %d", len(rounds), wins[0], wins[1])
	require.NotContains(t, wins, 0, "neither process is always first")
	p.close()
}

// TestCrowd has one memo approved by a crowd at two processes at once: one approval counts, everybody else is told so,
// and nobody is sent away.
func TestCrowd(t *testing.T) {
	crowd := scaled(200, 1000)
	p := newPair(t, 10)
	id := p.asked(t, 1)[0]
	var everybody []person
	for i := range crowd {
		everybody = append(everybody, []person{p.heads[i/2%len(p.heads)], p.heads[i/2%len(p.heads)].at(p.other)}[i%2])
	}
	began := time.Now()
	answers := map[int]int{}
	for _, a := range atOnce(everybody, func(_ int, p person) apitest.Answer {
		a, err := p.Try(http.MethodPost, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true})
		require.NoError(t, err)
		return a
	}) {
		answers[a.Status]++
		if a.Status == http.StatusConflict {
			a.Refused(t, http.StatusConflict, "already_decided")
			require.Contains(t, string(a.Body), `"status":"verification"`)
		}
	}
	t.Logf("%d approvals in %s: %v", crowd, time.Since(began).Round(time.Millisecond), answers)
	require.Equal(t, map[int]int{http.StatusOK: 1, http.StatusConflict: crowd - 1}, answers)
	require.Len(t, p.senders[0].await(t, id, "verification").Timeline, 3, "drafted, sent, approved once")
	p.close()
}

// decided gives a head's word and asks again for as long as the counter is busy.
func (p person) decided(t *testing.T, id string, approve bool) apitest.Answer {
	var a apitest.Answer
	require.Eventually(t, func() bool {
		var err error
		a, err = p.Try(http.MethodPost, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": approve, "reason": "bersamaan"})
		return err == nil && a.Status != http.StatusServiceUnavailable && a.Status != http.StatusTooManyRequests
	}, 2*time.Minute, 20*time.Millisecond)
	return a
}

// atOnce has all of them ask at the same time.
func atOnce(people []person, ask func(int, person) apitest.Answer) []apitest.Answer {
	answers := make([]apitest.Answer, len(people))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() { <-start; answers[i] = ask(i, p) })
	}
	close(start)
	all.Wait()
	return answers
}
