package auth

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestChangePassword(t *testing.T) {
	t.Run("it ends every other session and renews this one's token", func(t *testing.T) {
		b := setup(t, nil)
		elsewhere, here := b.signIn(), b.signIn()
		signed, err := b.ChangePassword(t.Context(), here.Identity, goodPassword, otherPassword, otherPassword)
		require.NoError(t, err)
		require.NotEqual(t, here.Token, signed.Token)
		for _, dead := range []string{elsewhere.Token, here.Token} {
			_, err := b.Session(t.Context(), dead, portal)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		}
		who, err := b.Session(t.Context(), signed.Token, portal)
		require.NoError(t, err)
		require.Equal(t, here.Identity.SessionID, who.SessionID)
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials)
		require.NoError(t, b.try(otherPassword))
		require.Equal(t, 1, b.audited("password_set", "ok"))
	})
	t.Run("asked with a token it ends every session", func(t *testing.T) {
		b := setup(t, nil)
		here := b.signIn()
		bearer := here.Identity
		bearer.SessionID, bearer.Scopes = "", []models.Scope{models.ScopeWrite}
		signed, err := b.ChangePassword(t.Context(), bearer, goodPassword, otherPassword, otherPassword)
		require.NoError(t, err)
		require.Empty(t, signed.Token)
		_, err = b.Session(t.Context(), here.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	for _, c := range []struct{ name, old, password, again, field, code string }{
		{"the old one is asked", "wrong", otherPassword, otherPassword, "old", "password_wrong"},
		{"the two must be equal", goodPassword, otherPassword, otherPassword + "x", "again", "password_again"},
		{"the same again is refused", goodPassword, goodPassword, goodPassword, "password", "password_reused"},
		{"a common one is refused", goodPassword, "Indonesia2026!", "Indonesia2026!", "password", "password_common"},
		{"a short one is refused", goodPassword, "Xk9#vT", "Xk9#vT", "password", "password_min_length"},
		{"the own name is refused", goodPassword, "Budi.Santoso#77", "Budi.Santoso#77", "password", "password_contains_username"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t, nil)
			_, err := b.ChangePassword(t.Context(), b.signIn().Identity, c.old, c.password, c.again)
			var p *models.Problem
			require.ErrorAs(t, err, &p)
			require.Contains(t, p.Error(), c.field+": "+c.code)
			require.NotContains(t, p.Error(), c.password)
			require.NoError(t, b.try(goodPassword), "nothing changed")
			require.Equal(t, 1, b.audited("password_set", "invalid"))
		})
	}
	t.Run("what is weak and differs besides is told of both at once", func(t *testing.T) {
		b := setup(t, nil)
		_, err := b.ChangePassword(t.Context(), b.signIn().Identity, goodPassword, "Xk9#vT", "Xk9#vU")
		require.ErrorContains(t, err, "password: password_min_length")
		require.ErrorContains(t, err, "again: password_again")
	})
	t.Run("guessing the old one locks as signing in does", func(t *testing.T) {
		b := setup(t, nil)
		here := b.signIn().Identity
		for range 6 {
			_, err := b.ChangePassword(t.Context(), here, "wrong", otherPassword, otherPassword)
			require.ErrorContains(t, err, "password_wrong")
		}
		_, err := b.ChangePassword(t.Context(), here, goodPassword, otherPassword, otherPassword)
		require.ErrorContains(t, err, "password_wrong")
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials)
	})
	t.Run("by free will once a day, when it is owed at any time", func(t *testing.T) {
		b := setup(t, nil)
		signed, err := b.ChangePassword(t.Context(), b.signIn().Identity, goodPassword, otherPassword, otherPassword)
		require.NoError(t, err)
		_, err = b.ChangePassword(t.Context(), signed.Identity, otherPassword, goodPassword, goodPassword)
		require.ErrorContains(t, err, "password_too_soon")
		b.exec("update accounts set must_change = 1 where id = ?", b.budi)
		_, err = b.ChangePassword(t.Context(), signed.Identity, otherPassword, "Soto*Lamongan*7*Enak", "Soto*Lamongan*7*Enak")
		require.NoError(t, err)
		require.Zero(t, b.count("select must_change from accounts where id = ?", b.budi))
	})
	t.Run("an unaudited change does not happen", func(t *testing.T) {
		b := setup(t, nil)
		here := b.signIn()
		b.breakAudit()
		_, err := b.ChangePassword(t.Context(), here.Identity, goodPassword, otherPassword, otherPassword)
		require.Error(t, err)
		b.exec("drop trigger no_audit")
		require.NoError(t, b.try(goodPassword))
	})
}

func TestOwedChange(t *testing.T) {
	t.Run("a password from somebody else must be changed first", func(t *testing.T) {
		b := setup(t, nil)
		b.exec("update accounts set must_change = 1 where id = ?", b.budi)
		require.True(t, b.signIn().Identity.Account.MustChangePassword)
	})
	t.Run("the agency's policy wants a new one after three months", func(t *testing.T) {
		b := setup(t, nil)
		require.False(t, b.signIn().Identity.Account.MustChangePassword)
		b.wall.pass(88*24*time.Hour - time.Second)
		require.False(t, b.signIn().Identity.Account.MustChangePassword)
		b.wall.pass(time.Second)
		require.True(t, b.signIn().Identity.Account.MustChangePassword)
	})
	t.Run("the other profile never does", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.Policy = models.NISTPolicy() })
		b.wall.pass(1000 * 24 * time.Hour)
		require.False(t, b.signIn().Identity.Account.MustChangePassword)
	})
}

func TestLink(t *testing.T) {
	t.Run("it is looked at freely and spent once", func(t *testing.T) {
		b := setup(t, nil)
		token := b.link(b.account("made.surya", ""), time.Hour)
		for range 3 {
			link, err := b.LinkInfo(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, "made.surya", link.Username)
		}
		_, err := b.SetPassword(t.Context(), token, otherPassword, otherPassword, portal)
		require.NoError(t, err)
		_, err = b.SignIn(t.Context(), SignIn{Username: "made.surya", Password: otherPassword, Origin: portal})
		require.NoError(t, err)
		_, err = b.LinkInfo(t.Context(), token)
		require.ErrorIs(t, err, models.ErrLinkSpent)
		_, err = b.SetPassword(t.Context(), token, goodPassword, goodPassword, portal)
		require.ErrorIs(t, err, models.ErrLinkSpent)
		require.Equal(t, 1, b.audited("password_set", "link_spent"))
	})
	t.Run("a refused password does not spend it", func(t *testing.T) {
		b := setup(t, nil)
		token := b.link(b.account("made.surya", ""), time.Hour)
		_, err := b.SetPassword(t.Context(), token, "rahasia", "rahasia", portal)
		require.ErrorIs(t, err, models.ErrInvalid)
		_, err = b.SetPassword(t.Context(), token, otherPassword, "else", portal)
		require.ErrorContains(t, err, "again: password_again")
		_, err = b.LinkInfo(t.Context(), token)
		require.NoError(t, err)
	})
	t.Run("of many at once one wins", func(t *testing.T) {
		b := setup(t, nil)
		token := b.link(b.account("made.surya", ""), time.Hour)
		var all sync.WaitGroup
		results := make(chan error, 10)
		for range 10 {
			all.Go(func() {
				_, err := b.SetPassword(t.Context(), token, otherPassword, otherPassword, portal)
				results <- err
			})
		}
		all.Wait()
		close(results)
		won := 0
		for err := range results {
			if err == nil {
				won++
			} else {
				require.True(t, errors.Is(err, models.ErrLinkSpent), err)
			}
		}
		require.Equal(t, 1, won)
	})
	t.Run("it is over when its time is", func(t *testing.T) {
		b := setup(t, nil)
		token := b.link(b.account("made.surya", ""), time.Hour)
		b.wall.pass(time.Hour)
		_, err := b.LinkInfo(t.Context(), token)
		require.ErrorIs(t, err, models.ErrLinkSpent)
	})
	t.Run("a guess is no link", func(t *testing.T) {
		b := setup(t, nil)
		for _, guess := range []string{"", "x", string(make([]byte, 1<<16))} {
			_, err := b.LinkInfo(t.Context(), guess)
			require.ErrorIs(t, err, models.ErrLinkSpent)
		}
	})
}

func TestPasswordRules(t *testing.T) {
	b := setup(t, nil)
	unmet := func(username, password string) (codes []string) {
		for _, r := range b.PasswordRules(t.Context(), username, password) {
			if !r.Met {
				codes = append(codes, r.Code)
			}
		}
		return codes
	}
	require.Equal(t, []string{"password_reused"}, unmet("budi.santoso", goodPassword), "known when it is saved, and not before")
	require.Equal(t, []string{"password_common", "password_reused"}, unmet("budi.santoso", "Indonesia2026!"))
	require.Equal(t, []string{"password_contains_username", "password_reused"}, unmet("Budi.Santoso", "Budi.Santoso#77"))
	require.Len(t, unmet("budi.santoso", ""), len(b.PasswordRules(t.Context(), "", "")), "nothing meets nothing")
	b = setup(t, func(c *Config) { c.Policy = models.NISTPolicy() })
	require.Empty(t, unmet("budi.santoso", "kopi tubruk tujuh gelas"), "a profile that remembers nothing")
}
