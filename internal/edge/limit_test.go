package edge

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestLimiter(t *testing.T) {
	t.Run("it opens again by and by", func(t *testing.T) {
		c := newClock()
		l := NewLimiter(10, time.Minute, c.Now)
		for range 10 {
			require.NoError(t, l.Allow("a"))
		}
		err := l.Allow("a")
		var refusal *models.Problem
		require.ErrorAs(t, err, &refusal)
		require.ErrorIs(t, refusal, models.ErrTooMany)
		require.Equal(t, 6, refusal.RetryAfter)
		require.NoError(t, l.Allow("b"), "another key is another count")
		c.pass(6 * time.Second)
		require.NoError(t, l.Allow("a"), "a refusal spends nothing")
		require.Error(t, l.Allow("a"))
		require.Equal(t, 60, models.ErrTooMany.RetryAfter, "the shared problem is not touched")
	})
	t.Run("memory is bounded and idle keys are forgotten", func(t *testing.T) {
		c := newClock()
		l := NewLimiter(1, time.Hour, c.Now)
		for i := range 3 {
			require.NoError(t, l.Allow(fmt.Sprint("early", i)))
		}
		c.pass(59 * time.Minute)
		require.NoError(t, l.Allow("late"))
		c.pass(2 * time.Minute)
		require.Error(t, l.Allow("late"))
		require.Equal(t, 1, l.Len())
		for i := range mostKeys {
			l.keys[fmt.Sprint(i)] = &bucket{used: c.Now().Add(-time.Hour)}
		}
		require.NoError(t, l.Allow("fresh"))
		require.Equal(t, 2, l.Len())
		for i := range mostKeys {
			l.keys[fmt.Sprint(i)] = &bucket{used: c.Now()}
		}
		require.NoError(t, l.Allow("one more"))
		require.LessOrEqual(t, l.Len(), mostKeys+3)
	})
}

func TestRates(t *testing.T) {
	rated := func(rate Rate) (*bench, func(method string, headers ...string) (int, string)) {
		b := setup(t, func(c *Config) { c.Proxies = []string{"192.0.2.1"} })
		for _, m := range []string{"GET", "POST"} {
			b.route(m, "/form", func(c *gin.Context) { c.Status(http.StatusOK) }, func(r *Route) { r.Rate = rate })
		}
		return b, func(method string, headers ...string) (int, string) {
			w := b.ask(method, "/form", "", headers...)
			return w.Code, w.Header().Get("Retry-After")
		}
	}
	t.Run("the eleventh sign-in of a minute is refused with the time to wait", func(t *testing.T) {
		b, ask := rated(RateSignIn)
		for range 10 {
			code, _ := ask("POST")
			require.Equal(t, http.StatusOK, code)
		}
		code, wait := ask("POST")
		require.Equal(t, http.StatusTooManyRequests, code)
		require.Equal(t, "6", wait)
		code, _ = ask("GET")
		require.Equal(t, http.StatusOK, code, "the form can still be looked at")
		code, _ = ask("POST", "X-Forwarded-For", "198.51.100.9")
		require.Equal(t, http.StatusOK, code, "another address is another count")
		b.clock.pass(6 * time.Second)
		code, _ = ask("POST")
		require.Equal(t, http.StatusOK, code)
	})
	t.Run("the twenty-first public form of an hour is refused", func(t *testing.T) {
		_, ask := rated(RatePublicForm)
		for range 20 {
			code, _ := ask("POST")
			require.Equal(t, http.StatusOK, code)
		}
		code, wait := ask("POST")
		require.Equal(t, http.StatusTooManyRequests, code)
		require.Equal(t, "180", wait)
	})
	t.Run("each public form is counted by itself, and one behind a link lets an office through", func(t *testing.T) {
		b, ask := rated(RatePublicForm)
		served := func(c *gin.Context) { c.Status(http.StatusOK) }
		b.route("POST", "/other", served, func(r *Route) { r.Rate = RatePublicForm })
		b.route("POST", "/password/:token", served, func(r *Route) { r.Rate = RatePublicForm })
		for range 21 {
			ask("POST")
		}
		code, _ := ask("POST")
		require.Equal(t, http.StatusTooManyRequests, code)
		require.Equal(t, http.StatusOK, b.ask("POST", "/other", "").Code)
		for i := range 60 {
			require.Equal(t, http.StatusOK, b.ask("POST", fmt.Sprint("/password/x", i), "").Code)
		}
		require.Equal(t, http.StatusTooManyRequests, b.ask("POST", "/password/y", "").Code, "which a flood is not")
	})
	t.Run("looking up an id counts though it only reads, sixty times a minute", func(t *testing.T) {
		_, ask := rated(RateLookup)
		for range 60 {
			code, _ := ask("GET")
			require.Equal(t, http.StatusOK, code)
		}
		code, wait := ask("GET")
		require.Equal(t, http.StatusTooManyRequests, code)
		require.Equal(t, "1", wait)
	})
	t.Run("an IPv6 customer has one count for all of a /64", func(t *testing.T) {
		_, ask := rated(RateSignIn)
		for i := range 10 {
			code, _ := ask("POST", "X-Forwarded-For", fmt.Sprint("2001:db8:1:2::", i+1))
			require.Equal(t, http.StatusOK, code)
		}
		code, _ := ask("POST", "X-Forwarded-For", "2001:db8:1:2:ffff::9")
		require.Equal(t, http.StatusTooManyRequests, code)
		code, _ = ask("POST", "X-Forwarded-For", "2001:db8:1:3::1")
		require.Equal(t, http.StatusOK, code)
	})
}
