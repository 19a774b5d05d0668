package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// tab lists a tab's cases in their order.
func (b *bundle) tab(a models.Actor, q models.WorkQuery) []string {
	b.t.Helper()
	q.Limit = 100
	p, err := b.Work(b.ctx(), a, q)
	require.NoError(b.t, err)
	ids := []string{}
	for _, item := range p.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

// verifying takes a memo to the officers.
func (b *bundle) verifying(o office, rows []models.RecapRow, due time.Duration) models.Change {
	b.t.Helper()
	id := b.memo(o.head, "KEM.1.2", rows)
	c := b.record(b.sending(id, o.head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
	c = b.follow(c, models.EventApproved, models.StatusVerification)
	c.Actor, c.After.Stage = o.above, models.StageOfficer
	c.Item = &models.WorkItem{Stage: models.StageOfficer, Round: 1, Queue: "verification", Candidate: models.Candidate{Role: models.RoleOfficer}, Due: b.caseNow().Add(due)}
	return b.record(c).Change
}

func TestTabs(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		ids := b.everyStage(t, o)
		approval, verification := ids[3], ids[4]
		count := func(a models.Actor) map[models.Tab]int {
			counts, err := b.TabCounts(b.ctx(), a)
			require.NoError(t, err)
			for _, tab := range models.Tabs() {
				require.Len(t, b.tab(a, models.WorkQuery{Tab: tab}), counts[tab], tab)
			}
			return counts
		}
		t.Run("a head's own, what they decided, and nothing to claim", func(t *testing.T) {
			require.Equal(t, map[models.Tab]int{"mine": 1, "substitute": 0, "claimable": 0, "returned": 0, "decided": 3}, count(o.above))
			require.Equal(t, []string{approval}, b.tab(o.above, models.WorkQuery{Tab: models.TabMine}))
		})
		t.Run("whoever acts for the head finds it under the head's name", func(t *testing.T) {
			stand := b.holder(models.RoleHead, "KEM.1.3")
			until := b.caseNow().Add(time.Hour)
			_, err := b.Grant(b.ctx(), models.Actor{}, models.RoleGrant{EmployeeID: stand.EmployeeID, Role: models.RoleHead, Unit: "KEM.1",
				From: b.caseNow(), Until: &until, OnBehalfOf: o.above.EmployeeID, Reason: "Cuti"})
			require.NoError(t, err)
			stand = b.actor(stand.AccountID)
			require.Equal(t, 1, count(stand)[models.TabSubstitute])
			p, err := b.Work(b.ctx(), stand, models.WorkQuery{Tab: models.TabSubstitute})
			require.NoError(t, err)
			names, err := b.Names(b.ctx(), []string{o.above.EmployeeID})
			require.NoError(t, err)
			require.Equal(t, names[o.above.EmployeeID], p.Items[0].InsteadOf)
			b.wall.pass(2 * time.Hour)
			require.Equal(t, 0, count(b.actor(stand.AccountID))[models.TabSubstitute])
		})
		t.Run("nobody acts for who sent it", func(t *testing.T) {
			stand := b.holder(models.RoleHead, "KEM.1.3")
			id := b.memo(o.above, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
			b.record(b.sending(id, o.above, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}))
			_, err := b.Grant(b.ctx(), models.Actor{}, models.RoleGrant{EmployeeID: stand.EmployeeID, Role: models.RoleHead, Unit: "KEM.1",
				From: b.caseNow(), OnBehalfOf: o.above.EmployeeID})
			require.NoError(t, err)
			require.NotContains(t, b.tab(b.actor(stand.AccountID), models.WorkQuery{}), id)
		})
		t.Run("officers share a queue; what one claims is theirs, and the others see by whom", func(t *testing.T) {
			require.Equal(t, 1, count(o.officer)[models.TabClaimable])
			require.NoError(t, b.Claim(b.ctx(), o.officer, verification, b.caseNow().Add(time.Hour), false))
			require.Equal(t, []int{1, 0}, []int{count(o.officer)[models.TabMine], count(o.officer)[models.TabClaimable]})
			var others []string
			require.NoError(t, b.read.Raw(`select e.nip from role_grants g join employees e on e.id = g.employee_id
				where g.role = 'officer' and e.id <> ? order by e.nip`, o.officer.EmployeeID).Scan(&others).Error)
			colleague := b.employee(others[0])
			p, err := b.Work(b.ctx(), colleague, models.WorkQuery{Tab: models.TabClaimable})
			require.NoError(t, err)
			require.Equal(t, verification, p.Items[0].ID)
			require.False(t, p.Items[0].Claim.Mine)
			require.NotEmpty(t, p.Items[0].Claim.By)
			require.ErrorIs(t, b.Claim(b.ctx(), colleague, verification, b.caseNow().Add(time.Hour), false), models.ErrClaimed)
			require.ErrorIs(t, b.Release(b.ctx(), colleague, verification), models.ErrNotNow)
			require.NoError(t, b.Claim(b.ctx(), colleague, verification, b.caseNow().Add(time.Hour), true))
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'taken_over' and stream = ?", caseStream(verification)))
			require.Equal(t, 1, count(colleague)[models.TabMine])
			b.wall.pass(time.Hour)
			require.Equal(t, 0, count(colleague)[models.TabMine], "a claim ends by itself")
			require.NoError(t, b.Claim(b.ctx(), o.officer, verification, b.caseNow().Add(time.Hour), false))
			require.NoError(t, b.Release(b.ctx(), o.officer, verification))
			require.Equal(t, 1, count(o.officer)[models.TabClaimable])
			require.ErrorIs(t, b.Claim(b.ctx(), o.officer, ids[6], b.caseNow(), false), models.ErrNotNow)
		})
		t.Run("what came back is the sender's", func(t *testing.T) {
			c := b.follow(b.verifying(o, recap(t, "recap-clean.csv")[:1], time.Hour), models.EventReturned, models.StatusReturned)
			c.Actor, c.Outcome = o.officer, "returned"
			b.record(c)
			require.Equal(t, []string{c.CaseID}, b.tab(o.head, models.WorkQuery{Tab: models.TabReturned}))
			require.Equal(t, c.CaseID, b.tab(o.officer, models.WorkQuery{Tab: models.TabDecided})[0])
			require.Equal(t, 1, count(o.head)[models.TabReturned])
		})
	})
}

func TestWorkFilters(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		rows := recap(t, "recap-clean.csv")
		late, today := b.verifying(o, rows[:1], -time.Hour), b.verifying(o, rows[1:2], 2*time.Hour)
		week, later := b.verifying(o, rows[2:3], 50*time.Hour), b.verifying(o, rows[3:4], 300*time.Hour)
		find := func(f models.WorkFilter) []string {
			return b.tab(o.officer, models.WorkQuery{Tab: models.TabClaimable, WorkFilter: f})
		}
		require.Equal(t, []string{late.CaseID, today.CaseID, week.CaseID, later.CaseID}, find(models.WorkFilter{}))
		require.Equal(t, []string{late.CaseID}, find(models.WorkFilter{Due: models.DueLate}))
		require.Equal(t, []string{late.CaseID, today.CaseID}, find(models.WorkFilter{Due: models.DueToday}))
		require.Equal(t, []string{late.CaseID, today.CaseID, week.CaseID}, find(models.WorkFilter{Due: models.DueWeek}))
		require.Len(t, find(models.WorkFilter{Unit: "KEM.1"}), 4, "with what lies below")
		require.Empty(t, find(models.WorkFilter{Unit: "KEM.2"}))
		require.Len(t, find(models.WorkFilter{Kind: models.MemoFlexiwork, Queue: "verification"}), 4)
		require.Empty(t, find(models.WorkFilter{Kind: models.MemoSSOActivation}))
		require.Equal(t, []string{week.CaseID}, find(models.WorkFilter{Text: rows[2].NIP}))
		require.Empty(t, find(models.WorkFilter{Text: "%"}))
		_, err := b.Work(b.ctx(), o.officer, models.WorkQuery{WorkFilter: models.WorkFilter{Unit: "NO"}})
		require.ErrorIs(t, err, models.ErrInvalid)
		t.Run("decided and returned take the filters too", func(t *testing.T) {
			require.Len(t, b.tab(o.above, models.WorkQuery{Tab: models.TabDecided, WorkFilter: models.WorkFilter{Unit: "KEM.1", Text: "FLEXI"}}), 4)
			require.Empty(t, b.tab(o.above, models.WorkQuery{Tab: models.TabReturned, WorkFilter: models.WorkFilter{Kind: models.MemoFlexiwork}}))
		})
		t.Run("every tab takes every filter, and what asks for nothing has neither a queue nor a time", func(t *testing.T) {
			for _, tab := range append(models.Tabs(), models.TabAll) {
				for _, a := range []models.Actor{o.officer, o.above, o.head} {
					for _, due := range append(models.DueSpans(), "") {
						for _, queue := range append(models.Queues(), "") {
							for _, f := range []models.WorkFilter{{}, {Kind: models.MemoFlexiwork}, {Kind: models.WorkAccess}, {Unit: "KEM.1"}, {Text: "flexi"}} {
								plain := b.tab(a, models.WorkQuery{Tab: tab, WorkFilter: f})
								f.Due, f.Queue = due, queue
								narrowed := b.tab(a, models.WorkQuery{Tab: tab, WorkFilter: f})
								if tab.Asks() {
									require.Subset(t, plain, narrowed)
								} else {
									require.Equal(t, plain, narrowed)
								}
							}
						}
					}
				}
			}
			require.NotEmpty(t, b.tab(o.above, models.WorkQuery{Tab: models.TabDecided, WorkFilter: models.WorkFilter{Due: models.DueLate, Queue: "approval"}}))
		})
		t.Run("neighbours are those of the list", func(t *testing.T) {
			beside := func(q models.WorkQuery, id string) []string {
				before, after, err := b.Beside(b.ctx(), o.officer, q, id)
				require.NoError(t, err)
				return []string{before, after}
			}
			q := models.WorkQuery{Tab: models.TabClaimable}
			require.Equal(t, []string{"", today.CaseID}, beside(q, late.CaseID))
			require.Equal(t, []string{late.CaseID, week.CaseID}, beside(q, today.CaseID))
			require.Equal(t, []string{week.CaseID, ""}, beside(q, later.CaseID))
			q.Due = models.DueLate
			require.Equal(t, []string{late.CaseID, ""}, beside(q, today.CaseID))
			require.Equal(t, []string{"", ""}, beside(q, "nothing"))
		})
		t.Run("every tab pages", func(t *testing.T) {
			for _, q := range []models.WorkQuery{{Tab: models.TabClaimable}, {Tab: models.TabDecided}} {
				a := map[models.Tab]models.Actor{models.TabClaimable: o.officer, models.TabDecided: o.above}[q.Tab]
				var seen []string
				for q.Limit = 3; ; {
					p, err := b.Work(b.ctx(), a, q)
					require.NoError(t, err)
					for _, item := range p.Items {
						require.NotContains(t, seen, item.ID)
						seen = append(seen, item.ID)
					}
					if q.Cursor = p.Next; q.Cursor == "" {
						break
					}
				}
				require.Len(t, seen, 4)
			}
		})
		t.Run("that whose clock stands comes last, is due at no time, and pages", func(t *testing.T) {
			for _, c := range []models.Change{late, week} {
				asked := b.follow(c, models.EventAsked, models.StatusVerification)
				at := b.caseNow()
				asked.Actor, asked.After.Stage, asked.After.Asked, asked.After.Due, asked.Reason = o.officer, models.StageOfficer, &at, nil, "untuk berapa lama?"
				b.record(asked)
			}
			want := []string{today.CaseID, later.CaseID, late.CaseID, week.CaseID}
			require.Equal(t, want, find(models.WorkFilter{}))
			require.Empty(t, find(models.WorkFilter{Due: models.DueLate}))
			q, paged := models.WorkQuery{Tab: models.TabClaimable, PageQuery: models.PageQuery{Limit: 1}}, []string{}
			for i := range want {
				p, err := b.Work(b.ctx(), o.officer, q)
				require.NoError(t, err)
				require.Equal(t, i >= 2, p.Items[0].ItemDue.IsZero())
				paged, q.Cursor = append(paged, p.Items[0].ID), p.Next
			}
			require.Equal(t, want, paged)
			require.Empty(t, q.Cursor)
			for i, id := range want {
				before, after, err := b.Beside(b.ctx(), o.officer, models.WorkQuery{Tab: models.TabClaimable}, id)
				require.NoError(t, err)
				require.Equal(t, append([]string{""}, want...)[i], before)
				require.Equal(t, append(want, "")[i+1], after)
			}
			events, err := b.Events(b.ctx(), late.CaseID)
			require.NoError(t, err)
			answered := b.follow(events[len(events)-1], models.EventAnswered, models.StatusVerification)
			answered.Actor, answered.After.Stage, answered.After.Asked = o.head, models.StageOfficer, nil
			answered.Item = &models.WorkItem{Stage: models.StageOfficer, Round: 1, Queue: "verification", Candidate: models.Candidate{Role: models.RoleOfficer}, Due: b.caseNow().Add(time.Hour)}
			b.record(answered)
			require.Equal(t, []string{late.CaseID, today.CaseID, later.CaseID, week.CaseID}, find(models.WorkFilter{}))
		})
	})
}

func TestNotifications(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		id := b.memo(o.head, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
		b.tamper("update accounts set email = '' where id = ?", o.above.AccountID)
		b.record(b.sending(id, o.head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}))
		t.Run("whoever is asked is told, mailbox or not, and a stranger is not", func(t *testing.T) {
			p, err := b.Notifications(b.ctx(), o.above, models.PageQuery{})
			require.NoError(t, err)
			require.Len(t, p.Items, 1)
			require.Equal(t, []string{"memo_waiting", id}, []string{p.Items[0].Kind, p.Items[0].CaseID})
			require.NotEmpty(t, p.Items[0].Number)
			n, err := b.Unseen(b.ctx(), o.elsewhere)
			require.NoError(t, err)
			require.Zero(t, n)
		})
		t.Run("concerns name whom it belongs to, who was told, and who is asked", func(t *testing.T) {
			found, err := b.Concerns(b.ctx(), []string{id})
			require.NoError(t, err)
			require.ElementsMatch(t, []string{o.head.AccountID, o.above.AccountID}, found[id].Accounts)
			require.Equal(t, []models.Candidate{{Role: models.RoleHead, Unit: "KEM.1"}}, found[id].Rules)
		})
		t.Run("seen once, by its owner alone", func(t *testing.T) {
			p, err := b.Notifications(b.ctx(), o.above, models.PageQuery{})
			require.NoError(t, err)
			_, err = b.SeeNotification(b.ctx(), o.head, p.Items[0].ID)
			require.ErrorIs(t, err, models.ErrNotFound)
			for range 2 {
				about, err := b.SeeNotification(b.ctx(), o.above, p.Items[0].ID)
				require.NoError(t, err)
				require.Equal(t, id, about)
			}
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'notification_seen'"))
			n, err := b.SeeNotifications(b.ctx(), o.above)
			require.NoError(t, err)
			require.Zero(t, n)
		})
		t.Run("seen by acting on it", func(t *testing.T) {
			b.tamper("update notifications set seen = null")
			events, err := b.Events(b.ctx(), id)
			require.NoError(t, err)
			refused := b.follow(events[len(events)-1], models.EventRefused, models.StatusRefused)
			refused.Actor, refused.Acting, refused.Outcome = o.above, models.ActingDaily, "refused"
			b.record(refused)
			n, err := b.Unseen(b.ctx(), o.above)
			require.NoError(t, err)
			require.Zero(t, n)
			view, err := b.Memo(b.ctx(), id)
			require.NoError(t, err)
			require.Equal(t, models.ActingDaily, view.Timeline[len(view.Timeline)-1].Acting)
		})
		t.Run("what is old is swept", func(t *testing.T) {
			b.wall.pass(notificationLife + time.Hour)
			require.NoError(t, b.SweepSessions(b.ctx()))
			require.Zero(t, b.count("select count(*) from notifications"))
		})
	})
}

func TestCaseByNumber(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		id := b.everyStage(t, o)[3]
		memo, err := b.Memo(b.ctx(), id)
		require.NoError(t, err)
		for _, number := range []string{memo.Number, memo.MemoNumber} {
			found, err := b.CaseByNumber(b.ctx(), models.DefaultAgency, number)
			require.NoError(t, err)
			require.Equal(t, id, found)
		}
		_, err = b.CaseByNumber(b.ctx(), models.DefaultAgency, "LKT-1999-000001")
		require.ErrorIs(t, err, models.ErrNotFound)
	})
}
