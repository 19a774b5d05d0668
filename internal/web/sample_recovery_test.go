package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/captcha"
	"loket/internal/desk"
	"loket/models"
)

func maker() *captcha.Maker { return captcha.New([]byte("of the samples"), time.Now) }

func (c *counter) Challenge(context.Context) captcha.Challenge { return maker().Challenge() }
func (c *counter) Question(context.Context) captcha.Question   { return maker().Question() }

func (c *counter) CheckForgotten(_ context.Context, in desk.Forgotten) error {
	_, faults := models.ParseForgottenForm(in.Form, models.DateOf(noon()))
	if in.Proof.Work == "" && in.Proof.Answer == "" {
		faults = append(faults, models.Fault("captcha", "captcha_needed"))
	}
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return c.fail
}

func (c *counter) ForgotPassword(ctx context.Context, in desk.Forgotten) error {
	if err := c.CheckForgotten(ctx, in); err != nil {
		return err
	}
	return c.ask(in.Form)
}

func (c *counter) ResetLink(_ context.Context, token string) (desk.Link, error) {
	if token != "fresh" {
		return desk.Link{}, models.SpentLink(models.LinkReset, models.ErrLinkSpent)
	}
	return desk.Link{Username: "dewi.yusuf", Name: "Dewi Yusuf Saputra", Purpose: "reset_password", Expires: later(time.Hour)}, nil
}

func (c *counter) ResetPassword(_ context.Context, _ string, in desk.NewPassword, _ models.Origin) error {
	if !in.Sure {
		return models.Invalid(models.Fault("sure", "sure_needed"))
	}
	return c.ask(in)
}

func (c *counter) FindAccounts(context.Context, models.Actor, string) ([]models.AccountFound, error) {
	if c.empty {
		return nil, c.fail
	}
	one, err := c.FoundAccount(context.Background(), models.Actor{}, "acc-2")
	other := one
	other.ID, other.Name, other.Username, other.Status, other.Email, other.UnitName = "acc-3", "Fajar Anggraini", "fajar.anggraini", "pending", "", ""
	return []models.AccountFound{one, other}, err
}

func (c *counter) FoundAccount(_ context.Context, _ models.Actor, id string) (models.AccountFound, error) {
	found := models.AccountFound{ID: id, Username: "dewi.yusuf", Name: "Dewi Yusuf Saputra", NIP: "199503252022041500", UnitName: "Direktorat Perencanaan Umum",
		Status: "active", Email: "d***@mail.example"}
	if id == "acc-3" {
		found.Status = "pending"
	}
	return found, c.fail
}

func (c *counter) SendReset(_ context.Context, _ models.Actor, id, onSight string) error {
	if _, faults := models.CheckOnSight(onSight); len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return c.ask("reset " + id)
}

func recoveryScenes() []scene {
	nothing := func(c *counter) { c.empty = true }
	stale := func(c *counter) { c.who.FreshUntil = time.Time{} }
	return []scene{
		{name: "forgotten", path: "/forgotten", stranger: true},
		{name: "forgotten-sent", path: "/forgotten/sent", stranger: true},
		{name: "reset", path: "/reset/fresh", stranger: true},
		{name: "reset-spent", path: "/reset/used", stranger: true, status: 410},
		{name: "help", path: "/support/accounts?q=dewi"},
		{name: "help-empty", path: "/support/accounts?q=x", set: nothing},
		{name: "help-reset", path: "/support/accounts/acc-2/reset", set: stale},
		{name: "help-reset-pending", path: "/support/accounts/acc-3/reset"},
	}
}

func rightForm() url.Values {
	return url.Values{"username": {"dewi.yusuf"}, "nik": {"3174012309910001"}, "birth_place": {"Kota Bandung"}, "birth_date": {"23-09-1991"},
		"email": {"dewi.yusuf@mail.example"}, "question": {"token"}, "captcha": {"12"}}
}

func TestForgottenPages(t *testing.T) {
	t.Run("a form with faults names each, and loses nothing", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		form := rightForm()
		form.Set("nik", "12")
		form.Del("captcha")
		res, text := ask(t, server, http.MethodPost, "/forgotten", form)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		for _, part := range []string{`href="#nik"`, `href="#captcha"`, `value="Kota Bandung"`, `value="23-09-1991"`, `value="dewi.yusuf@mail.example"`} {
			require.Contains(t, text, part)
		}
	})
	t.Run("before the message goes it asks whether its sender is sure", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		form := rightForm()
		res, text := ask(t, server, http.MethodPost, "/forgotten", form)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, text, "Ya, saya yakin")
		require.Empty(t, c.asked)
		for name, values := range form {
			require.Contains(t, text, fmt.Sprintf(`name=%q value=%q`, name, values[0]))
		}
		form.Set("sure", "no")
		_, text = ask(t, server, http.MethodPost, "/forgotten", form)
		require.Contains(t, text, `value="Kota Bandung"`)
		require.Empty(t, c.asked)
		form.Set("sure", "yes")
		res, _ = ask(t, server, http.MethodPost, "/forgotten", form)
		require.Equal(t, "/forgotten/sent", res.Header.Get("Location"))
		require.Equal(t, []any{models.ForgottenForm{Username: "dewi.yusuf", NIK: "3174012309910001", BirthPlace: "Kota Bandung", BirthDate: "1991-09-23",
			Email: "dewi.yusuf@mail.example"}}, c.asked)
	})
	t.Run("the new password is set by whoever says that they are sure", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		form := url.Values{"password": {"Soto*Lamongan*7"}, "again": {"Soto*Lamongan*7"}}
		res, text := ask(t, server, http.MethodPost, "/reset/fresh", form)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, text, `href="#sure"`)
		require.NotContains(t, text, "Lamongan", "no password is sent back")
		form.Set("sure", "yes")
		res, _ = askAs(t, server, nil, http.MethodPost, "/reset/fresh", form)
		require.Equal(t, "/sign-in", res.Header.Get("Location"))
	})
	t.Run("no foreign host is answered, however it is named", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		for _, host := range []string{"evil.example", "localhost.evil.example", "evil.example:8080", "localhost@evil.example", "127.0.0.1.evil.example", "localhost:8080.evil.example",
			"[::2]", "0.0.0.0", "evil.example#localhost", "localhost:", "localhost:80a", "LOCALHOST.", "2130706433.evil.example", "localhost,evil.example", "xn--lcalhost-54a"} {
			for _, path := range []string{"/forgotten", "/reset/fresh"} {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, strings.NewReader(rightForm().Encode()))
				require.NoError(t, err)
				req.Host = host
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				res, err := http.DefaultClient.Do(req)
				require.NoError(t, err, host)
				require.NoError(t, res.Body.Close())
				require.Contains(t, []int{http.StatusMisdirectedRequest, http.StatusBadRequest}, res.StatusCode, host)
			}
		}
	})
}

func TestHelpedResetPages(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	res, text := ask(t, server, http.MethodPost, "/support/accounts/acc-2/reset", url.Values{"on_sight": {"KTP"}})
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	require.Contains(t, text, `href="#on_sight"`)
	c.who.FreshUntil = time.Time{}
	res, text = ask(t, server, http.MethodPost, "/support/accounts/acc-2/reset", url.Values{"on_sight": {"KTP asli, wajah cocok"}})
	require.NotEqual(t, http.StatusSeeOther, res.StatusCode, "a fresh password is asked for")
	require.Contains(t, text, "KTP asli, wajah cocok")
	require.Empty(t, c.asked)
	c.who.FreshUntil = time.Now().Add(time.Minute)
	res, _ = ask(t, server, http.MethodPost, "/support/accounts/acc-2/reset", url.Values{"on_sight": {"KTP asli, wajah cocok"}})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	require.Equal(t, []any{"reset acc-2"}, c.asked)
	c.who.Actor.Grants = grants(models.RoleAdmin, models.RoleOfficer)
	res, _ = ask(t, server, http.MethodGet, "/support/accounts", nil)
	require.Equal(t, http.StatusForbidden, res.StatusCode)
}

func TestInterruptedForm(t *testing.T) {
	owing := func() *counter {
		c := newCounter()
		c.who.Account.MustChangePassword = true
		return c
	}
	approval := url.Values{"decision": {"approve"}, "reason": {"Sudah <lengkap>."}, "seq": {"2"}, "key": {"k-1"}}
	t.Run("an approval that meets a password that is over is carried through its change, and sent once more", func(t *testing.T) {
		server, _ := serve(t, owing())
		res, text := ask(t, server, http.MethodPost, "/memos/memo-1/decide?in=queue%3Dapproval", approval)
		require.Equal(t, http.StatusForbidden, res.StatusCode)
		require.Contains(t, text, `name="kept.reason" value="Sudah &lt;lengkap&gt;."`)
		require.Contains(t, text, `name="kept_to" value="/memos/memo-1/decide?in=queue%3Dapproval"`)
		form := url.Values{"old": {"wrong"}, "password": {"x"}, "again": {"x"}, "kept_to": {"/memos/memo-1/decide?in=queue%3Dapproval"}}
		for name, values := range approval {
			form["kept."+name] = values
		}
		_, text = ask(t, server, http.MethodPost, "/account/password/continue", form)
		require.Contains(t, text, `name="kept.seq" value="2"`, "a wrong password loses nothing")
		form.Set("old", "right")
		res, text = ask(t, server, http.MethodPost, "/account/password/continue", form)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, text, `action="/memos/memo-1/decide?in=queue%3Dapproval"`)
		for name, values := range approval {
			require.Contains(t, text, fmt.Sprintf(`name=%q value=`, name), values)
		}
	})
	t.Run("no password and no code that came with it is carried", func(t *testing.T) {
		secrets := url.Values{"step_up": {"s3cret-one"}, "step_up_code": {"s3cret-two"}, "password": {"s3cret-three"}, "old": {"s3cret-four"}, "again": {"s3cret-five"}, "reason": {"Lengkap."}}
		server, _ := serve(t, owing())
		_, text := ask(t, server, http.MethodPost, "/memos/memo-1/decide", secrets)
		require.Contains(t, text, `name="kept.reason" value="Lengkap."`)
		require.NotContains(t, text, "s3cret")
		c := newCounter()
		c.who.FreshUntil = time.Time{}
		server, _ = serve(t, c)
		_, text = ask(t, server, http.MethodPost, "/support/accounts/acc-2/reset", secrets)
		require.NotContains(t, text, "s3cret")
	})
	t.Run("it leads nowhere but into the portal", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		for _, to := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""} {
			_, text := ask(t, server, http.MethodPost, "/account/password/continue", url.Values{"old": {"right"}, "password": {"x"}, "again": {"x"}, "kept_to": {to}})
			require.Contains(t, text, `<form method="post" action="/" class="lk-form`, to)
			require.NotContains(t, text, "evil")
		}
	})
	t.Run("what a page sends by itself leaves the page as it is", func(t *testing.T) {
		server, _ := serve(t, owing())
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/memos/memo-1/edit", strings.NewReader("do=autosave"))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("HX-Request", "true")
		req.AddCookie(&http.Cookie{Name: "loket", Value: "good"})
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusNoContent, res.StatusCode)
		require.Empty(t, res.Header.Get("HX-Redirect"))
	})
}
