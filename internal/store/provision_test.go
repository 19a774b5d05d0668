package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestProvisionRows(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		rows := recap(t, "recap-clean.csv")[:6]
		known := b.employee(rows[5].NIP)
		namesake, stranger := rows[0], models.RecapRow{NIK: "3174010101900001", Name: rows[0].Name, UnitCode: "KEM.1.2",
			ContractStart: "2026-01-01", ContractEnd: "2026-12-31", ExternalEmail: "orang.baru@mail.example"}
		rows = append(rows, stranger)
		id := b.memo(sender, "KEM.1.2", rows)
		b.accepted(id, sender)
		before := b.count("select count(*) from accounts")

		t.Run("everybody gets one account and one message, however often it runs", func(t *testing.T) {
			for range 3 {
				for _, err := range atOnce(4, func(int) error {
					_, err := b.ProvisionRows(b.ctx(), id, 1, 50, b.caseNow())
					return err
				}) {
					require.NoError(t, err)
				}
			}
			require.Equal(t, before+len(rows)-1, b.count("select count(*) from accounts"))
			require.Equal(t, len(rows)-1, b.count("select count(*) from notices where kind = 'credentials' and secret_for = account_id"))
			require.Equal(t, len(rows), b.count("select count(*) from account_applications where application = 'flexiwork'"))
			n, err := b.OpenCredentials(b.ctx(), id)
			require.NoError(t, err)
			require.Equal(t, len(rows)-1, n)
		})
		t.Run("whoever has an account gets access on it at once", func(t *testing.T) {
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'credentials_access' and account_id = ?", known.AccountID))
			require.Equal(t, 1, b.count("select count(*) from memo_rows where case_id = ? and account_id = ? and state = 'activated'", id, known.AccountID))
		})
		t.Run("two people of one name have two usernames", func(t *testing.T) {
			var names []string
			require.NoError(t, b.read.Raw("select username from accounts where name = ? order by username", namesake.Name).Scan(&names).Error)
			require.Len(t, names, 2)
			base := models.UsernameCandidates(namesake.Name)[0]
			require.Equal(t, []string{base, models.WithNumber(base, 2)}, names)
		})
		t.Run("nobody without a verdict and nobody rejected gets one", func(t *testing.T) {
			id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[6:8])
			c := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
			c = b.follow(c, models.EventRows, models.StatusProvisioning)
			c.Rows = []models.RowDecision{{No: 1, Reason: "Bukan pegawai unit."}}
			b.record(c)
			n, err := b.ProvisionRows(b.ctx(), id, 1, 50, b.caseNow())
			require.NoError(t, err)
			require.Zero(t, n)
		})
		t.Run("a second memo about a stranger adds to the account of the first", func(t *testing.T) {
			d := draftOf("KEM.1.2", []models.RecapRow{stranger})
			d.Kind = models.MemoSSOActivation
			id, err := b.CreateDraft(b.ctx(), sender, "", d, b.caseNow())
			require.NoError(t, err)
			b.accepted(id, sender)
			n, err := b.ProvisionRows(b.ctx(), id, 1, 1, b.caseNow())
			require.NoError(t, err)
			require.Equal(t, 1, n)
			require.Equal(t, 1, b.count("select count(*) from accounts where nik = ?", stranger.NIK))
		})
	})
}

// TestNamesakes has memos about people of one name come through at the same moment.
func TestNamesakes(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		const memos, people = 8, 12
		sender := b.holder(models.RoleHead, "KEM.1.2")
		var ids []string
		for m := range memos {
			var rows []models.RecapRow
			for n := range people {
				rows = append(rows, models.RecapRow{NIK: fmt.Sprintf("3174010101%06d", m*people+n+1), Name: []string{"Sri Ayu", "Budi", "Sri Ayu Budi"}[n%3],
					UnitCode: "KEM.1.2", ContractStart: "2026-01-01", ContractEnd: "2026-12-31", ExternalEmail: fmt.Sprintf("orang%d.%d@mail.example", m, n)})
			}
			id := b.memo(sender, "KEM.1.2", rows)
			b.accepted(id, sender)
			ids = append(ids, id)
		}
		for try := range memos { // a chunk that loses every time is begun anew, as an activity is
			var lost int
			for _, err := range atOnce(memos, func(m int) error {
				_, err := b.ProvisionRows(b.ctx(), ids[m], 1, people, b.caseNow())
				return err
			}) {
				if err != nil {
					require.ErrorIs(t, err, errNamesTaken)
					lost++
				}
			}
			if lost == 0 {
				break
			}
			require.Less(t, try, memos-1)
		}
		require.Equal(t, memos*people, b.count("select count(distinct username) from accounts where nik like '3174010101%'"))
		require.Equal(t, memos*people, b.count("select count(*) from notices n join accounts a on a.id = n.account_id where n.kind = 'credentials' and n.data like '%\"' || a.username || '\"%'"))
		require.Equal(t, memos*people, b.count("select count(*) from memo_rows r join accounts a on a.id = r.account_id where a.nik = r.nik and r.state = 'provisioned'"))
	})
}

// credentials provisions a memo about one person and gives its notice.
func (b *bundle) credentials() (caseID string, n models.Notice) {
	b.t.Helper()
	sender := b.holder(models.RoleHead, "KEM.1.2")
	caseID = b.memo(sender, "KEM.1.2", recap(b.t, "recap-clean.csv")[:1])
	last := b.accepted(caseID, sender)
	_, err := b.ProvisionRows(b.ctx(), caseID, 1, 50, b.caseNow())
	require.NoError(b.t, err)
	b.record(b.follow(last, models.EventProvision, models.StatusActivation))
	var row noticeRow
	require.NoError(b.t, b.read.Where("case_id = ? and kind = 'credentials'", caseID).Take(&row).Error)
	n, err = row.notice()
	require.NoError(b.t, err)
	return caseID, n
}

func TestLinks(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, notice := b.credentials()
		origin := models.Origin{Channel: "portal", IP: "192.0.2.9"}
		first, err := b.Mint(b.ctx(), notice)
		require.NoError(t, err)
		require.NoError(t, b.NoticeSent(b.ctx(), notice.ID, b.wall.Now()))
		b.wall.pass(time.Hour)
		link, err := b.Mint(b.ctx(), notice)
		require.NoError(t, err)
		token := tokenOf(t, link)

		t.Run("a resent message kills the first link and lives no longer", func(t *testing.T) {
			_, err := b.LinkInfo(b.ctx(), tokenOf(t, first))
			require.ErrorIs(t, err, models.ErrLinkSpent)
			require.Equal(t, first["valid_until"], link["valid_until"])
			require.Equal(t, 1, b.count("select count(*) from one_use_links where used_at is null and voided_at is null"))
		})
		t.Run("looking does not spend", func(t *testing.T) {
			for range 2 {
				info, err := b.LinkInfo(b.ctx(), token)
				require.NoError(t, err)
				require.Equal(t, notice.SecretFor, info.AccountID)
			}
		})
		t.Run("the token is kept nowhere", func(t *testing.T) {
			require.Zero(t, b.count("select count(*) from one_use_links where digest = ?", token))
			require.Zero(t, b.count("select count(*) from notices where data like ?", "%"+token+"%"))
		})
		t.Run("of fifty who spend it at once one succeeds", func(t *testing.T) {
			version := b.count("select version from cases where id = ?", id)
			spent := make([]Spent, 50)
			won := 0
			for i, err := range atOnce(50, func(i int) error {
				var err error
				spent[i], err = b.SpendLink(b.ctx(), token, "hash", origin)
				return err
			}) {
				if err == nil {
					won++
					require.Equal(t, Spent{AccountID: notice.SecretFor, Finished: []string{id}}, spent[i])
					continue
				}
				require.ErrorIs(t, err, models.ErrLinkSpent)
			}
			require.Equal(t, 1, won)
			account, err := b.AccountByID(b.ctx(), notice.SecretFor)
			require.NoError(t, err)
			require.Equal(t, AccountActive, account.Status)
			require.Equal(t, version+1, b.count("select version from cases where id = ?", id))
			require.Equal(t, 1, b.count("select count(*) from memo_rows where case_id = ? and state = 'activated'", id))
		})
		t.Run("a message to somebody who has a password bears no link", func(t *testing.T) {
			_, err := b.Mint(b.ctx(), notice)
			require.ErrorIs(t, err, models.ErrLinkSpent)
			require.NotErrorIs(t, err, ErrTooLate)
			b.wall.pass(models.CredentialLife)
			_, err = b.Mint(b.ctx(), notice)
			require.NotErrorIs(t, err, ErrTooLate, "they have done without it")
		})
	})
}

func TestLapsing(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, notice := b.credentials()
		link, err := b.Mint(b.ctx(), notice)
		require.NoError(t, err)
		require.NoError(t, b.NoticeSent(b.ctx(), notice.ID, b.wall.Now()))
		events, err := b.Events(b.ctx(), id)
		require.NoError(t, err)
		last := events[len(events)-1]

		t.Run("a reminder bears a link of its own that lives no longer", func(t *testing.T) {
			b.wall.pass(models.CredentialNote)
			c := b.follow(last, models.EventCredential, models.StatusActivation)
			c.Notices = []models.NoticeSpec{{Kind: "credentials_reminder", To: models.Recipient{Rows: models.RowProvisioned}}}
			last = b.record(c).Change
			var row noticeRow
			require.NoError(t, b.read.Where("kind = 'credentials_reminder'").Take(&row).Error)
			reminder, err := row.notice()
			require.NoError(t, err)
			again, err := b.Mint(b.ctx(), reminder)
			require.NoError(t, err)
			require.Equal(t, link["valid_until"], again["valid_until"])
			link = again
		})
		t.Run("a link that was never used opens nothing and its sender learns whose it was", func(t *testing.T) {
			b.wall.pass(models.CredentialLife - models.CredentialNote)
			c := b.follow(last, models.EventLapsed, models.StatusDone)
			c.Move = &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}
			c.Notices = []models.NoticeSpec{{Kind: "credentials_lapsed", To: models.Recipient{Account: c.After.Sender}}}
			b.record(c)
			_, err := b.SpendLink(b.ctx(), tokenOf(t, link), "hash", models.Origin{})
			require.ErrorIs(t, err, models.ErrLinkSpent)
			var row noticeRow
			require.NoError(t, b.read.Where("kind = 'credentials_lapsed'").Take(&row).Error)
			n, err := row.notice()
			require.NoError(t, err)
			require.Equal(t, recap(t, "recap-clean.csv")[0].Name, n.Data["person"])
			view, err := b.Memo(b.ctx(), id)
			require.NoError(t, err)
			require.Equal(t, 1, view.Rows.Lapsed)
			require.NotNil(t, view.Closed)
		})
	})
}

func TestExpiredLink(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		_, notice := b.credentials()
		link, err := b.Mint(b.ctx(), notice)
		require.NoError(t, err)
		require.NoError(t, b.NoticeSent(b.ctx(), notice.ID, b.wall.Now()))
		b.wall.pass(models.CredentialLife + time.Second)
		_, err = b.SpendLink(b.ctx(), tokenOf(t, link), "hash", models.Origin{})
		require.ErrorIs(t, err, models.ErrLinkSpent)
		_, err = b.Mint(b.ctx(), notice)
		require.ErrorIs(t, err, ErrTooLate)
		require.ErrorIs(t, err, models.ErrLinkSpent)
	})
}

// TestMailAwayForDays: a person's time begins when the message with their link first leaves.
func TestMailAwayForDays(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, notice := b.credentials()
		events, err := b.Events(b.ctx(), id)
		require.NoError(t, err)
		last := events[len(events)-1]
		lapse := func() string {
			c := b.follow(last, models.EventLapsed, models.StatusActivation)
			c.EventID, c.Move = "lapse-"+b.caseNow().String(), &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}
			last = b.record(c).Change
			var states []string
			require.NoError(t, b.read.Raw("select state from memo_rows where case_id = ?", id).Scan(&states).Error)
			return states[0]
		}
		next := func() time.Time {
			links, err := b.Links(b.ctx(), id, b.caseNow())
			require.NoError(t, err)
			return links.Next().UTC()
		}
		overdue := func() bool {
			found, err := b.SurveyDue(b.ctx(), b.caseNow())
			require.NoError(t, err)
			return slices.ContainsFunc(found.Findings, func(f Finding) bool { return strings.Contains(f.What, "links") })
		}
		at := b.caseNow()
		require.Equal(t, at.Add(models.CredentialNote), next(), "when they are to be reminded, if the message leaves now")
		b.wall.pass(models.CredentialNote)
		require.Equal(t, at.Add(models.CredentialLife), next(), "nobody is reminded of what they were not sent")
		b.wall.pass(models.CredentialLife - models.CredentialNote + time.Hour)
		require.Equal(t, at.Add(2*models.CredentialLife-models.CredentialNote), next())
		require.False(t, overdue(), "its time has yet to begin")
		remind := b.follow(last, models.EventCredential, models.StatusActivation)
		remind.Notices = []models.NoticeSpec{{Kind: "credentials_reminder", To: models.Recipient{Rows: models.RowProvisioned}}}
		last = b.record(remind).Change
		require.Zero(t, b.count("select count(*) from notices where case_id = ? and kind = 'credentials_reminder'", id))
		require.Zero(t, b.count("select count(*) from memo_rows where case_id = ? and reminded is not null", id))
		require.Equal(t, "provisioned", lapse())

		link, err := b.Mint(b.ctx(), notice)
		require.NoError(t, err)
		require.NoError(t, b.NoticeSent(b.ctx(), notice.ID, b.wall.Now()))
		left := b.caseNow()
		require.Equal(t, left.Add(models.CredentialLife).Format(time.RFC3339), link["valid_until"])
		require.Equal(t, left.Add(models.CredentialNote), next())
		b.wall.pass(models.CredentialLife - time.Second)
		_, err = b.LinkInfo(b.ctx(), tokenOf(t, link))
		require.NoError(t, err)
		b.wall.pass(time.Second + time.Millisecond)
		require.True(t, overdue())
		require.Equal(t, "lapsed", lapse())
	})
}

// TestMailAwayForGood: what never leaves holds a memo up until the relay has given up, and no longer.
func TestMailAwayForGood(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, notice := b.credentials()
		events, err := b.Events(b.ctx(), id)
		require.NoError(t, err)
		b.wall.pass(2 * models.CredentialLife)
		c := b.follow(events[len(events)-1], models.EventLapsed, models.StatusActivation)
		c.Move = &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}
		b.record(c)
		require.Equal(t, 1, b.count("select count(*) from memo_rows where case_id = ? and state = 'lapsed'", id))
		_, err = b.Mint(b.ctx(), notice)
		require.ErrorIs(t, err, ErrTooLate, "its sender knows, and may send another")
	})
}

func TestOutbox(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		_, notice := b.credentials()
		claim := func() []models.Notice {
			list, err := b.ClaimNotices(b.ctx(), 100, time.Minute)
			require.NoError(t, err)
			return list
		}
		queued := b.count("select count(*) from notices where state = 'queued'")

		t.Run("of relays that claim at once each message is taken once", func(t *testing.T) {
			taken := make(chan string, 100)
			for _, err := range atOnce(8, func(int) error {
				list, err := b.ClaimNotices(b.ctx(), 2, time.Minute)
				for _, n := range list {
					taken <- n.ID
				}
				return err
			}) {
				require.NoError(t, err)
			}
			close(taken)
			seen := map[string]bool{}
			for id := range taken {
				require.False(t, seen[id])
				seen[id] = true
			}
			require.Len(t, append(claim(), make([]models.Notice, len(seen))...), queued)
		})
		t.Run("what a dead relay held is claimed again under the same Message-ID", func(t *testing.T) {
			require.Empty(t, claim())
			b.wall.pass(2 * time.Minute)
			list := claim()
			require.Len(t, list, queued)
			for _, n := range list {
				require.Equal(t, 2, n.Attempts)
				require.NotContains(t, n.Data["link"], "//memos")
				if n.ID == notice.ID {
					require.Equal(t, notice.MessageID, n.MessageID)
				}
			}
		})
		t.Run("what is sent stays sent, what failed for good is shown to support and can be sent again", func(t *testing.T) {
			b.wall.pass(2 * time.Minute)
			for _, n := range claim() {
				if n.ID != notice.ID {
					require.NoError(t, b.NoticeSent(b.ctx(), n.ID, b.wallNow()))
				}
			}
			require.NoError(t, b.NoticeFailed(b.ctx(), notice.ID, true, "550 no such user", time.Time{}))
			b.wall.pass(time.Hour)
			require.Empty(t, claim())
			failed, err := b.FailedNotices(b.ctx(), models.DefaultAgency, models.PageQuery{})
			require.NoError(t, err)
			require.Len(t, failed.Items, 1)
			require.Regexp(t, `^.\*\*\*@mail\.example$`, failed.Items[0].To)
			require.NoError(t, b.ResendNotice(b.ctx(), models.Actor{}, notice.ID))
			require.Len(t, claim(), 1)
			require.ErrorIs(t, b.ResendNotice(b.ctx(), models.Actor{}, notice.ID), models.ErrNotFound)
		})
		t.Run("a passing failure waits until its time", func(t *testing.T) {
			require.NoError(t, b.NoticeFailed(b.ctx(), notice.ID, false, "451 later", b.wallNow().Add(time.Hour)))
			require.Empty(t, claim())
			b.wall.pass(time.Hour)
			require.Len(t, claim(), 1)
		})
	})
}

func TestDrafts(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		head := b.holder(models.RoleHead, "KEM.1.2")
		rows := recap(t, "recap-clean.csv")
		id, err := b.CreateDraft(b.ctx(), head, "0198f0c8-0000-7000-8000-000000000001", draftOf("KEM.1.2", rows), b.caseNow())
		require.NoError(t, err)

		t.Run("the same id converges on one draft", func(t *testing.T) {
			for _, err := range atOnce(8, func(int) error {
				again, err := b.CreateDraft(b.ctx(), head, id, draftOf("KEM.1.2", rows), b.caseNow())
				return errors.Join(err, differ(again, id))
			}) {
				require.NoError(t, err)
			}
			require.Equal(t, 1, b.count("select count(*) from cases"))
		})
		t.Run("what was written is read back", func(t *testing.T) {
			draft, err := b.DraftOf(b.ctx(), id)
			require.NoError(t, err)
			require.Equal(t, draftOf("KEM.1.2", rows), draft)
		})
		t.Run("of two who save the second learns that it is stale", func(t *testing.T) {
			changed := draftOf("KEM.1.2", rows[:3])
			require.NoError(t, b.SaveDraft(b.ctx(), head, id, changed, 1))
			require.ErrorIs(t, b.SaveDraft(b.ctx(), head, id, changed, 1), models.ErrStale)
			c, err := b.Case(b.ctx(), models.DefaultAgency, id)
			require.NoError(t, err)
			require.Equal(t, 3, c.RowsOpen)
			require.Equal(t, 1, c.Seq)
			require.Equal(t, models.DraftCandidates(models.MemoFlexiwork, "KEM.1.2"), c.Candidates)
		})
		t.Run("a draft saved without rows keeps its list, and an empty list empties it", func(t *testing.T) {
			changed := draftOf("KEM.1.2", nil)
			changed.Subject = "Akun pegawai, diperbaiki"
			require.NoError(t, b.SaveDraft(b.ctx(), head, id, models.NormalizeMemo(changed), 0))
			kept, err := b.DraftOf(b.ctx(), id)
			require.NoError(t, err)
			require.Equal(t, changed.Subject, kept.Subject)
			require.Equal(t, rows[:3], kept.Rows)
			changed.Rows = []models.RecapRow{}
			require.NoError(t, b.SaveDraft(b.ctx(), head, id, models.NormalizeMemo(changed), 0))
			emptied, err := b.DraftOf(b.ctx(), id)
			require.NoError(t, err)
			require.Empty(t, emptied.Rows)
		})
		t.Run("a unit that does not exist is named", func(t *testing.T) {
			err := b.SaveDraft(b.ctx(), head, id, draftOf("NOWHERE", rows), 0)
			require.ErrorIs(t, err, models.ErrInvalid)
			require.ErrorContains(t, err, "unit_unknown")
		})
		t.Run("a discarded draft is neither saved nor discarded again", func(t *testing.T) {
			require.NoError(t, b.DiscardDraft(b.ctx(), head, id))
			require.ErrorIs(t, b.SaveDraft(b.ctx(), head, id, draftOf("KEM.1.2", rows), 0), models.ErrNotNow)
			require.ErrorIs(t, b.DiscardDraft(b.ctx(), head, id), models.ErrNotNow)
		})
		t.Run("another agency does not see it", func(t *testing.T) {
			_, err := b.Case(b.ctx(), "other", id)
			require.ErrorIs(t, err, models.ErrNotFound)
		})
	})
}

func differ(a, b string) error {
	if a != b {
		return errors.New(a + " is not " + b)
	}
	return nil
}

func TestAClosedAccountIsReopenedWhereTheMemoSays(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		_, first := b.credentials()
		owner := first.SecretFor
		b.tamper("update accounts set status = 'disabled', email = 'stranger@mail.example' where id = ?", owner)
		b.tamper("insert into known_devices (id, agency_id, digest, account_id, created, expires) values ('d', 'main', 'd', ?, ?, ?)", owner, b.caseNow(), b.caseNow())

		sender := b.holder(models.RoleHead, "KEM.1.2")
		rows := recap(t, "recap-clean.csv")[:1]
		rows[0].ExternalEmail = "owner@mail.example"
		id := b.memo(sender, "KEM.1.2", rows)
		b.accepted(id, sender)
		_, err := b.ProvisionRows(b.ctx(), id, 1, 1, b.caseNow())
		require.NoError(t, err)
		require.Equal(t, 1, b.count("select count(*) from accounts where id = ? and status = 'pending' and email = 'owner@mail.example'", owner))
		require.Zero(t, b.count("select count(*) from known_devices where account_id = ?", owner))
		require.Equal(t, 1, b.count("select count(*) from notices where case_id = ? and kind = 'credentials' and to_address = 'owner@mail.example'", id))
	})
}
