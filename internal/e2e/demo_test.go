package e2e_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/demo"
)

// TestDemo is a newcomer's first hour, quickly: a start in an empty folder, a memo that nobody answers, a power cut in
// the middle, and a start that takes everything up again, reminders included.
func TestDemo(t *testing.T) {
	binary, err := built()
	require.NoError(t, err)
	address := freeAddress(t)
	o := &office{t: t, binary: binary, dir: t.TempDir(), base: "http://" + address, env: outside(), output: &lockedBuffer{}}
	args := []string{"demo", "--data", o.dir + "/demo", "--listen", address, "--speed", "20000"}
	o.run(args...)
	require.Eventually(t, func() bool { return strings.Contains(o.output.String(), demo.Password) }, 30*time.Second, 20*time.Millisecond,
		"the sign-ins are printed once it is ready")
	o.shows(t, "/demo", demo.Password)
	o.shows(t, "/mailbox", "Loket")
	o.shows(t, "/docs/", "swagger")
	o.refusesMethod(t, http.MethodPut, "/api/v1/home", "application/problem+json")
	o.refusesMethod(t, http.MethodDelete, "/sign-in", "text/html; charset=utf-8")

	o.prepared(t, "<progress") // everything is played

	c := apitest.NewClient(t, o.base)
	sender := o.signIn(c, "bayu.yanti", demo.Password)
	rows := recap(t, "recap-clean.csv")[20:22]
	d := draft(rows)
	d["date"] = "2026-06-08"
	var m memo
	sender.Call(t, http.MethodPost, "/api/v1/memos", d).Into(t, http.StatusCreated, &m)
	sender.attaches(t, m.ID)
	sender.Call(t, http.MethodPost, "/api/v1/memos/"+m.ID+"/send", nil).Into(t, http.StatusOK, &m)
	o.kill()
	o.run(args...)
	m = sender.await(t, m.ID, "expired")
	var happened []string
	for _, e := range m.Timeline {
		happened = append(happened, e.Type)
	}
	require.True(t, slices.Contains(happened, "reminded"), "%v", happened)
	require.True(t, slices.Contains(happened, "escalated"), "%v", happened)
	require.Less(t, o.stop(), 30*time.Second)

	o.run(append(args, "--reset")...)
	o.prepared(t, `value="0"`) // the people are there
	fresh := o.signIn(c, "bayu.yanti", demo.Password)
	fresh.Call(t, http.MethodGet, "/api/v1/memos/"+m.ID, nil).Refused(t, http.StatusNotFound, "not_found")
}

// prepared waits until the start page's progress does not show something any more.
func (o *office) prepared(t *testing.T, sign string) {
	t.Helper()
	require.Eventually(t, func() bool {
		a, err := apitest.Client{Base: o.base, HTTP: http.DefaultClient}.Try(http.MethodGet, "/demo/progress", nil)
		return err == nil && a.Status == http.StatusOK && !strings.Contains(string(a.Body), sign)
	}, 2*time.Minute, 200*time.Millisecond)
}

func (o *office) shows(t *testing.T, path, text string) {
	t.Helper()
	a, err := apitest.Client{Base: o.base, HTTP: http.DefaultClient}.Try(http.MethodGet, path, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, a.Status, path)
	require.Contains(t, strings.ToLower(string(a.Body)), strings.ToLower(text))
}

// refusesMethod asks for what an address does not do, and expects the answer of the counter that it belongs to.
func (o *office) refusesMethod(t *testing.T, method, path, kind string) {
	t.Helper()
	a, err := apitest.Client{Base: o.base, HTTP: http.DefaultClient}.Try(method, path, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusMethodNotAllowed, a.Status, path)
	require.Equal(t, kind, a.Header.Get("Content-Type"))
	require.NotEmpty(t, a.Header.Get("Allow"))
}
