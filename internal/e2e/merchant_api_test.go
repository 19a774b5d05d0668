package e2e_test

import (
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/models"
)

var (
	confirmForm = regexp.MustCompile(`https?://[^\s"<]+(/email/confirm/[A-Za-z0-9_-]{43})`)
	undoForm    = regexp.MustCompile(`https?://[^\s"<]+(/email/undo/[A-Za-z0-9_-]{43})`)
)

// found gives the path of a message's link.
func found(t testing.TB, form *regexp.Regexp, text string) string {
	t.Helper()
	link := form.FindStringSubmatch(text)
	require.NotNil(t, link, text)
	return link[1]
}

// TestTraderByTheAPI takes a company's person through their data, a change of address and its undoing.
func TestTraderByTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL)
		m := o.merchant("sari.wibowo", "012345678901000", time.Now().Add(models.TraderValidity))
		o.start()
		c := apitest.NewClient(t, o.base)
		sari := o.signIn(c, m.username, password)
		t.Run("own data at once, company data against a version", func(t *testing.T) { sari.looksAfterData(t) })
		t.Run("nobody writes by a field what is not theirs to write", func(t *testing.T) { sari.addsFields(t) })
		t.Run("nothing of it is an employee's", func(t *testing.T) {
			p := o.hire(c, officerNIP)
			p.Call(t, http.MethodGet, "/api/v1/me/profile", nil).Refused(t, http.StatusNotFound, "not_found")
			p.Call(t, http.MethodGet, "/api/v1/me/company", nil).Refused(t, http.StatusNotFound, "not_found")
			p.Call(t, http.MethodPut, "/api/v1/me/profile", map[string]string{"name": "X", "phone": "", "locale": "id"}).Refused(t, http.StatusNotFound, "not_found")
			p.Call(t, http.MethodPost, "/api/v1/me/renewal", map[string]any{"confirmed": true, "version": 1}).Refused(t, http.StatusNotFound, "not_found")
		})
		t.Run("another NPWP once an officer has looked at it", func(t *testing.T) { o.renames(t, c, sari) })
		t.Run("a new address, and the old one that takes it back", func(t *testing.T) { o.movesAndBack(t, c, sari, m) })
		o.stop()
		o.command("check", "--strict")
	})
}

// addsFields sends along what no form of theirs has.
func (p person) addsFields(t *testing.T) {
	t.Helper()
	profile := map[string]any{"name": "Sari W. Utami", "phone": "0812 5550 101", "locale": "id"}
	company := map[string]any{"address": "Jl. Baru 2, Bandung", "postcode": "40111", "company_phone": "022 555 0102", "edi_number": "", "customs_number": "05.1"}
	for path, body := range map[string]map[string]any{"/api/v1/me/profile": profile, "/api/v1/me/company": company} {
		before := p.Call(t, http.MethodGet, path, nil)
		for field, value := range map[string]any{"id": "x", "username": "sari.lain", "email": "sari@lain.example", "status": "active", "responsible": true, "company_id": "x",
			"npwp": "999999999999999", "ends": "2099-01-01T00:00:00Z", "ends_at": "2099-01-01", "roles": []string{"admin"}, "areas": []string{"imports"}, "version": 9} {
			sent := maps.Clone(body)
			sent[field] = value
			require.Equal(t, map[string]string{field: "unknown_field"},
				p.Call(t, http.MethodPut, path, sent, "If-Match", `"2"`).Refused(t, http.StatusUnprocessableEntity, "invalid"), "%s %s", path, field)
		}
		require.JSONEq(t, string(before.Body), string(p.Call(t, http.MethodGet, path, nil).Body), path)
	}
}

func (p person) looksAfterData(t *testing.T) {
	t.Helper()
	var own struct {
		Name, Email string
		Renewable   bool `json:"renewable_now"`
	}
	p.Call(t, http.MethodPut, "/api/v1/me/profile", map[string]string{"name": "Sari W. Utami", "phone": "0812 5550 101", "locale": "id"}).Into(t, http.StatusOK, &own)
	require.Equal(t, "Sari W. Utami", own.Name)
	require.False(t, own.Renewable)
	require.Equal(t, map[string]string{"phone": "telephone_shape"},
		p.Call(t, http.MethodPut, "/api/v1/me/profile", map[string]string{"name": "Sari", "phone": "12", "locale": "id"}).Refused(t, http.StatusUnprocessableEntity, "invalid"))
	company := map[string]string{"address": "Jl. Baru 2, Bandung", "postcode": "40111", "company_phone": "022 555 0102", "edi_number": "", "customs_number": "05.1"}
	p.Call(t, http.MethodPut, "/api/v1/me/company", company, "If-Match", `"1"`).Is(t, http.StatusOK)
	p.Call(t, http.MethodPut, "/api/v1/me/company", company, "If-Match", `"1"`).Refused(t, http.StatusPreconditionFailed, "stale")
	var seen struct {
		Postcode, NPWP string
		Version        int
		ChangedBy      string `json:"changed_by"`
	}
	p.Call(t, http.MethodGet, "/api/v1/me/company", nil).Into(t, http.StatusOK, &seen)
	require.Equal(t, "40111", seen.Postcode)
	require.Equal(t, 2, seen.Version)
	require.Equal(t, "Sari W. Utami", seen.ChangedBy)
	company["npwp"] = "999999999999999"
	p.Call(t, http.MethodPut, "/api/v1/me/company", company).Refused(t, http.StatusUnprocessableEntity, "invalid")
	p.Call(t, http.MethodPost, "/api/v1/me/renewal", map[string]any{"confirmed": true, "version": 2}).Refused(t, http.StatusConflict, "not_now")
}

func (o *office) renames(t *testing.T, c apitest.Client, p person) {
	t.Helper()
	const changes = "/api/v1/me/company/changes"
	officer := o.hire(c, otherNIP)
	form := map[string]string{"npwp": "09.876.543.2-101.000", "company": "PT Niaga Baru Contoh", "address": "Jl. Baru 2, Bandung", "postcode": "40111", "company_phone": "022 555 0102"}
	officer.Call(t, http.MethodPost, changes, form).Refused(t, http.StatusForbidden, "forbidden")
	require.Equal(t, map[string]string{"npwp": "npwp_length"}, p.Call(t, http.MethodPost, changes, map[string]string{"npwp": "12", "company": "PT Niaga", "address": "Jl. 1", "postcode": "40111", "company_phone": "022 555 0102"}).
		Refused(t, http.StatusUnprocessableEntity, "invalid"))
	var asked registration
	p.Call(t, http.MethodPost, changes, form, "Idempotency-Key", "rename").Into(t, http.StatusCreated, &asked)
	p.Call(t, http.MethodPost, changes, form).Refused(t, http.StatusConflict, "not_now")
	var seen struct{ NPWP, Name string }
	p.Call(t, http.MethodGet, "/api/v1/me/company", nil).Into(t, http.StatusOK, &seen)
	require.Equal(t, "012345678901000", seen.NPWP, "until an officer accepts")
	officer.Call(t, http.MethodPost, registrations+"/"+asked.ID+"/decision", map[string]any{"action": "approve"}).Is(t, http.StatusOK)
	p.Call(t, http.MethodGet, "/api/v1/me/company", nil).Into(t, http.StatusOK, &seen)
	require.Equal(t, "098765432101000", seen.NPWP)
	require.Equal(t, "PT Niaga Baru Contoh", seen.Name)
}

func (o *office) movesAndBack(t *testing.T, c apitest.Client, p person, m merchant) {
	t.Helper()
	const asks, to = "/api/v1/me/email-change", "sari@baru.example"
	again := o.signIn(c, p.username, password)
	again.Call(t, http.MethodPost, asks, map[string]string{"email": to}).Refused(t, http.StatusForbidden, "step_up_required")
	again.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
	again.Call(t, http.MethodPost, asks, map[string]string{"email": m.email}).Refused(t, http.StatusUnprocessableEntity, "invalid")
	again.Call(t, http.MethodPost, asks, map[string]string{"email": to}).Is(t, http.StatusAccepted)
	again.Call(t, http.MethodPost, asks, map[string]string{"email": to}).Refused(t, http.StatusUnprocessableEntity, "invalid")
	require.NotContains(t, o.theirs(t, m.email, "diminta"), to, "the new address is masked to the old one")
	proves := strings.Replace(found(t, confirmForm, o.theirs(t, to, "Pastikan")), "/email/confirm/", "/api/v1/email-changes/", 1)
	for range 2 {
		c.Call(t, http.MethodGet, proves, nil).Is(t, http.StatusOK)
	}
	c.Call(t, http.MethodPost, strings.Replace(proves, "email-changes", "email-undos", 1), nil).Refused(t, http.StatusGone, "link_spent")
	c.Call(t, http.MethodPost, proves, nil).Is(t, http.StatusNoContent)
	c.Call(t, http.MethodPost, proves, nil).Refused(t, http.StatusGone, "link_spent")
	var own struct{ Email string }
	again.Call(t, http.MethodGet, "/api/v1/me/profile", nil).Into(t, http.StatusOK, &own)
	require.Equal(t, to, own.Email)

	undo := strings.Replace(found(t, undoForm, o.theirs(t, m.email, "sudah diganti")), "/email/undo/", "/api/v1/email-undos/", 1)
	c.Call(t, http.MethodGet, undo, nil).Is(t, http.StatusOK)
	c.Call(t, http.MethodPost, undo, nil).Is(t, http.StatusNoContent)
	c.Call(t, http.MethodPost, undo, nil).Refused(t, http.StatusGone, "link_spent")
	again.Call(t, http.MethodGet, "/api/v1/me/profile", nil).Refused(t, http.StatusUnauthorized, "unauthenticated")
	c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": m.username, "password": password, "token_name": "x", "scopes": []string{"read"}, "days": 1}).
		Refused(t, http.StatusUnauthorized, "wrong_credentials")
	reset := "/api/v1/password-resets/" + filepath.Base(found(t, resetForm, o.theirs(t, m.email, "dikembalikan")))
	c.Call(t, http.MethodPost, reset, map[string]any{"password": anotherPassword, "again": anotherPassword, "sure": true}).Is(t, http.StatusNoContent)
	o.signIn(c, m.username, anotherPassword).Call(t, http.MethodGet, "/api/v1/me/profile", nil).Into(t, http.StatusOK, &own)
	require.Equal(t, m.email, own.Email)
}

// TestEndedTraderByTheAPI has an account past its end open nothing but its renewal.
func TestEndedTraderByTheAPI(t *testing.T) {
	o := newOffice(t, "")
	m := o.merchant("sari.wibowo", "012345678901000", time.Now().Add(-time.Hour))
	gone := o.merchant("budi.wibowo", "022345678901000", time.Now().Add(-models.RenewalAfter-time.Hour))
	o.start()
	c := apitest.NewClient(t, o.base)
	var in struct {
		Token string
		Ended bool `json:"account_ended"`
	}
	scopes := []string{"read", "write"}
	c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": m.username, "password": password, "token_name": "x", "scopes": scopes, "days": 1}).Into(t, http.StatusCreated, &in)
	require.True(t, in.Ended)
	p := c.As(in.Token)
	for _, path := range []string{"/me", "/me/profile", "/me/company", "/me/sessions", "/me/applications"} {
		p.Call(t, http.MethodGet, "/api/v1"+path, nil).Refused(t, http.StatusForbidden, "account_ended")
	}
	p.Call(t, http.MethodPut, "/api/v1/me/password", map[string]string{"old": password, "password": anotherPassword, "again": anotherPassword}).Refused(t, http.StatusForbidden, "account_ended")
	var renewal struct {
		Term    struct{ Ended bool }
		Company struct{ Version int }
	}
	p.Call(t, http.MethodGet, "/api/v1/me/renewal", nil).Into(t, http.StatusOK, &renewal)
	require.True(t, renewal.Term.Ended)
	version := renewal.Company.Version
	p.Call(t, http.MethodPost, "/api/v1/me/renewal", map[string]any{"confirmed": false, "version": version}).Refused(t, http.StatusUnprocessableEntity, "invalid")
	p.Call(t, http.MethodPost, "/api/v1/me/renewal", map[string]any{"confirmed": true, "version": version + 1}).Refused(t, http.StatusPreconditionFailed, "stale")
	p.Call(t, http.MethodPost, "/api/v1/me/renewal", map[string]any{"confirmed": true, "version": version}).Is(t, http.StatusOK)
	p.Call(t, http.MethodGet, "/api/v1/me/profile", nil).Is(t, http.StatusOK)
	o.theirs(t, m.email, "diperpanjang")
	o.theirs(t, gone.email, "ditutup")
	c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": gone.username, "password": password, "token_name": "x", "scopes": scopes, "days": 1}).
		Refused(t, http.StatusUnauthorized, "wrong_credentials")
	o.stop()
	o.command("check", "--strict")
}

// TestForgottenTraderByTheAPI asks for known and unknown addresses: the answers are the same to the byte.
func TestForgottenTraderByTheAPI(t *testing.T) {
	o := newOffice(t, "")
	m := o.merchant("sari.wibowo", "012345678901000", time.Now().Add(models.TraderValidity))
	o.start()
	c := apitest.NewClient(t, o.base)
	for _, email := range []string{"tidak.ada@niaga.example", strings.ToUpper(m.email)} {
		answer := c.Call(t, http.MethodPost, "/api/v1/trader-password-resets", map[string]any{"email": email, "captcha": proof(t, c), "sure": true})
		answer.Is(t, http.StatusAccepted)
		require.Empty(t, answer.Body)
	}
	c.Call(t, http.MethodPost, "/api/v1/trader-password-resets", map[string]any{"email": "x", "captcha": proof(t, c), "sure": true}).Refused(t, http.StatusUnprocessableEntity, "invalid")
	reset := "/api/v1/password-resets/" + filepath.Base(found(t, resetForm, o.theirs(t, m.email, "mengganti kata sandi")))
	c.Call(t, http.MethodPost, reset, map[string]any{"password": anotherPassword, "again": anotherPassword, "sure": true}).Is(t, http.StatusNoContent)
	c.Call(t, http.MethodPost, reset, map[string]any{"password": anotherPassword, "again": anotherPassword, "sure": true}).Refused(t, http.StatusGone, "link_spent")
	o.signIn(c, m.username, anotherPassword)
	o.stop()
	o.command("check", "--strict")
}
