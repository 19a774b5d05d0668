package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func oldTraders() []models.TraderRow {
	return []models.TraderRow{
		{Line: 2, NPWP: "012345678901000", Company: "PT Sumber Rezeki", Name: "Rina Sari", Username: "rina", Email: "rina@niaga.example", Phone: "021 555 0101", Responsible: true},
		{Line: 3, NPWP: "012345678901000", Company: "PT Sumber Rezeki", Name: "Rina", Email: "rina2@niaga.example"},
		{Line: 4, NPWP: "0019999999901000", Company: "CV Laut Biru", Name: "Made Surya", Email: "made@niaga.example", Ends: models.DateOf(testNow()).AddDays(10)},
	}
}

func TestImportTraders(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		admin := b.holder(models.RoleAdmin, "")
		people := func() int { return b.count("select count(*) from accounts where company_id is not null") }
		t.Run("a dry run counts and keeps nothing", func(t *testing.T) {
			got, err := b.ImportTraders(b.ctx(), admin, oldTraders(), true, nil)
			require.NoError(t, err)
			require.Equal(t, TraderImport{Companies: ImportCount{Added: 2}, People: ImportCount{Added: 3}, Unanswered: 1}, got)
			require.Zero(t, people())
			require.Zero(t, b.count("select count(*) from companies"))
		})
		t.Run("companies and accounts are made, pending, and nobody is written to", func(t *testing.T) {
			_, err := b.ImportTraders(b.ctx(), admin, oldTraders(), false, nil)
			require.NoError(t, err)
			require.Equal(t, 3, b.count("select count(*) from accounts where company_id is not null and status = 'pending' and password_hash = ''"))
			require.Zero(t, b.count("select count(*) from notices"))
			rina, err := b.AccountByUsername(b.ctx(), models.DefaultAgency, "rina")
			require.NoError(t, err)
			require.True(t, rina.Responsible)
			require.Equal(t, "021 555 0101", rina.Phone)
			require.Equal(t, b.wall.Now().Add(models.TraderValidity), rina.EndsAt.UTC())
			_, err = b.AccountByUsername(b.ctx(), models.DefaultAgency, "rina2")
			require.NoError(t, err, "the name of another line is left to it")
			made, err := b.AccountByUsername(b.ctx(), models.DefaultAgency, "made.surya")
			require.NoError(t, err)
			require.Equal(t, "2026-12-03T17:00:00Z", made.EndsAt.UTC().Format(time.RFC3339), "the last day is part of the term")
		})
		t.Run("the same list makes nothing twice, whichever form its numbers have", func(t *testing.T) {
			rows := oldTraders()
			rows[0].NPWP = "0012345678901000"
			faults, err := b.TraderFaults(b.ctx(), models.DefaultAgency, rows)
			require.NoError(t, err)
			require.Empty(t, faults)
			got, err := b.ImportTraders(b.ctx(), admin, rows, false, nil)
			require.NoError(t, err)
			require.Equal(t, TraderImport{Companies: ImportCount{Unchanged: 2}, People: ImportCount{Unchanged: 3}, Unanswered: 1}, got)
			require.Equal(t, 3, people())
		})
		t.Run("what does not go with the accounts that are there is told by its line", func(t *testing.T) {
			faults, err := b.TraderFaults(b.ctx(), models.DefaultAgency, []models.TraderRow{
				{Line: 2, NPWP: "019999999901000", Name: "Rina", Email: "rina@niaga.example"},
				{Line: 3, NPWP: "012345678901000", Name: "Rina", Email: "rina@niaga.example", Username: "rina.lain"},
				{Line: 4, NPWP: "012345678901000", Name: "Rini", Email: "rini@niaga.example", Username: "rina"}})
			require.NoError(t, err)
			var got []string
			for _, f := range faults {
				got = append(got, fmt.Sprint(f.Line, " ", f.Field, " ", f.Code))
			}
			require.Equal(t, []string{"2 email email_taken", "3 username username_differs", "4 username username_taken"}, got)
		})
	})
}

func TestOldAccounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		_, err := b.ImportTraders(b.ctx(), b.holder(models.RoleAdmin, ""), oldTraders(), false, nil)
		require.NoError(t, err)
		asked := 0
		ask := func(npwp, email string) string {
			asked++
			form, faults := models.ParseOldAccountForm(models.OldAccountForm{NPWP: npwp, Email: email})
			require.Empty(t, faults)
			in := OldAccountRequest{Form: form, Lang: "id", Nonce: fmt.Sprint("n", asked), NonceExpires: b.wall.Now().Add(time.Hour)}
			require.NoError(t, b.AskOldAccount(b.ctx(), in))
			require.ErrorIs(t, b.AskOldAccount(b.ctx(), in), models.ErrDuplicate, "a proof is of use once")
			n, err := b.LookAtOldAccounts(b.ctx(), 10)
			require.NoError(t, err)
			require.Equal(t, 1, n)
			var row []oldAccountRow
			require.NoError(t, b.read.Order("created desc, id desc").Limit(1).Find(&row).Error)
			require.Empty(t, row[0].Form, "what was typed is gone")
			return row[0].Outcome
		}
		links := func() map[string]string {
			notices, err := b.ClaimNotices(b.ctx(), 100, time.Second)
			require.NoError(t, err)
			var link map[string]string
			for _, n := range notices {
				if n.Kind == noticeOld {
					link, err = b.Mint(b.ctx(), n)
					require.NoError(t, err)
				}
				require.NoError(t, b.NoticeSent(b.ctx(), n.ID, b.wall.Now()))
			}
			return link
		}
		t.Run("who gives what is on record gets a link, in either form of the number", func(t *testing.T) {
			require.Empty(t, ask("00.123.456.7-890.1000", "RINA@niaga.example"))
			b.wall.pass(2 * time.Second)
			link := links()
			require.NotNil(t, link)
			until, err := time.Parse(time.RFC3339, link["valid_until"])
			require.NoError(t, err)
			require.WithinDuration(t, b.caseNow().Add(models.InvitationLife), until, 5*time.Second)
		})
		t.Run("who does not gets none, and the trail alone says why", func(t *testing.T) {
			require.Equal(t, models.OldAccountUnknown, ask("012345678901000", "orang@niaga.example"))
			require.Equal(t, models.OldAccountUnknown, ask("019999999901000", "rina@niaga.example"))
			require.Nil(t, links())
			require.Equal(t, 3, b.count("select count(*) from audit_entries where action = 'old_account_looked'"))
		})
		t.Run("once a minute, 5 an hour and 12 a day", func(t *testing.T) {
			require.Equal(t, models.OldAccountTooOften, ask("012345678901000", "rina@niaga.example"))
			sent := 1
			for range 24 * 4 {
				b.wall.pass(15 * time.Minute)
				if ask("012345678901000", "rina@niaga.example") == "" {
					sent++
				}
			}
			require.LessOrEqual(t, sent, 13)
			require.GreaterOrEqual(t, sent, 12)
		})
		t.Run("a lapsed link is replaced by another, and who has a password is told where to ask", func(t *testing.T) {
			links()
			b.wall.pass(80 * time.Hour)
			require.Empty(t, ask("012345678901000", "rina@niaga.example"))
			b.wall.pass(2 * time.Second)
			_, err := b.SpendLink(b.ctx(), tokenOf(t, links()), "hash", models.Origin{})
			require.NoError(t, err)
			b.wall.pass(2 * time.Minute)
			require.Equal(t, models.OldAccountActive, ask("012345678901000", "rina@niaga.example"))
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'trader_known' and secret_for is null"))
			b.tamper("update accounts set status = 'disabled' where username = 'rina'")
			b.wall.pass(2 * time.Minute)
			require.Equal(t, models.OldAccountClosed, ask("012345678901000", "rina@niaga.example"))
		})
		t.Run("old requests are forgotten", func(t *testing.T) {
			b.wall.pass(91 * 24 * time.Hour)
			require.NoError(t, b.SweepOldAccounts(b.ctx()))
			require.Zero(t, b.count("select count(*) from old_account_requests"))
		})
	})
}

// TestOldAccountAtOtherDoors has the owner of an imported account, which has no password yet, come where people register, and
// others ask for the address.
func TestOldAccountAtOtherDoors(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		_, err := b.ImportTraders(b.ctx(), b.holder(models.RoleAdmin, ""), oldTraders(), false, nil)
		require.NoError(t, err)
		way := b.publicURL + "/activate-trader"
		t.Run("who registers is told how to come by a password", func(t *testing.T) {
			_, turned := b.registers("rina@niaga.example")
			require.Equal(t, models.RegisteredAccount, turned)
			told := b.waiting("registration_waiting", "rina@niaga.example")
			require.Equal(t, []string{"rina", way}, []string{told.Data["username"], told.Data["link"]})
			require.Zero(t, b.count("select count(*) from notices where kind = 'registration_known'"))
			require.Zero(t, b.count("select count(*) from notifications"), "the portal tells of no case that is not theirs")
		})
		t.Run("so is who is invited by another company, within the pace of messages", func(t *testing.T) {
			f := b.firm("076543210901000", 1, 1)
			rina := models.Colleague{Name: "Rina Sari", Email: "rina@niaga.example"}
			require.NoError(t, b.InviteColleague(b.ctx(), f.people[0], f.id, rina))
			require.Equal(t, way, b.waiting("email_waiting", "rina@niaga.example").Data["link"])
			require.ErrorIs(t, b.InviteColleague(b.ctx(), f.people[0], f.id, rina), models.ErrTooSoon)
		})
		t.Run("and who forgot a password that never was", func(t *testing.T) {
			form := models.ForgottenForm{Trader: true, Email: "rina@niaga.example"}
			require.Equal(t, models.ResetInactive, b.asksReset(form))
			require.Equal(t, way, b.waiting("trader_waiting", "rina@niaga.example").Data["link"])
			require.Equal(t, models.ResetInactive, b.asksReset(form), "within the pace of messages")
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'trader_waiting'"))
		})
		t.Run("who has a password is told to sign in", func(t *testing.T) {
			b.tamper("update accounts set status = 'active', password_hash = 'set' where username = 'rina'")
			b.wall.pass(2 * time.Minute)
			_, turned := b.registers("rina@niaga.example")
			require.Equal(t, models.RegisteredAccount, turned)
			require.Equal(t, b.publicURL+"/sign-in", b.waiting("registration_known", "rina@niaga.example").Data["link"])
		})
	})
}
