package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

const activationReference = "5b1c1f9e-0a3c-4a53-9a3b-1f6de54c0f5e"

func (c *counter) AccountDomain() string { return "kem.example" }

func (c *counter) RequestActivation(_ context.Context, form models.ActivationForm, _ string, _ models.Origin) (string, error) {
	_, faults := models.ParseActivationForm(form, models.DateOf(noon()))
	if len(faults) > 0 {
		return "", models.Invalid(faults...)
	}
	return activationReference, c.fail
}

func (c *counter) ResendActivation(context.Context, string, models.Origin) error { return c.fail }

func (c *counter) CompleteActivation(_ context.Context, in desk.Completion, _ string, _ models.Origin) (string, error) {
	if in.Code != "K7MQ-X3FP" {
		return "", models.ErrActivationRefused
	}
	if in.Password != in.Again {
		return "", models.Invalid(models.Fault("again", "password_again"))
	}
	return "made.surya", nil
}

func (c *counter) ActivationWarning(_ context.Context, token string) (desk.Warning, error) {
	if token == "unknown" {
		return desk.Warning{}, models.ErrLinkSpent
	}
	return desk.Warning{Number: "LKT-2026-000321", At: ago(time.Hour), Disowned: token == "said"}, nil
}

func (c *counter) DisownActivation(context.Context, string, models.Origin) error { return c.fail }

func activationScenes() []scene {
	return []scene{
		{name: "activation", path: "/activation", stranger: true},
		{name: "activation-sent", path: "/activation/sent?reference=" + activationReference, stranger: true},
		{name: "activation-complete", path: "/activation/complete", stranger: true},
		{name: "activation-done", path: "/activation/done?username=made.surya", stranger: true},
		{name: "activation-disown", path: "/activation/disown/fresh", stranger: true},
		{name: "activation-disowned", path: "/activation/disown/said", stranger: true},
		{name: "activation-disown-unknown", path: "/activation/disown/unknown", stranger: true, status: 410},
	}
}

func TestActivationPages(t *testing.T) {
	server, words := serve(t, newCounter())
	good := url.Values{"nip": {"199503252022041500"}, "rank": {"iii/B"}, "rank_effective_date": {"01-04-2024"}, "email": {"dewi@mail.example"}}
	t.Run("the form's faults stand beside their fields, and nothing typed is lost", func(t *testing.T) {
		res, page := ask(t, server, http.MethodPost, "/activation", url.Values{"nip": {"123"}, "rank": {"V/z"}, "rank_effective_date": {"31-02-2024"}, "email": {"dewi"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		for _, part := range []string{`id="nip-error"`, `id="rank-error"`, `id="rank_effective_date-error"`, `id="email-error"`, `value="V/z"`, `value="31-02-2024"`} {
			require.Contains(t, page, part)
		}
	})
	t.Run("a form that has the shape of one leads to the page that all see", func(t *testing.T) {
		res, _ := ask(t, server, http.MethodPost, "/activation", good)
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, "/activation/sent?reference="+activationReference, res.Header.Get("Location"))
	})
	t.Run("a wrong code is refused without repeating a secret", func(t *testing.T) {
		res, page := ask(t, server, http.MethodPost, "/activation/complete", url.Values{"username": {"made.surya@kem.example"}, "secret": {"Aktif-rahasia"}, "code": {"0000-0000"}, "password": {"Kopi*Tubruk*7*Gelas"}, "again": {"Kopi*Tubruk*7*Gelas"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `value="made.surya@kem.example"`)
		for _, secret := range []string{"Aktif-rahasia", "0000-0000", "Kopi*Tubruk"} {
			require.NotContains(t, page, secret)
		}
	})
	t.Run("a password that will not do costs neither secret nor code", func(t *testing.T) {
		res, page := ask(t, server, http.MethodPost, "/activation/complete", url.Values{"username": {"made.surya"}, "secret": {"Aktif-rahasia"}, "code": {"K7MQ-X3FP"}, "password": {"Kopi*Tubruk*7*Gelas"}, "again": {"Kopi"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `value="Aktif-rahasia"`)
		require.Contains(t, page, `value="K7MQ-X3FP"`)
		require.NotContains(t, page, "Kopi*Tubruk")
	})
	t.Run("sent empty it tells every field", func(t *testing.T) {
		_, page := ask(t, server, http.MethodPost, "/activation/complete", url.Values{})
		for _, field := range []string{"username", "secret", "code", "password", "again"} {
			require.Contains(t, page, `href="#`+field+`"`)
		}
	})
	t.Run("the right one leads to the door, by the username", func(t *testing.T) {
		res, _ := ask(t, server, http.MethodPost, "/activation/complete", url.Values{"username": {"made.surya"}, "secret": {"Aktif-rahasia"}, "code": {"K7MQ-X3FP"}, "password": {"Kopi*Tubruk*7*Gelas"}, "again": {"Kopi*Tubruk*7*Gelas"}})
		require.Equal(t, "/activation/done?username=made.surya", res.Header.Get("Location"))
		_, page := ask(t, server, http.MethodGet, "/activation/done?username="+url.QueryEscape("<script>"), nil)
		require.False(t, strings.Contains(page, "&lt;script") || strings.Contains(page, "<script>"), "only a username is repeated")
	})
	t.Run("disowning asks once more", func(t *testing.T) {
		_, page := ask(t, server, http.MethodGet, "/activation/disown/fresh", nil)
		require.Contains(t, page, `action="/activation/disown/fresh"`)
		res, _ := ask(t, server, http.MethodPost, "/activation/disown/fresh", nil)
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
	})
	require.Empty(t, words.Missing())
}
