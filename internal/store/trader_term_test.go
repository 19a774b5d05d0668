package store

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestTerm(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ctx, day := t.Context(), 24*time.Hour
		a := b.trades("sari.wibowo", "012345678901000", true)
		ends := *b.account(a).EndsAt
		company, err := b.Company(ctx, a)
		require.NoError(t, err)
		right := Renewal{Version: company.Version}
		keep := func() (told, closed int) {
			var n, m atomic.Int64
			for _, err := range atOnce(4, func(int) error {
				done, err := b.KeepTerms(context.WithoutCancel(ctx), 10)
				n.Add(int64(done.Told))
				m.Add(int64(done.Closed))
				return err
			}) {
				require.NoError(t, err)
			}
			return int(n.Load()), int(m.Load())
		}
		at := func(when time.Time) { b.wall.pass(when.Sub(b.wall.Now())) }
		ended := func() bool {
			_, view, err := b.Identity(ctx, a.AccountID, b.wall.Now())
			require.NoError(t, err)
			return view.Ended
		}
		t.Run("it is renewed from 30 days before its end, without losing what is left", func(t *testing.T) {
			at(ends.Add(-30*day - time.Second))
			_, err := b.Renew(ctx, a, right)
			require.ErrorIs(t, err, models.ErrNotNow)
			told, _ := keep()
			require.Zero(t, told)
			at(ends.Add(-30 * day))
			told, _ = keep()
			require.Equal(t, 1, told)
			stale := right
			stale.Version++
			_, err = b.Renew(ctx, a, stale)
			require.ErrorIs(t, err, models.ErrStale)
			won := 0
			for _, err := range atOnce(20, func(int) error { _, err := b.Renew(context.WithoutCancel(ctx), a, right); return err }) {
				if err == nil {
					won++
				}
			}
			require.Equal(t, 1, won)
			ends = ends.Add(models.TraderValidity)
			require.True(t, ends.Equal(*b.account(a).EndsAt))
		})
		t.Run("its owner is told 30, 14, 7 and 1 days before, and on the day", func(t *testing.T) {
			for _, days := range []int{30, 14, 7, 1, 0} {
				before := ends.Add(-time.Duration(days) * day)
				at(before.Add(-time.Second))
				told, _ := keep()
				require.Zero(t, told, "%d", days)
				require.False(t, ended())
				at(before)
				told, _ = keep()
				require.Equal(t, 1, told, "%d", days)
				told, _ = keep()
				require.Zero(t, told, "nobody is told twice")
			}
			require.True(t, ended())
			require.Equal(t, 5, b.count("select count(*) from notices where kind = 'account_ending'"), "one of the year before")
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'account_ended'"))
		})
		t.Run("a day that was missed is made up for by the nearest notice alone", func(t *testing.T) {
			other := b.trades("budi.wibowo", "022345678901000", true)
			require.NoError(t, b.sets("update accounts set ends_at = ? where id = ?", micro(b.wall.Now().Add(5*day)), other.AccountID))
			told, _ := keep()
			require.Equal(t, 1, told)
			require.Equal(t, 7, *b.account(other).EndNoticed)
			require.NoError(t, b.sets("update accounts set ends_at = ? where id = ?", micro(b.wall.Now().Add(400*day)), other.AccountID))
		})
		t.Run("it is renewed until 30 days after its end, from that moment on, with what has to be corrected", func(t *testing.T) {
			at(ends.Add(30*day - time.Second))
			_, closed := keep()
			require.Zero(t, closed)
			data := company.Data()
			data.Postcode = "40111"
			term, err := b.Renew(ctx, a, Renewal{Data: &data, Version: company.Version})
			require.NoError(t, err)
			require.False(t, ended())
			require.True(t, term.Ends.Equal(micro(b.wall.Now().Add(models.TraderValidity))))
			company, err = b.Company(ctx, a)
			require.NoError(t, err)
			require.Equal(t, "40111", company.Postcode)
			ends = *term.Ends
		})
		t.Run("30 days after its end it is closed, with whatever opened it", func(t *testing.T) {
			at(ends.Add(30 * day))
			b.opens(a.AccountID)
			_, secret, err := b.CreateToken(ctx, a, "laptop", models.Scopes(), b.wall.Now().Add(time.Hour))
			require.NoError(t, err)
			_, err = b.Renew(ctx, a, Renewal{Version: company.Version})
			require.ErrorIs(t, err, models.ErrNotNow)
			survey, err := b.SurveyTerms(ctx, b.wall.Now().Add(time.Second))
			require.NoError(t, err)
			require.Len(t, survey.Findings, 1)
			_, closed := keep()
			require.Equal(t, 1, closed)
			_, closed = keep()
			require.Zero(t, closed)
			_, _, err = b.Identity(ctx, a.AccountID, b.wall.Now())
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			_, err = b.TokenBySecret(ctx, secret)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			require.Zero(t, b.count("select count(*) from sessions where account_id = ?", a.AccountID))
			require.Equal(t, "sari.wibowo@niaga.example", b.waiting("account_closed", "sari.wibowo@niaga.example").To)
			survey, err = b.SurveyTerms(ctx, b.wall.Now().Add(time.Second))
			require.NoError(t, err)
			require.Empty(t, survey.Findings)
		})
	})
}

// TestTermOfOneWhoCameBack closes a colleague who was told of the end, and opens the account again.
func TestTermOfOneWhoCameBack(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ctx, day := t.Context(), 24*time.Hour
		f := b.firm("012345678901000", 3, 1)
		boss, back, after := f.people[0], f.people[1], f.people[2]
		now := b.wall.Now()
		for id, left := range map[string]time.Duration{boss.AccountID: 100 * day, back.AccountID: 25 * day, after.AccountID: 26 * day} {
			require.NoError(t, b.sets("update accounts set ends_at = ? where id = ?", micro(now.Add(left)), id))
		}
		done, err := b.KeepTerms(ctx, 10)
		require.NoError(t, err)
		require.Equal(t, 2, done.Told)
		require.NoError(t, b.sets("update accounts set password_hash = ? where id = ?", "$argon2id$kept", back.AccountID))
		comesBack := func() {
			require.NoError(t, b.CloseColleague(ctx, boss, f.change(1)))
			require.NoError(t, b.ReopenColleague(ctx, boss, f.change(1)))
			require.NoError(t, b.sets("update accounts set status = ? where id = ?", AccountActive, back.AccountID))
		}
		t.Run("is told the same end once", func(t *testing.T) {
			comesBack()
			require.Equal(t, []string{"$argon2id$kept"}, b.earlier(back.AccountID), "the password cannot come back with it")
			require.Equal(t, 30, *b.account(back).EndNoticed)
			done, err := b.KeepTerms(ctx, 10)
			require.NoError(t, err)
			require.Zero(t, done.Told)
		})
		t.Run("one that fails keeps nobody else from their news", func(t *testing.T) {
			b.tamper("update accounts set end_noticed = null where company_id = ?", f.id)
			b.tamper("delete from notices where kind = 'account_ending' and account_id = ?", after.AccountID)
			done, err := b.KeepTerms(ctx, 10)
			require.ErrorContains(t, err, "tell that an account ends")
			require.Equal(t, 1, done.Told)
			require.Equal(t, 30, *b.account(after).EndNoticed)
		})
		t.Run("another end is told anew", func(t *testing.T) {
			b.wall.pass(models.ResendPause)
			require.NoError(t, b.CloseColleague(ctx, boss, f.change(1)))
			b.tamper("update accounts set ends_at = ?, end_noticed = 0 where id = ?", micro(now.Add(-day)), back.AccountID)
			require.NoError(t, b.ReopenColleague(ctx, boss, f.change(1)))
			require.Nil(t, b.account(back).EndNoticed)
		})
	})
}

// TestWhatATermTakesAway has an account that its end closed come back with nothing of what it had.
func TestWhatATermTakesAway(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		f := b.firm("012345678901000", 2, 2)
		boss, over := f.people[0], f.people[1]
		require.NoError(t, b.SetAreas(ctx, boss, f.change(1), sends(models.AreaRush)))
		b.tamper("insert into second_factors (account_id, agency_id, sealed_by, sealed, created, confirmed) values (?, ?, '', '', ?, ?)",
			over.AccountID, models.DefaultAgency, b.caseNow(), b.caseNow())
		b.tamper("update accounts set ends_at = ? where id = ?", micro(b.wall.Now().Add(-models.RenewalAfter)), over.AccountID)
		had := f.person(1).Version
		done, err := b.KeepTerms(ctx, 10)
		require.NoError(t, err)
		require.Equal(t, 1, done.Closed)
		require.Equal(t, had+1, f.person(1).Version)
		require.NoError(t, b.ReopenColleague(ctx, boss, f.change(1)))
		require.False(t, f.person(1).Responsible)
		require.Empty(t, f.person(1).Areas)
		require.Empty(t, b.account(over).PasswordHash)
		require.Equal(t, []string{"hash"}, b.earlier(over.AccountID), "which cannot come back with it")
		require.Zero(t, b.count("select count(*) from company_areas where account_id = ?", over.AccountID))
		require.Zero(t, b.count("select count(*) from second_factors where account_id = ?", over.AccountID))
	})
}

// TestEndedTraderHasNoTokens has what a session opened open nothing from the end of its account on, until that is renewed.
func TestEndedTraderHasNoTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		require.NoError(t, b.SaveApplication(ctx, b.holder(models.RoleAdmin, ""), meetings()))
		a := b.trades("sari.wibowo", "012345678901000", true)
		company, err := b.Company(ctx, a)
		require.NoError(t, err)
		far := b.wall.Now().Add(10 * models.TraderValidity)
		in, err := b.CreateSession(ctx, a, NewSession{Expires: far})
		require.NoError(t, err)
		g := OpenIDGrant{ID: newID(), Application: "jadwal", SessionID: in.Session.ID, Expires: far}
		kinds := []string{"code", "access", "refresh"}
		var tokens []OpenIDToken
		for _, kind := range kinds {
			tokens = append(tokens, OpenIDToken{Kind: kind, Name: "of-" + kind, GrantID: g.ID, Body: "{}", Expires: far})
		}
		require.NoError(t, b.OpenGrant(ctx, a, g, tokens, ""))
		live := func() (list []bool) {
			for _, kind := range kinds {
				found, err := b.OpenIDFind(ctx, models.DefaultAgency, kind, "of-"+kind)
				require.NoError(t, err)
				list = append(list, found.Live)
			}
			return list
		}
		b.wall.pass(b.account(a).EndsAt.Add(-time.Second).Sub(b.wall.Now()))
		require.Equal(t, []bool{true, true, true}, live())
		b.wall.pass(time.Second)
		require.Equal(t, []bool{false, false, false}, live())
		_, err = b.Renew(ctx, a, Renewal{Version: company.Version})
		require.NoError(t, err)
		require.Equal(t, []bool{true, true, true}, live())
	})
}

func (b *bundle) account(a models.Actor) Account {
	b.t.Helper()
	owner, err := b.AccountByID(b.t.Context(), a.AccountID)
	require.NoError(b.t, err)
	return owner
}
