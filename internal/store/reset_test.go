package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// forgetful makes an active account of somebody of the registry, and gives the form by which they are known.
func (b *bundle) forgetful(username string) (string, models.ForgottenForm) {
	b.t.Helper()
	var e employeeRow
	require.NoError(b.t, b.reader(b.t.Context()).Where("external_email <> '' and employment_type = 'pns' and status = 'active' and id not in (select employee_id from accounts where employee_id is not null)").
		Order("nip").Take(&e).Error)
	id, err := b.CreateAccount(b.t.Context(), models.Actor{}, NewAccount{Username: username, NIP: *e.NIP, PasswordHash: "$argon2id$old"})
	require.NoError(b.t, err)
	return id, models.ForgottenForm{Username: username, NIK: e.NIK, BirthPlace: e.BirthPlace, BirthDate: e.BirthDate, Email: e.ExternalEmail}
}

// asksReset sends a form and has somebody look at it; it gives what the look came to.
func (b *bundle) asksReset(form models.ForgottenForm) string {
	b.t.Helper()
	nonce := newToken()
	require.NoError(b.t, b.AskReset(b.t.Context(), ResetRequest{Form: form, Lang: "id", Nonce: nonce, NonceExpires: b.wall.Now().Add(time.Hour), Origin: models.Origin{Channel: "portal"}}))
	n, err := b.LookAtResets(b.t.Context(), 10)
	require.NoError(b.t, err)
	require.Equal(b.t, 1, n)
	var row resetRow
	require.NoError(b.t, b.reader(b.t.Context()).Order("created desc, id desc").Take(&row).Error)
	require.Empty(b.t, row.Form, "what was typed is gone")
	return row.Outcome
}

// resetToken mints the link of the message that waits, as the relay does.
func (b *bundle) resetToken(accountID string) string {
	b.t.Helper()
	b.wall.pass(2 * time.Second) // whoever claimed them last is done
	notices, err := b.ClaimNotices(b.t.Context(), 100, time.Second)
	require.NoError(b.t, err)
	for i := len(notices) - 1; i >= 0; i-- {
		if BearsReset(notices[i]) && notices[i].SecretFor == accountID {
			minted, err := b.MintReset(b.t.Context(), notices[i])
			require.NoError(b.t, err)
			require.Contains(b.t, minted["link"], "https://loket.kem.example/reset/")
			require.NoError(b.t, b.NoticeSent(b.t.Context(), notices[i].ID, b.wall.Now()))
			return filepath.Base(minted["link"])
		}
	}
	b.t.Fatal("no message with a link waits")
	return ""
}

func TestForgottenPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, form := b.forgetful("lupa.sandi")
		queued := func() int64 {
			var n int64
			require.NoError(t, b.reader(t.Context()).Model(&noticeRow{}).Where("kind = ?", noticeReset).Count(&n).Error)
			return n
		}
		t.Run("a form that is not right in every part gets no message", func(t *testing.T) {
			for want, change := range map[string]func(*models.ForgottenForm){
				models.ResetUnknown: func(f *models.ForgottenForm) { f.Username = "tidak.ada" },
				models.ResetNIK:     func(f *models.ForgottenForm) { f.NIK = "1111111111111111" },
				models.ResetBirth:   func(f *models.ForgottenForm) { f.BirthDate = "1900-01-01" },
				models.ResetEmail:   func(f *models.ForgottenForm) { f.Email = "pencuri@mail.example" },
			} {
				wrong := form
				change(&wrong)
				require.Equal(t, want, b.asksReset(wrong))
			}
			for _, status := range []string{AccountDisabled, AccountPending} {
				require.NoError(t, b.write.Exec("update accounts set status = ? where id = ?", status, id).Error)
				require.Equal(t, models.ResetInactive, b.asksReset(form))
			}
			require.NoError(t, b.write.Exec("update accounts set status = 'active' where id = ?", id).Error)
			require.Zero(t, queued())
		})
		t.Run("a proof is of use once", func(t *testing.T) {
			in := ResetRequest{Form: models.ForgottenForm{Username: "tidak.ada"}, Lang: "id", Nonce: "n", NonceExpires: b.wall.Now().Add(time.Hour)}
			require.NoError(t, b.AskReset(t.Context(), in))
			require.ErrorIs(t, b.AskReset(t.Context(), in), models.ErrDuplicate)
			_, err := b.LookAtResets(t.Context(), 10)
			require.NoError(t, err)
		})
		t.Run("a right one gets a link, as often as that may be", func(t *testing.T) {
			require.Empty(t, b.asksReset(form))
			require.Equal(t, models.ResetTooOften, b.asksReset(form))
			for range 4 {
				b.wall.pass(61 * time.Second)
				require.Empty(t, b.asksReset(form))
			}
			b.wall.pass(61 * time.Second)
			require.Equal(t, models.ResetTooOften, b.asksReset(form), "five an hour")
			require.EqualValues(t, 5, queued())
		})
		t.Run("two processes that look at once send one message", func(t *testing.T) {
			b.wall.pass(time.Hour)
			require.NoError(t, b.AskReset(t.Context(), ResetRequest{Form: form, Lang: "id", Nonce: "two", NonceExpires: b.wall.Now().Add(time.Hour)}))
			var work sync.WaitGroup
			for range 8 {
				work.Go(func() { _, err := b.LookAtResets(context.WithoutCancel(t.Context()), 10); require.NoError(t, err) })
			}
			work.Wait()
			require.EqualValues(t, 6, queued())
		})
		t.Run("a new link kills the last one, and one of another purpose opens nothing here", func(t *testing.T) {
			first := b.resetToken(id)
			second := b.resetToken(id)
			_, err := b.ResetInfo(t.Context(), first)
			require.ErrorIs(t, err, models.ErrLinkSpent)
			info, err := b.ResetInfo(t.Context(), second)
			require.NoError(t, err)
			require.Equal(t, "lupa.sandi", info.Username)
			_, err = b.LinkInfo(t.Context(), second)
			require.ErrorIs(t, err, models.ErrLinkSpent)
			_, err = b.SpendLink(t.Context(), second, "$argon2id$x", models.Origin{})
			require.ErrorIs(t, err, models.ErrLinkSpent)
			_, notice := b.credentials()
			minted, err := b.Mint(t.Context(), notice)
			require.NoError(t, err)
			require.ErrorIs(t, b.SpendReset(t.Context(), filepath.Base(minted["link"]), "$argon2id$x", models.Origin{}), models.ErrLinkSpent)
		})
		t.Run("200 wrong ones at once spend nothing, and of 50 right ones one counts", func(t *testing.T) {
			token := b.resetToken(id)
			b.opens(id)
			_, _, err := b.CreateToken(t.Context(), models.Actor{AccountID: id}, "laptop", models.Scopes(), b.wall.Now().Add(time.Hour))
			require.NoError(t, err)
			require.NoError(t, b.write.Exec("update accounts set locked_until = ?, lock_count = 1 where id = ?", b.wall.Now().Add(time.Hour), id).Error)
			var work sync.WaitGroup
			var won, lost atomic.Int64
			for n := range 200 {
				work.Go(func() {
					if b.SpendReset(context.WithoutCancel(t.Context()), fmt.Sprint(token[:20], n), "$argon2id$thief", models.Origin{}) != nil {
						lost.Add(1)
					}
				})
			}
			for n := range 50 {
				work.Go(func() {
					if b.SpendReset(context.WithoutCancel(t.Context()), token, fmt.Sprint("$argon2id$own", n), models.Origin{IP: "198.51.100.7"}) == nil {
						won.Add(1)
					}
				})
			}
			work.Wait()
			require.EqualValues(t, 1, won.Load())
			require.EqualValues(t, 200, lost.Load())
			owner, err := b.AccountByID(t.Context(), id)
			require.NoError(t, err)
			require.Contains(t, owner.PasswordHash, "$argon2id$own")
			require.Nil(t, owner.LockedUntil, "the lock is lifted")
			sessions, err := b.Sessions(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, sessions, "no session is left")
			tokens, err := b.Tokens(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, tokens, "nor a token")
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'password_changed' and account_id = ? and data like '%\"tokens\":\"1\"%'", id))
			var told int64
			require.NoError(t, b.reader(t.Context()).Model(&noticeRow{}).Where("kind = 'password_changed' and account_id = ?", id).Count(&told).Error)
			require.EqualValues(t, 1, told)
		})
		t.Run("a message that waited while the password was replaced is of no use", func(t *testing.T) {
			b.wall.pass(2 * time.Second)
			notices, err := b.ClaimNotices(t.Context(), 100, time.Second)
			require.NoError(t, err)
			stale := 0
			for _, n := range notices {
				if BearsReset(n) {
					_, err := b.MintReset(t.Context(), n)
					require.ErrorIs(t, err, models.ErrLinkSpent)
					stale++
				}
			}
			require.Positive(t, stale)
		})
		t.Run("a link is over after an hour", func(t *testing.T) {
			b.wall.pass(25 * time.Hour)
			require.Empty(t, b.asksReset(form))
			token := b.resetToken(id)
			b.wall.pass(time.Hour - time.Second)
			_, err := b.ResetInfo(t.Context(), token)
			require.NoError(t, err)
			b.wall.pass(time.Second)
			_, err = b.ResetInfo(t.Context(), token)
			require.ErrorIs(t, err, models.ErrLinkSpent)
			require.ErrorIs(t, b.SpendReset(t.Context(), token, "$argon2id$x", models.Origin{}), models.ErrLinkSpent)
		})
	})
}

// opens signs an account in somewhere.
func (b *bundle) opens(id string) {
	b.t.Helper()
	_, err := b.CreateSession(b.t.Context(), models.Actor{AccountID: id, Origin: models.Origin{Channel: "portal"}}, NewSession{Expires: b.wall.Now().Add(time.Hour)})
	require.NoError(b.t, err)
}

func TestHelpedReset(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, form := b.forgetful("lupa.sandi")
		helper, _ := b.forgetful("meja.layanan")
		a := models.Actor{Agency: models.DefaultAgency, AccountID: helper, Origin: models.Origin{Channel: "portal"}}
		found, err := b.FindAccounts(t.Context(), models.DefaultAgency, " Lupa.Sandi ")
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, form.Email[:1]+"***", found[0].Email[:4])
		none, err := b.FindAccounts(t.Context(), models.DefaultAgency, "%")
		require.NoError(t, err)
		require.Empty(t, none, "a sign of the database's own finds nobody")
		require.NoError(t, b.ResetFor(t.Context(), a, id, "KTP asli dan kartu pegawai"))
		require.ErrorIs(t, b.ResetFor(t.Context(), a, id, "KTP asli dan kartu pegawai"), models.ErrTooSoon)
		require.ErrorIs(t, b.ResetFor(t.Context(), a, "nobody", "KTP asli"), models.ErrNotFound)
		token := b.resetToken(id)
		require.NoError(t, b.SpendReset(t.Context(), token, "$argon2id$new", models.Origin{}))
		require.NoError(t, b.write.Exec("update accounts set status = ? where id = ?", AccountDisabled, id).Error)
		b.wall.pass(time.Hour)
		require.ErrorIs(t, b.ResetFor(t.Context(), a, id, "KTP asli dan kartu pegawai"), models.ErrNotNow)
		var entry auditRow
		require.NoError(t, b.reader(t.Context()).Where("action = 'password_reset_helped'").Take(&entry).Error)
		require.Contains(t, entry.Became, "KTP asli dan kartu pegawai")
		require.Equal(t, helper, entry.Actor)
	})
}

func TestPasswordAges(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, _ := b.forgetful("lupa.ganti")
		policy, day := models.AgencyPolicy(), 24*time.Hour
		tell := func() int {
			var told atomic.Int64
			var work sync.WaitGroup
			for range 4 {
				work.Go(func() {
					n, err := b.TellPasswordAges(context.WithoutCancel(t.Context()), policy, 100)
					require.NoError(t, err)
					told.Add(int64(n))
				})
			}
			work.Wait()
			return int(told.Load())
		}
		for _, step := range []struct {
			pass time.Duration
			told int
		}{{75 * day, 0}, {day, 1}, {6 * day, 0}, {day, 1}, {6 * day, 1}, {day - time.Second, 0}, {time.Second, 0}} {
			b.wall.pass(step.pass)
			require.Equal(t, step.told, tell())
			require.Zero(t, tell(), "nobody is told twice")
		}
		var notices []noticeRow
		require.NoError(t, b.reader(t.Context()).Where("kind = 'password_ending'").Order("created").Find(&notices).Error)
		require.Len(t, notices, 3)
		for i, left := range []string{`"left":"14"`, `"left":"7"`, `"left":"1"`} {
			require.Contains(t, notices[i].Data, left)
		}
		b.setPassword(models.Actor{AccountID: id}, PasswordSet{Account: id, Hash: "$argon2id$new"})
		b.wall.pass(76 * day)
		require.Equal(t, 1, tell(), "a new password begins anew")
		n, err := b.TellPasswordAges(t.Context(), models.NISTPolicy(), 100)
		require.NoError(t, err)
		require.Zero(t, n)
	})
}
