package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// The places at which a process may die, as seen from whoever it talks with.
const (
	beforeCommit     = "before the commit reaches the database"
	afterCommit      = "after the commit, before it is told"
	beforeTaken      = "after the message was sent, before the 250"
	afterTaken       = "after the 250, before it is noted"
	beforeCompletion = "after an activity, before the engine hears of it"
	afterCompletion  = "after the engine took an activity's result, before it is told"
)

// TestDeathAtEveryEdge kills the process at each edge of its work, exactly there: database, mail server and engine are
// reached through relays of this test, which hold back what is under way while the process dies. Everything acknowledged
// finishes afterwards, with one account and one message each.
func TestDeathAtEveryEdge(t *testing.T) {
	t.Parallel() // what the engine does not hear of runs again when its time is over
	database := postgres.NewDatabase(t)
	temporal := newCluster(t)
	o := newOffice(t, database).trustsUs()
	s := &snare{t: t}
	o.env = append(o.env, "LOKET_DATABASE_URL="+s.relayDatabase(database), "LOKET_SMTP_URL=smtp://"+s.relayMail(o.smtp)+"?tls=none",
		"LOKET_TEMPORAL_ADDRESS="+s.relayEngine(temporal.address))
	o.start()
	c := apitest.NewClient(t, o.base)
	w := &workload{t: t, rows: staff(t), senders: o.appoint(c, 3, "unit_head", "KEM.1.2"), heads: o.appoint(c, 3, "unit_head", "KEM"),
		officers: o.appoint(c, 3, "officer", "KEM.5.1")}
	edges := []struct{ place, mark string }{
		{beforeCommit, `"type":"drafted"`}, {afterCommit, `"type":"drafted"`},
		{beforeCommit, `"type":"sent"`}, {afterCommit, `"type":"sent"`},
		{beforeCommit, `"type":"approved"`}, {afterCommit, `"type":"approved"`},
		{beforeCommit, `"type":"verified"`}, {afterCommit, `"type":"verified"`},
		{beforeCommit, "credentials"}, {afterCommit, "credentials"},
		{beforeCommit, `"type":"provisioned"`}, {afterCommit, `"type":"provisioned"`},
		{beforeCompletion, "Brief"}, {afterCompletion, "Brief"},
		{beforeCompletion, "Record"}, {afterCompletion, "Record"},
		{beforeCompletion, "Provision"}, {afterCompletion, "Provision"},
		{beforeTaken, ""}, {afterTaken, ""},
	}
	for i, e := range edges {
		if e.mark == "" { // the message to the person of this very memo
			e.mark = w.rows[i]["external_email"]
		}
		sprung := s.set(o, e.place, e.mark)
		w.mu.Lock()
		w.ids = append(w.ids, "")
		w.mu.Unlock()
		w.all.Go(func() {
			id := carry(t, w.senders[i%3], w.heads[i%3], w.officers[i%3], i, w.rows[i:i+1], func() {})
			w.mu.Lock()
			defer w.mu.Unlock()
			w.ids[i] = id
		})
		select {
		case <-sprung:
		case <-time.After(time.Minute):
			require.Fail(t, "it never came there", "%s %s\n%s", e.place, e.mark, o.output.tail(20))
		}
		o.start()
	}
	w.all.Wait()
	for i, id := range w.ids {
		m := w.senders[i%3].await(t, id, "activation")
		require.Equal(t, 1, m.Rows.Provisioned, "%s %s", edges[i].place, edges[i].mark)
		require.Len(t, m.Timeline, 5, "drafted, sent, approved, verified, provisioned: %+v", m.Timeline)
	}
	o.oneMessageEach(w.rows[:len(edges)])
	for i, e := range edges {
		n := 1
		if e.place == beforeTaken || e.place == afterTaken { // it sends again what it has not noted, under the same id
			n = 2
		}
		copies := o.letters(w.rows[i]["external_email"], n)
		link := linkForm.FindStringSubmatch(copies[0].Text)
		require.NotNil(t, link)
		c.Call(t, http.MethodGet, "/api/v1/links/"+link[1], nil, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i)).Is(t, http.StatusOK)
	}
	require.Equal(t, len(w.senders)+len(w.heads)+len(w.officers)+len(edges), o.accounts(database), "one account each")
	o.stop()
	o.command("check", "audit")
	o.sound()
}
