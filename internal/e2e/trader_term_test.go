package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/models"
)

const (
	termEnding = "Akun Anda segera berakhir"
	termEnded  = "Masa berlaku akun Anda berakhir"
	termClosed = "Akun Anda ditutup"
)

// TestTradersTerm has the accounts of companies' people come to their ends: each is told at its day and once, who renews is
// told no more, and who never does is closed.
func TestTradersTerm(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	people := map[int]merchant{}
	in := func(days int) time.Time { return time.Now().Add(time.Duration(days)*aDay - time.Hour).UTC() }
	for i, days := range []int{31, 30, 14, 7, 1} {
		people[days] = o.merchant(fmt.Sprintf("niaga.hari%d", days), fmt.Sprintf("01234567%07d", i), in(days))
	}
	over := o.merchant("niaga.habis", "012345678901001", time.Now().Add(-time.Minute))
	gone := o.merchant("niaga.tutup", "012345678901002", time.Now().Add(-models.RenewalAfter-time.Minute))
	quiet := o.merchant("niaga.lama", "012345678901003", time.Now().Add(40*aDay))
	o.start()

	for _, days := range []int{30, 14, 7, 1} {
		require.Contains(t, o.counts(t, people[days].email, termEnding, 1), fmt.Sprint(days, " hari"))
	}
	o.counts(t, over.email, termEnded, 1)
	o.counts(t, gone.email, termClosed, 1)
	require.Zero(t, o.told(people[31].email, "")+o.told(quiet.email, ""), "not yet")
	c := apitest.NewClient(t, o.base)
	c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": gone.username, "password": password, "token_name": "x", "scopes": []string{"read"}, "days": 1}).
		Refused(t, http.StatusUnauthorized, "wrong_credentials")

	o.renews(t, c, over)
	o.renews(t, c, people[14])
	for _, days := range []int{30, 7, 1} {
		o.alters("update accounts set ends_at = ? where username = ?", in(days-16), people[days].username)
	}
	o.restarts()
	require.Contains(t, o.counts(t, people[30].email, termEnding, 2), "14 hari", "the next of its days")
	for _, m := range []merchant{people[7], people[1]} {
		o.counts(t, m.email, termEnded, 1)
		require.Equal(t, 1, o.told(m.email, termEnding), "what was due meanwhile is not told after the end")
	}
	o.restarts()
	o.counts(t, people[30].email, termEnding, 2)
	o.counts(t, over.email, termEnded, 1)
	o.counts(t, gone.email, termClosed, 1)
	o.counts(t, people[14].email, termEnding, 1)
	o.stop()
	o.command("check", "--strict")
}

// renews has a trader say that the company's data hold.
func (o *office) renews(t *testing.T, c apitest.Client, m merchant) {
	t.Helper()
	p := o.signIn(c, m.username, password)
	var renewal struct{ Company struct{ Version int } }
	p.Call(t, http.MethodGet, "/api/v1/me/renewal", nil).Into(t, http.StatusOK, &renewal)
	var after struct{ Ends time.Time }
	p.Call(t, http.MethodPost, "/api/v1/me/renewal", map[string]any{"confirmed": true, "version": renewal.Company.Version}).Into(t, http.StatusOK, &after)
	require.Greater(t, time.Until(after.Ends), 300*aDay)
	o.counts(t, m.email, "diperpanjang", 1)
	p.Call(t, http.MethodGet, "/api/v1/me", nil).Is(t, http.StatusOK)
}
