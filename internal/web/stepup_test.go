package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/models"
)

// gate lets one person in, whose password is not fresh.
type gate struct {
	desk.Counter
	err error
}

func (g gate) Session(context.Context, string, models.Origin) (desk.Identity, error) {
	return desk.Identity{Account: models.AccountView{Username: "ratna.wulandari"}}, nil
}

func (g gate) StepUp(_ context.Context, id desk.Identity, password, _ string) (desk.Signed, error) {
	if g.err == nil && password != "right" {
		return desk.Signed{}, models.Invalid(models.Fault("password", "password_wrong"))
	}
	id.FreshUntil = time.Now().Add(time.Minute)
	return desk.Signed{Token: "risen", Identity: id}, g.err
}

// Unseen is asked for by the page around the form.
func (g gate) Unseen(context.Context, models.Actor) (int, error) { return 0, nil }

// TestStepUpPage posts a form that has no part for the password to a route that asks for it.
func TestStepUpPage(t *testing.T) {
	words, err := i18n.New()
	require.NoError(t, err)
	post := func(t *testing.T, g gate, form url.Values) (*httptest.ResponseRecorder, url.Values) {
		t.Helper()
		portal, err := New(Config{Desk: g, Words: words, Agency: "Kementerian Contoh", Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		var came url.Values
		handle := func(v *visit) error { came = v.Request.PostForm; v.Status(http.StatusNoContent); return nil }
		engine := gin.New()
		engine.POST("/grave", portal.serve(route{Route: edge.Route{Method: http.MethodPost, Path: "/grave", Access: edge.SignedIn(), Summary: "Something grave"}, handle: handle}.proven(nil)))
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/grave?on=1", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.AddCookie(&http.Cookie{Name: sessionCookie, Value: "good"})
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, req)
		return w, came
	}
	typed := url.Values{"reason": {`Cuti "tahunan" <besar>`}, "pick": {"1", "2"}}
	carries := func(t *testing.T, page string) {
		t.Helper()
		require.Contains(t, page, `action="/grave?on=1"`)
		require.Contains(t, page, `name="reason" value="Cuti &#34;tahunan&#34; &lt;besar&gt;"`)
		require.Contains(t, page, `name="pick" value="1"`)
		require.Contains(t, page, `name="pick" value="2"`)
		require.Contains(t, page, `autocomplete="username" value="ratna.wulandari"`)
	}
	with := func(password string) url.Values {
		form := url.Values{proofField: {password}}
		for name, values := range typed {
			form[name] = values
		}
		return form
	}
	t.Run("a page asks, and carries what was posted", func(t *testing.T) {
		w, came := post(t, gate{}, typed)
		require.Nil(t, came)
		require.Equal(t, http.StatusForbidden, w.Code)
		carries(t, w.Body.String())
		require.NotContains(t, w.Body.String(), "govuk-error-summary__title", "the visitor did nothing wrong")
	})
	t.Run("a wrong password loses nothing and is not repeated", func(t *testing.T) {
		w, came := post(t, gate{}, with("s3cret-typed"))
		require.Nil(t, came)
		carries(t, w.Body.String())
		require.Contains(t, w.Body.String(), `href="#step_up"`)
		require.NotContains(t, w.Body.String(), "s3cret-typed")
		require.Empty(t, w.Header().Get("Set-Cookie"))
	})
	t.Run("too many tries are told on the same page", func(t *testing.T) {
		w, _ := post(t, gate{err: models.ErrTooMany}, with("right"))
		carries(t, w.Body.String())
		require.Contains(t, w.Body.String(), "govuk-error-summary__title")
	})
	t.Run("the right one goes on to where the form was bound, under a new session id", func(t *testing.T) {
		w, came := post(t, gate{}, with("right"))
		require.Equal(t, http.StatusNoContent, w.Code)
		require.Equal(t, typed["pick"], came["pick"])
		require.Contains(t, w.Header().Get("Set-Cookie"), sessionCookie+"=risen")
	})
	t.Run("a session that is over keeps the form for whoever signs in again, without the password", func(t *testing.T) {
		w, _ := post(t, gate{err: models.ErrUnauthenticated}, with("right"))
		require.Equal(t, http.StatusUnauthorized, w.Code)
		require.Contains(t, w.Body.String(), `href="/sign-in" target="_blank"`)
		require.NotContains(t, w.Body.String(), proofField)
	})
	t.Run("a service that is away is told as such", func(t *testing.T) {
		w, _ := post(t, gate{err: io.ErrUnexpectedEOF}, with("right"))
		require.Equal(t, http.StatusInternalServerError, w.Code)
	})
}
