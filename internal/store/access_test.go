package store

import (
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/mail"
	"loket/models"
)

// requested is the archive, which is given by request and answered for by an owner, and somebody of KEM.1.2 who needs it.
func (b *bundle) requested() (admin, owner, staff models.Actor, app models.Application) {
	b.t.Helper()
	admin, owner = b.holder(models.RoleAdmin, ""), b.holder(models.RoleHead, "KEM.2")
	account, err := b.AccountByID(b.ctx(), owner.AccountID)
	require.NoError(b.t, err)
	app = meetings()
	app.ID, app.Name, app.Access, app.Owner = "arsip", "Arsip Dokumen", models.AccessByRequest, account.Username
	require.NoError(b.t, b.SaveApplication(b.ctx(), admin, app))
	app.Version = 1
	return admin, b.actor(owner.AccountID), b.employee("198111062009051393"), app
}

// asked keeps a request for the archive.
func (b *bundle) asked(a models.Actor) (string, error) {
	id := uuid.NewString()
	return id, b.CreateAccess(b.ctx(), a, id, models.AccessRequest{Application: "arsip", Reason: "Menata arsip.", Ends: "2099-12-31"}, b.caseNow())
}

// headAsked sends a request, and gives what stands recorded.
func (b *bundle) headAsked(staff models.Actor) models.Change {
	b.t.Helper()
	id, err := b.asked(staff)
	require.NoError(b.t, err)
	ch := b.sending(id, staff, models.Candidate{Role: models.RoleHead, Unit: "KEM.1.2"})
	ch.Kind, ch.Notices[0].Kind = models.KindAccess, "access_waiting"
	return b.record(ch).Change
}

// owners has the head approve, so that the owner is asked.
func (b *bundle) owners(c models.Change) models.Change {
	b.t.Helper()
	c = b.follow(c, models.EventApproved, models.StatusOwner)
	who := models.Candidate{Role: models.RoleOwner, Unit: "arsip"}
	due := b.caseNow().Add(48 * time.Hour)
	c.After.Stage, c.After.Candidates, c.After.Due, c.Outcome = models.StageOwner, []models.Candidate{who}, &due, "approved"
	c.Item = &models.WorkItem{Stage: models.StageOwner, Round: 1, Queue: "approval", Candidate: who, Due: due}
	c.Notices = []models.NoticeSpec{{Kind: "access_waiting", To: models.Recipient{Candidate: &who}}}
	return b.record(c).Change
}

func (b *bundle) granted(c models.Change) models.Recorded {
	b.t.Helper()
	c = b.follow(c, models.EventApproved, models.StatusGranted)
	c.EventID, c.Outcome, c.After.Candidates, c.After.Due = "owner-approved", "approved", nil, nil
	c.Notices = []models.NoticeSpec{{Kind: "access_granted", To: models.Recipient{Account: c.After.Sender}}}
	return b.record(c)
}

func (b *bundle) state(a models.Actor) models.CatalogEntry {
	b.t.Helper()
	list, err := b.Catalog(b.ctx(), a, "arsip")
	require.NoError(b.t, err)
	require.Len(b.t, list, 1)
	return list[0]
}

func TestAccessRequests(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		admin, owner, staff, app := b.requested()
		t.Run("is refused to whoever answers for it, to strangers, and where it is given otherwise", func(t *testing.T) {
			_, err := b.asked(owner)
			require.ErrorIs(t, err, models.ErrNotRequestable)
			stranger := staff
			stranger.EmployeeID = ""
			_, err = b.asked(stranger)
			require.ErrorIs(t, err, models.ErrNotRequestable)
			require.ErrorIs(t, b.CreateAccess(b.ctx(), staff, uuid.NewString(), models.AccessRequest{Application: "gaji", Reason: "x"}, b.caseNow()), models.ErrNotFound)
			require.Equal(t, models.AccessClosed, b.state(owner).State)
			require.Equal(t, models.AccessAskable, b.state(staff).State)
		})
		t.Run("one that never left gives way to the next, and a repeat converges", func(t *testing.T) {
			first, err := b.asked(staff)
			require.NoError(t, err)
			require.NoError(t, b.CreateAccess(b.ctx(), staff, first, models.AccessRequest{Application: "arsip", Reason: "x"}, b.caseNow()))
			require.Equal(t, models.AccessAskable, b.state(staff).State, "nobody was asked yet")
			_, err = b.asked(staff)
			require.NoError(t, err)
			c, err := b.Case(b.ctx(), models.DefaultAgency, first)
			require.NoError(t, err)
			require.Equal(t, models.StatusDiscarded, c.Status)
		})
		t.Run("of many at once one is open", func(t *testing.T) {
			errs := atOnce(8, func(int) error { _, err := b.asked(staff); return err })
			for _, err := range errs {
				if err != nil {
					require.ErrorIs(t, err, models.ErrAskedAlready)
				}
			}
			require.Equal(t, 1, b.count("select count(*) from access_requests where account_id = ? and open", staff.AccountID))
		})
		sent := b.headAsked(staff)
		t.Run("is planned for the unit of whoever asks", func(t *testing.T) {
			facts, err := b.ApprovalFacts(b.ctx(), sent.CaseID)
			require.NoError(t, err)
			require.Equal(t, []string{"KEM.1.2", "KEM.1", "KEM"}, facts.Chain)
			require.True(t, facts.Listed[staff.EmployeeID])
			_, err = b.asked(staff)
			require.ErrorIs(t, err, models.ErrAskedAlready)
			require.Equal(t, sent.CaseID, b.state(staff).CaseID)
		})
		head := b.holder(models.RoleHead, "KEM.1.2")
		t.Run("stands in the head's inbox beside memos", func(t *testing.T) {
			page, err := b.Work(b.ctx(), head, models.WorkQuery{WorkFilter: models.WorkFilter{Kind: models.WorkAccess, Unit: "KEM.1", Text: "arsip"}})
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.Equal(t, models.KindAccess, page.Items[0].Kind)
			require.Equal(t, "Arsip Dokumen", page.Items[0].Subject)
			require.Empty(t, page.Items[0].MemoKind)
		})
		asks := b.owners(sent)
		t.Run("then in the owner's, who sees every request for it", func(t *testing.T) {
			page, err := b.Work(b.ctx(), owner, models.WorkQuery{})
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			cases, err := b.Cases(b.ctx(), owner, CaseQuery{Kind: models.KindAccess})
			require.NoError(t, err)
			require.Len(t, cases.Items, 1)
			view, err := b.AccessPage(b.ctx(), owner, sent.CaseID)
			require.NoError(t, err)
			require.True(t, models.Sees(view.Case, view.Actor, view.Decided))
			require.Len(t, view.Steps, 1)
			require.Equal(t, "Arsip Dokumen", view.Steps[0].UnitName)
			require.Len(t, view.Steps[0].Names, 1)
		})
		t.Run("a new owner is asked at once, and the old one no more", func(t *testing.T) {
			heir := b.holder(models.RoleHead, "KEM.3")
			account, err := b.AccountByID(b.ctx(), heir.AccountID)
			require.NoError(t, err)
			before := app.Owner
			app.Owner = account.Username
			require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
			for who, n := range map[string]int{heir.AccountID: 1, owner.AccountID: 0} {
				page, err := b.Work(b.ctx(), b.actor(who), models.WorkQuery{})
				require.NoError(t, err)
				require.Len(t, page.Items, n)
			}
			id, err := b.OwnerOf(b.ctx(), models.DefaultAgency, "arsip", staff.AccountID)
			require.NoError(t, err)
			require.Equal(t, heir.AccountID, id)
			open, err := b.OpenRequests(b.ctx(), models.DefaultAgency, "arsip")
			require.NoError(t, err)
			require.Equal(t, []string{sent.CaseID}, open)

			b.tamper("update accounts set status = 'disabled' where id = ?", heir.AccountID)
			orphans, err := b.Orphans(b.ctx(), false)
			require.NoError(t, err)
			require.Equal(t, []string{sent.CaseID}, orphans, "nobody who can sign in answers for it")
			app.Version, app.Owner = 2, before
			require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
			orphans, err = b.Orphans(b.ctx(), false)
			require.NoError(t, err)
			require.Empty(t, orphans)
		})
		t.Run("is granted to nobody to whom it could not be given by now", func(t *testing.T) {
			yes := b.follow(asks, models.EventApproved, models.StatusGranted)
			yes.EventID, yes.Outcome, yes.After.Candidates, yes.After.Due = "owner-approved", "approved", nil, nil
			about := map[string]any{"account": staff.AccountID, "id": sent.CaseID, "employee": staff.EmployeeID, "app": app.ID}
			for tamper, undo := range map[string]string{
				"update accounts set status = 'disabled' where id = @account":        "update accounts set status = 'active' where id = @account",
				"update accounts set employee_id = null where id = @account":         "update accounts set employee_id = @employee where id = @account",
				"update applications set enabled = (1 = 0) where id = @app":          "update applications set enabled = (1 = 1) where id = @app",
				"update applications set access = 'grant' where id = @app":           "update applications set access = 'request' where id = @app",
				"update access_requests set ends = '2020-01-01' where case_id = @id": "update access_requests set ends = '2099-12-31' where case_id = @id",
			} {
				b.tamper(tamper, about)
				_, err := b.Record(b.ctx(), yes)
				require.ErrorIs(t, err, models.ErrAccessVoid, tamper)
				b.tamper(undo, about)
			}
			require.Zero(t, b.count("select count(*) from account_applications where application = 'arsip'"))
			c, err := b.Case(b.ctx(), models.DefaultAgency, sent.CaseID)
			require.NoError(t, err)
			require.Equal(t, models.StatusOwner, c.Status, "the owner may refuse it, and say why")
		})
		t.Run("is granted once, and taken away with a reason", func(t *testing.T) {
			b.granted(asks)
			b.granted(asks)
			require.Equal(t, 1, b.count("select count(*) from account_applications where application = 'arsip' and case_id = ?", sent.CaseID))
			require.Equal(t, models.AccessOpen, b.state(staff).State)
			may, err := b.MayOpen(b.ctx(), models.DefaultAgency, staff.AccountID, "arsip")
			require.NoError(t, err)
			require.True(t, may)
			_, err = b.asked(staff)
			require.ErrorIs(t, err, models.ErrHasAccess)
			for tamper, undo := range map[string]string{
				"": "",
				"update account_applications set application = 'other' where case_id = @id": "update account_applications set application = 'arsip' where case_id = @id",
				"update cases set status = 'refused' where id = @id":                        "update cases set status = 'granted' where id = @id",
				"update access_requests set open = (1 = 1) where case_id = @id":             "update access_requests set open = (1 = 0) where case_id = @id",
			} {
				if tamper != "" {
					b.tamper(tamper, map[string]any{"id": sent.CaseID})
				}
				found, err := b.SurveyAccounts(b.ctx())
				require.NoError(t, err)
				require.Equal(t, tamper != "", len(found.Findings) > 0, tamper)
				if undo != "" {
					b.tamper(undo, map[string]any{"id": sent.CaseID})
				}
			}

			users, err := b.AccessHolders(b.ctx(), models.DefaultAgency, "arsip", models.PageQuery{})
			require.NoError(t, err)
			require.Len(t, users.Items, 1)
			require.Equal(t, sent.CaseID, users.Items[0].CaseID)
			require.Equal(t, "2099-12-31", users.Items[0].Ends)
			require.NoError(t, b.RevokeAccess(b.ctx(), owner, "arsip", staff.AccountID, "Tugas selesai."))
			require.ErrorIs(t, b.RevokeAccess(b.ctx(), owner, "arsip", staff.AccountID, "Tugas selesai."), models.ErrNotFound)
			may, err = b.MayOpen(b.ctx(), models.DefaultAgency, staff.AccountID, "arsip")
			require.NoError(t, err)
			require.False(t, may)
			_, err = b.asked(staff)
			require.NoError(t, err, "it can be asked for again")
		})
		b.accessLetters()
	})
}

// accessLetters plays what a request tells people besides, and has each message rendered with what is stored for it.
func (b *bundle) accessLetters() {
	t := b.t
	catalog, err := i18n.New()
	require.NoError(t, err)
	letters, err := mail.NewRenderer(catalog, agencyZone())
	require.NoError(t, err)
	staff := b.employee("196804171995052668")
	c := b.headAsked(staff)
	head := models.Candidate{Role: models.RoleHead, Unit: "KEM.1.2"}
	for _, kind := range askedNotices(t, "access") {
		c = b.follow(c, models.EventReminded, models.StatusApproval)
		c.EventID, c.Reason = kind, "Mohon dijelaskan."
		to := models.Recipient{Account: staff.AccountID}
		if kind == "access_waiting" || kind == "access_reminder" || kind == "access_answered" {
			to = models.Recipient{Candidate: &head}
		}
		c.Notices = []models.NoticeSpec{{Kind: kind, To: to}}
		c = b.record(c).Change
	}
	notices, err := b.ClaimNotices(b.ctx(), 1000, time.Minute)
	require.NoError(t, err)
	written := map[string]bool{}
	for _, n := range notices {
		for _, lang := range i18n.Languages() {
			_, _, _, err := letters.Render(n.Kind, lang, maps.Clone(n.Data))
			require.NoError(t, err)
		}
		written[n.Kind] = true
	}
	for _, kind := range append(askedNotices(t, "access"), "access_revoked") {
		require.True(t, written[kind], "%s was never told", kind)
	}
}
