package e2e_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/demo"
	"loket/internal/web/webtest"
	"loket/models"
)

// linkOffice is a demo whose people are there, and the address of its application with its own login.
func linkOffice(t *testing.T) (*office, *walker, string) {
	t.Helper()
	binary, err := built()
	require.NoError(t, err)
	address := freeAddress(t)
	o := &office{t: t, binary: binary, dir: t.TempDir(), base: "http://" + address, env: outside(), output: &lockedBuffer{}}
	o.run("demo", "--data", filepath.Join(o.dir, "demo"), "--listen", address)
	o.prepared(t, `value="0"`)
	_, port, _ := strings.Cut(address, ":")
	w := &walker{t: t, loket: "http://localhost:" + port}
	return o, w, w.allApps(o.dir)[2]
}

func (w *walker) putsIn(field, text string) {
	w.t.Helper()
	w.sees("#"+field, field)
	require.NoError(w.t, chromedp.Do(w.tab, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector('#%s').value = %q; 0", field, text))))
}

// learns waits until a page tells something.
func (w *walker) learns(selector, text string) {
	w.t.Helper()
	w.awaits(fmt.Sprintf("document.querySelector(%q) && document.querySelector(%q).textContent.includes(%q)", selector, selector, text), selector+": "+text)
}

// TestLinkingInTheBrowser follows the agencies' own manual in Indonesian: find the application, link its user by its own
// username and password, see it linked and counted, open it, choose a directorate, go back and choose another.
func TestLinkingInTheBrowser(t *testing.T) {
	t.Parallel()
	o, w, app := linkOffice(t)
	w.tab = webtest.Tab(webtest.Browser(t), t, webtest.Phone)
	tile := "#app-" + demo.LoginApp

	w.opens(w.loket + "/applications?q=rekomendasi")
	w.signsIn("bayu.yanti")
	w.learns(tile, "Belum terhubung")
	w.learns(tile, "0 pengguna")
	w.presses(tile + " a[href^='/applications/link/']")
	w.putsIn("username", demo.LoginUser)
	w.putsIn("password", "salah*salah")
	w.presses("main form button.govuk-button:not([type=button])")
	w.learns("#password-error", "salah")
	w.awaits(fmt.Sprintf("document.querySelector('#username').value === %q && document.querySelector('#password').value === ''", demo.LoginUser), "the username is kept, the password is not")
	webtest.Accessible(w.tab, t)
	w.putsIn("password", demo.LoginPassword)
	w.presses("main form button.govuk-button:not([type=button])")
	w.learns(tile, "Terhubung")
	w.learns(tile, "1 pengguna")
	w.learns(tile, "P-0001")
	webtest.Accessible(w.tab, t)

	w.presses(tile + " .lk-tile__name a")
	w.learns("h1", "Pilih direktorat")
	w.presses("main form button[value='continue']")
	w.learns("#directorate-error", "Pilih salah satu direktorat")
	webtest.Accessible(w.tab, t)
	w.presses("input[value='PANGAN']")
	w.presses("main form button[value='continue']")
	w.arrives(app+"/", "Bayu Yanti")
	w.learns("#user", "Pengguna Pangan")
	w.learns("#directorate", "Direktorat Sertifikasi Pangan")

	w.presses("a[href*='/applications/directorate/']")
	w.learns("h1", "Pilih direktorat")
	w.awaits("document.querySelector(\"input[value='PANGAN']\").checked", "the one chosen before is marked")
	w.presses("input[value='OBAT']")
	w.presses("main form button.govuk-button")
	w.arrives(app+"/", "Bayu Yanti")
	w.learns("#directorate", "Direktorat Sertifikasi Obat")

	w.opens(app + "/start") // the same session asks no more
	w.arrives(app+"/", "Bayu Yanti")
	w.learns("#directorate", "Direktorat Sertifikasi Obat")

	w.opens(w.loket + "/applications")
	w.presses(tile + " a[href^='/applications/unlink/']")
	webtest.Accessible(w.tab, t)
	w.presses("main form button")
	w.learns(tile, "Belum terhubung")
	w.hears(app)

	w.opens(app + "/start") // an application leads whoever is not linked to the form, and on to itself
	w.putsIn("username", "usr_obat")
	w.putsIn("password", demo.LoginPassword)
	w.presses("main form button.govuk-button:not([type=button])")
	w.arrives(app+"/", "Bayu Yanti")
	w.learns("#user", "Pengguna Obat")
	w.learns("#directorate", "Direktorat Sertifikasi Obat")

	t.Run("the password of the application is in no log", func(t *testing.T) {
		require.NotContains(t, o.output.String(), demo.LoginPassword)
		require.NotContains(t, o.output.String(), "salah*salah")
	})
}

// TestTradersDirectorates: where the company is found by its NPWP, its people choose among its directorates, unlinked.
func TestTradersDirectorates(t *testing.T) {
	t.Parallel()
	_, w, app := linkOffice(t)
	w.tab = webtest.Tab(webtest.Browser(t), t, webtest.Desktop)
	w.opens(app + "/start")
	w.signsIn("sari.wibowo")
	w.learns("h1", "Pilih direktorat")
	w.learns("main", models.FormatNPWP(demo.CompanyNPWP))
	webtest.Accessible(w.tab, t)
	w.presses("input[value='KOSMETIK']")
	w.presses("main form button[value='continue']")
	w.arrives(app+"/", "Sari Wibowo")
	w.learns("#directorate", "Direktorat Sertifikasi Kosmetik")
	w.learns("dl", demo.CompanyNPWP)
	w.awaits("!document.querySelector('#user')", "nobody was linked")
	w.presses("a[href*='/applications/directorate/']")
	w.presses("input[value='PANGAN']")
	w.presses("main form button.govuk-button")
	w.learns("#directorate", "Direktorat Sertifikasi Pangan")
}

// TestLinkingByAPI is the same through the API.
func TestLinkingByAPI(t *testing.T) {
	t.Parallel()
	o, _, app := linkOffice(t)
	link := "/api/v1/me/applications/" + demo.LoginApp + "/link"
	proof := func(username, password string) map[string]any {
		return map[string]any{"username": username, "password": password}
	}
	document := apitest.Client{Base: o.base, HTTP: http.DefaultClient}.Call(t, http.MethodGet, "/api/v1/openapi.json", nil)
	judge, err := apitest.NewValidator(t.Context(), document.Body)
	require.NoError(t, err)
	as := func(username, address string, scopes ...string) apitest.Client {
		from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}} // tries are counted by address, too
		c := apitest.Client{Base: o.base, HTTP: &http.Client{Transport: judge.Transport(&http.Transport{DialContext: from.DialContext})}}
		var signed struct{ Token string }
		c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": username, "password": demo.Password, "token_name": "uji", "scopes": scopes, "days": 1}).
			Into(t, http.StatusCreated, &signed)
		return c.As(signed.Token)
	}
	sender, head, admin := as("bayu.yanti", "127.0.0.2", "read", "write"), as("ningsih.hidayat", "127.0.0.3", "read", "write"), as("lestari.utami", "127.0.0.4", "read", "admin")
	tile := func(c apitest.Client) models.ApplicationTile {
		var got struct{ Items []models.ApplicationTile }
		c.Call(t, http.MethodGet, "/api/v1/me/applications?q=rekomendasi", nil).Into(t, http.StatusOK, &got)
		require.Len(t, got.Items, 1)
		return got.Items[0]
	}
	t.Run("the list tells that it has its own login, and that nobody is linked", func(t *testing.T) {
		require.True(t, tile(sender).Linking)
		require.Empty(t, tile(sender).LinkedAs)
		require.Zero(t, tile(sender).Users)
	})
	t.Run("a user is linked by a right proof", func(t *testing.T) {
		sender.Call(t, http.MethodPost, link, proof(demo.LoginUser, "salah")).Refused(t, http.StatusUnprocessableEntity, "invalid")
		var got models.ApplicationLink
		sender.Call(t, http.MethodPost, link, proof(demo.LoginUser, demo.LoginPassword)).Into(t, http.StatusCreated, &got)
		require.Equal(t, "P-0001", got.User)
		require.Equal(t, 1, tile(head).Users)
		sender.Call(t, http.MethodPost, link, proof("usr_obat", demo.LoginPassword)).Refused(t, http.StatusConflict, "linked_already")
	})
	t.Run("the same user is not linked to somebody else", func(t *testing.T) {
		head.Call(t, http.MethodPost, link, proof(demo.LoginUser, demo.LoginPassword)).Refused(t, http.StatusConflict, "link_taken")
	})
	t.Run("a directorate is chosen for a session of one's own", func(t *testing.T) {
		place := "/api/v1/me/applications/" + demo.LoginApp + "/directorate"
		var got models.LinkPlace
		sender.Call(t, http.MethodGet, place+"s", nil).Into(t, http.StatusOK, &got)
		require.Len(t, got.Directorates, 2)
		sender.Call(t, http.MethodPut, place, map[string]any{"session": "none", "directorate": "OBAT"}).Refused(t, http.StatusNotFound, "not_found")
		sender.Call(t, http.MethodPut, place, map[string]any{"session": "none", "directorate": "KOSMETIK"}).Refused(t, http.StatusUnprocessableEntity, "invalid")
		jar, err := cookiejar.New(nil)
		require.NoError(t, err)
		v := &opener{t, o.base, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
		v.post("/sign-in", url.Values{"username": {"bayu.yanti"}, "password": {demo.Password}})
		asked := "/oidc/authorize?" + requested(demo.LoginApp, "redirect_uri", app+"/callback", "scope", "openid agency:link agency:directorate").Encode()
		shown, page := v.get(asked)
		require.Equal(t, http.StatusOK, shown.StatusCode)
		require.Contains(t, page, `value="PANGAN"`)
		require.Contains(t, shown.Header.Get("Content-Security-Policy"), "form-action 'self' "+app+";")
		var sessions struct{ Items []models.SessionView }
		sender.Call(t, http.MethodGet, "/api/v1/me/sessions", nil).Into(t, http.StatusOK, &sessions)
		require.Len(t, sessions.Items, 1)
		sender.Call(t, http.MethodPut, place, map[string]any{"session": sessions.Items[0].ID, "directorate": "OBAT"}).Into(t, http.StatusOK, &got)
		require.Equal(t, "OBAT", got.Chosen)
		shown, _ = v.get(asked)
		require.Equal(t, http.StatusSeeOther, shown.StatusCode)
		require.Contains(t, shown.Header.Get("Location"), "code=")
	})
	t.Run("five wrong proofs close it, whatever comes sixth", func(t *testing.T) {
		for _, username := range []string{demo.LoginUser, "siapa", demo.LoginUser, "siapa", demo.LoginUser} {
			head.Call(t, http.MethodPost, link, proof(username, "salah")).Refused(t, http.StatusUnprocessableEntity, "invalid")
		}
		head.Call(t, http.MethodPost, link, proof("usr_obat", demo.LoginPassword)).Refused(t, http.StatusTooManyRequests, "link_locked")
	})
	t.Run("an admin sees who is linked, and unlinks after giving the password", func(t *testing.T) {
		links := "/api/v1/applications/" + demo.LoginApp + "/links"
		sender.Call(t, http.MethodGet, links, nil).Refused(t, http.StatusForbidden, "forbidden")
		var got models.Page[models.ApplicationLink]
		admin.Call(t, http.MethodGet, links+"?q=bayu", nil).Into(t, http.StatusOK, &got)
		require.Len(t, got.Items, 1)
		require.Equal(t, "bayu.yanti", got.Items[0].Username)
		admin.Call(t, http.MethodDelete, links+"/"+got.Items[0].Account, nil).Refused(t, http.StatusForbidden, "step_up_required")
		admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]any{"password": demo.Password}).Is(t, http.StatusOK)
		admin.Call(t, http.MethodDelete, links+"/"+got.Items[0].Account, nil).Is(t, http.StatusNoContent)
		require.Empty(t, tile(sender).LinkedAs)
		sender.Call(t, http.MethodDelete, link, nil).Refused(t, http.StatusNotFound, "not_found")
	})
	t.Run("without a new secret on its side, an application is away after its secret was renewed", func(t *testing.T) {
		admin.Call(t, http.MethodPost, "/api/v1/applications/"+demo.LoginApp+"/linking-secret", nil).Is(t, http.StatusOK)
		sender.Call(t, http.MethodPost, link, proof(demo.LoginUser, demo.LoginPassword)).Refused(t, http.StatusServiceUnavailable, "link_away")
	})
	require.NotContains(t, o.output.String(), demo.LoginPassword)
}
