package auth

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// temporary mints a temporary password for a pending account as the mail relay does.
func (b *bench) temporary(account string) (TemporaryPasswords, models.Notice, string) {
	b.t.Helper()
	b.link(account, models.CredentialLife)
	minting := TemporaryPasswords{Store: b.store, Passwords: b.hasher}
	n := minting.Reword(models.Notice{ID: "n-" + account, Kind: "credentials", SecretFor: account})
	require.Equal(b.t, "credentials_password", n.Kind)
	minted, err := minting.Mint(b.t.Context(), n)
	require.NoError(b.t, err)
	return minting, n, minted["password"]
}

func TestTemporaryPassword(t *testing.T) {
	open := func(b *bench, password string) (Signed, error) {
		return b.SignIn(b.t.Context(), SignIn{Username: "sari.melati", Password: password, Browser: true, Origin: portal})
	}
	t.Run("it leads to the form for an own one and nowhere else", func(t *testing.T) {
		b := setup(t, nil)
		account := b.account("sari.melati", "")
		_, _, password := b.temporary(account)
		require.Regexp(t, `^Loket(-[a-hjkmnp-z2-9]{4}){4}$`, password)
		signed, err := open(b, password)
		require.NoError(t, err)
		require.Empty(t, signed.Token)
		require.Empty(t, signed.Device)
		require.Empty(t, signed.Identity.Actor.AccountID)
		require.Equal(t, b.wall.Now().Add(30*time.Minute), signed.ChangeExpires)
		require.Zero(t, b.count("select count(*) from sessions"))
		require.Zero(t, b.count("select count(*) from known_devices"))
		_, err = b.Session(t.Context(), signed.Change, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		_, err = b.Bearer(t.Context(), "lkt_"+signed.Change, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)

		_, err = b.SetPassword(t.Context(), signed.Change, "pendek", "pendek", portal)
		require.ErrorIs(t, err, models.ErrInvalid)
		spent, err := b.SetPassword(t.Context(), signed.Change, goodPassword, goodPassword, portal)
		require.NoError(t, err)
		require.Equal(t, account, spent.AccountID)
		_, err = open(b, password)
		require.Equal(t, models.ErrWrongCredentials, err)
		signed, err = open(b, goodPassword)
		require.NoError(t, err)
		require.NotEmpty(t, signed.Token)
		require.Empty(t, signed.Change)
	})
	t.Run("expired, it is answered as a wrong one, after the same work", func(t *testing.T) {
		b := setup(t, nil)
		_, _, password := b.temporary(b.account("sari.melati", ""))
		b.wall.pass(models.TemporaryLife)
		checks := b.hasher.checks.Load()
		_, err := open(b, password)
		require.Equal(t, models.ErrWrongCredentials, err)
		require.Equal(t, checks+1, b.hasher.checks.Load())
		require.Equal(t, 1, b.audited("sign_in", "wrong_credentials"))
	})
	t.Run("guessing at it locks", func(t *testing.T) {
		b := setup(t, nil)
		_, _, password := b.temporary(b.account("sari.melati", ""))
		for range 5 {
			_, err := open(b, "Loket-aaaa-bbbb-cccc-dddd")
			require.Equal(t, models.ErrWrongCredentials, err)
		}
		_, err := open(b, password)
		require.Equal(t, models.ErrWrongCredentials, err)
		b.wall.pass(15 * time.Minute)
		_, err = open(b, password)
		require.NoError(t, err)
	})
	t.Run("sent again, the last one is dead", func(t *testing.T) {
		b := setup(t, nil)
		minting, n, first := b.temporary(b.account("sari.melati", ""))
		minted, err := minting.Mint(t.Context(), n)
		require.NoError(t, err)
		_, err = open(b, first)
		require.Equal(t, models.ErrWrongCredentials, err)
		_, err = open(b, minted["password"])
		require.NoError(t, err)
	})
	t.Run("the reminder bears none", func(t *testing.T) {
		b := setup(t, nil)
		minting, n, password := b.temporary(b.account("sari.melati", ""))
		n.Kind = "credentials_reminder"
		n = minting.Reword(n)
		require.Equal(t, "credentials_password_reminder", n.Kind)
		minted, err := minting.Mint(t.Context(), n)
		require.NoError(t, err)
		require.NotContains(t, minted, "password")
		_, err = open(b, password)
		require.NoError(t, err, "the one that is out still opens the form")
	})
	t.Run("it is kept nowhere, nor is the form's token", func(t *testing.T) {
		b := setup(t, nil)
		_, _, password := b.temporary(b.account("sari.melati", ""))
		signed, err := open(b, password)
		require.NoError(t, err)
		for _, secret := range []string{password, signed.Change} {
			for _, column := range []string{"one_use_links.digest", "notices.data", "audit_entries.became", "audit_entries.was", "audit_entries.object"} {
				table, name, _ := strings.Cut(column, ".")
				require.Zero(t, b.count("select count(*) from "+table+" where "+name+" like ?", "%"+secret+"%"), column)
			}
		}
		require.Equal(t, 1, b.count("select count(*) from one_use_links where purpose = 'temporary_password' and digest like '$argon2id$%'"))
	})
	t.Run("a message without a secret keeps its words", func(t *testing.T) {
		require.Equal(t, "memo_done", TemporaryPasswords{}.Reword(models.Notice{Kind: "memo_done"}).Kind)
	})
	t.Run("nobody gets in by it unaudited", func(t *testing.T) {
		b := setup(t, nil)
		_, _, password := b.temporary(b.account("sari.melati", ""))
		b.breakAudit()
		_, err := open(b, password)
		require.Error(t, err)
		require.Equal(t, 1, b.count("select count(*) from one_use_links where used_at is null and voided_at is null"))
	})
}
