package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestOrphans(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		orphans := func(told bool) []string {
			ids, err := b.Orphans(b.ctx(), told)
			require.NoError(t, err)
			return ids
		}
		sender := b.holder(models.RoleHead, "KEM.1.2")
		b.holder(models.RoleHead, "KEM.1")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
		last := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
		require.Empty(t, orphans(false), "its head holds the office")

		admin := models.Actor{Agency: models.DefaultAgency, AccountID: "admin"}
		grants, err := b.Grants(b.ctx(), models.DefaultAgency, "KEM.1")
		require.NoError(t, err)
		for _, g := range grants {
			if g.Role == models.RoleHead || g.Role == models.RoleActingHead {
				require.NoError(t, b.RevokeGrant(b.ctx(), admin, g.ID))
			}
		}
		require.Equal(t, []string{id}, orphans(false), "nobody holds it")
		trouble := b.follow(last, models.EventTrouble, models.StatusApproval)
		trouble.After.Trouble = models.TroubleApprover
		b.record(trouble)
		require.Empty(t, orphans(false), "an admin was told")
		require.Equal(t, []string{id}, orphans(true))

		_, err = b.Grant(b.ctx(), admin, models.RoleGrant{EmployeeID: sender.EmployeeID, Role: models.RoleHead, Unit: "KEM.1", From: b.caseNow()})
		require.NoError(t, err)
		require.Equal(t, []string{id}, orphans(true), "whoever sent it is nobody to ask")

		_, err = b.Grant(b.ctx(), admin, models.RoleGrant{EmployeeID: b.holder(models.RoleHead, "KEM").EmployeeID, Role: models.RoleHead, Unit: "KEM.1", From: b.caseNow()})
		require.NoError(t, err)
		require.Equal(t, []string{id}, orphans(false), "somebody has followed, and is yet to be asked")

		b.tamper("update units set path = '/KEM/KEM.2/KEM.1/KEM.1.2/' where code = ?", last.After.Unit)
		require.Equal(t, []string{id}, orphans(true))
	})
}

func TestQuestionStandsInTheRow(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
		asked := b.follow(b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change, models.EventAsked, models.StatusApproval)
		at := b.caseNow()
		asked.After.Asked, asked.After.Due, asked.Reason = &at, nil, "untuk berapa lama?"
		b.record(asked)
		c, err := b.Case(b.ctx(), models.DefaultAgency, id)
		require.NoError(t, err)
		require.Equal(t, at, c.Asked.UTC())
		require.Nil(t, c.Due)
		require.Len(t, c.Candidates, 1, "the decider may still decide")
	})
}

func TestReissue(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, notice := b.credentials()
		link, err := b.Mint(b.ctx(), notice)
		require.NoError(t, err)
		events, err := b.Events(b.ctx(), id)
		require.NoError(t, err)
		provisioned := events[len(events)-1]

		links, err := b.Links(b.ctx(), id, b.caseNow())
		require.NoError(t, err)
		require.Equal(t, 1, links.Open)
		require.Equal(t, b.caseNow().Add(models.CredentialNote), links.Next().UTC())

		b.wall.pass(time.Hour)
		lapse := b.follow(provisioned, models.EventLapsed, models.StatusActivation)
		lapse.Move = &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}
		last := b.record(lapse).Change
		require.Zero(t, b.count("select count(*) from memo_rows where case_id = ? and state = 'lapsed'", id), "its time is not over")

		again := b.follow(last, models.EventReissued, models.StatusActivation)
		again.Reissue = []int{1}
		again.Notices = []models.NoticeSpec{{Kind: "credentials", To: models.Recipient{Rows: models.RowProvisioned}}}
		last = b.record(again).Change
		_, err = b.LinkInfo(b.ctx(), tokenOf(t, link))
		require.ErrorIs(t, err, models.ErrLinkSpent, "the first copy opens nothing")
		require.Equal(t, 2, b.count("select issue from memo_rows where case_id = ?", id))
		require.Equal(t, 1, b.count("select count(*) from notices where case_id = ? and kind = 'credentials' and state = 'queued'", id), "the first had not left yet")
		b.tamper("update notices set state = 'sent' where case_id = ?", id)
		links, err = b.Links(b.ctx(), id, b.caseNow())
		require.NoError(t, err)
		require.Equal(t, b.caseNow().Add(models.CredentialLife), links.Lapse.UTC())

		b.wall.pass(models.CredentialNote)
		remind := b.follow(last, models.EventCredential, models.StatusActivation)
		remind.Notices = []models.NoticeSpec{{Kind: "credentials_reminder", To: models.Recipient{Rows: models.RowProvisioned}}}
		last = b.record(remind).Change
		require.Equal(t, 1, b.count("select count(*) from notices where case_id = ? and kind = 'credentials_reminder'", id))
		links, err = b.Links(b.ctx(), id, b.caseNow())
		require.NoError(t, err)
		require.Nil(t, links.Remind, "nobody is reminded twice")

		none := b.follow(last, models.EventReissued, models.StatusActivation)
		none.EventID, none.Reissue = "none", []int{7}
		_, err = b.Record(b.ctx(), none)
		require.ErrorContains(t, err, "no_open_link")
	})
}

// TestReissueReachesSomebody: a link is sent anew to those alone who could use it.
func TestReissueReachesSomebody(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		rows := recap(t, "recap-clean.csv")[:3]
		provisioned := func(rows []models.RecapRow) (string, models.Change) {
			id := b.memo(sender, "KEM.1.2", rows)
			last := b.accepted(id, sender)
			_, err := b.ProvisionRows(b.ctx(), id, 1, len(rows), b.caseNow())
			require.NoError(t, err)
			return id, b.record(b.follow(last, models.EventProvision, models.StatusActivation)).Change
		}
		first, last := provisioned(rows)
		b.tamper("update notices set state = 'sent' where case_id = ?", first)
		b.wall.pass(models.CredentialLife + time.Second)
		lapse := b.follow(last, models.EventLapsed, models.StatusActivation)
		lapse.Move = &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}
		last = b.record(lapse).Change
		require.Equal(t, 3, b.count("select count(*) from memo_rows where case_id = ? and state = 'lapsed'", first))
		state := func(no int) string {
			var states []string
			require.NoError(t, b.read.Raw("select state from memo_rows where case_id = ? and no = ?", first, no).Scan(&states).Error)
			return states[0]
		}

		second, _ := provisioned(rows[:1])
		var row noticeRow
		require.NoError(t, b.read.Where("case_id = ? and kind = 'credentials'", second).Take(&row).Error)
		notice, err := row.notice()
		require.NoError(t, err)
		link, err := b.Mint(b.ctx(), notice)
		require.NoError(t, err)
		spent, err := b.SpendLink(b.ctx(), tokenOf(t, link), "hash", models.Origin{})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{first, second}, spent.Finished, "both workflows look again")
		require.Equal(t, "activated", state(1), "whoever came by another memo waits for nothing")

		b.tamper("update accounts set status = 'disabled' where id = (select account_id from memo_rows where case_id = ? and no = 2)", first)
		again := b.follow(last, models.EventReissued, models.StatusActivation)
		again.Reissue = []int{1, 2}
		again.Notices = []models.NoticeSpec{{Kind: "credentials", To: models.Recipient{Rows: models.RowProvisioned}}}
		_, err = b.Record(b.ctx(), again)
		require.ErrorContains(t, err, "no_open_link")
		b.tamper("update memo_rows set state = 'provisioned' where case_id = ? and no = 2", first)
		again.Reissue = []int{2, 3}
		b.record(again)
		require.Equal(t, "provisioned", state(3))
		var told []int
		require.NoError(t, b.read.Raw("select row_no from notices where case_id = ? and kind = 'credentials' and created >= ?", first, b.wall.Now()).Scan(&told).Error)
		require.Equal(t, []int{3}, told, "a closed account is sent nothing")
	})
}
