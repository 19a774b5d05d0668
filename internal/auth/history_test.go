package auth

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// change sets another password by free will or as asked, and gives the codes of what was wrong with it.
func (b *bench) change(old, password string) []string {
	b.t.Helper()
	who, err := b.identify(b.t.Context(), b.budi, portal)
	require.NoError(b.t, err)
	_, err = b.ChangePassword(b.t.Context(), who, old, password, password)
	var p *models.Problem
	if !errors.As(err, &p) {
		require.NoError(b.t, err)
		return nil
	}
	var codes []string
	for _, f := range p.Faults {
		codes = append(codes, f.Code)
	}
	return codes
}

func TestEarlierPasswords(t *testing.T) {
	another := func(n int) string { return fmt.Sprintf("Soto*Lamongan*%d*Enak", n) }
	t.Run("none of the last five comes back, the sixth does", func(t *testing.T) {
		b := setup(t, nil)
		last := goodPassword
		for n := range 6 {
			require.Empty(t, b.change(last, another(n)))
			last = another(n)
			b.wall.pass(25 * time.Hour)
			for earlier := range n {
				require.Equal(t, []string{"password_reused"}, b.change(last, another(earlier)))
			}
			if n < 5 {
				require.Equal(t, []string{"password_reused"}, b.change(last, goodPassword))
			}
		}
		require.Empty(t, b.change(last, goodPassword))
		require.Equal(t, 5, b.count("select count(*) from password_history where account_id = ?", b.budi), "no more are kept than are asked for")
	})
	t.Run("nor where the account was closed and came back by a link", func(t *testing.T) {
		b := setup(t, nil)
		require.Empty(t, b.change(goodPassword, another(1)))
		b.exec("update accounts set status = 'pending' where id = ?", b.budi)
		link := b.link(b.budi, time.Hour)
		for _, earlier := range []string{goodPassword, another(1)} {
			_, err := b.SetPassword(t.Context(), link, earlier, earlier, portal)
			require.ErrorContains(t, err, "password: password_reused")
		}
		_, err := b.SetPassword(t.Context(), link, another(2), another(2), portal)
		require.NoError(t, err, "refusing spends no link")
		b.wall.pass(25 * time.Hour)
		require.Equal(t, []string{"password_reused"}, b.change(another(2), goodPassword), "even then")
	})
	t.Run("nobody cycles through them in one sitting by free will", func(t *testing.T) {
		b := setup(t, nil)
		require.Empty(t, b.change(goodPassword, another(1)))
		require.Equal(t, []string{"password_too_soon"}, b.change(another(1), another(2)))
		b.wall.pass(24*time.Hour - time.Second)
		require.Equal(t, []string{"password_too_soon"}, b.change(another(1), another(2)))
		b.wall.pass(time.Second)
		require.Empty(t, b.change(another(1), another(2)))
	})
	t.Run("nor where each change was asked for", func(t *testing.T) {
		b := setup(t, nil)
		last := goodPassword
		for n := range 7 {
			b.exec("update accounts set must_change = 1 where id = ?", b.budi)
			require.Empty(t, b.change(last, another(n)))
			last = another(n)
		}
		b.exec("update accounts set must_change = 1 where id = ?", b.budi)
		require.Equal(t, []string{"password_reused"}, b.change(last, goodPassword), "six changes ago, and still today's")
	})
	t.Run("a password that grew too old is owed anew, and may not stay", func(t *testing.T) {
		b := setup(t, nil)
		b.wall.pass(88*24*time.Hour - time.Second)
		signed := b.signIn()
		require.False(t, signed.Identity.Account.MustChangePassword)
		b.wall.pass(time.Second)
		require.True(t, b.signIn().Identity.Account.MustChangePassword)
		require.Equal(t, []string{"password_reused"}, b.change(goodPassword, goodPassword))
		require.Equal(t, []string{"password_wrong"}, b.change(otherPassword, another(1)), "the old one is asked for")
		require.Empty(t, b.change(goodPassword, another(1)))
	})
	t.Run("the profile after NIST remembers nothing and lets nothing grow old", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.Policy = models.NISTPolicy() })
		b.wall.pass(1000 * 24 * time.Hour)
		require.False(t, b.signIn().Identity.Account.MustChangePassword)
		require.Empty(t, b.change(goodPassword, another(1)))
		b.wall.pass(25 * time.Hour)
		require.Equal(t, []string{"password_min_length"}, b.change(another(1), goodPassword))
		require.Empty(t, b.change(another(1), another(2)))
		b.wall.pass(25 * time.Hour)
		require.Empty(t, b.change(another(2), another(1)))
	})
}
