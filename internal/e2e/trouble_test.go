package e2e_test

import (
	"fmt"
	"net/http"
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
