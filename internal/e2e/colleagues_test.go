package e2e_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/models"
)

// TestColleagues has officers work on one queue: who has something in hand, who takes it over, and what lies beside it.
func TestColleagues(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).enrols(senderNIP, headNIP, officerNIP, otherNIP).start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer, other := o.known(c, senderNIP), o.known(c, headNIP), o.known(c, officerNIP), o.known(c, otherNIP)
		var ids []string
		for i, subject := range []string{"Gelombang satu", "Gelombang dua", "Susulan"} {
			id := asked(t, sender, subject, staffOf(t, "KEM.1.2", 3)[i:i+1])
			head.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
			ids = append(ids, id)
		}
		path := "/api/v1/memos/" + ids[1]
		claim := func(p person, takeOver bool) apitest.Answer {
			return p.Call(t, http.MethodPost, path+"/claim", map[string]any{"take_over": takeOver})
		}

		require.Equal(t, ids, officer.lying(t, "?tab=claimable"))
		officer.beside(t, ids[0], "", "", ids[1])
		officer.beside(t, ids[1], "", ids[0], ids[2])
		officer.beside(t, ids[2], "", ids[1], "")
		officer.beside(t, ids[1], "?q=gelombang", ids[0], "")

		claim(sender, false).Refused(t, http.StatusForbidden, "not_yours")
		claim(officer, false).Is(t, http.StatusOK)
		claim(officer, false).Is(t, http.StatusOK)
		require.Equal(t, []string{ids[1]}, officer.lying(t, "?tab=mine"))
		require.Equal(t, []string{ids[0], ids[2]}, officer.lying(t, "?tab=claimable"))
		officer.beside(t, ids[0], "?tab=claimable", "", ids[2])
		claim(other, false).Refused(t, http.StatusConflict, "claimed")
		other.Call(t, http.MethodPost, path+"/release", nil).Refused(t, http.StatusConflict, "not_now")
		claim(other, true).Is(t, http.StatusOK)
		require.Equal(t, []string{ids[1]}, other.lying(t, "?tab=mine"))
		require.Empty(t, officer.lying(t, "?tab=mine"))
		officer.Call(t, http.MethodPost, path+"/release", nil).Refused(t, http.StatusConflict, "not_now")
		other.Call(t, http.MethodPost, path+"/release", nil).Is(t, http.StatusNoContent)
		require.Equal(t, ids, officer.lying(t, "?tab=claimable"))
		claim(other, false).Is(t, http.StatusOK)
		officer.Call(t, http.MethodPost, path+"/verification", map[string]any{"all": "accepted"}).Is(t, http.StatusOK)
		claim(other, false).Refused(t, http.StatusForbidden, "not_yours")
		require.Empty(t, other.lying(t, "?tab=mine"), "a claim is advice, and ends with the decision")
		o.stop()
		o.command("check", "--strict")
	})
}

// lying lists what an inbox shows, in its order.
func (p person) lying(t *testing.T, query string) []string {
	t.Helper()
	var inbox struct{ Items []memo }
	p.Call(t, http.MethodGet, "/api/v1/inbox"+query, nil).Into(t, http.StatusOK, &inbox)
	var ids []string
	for _, m := range inbox.Items {
		ids = append(ids, m.ID)
	}
	return ids
}

// beside finds a memo's neighbours in the list that the query narrows.
func (p person) beside(t *testing.T, id, query, before, after string) {
	t.Helper()
	var found struct{ Before, After string }
	p.Call(t, http.MethodGet, "/api/v1/memos/"+id+"/neighbours"+query, nil).Into(t, http.StatusOK, &found)
	require.Equal(t, []string{before, after}, []string{found.Before, found.After}, query)
}

// within is how soon a browser hears of a change; the process looks once a second.
const within = 6 * time.Second

// ear is somebody's open stream.
type ear struct {
	t     *testing.T
	heard *lockedBuffer
}

// listens opens a stream and waits until it has begun.
func listens(t *testing.T, client *http.Client, address, token string) ear {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	require.NoError(t, err)
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	e, over := ear{t, &lockedBuffer{}}, make(chan struct{})
	go func() {
		defer close(over)
		got, err := client.Do(q)
		if !assert.NoError(t, err) {
			return
		}
		defer got.Body.Close()
		assert.Equal(t, http.StatusOK, got.StatusCode, address)
		assert.Contains(t, got.Header.Get("Content-Type"), "text/event-stream")
		_, _ = io.Copy(e.heard, got.Body)
	}()
	t.Cleanup(func() { stop(); <-over })
	require.Eventually(t, func() bool { return e.heard.String() != "" }, within, poll, address)
	return e
}

// hears waits for an event that was not there before something happened.
func (e ear) hears(event string, happens func()) {
	e.t.Helper()
	before := strings.Count(e.heard.String(), event)
	happens()
	require.Eventually(e.t, func() bool { return strings.Count(e.heard.String(), event) > before }, within, poll, "%q in %q", event, e.heard)
}

// TestLive has a process tell browsers and programs of what happens, by streams that name cases and nothing of them.
func TestLive(t *testing.T) {
	t.Parallel()
	staff := applicants(t, string(models.EmploymentPNS), 1)[0]
	o := newOffice(t, "").enrols(senderNIP, headNIP, officerNIP, staff.nip).start()
	c := apitest.NewClient(t, o.base)
	sender, head, stranger := o.known(c, senderNIP), o.known(c, headNIP), o.known(c, staff.nip)
	browser := o.surfer()
	got, _ := browser.post("/sign-in", url.Values{"username": {"uji." + headNIP[8:]}, "password": {password}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode)

	inbox := listens(t, http.DefaultClient, o.base+"/api/v1/inbox/events", head.Token)
	bell := listens(t, browser.http, o.base+"/events", "")
	deaf := listens(t, http.DefaultClient, o.base+"/api/v1/inbox/events", stranger.Token)
	var id string
	bell.hears("event: mine", func() {
		inbox.hears("event: change", func() { id = asked(t, sender, "Akses Flexiwork", staffOf(t, "KEM.1.2", 1)) })
	})
	require.Contains(t, inbox.heard.String(), id)

	mine := listens(t, http.DefaultClient, o.base+"/api/v1/memos/"+id+"/events", sender.Token)
	page := listens(t, browser.http, o.base+"/memos/"+id+"/events", "")
	page.hears("event: changed", func() {
		mine.hears("event: change", func() {
			head.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
		})
	})
	require.NotContains(t, deaf.heard.String(), "event:", "it concerns them not")
	stranger.Call(t, http.MethodGet, "/api/v1/memos/"+id+"/events", nil).Refused(t, http.StatusNotFound, "not_found")
	for _, e := range []ear{inbox, bell, mine, page} {
		require.NotContains(t, e.heard.String(), "Flexiwork", "streams name cases, and nothing of them")
	}
	require.Less(t, o.stop(), 30*time.Second, "open streams keep no process from stopping")
}
