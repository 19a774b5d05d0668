package web_test

import (
	"context"
	"time"

	"loket/models"
)

func sampleDelegation() models.DelegationView {
	return models.DelegationView{ID: "del-1", Kind: models.ActingDaily, Role: models.RoleHead, Unit: "KEM.1", UnitName: "Direktorat Jenderal Perencanaan",
		UnitPath: "/KEM/KEM.1/", DelegateID: "emp-2", DelegateName: "Made Surya Adi Wijaya", PrincipalID: "emp-1", PrincipalName: "Ratna Wulandari",
		From: ago(24 * time.Hour), Until: at(time.Date(2026, 12, 4, 17, 0, 0, 0, time.UTC)), Reason: "Cuti tahunan", GivenBy: "Ratna Wulandari", Revocable: true}
}

func (c *counter) Delegations(_ context.Context, _ models.Actor, box string) ([]models.DelegationView, error) {
	if c.empty {
		return nil, c.ask(box)
	}
	first, second := sampleDelegation(), sampleDelegation()
	second.ID, second.Kind, second.DelegateName, second.PrincipalID, second.PrincipalName = "del-2", models.ActingVacancy, "Fajar Anggraini", "", ""
	second.From, second.UnitName, second.GivenBy = later(48*time.Hour), "Direktorat Perencanaan Umum", "Lestari Utami"
	if box == "received" {
		first.ID, first.DelegateName, first.PrincipalName, first.Revocable, first.GivenBy = "del-4", "Ratna Wulandari", "Hendra Gunawan", false, ""
		return []models.DelegationView{first}, c.ask(box)
	}
	first.EndedBy, first.Revocable = "Ratna Wulandari", false
	third := sampleDelegation()
	third.ID = "del-3"
	if box == "units" {
		third.ID, third.PrincipalName, third.UnitName, third.GivenBy = "del-5", "Bagus Pratama", "Direktorat Perencanaan Umum", "Bagus Pratama"
	}
	return []models.DelegationView{second, third, first}, c.ask(box)
}

func (c *counter) Delegation(context.Context, models.Actor, string) (models.DelegationView, error) {
	return sampleDelegation(), c.fail
}

func (c *counter) Delegate(_ context.Context, _ models.Actor, in models.Delegation) (models.DelegationView, error) {
	if err := c.ask(in); err != nil {
		return models.DelegationView{}, err
	}
	return sampleDelegation(), c.unfit
}

func (c *counter) EndDelegation(_ context.Context, _ models.Actor, id string) error { return c.ask(id) }

func (c *counter) Delegates(_ context.Context, _ models.Actor, _, text string) ([]models.EmployeeView, error) {
	if text == "zzz" {
		return nil, nil
	}
	return []models.EmployeeView{
		{ID: "emp-2", Name: "Made Surya Adi Wijaya", Position: "Kepala Subdirektorat Program", UnitName: "Direktorat Perencanaan Umum", Status: "active"},
		{ID: "emp-3", Name: "Made Ayu Lestari", Position: "Analis Kebijakan Ahli Madya", UnitName: "Direktorat Jenderal Perencanaan", Status: "active"}}, nil
}

func (c *counter) Absences(context.Context, models.Actor) ([]models.Absence, error) {
	if !c.away {
		return nil, nil
	}
	return []models.Absence{
		{Role: models.RoleHead, Unit: "KEM.1", UnitName: "Direktorat Jenderal Perencanaan", EmployeeID: "emp-1", EmployeeName: "Ratna Wulandari", Status: models.EmployeeOnLeave, Fillable: true},
		{Role: models.RoleHead, Unit: "KEM.1.2", UnitName: "Direktorat Perencanaan Umum", EmployeeID: "emp-9", EmployeeName: "Bagus Pratama", Status: models.EmployeeOnLeave, Fillable: true},
		{Role: models.RoleHead, Unit: "KEM.1.3", UnitName: "Direktorat Evaluasi", EmployeeID: "emp-8", EmployeeName: "Wayan Sukarta", Status: models.EmployeeRetired}}, nil
}

// onLeave says that the registry has people away.
func onLeave(c *counter) { c.away = true }

func administering(c *counter) {
	c.who.Actor.Grants = append(c.who.Actor.Grants, models.Grant{Role: models.RoleAdmin, Unit: "KEM", UnitPath: "/KEM/"})
}

func delegationScenes() []scene {
	return []scene{
		{name: "delegations", path: "/delegations", set: onLeave},
		{name: "delegations-empty", path: "/delegations", set: func(c *counter) { c.empty = true }},
		{name: "delegate", path: "/delegations/new"},
		{name: "delegate-away", path: "/delegations/new?unit=KEM.1.2&role=unit_head&principal_id=emp-9&kind=plh", set: onLeave},
		{name: "delegate-admin", path: "/delegations/new", set: administering},
		{name: "delegation-end", path: "/delegations/del-1/end"},
		{name: "home-on-leave", path: "/", set: onLeave},
		{name: "memo-acting", path: "/memos/memo-1", set: func(c *counter) {
			c.memo.Steps[0].Names = []string{"Ratna Wulandari", "Made Surya Adi Wijaya"}
			c.memo.Steps[0].People = []models.StepPerson{{Name: "Ratna Wulandari"},
				{Name: "Made Surya Adi Wijaya", Acting: models.ActingDaily, For: "Ratna Wulandari", Until: sampleDelegation().Until}}
		}},
	}
}
