package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

// patience bounds one step on a page.
const patience = 30 * time.Second

// crowd is a browser at one width whose people all read one language, with or without scripts.
type crowd struct {
	o       *office
	browser context.Context
	lang    string
	width   webtest.Width
	plain   bool // scripts are switched off
	words   *i18n.Catalog
	looked  map[string]bool // where given, one look at a page of each shape is enough
}

func (o *office) crowd(lang string, width webtest.Width) *crowd {
	o.t.Helper()
	words, err := i18n.New()
	require.NoError(o.t, err)
	return &crowd{o: o, browser: webtest.Browser(o.t), lang: lang, width: width, words: words}
}

// visitor is one person in a tab of their own. Every page they come to is held to be accessible, whatever it is for.
type visitor struct {
	*crowd
	t        *testing.T
	lang     string
	tab      context.Context
	name     string // for pictures
	username string
	password string
	say      i18n.Printer
	seen     int
}

// stranger is somebody who has not signed in.
func (c *crowd) stranger(name string) *visitor {
	c.o.t.Helper()
	v := &visitor{crowd: c, t: c.o.t, tab: webtest.Tab(c.browser, c.o.t, c.width), name: name, lang: c.lang, say: c.words.For(c.lang)}
	webtest.Cookies(v.tab, v.t, c.o.base, map[string]string{"loket_language": c.lang})
	v.scripts(!c.plain)
	return v
}

// scripts lets the pages run theirs, or not.
func (v *visitor) scripts(on bool) {
	v.t.Helper()
	v.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// speaks is the language that pages come in from now on.
func (v *visitor) speaks(lang string) { v.lang, v.say = lang, v.words.For(lang) }

// turns asks for the other language by the button on top of every page.
func (v *visitor) turns(lang string) {
	v.t.Helper()
	path := v.path()
	v.speaks(lang)
	require.Equal(v.t, http.StatusOK, v.follow(fmt.Sprintf(".lk-tools button[value=%q]", lang)))
	require.Equal(v.t, path, v.path())
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.tab, patience)
	defer cancel()
	require.NoError(v.t, chromedp.Do(ctx, steps...), "%s", v.name)
}

// open goes to a page by its address and gives the answer's status.
func (v *visitor) open(path string) int {
	v.t.Helper()
	return v.arrive("open "+path, chromedp.Navigate(v.o.base+path))
}

// follow clicks a link and gives the status of the page that it leads to.
func (v *visitor) follow(selector string) int {
	v.t.Helper()
	return v.arrive("follow "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// press clicks the button of a form and gives the status of the answer.
func (v *visitor) press(button string) int {
	v.t.Helper()
	return v.follow(fmt.Sprintf("main button[value=%q]", button))
}

// submit presses the main button of the page's form.
func (v *visitor) submit() int {
	v.t.Helper()
	return v.follow("main form button.govuk-button:not(.govuk-password-input__toggle)")
}

func (v *visitor) arrive(what string, step chromedp.Action[chromedp.Void]) int {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.tab, patience)
	defer cancel()
	shown, err := chromedp.RunResponse(ctx, step)
	require.NoError(v.t, err, "%s: %s", v.name, what)
	ready := `html[lang="` + v.lang + `"] body`
	if !v.plain {
		ready += ".govuk-frontend-supported"
	}
	require.NoError(v.t, chromedp.Do(ctx, chromedp.WaitReady(chromedp.CSS(ready))), "%s: %s", v.name, what)
	require.Equal(v.t, v.plain, v.count("body.js-enabled") == 0)
	v.look()
	return int(shown.Status)
}

// look holds the page to QUALITY section 5, and keeps a picture of it where LOKET_TEST_SHOTS names a folder.
func (v *visitor) look() {
	v.t.Helper()
	if v.looked != nil {
		shape := v.shape()
		if v.looked[shape] {
			return
		}
		v.looked[shape] = true
	}
	if v.plain {
		v.scripts(true) // for axe-core alone: the page itself was loaded without
		defer v.scripts(false)
	}
	webtest.Accessible(v.tab, v.t)
	v.seen++
	if folder := os.Getenv("LOKET_TEST_SHOTS"); folder != "" {
		name := fmt.Sprintf("%s-%d-%s-%02d.png", v.lang, v.width, v.name, v.seen)
		if v.plain {
			name = "plain-" + name
		}
		v.picture(filepath.Join(folder, name), chromedp.FullScreenshot(100))
	}
}

var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[A-Za-z0-9_-]{43}`)

// shape tells pages apart that are worth a look of their own: by address without ids, language, width, what stands out
// on top, and what may be done.
func (v *visitor) shape() string {
	v.t.Helper()
	return fmt.Sprint(v.lang, v.width, ids.ReplaceAllString(read[string](v, "location.pathname"), ":id"), " ", read[string](v,
		`[...document.querySelectorAll(".govuk-error-summary, .lk-flash, .lk-next .lk-tag, main .govuk-button")].map(e => e.className).join()`))
}

// keep leaves a picture of the screen as it stands, where LOKET_TEST_SHOTS names a folder.
func (v *visitor) keep(name string) {
	v.t.Helper()
	if folder := os.Getenv("LOKET_TEST_SHOTS"); folder != "" {
		v.picture(filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", name, v.lang, v.width)), chromedp.CaptureScreenshot())
	}
}

func (v *visitor) picture(path string, take chromedp.Action[[]byte]) {
	v.t.Helper()
	picture, err := chromedp.Run(v.tab, take)
	require.NoError(v.t, err)
	require.NoError(v.t, os.WriteFile(path, picture, 0o600))
}

// fill types into a field in place of what stands there.
func (v *visitor) fill(id, text string) {
	v.t.Helper()
	v.do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("[id=%q]", id))))
	read[bool](v, "document.activeElement.select() ?? true")
	v.do(chromedp.KeyEvent(text))
}

// choose picks a radio button or ticks a box.
func (v *visitor) choose(name, value string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(fmt.Sprintf("input[name=%q][value=%q] + label", name, value))))
}

// unfold opens what is folded away around an element.
func (v *visitor) unfold(selector string) {
	v.t.Helper()
	if v.count("details:not([open]):has("+selector+")") > 0 {
		v.do(chromedp.Click(chromedp.CSS("details:has(" + selector + ") > summary")))
	}
	v.do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// read evaluates on the page.
func read[T any](v *visitor, expression string) T {
	v.t.Helper()
	got, err := chromedp.Run(v.tab, chromedp.Evaluate[T](expression))
	require.NoError(v.t, err, "%s: %s", v.name, expression)
	return got
}

// text is what stands in the first element that matches, with blanks run together; "" where there is none.
func (v *visitor) text(selector string) string {
	v.t.Helper()
	return strings.Join(strings.Fields(read[string](v, fmt.Sprintf("document.querySelector(%q)?.textContent ?? ''", selector))), " ")
}

func (v *visitor) count(selector string) int {
	v.t.Helper()
	return read[int](v, fmt.Sprintf("document.querySelectorAll(%q).length", selector))
}

func (v *visitor) value(id string) string {
	v.t.Helper()
	return read[string](v, fmt.Sprintf("document.getElementById(%q).value", id))
}

// path is where the visitor is, without the host.
func (v *visitor) path() string {
	v.t.Helper()
	return read[string](v, "location.pathname + location.search")
}

// faulted finds the page refused for the fields: each has its sentence, and a line on top that leads to it.
func (v *visitor) faulted(status int, fields ...string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusUnprocessableEntity, status, v.text("main"))
	require.Contains(v.t, read[string](v, "document.title"), v.say.T("portal.title_error"))
	for _, id := range fields {
		require.NotEmpty(v.t, v.text(fmt.Sprintf("[id=%q]", id+"-error")), "%s has its error beside it", id)
		require.NotZero(v.t, v.count(fmt.Sprintf(".govuk-error-summary a[href=%q]", "#"+id)), "%s is among the errors on top", id)
	}
	require.Empty(v.t, read[[]string](v, `[...document.querySelectorAll(".govuk-error-summary a[href^='#']")].filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.href)`),
		"each error leads to where it is mended")
}
