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

const contractEnding = "Akses Anda ke"

// TestContractsEnd gives contract staff access by a memo, lets their contracts come to their ends, and takes the access away
// on the day after.
func TestContractsEnd(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "").enrols(senderNIP, headNIP, officerNIP).start()
	c := apitest.NewClient(t, o.base)
	sender, head, officer := o.known(c, senderNIP), o.known(c, headNIP), o.known(c, officerNIP)
	var rows []map[string]string
	for _, r := range recap(t, "recap-clean.csv") {
		if r["nik"] != "" {
			rows = append(rows, r)
		}
	}
	require.Len(t, rows, 3)
	id := asked(t, sender, "Tenaga kontrak", rows)
	finished(t, sender, head, officer, id)
	people := make([]person, len(rows))
	for i, r := range rows {
		token := o.passwordLink(r["external_email"])
		var info struct{ Username string }
		c.Call(t, http.MethodGet, "/api/v1/links/"+token, nil).Into(t, http.StatusOK, &info)
		c.Call(t, http.MethodPost, "/api/v1/links/"+token, map[string]string{"password": password, "again": password}).Is(t, http.StatusNoContent)
		people[i] = o.signIn(c, info.Username, password)
	}
	number := sender.await(t, id, "done").Number
	today := models.DateOf(time.Now().In(time.FixedZone("WIB", 7*3600)))
	endIn := func(days ...int) {
		for i, n := range days {
			o.alters(`update account_applications set ends = ? where application = 'flexiwork' and account_id = (select id from accounts where username = ?)`,
				today.AddDays(n).String(), people[i].username)
		}
		o.restarts()
	}
	boss := address(t, senderNIP)

	endIn(30, 14, 7)
	for i, days := range []int{30, 14, 7} {
		require.Contains(t, o.counts(t, rows[i]["external_email"], contractEnding, 1), fmt.Sprint(days, " hari"))
	}
	require.Contains(t, o.counts(t, boss, "Kontrak segera berakhir", 3), number)
	endIn(1, 0, -1)
	require.Contains(t, o.counts(t, rows[0]["external_email"], contractEnding, 2), "1 hari")
	people[0].Call(t, http.MethodGet, "/api/v1/me", nil).Is(t, http.StatusOK)
	require.True(t, people[1].opensFlexiwork(t), "the last day is a day of access")
	require.Eventually(t, func() bool {
		a, err := people[2].Try(http.MethodGet, "/api/v1/me", nil)
		return err == nil && a.Status == http.StatusUnauthorized
	}, patience, calmly, "the day after, nothing opens any more")
	c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": people[2].username, "password": password, "token_name": "x", "scopes": []string{"read"}, "days": 1}).
		Refused(t, http.StatusUnauthorized, "wrong_credentials")
	o.restarts()
	o.counts(t, rows[0]["external_email"], contractEnding, 2)
	for _, r := range rows[1:] {
		require.Equal(t, 1, o.told(r["external_email"], contractEnding), "nobody is told on the last day or after it")
	}
}

// opensFlexiwork tells whether somebody has the application.
func (p person) opensFlexiwork(t *testing.T) bool {
	t.Helper()
	var me struct{ Applications []string }
	p.Call(t, http.MethodGet, "/api/v1/me", nil).Into(t, http.StatusOK, &me)
	return len(me.Applications) == 1 && me.Applications[0] == "flexiwork"
}
