package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/pgtest"
)

// soon is how fast somebody is told that the service is away: two seconds of patience, and some for a busy machine.
const soon = 4 * time.Second

// written keeps a draft with what it needs and gives its id; waits for a counter that has heard enough.
func written(t *testing.T, sender person, subject string, rows []map[string]string) string {
	d := draft(rows)
	d["subject"] = subject
	id := insist(t, sender, "/api/v1/memos", d, "write-"+keyed(subject))
	sender.attaches(t, id)
	return id
}

func keyed(subject string) string { return strings.ReplaceAll(subject, " ", "-") }

// asked writes a memo and sends it.
func asked(t *testing.T, sender person, subject string, rows []map[string]string) string {
	id := written(t, sender, subject, rows)
	insist(t, sender, "/api/v1/memos/"+id+"/send", nil, "send-"+keyed(subject))
	return id
}

// finished takes a memo that is with its head to the links.
func finished(t *testing.T, sender, head, officer person, id string) {
	insist(t, head, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true}, "yes-"+id)
	insist(t, officer, "/api/v1/memos/"+id+"/verification", map[string]any{"all": "accepted"}, "accept-"+id)
	sender.await(t, id, "activation")
}

// sound asks everything of an installation, whether it runs or not.
func (o *office) sound() {
	o.t.Helper()
	require.Contains(o.t, o.command("check", "--strict"), "\n0 faults\n")
}

// away asserts that somebody was told to come back later, and when.
func away(t *testing.T, a apitest.Answer) {
	t.Helper()
	a.Refused(t, http.StatusServiceUnavailable, "unavailable")
	seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, seconds)
}

// TestDatabaseAway kills PostgreSQL beneath a memo and brings it back: nobody is told anything worse than to wait, and
// the same process goes on.
func TestDatabaseAway(t *testing.T) {
	server := pgtest.Own(t)
	o := newOffice(t, server.NewDatabase(t)).start()
	c := apitest.NewClient(t, o.base)
	sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
	rows := recap(t, "recap-clean.csv")
	id := asked(t, sender, "Nota", rows[:2])
	draft := written(t, sender, "Konsep", rows[2:4])

	server.Kill(t)
	for range 3 {
		for _, request := range []struct{ method, path, key string }{
			{http.MethodGet, "/api/v1/memos/" + id, ""},
			{http.MethodGet, "/api/v1/inbox", ""},
			{http.MethodPost, "/api/v1/memos/" + id + "/decision", "yes-" + id},
			{http.MethodPost, "/api/v1/memos/" + draft + "/send", "send-Konsep"},
		} {
			var body any
			if strings.HasSuffix(request.path, "/decision") {
				body = map[string]any{"approve": true}
			}
			who, headers := head, []string(nil)
			if request.key != "" {
				headers = []string{"Idempotency-Key", request.key}
			}
			began := time.Now()
			away(t, who.Call(t, request.method, request.path, body, headers...))
			require.Less(t, time.Since(began), soon, request.path)
		}
	}
	require.False(t, o.ready())

	server.Revive(t)
	require.Eventually(t, func() bool {
		a, err := head.Try(http.MethodGet, "/api/v1/memos/"+id, nil)
		require.NoError(t, err)
		if a.Status != http.StatusOK {
			away(t, a)
		}
		return a.Status == http.StatusOK && o.ready()
	}, 10*time.Second, 100*time.Millisecond, "heals by itself\n%s", o.output)
	insist(t, sender, "/api/v1/memos/"+draft+"/send", nil, "send-Konsep")
	finished(t, sender, head, officer, id)
	finished(t, sender, head, officer, draft)
	o.stop()
	o.sound()
}

// TestEngineAway starts the counters without an engine to be had: whoever reads is served, whoever writes is told to
// come back, and the same key finishes the work once the engine is there.
func TestEngineAway(t *testing.T) {
	o := newOffice(t, "").start()
	c := apitest.NewClient(t, o.base)
	sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
	rows := recap(t, "recap-clean.csv")
	id := asked(t, sender, "Nota", rows[:2])
	o.stop()

	with := slices.Clone(o.env)
	o.env = append(o.env, "LOKET_TEMPORAL_ADDRESS="+freeAddress(t))
	o.launch("serve")
	require.Eventually(t, func() bool { return o.answers("/healthz") }, time.Minute, 50*time.Millisecond, "%s", o.output)
	require.False(t, o.ready())
	require.Equal(t, "approval", head.memo(t, id).Status)
	var inbox struct{ Items []memo }
	head.Call(t, http.MethodGet, "/api/v1/inbox", nil).Into(t, http.StatusOK, &inbox)
	require.Len(t, inbox.Items, 1)
	draft := written(t, sender, "Konsep", rows[2:4]) // a draft is a row
	for path, body := range map[string]any{"/api/v1/memos/" + id + "/decision": map[string]any{"approve": true}, "/api/v1/memos/" + draft + "/send": nil} {
		who := sender
		if body != nil {
			who = head
		}
		began := time.Now()
		away(t, who.Call(t, http.MethodPost, path, body, "Idempotency-Key", "yes-"+id))
		require.Less(t, time.Since(began), soon)
	}
	require.Less(t, o.stop(), 30*time.Second)

	o.env = with
	o.start()
	insist(t, sender, "/api/v1/memos/"+draft+"/send", nil, "yes-"+id)
	finished(t, sender, head, officer, id)
	o.stop()
	o.sound()
}

// TestStopUnderLoad asks a busy process to stop: whoever is being served gets an answer, at worst to come back, and the
// process is gone in time.
func TestStopUnderLoad(t *testing.T) {
	o := newOffice(t, postgres.NewDatabase(t)).start()
	c := apitest.NewClient(t, o.base)
	sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
	rows := recap(t, "recap-clean.csv")
	ids := make([]string, 6)
	for i := range ids {
		ids[i] = asked(t, sender, fmt.Sprint("Nota ", i), rows[2*i:2*i+2])
	}
	var stopped atomic.Bool
	var served atomic.Int64
	var crowd sync.WaitGroup
	say := func(a apitest.Answer, err error) bool {
		switch {
		case err != nil:
			return false // nobody listens any more
		case a.Status == http.StatusServiceUnavailable:
			away(t, a)
		default:
			require.Less(t, a.Status, 500, "%s", a.Body)
		}
		served.Add(1)
		return true
	}
	for i, id := range ids {
		crowd.Go(func() {
			for !stopped.Load() && say(head.Try(http.MethodGet, "/api/v1/memos/"+id, nil)) {
			}
		})
		crowd.Go(func() {
			for n := 0; !stopped.Load() && say(sender.Try(http.MethodPost, "/api/v1/memos", draft(rows[2*i:2*i+2]), "Idempotency-Key", fmt.Sprintf("%d-%d", i, n%5))); n++ {
			}
		})
	}
	crowd.Go(func() {
		for _, id := range ids {
			say(head.Try(http.MethodPost, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true}, "Idempotency-Key", "yes-"+id))
		}
	})
	require.Eventually(t, func() bool { return served.Load() > 30 }, 30*time.Second, 10*time.Millisecond)
	took := o.stop()
	stopped.Store(true)
	crowd.Wait()
	require.Less(t, took, 30*time.Second)
	o.start()
	for _, id := range ids {
		finished(t, sender, head, officer, id)
	}
	o.stop()
	o.sound()
}

// twin is a second process over the same database, files, keys and engine, with an address of its own.
func (o *office) twin() *office {
	o.t.Helper()
	engine, err := os.ReadFile(filepath.Join(o.dir, "data", "engine", "engine.address"))
	require.NoError(o.t, err)
	address := freeAddress(o.t)
	data := filepath.Join(o.dir, "data")
	other := &office{t: o.t, binary: o.binary, dir: o.t.TempDir(), base: "http://" + address, mail: o.mail, output: &lockedBuffer{}}
	other.env = append(slices.Clone(o.env), "LOKET_DATA_DIR="+filepath.Join(other.dir, "data"), "LOKET_LISTEN="+address, "LOKET_PUBLIC_URL="+other.base,
		"LOKET_TEMPORAL_ADDRESS="+strings.TrimSpace(string(engine)), "LOKET_KEYRING_FILE="+filepath.Join(data, "keyring.json"),
		"LOKET_FILES_URL=file:"+filepath.Join(data, "files"), "LOKET_AUDIT_CHECKPOINTS="+filepath.Join(data, "audit-checkpoints.jsonl"))
	return other.start()
}

// at is the same person at another process.
func (p person) at(o *office) person {
	p.Base = o.base
	return p
}

// TestTwoProcesses has two processes over one database and one engine decide the same item at the same time, again and
// again, and then one memo approved by a crowd.
func TestTwoProcesses(t *testing.T) {
	const rounds, crowd = 50, 200
	o := newOffice(t, postgres.NewDatabase(t)).start()
	other := o.twin()
	c := apitest.NewClient(t, o.base)
	sender, head := o.hire(c, senderNIP), o.hire(c, headNIP)
	var rows []map[string]string
	for _, r := range recap(t, "recap-500.csv") {
		if strings.HasPrefix(r["unit_code"], "KEM.1") && r["nip"] != headNIP && r["nip"] != senderNIP {
			rows = append(rows, r)
		}
	}
	ids := make([]string, rounds+1)
	var writing sync.WaitGroup
	for half, desk := range []person{sender, sender.at(other)} {
		writing.Go(func() {
			for i := half; i < len(ids); i += 2 {
				ids[i] = asked(t, desk, fmt.Sprint("Nota ", i), rows[i:i+1])
			}
		})
	}
	writing.Wait()
	for _, id := range ids[:rounds] {
		answers := atOnce([]person{head, head.at(other)}, func(i int, p person) apitest.Answer {
			return p.decided(t, id, i == 0)
		})
		won := slices.IndexFunc(answers, func(a apitest.Answer) bool { return a.Status == http.StatusOK })
		require.GreaterOrEqual(t, won, 0, "%s %s", answers[0].Body, answers[1].Body)
		answers[1-won].Refused(t, http.StatusConflict, "already_decided")
		status := []string{"verification", "refused"}[won]
		require.Contains(t, string(answers[1-won].Body), `"status":"`+status+`"`)
		require.Equal(t, status, head.at(other).memo(t, id).Status)
	}
	everybody := slices.Repeat([]person{head.at(other), head}, crowd/2)
	won := 0
	for _, a := range atOnce(everybody, func(_ int, p person) apitest.Answer {
		a, err := p.Try(http.MethodPost, "/api/v1/memos/"+ids[rounds]+"/decision", map[string]any{"approve": true})
		require.NoError(t, err)
		return a
	}) {
		switch a.Status {
		case http.StatusOK:
			won++
		case http.StatusServiceUnavailable:
			away(t, a)
		default:
			require.Contains(t, []int{http.StatusConflict, http.StatusTooManyRequests}, a.Status, "%s", a.Body)
		}
	}
	require.LessOrEqual(t, won, 1)
	m := sender.await(t, ids[rounds], "verification")
	require.Len(t, m.Timeline, 3, "drafted, sent, approved once")
	o.sound()
	other.sound()
	other.stop()
	o.stop()
	o.sound()
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
