package store

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestImportRegistry(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		r, err := ministry()
		require.NoError(t, err)
		load := func(r Registry) (ImportResult, error) {
			return b.ImportRegistry(b.ctx(), models.Actor{}, r, b.caseNow(), nil)
		}
		t.Run("the same files again change nothing", func(t *testing.T) {
			got, err := load(r)
			require.NoError(t, err)
			require.Equal(t, ImportResult{Units: ImportCount{Unchanged: len(r.Units)}, Employees: ImportCount{Unchanged: len(r.Employees)},
				Appointments: ImportCount{Unchanged: len(r.Appointments)}}, got)
		})
		t.Run("a fault in the last row leaves everything as it was", func(t *testing.T) {
			bad := r
			bad.Employees = slices.Clone(r.Employees)
			bad.Employees[0].Position = "Berubah"
			bad.Employees[len(bad.Employees)-1].UnitCode = "NOWHERE"
			_, err := load(bad)
			require.ErrorIs(t, err, models.ErrNotFound)
			require.Zero(t, b.count("select count(*) from employees where position = 'Berubah'"))
		})
		t.Run("changes are counted, a dropped appointment ends, a part that is not given stays", func(t *testing.T) {
			next := Registry{Employees: slices.Clone(r.Employees[:10]), Appointments: r.Appointments[1:]}
			next.Employees[3].Status = models.EmployeeRetired
			next.Employees[4].Name = "Nama Baru"
			got, err := load(next)
			require.NoError(t, err)
			require.Equal(t, ImportResult{Employees: ImportCount{Changed: 2, Unchanged: 8},
				Appointments: ImportCount{Unchanged: len(r.Appointments) - 1, Removed: 1}}, got)
			require.Equal(t, len(r.Employees), b.count("select count(*) from employees"))
			require.Equal(t, len(r.Units), b.count("select count(*) from units"))
		})
		t.Run("a role given by an admin survives an import", func(t *testing.T) {
			person := b.holder(models.RoleAdmin, "")
			given, err := b.Grant(b.ctx(), person, models.RoleGrant{EmployeeID: person.EmployeeID, Role: models.RoleAuditor, Unit: "KEM", From: b.caseNow()})
			require.NoError(t, err)
			_, err = load(r)
			require.NoError(t, err)
			require.True(t, b.actor(person.AccountID).Holds(models.RoleAuditor, "KEM"))
			require.NoError(t, b.RevokeGrant(b.ctx(), person, given.ID))
			require.False(t, b.actor(person.AccountID).Has(models.RoleAuditor))
			require.ErrorIs(t, b.RevokeGrant(b.ctx(), person, given.ID), models.ErrNotFound)
		})
		t.Run("an appointment that was ended by hand stays ended", func(t *testing.T) {
			head, acting := b.holder(models.RoleHead, "KEM.3"), b.holder(models.RoleActingHead, "KEM.1.1.3")
			for _, a := range []models.Actor{head, acting} {
				var ids []string
				require.NoError(t, b.read.Raw("select id from role_grants where employee_id = ? and source = 'import'", a.EmployeeID).Scan(&ids).Error)
				for _, id := range ids {
					require.NoError(t, b.RevokeGrant(b.ctx(), models.Actor{}, id))
				}
			}
			got, err := load(r)
			require.NoError(t, err)
			require.Equal(t, ImportCount{Unchanged: len(r.Appointments)}, got.Appointments)
			without := Registry{Appointments: slices.DeleteFunc(slices.Clone(r.Appointments), func(row models.AppointmentRow) bool { return row.UnitCode == "KEM.1.1.3" })}
			for _, files := range []Registry{without, r} {
				_, err = load(files)
				require.NoError(t, err)
				require.Empty(t, b.actor(head.AccountID).Grants)
				require.Empty(t, b.actor(acting.AccountID).Grants)
			}
			require.NotZero(t, b.count("select count(*) from delegation_notices"))
		})
		t.Run("progress is told up to the last row", func(t *testing.T) {
			var last, total int
			_, err := b.ImportRegistry(b.ctx(), models.Actor{}, r, b.caseNow(), func(done, of int) { last, total = done, of })
			require.NoError(t, err)
			require.Equal(t, len(r.Units)+len(r.Employees)+len(r.Appointments), total)
			require.Equal(t, total, last)
		})
	})
}

func TestAppointmentPeriods(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		acting := b.holder(models.RoleActingHead, "KEM.1.1.3") // 2026-11-16 to 2026-12-04
		jakarta := time.FixedZone("WIB", 7*60*60)
		holds := func(at time.Time) bool {
			a, err := b.ActorOf(b.ctx(), acting.AccountID, at)
			require.NoError(t, err)
			return a.Holds(models.RoleActingHead, "KEM.1.1.3")
		}
		t.Run("the first and the last day belong to it", func(t *testing.T) {
			require.False(t, holds(time.Date(2026, 11, 15, 23, 59, 59, 0, jakarta)))
			require.True(t, holds(time.Date(2026, 11, 16, 0, 0, 0, 0, jakarta)))
			require.True(t, holds(time.Date(2026, 12, 4, 23, 59, 59, 0, jakarta)))
			require.False(t, holds(time.Date(2026, 12, 5, 0, 0, 0, 0, jakarta)))
		})
		t.Run("an acting head decides for the head", func(t *testing.T) {
			head := b.holder(models.RoleHead, "KEM.1.1.3")
			g, ok := models.Candidate{Role: models.RoleActingHead, Unit: "KEM.1.1.3"}.Admits(acting)
			require.True(t, ok)
			require.Equal(t, head.EmployeeID, g.OnBehalfOf)
			require.Equal(t, "/KEM/KEM.1/KEM.1.1/KEM.1.1.3/", g.UnitPath)
		})
	})
}

func TestRegistryReads(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		t.Run("the tree has every unit once, with its head", func(t *testing.T) {
			root, err := b.UnitTree(b.ctx(), models.DefaultAgency, b.caseNow())
			require.NoError(t, err)
			units, people := 0, 0
			var visit func(u models.UnitView)
			visit = func(u models.UnitView) {
				units, people = units+1, people+u.Count
				require.NotEmpty(t, u.Offices, u.Code)
				require.Equal(t, models.RoleHead, u.Offices[0].Role)
				for _, c := range u.Children {
					require.Equal(t, u.Code, c.Parent)
					visit(c)
				}
			}
			visit(root)
			require.Equal(t, 79, units)
			require.Equal(t, 900, people)
			unit, err := b.Unit(b.ctx(), models.DefaultAgency, "KEM.1.2", b.caseNow())
			require.NoError(t, err)
			require.Len(t, unit.Children, 3)
			_, err = b.Unit(b.ctx(), models.DefaultAgency, "NOWHERE", b.caseNow())
			require.ErrorIs(t, err, models.ErrNotFound)
		})
		t.Run("employees are found by name, NIP and unit, page by page", func(t *testing.T) {
			q := EmployeeQuery{Paths: []string{"/KEM/KEM.1/", "/KEM/KEM.2/KEM.2.1/"}, PageQuery: models.PageQuery{Limit: 50}}
			seen := map[string]bool{}
			for {
				p, err := b.Employees(b.ctx(), models.DefaultAgency, q)
				require.NoError(t, err)
				for _, e := range p.Items {
					require.False(t, seen[e.ID])
					require.Regexp(t, `^(KEM\.1|KEM\.2\.1)(\.|$)`, e.Unit)
					require.Regexp(t, `^[0-9]{4}\*{8}[0-9]{4}$`, e.NIK)
					seen[e.ID] = true
				}
				if q.Cursor = p.Next; p.Next == "" {
					break
				}
			}
			require.Len(t, seen, b.count("select count(*) from employees where unit_code like 'KEM.1%' or unit_code like 'KEM.2.1%'"))
			row := recap(t, "recap-clean.csv")[0]
			p, err := b.Employees(b.ctx(), models.DefaultAgency, EmployeeQuery{Text: row.NIP})
			require.NoError(t, err)
			require.Equal(t, row.Name, p.Items[0].Name)
			e, err := b.Employee(b.ctx(), models.DefaultAgency, p.Items[0].ID)
			require.NoError(t, err)
			require.Equal(t, p.Items[0], e)
		})
	})
}

func TestRegistryEntries(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		rows := recap(t, "recap-clean.csv")
		stranger := models.RecapRow{NIK: "3174010101900001", Name: "Orang Baru", UnitCode: "KEM.1.2", ExternalEmail: "orang@mail.example"}
		entries := func(except string, kind models.MemoKind, rows ...models.RecapRow) []*models.RegistryEntry {
			list, err := b.RegistryEntries(b.ctx(), models.DefaultAgency, except, kind, rows)
			require.NoError(t, err)
			return list
		}
		t.Run("the clean list is clean but for nothing", func(t *testing.T) {
			list := entries("", models.MemoFlexiwork, rows...)
			for i, findings := range models.CheckRecap(rows, models.MemoFlexiwork, func(r models.RecapRow) *models.RegistryEntry {
				return list[slices.Index(rows, r)]
			}, models.RecapContext{Today: models.DateOf(testNow())}) {
				require.False(t, models.HasErrors(findings), "%v %v", rows[i], findings)
			}
		})
		t.Run("a stranger is nobody", func(t *testing.T) {
			require.Nil(t, entries("", models.MemoFlexiwork, stranger)[0])
			require.Nil(t, entries("", models.MemoFlexiwork, models.RecapRow{NIP: "199912092025052999"})[0])
		})
		id := b.memo(sender, "KEM.1.2", []models.RecapRow{rows[0], stranger})
		t.Run("a draft holds nobody back", func(t *testing.T) {
			require.Empty(t, entries("", models.MemoFlexiwork, rows[0])[0].InOtherOpenMemo)
		})
		last := b.accepted(id, sender)
		t.Run("a sent memo holds its people back from others, not from itself", func(t *testing.T) {
			list := entries("", models.MemoFlexiwork, rows[0], stranger, rows[1])
			require.NotEmpty(t, list[0].InOtherOpenMemo)
			require.Equal(t, list[0].InOtherOpenMemo, list[1].InOtherOpenMemo)
			require.Empty(t, list[2].InOtherOpenMemo)
			list = entries(id, models.MemoFlexiwork, rows[0], stranger)
			require.Empty(t, list[0].InOtherOpenMemo)
			require.Nil(t, list[1])
		})
		t.Run("whoever got an account and access has them", func(t *testing.T) {
			_, err := b.ProvisionRows(b.ctx(), id, 1, 2, b.caseNow())
			require.NoError(t, err)
			b.tamper("update accounts set status = 'active' where created_by_case = ?", id)
			b.record(b.follow(last, models.EventDone, models.StatusDone))
			for _, e := range entries("", models.MemoFlexiwork, rows[0], stranger) {
				require.Equal(t, []any{true, true, ""}, []any{e.HasAccount, e.HasAccess, e.InOtherOpenMemo})
			}
			require.False(t, entries("", models.MemoSSOActivation, rows[0])[0].HasAccess)
		})
	})
}

// TestActivationHoldsBack: an activation holds its person back from memos while its code is valid, and no longer.
func TestActivationHoldsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		form := b.applicants(1)[0]
		activating := func() bool {
			list, err := b.RegistryEntries(b.ctx(), models.DefaultAgency, "", models.MemoSSOActivation, []models.RecapRow{{NIP: form.NIP}})
			require.NoError(t, err)
			return list[0].Activating
		}
		require.False(t, activating())
		_, found := b.asks(form)
		require.Empty(t, found.Turned)
		require.True(t, activating())
		b.wall.pass(models.ActivationLife)
		require.False(t, activating(), "nothing has closed it yet")
	})
}
