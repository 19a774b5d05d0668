package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/models"
)

// own is a password that nobody else has, and that the rules let pass; weak is one that they refuse.
func (r *reserve) own(what string, n int) string {
	return r.birds.secret(fmt.Sprintf("Merpati*%s*%d*Terbang", what, n))
}

func (r *reserve) weak(what string, n int) string {
	return r.birds.secret(fmt.Sprintf("kenari-%s-lemah-%d", what, n))
}

// asksActivation sends a form, and gives the reference.
func (r *reserve) asksActivation(b bird, form map[string]string) string {
	var asked struct{ Reference string }
	b.c.Call(r.t, http.MethodPost, activations, form).Into(r.t, http.StatusAccepted, &asked)
	return asked.Reference
}

// reads plants what a message bears, as it is written and as it is compared.
func (r *reserve) reads(to string) activationLetter {
	l := readActivation(r.t, r.o.letters(to, 1)[0])
	for _, s := range []string{l.code, l.secret, models.ReadCode(l.code), models.ReadSecret(l.secret)} {
		r.birds.secret(s)
	}
	return l
}

func (r *reserve) completes(b bird, in map[string]string, status int) {
	r.t.Helper()
	r.birds.secret(in["code"])
	a := b.c.Call(r.t, http.MethodPost, activations+"/complete", in)
	a.Is(r.t, status)
	require.NotContains(r.t, string(a.Body), in["password"])
}

func (r *reserve) activated(b bird) {
	me := r.people[b.n]
	r.asksActivation(b, me.form())
	letter := r.reads(me.external)
	in := letter.completion(letter.usernames[0])
	in["password"], in["again"] = r.weak("aktif", b.n), r.weak("aktif", b.n)
	r.completes(b, in, http.StatusUnprocessableEntity)
	mine := r.own("Aktif", b.n)
	in["password"], in["again"] = mine, mine
	r.completes(b, in, http.StatusCreated)
	r.completes(b, in, http.StatusUnprocessableEntity)
	r.inBy(b.c, letter.usernames[0], mine)
}

func (r *reserve) wrongData(b bird) {
	me := r.people[10+b.n]
	form := me.form()
	form["rank"] = "I/a"
	r.asksActivation(b, form)
	warning := disownForm.FindStringSubmatch(r.o.letters(me.external, 1)[0].Text)
	require.NotNil(r.t, warning)
	r.looksInBrowser(b, warning[0])
	b.c.Call(r.t, http.MethodPost, activations+"/disown", map[string]string{"token": r.birds.secret(warning[1])}).Is(r.t, http.StatusNoContent)
}

func (r *reserve) wrongCode(b bird) {
	me := r.people[16+b.n]
	r.asksActivation(b, me.form())
	letter := r.reads(me.external)
	for try := range models.ActivationMost {
		in := letter.completion(letter.usernames[0])
		in["code"], in["password"], in["again"] = fmt.Sprintf("KNR%d-%02dZZ", try, b.n), r.own("Salah", b.n), r.own("Salah", b.n)
		r.completes(b, in, http.StatusUnprocessableEntity)
	}
	r.completes(b, letter.completion(letter.usernames[0]), http.StatusUnprocessableEntity)
}

func (r *reserve) disowned(b bird) {
	me := r.people[22+b.n]
	form, thief := me.form(), fmt.Sprintf("pencuri%d@mail.example", b.n)
	form["email"] = thief
	r.asksActivation(b, form)
	letter := r.reads(thief)
	warning := disownForm.FindStringSubmatch(r.o.letters(me.external, 1)[0].Text)
	require.NotNil(r.t, warning)
	r.birds.secret(warning[1])
	r.posts(b, warning[0], url.Values{}, http.StatusSeeOther, http.StatusOK)
	r.completes(b, letter.completion(letter.usernames[0]), http.StatusUnprocessableEntity)
}

func (r *reserve) expired(b bird) {
	me := r.people[28+b.n]
	id := r.asksActivation(b, me.form())
	letter := r.reads(me.external)
	r.expire(id)
	r.completes(b, letter.completion(letter.usernames[0]), http.StatusUnprocessableEntity)
}

func (r *reserve) forgotten(b bird) {
	e := r.known[b.n]
	form := map[string]any{"username": fmt.Sprint("lupa.p", b.n), "nik": e["nik"], "birth_place": e["birth_place"], "birth_date": e["birth_date"], "email": e["external_email"], "sure": true}
	r.birds.number(e["nik"])
	if b.n%3 == 0 { // a slip first: a number that is nobody's, and a password where the username goes
		slip := map[string]any{"username": r.weak("kolom", b.n), "nik": r.birds.secret(fmt.Sprintf("99%014d", 4711+b.n)), "birth_place": "X", "birth_date": e["birth_date"],
			"email": e["external_email"], "sure": true, "captcha": proof(r.t, b.c)}
		b.c.Call(r.t, http.MethodPost, "/api/v1/password-resets", slip)
	}
	form["captcha"] = proof(r.t, b.c)
	b.c.Call(r.t, http.MethodPost, "/api/v1/password-resets", form).Is(r.t, http.StatusAccepted)
	r.resets(b, r.o.letters(e["external_email"], 1)[0].Text, "Lupa")
}

// resets spends the link of a message, twice, by the API or the portal.
func (r *reserve) resets(b bird, text, what string) string {
	r.t.Helper()
	link := resetForm.FindStringSubmatch(text)
	require.NotNil(r.t, link, text)
	r.birds.secret(filepath.Base(link[1]))
	r.looksInBrowser(b, link[0])
	path, mine := "/api/v1/password-resets/"+filepath.Base(link[1]), r.own(what, b.n)
	set := func(password string) map[string]any {
		return map[string]any{"password": password, "again": password, "sure": true}
	}
	b.c.Call(r.t, http.MethodGet, path, nil).Is(r.t, http.StatusOK)
	b.c.Call(r.t, http.MethodPost, path, set(r.weak(what, b.n))).Is(r.t, http.StatusUnprocessableEntity)
	if b.n%2 == 0 {
		r.posts(b, link[0], url.Values{"password": {mine}, "again": {mine}, "sure": {"yes"}}, http.StatusSeeOther)
	} else {
		b.c.Call(r.t, http.MethodPost, path, set(mine)).Is(r.t, http.StatusNoContent)
	}
	b.c.Call(r.t, http.MethodPost, path, set(mine)).Refused(r.t, http.StatusGone, "link_spent")
	return mine
}

func (r *reserve) traderForgot(b bird) {
	name := fmt.Sprint("niaga.p", b.n)
	b.c.Call(r.t, http.MethodPost, "/api/v1/trader-password-resets", map[string]any{"email": name + "@niaga.example", "captcha": proof(r.t, b.c), "sure": true}).Is(r.t, http.StatusAccepted)
	r.inBy(b.c, name, r.resets(b, r.o.theirs(r.t, name+"@niaga.example", "mengganti kata sandi"), "Dagang"))
}

func (r *reserve) helped(b bird) {
	name := fmt.Sprint("bantu.p", b.n)
	var found struct{ Items []struct{ ID string } }
	r.helper.Call(r.t, http.MethodGet, "/api/v1/support/accounts?q="+name, nil).Into(r.t, http.StatusOK, &found)
	require.Len(r.t, found.Items, 1)
	r.helper.Call(r.t, http.MethodPost, "/api/v1/support/accounts/"+found.Items[0].ID+"/password-reset", map[string]string{"on_sight": "KTP asli dan kartu pegawai"}).Is(r.t, http.StatusNoContent)
	r.inBy(b.c, name, r.resets(b, r.o.letters(name+"@kem.example", 1)[0].Text, "Bantu"))
}

func (r *reserve) changed(b bird) {
	p, mine := r.in(b.c, fmt.Sprint("ganti.p", b.n)), r.own("Ganti", b.n)
	change := func(old, password string, status int) {
		p.Call(r.t, http.MethodPut, "/api/v1/me/password", map[string]string{"old": old, "password": password, "again": password}).Is(r.t, status)
	}
	change(r.weak("lama", b.n), mine, http.StatusUnprocessableEntity)
	change(password, r.weak("baru", b.n), http.StatusUnprocessableEntity)
	change(password, mine, http.StatusNoContent)
	r.inBy(b.c, p.username, mine)
}

func (r *reserve) secondFactor(b bird) {
	p := r.in(b.c, fmt.Sprint("faktor.p", b.n))
	p.Call(r.t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": r.weak("naik", b.n)}).Is(r.t, http.StatusUnprocessableEntity)
	p.Call(r.t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(r.t, http.StatusOK)
	var offer struct{ Key string }
	p.Call(r.t, http.MethodPost, "/api/v1/me/second-factor", nil).Into(r.t, http.StatusCreated, &offer)
	r.birds.secret(offer.Key)
	code, err := totp.GenerateCode(offer.Key, time.Now())
	require.NoError(r.t, err)
	var done struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	p.Call(r.t, http.MethodPost, "/api/v1/me/second-factor/confirmation", map[string]string{"code": code}).Into(r.t, http.StatusCreated, &done)
	for _, s := range done.RecoveryCodes {
		r.birds.secret(s)
		r.birds.secret(strings.ReplaceAll(s, "-", ""))
	}
	in := map[string]any{"username": p.username, "password": password, "token_name": "x", "scopes": []string{"read"}, "days": 1, "code": done.RecoveryCodes[0]}
	var signed struct{ Token string }
	b.c.Call(r.t, http.MethodPost, "/api/v1/sign-in", in).Into(r.t, http.StatusCreated, &signed)
	r.birds.secret(signed.Token)
	b.c.Call(r.t, http.MethodPost, "/api/v1/sign-in", in).Is(r.t, http.StatusUnauthorized)
}

func (r *reserve) registered(b bird) {
	me := trader{name: "Kenari Niaga", email: fmt.Sprintf("daftar%d@niaga.example", b.n), username: fmt.Sprintf("kenari.niaga%d", b.n), npwp: fmt.Sprintf("0987%011d", b.n), company: fmt.Sprint("PT Kenari ", b.n)}
	path := me.begins(r.t, r.o, b.c)
	token := r.birds.secret(filepath.Base(path))
	r.looksInBrowser(b, r.o.base+"/register/"+token)
	sent := me.sends(r.t, b.c, path)
	decision := registrations + "/" + sent.ID + "/decision"
	if b.n%2 == 0 {
		insist(r.t, r.officer, decision, map[string]any{"action": "refuse", "reason": "NPWP tidak cocok."}, fmt.Sprint("decide-", b.n))
		stands(r.t, r.officer.Client, registrations+"/"+sent.ID, "refused")
		return
	}
	insist(r.t, r.officer, decision, map[string]any{"action": "approve"}, fmt.Sprint("decide-", b.n))
	link, mine := r.birds.secret(r.o.passwordLink(me.email)), r.own("Daftar", b.n)
	r.looksInBrowser(b, r.o.base+"/password/"+link)
	set := "/api/v1/links/" + link
	b.c.Call(r.t, http.MethodPost, set, map[string]string{"password": r.weak("daftar", b.n), "again": "x"}).Is(r.t, http.StatusUnprocessableEntity)
	b.c.Call(r.t, http.MethodPost, set, map[string]string{"password": mine, "again": mine}).Is(r.t, http.StatusNoContent)
	r.inBy(b.c, me.username, mine)
}

func (r *reserve) moved(b bird) {
	name := fmt.Sprint("pindah.p", b.n)
	old, to := name+"@niaga.example", fmt.Sprintf("pindah%d@baru.example", b.n)
	p := r.in(b.c, name)
	p.Call(r.t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(r.t, http.StatusOK)
	p.Call(r.t, http.MethodPost, "/api/v1/me/email-change", map[string]string{"email": to}).Is(r.t, http.StatusAccepted)
	r.follows(b, confirmForm, r.o.theirs(r.t, to, "Pastikan"), "email-changes")
	r.follows(b, undoForm, r.o.theirs(r.t, old, "sudah diganti"), "email-undos")
	r.inBy(b.c, name, r.resets(b, r.o.theirs(r.t, old, "dikembalikan"), "Pindah"))
}

// follows a link of a message, once to look and once to do.
func (r *reserve) follows(b bird, form *regexp.Regexp, text, what string) {
	r.t.Helper()
	link := form.FindStringSubmatch(text)
	require.NotNil(r.t, link, text)
	token := r.birds.secret(filepath.Base(link[1]))
	r.looksInBrowser(b, link[0])
	b.c.Call(r.t, http.MethodPost, "/api/v1/"+what+"/"+token, nil).Is(r.t, http.StatusNoContent)
	b.c.Call(r.t, http.MethodPost, "/api/v1/"+what+"/"+token, nil).Refused(r.t, http.StatusGone, "link_spent")
}

func (r *reserve) linked(b bird) {
	p := r.in(b.c, fmt.Sprint("tautan.p", b.n))
	link := "/api/v1/me/applications/sangkar/link"
	p.Call(r.t, http.MethodPost, link, map[string]string{"username": fmt.Sprint("usr", b.n), "password": r.weak("tautan", b.n)}).Refused(r.t, http.StatusUnprocessableEntity, "invalid")
	p.Call(r.t, http.MethodPost, link, map[string]string{"username": fmt.Sprint("usr", b.n), "password": r.birds.secret(fmt.Sprintf("Bulbul*%d*Sangkar", b.n))}).Is(r.t, http.StatusCreated)
}

// browser is one that keeps cookies, follows nothing, and comes from the bird's address.
func (r *reserve) browser(b bird) *opener {
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	return &opener{r.t, r.o.base, &http.Client{Jar: jar, Transport: from{b.x, http.DefaultTransport}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (r *reserve) looksInBrowser(b bird, link string) {
	r.t.Helper()
	got, _ := r.browser(b).get(strings.TrimPrefix(link, r.o.base))
	require.Less(r.t, got.StatusCode, http.StatusInternalServerError)
	require.NotEqual(r.t, http.StatusNotFound, got.StatusCode)
}

func (r *reserve) posts(b bird, link string, form url.Values, statuses ...int) {
	r.t.Helper()
	got, page := r.browser(b).post(strings.TrimPrefix(link, r.o.base), form)
	require.Contains(r.t, statuses, got.StatusCode, page)
}

// signedOn exchanges codes for tokens and spends them, rightly and wrongly.
func (r *reserve) signedOn(b bird) {
	v := r.browser(b)
	got, page := v.post("/sign-in", url.Values{"username": {fmt.Sprint("masuk.p", b.n)}, "password": {password}})
	require.Equal(r.t, http.StatusSeeOther, got.StatusCode, page)
	at, err := url.Parse(r.o.base)
	require.NoError(r.t, err)
	for _, cookie := range v.http.Jar.Cookies(at) {
		if len(cookie.Value) > 20 {
			r.birds.secret(cookie.Value)
		}
	}
	verifier := r.birds.secret(oauth2.GenerateVerifier())
	got, _ = v.get("/oidc/authorize?" + requested("kenari", "scope", "openid profile offline_access", "code_challenge", oauth2.S256ChallengeFromVerifier(verifier)).Encode())
	code := r.birds.secret(v.answered(got).Get("code"))
	require.NotEmpty(r.t, code)
	exchange := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {wayBack}, "code_verifier": {verifier}}
	require.GreaterOrEqual(r.t, r.tokens(b, "token", exchange, r.birds.secret(fmt.Sprintf("rahasia-kenari-salah-%d", b.n)), nil), http.StatusBadRequest)
	var t struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		ID      string `json:"id_token"`
	}
	keep := func() {
		for _, s := range []string{t.Access, t.Refresh, t.ID} {
			require.NotEmpty(r.t, s)
			r.birds.secret(s)
		}
	}
	require.Equal(r.t, http.StatusOK, r.tokens(b, "token", exchange, r.secret, &t))
	keep()
	require.Equal(r.t, http.StatusOK, r.tellsOf(b, t.Access))
	require.Equal(r.t, http.StatusOK, r.tokens(b, "token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh}}, r.secret, &t))
	keep()
	require.Equal(r.t, http.StatusOK, r.tokens(b, "introspect", url.Values{"token": {t.Access}}, r.secret, nil))
	v.get("/oidc/userinfo?access_token=" + t.Access)
	v.get("/oidc/end-session?id_token_hint=" + t.ID)
	require.GreaterOrEqual(r.t, r.tokens(b, "token", exchange, r.secret, nil), http.StatusBadRequest, "a code counts once")
	require.Equal(r.t, http.StatusOK, r.tokens(b, "revoke", url.Values{"token": {t.Access}}, r.secret, nil))
	require.Equal(r.t, http.StatusUnauthorized, r.tellsOf(b, t.Access))
}

// tellsOf asks whom an access token speaks of.
func (r *reserve) tellsOf(b bird, token string) int {
	r.t.Helper()
	q, err := http.NewRequest(http.MethodGet, r.o.base+"/oidc/userinfo", nil)
	require.NoError(r.t, err)
	q.Header.Set("Authorization", "Bearer "+token)
	got, _ := r.browser(b).send(q, nil)
	return got.StatusCode
}

// tokens asks the provider as the application.
func (r *reserve) tokens(b bird, what string, form url.Values, secret string, into any) int {
	r.t.Helper()
	q, err := http.NewRequest(http.MethodPost, r.o.base+"/oidc/"+what, strings.NewReader(form.Encode()))
	require.NoError(r.t, err)
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.SetBasicAuth("kenari", url.QueryEscape(secret))
	got, text := r.browser(b).send(q, nil)
	if into != nil {
		require.NoError(r.t, json.Unmarshal([]byte(text), into), text)
	}
	return got.StatusCode
}
