package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"loket/internal/calendar"
	"loket/internal/registry"
	"loket/internal/sheet"
	"loket/internal/store"
	"loket/models"
)

// person is somebody of the registry.
type person struct{ nip, name, unit, position, email string }

func (p person) row() models.RecapRow {
	return models.RecapRow{NIP: p.nip, Name: p.name, UnitCode: p.unit, Position: p.position, ExternalEmail: p.email}
}

// crowd is the registry in the order of its file, with the names of units.
type crowd struct {
	people []person
	units  map[string]string
}

func newCrowd() (crowd, error) {
	c := crowd{units: map[string]string{}}
	units, err := table("ministry/units.csv")
	if err != nil {
		return c, err
	}
	for _, r := range units.Rows {
		c.units[r.Cells["code"]] = r.Cells["name"]
	}
	employees, err := table("ministry/employees.csv")
	if err != nil {
		return c, err
	}
	for _, r := range employees.Rows {
		if r.Cells["status"] == string(models.EmployeeActive) && r.Cells["nip"] != "" {
			c.people = append(c.people, personOf(r))
		}
	}
	return c, nil
}

func personOf(r sheet.Row) person {
	return person{nip: r.Cells["nip"], name: r.Cells["name"], unit: r.Cells["unit_code"], position: r.Cells["position"], email: r.Cells["external_email"]}
}

// find gives the person with a NIP.
func (c crowd) find(nip string) (person, error) {
	for _, p := range c.people {
		if p.nip == nip {
			return p, nil
		}
	}
	return person{}, fmt.Errorf("the demo's ministry has no employee %s", nip)
}

// idle gives the staff who have no part and stand in none of the lists that people try out, by the order of the file.
func (c crowd) idle() ([]person, error) {
	taken := map[string]bool{}
	for _, p := range cast() {
		taken[p.nip] = true
	}
	for _, name := range []string{"clean", "defects"} {
		t, err := table("ministry/recap-" + name + ".csv")
		if err != nil {
			return nil, err
		}
		for _, r := range t.Rows {
			taken[r.Cells["nip"]] = true
		}
	}
	var idle []person
	for _, p := range c.people {
		if !taken[p.nip] && p.position == "Staf" {
			idle = append(idle, p)
		}
	}
	return idle, nil
}

// SignIn is one ready-made sign-in, as the start page lists it. Group is one of send, decide, verify, support, run, trade and
// follow. Trades says that they are a company's, whose name is in Unit's place.
type SignIn struct {
	Trades                bool
	Group, Username, Name string
	Role                  models.Role // RoleEmployee's place is empty
	Unit                  string
}

// signIns gives the cast with usernames, made as the program makes them, each once.
func (c crowd) signIns() ([]SignIn, error) {
	taken := map[string]bool{}
	var list []SignIn
	for _, p := range cast() {
		who, err := c.find(p.nip)
		if err != nil {
			return nil, err
		}
		base := models.UsernameCandidates(who.name)[0]
		username := base
		for n := 2; taken[username]; n++ {
			username = models.WithNumber(base, n)
		}
		taken[username] = true
		list = append(list, SignIn{Group: p.group, Username: username, Name: who.name, Role: p.role, Unit: c.units[p.unit]})
	}
	return list, nil
}

// operator is who does what no person of the demo does.
func operator() models.Actor {
	return models.Actor{Agency: models.DefaultAgency, Origin: models.Origin{Channel: "cli"}}
}

// settle brings calendar, registry and accounts; done counts as it goes. What stands already is left alone.
func (s *Seeder) settle(ctx context.Context, first time.Time) error {
	cal, err := calendar.BuiltIn()
	if err != nil {
		return err
	}
	if err := s.Store.SeedCalendar(ctx, cal); err != nil {
		return err
	}
	units, err := s.Store.UnitCodes(ctx, models.DefaultAgency)
	if err != nil {
		return err
	}
	if len(units) == 0 {
		f, err := files(first.In(cal.Location()))
		if err != nil {
			return err
		}
		if _, err := registry.Import(ctx, s.Store, operator(), f, first, nil); err != nil {
			return fmt.Errorf("import the ministry: %w", err)
		}
	}
	if err := s.openAccounts(ctx); err != nil {
		return err
	}
	return s.openTraders(ctx, s.Now())
}

// openAccounts makes the cast's accounts. They share one hash: making a hash each would take most of the start.
func (s *Seeder) openAccounts(ctx context.Context) error {
	var hash string
	for i, in := range s.signIns {
		_, err := s.Store.AccountByUsername(ctx, models.DefaultAgency, in.Username)
		if err == nil {
			continue
		}
		if !errors.Is(err, models.ErrNotFound) {
			return err
		}
		if hash == "" {
			if hash, err = s.Hash(ctx, Password); err != nil {
				return err
			}
		}
		_, err = s.Store.CreateAccount(ctx, operator(), store.NewAccount{Username: in.Username, NIP: cast()[i].nip, PasswordHash: hash})
		if err != nil && !errors.Is(err, models.ErrDuplicate) {
			return fmt.Errorf("open the account %s: %w", in.Username, err)
		}
	}
	return nil
}

// actor is a person of the cast as the desk knows them.
func (s *Seeder) actor(ctx context.Context, nip string) (models.Actor, error) {
	for i, p := range cast() {
		if p.nip != nip {
			continue
		}
		account, err := s.Store.AccountByUsername(ctx, models.DefaultAgency, s.signIns[i].Username)
		if err != nil {
			return models.Actor{}, err
		}
		a, err := s.Store.ActorOf(ctx, account.ID, s.Clock.At(s.Now()))
		a.Origin = models.Origin{Channel: "cli"}
		return a, err
	}
	return models.Actor{}, fmt.Errorf("nobody in the demo's cast has the number %s", nip)
}

// within tells whether a unit is another or lies below it.
func within(unit, top string) bool { return unit == top || strings.HasPrefix(unit, top+".") }
