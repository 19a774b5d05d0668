package auth

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestRefusedBearer(t *testing.T) {
	from := func(b *bench, ip, secret string) {
		_, err := b.Bearer(b.t.Context(), secret, models.Origin{Channel: "api", IP: ip, UserAgent: "curl", RequestID: "r-2"})
		require.ErrorIs(b.t, err, models.ErrUnauthenticated)
	}
	const guess = "lkt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	entries := func(b *bench) int { return b.audited("bearer", "unauthenticated") }
	t.Run("one that never was gets an entry without what was sent", func(t *testing.T) {
		b := setup(t, nil)
		from(b, "203.0.113.5", guess)
		require.Equal(t, 1, b.count(`select count(*) from audit_entries where stream = 'system' and action = 'bearer' and outcome = 'unauthenticated'
			and actor = 'system' and object = 'token:unknown' and origin like '%203.0.113.5%' and became = ''`))
		for i, other := range []string{"", "Bearer", "lkt_x", guess + string(make([]byte, 1<<16))} {
			from(b, fmt.Sprintf("203.0.113.%d", 10+i), other)
			require.Equal(t, 2+i, entries(b))
		}
	})
	t.Run("one that was is named: over, revoked, or of somebody who is locked out for good", func(t *testing.T) {
		b := setup(t, nil)
		me := b.signIn().Identity.Actor
		var views []models.TokenView
		var secrets []string
		for _, days := range []int{1, 30, 30} {
			view, secret, err := b.CreateToken(t.Context(), me, "laptop", []models.Scope{models.ScopeRead}, days)
			require.NoError(t, err)
			views, secrets = append(views, view), append(secrets, secret)
		}
		b.wall.pass(24 * time.Hour)
		require.NoError(t, b.RevokeToken(t.Context(), me, views[1].ID))
		_, err := b.Bearer(t.Context(), secrets[2], portal)
		require.NoError(t, err)
		b.exec("update accounts set status = 'disabled' where id = ?", b.budi)
		for i, secret := range secrets {
			from(b, fmt.Sprintf("203.0.113.%d", i), secret)
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'bearer' and object = ?", "token:"+views[i].ID))
		}
	})
	t.Run("an address gets one entry a minute, which counts what came since the last", func(t *testing.T) {
		b := setup(t, nil)
		for range 20 {
			from(b, "203.0.113.5", guess)
			b.wall.pass(2 * time.Second)
		}
		require.Equal(t, 1, entries(b))
		from(b, "203.0.113.6", guess)
		require.Equal(t, 2, entries(b), "another address has its own")
		b.wall.pass(20 * time.Second)
		from(b, "203.0.113.5", guess)
		require.Equal(t, 3, entries(b))
		require.Equal(t, 1, b.count(`select count(*) from audit_entries where action = 'bearer' and became = '{"more_since_last_entry":19}'`))
		b.wall.pass(time.Minute)
		from(b, "203.0.113.5", guess)
		require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'bearer' and became <> ''"), "it counts from anew")
	})
	t.Run("a whole /64 is one address", func(t *testing.T) {
		b := setup(t, nil)
		for i := range 5 {
			from(b, fmt.Sprintf("2001:db8:1:2::%x", i+1), guess)
		}
		from(b, "2001:db8:1:3::1", guess)
		require.Equal(t, 2, entries(b))
	})
	t.Run("a token that opens is no refusal, and a refusal that cannot be written down is an error", func(t *testing.T) {
		b := setup(t, nil)
		_, secret, err := b.CreateToken(t.Context(), b.signIn().Identity.Actor, "laptop", []models.Scope{models.ScopeRead}, 1)
		require.NoError(t, err)
		_, err = b.Bearer(t.Context(), secret, portal)
		require.NoError(t, err)
		require.Zero(t, entries(b))
		b.breakAudit()
		_, err = b.Bearer(t.Context(), guess, portal)
		require.Error(t, err)
		require.NotErrorIs(t, err, models.ErrUnauthenticated)
	})
}

func TestRefusals(t *testing.T) {
	now := time.Date(2026, 11, 2, 2, 0, 0, 0, time.UTC)
	flood := func(r *refusals, at time.Time, n int) (entries, counted int) {
		for i := range n {
			if untold, elsewhere, tell := r.count(at, fmt.Sprintf("203.0.%d.%d", i/256, i%256)); tell {
				entries++
				counted += 1 + untold + elsewhere
			}
		}
		return entries, counted
	}
	t.Run("a flood from everywhere gets 60 entries a minute, and none of it is lost from the count", func(t *testing.T) {
		r := &refusals{heard: map[string]*refused{}}
		sum := 0
		for i := range 3 {
			entries, counted := flood(r, now.Add(time.Duration(i)*refusalEvery), 5000)
			require.Equal(t, refusalMost, entries)
			require.LessOrEqual(t, len(r.heard), 2*refusalMost)
			sum += counted
		}
		_, counted := flood(r, now.Add(2*refusalMemory), 1)
		require.Equal(t, 3*5000+1, sum+counted)
	})
	t.Run("an address that is quiet is forgotten", func(t *testing.T) {
		r := &refusals{heard: map[string]*refused{}}
		flood(r, now, refusalMost)
		r.count(now.Add(refusalEvery), "198.51.100.7")
		require.Len(t, r.heard, 1)
	})
}
