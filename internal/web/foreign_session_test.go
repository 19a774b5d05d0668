package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLinksOfOtherAccounts spends links in a browser where somebody is signed in, which are their own or not.
func TestLinksOfOtherAccounts(t *testing.T) {
	for path, in := range map[string]struct {
		owner, own string // whose link it is, and where it leads them
		stays      bool   // signed in
		form       url.Values
	}{
		"/email/confirm/fresh": {"sari.wibowo", "/profile", true, url.Values{}},
		"/email/undo/fresh":    {"sari.wibowo", "/sign-in", false, url.Values{}},
		"/reset/fresh":         {"dewi.yusuf", "/sign-in", false, url.Values{"password": {"Kopi!Tubruk2026"}, "again": {"Kopi!Tubruk2026"}, "sure": {"yes"}}},
	} {
		for username, to := range map[string]string{in.owner: in.own, "ratna.wulandari": "/"} {
			t.Run(path+" for "+username, func(t *testing.T) {
				c := newCounter()
				c.who.Account.Username = username
				server, _ := serve(t, c)
				res, _ := ask(t, server, http.MethodPost, path, in.form)
				require.Equal(t, http.StatusSeeOther, res.StatusCode)
				require.Equal(t, to, res.Header.Get("Location"))
				cleared := strings.Contains(strings.Join(res.Header.Values("Set-Cookie"), "\n"), "loket=;")
				require.Equal(t, username == in.owner && !in.stays, cleared, "only an ended session is forgotten")
			})
		}
	}
}

// TestSignOutNeedsNoSession signs out where nobody is signed in any more.
func TestSignOutNeedsNoSession(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	res, _ := askAs(t, server, map[string]string{"loket": "idle"}, http.MethodPost, "/sign-out", url.Values{})
	require.Equal(t, "/sign-in", res.Header.Get("Location"))
	require.Equal(t, []any{"sign out idle"}, c.asked)
	require.Contains(t, strings.Join(res.Header.Values("Set-Cookie"), "\n"), "loket=;")
}

// TestLanguageOfAnApplication opens the door from an application that says which languages it speaks.
func TestLanguageOfAnApplication(t *testing.T) {
	for name, in := range map[string]struct {
		wants, language string
		cookies         map[string]string
	}{
		"the first one that is spoken here":                  {"fr en-GB id", "en", nil},
		"none that is spoken here":                           {"fr de", "id", nil},
		"a visitor's choice counts more":                     {"en", "id", map[string]string{"loket_language": "id"}},
		"whoever is signed in has one":                       {"en", "id", map[string]string{"loket": "good"}},
		"whose session lay idle is met as anybody":           {"en", "en", map[string]string{"loket": "idle"}},
		"the language of whoever was here last is no choice": {"en", "en", map[string]string{"loket_door": "id"}},
		"an application that says nothing leaves it be":      {"", "id", nil},
		"what an application says may be of any writing":     {"EN", "en", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounter()
			server, _ := serve(t, c)
			for _, page := range []string{"/oidc/authorize?client_id=nobody&", "/oidc/end-session?client_id=mitra&"} {
				res, text := askAs(t, server, in.cookies, http.MethodGet, page+url.Values{"ui_locales": {in.wants}}.Encode(), nil)
				require.Contains(t, text, `<html lang="`+in.language+`">`, page)
				chosen := strings.Contains(strings.Join(res.Header.Values("Set-Cookie"), "\n"), "loket_door="+in.language)
				require.Equal(t, in.language == "en", chosen, "it goes through the door with them")
			}
		})
	}
}

// TestConsentIsWithdrawn finds on the page of security what somebody agreed to, and takes it back.
func TestConsentIsWithdrawn(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	_, page := ask(t, server, http.MethodGet, "/account/security", nil)
	require.Contains(t, page, `action="/applications/consents/mitra/withdraw"`)
	res, _ := ask(t, server, http.MethodPost, "/applications/consents/mitra/withdraw", url.Values{})
	require.Equal(t, "/account/security#consents", res.Header.Get("Location"))
	require.Equal(t, []any{"withdraw mitra"}, c.asked)
	c.empty = true
	_, page = ask(t, server, http.MethodGet, "/account/security", nil)
	require.NotContains(t, page, `id="consents"`, "whoever agreed to nothing reads nothing of it")
}
