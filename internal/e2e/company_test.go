package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/captcha"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

const oldTraders = "NPWP;Company;Name;Username;Email;Phone;Responsible;Ends\r\n" +
	"01.234.567.8-901.000;PT Sumber Rezeki Contoh;Rina Sari;rina.sari;rina@niaga.example;021 555 0101;ya;\r\n" +
	"01.234.567.8-901.000;PT Sumber Rezeki Contoh;Tono Gunawan;;tono@niaga.example;;tidak;31/12/2027\r\n" +
	"02.345.678.9-093.000;PT Samudra Lintas Contoh;Wati Kusuma;;wati@laut.example;;tidak;\r\n"

// imports brings the list of old accounts, first dry, then twice.
func (o *office) imports() {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), "traders.csv")
	require.NoError(o.t, os.WriteFile(file, []byte("\xef\xbb\xbf"+oldTraders), 0o600))
	require.Contains(o.t, o.command("import", "traders", file, "--dry-run"), "a dry run: nothing was kept")
	for _, want := range []string{`people\s+3 new`, `people\s+0 new,\s+0 changed,\s+3 as before`} {
		out := o.command("import", "traders", file)
		require.Regexp(o.t, want, out)
		require.Contains(o.t, out, "for 1 companies nobody is responsible")
	}
	bad := filepath.Join(o.t.TempDir(), "bad.csv")
	require.NoError(o.t, os.WriteFile(bad, []byte("npwp,company,name,email\n12,PT X,Ana,ana@niaga.example\n01.234.567.8-901.000,PT X,Rina,wati@laut.example\n"), 0o600))
	out, err := o.outcome("import", "traders", bad)
	require.Error(o.t, err)
	require.Contains(o.t, out, "bad.csv:2: npwp: npwp_length")
	require.Contains(o.t, out, "bad.csv:3: email: email_taken")
}

// TestOldAccountAndAreasThroughThePortal walks source 001, 'Aktivasi Akun Lama' and 'Setting Role Akses Menu': the owner of an
// imported account sets a first password, invites a colleague, gives them areas after a look at what these open, and closes
// their account; once where no script runs.
func TestOldAccountAndAreasThroughThePortal(t *testing.T) {
	t.Parallel()
	t.Run("in Indonesian at a desk", func(t *testing.T) { walkAreas(t, webtest.Desktop, false) })
	t.Run("without scripts on a phone", func(t *testing.T) { walkAreas(t, webtest.Phone, true) })
}

func walkAreas(t *testing.T, width webtest.Width, plain bool) {
	t.Helper()
	t.Parallel()
	o := newOffice(t, "")
	o.imports()
	o.start()
	c := o.crowd(i18n.Indonesian, width)
	c.plain = plain

	// Aktivasi Akun Lama: found from the door; NPWP and address, first with a slip; the link of the message; signed in.
	rina := c.stranger("owner")
	require.Equal(t, http.StatusOK, rina.open("/sign-in"))
	require.Equal(t, http.StatusOK, rina.follow(`a[href="/activate-trader"]`))
	rina.fill("npwp", "12")
	rina.fill("email", "rina@niaga.example")
	rina.human()
	rina.faulted(rina.submit(), "npwp")
	rina.fill("npwp", "01.234.567.8-901.000")
	rina.human()
	require.Equal(t, http.StatusOK, rina.submit(), rina.text("main"))
	require.Equal(t, "/activate-trader/sent", rina.path())
	rina.firstPassword(o.letters("rina@niaga.example", 1)[0].Text, "rina.sari")

	// Setting Role Akses Menu: the people of the company; a colleague is invited, first with a slip.
	rina.menu("/company/people")
	require.Contains(t, rina.text("main"), "Tono Gunawan")
	require.NotContains(t, rina.text("main"), "Wati Kusuma", "nobody of another company")
	require.Equal(t, http.StatusOK, rina.follow(`a[href="/company/people/new"]`))
	rina.fill("name", "Dewi Lestari")
	rina.fill("email", "dewi")
	rina.faulted(rina.submit(), "email")
	rina.fill("email", "dewi@niaga.example")
	require.Equal(t, http.StatusOK, rina.submit(), rina.text("main"))
	require.Contains(t, rina.text(".lk-flash"), rina.say.T("portal.flash.colleague_invited"))
	person := read[string](rina, `[...document.querySelectorAll("a[href^='/company/people/']")].find(a => a.textContent.includes("Dewi Lestari")).getAttribute("href")`)
	require.Equal(t, http.StatusOK, rina.open(person))

	// What areas open is shown before they are given.
	rina.picks("imports", "record")
	rina.picks("treasury", "view")
	require.Equal(t, http.StatusOK, rina.submit())
	for _, opened := range []string{"Perekaman", "Dokumen pendukung", "Browse piutang"} {
		require.Contains(t, rina.text("main"), opened)
	}
	require.NotContains(t, rina.text("main"), "Validasi dan kirim dokumen")
	require.Equal(t, http.StatusOK, rina.submit(), rina.text("main"))
	require.Contains(t, rina.text(".lk-flash"), rina.say.T("portal.flash.areas_set"))

	// The colleague sets a password and sees what they may do, and nobody else.
	dewi := c.stranger("colleague")
	dewi.firstPassword(o.theirs(t, "dewi@niaga.example", "diundang"), "dewi.lestari")
	dewi.menu("/company/people")
	require.Contains(t, dewi.text("main"), "Impor (BC 2.0): Melihat dan merekam")
	require.Contains(t, dewi.text("main"), "Rina Sari", "whom to ask")
	require.NotContains(t, dewi.text("main"), "Tono Gunawan")
	require.Equal(t, http.StatusForbidden, dewi.open("/company/people/new"))

	// Taking away is shown as well; then the account is closed, and its owner is out.
	require.Equal(t, http.StatusOK, rina.open(person))
	rina.picks("imports", "")
	require.Equal(t, http.StatusOK, rina.submit())
	require.Contains(t, rina.text("section[aria-labelledby=closes]"), "Perekaman")
	require.Equal(t, http.StatusOK, rina.submit(), rina.text("main"))
	require.Equal(t, http.StatusOK, rina.follow(fmt.Sprintf(`a[href=%q]`, person+"/close")))
	require.Equal(t, http.StatusOK, rina.submit(), rina.text("main"))
	require.Contains(t, rina.text(".lk-flash"), rina.say.T("portal.flash.colleague_closed"))
	dewi.open("/company/people")
	require.Equal(t, "/sign-in", read[string](dewi, "location.pathname"))
	o.theirs(t, "dewi@niaga.example", "ditutup")
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}

// firstPassword follows the link of a message to a first password, and signs in with the username that it tells.
func (v *visitor) firstPassword(letter, username string) {
	v.t.Helper()
	link := linkForm.FindStringSubmatch(letter)
	require.NotNil(v.t, link, letter)
	require.Contains(v.t, letter, username)
	require.Equal(v.t, http.StatusOK, v.open("/password/"+link[1]))
	v.newPassword()
	if read[string](v, "location.pathname") != "/sign-in" {
		require.Equal(v.t, http.StatusOK, v.open("/sign-in"))
	}
	require.Equal(v.t, http.StatusOK, v.signIn(username, password), v.text("main"))
}

// picks chooses in a list.
func (v *visitor) picks(id, value string) {
	v.t.Helper()
	v.do(chromedp.WaitReady(chromedp.CSS("#" + id)))
	require.Equal(v.t, value, read[string](v, fmt.Sprintf("(e => { e.value = %q; return e.value })(document.getElementById(%q))", value, id)))
}

// worked does the work that shows a form is worth its while.
func worked(t *testing.T, c apitest.Client) string {
	t.Helper()
	var challenge captcha.Challenge
	c.Call(t, http.MethodGet, "/api/v1/captcha", nil).Into(t, http.StatusOK, &challenge)
	work, err := captcha.Solve(challenge)
	require.NoError(t, err)
	return work
}

// TestCompanyByTheAPI activates old accounts, gives areas, and has people of other companies find nothing.
func TestCompanyByTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL)
		o.imports()
		o.start()
		c := apitest.NewClient(t, o.base)
		for name, form := range map[string][2]string{"unknown": {"012345678901000", "tidak@ada.example"}, "another company's": {"023456789093000", "rina@niaga.example"},
			"right": {"0012345678901000", "Rina@Niaga.example"}} {
			body := map[string]any{"npwp": form[0], "email": form[1], "captcha": worked(t, c)}
			answer := c.Call(t, http.MethodPost, "/api/v1/old-accounts", body)
			answer.Is(t, http.StatusAccepted)
			require.Empty(t, answer.Body, name)
			c.Call(t, http.MethodPost, "/api/v1/old-accounts", body).Refused(t, http.StatusUnprocessableEntity, "invalid")
		}
		rina := o.activates(t, c, "rina@niaga.example", "mengaktifkan", "rina.sari")
		c.Call(t, http.MethodPost, "/api/v1/old-accounts", map[string]any{"npwp": "023456789093000", "email": "wati@laut.example", "captcha": worked(t, c)}).Is(t, http.StatusAccepted)
		wati := o.activates(t, c, "wati@laut.example", "mengaktifkan", "wati.kusuma")
		t.Run("a colleague is invited, and given areas in the version that was read", func(t *testing.T) { rina.givesAreas(t, o, c) })
		t.Run("an admin appoints where nobody is responsible", func(t *testing.T) { o.appointsWati(t, c, wati) })
		t.Run("people of other companies find nothing", func(t *testing.T) {
			var staff models.StaffView
			rina.Call(t, http.MethodGet, "/api/v1/company/people", nil).Into(t, http.StatusOK, &staff)
			require.Len(t, staff.People, 3)
			for _, p := range staff.People {
				at := "/api/v1/company/people/" + p.ID
				wati.Call(t, http.MethodGet, at, nil).Refused(t, http.StatusNotFound, "not_found")
				wati.Call(t, http.MethodGet, at+"/areas?areas=rush:send", nil).Refused(t, http.StatusNotFound, "not_found")
				wati.Call(t, http.MethodPut, at+"/areas", map[string]any{"areas": []any{}}).Refused(t, http.StatusNotFound, "not_found")
				wati.Call(t, http.MethodPut, at+"/responsible", map[string]any{"responsible": false}).Refused(t, http.StatusNotFound, "not_found")
				for _, what := range []string{"/closure", "/reopening", "/link"} {
					wati.Call(t, http.MethodPost, at+what, nil).Refused(t, http.StatusNotFound, "not_found")
				}
			}
			wati.Call(t, http.MethodGet, "/api/v1/companies/"+staff.ID, nil).Refused(t, http.StatusForbidden, "forbidden")
			o.hire(c, senderNIP).Call(t, http.MethodGet, "/api/v1/company/people", nil).Refused(t, http.StatusNotFound, "not_found")
		})
		o.stop()
		o.command("check", "--strict")
	})
}

// activates follows the message's link to a first password, and signs in with a password that was just given.
func (o *office) activates(t *testing.T, c apitest.Client, email, subject, username string) person {
	t.Helper()
	link := linkForm.FindStringSubmatch(o.theirs(t, email, subject))
	require.NotNil(t, link)
	c.Call(t, http.MethodPost, "/api/v1/links/"+link[1], map[string]string{"password": password, "again": password}).Is(t, http.StatusNoContent)
	p := o.signIn(c, username, password)
	p.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
	return p
}

func (p person) givesAreas(t *testing.T, o *office, c apitest.Client) {
	t.Helper()
	const path = "/api/v1/company/people"
	var dewi models.CompanyPerson
	p.Call(t, http.MethodPost, path, map[string]string{"name": "Dewi Lestari", "email": "dewi@niaga.example"}).Is(t, http.StatusNoContent)
	for _, one := range p.people(t) {
		if one.Email == "dewi@niaga.example" {
			dewi = one
		}
	}
	require.Equal(t, "dewi.lestari", dewi.Username)
	require.Equal(t, map[string]string{"email": "email_taken"},
		p.Call(t, http.MethodPost, path, map[string]string{"name": "Dewi", "email": "DEWI@niaga.example"}).Refused(t, http.StatusUnprocessableEntity, "invalid"))
	var preview models.AreaPreview
	p.Call(t, http.MethodGet, path+"/"+dewi.ID+"/areas?areas=manifest:view", nil).Into(t, http.StatusOK, &preview)
	require.Equal(t, []models.AreaEntry{{Area: models.AreaManifest, Entry: "monitoring", Level: models.LevelView}}, preview.Opens)
	areas := map[string]any{"areas": []any{map[string]string{"area": "manifest", "level": "view"}}}
	tag := fmt.Sprintf(`"%d"`, preview.Version)
	p.Call(t, http.MethodPut, path+"/"+dewi.ID+"/areas", areas, "If-Match", tag).Into(t, http.StatusOK, &dewi)
	require.Equal(t, []models.AreaGrant{{Area: models.AreaManifest, Level: models.LevelView}}, dewi.Areas)
	p.Call(t, http.MethodPut, path+"/"+dewi.ID+"/areas", areas, "If-Match", tag).Refused(t, http.StatusPreconditionFailed, "stale")
	p.Call(t, http.MethodPut, path+"/"+dewi.ID+"/responsible", map[string]any{"responsible": true}).Refused(t, http.StatusConflict, "not_now")
	colleague := o.activates(t, c, "dewi@niaga.example", "diundang", "dewi.lestari")
	var staff models.StaffView
	colleague.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &staff)
	require.Len(t, staff.People, 1)
	require.False(t, staff.Manages)
	require.Equal(t, []string{"Rina Sari"}, staff.Responsible)
	colleague.Call(t, http.MethodPut, path+"/"+dewi.ID+"/areas", areas).Refused(t, http.StatusForbidden, "forbidden")
	var self models.CompanyPerson
	for _, one := range p.people(t) {
		if one.Username == p.username {
			self = one
		}
	}
	require.Regexp(t, regexp.MustCompile(`^\d{4}-\d\d-\d\d$`), self.LastSignIn)
	p.Call(t, http.MethodPut, path+"/"+self.ID+"/responsible", map[string]any{"responsible": false}).Refused(t, http.StatusConflict, "last_responsible")
	p.Call(t, http.MethodPost, path+"/"+self.ID+"/closure", nil).Refused(t, http.StatusForbidden, "forbidden")
	p.Call(t, http.MethodPost, path+"/"+dewi.ID+"/closure", nil).Is(t, http.StatusOK)
	colleague.Call(t, http.MethodGet, path, nil).Refused(t, http.StatusUnauthorized, "unauthenticated")
	p.Call(t, http.MethodPost, path+"/"+dewi.ID+"/reopening", nil).Is(t, http.StatusOK)
	o.theirs(t, "dewi@niaga.example", "dibuka kembali")
}

func (p person) people(t *testing.T) []models.CompanyPerson {
	t.Helper()
	var staff models.StaffView
	p.Call(t, http.MethodGet, "/api/v1/company/people", nil).Into(t, http.StatusOK, &staff)
	return staff.People
}

func (o *office) appointsWati(t *testing.T, c apitest.Client, wati person) {
	t.Helper()
	admin, auditor := o.hire(c, adminNIP), o.hire(c, auditorNIP)
	var list models.Page[models.CompanySummary]
	auditor.Call(t, http.MethodGet, "/api/v1/companies?orphaned=true", nil).Into(t, http.StatusOK, &list)
	require.Len(t, list.Items, 1)
	company := list.Items[0]
	require.Equal(t, "PT Samudra Lintas Contoh", company.Name)
	at := "/api/v1/companies/" + company.ID + "/responsible"
	body := map[string]string{"person": wati.people(t)[0].ID}
	auditor.Call(t, http.MethodPut, at, body).Refused(t, http.StatusForbidden, "forbidden")
	admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
	var staff models.StaffView
	admin.Call(t, http.MethodPut, at, body).Into(t, http.StatusOK, &staff)
	require.Equal(t, []string{"Wati Kusuma"}, staff.Responsible)
	admin.Call(t, http.MethodPut, at, body).Refused(t, http.StatusConflict, "has_responsible")
	require.True(t, wati.people(t)[0].Responsible)
}
