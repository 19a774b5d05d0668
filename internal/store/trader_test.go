package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// trades makes an active trader of a company with that NPWP, and gives them as an actor.
func (b *bundle) trades(username, npwp string, responsible bool) models.Actor {
	b.t.Helper()
	id, err := b.AddTrader(b.t.Context(), models.Actor{}, NewTrader{Company: models.Company{NPWP: npwp, Name: "PT Contoh Niaga", Address: "Jl. Contoh 1, Jakarta", Postcode: "10110", Phone: "021 555 0101"},
		Username: username, Name: "Sari Wibowo", Email: username + "@niaga.example", PasswordHash: "$argon2id$old", Responsible: responsible, Ends: b.wall.Now().Add(models.TraderValidity)})
	require.NoError(b.t, err)
	a, err := b.ActorOf(b.t.Context(), id, b.wall.Now())
	require.NoError(b.t, err)
	a.Origin = models.Origin{Channel: "portal", IP: "198.51.100.7"}
	return a
}

// waiting takes the newest message of a kind to an address out of the outbox.
func (b *bundle) waiting(kind, to string) models.Notice {
	b.t.Helper()
	b.wall.pass(2 * time.Second) // whoever claimed them last is done
	notices, err := b.ClaimNotices(b.t.Context(), 500, time.Second)
	require.NoError(b.t, err)
	for i := len(notices) - 1; i >= 0; i-- {
		if notices[i].Kind == kind && notices[i].To == to {
			require.NoError(b.t, b.NoticeSent(b.t.Context(), notices[i].ID, b.wall.Now()))
			return notices[i]
		}
	}
	require.Fail(b.t, "no such message waits", "%s to %s", kind, to)
	return models.Notice{}
}

// emailToken mints the link of such a message, as the relay does.
func (b *bundle) emailToken(kind, to string) string {
	b.t.Helper()
	minted, err := b.MintEmailLink(b.t.Context(), b.waiting(kind, to))
	require.NoError(b.t, err)
	require.True(b.t, strings.HasPrefix(minted["link"], "https://loket.kem.example/email/"), minted["link"])
	return filepath.Base(minted["link"])
}

// moves takes a trader to another address, and gives the link by which the old one undoes that.
func (b *bundle) moves(a models.Actor, from, to string) string {
	b.t.Helper()
	require.NoError(b.t, b.AskEmailChange(b.t.Context(), a, to))
	require.NoError(b.t, b.ProveEmail(b.t.Context(), b.emailToken(noticeEmailProof, to), models.Origin{}))
	return b.emailToken(noticeEmailUndo, from)
}

func (b *bundle) email(a models.Actor) string {
	b.t.Helper()
	owner, err := b.AccountByID(b.t.Context(), a.AccountID)
	require.NoError(b.t, err)
	return owner.Email
}

func (b *bundle) sound() {
	b.t.Helper()
	found, err := b.SurveySecrets(b.t.Context())
	require.NoError(b.t, err)
	require.Empty(b.t, found.Findings)
}

func TestTraderData(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ctx, boss := t.Context(), b.trades("sari.wibowo", "012345678901000", true)
		other := b.trades("budi.wibowo", "012345678901000", false)
		view, err := b.Company(ctx, other)
		require.NoError(t, err)
		require.Equal(t, boss.Company, view.ID)
		data := view.Data()
		data.Address = "Jl. Baru 2, Bandung"
		require.NoError(t, b.ChangeCompanyData(ctx, boss, data, view.Version))
		t.Run("whoever changes what they have not seen hears who changed it", func(t *testing.T) {
			err := b.ChangeCompanyData(ctx, boss, data, view.Version)
			var p *models.Problem
			require.ErrorAs(t, err, &p)
			require.ErrorIs(t, p, models.ErrStale)
			require.Equal(t, "Sari Wibowo", p.Params["by"])
			again, err := b.Company(ctx, other)
			require.NoError(t, err)
			require.Equal(t, "Jl. Baru 2, Bandung", again.Address)
			require.Equal(t, "Sari Wibowo", again.ChangedBy)
			require.NotNil(t, again.Changed)
		})
		t.Run("of 20 changes at once one counts", func(t *testing.T) {
			now, err := b.Company(ctx, boss)
			require.NoError(t, err)
			won := 0
			for _, err := range atOnce(20, func(n int) error {
				d := now.Data()
				d.EDINumber = strings.Repeat("7", n+1)
				return b.ChangeCompanyData(context.WithoutCancel(ctx), boss, d, now.Version)
			}) {
				if err == nil {
					won++
					continue
				}
				require.ErrorIs(t, err, models.ErrStale)
			}
			require.Equal(t, 1, won)
		})
		t.Run("a profile is its owner's, and nobody's without a company", func(t *testing.T) {
			require.NoError(t, b.SetProfile(ctx, other, models.TraderProfile{Name: "Budi W.", Phone: "0812 555 0102", Locale: "en"}))
			own, err := b.Trader(ctx, other)
			require.NoError(t, err)
			require.Equal(t, "Budi W.", own.Name)
			require.Equal(t, "en", own.Locale)
			require.False(t, own.RenewableNow)
			id, _ := b.forgetful("bukan.pedagang")
			stranger := models.Actor{AccountID: id}
			require.ErrorIs(t, b.SetProfile(ctx, stranger, models.TraderProfile{Name: "X", Locale: "id"}), models.ErrNotFound)
			require.ErrorIs(t, b.AskEmailChange(ctx, stranger, "x@mail.example"), models.ErrNotFound)
			_, err = b.Company(ctx, stranger)
			require.ErrorIs(t, err, models.ErrNotFound)
		})
	})
}

func TestEmailChange(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		a := b.trades("sari.wibowo", "012345678901000", true)
		const first, second, third = "sari.wibowo@niaga.example", "sari@baru.example", "sari@lain.example"
		t.Run("the old address stays until the new one is proven, and hears of it at once", func(t *testing.T) {
			require.NoError(t, b.AskEmailChange(ctx, a, second))
			require.Equal(t, first, b.email(a))
			require.NotContains(t, b.waiting("email_change_asked", first).Data["new_email"], "sari@")
			view, err := b.Trader(ctx, a)
			require.NoError(t, err)
			require.Equal(t, second, view.Awaited.Email)
			token := b.emailToken(noticeEmailProof, second)
			for range 3 {
				link, err := b.EmailLink(ctx, token, false)
				require.NoError(t, err)
				require.Equal(t, second, link.Email)
			}
			_, err = b.EmailLink(ctx, token, true)
			require.ErrorIs(t, err, models.ErrLinkSpent, "a link of another use")
			require.ErrorIs(t, b.UndoEmail(ctx, token, models.Origin{}), models.ErrLinkSpent)
			won := 0
			for _, err := range atOnce(50, func(int) error { return b.ProveEmail(context.WithoutCancel(ctx), token, models.Origin{}) }) {
				if err == nil {
					won++
					continue
				}
				require.ErrorIs(t, err, models.ErrLinkSpent)
			}
			require.Equal(t, 1, won)
			require.Equal(t, second, b.email(a))
		})
		t.Run("the old one takes it back, once however many try, and nothing that was open stays so", func(t *testing.T) {
			undo := b.emailToken(noticeEmailUndo, first)
			link, err := b.EmailLink(ctx, undo, true)
			require.NoError(t, err)
			require.Equal(t, first, link.Email)
			b.opens(a.AccountID)
			_, secret, err := b.CreateToken(ctx, a, "laptop", models.Scopes(), b.wall.Now().Add(time.Hour))
			require.NoError(t, err)
			require.NoError(t, b.sets("insert into second_factors (account_id, agency_id, sealed_by, sealed, created, confirmed) values (?, 'main', 'k', 's', ?, ?)",
				a.AccountID, micro(b.wall.Now()), micro(b.wall.Now())))
			won := 0
			for _, err := range atOnce(50, func(int) error { return b.UndoEmail(context.WithoutCancel(ctx), undo, models.Origin{}) }) {
				if err == nil {
					won++
				}
			}
			require.Equal(t, 1, won)
			owner, err := b.AccountByID(ctx, a.AccountID)
			require.NoError(t, err)
			require.Equal(t, first, owner.Email)
			require.Empty(t, owner.PasswordHash)
			sessions, err := b.Sessions(ctx, a.AccountID)
			require.NoError(t, err)
			require.Empty(t, sessions)
			_, err = b.TokenBySecret(ctx, secret)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			require.Zero(t, b.count("select count(*) from second_factors where account_id = ?", a.AccountID))
			minted, err := b.MintReset(ctx, b.waiting(noticeEmailUndone, first))
			require.NoError(t, err)
			require.NoError(t, b.SpendReset(ctx, filepath.Base(minted["link"]), "$argon2id$own", models.Origin{}))
			b.sound()
		})
		t.Run("a second factor does not outlive it that was there before the change", func(t *testing.T) {
			b.wall.pass(2 * time.Hour)
			now := micro(b.wall.Now())
			require.NoError(t, b.sets("insert into second_factors (account_id, agency_id, sealed_by, sealed, created, confirmed) values (?, 'main', 'k', 's', ?, ?)", a.AccountID, now, now))
			require.NoError(t, b.sets("insert into recovery_codes (id, agency_id, account_id, digest, created) values ('kode', 'main', ?, 'd', ?)", a.AccountID, now))
			require.NoError(t, b.sets("insert into sign_in_challenges (id, agency_id, account_id, digest, password_mark, created, expires) values ('c', 'main', ?, 'd', 'm', ?, ?)",
				a.AccountID, now, now.Add(time.Hour)))
			b.wall.pass(time.Minute)
			require.NoError(t, b.UndoEmail(ctx, b.moves(a, first, second), models.Origin{}))
			for _, table := range []string{"second_factors", "recovery_codes", "sign_in_challenges"} {
				require.Zero(t, b.count("select count(*) from "+table+" where account_id = ?", a.AccountID), table)
			}
			b.sound()
		})
		t.Run("the oldest address within three days takes it back, however often it was changed since", func(t *testing.T) {
			b.wall.pass(2 * time.Hour)
			oldest := b.moves(a, first, second)
			b.wall.pass(2 * time.Hour)
			later := b.moves(a, second, third)
			b.wall.pass(time.Minute)
			require.NoError(t, b.AskEmailChange(ctx, a, "sari@keempat.example"))
			open := b.emailToken(noticeEmailProof, "sari@keempat.example")
			require.NoError(t, b.UndoEmail(ctx, oldest, models.Origin{}))
			require.Equal(t, first, b.email(a))
			require.ErrorIs(t, b.UndoEmail(ctx, later, models.Origin{}), models.ErrLinkSpent)
			require.ErrorIs(t, b.ProveEmail(ctx, open, models.Origin{}), models.ErrLinkSpent)
			b.sound()
			b.wall.pass(2 * time.Hour)
			oldest = b.moves(a, first, second)
			b.wall.pass(2 * time.Hour)
			later = b.moves(a, second, third)
			require.NoError(t, b.UndoEmail(ctx, later, models.Origin{}))
			require.Equal(t, second, b.email(a))
			require.NoError(t, b.UndoEmail(ctx, oldest, models.Origin{}), "whoever had it in between cannot shake the first one off")
			require.Equal(t, first, b.email(a))
			b.sound()
		})
		t.Run("a link to prove lives a day, one to undo three", func(t *testing.T) {
			b.wall.pass(25 * time.Hour)
			require.NoError(t, b.AskEmailChange(ctx, a, second))
			asked := b.wall.Now()
			token := b.emailToken(noticeEmailProof, second)
			b.wall.pass(asked.Add(24*time.Hour - time.Second).Sub(b.wall.Now()))
			_, err := b.EmailLink(ctx, token, false)
			require.NoError(t, err)
			b.wall.pass(time.Second)
			require.ErrorIs(t, b.ProveEmail(ctx, token, models.Origin{}), models.ErrLinkSpent)
			undo := b.moves(a, first, second)
			proven := b.wall.Now().Add(-2 * time.Second)
			b.wall.pass(proven.Add(72*time.Hour - time.Second).Sub(b.wall.Now()))
			_, err = b.EmailLink(ctx, undo, true)
			require.NoError(t, err)
			b.wall.pass(time.Second)
			require.ErrorIs(t, b.UndoEmail(ctx, undo, models.Origin{}), models.ErrLinkSpent)
			require.Equal(t, second, b.email(a))
		})
	})
}

// sets runs a statement that a test needs for want of a method.
func (b *bundle) sets(query string, args ...any) error {
	return b.write.Exec(query, args...).Error
}

func TestEmailChangeRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		a, other := b.trades("sari.wibowo", "012345678901000", true), b.trades("tono.wibowo", "022345678901000", true)
		const own, theirs = "sari.wibowo@niaga.example", "tono.wibowo@niaga.example"
		t.Run("an address of another trader is answered like any other, and told so itself", func(t *testing.T) {
			require.NoError(t, b.AskEmailChange(ctx, a, theirs))
			view, err := b.Trader(ctx, a)
			require.NoError(t, err)
			require.Equal(t, theirs, view.Awaited.Email)
			require.Equal(t, theirs, b.waiting("email_taken", theirs).To)
			require.Equal(t, own, b.waiting("email_change_asked", own).To)
			require.Zero(t, b.count("select count(*) from notices where kind = ?", noticeEmailProof))
		})
		t.Run("one that its owner can still take back counts as theirs", func(t *testing.T) {
			b.moves(other, theirs, "tono@baru.example")
			b.wall.pass(time.Minute)
			require.NoError(t, b.AskEmailChange(ctx, a, theirs))
			require.Equal(t, theirs, b.waiting("email_taken", theirs).To)
		})
		t.Run("of two who prove one address, one has it", func(t *testing.T) {
			b.wall.pass(time.Hour)
			const wanted = "bersama@niaga.example"
			require.NoError(t, b.AskEmailChange(ctx, a, wanted))
			one := b.emailToken(noticeEmailProof, wanted)
			require.NoError(t, b.AskEmailChange(ctx, other, wanted))
			two := b.emailToken(noticeEmailProof, wanted)
			won := 0
			for _, err := range atOnce(2, func(n int) error {
				return b.ProveEmail(context.WithoutCancel(ctx), []string{one, two}[n], models.Origin{})
			}) {
				if err == nil {
					won++
				}
			}
			require.Equal(t, 1, won)
		})
		t.Run("one message a minute, five an hour", func(t *testing.T) {
			c := b.trades("wati.wibowo", "032345678901000", true)
			require.ErrorIs(t, b.AskEmailChange(ctx, c, "wati.wibowo@niaga.example"), models.ErrInvalid)
			for n := range 5 {
				require.NoError(t, b.AskEmailChange(ctx, c, "wati@baru.example"), n)
				require.ErrorIs(t, b.AskEmailChange(ctx, c, "wati@baru.example"), models.ErrTooSoon, n)
				b.wall.pass(time.Minute)
			}
			require.ErrorIs(t, b.AskEmailChange(ctx, c, "wati@baru.example"), models.ErrTooSoon)
		})
		t.Run("a new one voids the last, and so does a new password", func(t *testing.T) {
			c := b.trades("yuni.wibowo", "042345678901000", true)
			require.NoError(t, b.AskEmailChange(ctx, c, "yuni@satu.example"))
			one, waits := b.emailToken(noticeEmailProof, "yuni@satu.example"), b.wall.Now()
			b.wall.pass(time.Minute)
			require.NoError(t, b.AskEmailChange(ctx, c, "yuni@dua.example"))
			require.ErrorIs(t, b.ProveEmail(ctx, one, models.Origin{}), models.ErrLinkSpent, waits)
			two := b.emailToken(noticeEmailProof, "yuni@dua.example")
			b.setPassword(c, PasswordSet{Account: c.AccountID, Hash: "$argon2id$new"})
			require.ErrorIs(t, b.ProveEmail(ctx, two, models.Origin{}), models.ErrLinkSpent)
			b.wall.pass(time.Minute)
			require.NoError(t, b.AskEmailChange(ctx, c, "yuni@tiga.example"))
			late := b.waiting(noticeEmailProof, "yuni@tiga.example")
			b.wall.pass(24 * time.Hour)
			_, err := b.MintEmailLink(ctx, late)
			require.ErrorIs(t, err, ErrTooLate, "a message that waited for a day is of no use")
			require.ErrorIs(t, err, models.ErrLinkSpent)
			b.wall.pass(time.Minute)
			require.NoError(t, b.AskEmailChange(ctx, c, "yuni@empat.example"))
			_, err = b.MintEmailLink(ctx, late)
			require.NotErrorIs(t, err, ErrTooLate, "another change took its place")
		})
		t.Run("unknown links are spent ones", func(t *testing.T) {
			for _, token := range []string{"", "x", newToken()} {
				require.ErrorIs(t, b.ProveEmail(ctx, token, models.Origin{}), models.ErrLinkSpent)
				require.ErrorIs(t, b.UndoEmail(ctx, token, models.Origin{}), models.ErrLinkSpent)
			}
		})
		t.Run("a new password by the new address does not keep the old one from undoing", func(t *testing.T) {
			c := b.trades("zaki.wibowo", "052345678901000", true)
			undo := b.moves(c, "zaki.wibowo@niaga.example", "pencuri@lain.example")
			require.Empty(t, b.asksReset(models.ForgottenForm{Trader: true, Email: "pencuri@lain.example"}))
			require.NoError(t, b.SpendReset(ctx, b.resetToken(c.AccountID), "$argon2id$thief", models.Origin{}))
			b.wall.pass(time.Minute)
			require.Empty(t, b.asksReset(models.ForgottenForm{Trader: true, Email: "pencuri@lain.example"}))
			thiefs := b.waiting(noticeReset, "pencuri@lain.example")
			live, err := b.MintReset(ctx, thiefs)
			require.NoError(t, err)
			require.NoError(t, b.UndoEmail(ctx, undo, models.Origin{}))
			require.ErrorIs(t, b.SpendReset(ctx, filepath.Base(live["link"]), "$argon2id$again", models.Origin{}), models.ErrLinkSpent)
			_, err = b.MintReset(ctx, thiefs)
			require.ErrorIs(t, err, models.ErrLinkSpent, "a message that waited meanwhile")
			require.Equal(t, models.ResetNoTrader, b.asksReset(models.ForgottenForm{Trader: true, Email: "pencuri@lain.example"}))
			b.sound()
		})
	})
}

func TestTraderForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		form := models.ForgottenForm{Trader: true, Email: "sari.wibowo@niaga.example"}
		require.Equal(t, models.ResetNoTrader, b.asksReset(form))
		_, employee := b.forgetful("lupa.sandi")
		require.Equal(t, models.ResetNoTrader, b.asksReset(models.ForgottenForm{Trader: true, Email: employee.Email}), "an employee's address is not enough")
		a := b.trades("sari.wibowo", "012345678901000", true)
		require.Empty(t, b.asksReset(form))
		require.Equal(t, models.ResetTooOften, b.asksReset(form))
		require.NoError(t, b.SpendReset(t.Context(), b.resetToken(a.AccountID), "$argon2id$new", models.Origin{}))
		second := b.trades("budi.wibowo", "012345678901000", false)
		require.NoError(t, b.sets("update accounts set email = ? where id = ?", form.Email, second.AccountID))
		b.wall.pass(time.Hour)
		require.Empty(t, b.asksReset(form))
		for _, id := range []string{a.AccountID, second.AccountID} {
			require.NoError(t, b.SpendReset(t.Context(), b.resetToken(id), "$argon2id$each", models.Origin{}), "each of them is told")
		}
		require.NoError(t, b.sets("update accounts set status = 'disabled' where company_id is not null"))
		b.wall.pass(time.Hour)
		require.Equal(t, models.ResetInactive, b.asksReset(form))
	})
}
