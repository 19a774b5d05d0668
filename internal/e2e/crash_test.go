package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// TestPowerCut kills the process at random moments while fifty memos are on their way, and starts it again each time.
// Everything acknowledged is there afterwards, every memo finishes, and each person has one account and one message.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, databaseURL string) {
		t.Parallel() // messages that a dead process had claimed wait a minute for their lease
		const underWay = 50
		kills := scaled(10, 50)
		o := newOffice(t, databaseURL).trustsUs().start()
		c := apitest.NewClient(t, o.base)
		w := &workload{t: t, rows: staff(t), pace: scaled(1500*time.Millisecond, 6*time.Second), senders: o.appoint(c, 3, "unit_head", "KEM.1.2"),
			heads: o.appoint(c, 2, "unit_head", "KEM"), officers: o.appoint(c, 2, "officer", "KEM.5.1")}
		began := time.Now()
		w.begin(underWay)
		for range kills {
			<-time.After(rand.N(scaled(1500*time.Millisecond, 3*time.Second)))
			o.kill()
			o.start()
		}
		w.end()
		t.Logf("%d kills, %d memos in %s", kills, len(w.ids), time.Since(began).Round(time.Second))
		require.GreaterOrEqual(t, len(w.ids), underWay)
		for i, id := range w.ids {
			m := w.senders[i%len(w.senders)].await(t, id, "activation")
			require.Equal(t, 1, m.Rows.Provisioned)
			require.Len(t, m.Timeline, 5, "drafted, sent, approved, verified, provisioned: %+v", m.Timeline)
		}
		o.oneMessageEach(w.rows[:len(w.ids)])
		o.stop()
		o.command("check", "audit")
		o.sound()
	})
}

// workload carries memos of one person each, one after the other, until it is enough.
type workload struct {
	t                        *testing.T
	rows                     []map[string]string
	pace                     time.Duration // a memo rests this long at most between two steps
	senders, heads, officers []person
	all                      sync.WaitGroup
	enough                   atomic.Bool
	mu                       sync.Mutex
	ids                      []string // by row
}

// begin carries so many memos at a time; a test that ends early waits for those who are under way.
func (w *workload) begin(hands int) {
	w.enough.Store(false)
	w.t.Cleanup(w.end)
	for range hands {
		w.all.Go(w.work)
	}
}

// end finishes what is under way.
func (w *workload) end() {
	w.enough.Store(true)
	w.all.Wait()
}

// next takes the next person, if there is time for one more.
func (w *workload) next() (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.enough.Load() || len(w.ids) == len(w.rows) {
		return 0, false
	}
	w.ids = append(w.ids, "")
	return len(w.ids) - 1, true
}

func (w *workload) work() {
	for i, ok := w.next(); ok; i, ok = w.next() {
		of := func(people []person) person { return people[i%len(people)] }
		id := carry(w.t, of(w.senders), of(w.heads), of(w.officers), i, w.rows[i:i+1], w.rest)
		w.mu.Lock()
		w.ids[i] = id
		w.mu.Unlock()
	}
}

func (w *workload) rest() {
	if !w.enough.Load() {
		<-time.After(rand.N(w.pace))
	}
}

// oneMessageEach waits for every person's message. A process that died between the mail server's 250 and its own note
// of it sends again, under the same Message-ID: that is the same message.
func (o *office) oneMessageEach(rows []map[string]string) {
	for _, row := range rows {
		ids := map[string]bool{}
		for _, l := range o.letters(row["external_email"], 1) {
			ids[l.MessageID] = true
		}
		require.Len(o.t, ids, 1, "one message for %s", row["name"])
	}
}

// carry takes one memo from draft to verified, asking again under the same key for as long as the counter is away, with
// a rest between two steps.
func carry(t *testing.T, sender, head, officer person, i int, rows []map[string]string, rest func()) string {
	d := draft(rows)
	d["subject"] = fmt.Sprintf("Nota %d", i)
	key := fmt.Sprint("memo-", i)
	id := insist(t, sender, "/api/v1/memos", d, key)
	rest()
	statement := sender.attaches(t, id)
	insist(t, sender, "/api/v1/memos/"+id+"/send", nil, key)
	rest()
	insist(t, head, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true}, key)
	rest()
	insist(t, officer, "/api/v1/memos/"+id+"/verification", map[string]any{"all": "accepted"}, key)
	sender.keeps(t, id, statement)
	return id
}

// insist repeats a request under its key until it is acknowledged, as a careful client does, and gives the memo's id.
func insist(t *testing.T, p person, path string, body any, key string) string {
	var id string
	require.Eventually(t, func() bool {
		answer, err := p.Try(http.MethodPost, path, body, "Idempotency-Key", key)
		if err != nil || answer.Status == http.StatusServiceUnavailable || answer.Status == http.StatusTooManyRequests {
			return false
		}
		var m memo
		require.Less(t, answer.Status, 300, "%s %s", path, answer.Body)
		require.NoError(t, answer.Decode(&m))
		id = m.ID
		return true
	}, scaled(2*time.Minute, 15*time.Minute), 100*time.Millisecond, "%s was never acknowledged", path)
	return id
}
