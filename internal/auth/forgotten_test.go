package auth

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/captcha"
	"loket/internal/store"
	"loket/models"
)

// forgets asks for a link as budi would, with what is changed.
func (b *bench) forgets(change func(*Forgotten)) error {
	b.t.Helper()
	work, err := captcha.Solve(b.Challenge(b.t.Context()))
	require.NoError(b.t, err)
	in := Forgotten{Form: models.ForgottenForm{Username: "budi.santoso", NIK: "3174012309910001", BirthPlace: "Bandung", BirthDate: "1991-09-23",
		Email: "budi.santoso@kem.example"}, Proof: HumanProof{Work: work}, Origin: portal}
	if change != nil {
		change(&in)
	}
	return b.ForgotPassword(b.t.Context(), in)
}

// resetLink has somebody look at the requests, and gives the link of the message that came of it, "" for none.
func (b *bench) resetLink() string {
	b.t.Helper()
	_, err := b.store.LookAtResets(b.t.Context(), 100)
	require.NoError(b.t, err)
	b.wall.pass(2 * time.Second)
	notices, err := b.store.ClaimNotices(b.t.Context(), 100, time.Second)
	require.NoError(b.t, err)
	link := ""
	for _, n := range notices {
		if store.BearsReset(n) {
			minted, err := b.store.MintReset(b.t.Context(), n)
			require.NoError(b.t, err)
			link = filepath.Base(minted["link"])
			require.NoError(b.t, b.store.NoticeSent(b.t.Context(), n.ID, b.wall.Now()))
		}
	}
	return link
}

func (b *bench) knownByNIK() {
	b.exec("update accounts set nik = '3174012309910001' where id = ?", b.budi)
}

func TestForgotPassword(t *testing.T) {
	t.Run("known, unknown, wrong, inactive and locked are answered alike, and the right one alone gets a link", func(t *testing.T) {
		for name, change := range map[string]func(*bench, *Forgotten){
			"unknown":  func(_ *bench, in *Forgotten) { in.Form.Username = "tidak.ada" },
			"wrong":    func(_ *bench, in *Forgotten) { in.Form.NIK = "3174012309910002" },
			"inactive": func(b *bench, _ *Forgotten) { b.exec("update accounts set status = 'disabled' where id = ?", b.budi) },
			"":         func(*bench, *Forgotten) {},
			"locked, which changes nothing": func(b *bench, _ *Forgotten) {
				b.exec("update accounts set locked_until = ?, lock_count = 1 where id = ?", b.wall.Now().Add(time.Hour), b.budi)
			},
		} {
			b := setup(t, nil)
			b.knownByNIK()
			require.NoError(t, b.forgets(func(in *Forgotten) { change(b, in) }), name)
			sent := b.resetLink() != ""
			require.Equal(t, name == "" || name == "locked, which changes nothing", sent, name)
			require.Equal(t, 1, b.audited("password_reset_asked", "ok"))
			require.Equal(t, 1, b.audited("password_reset_looked", "ok"))
		}
	})
	t.Run("a machine gets nowhere, nor a proof that was used", func(t *testing.T) {
		b := setup(t, nil)
		work, err := captcha.Solve(b.Challenge(t.Context()))
		require.NoError(t, err)
		with := func(p HumanProof) error { return b.forgets(func(in *Forgotten) { in.Proof = p }) }
		require.ErrorContains(t, with(HumanProof{}), "captcha_needed")
		require.ErrorContains(t, with(HumanProof{Work: "bm8="}), "captcha_over")
		require.ErrorContains(t, with(HumanProof{Question: b.Question(t.Context()).Token, Answer: "1"}), "captcha_wrong")
		require.NoError(t, with(HumanProof{Work: work}))
		require.ErrorContains(t, with(HumanProof{Work: work}), "captcha_over")
		q := b.Question(t.Context())
		answer := HumanProof{Question: q.Token, Answer: string(rune('0'+(q.A+q.B)/10)) + string(rune('0'+(q.A+q.B)%10))}
		require.NoError(t, with(answer))
		require.ErrorContains(t, with(answer), "captcha_over")
		require.Equal(t, 5, b.audited("password_reset_asked", "invalid"))
	})
	t.Run("checking a form uses up no proof", func(t *testing.T) {
		b := setup(t, nil)
		work, err := captcha.Solve(b.Challenge(t.Context()))
		require.NoError(t, err)
		err = b.CheckForgotten(t.Context(), Forgotten{Proof: HumanProof{Work: work}})
		require.ErrorContains(t, err, "username: required")
		require.NoError(t, b.forgets(func(in *Forgotten) { in.Proof.Work = work }))
	})
	t.Run("an unaudited request is not kept", func(t *testing.T) {
		b := setup(t, nil)
		b.breakAudit()
		require.Error(t, b.forgets(nil))
		require.Zero(t, b.count("select count(*) from password_resets"))
	})
}

func TestResetPassword(t *testing.T) {
	const fresh = "Soto*Lamongan*7*Enak"
	reset := func(b *bench, token string, in NewPassword) error {
		return b.ResetPassword(t.Context(), token, in, portal)
	}
	t.Run("it works while sign-in is locked, and opens it again; every session ends and the owner is told", func(t *testing.T) {
		b := setup(t, nil)
		b.knownByNIK()
		signed := b.signIn()
		for range 6 {
			require.ErrorIs(t, b.try("wrong"), models.ErrWrongCredentials)
		}
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials, "locked")
		require.NoError(t, b.forgets(nil))
		link := b.resetLink()
		require.NoError(t, reset(b, link, NewPassword{fresh, fresh, true}))
		_, err := b.Session(t.Context(), signed.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		require.NoError(t, b.try(fresh))
		require.Equal(t, 1, b.count("select count(*) from notices where kind = 'password_changed'"))
		require.ErrorIs(t, reset(b, link, NewPassword{otherPassword, otherPassword, true}), models.ErrLinkSpent, "used once")
	})
	t.Run("a password that is refused, or of which its owner is not sure, does not spend the link", func(t *testing.T) {
		b := setup(t, nil)
		b.knownByNIK()
		require.NoError(t, b.forgets(nil))
		link := b.resetLink()
		for want, in := range map[string]NewPassword{"sure: sure_needed": {fresh, fresh, false}, "again: password_again": {fresh, fresh + "x", true},
			"password: password_reused": {goodPassword, goodPassword, true}, "password: password_lower": {"XX", "XX", true}} {
			require.ErrorContains(t, reset(b, link, in), want)
		}
		require.NoError(t, reset(b, link, NewPassword{fresh, fresh, true}))
	})
	t.Run("the day after a reset no other change is made by free will, but a reset is", func(t *testing.T) {
		b := setup(t, nil)
		b.knownByNIK()
		require.NoError(t, b.forgets(nil))
		require.NoError(t, reset(b, b.resetLink(), NewPassword{fresh, fresh, true}))
		require.Equal(t, []string{"password_too_soon"}, b.change(fresh, otherPassword))
		b.wall.pass(2 * time.Minute)
		require.NoError(t, b.forgets(nil))
		link := b.resetLink()
		require.ErrorContains(t, reset(b, link, NewPassword{goodPassword, goodPassword, true}), "password_reused")
		require.NoError(t, reset(b, link, NewPassword{otherPassword, otherPassword, true}))
	})
	t.Run("links that are none are refused alike, and written down", func(t *testing.T) {
		b := setup(t, nil)
		pending := b.account("citra.lestari", "")
		for _, token := range []string{"", "x", b.link(pending, time.Hour), string(make([]byte, 4000))} {
			err := reset(b, token, NewPassword{fresh, fresh, true})
			require.True(t, errors.Is(err, models.ErrLinkSpent), "%v", err)
		}
		require.Equal(t, 4, b.audited("password_reset", "link_spent"))
	})
}
