package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/edge"
	"loket/models"
)

func TestSession(t *testing.T) {
	t.Run("it dies after 30 minutes of rest and lives through work", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		for range 4 {
			b.wall.pass(29 * time.Minute)
			who, err := b.Session(t.Context(), signed.Token, portal)
			require.NoError(t, err)
			require.Equal(t, signed.Identity.SessionID, who.SessionID)
			require.Equal(t, b.budi, who.Account.ID)
		}
		b.wall.pass(30 * time.Minute)
		_, err := b.Session(t.Context(), signed.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	t.Run("it ends after 12 hours however busy", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		for range 35 {
			b.wall.pass(20 * time.Minute)
			_, err := b.Session(t.Context(), signed.Token, portal)
			require.NoError(t, err)
		}
		b.wall.pass(20 * time.Minute)
		_, err := b.Session(t.Context(), signed.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	t.Run("what a page does by itself does not keep it alive", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		for range 2 {
			b.wall.pass(14 * time.Minute)
			_, err := b.Session(Quiet(t.Context()), signed.Token, portal)
			require.NoError(t, err)
		}
		b.wall.pass(2 * time.Minute)
		_, err := b.Session(t.Context(), signed.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	t.Run("its last use is written once a minute", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		seen := func() int { return b.count("select count(*) from sessions where last_seen = created") }
		b.wall.pass(59 * time.Second)
		_, err := b.Session(t.Context(), signed.Token, portal)
		require.NoError(t, err)
		require.Equal(t, 1, seen())
		b.wall.pass(2 * time.Second)
		_, err = b.Session(t.Context(), signed.Token, portal)
		require.NoError(t, err)
		require.Zero(t, seen())
	})
	t.Run("an admin's is shorter, from the moment of the appointment", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		b.exec("insert into units (agency_id, code, name, kind, path) values ('main', 'KEM', 'Kementerian Contoh', 'ministry', '/KEM/')")
		_, err := b.store.Grant(t.Context(), models.Actor{AccountID: b.budi}, models.RoleGrant{AccountID: b.budi, Role: models.RoleAdmin, Unit: "KEM", From: b.wall.Now()})
		require.NoError(t, err)
		again := b.signIn()
		require.Equal(t, b.wall.Now().Add(8*time.Hour), again.Identity.Expires)
		b.wall.pass(14 * time.Minute)
		who, err := b.Session(t.Context(), signed.Token, portal)
		require.NoError(t, err)
		require.True(t, who.Actor.Has(models.RoleAdmin))
		require.Equal(t, signed.Identity.Expires.Add(-4*time.Hour), who.Expires)
		b.wall.pass(15 * time.Minute)
		_, err = b.Session(t.Context(), signed.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	t.Run("a disabled account is out at once", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		b.exec("update accounts set status = 'disabled' where id = ?", b.budi)
		_, err := b.Session(t.Context(), signed.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	for name, token := range map[string]string{"nothing": "", "a guess": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a personal token": "lkt_x"} {
		t.Run(name+" is no session", func(t *testing.T) {
			_, err := setup(t, nil).Session(t.Context(), token, portal)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		})
	}
}

func TestSessionList(t *testing.T) {
	b := setup(t, nil)
	first, second, third := b.signIn(), b.signIn(), b.signIn()
	list, err := b.Sessions(t.Context(), second.Identity)
	require.NoError(t, err)
	require.Len(t, list, 3)
	for _, v := range list {
		require.Equal(t, v.ID == second.Identity.SessionID, v.Current)
		require.Equal(t, "198.51.100.7", v.IP)
	}
	t.Run("one that is not theirs is not found", func(t *testing.T) {
		other := Identity{Actor: models.Actor{AccountID: b.account("siti.aminah", goodPassword)}}
		require.ErrorIs(t, b.EndSession(t.Context(), other, first.Identity.SessionID), models.ErrNotFound)
	})
	t.Run("one is ended", func(t *testing.T) {
		require.NoError(t, b.EndSession(t.Context(), second.Identity, first.Identity.SessionID))
		_, err := b.Session(t.Context(), first.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	t.Run("all others are ended", func(t *testing.T) {
		require.NoError(t, b.EndOtherSessions(t.Context(), second.Identity))
		_, err := b.Session(t.Context(), third.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		_, err = b.Session(t.Context(), second.Token, portal)
		require.NoError(t, err)
	})
	t.Run("signing out ends this one, and again is no error", func(t *testing.T) {
		require.NoError(t, b.SignOut(t.Context(), second.Token))
		require.NoError(t, b.SignOut(t.Context(), second.Token))
		_, err := b.Session(t.Context(), second.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		require.Equal(t, 2, b.audited("sign_out", "ok"))
	})
	t.Run("what lies idle is listed as such, until it is over", func(t *testing.T) {
		b.signIn()
		b.wall.pass(30 * time.Minute)
		who := b.signIn().Identity
		list, err := b.Sessions(t.Context(), who)
		require.NoError(t, err)
		require.Len(t, list, 2)
		for _, v := range list {
			require.Equal(t, v.ID != who.SessionID, v.Idle)
		}
		b.wall.pass(12*time.Hour - 30*time.Minute)
		list, err = b.Sessions(t.Context(), who)
		require.NoError(t, err)
		require.Len(t, list, 1)
	})
}

func TestTokens(t *testing.T) {
	b := setup(t, nil)
	me := b.signIn().Identity.Actor
	view, secret, err := b.CreateToken(t.Context(), me, " laptop ", []models.Scope{models.ScopeWrite, models.ScopeRead, models.ScopeRead}, 30)
	require.NoError(t, err)
	t.Run("its secret is known by its beginning and kept nowhere", func(t *testing.T) {
		require.Regexp(t, `^lkt_[A-Za-z0-9_-]{43}$`, secret)
		require.Equal(t, "laptop", view.Name)
		require.Equal(t, []models.Scope{models.ScopeRead, models.ScopeWrite}, view.Scopes)
		require.Equal(t, b.wall.Now().Add(30*24*time.Hour), view.Expires)
		require.Zero(t, b.count("select count(*) from personal_tokens where digest like ?", "%"+secret[4:]+"%"))
		require.Zero(t, b.count("select count(*) from audit_entries where became like ?", "%"+secret[4:]+"%"))
	})
	t.Run("it speaks for its owner within its scopes", func(t *testing.T) {
		who, err := b.Bearer(t.Context(), secret, models.Origin{Channel: "api"})
		require.NoError(t, err)
		require.Equal(t, b.budi, who.Actor.AccountID)
		require.Equal(t, view.Scopes, who.Scopes)
		require.Empty(t, who.SessionID)
		require.Equal(t, 1, b.count("select count(*) from personal_tokens where last_used is not null"))
	})
	for name, bad := range map[string]string{"nothing": "", "another": "lkt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "without its beginning": secret[4:], "longer": secret + "x", "endless": secret + string(make([]byte, 1<<16))} {
		t.Run(name+" is no token", func(t *testing.T) {
			_, err := b.Bearer(t.Context(), bad, portal)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		})
	}
	t.Run("the account's rate holds for all of its tokens together", func(t *testing.T) {
		b.cfg.Requests = edge.NewLimiter(120, time.Minute, b.wall.Now)
		_, second, err := b.CreateToken(t.Context(), me, "server", []models.Scope{models.ScopeRead}, 1)
		require.NoError(t, err)
		for range 60 {
			for _, s := range []string{secret, second} {
				_, err := b.Bearer(t.Context(), s, portal)
				require.NoError(t, err)
			}
		}
		_, err = b.Bearer(t.Context(), second, portal)
		require.ErrorIs(t, err, models.ErrTooMany)
		b.cfg.Requests = nil
	})
	t.Run("nobody else can revoke it, its owner can", func(t *testing.T) {
		require.ErrorIs(t, b.RevokeToken(t.Context(), models.Actor{AccountID: "somebody"}, view.ID), models.ErrNotFound)
		require.NoError(t, b.RevokeToken(t.Context(), me, view.ID))
		_, err := b.Bearer(t.Context(), secret, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		require.ErrorIs(t, b.RevokeToken(t.Context(), me, view.ID), models.ErrNotFound)
	})
	t.Run("it ends on its day", func(t *testing.T) {
		_, short, err := b.CreateToken(t.Context(), me, "short", []models.Scope{models.ScopeRead}, 1)
		require.NoError(t, err)
		b.wall.pass(24*time.Hour - time.Second)
		_, err = b.Bearer(t.Context(), short, portal)
		require.NoError(t, err)
		b.wall.pass(time.Second)
		_, err = b.Bearer(t.Context(), short, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	t.Run("all that is wrong with a wish is told at once", func(t *testing.T) {
		_, _, err := b.CreateToken(t.Context(), me, " ", []models.Scope{"everything"}, 366)
		require.Equal(t, models.Invalid(models.Fault("name", "required"), models.Fault("scopes", "choice_unknown"),
			models.Fault("days", "number_too_large", "max", "365")), err)
		_, _, err = b.CreateToken(t.Context(), me, "a\x00b", nil, 0)
		require.Equal(t, models.Invalid(models.Fault("name", "text_unseen_characters"), models.Fault("scopes", "required"),
			models.Fault("days", "number_too_small", "min", "1")), err)
	})
}
