package e2e_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

const deputyNIP = "199503252022041500" // of the staff of KEM.1

// TestStories are the days of people who meet more than the straight way: each story has one of them at a desk in
// Indonesian and another on a phone in English.
func TestStories(t *testing.T) {
	t.Parallel()
	words, err := i18n.New()
	require.NoError(t, err)
	browser := webtest.Browser(t)
	stage := func(t *testing.T) *scene {
		o := newOffice(t, "").start()
		looked := map[string]bool{}
		return &scene{o: o, api: apitest.NewClient(t, o.base),
			desk:  &crowd{o: o, browser: browser, lang: i18n.Indonesian, width: webtest.Desktop, words: words, looked: looked},
			phone: &crowd{o: o, browser: browser, lang: i18n.English, width: webtest.Phone, words: words, looked: looked}}
	}
	t.Run("a list with defects is mended, returned, asked about, and approved by whoever acts for the head", func(t *testing.T) { mended(t, stage(t)) })
	t.Run("some rows are accepted, a letter is checked by its code, and the inbox is lived in", func(t *testing.T) { lived(t, stage(t)) })
	require.Empty(t, words.Missing())
}

// scene is one office with people at desks and on phones.
type scene struct {
	o           *office
	api         apitest.Client
	desk, phone *crowd
}

// idle has passwords be longer ago than counts as just given, in every session.
func (s *scene) idle() {
	s.o.t.Helper()
	s.o.alters("update sessions set proved = null")
}

// regular is somebody who uses the portal, and the API beside it where a story needs no pages.
type regular struct {
	*visitor
	person
}

// joins gives somebody an account with a password of their own, and signs them in on the way to a page.
func (s *scene) joins(c *crowd, name, nip, path string) *regular {
	c.o.t.Helper()
	who := s.o.hireWho(s.api, nip, c.lang)
	v := c.stranger(name)
	v.username, v.password = who.username, password
	v.comesFor(path, c.lang)
	require.Equal(c.o.t, path, v.path())
	return &regular{v, who}
}

// sentMemo sends a memo about the rows without the portal, with fields of its own.
func (p *regular) sentMemo(rows []map[string]string, subject string) memo {
	p.t.Helper()
	var m memo
	body := draft(rows)
	maps.Copy(body, map[string]any{"subject": subject})
	p.Call(p.t, http.MethodPost, "/api/v1/memos", body).Into(p.t, http.StatusCreated, &m)
	p.attaches(p.t, m.ID)
	p.Call(p.t, http.MethodPost, "/api/v1/memos/"+m.ID+"/send", nil).Into(p.t, http.StatusOK, &m)
	return m
}

// presses the button of a page's main form, where other buttons stand before it.
func (v *visitor) presses() int {
	v.t.Helper()
	return v.follow("main form .govuk-button-group button.govuk-button")
}

// flashed finds the sentence that a step left on the next page.
func (v *visitor) flashed(key string) {
	v.t.Helper()
	require.Contains(v.t, v.text(".lk-flash"), v.say.T("portal.flash."+key), "%s: %s", v.name, v.text(".govuk-error-summary"))
}

// goes opens a page that is there.
func (v *visitor) goes(path string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.open(path), v.text("main"))
}

// file is what a link led to.
type file struct {
	status int
	kind   string // its content type
	body   []byte
}

// saves fetches what a link or a button of the page leads to, as a click that saves a file would.
func (v *visitor) saves(path string) file {
	v.t.Helper()
	got, err := chromedp.Run(v.tab, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q).then(async r => [r.status, r.headers.get("content-type"),
		btoa([...new Uint8Array(await r.arrayBuffer())].map(b => String.fromCharCode(b)).join(""))].join("\n"))`, path), chromedp.EvalAwaitPromise))
	require.NoError(v.t, err, "%s: %s", v.name, path)
	parts := strings.SplitN(got, "\n", 3)
	var f file
	_, err = fmt.Sscan(parts[0], &f.status)
	require.NoError(v.t, err)
	f.kind = parts[1]
	f.body, err = base64.StdEncoding.DecodeString(parts[2])
	require.NoError(v.t, err)
	return f
}

// href is where the first link that matches leads.
func (v *visitor) href(selector string) string {
	v.t.Helper()
	require.NotZero(v.t, v.count(selector), "%s sees %s", v.name, selector)
	return read[string](v, fmt.Sprintf("document.querySelector(%q).getAttribute('href')", selector))
}

// plainWords finds no code of the program's on the page in place of a word for people.
func (v *visitor) plainWords() {
	v.t.Helper()
	require.Empty(v.t, read[[]string](v, `(() => {
		const found = new Set(), texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
		while (texts.nextNode())
			if (!texts.currentNode.parentElement.closest("code, details dl, option") && /^\s*[a-z]+((_[a-z]+)+|(\.[a-z_]+){2,})\s*$/.test(texts.currentNode.data))
				found.add(texts.currentNode.data.trim());
		return [...found];
	})()`), "%s at %s reads words, not codes", v.name, v.path())
}
