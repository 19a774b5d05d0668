package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// TestPowerCut kills the process at random moments while ten memos are on their way, and starts it again each time.
// Everything acknowledged is there afterwards, every memo finishes, and each person has one account and one message.
func TestPowerCut(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
		rows := recap(t, "recap-clean.csv")[:20]
		var memos sync.WaitGroup
		ids := make([]string, 10)
		for i := range ids {
			memos.Go(func() { ids[i] = carry(t, sender, head, officer, i, rows[2*i:2*i+2]) })
		}
		done := make(chan struct{})
		go func() { memos.Wait(); close(done) }()
		o.cutPower(done, 6)
		for _, id := range ids {
			require.NotEmpty(t, id)
			m := sender.await(t, id, "activation")
			require.Equal(t, 2, m.Rows.Provisioned)
			require.Len(t, m.Timeline, 5, "drafted, sent, approved, verified, provisioned: %+v", m.Timeline)
		}
		o.oneMessageEach(rows)
		o.stop()
		o.command("check", "audit")
		o.sound()
	})
}

// cutPower kills and restarts until the work is done, so many times at most.
func (o *office) cutPower(done <-chan struct{}, times int) {
	for range times {
		select {
		case <-done:
			return
		case <-time.After(time.Duration(200+rand.IntN(1500)) * time.Millisecond):
		}
		o.kill()
		o.start()
	}
	<-done
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

// carry takes one memo from draft to verified, asking again under the same key for as long as the counter is away.
func carry(t *testing.T, sender, head, officer person, i int, rows []map[string]string) string {
	d := draft(rows)
	d["subject"] = fmt.Sprintf("Nota %d", i)
	key := fmt.Sprint("memo-", i)
	id := insist(t, sender, "/api/v1/memos", d, key)
	statement := sender.attaches(t, id)
	insist(t, sender, "/api/v1/memos/"+id+"/send", nil, key)
	insist(t, head, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true}, key)
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
	}, 2*time.Minute, 50*time.Millisecond, "%s was never acknowledged", path)
	return id
}
