package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/internal/web"
	"loket/internal/web/webtest"
	"loket/models"
)

// wib is Western Indonesian Time, which knows no summer time.
func wib() *time.Location { return time.FixedZone("WIB", 7*3600) }

// printed are the words and pages that all portals of these tests share: reading them takes longer than a test.
var printed = sync.OnceValues(func() (*i18n.Catalog, *web.Pages) {
	words, err := i18n.New()
	if err != nil {
		panic(err)
	}
	assets, err := web.NewAssets()
	if err != nil {
		panic(err)
	}
	pages, err := web.NewPages(words, assets, wib())
	if err != nil {
		panic(err)
	}
	return words, pages
})

// serve puts the portal behind the real edge, over the given counter.
func serve(t testing.TB, c *counter) (*httptest.Server, *i18n.Catalog) {
	t.Helper()
	words, pages := printed()
	quiet := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	portal, err := web.New(web.Config{Desk: c, Words: words, Agency: "Kementerian Contoh", Zone: wib(), Calendar: "id-2026", Now: noon, Log: quiet, SignOn: signOn{}, Pages: pages})
	require.NoError(t, err)
	table := edge.NewTable()
	front, err := edge.New(edge.Config{PublicURL: "http://localhost:8080", Log: quiet, Table: table, Refuse: portal.Refuse})
	require.NoError(t, err)
	engine, err := front.Engine()
	require.NoError(t, err)
	portal.Mount(table, &engine.RouterGroup)
	require.Empty(t, table.Faults(engine))
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	return server, words
}

// scene is one page of the gallery: who looks, at what, and what is different from the sample.
type scene struct {
	name, path string
	stranger   bool
	status     int // 0 means 200
	set        func(*counter)
	cookies    map[string]string // besides those of everybody
	post       map[string]string // what a form on this site sends there; nil looks
}

func draft(c *counter) {
	c.memo.Status, c.memo.Number, c.memo.MemoNumber, c.memo.Stage, c.memo.Timeline = models.StatusDraft, "", "", "", nil
	c.memo.Actions = []models.Action{models.ActionEdit, models.ActionDiscard, models.ActionSend}
}

func verifying(c *counter) {
	c.memo.Status, c.memo.Stage = models.StatusVerification, models.StageOfficer
	c.memo.Rows = models.RowCounts{Total: 6, Pending: 4, Accepted: 1, Rejected: 1}
	c.memo.Actions = []models.Action{models.ActionVerify, models.ActionWithdraw}
}

func scenes() []scene {
	nothing := func(c *counter) { c.empty = true }
	return slices.Concat(longScenes(), securityScenes(), recoveryScenes(), traderScenes(), dashboardScenes(), revisionScenes(), conversationScenes(), bulkScenes(), workScenes(), delegationScenes(), applicationScenes(), accessScenes(), companyScenes(), linkingScenes(), commentScenes(), directoryScenes(), activationScenes(), registrationScenes(), []scene{
		{name: "sign-in", path: "/sign-in", stranger: true},
		{name: "set-password", path: "/password/fresh", stranger: true},
		{name: "link-spent", path: "/password/used", stranger: true, status: 410},
		{name: "home", path: "/"},
		{name: "home-empty", path: "/", set: nothing},
		{name: "home-quiet", path: "/", set: quiet},
		{name: "password-interrupted", path: "/phrases", status: 403, set: func(c *counter) { c.who.Account.MustChangePassword = true },
			post: map[string]string{"text": "Mohon dilengkapi dengan surat tugas."}},
		{name: "password-interrupted-weak", path: "/account/password/continue", status: 422, set: func(c *counter) { c.who.Account.MustChangePassword = true }, post: map[string]string{"kept_to": "/phrases", "kept.text": "Mohon dilengkapi dengan surat tugas.", "old": "x", "password": "x", "again": "x"}},
		{name: "password-continue", path: "/account/password/continue", set: func(c *counter) { c.who.Account.MustChangePassword = true },
			post: map[string]string{"kept_to": "/phrases", "kept.text": "Mohon dilengkapi dengan surat tugas.", "old": "right", "password": "x", "again": "x"}},
		{name: "password-forced", path: "/account/password", set: func(c *counter) { c.who.Account.MustChangePassword = true }},
		{name: "password-resting", path: "/account/password", set: func(c *counter) { c.who.Account.PasswordChangedAt, c.rests = at(ago(time.Hour)), later(23*time.Hour) }},
		{name: "signed-out-form", path: "/phrases", stranger: true, status: 401, post: map[string]string{"text": "Mohon dilengkapi dengan surat tugas."}},
		{name: "sign-in-empty", path: "/sign-in", stranger: true, status: 422, post: map[string]string{"username": ""}},
		{name: "inbox", path: "/inbox"},
		{name: "inbox-empty", path: "/inbox", set: nothing},
		{name: "memos", path: "/memos"},
		{name: "memos-empty", path: "/memos", set: nothing},
		{name: "new", path: "/memos/new"},
		{name: "compose", path: "/memos/memo-1/edit", set: draft},
		{name: "compose-checked", path: "/memos/memo-1/edit?check=1&add=1", set: func(c *counter) {
			draft(c)
			c.memo.Draft.Subject, c.memo.Draft.Attachments = "", nil
			c.report.Faults = append([]models.FieldFault{models.Fault("subject", "required")}, models.CheckAttachments(c.memo.Draft.Kind, nil)...)
		}},
		{name: "memo", path: "/memos/memo-1"},
		{name: "memo-activation", path: "/memos/memo-1", set: func(c *counter) {
			c.memo.Status, c.memo.Actions, c.memo.Steps = models.StatusActivation, nil, nil
			c.memo.Letters = models.LetterKinds()
			c.memo.Rows = models.RowCounts{Total: 4, Rejected: 1, Provisioned: 2, Activated: 1}
			for i, s := range []models.RowState{models.RowActivated, models.RowProvisioned, models.RowRejected, models.RowLapsed} {
				c.rows[i].State = s
			}
			c.rows[0].Access = &models.AccessView{Application: "flexiwork", Ends: "2026-12-31"}
			c.rows[3].Access = &models.AccessView{Application: "flexiwork", Ends: "2026-10-31", Ended: true}
		}},
		{name: "memo-refused", path: "/memos/memo-1", set: func(c *counter) {
			c.memo.Status, c.memo.Actions, c.memo.Steps, c.memo.Due = models.StatusRefused, nil, nil, nil
			c.memo.Timeline = append(c.memo.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventRefused, At: noon(), ActorName: "Bagus Pratama", OnBehalfOfName: "Ratna Wulandari", Reason: "Daftar pegawai belum lengkap.", Status: models.StatusRefused})
		}},
		{name: "memo-trouble", path: "/memos/memo-1", set: func(c *counter) {
			c.memo.Status, c.memo.Trouble, c.memo.Actions = models.StatusProvisioning, "Accounts.Provision", []models.Action{models.ActionRetry}
		}},
		{name: "letter-valid", path: "/verify/" + letterID, stranger: true},
		{name: "letter-withdrawn", path: "/verify/" + letterID, set: func(c *counter) {
			c.letter.Valid, c.letter.Why, c.letter.Decision = false, models.LetterWithdrawn, models.OutcomeWithdrawn
		}},
		{name: "letter-superseded", path: "/verify/" + letterID, stranger: true, set: func(c *counter) {
			c.letter.Valid, c.letter.Why, c.letter.Kind, c.letter.Signer, c.letter.SignerFor = false, models.LetterSuperseded, models.LetterResults, "", ""
		}},
		{name: "letter-code", path: "/verify", stranger: true},
		{name: "letter-code-empty", path: "/verify?code=+", stranger: true, status: 422},
		{name: "letter-unknown", path: "/verify/LKT-2026-000123", stranger: true, status: 404},
		{name: "decide", path: "/memos/memo-1/decide"},
		{name: "verify", path: "/memos/memo-1/verify", set: verifying},
		{name: "withdraw", path: "/memos/memo-1/withdraw", set: verifying},
		{name: "discard", path: "/memos/memo-1/discard", set: draft},
		{name: "units", path: "/units"},
		{name: "units-search", path: "/units?q=perencanaan"},
		{name: "unit", path: "/units/KEM.1"},
		{name: "employees", path: "/employees"},
		{name: "employees-empty", path: "/employees?q=x", set: nothing},
		{name: "employee", path: "/employees/e1"},
		{name: "calendar", path: "/calendar?date=23-11-2026&clock=09.30&days=2"},
		{name: "account", path: "/account"},
		{name: "support", path: "/support"},
		{name: "support-empty", path: "/support", set: nothing},
		{name: "audit", path: "/audit"},
		{name: "not-found", path: "/nowhere", status: 404},
		{name: "forbidden", path: "/audit", status: 403, set: func(c *counter) { c.who.Actor.Grants = nil }},
		{name: "unavailable", path: "/inbox", status: 503, set: func(c *counter) { c.fail = models.ErrUnavailable }},
		{name: "broken", path: "/inbox", status: 500, set: func(c *counter) { c.fail = io.ErrUnexpectedEOF }},
	})
}

// TestGallery shows every page in both languages and at both widths: no accessibility fault, nothing wider than the
// screen, no word missing. With LOKET_SHOTS set to a folder, it leaves a picture of each there.
func TestGallery(t *testing.T) {
	browser := webtest.Browser(t)
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			c := newCounter()
			if s.set != nil {
				s.set(c)
			}
			server, words := serve(t, c)
			for _, width := range []webtest.Width{webtest.Desktop, webtest.Phone} {
				tab := webtest.Tab(browser, t, width)
				for _, lang := range i18n.Languages() {
					look(tab, t, server.URL, s, lang, width)
				}
			}
			require.Empty(t, words.Missing())
		})
	}
}

func look(tab context.Context, t *testing.T, base string, s scene, lang string, width webtest.Width) {
	t.Helper()
	cookies := map[string]string{"loket_language": lang, "loket": "good"}
	if s.stranger {
		delete(cookies, "loket")
	}
	maps.Copy(cookies, s.cookies)
	webtest.Cookies(tab, t, base, cookies)
	asking := chromedp.Navigate(base + s.path)
	if s.post != nil {
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(base+"/sign-in")))
		asking = submitting(t, s.path, s.post)
	}
	shown, err := chromedp.RunResponse(tab, asking, chromedp.WaitReady(`html[lang="`+lang+`"] body.js-enabled`))
	require.NoError(t, err)
	require.EqualValues(t, max(s.status, http.StatusOK), shown.Status)
	webtest.Accessible(tab, t)
	if folder := os.Getenv("LOKET_SHOTS"); folder != "" {
		picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
		require.NoError(t, err)
		name := s.name + "-" + lang + map[webtest.Width]string{webtest.Desktop: "-desktop", webtest.Phone: "-phone"}[width] + ".png"
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), picture, 0o644))
	}
}

// submitting has the page that is open send a form of hidden fields.
func submitting(t *testing.T, path string, fields map[string]string) chromedp.Action[chromedp.Void] {
	t.Helper()
	words, err := json.Marshal(fields)
	require.NoError(t, err)
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{const form = document.body.appendChild(document.createElement("form"));
		form.method = "post"; form.action = %q;
		for (const [name, value] of Object.entries(%s)) Object.assign(form.appendChild(document.createElement("input")), {type: "hidden", name, value});
		form.submit();} 0`, path, words))
}

// answer is the head of a response; its text comes beside it.
type answer struct {
	StatusCode int
	Header     http.Header
}

// ask sends one request as somebody signed in, without following where it leads.
func ask(t testing.TB, server *httptest.Server, method, path string, form url.Values) (answer, string) {
	t.Helper()
	return askAs(t, server, map[string]string{"loket": "good"}, method, path, form)
}

// askAs is ask with these cookies.
func askAs(t testing.TB, server *httptest.Server, cookies map[string]string, method, path string, form url.Values) (answer, string) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(context.Background(), method, server.URL+path, body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return answer{res.StatusCode, res.Header}, string(text)
}

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}
