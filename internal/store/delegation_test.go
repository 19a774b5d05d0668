package store

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func officeCalendar(t *testing.T) models.Calendar {
	t.Helper()
	body, err := os.ReadFile("../../models/testdata/calendar-id-2026.json")
	require.NoError(t, err)
	cal, err := models.ParseCalendar(body)
	require.NoError(t, err)
	return cal
}

// delegation of the office of a unit's head to somebody, from today on.
func (b *bundle) delegation(head, to models.Actor, unit string, days int) models.Delegation {
	b.t.Helper()
	today := models.DateOf(b.caseNow().In(officeCalendar(b.t).Location()))
	return models.Delegation{Kind: models.ActingDaily, Role: models.RoleHead, Unit: unit, Principal: head.EmployeeID, Delegate: to.EmployeeID,
		From: today, Until: today.AddDays(days - 1), Reason: "Cuti tahunan"}
}

func (b *bundle) delegate(head models.Actor, d models.Delegation) string {
	b.t.Helper()
	id, err := b.Delegate(b.ctx(), head, d, officeCalendar(b.t), func(f models.DelegationFacts) error {
		require.Empty(b.t, models.CheckDelegation(d, f, head, 30))
		return nil
	})
	require.NoError(b.t, err)
	return id
}

// colleague signs up somebody without an office.
func (b *bundle) colleague(unit string) models.Actor {
	b.t.Helper()
	var nips []string
	require.NoError(b.t, b.read.Raw(`select e.nip from employees e where e.unit_code = ? and e.status = 'active' and e.nip is not null
		and not exists (select 1 from role_grants g where g.employee_id = e.id) order by e.nip`, unit).Scan(&nips).Error)
	require.NotEmpty(b.t, nips)
	return b.employee(nips[0])
}

func (b *bundle) shown(a models.Actor) []string {
	b.t.Helper()
	page, err := b.Inbox(b.ctx(), a, "", models.PageQuery{Limit: 100})
	require.NoError(b.t, err)
	var ids []string
	for _, item := range page.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

// decides asks the rules of a case as desk does.
func (b *bundle) decides(id string, a models.Actor) bool {
	b.t.Helper()
	c, err := b.Case(b.ctx(), models.DefaultAgency, id)
	require.NoError(b.t, err)
	facing, _, err := b.Facing(b.ctx(), id, a)
	require.NoError(b.t, err)
	_, ok := c.Decides(facing)
	return ok
}

func TestDelegate(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		plh := b.colleague("KEM.1")
		head := models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}
		pending := b.memo(o.head, "KEM.1.2", recap(t, "recap-clean.csv")[:2])
		b.record(b.sending(pending, o.head, head))
		require.Empty(t, b.shown(plh))
		id := b.delegate(o.above, b.delegation(o.above, plh, "KEM.1", 10))
		acting := b.actor(plh.AccountID)

		t.Run("the delegate decides at once what is pending", func(t *testing.T) {
			require.Equal(t, []string{pending}, b.shown(acting))
			require.True(t, b.decides(pending, acting))
			require.True(t, b.decides(pending, o.above), "the head still may")
		})
		t.Run("the memo's page says for whom and until when", func(t *testing.T) {
			c, err := b.Case(b.ctx(), models.DefaultAgency, pending)
			require.NoError(t, err)
			steps, err := b.NameSteps(b.ctx(), c, []models.Step{{Stage: models.StageHead, Candidate: head}})
			require.NoError(t, err)
			require.Len(t, steps[0].People, 2)
			require.Empty(t, steps[0].People[0].Acting)
			second := steps[0].People[1]
			require.Equal(t, models.ActingDaily, second.Acting)
			require.Equal(t, steps[0].People[0].Name, second.For)
			require.Equal(t, time.Date(2026, 12, 2, 17, 0, 0, 0, time.UTC), second.Until.UTC())
		})
		t.Run("messages go to both", func(t *testing.T) {
			next := b.memo(o.head, "KEM.1.2", recap(t, "recap-clean.csv")[:2])
			b.record(b.sending(next, o.head, head))
			require.Equal(t, 2, b.count("select count(*) from notices where case_id = ? and kind = 'memo_waiting' and account_id in (?, ?)",
				next, o.above.AccountID, acting.AccountID))
		})
		t.Run("no rule is planned twice, and the acting head has a time of their own after the head's", func(t *testing.T) {
			facts, err := b.ApprovalFacts(b.ctx(), pending)
			require.NoError(t, err)
			steps, err := models.PlanHead(facts, o.head.AccountID, o.head.AccountID)
			require.NoError(t, err)
			asked := map[models.Candidate]bool{}
			for _, s := range steps {
				require.False(t, asked[s.Candidate])
				asked[s.Candidate] = true
			}
			require.Equal(t, models.Candidate{Role: models.RoleActingHead, Unit: "KEM.1"}, steps[1].Candidate)
		})
		t.Run("it is known who gave it, and audited", func(t *testing.T) {
			list, err := b.Delegations(b.ctx(), DelegationQuery{Agency: models.DefaultAgency, Given: true, Account: o.above.AccountID, EmployeeID: o.above.EmployeeID})
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.Equal(t, []string{id, "KEM.1"}, []string{list[0].ID, list[0].Unit})
			require.NotEmpty(t, list[0].GivenBy)
			require.Equal(t, models.RoleHead, list[0].Role)
			received, err := b.Delegations(b.ctx(), DelegationQuery{Agency: models.DefaultAgency, Received: true, Account: plh.AccountID, EmployeeID: plh.EmployeeID})
			require.NoError(t, err)
			require.Equal(t, list, received)
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'delegated' and object = ?", "grant:"+id))
		})
		t.Run("it ends by itself", func(t *testing.T) {
			a, err := b.ActorOf(b.ctx(), plh.AccountID, time.Date(2026, 12, 2, 16, 59, 59, 0, time.UTC))
			require.NoError(t, err)
			require.Len(t, a.Grants, 1)
			a, err = b.ActorOf(b.ctx(), plh.AccountID, time.Date(2026, 12, 2, 17, 0, 0, 0, time.UTC))
			require.NoError(t, err)
			require.Empty(t, a.Grants)
		})
	})
}

func TestEndDelegation(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		plh := b.colleague("KEM.1")
		d := b.delegation(o.above, plh, "KEM.1", 5)
		d.From = d.From.AddDays(1)
		id := b.delegate(o.above, d)
		queued := func(kind string) int {
			return b.count("select count(*) from notices n join delegation_notices d on d.notice_id = n.id where d.grant_id = ? and n.kind = ? and n.state = 'queued'", id, kind)
		}
		t.Run("both are told at once, when it begins and a working day before it ends", func(t *testing.T) {
			require.Equal(t, []int{2, 2, 2}, []int{queued("delegation_given"), queued("delegation_begins"), queued("delegation_ends")})
			due := func(at time.Time) int {
				return b.count("select count(*) from notices where kind like 'delegation%' and next_try <= ?", at)
			}
			require.Equal(t, 2, due(b.wallNow()))
			require.Equal(t, 4, due(time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)))
			last := time.Date(2026, 11, 27, 0, 30, 0, 0, time.UTC) // Friday 27 November, as the office opens
			require.Equal(t, 4, due(last.Add(-time.Hour)))
			require.Equal(t, 6, due(last.Add(time.Hour)))
		})
		t.Run("a letter that waits is as old as the day on which it goes out, so that it is tried again", func(t *testing.T) {
			require.Equal(t, 6, b.count("select count(*) from notices where kind like 'delegation%' and created = next_try"))
		})
		end := func(a models.Actor) error {
			cal := func(string) (models.Calendar, error) { return officeCalendar(t), nil }
			return b.EndDelegation(b.ctx(), a, id, cal, func(models.DelegationView) error { return nil })
		}
		t.Run("ended early it is over at once, and what was to be told is taken back", func(t *testing.T) {
			require.NoError(t, end(o.above))
			require.Equal(t, []int{2, 0, 0, 2}, []int{queued("delegation_given"), queued("delegation_begins"), queued("delegation_ends"), queued("delegation_ended")})
			v, err := b.Delegation(b.ctx(), models.DefaultAgency, id)
			require.NoError(t, err)
			require.Equal(t, models.DelegationOver, v.State(b.caseNow()))
			require.NotEmpty(t, v.EndedBy)
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'delegation_ended' and object = ?", "grant:"+id))
		})
		t.Run("ended twice there is nothing", func(t *testing.T) {
			require.ErrorIs(t, end(o.above), models.ErrNotFound)
		})
	})
}

func TestNoDetourThroughDelegates(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		plh := b.colleague("KEM.1")
		b.delegate(o.above, b.delegation(o.above, plh, "KEM.1", 10))
		acting := b.actor(plh.AccountID)
		head := models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}
		rows := recap(t, "recap-clean.csv")
		agree := func(t *testing.T, id string, a models.Actor, may bool) {
			t.Helper()
			require.Equal(t, may, b.decides(id, a))
			if may {
				require.Contains(t, b.shown(a), id)
			} else {
				require.NotContains(t, b.shown(a), id)
			}
			told := b.count("select count(*) from notices where case_id = ? and kind = 'memo_waiting' and account_id = ?", id, a.AccountID)
			require.Equal(t, may, told == 1, "told %d times", told)
		}
		sent := func(t *testing.T, sender models.Actor, onBehalfOf string, unit string) string {
			t.Helper()
			id := b.memo(sender, unit, rows[:2])
			c := b.sending(id, sender, head)
			c.OnBehalfOf = onBehalfOf
			b.record(c)
			return id
		}
		t.Run("of whoever sent it", func(t *testing.T) {
			id := sent(t, o.above, "", "KEM.1")
			agree(t, id, acting, false)
			agree(t, id, o.above, false)
		})
		t.Run("of whoever had it sent", func(t *testing.T) {
			id := sent(t, acting, o.above.EmployeeID, "KEM.1")
			agree(t, id, acting, false)
			agree(t, id, o.above, false)
			facts, err := b.ApprovalFacts(b.ctx(), id)
			require.NoError(t, err)
			require.True(t, facts.Listed[o.above.EmployeeID])
		})
		t.Run("of whoever is listed", func(t *testing.T) {
			head, err := b.Employee(b.ctx(), models.DefaultAgency, o.above.EmployeeID)
			require.NoError(t, err)
			id := b.memo(o.head, "KEM.1.2", []models.RecapRow{{NIP: head.NIP, Name: head.Name, UnitCode: head.Unit, Position: head.Position}})
			b.record(b.sending(id, o.head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}))
			agree(t, id, acting, false)
			agree(t, id, o.above, false)
		})
		t.Run("somebody else's passes", func(t *testing.T) {
			id := sent(t, o.head, "", "KEM.1.2")
			agree(t, id, acting, true)
			agree(t, id, o.above, true)
		})
	})
}

func TestDelegationFacts(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		plh := b.colleague("KEM.1")
		facts := func(d models.Delegation) (f models.DelegationFacts) {
			_, err := b.Delegate(b.ctx(), o.above, d, officeCalendar(t), func(found models.DelegationFacts) error {
				f = found
				return models.ErrForbidden
			})
			require.ErrorIs(t, err, models.ErrForbidden)
			return f
		}
		d := b.delegation(o.above, plh, "KEM.1", 5)
		f := facts(d)
		require.True(t, f.Holds)
		require.True(t, f.DelegateSignsIn)
		require.Equal(t, []string{"/KEM/KEM.1/", "/KEM/KEM.1/"}, []string{f.UnitPath, f.DelegatePath})
		require.Empty(t, f.Others)
		require.Zero(t, b.count("select count(*) from delegations"), "a refusal leaves nothing behind")
		t.Run("another delegate in those days is seen", func(t *testing.T) {
			b.delegate(o.above, d)
			require.Len(t, facts(d).Others, 1)
			later := d
			later.From, later.Until = d.Until.AddDays(1), d.Until.AddDays(2)
			require.Empty(t, facts(later).Others)
		})
		t.Run("who has given their office away is away", func(t *testing.T) {
			back := d
			back.Principal, back.Delegate = o.root.EmployeeID, o.above.EmployeeID
			require.True(t, facts(back).DelegateAway)
		})
		t.Run("a unit that is not there is not found", func(t *testing.T) {
			d.Unit = "KEM.99"
			_, err := b.Delegate(b.ctx(), o.above, d, officeCalendar(t), func(models.DelegationFacts) error { return nil })
			require.ErrorIs(t, err, models.ErrNotFound)
		})
	})
}

func TestAbsences(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		away := func() (units []string) {
			list, err := b.Absences(b.ctx(), models.DefaultAgency, []string{"/KEM/KEM.1/"}, "")
			require.NoError(t, err)
			for _, a := range list {
				units = append(units, a.Unit+" "+string(a.Status))
			}
			return units
		}
		before := away()
		b.tamper("update employees set status = 'leave' where id = ?", o.above.EmployeeID)
		require.ElementsMatch(t, append(before, "KEM.1 leave"), away())
		mine, err := b.Absences(b.ctx(), models.DefaultAgency, nil, o.above.EmployeeID)
		require.NoError(t, err)
		require.Len(t, mine, 1)
		require.Equal(t, models.ActingDaily, mine[0].Kind())
		b.delegate(o.above, b.delegation(o.above, b.colleague("KEM.1"), "KEM.1", 5))
		require.Equal(t, before, away(), "whoever has a delegate is no longer missing")
	})
}

func TestDelegationEndsWithTheOffice(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		r, err := ministry()
		require.NoError(t, err)
		load := func(rows []models.AppointmentRow) {
			_, err := b.ImportRegistry(b.ctx(), models.Actor{}, Registry{Appointments: rows}, b.caseNow(), nil)
			require.NoError(t, err)
		}
		without := func(unit string, until models.Date) (rows []models.AppointmentRow) {
			for _, row := range r.Appointments {
				if row.UnitCode == unit && row.Office == models.OfficeHead {
					if row.ValidUntil = until; until.IsZero() {
						continue
					}
				}
				rows = append(rows, row)
			}
			return rows
		}
		yesterday := models.DateOf(b.caseNow()).AddDays(-1)
		lose := map[string]func(unit, grant string){
			"KEM.1": func(_, grant string) { require.NoError(t, b.RevokeGrant(b.ctx(), models.Actor{}, grant)) },
			"KEM.2": func(unit, _ string) { load(without(unit, models.Date{})) },
			"KEM.3": func(unit, _ string) { load(without(unit, yesterday)) },
		}
		for unit, end := range lose {
			t.Run("of "+unit, func(t *testing.T) {
				head, plh := b.holder(models.RoleHead, unit), b.colleague(unit)
				id := b.delegate(head, b.delegation(head, plh, unit, 5))
				load(r.Appointments)
				require.True(t, b.actor(plh.AccountID).Holds(models.RoleActingHead, unit), "an import that changes nothing ends nothing")
				var grant string
				require.NoError(t, b.read.Raw("select id from role_grants where employee_id = ? and unit_code = ? and role = 'unit_head'", head.EmployeeID, unit).Scan(&grant).Error)
				end(unit, grant)
				require.Empty(t, b.actor(plh.AccountID).Grants)
				require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'delegation_ended' and object = ?", "grant:"+id))
				require.Equal(t, 2, b.count("select count(*) from notices n join delegation_notices d on d.notice_id = n.id where d.grant_id = ? and n.kind = 'delegation_ended'", id))
			})
		}
		t.Run("but not while they hold it by another appointment", func(t *testing.T) {
			head, plh := b.holder(models.RoleHead, "KEM.1.2"), b.colleague("KEM.1.2")
			given, err := b.Grant(b.ctx(), models.Actor{}, models.RoleGrant{EmployeeID: head.EmployeeID, Role: models.RoleHead, Unit: "KEM.1.2", From: b.caseNow()})
			require.NoError(t, err)
			b.delegate(head, b.delegation(head, plh, "KEM.1.2", 5))
			require.NoError(t, b.RevokeGrant(b.ctx(), models.Actor{}, given.ID))
			require.True(t, b.actor(plh.AccountID).Holds(models.RoleActingHead, "KEM.1.2"))
		})
	})
}
