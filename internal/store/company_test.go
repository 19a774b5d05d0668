package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

// firm is a company with its people, of whom the first answers for it.
type firm struct {
	*bundle
	id     string
	people []models.Actor
}

// firm makes a company with n active people; those before responsible answer for it.
func (b *bundle) firm(npwp string, n, responsible int) firm {
	b.t.Helper()
	f := firm{bundle: b}
	for i := range n {
		name := fmt.Sprintf("orang%d.%s", i+1, npwp)
		id, err := b.AddTrader(b.ctx(), models.Actor{}, NewTrader{Company: models.Company{NPWP: npwp, Name: "PT Contoh " + npwp}, Username: name, Name: "Orang Ke" + fmt.Sprint(i+1),
			Email: name + "@niaga.example", PasswordHash: "hash", Responsible: i < responsible, Ends: b.wall.Now().AddDate(1, 0, 0)})
		require.NoError(b.t, err)
		f.people = append(f.people, b.actor(id))
		f.id = f.people[i].Company
	}
	return f
}

func (f firm) change(i int) PersonChange {
	return PersonChange{Company: f.id, Person: f.people[i].AccountID}
}

func (f firm) person(i int) models.CompanyPerson {
	f.t.Helper()
	p, err := f.CompanyPerson(f.ctx(), models.DefaultAgency, f.id, f.people[i].AccountID)
	require.NoError(f.t, err)
	return p
}

func sends(areas ...models.Area) []models.AreaGrant {
	var list []models.AreaGrant
	for _, a := range areas {
		list = append(list, models.AreaGrant{Area: a, Level: models.LevelSend})
	}
	return list
}

// rush is an application that an area opens.
func rush() models.Application {
	app := meetings()
	app.ID, app.Access, app.Area = "kepabeanan", models.AccessByCompany, models.AreaRush
	return app
}

func TestCompanyAreas(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		f, other := b.firm("012345678901000", 3, 1), b.firm("019999999901000", 2, 1)
		boss, rushes := f.people[0], sends(models.AreaRush)
		t.Run("they are given by whoever is responsible, to the company's own people alone", func(t *testing.T) {
			require.NoError(t, b.SetAreas(b.ctx(), boss, f.change(1), rushes))
			require.Equal(t, rushes, f.person(1).Areas)
			require.ErrorIs(t, b.SetAreas(b.ctx(), f.people[1], f.change(2), rushes), models.ErrForbidden)
			require.ErrorIs(t, b.SetAreas(b.ctx(), boss, PersonChange{Company: f.id, Person: other.people[1].AccountID}, rushes), models.ErrNotFound)
			require.ErrorIs(t, b.SetAreas(b.ctx(), boss, other.change(1), rushes), models.ErrNotFound)
			require.ErrorIs(t, b.SetAreas(b.ctx(), boss, PersonChange{Company: f.id, Person: "nobody"}, rushes), models.ErrNotFound)
			require.Equal(t, 1, b.count("select count(*) from company_areas"))
		})
		t.Run("what somebody else changed meanwhile is not overwritten", func(t *testing.T) {
			in := f.change(1)
			in.Version = f.person(1).Version - 1
			require.ErrorIs(t, b.SetAreas(b.ctx(), boss, in, nil), models.ErrStale)
			in.Version++
			require.NoError(t, b.SetAreas(b.ctx(), boss, in, sends(models.AreaRush, models.AreaImports)))
			require.Equal(t, in.Version+1, f.person(1).Version)
		})
		t.Run("an application is opened by its area, and closes with it", func(t *testing.T) {
			require.NoError(t, b.SaveApplication(b.ctx(), b.holder(models.RoleAdmin, ""), rush()))
			may := func(a models.Actor) bool {
				may, err := b.MayOpen(b.ctx(), models.DefaultAgency, a.AccountID, "kepabeanan")
				require.NoError(t, err)
				tiles, err := b.ApplicationTiles(b.ctx(), a, "")
				require.NoError(t, err)
				require.Equal(t, may, len(tiles) == 1)
				return may
			}
			require.True(t, may(f.people[1]))
			require.False(t, may(boss))
			app, err := b.Application(b.ctx(), models.DefaultAgency, "kepabeanan")
			require.NoError(t, err)
			require.Equal(t, 1, app.Users)
			require.Equal(t, models.AreaRush, app.Area)
			b.tamper("update accounts set ends_at = ? where id = ?", b.wall.Now().Add(-time.Second), f.people[1].AccountID)
			require.False(t, may(f.people[1]), "the account is over")
			b.tamper("update accounts set ends_at = null, company_id = ? where id = ?", other.id, f.people[1].AccountID)
			require.False(t, may(f.people[1]), "the areas are of another company's")
			standing, err := b.CompanyStanding(b.ctx(), f.people[1].AccountID)
			require.NoError(t, err)
			require.Empty(t, standing.Areas)
			b.tamper("update accounts set company_id = ? where id = ?", f.id, f.people[1].AccountID)
			require.True(t, may(f.people[1]))
			grant := OpenIDGrant{ID: "g1", Application: "kepabeanan", SessionID: "s1", Expires: b.wall.Now().Add(time.Hour)}
			require.NoError(t, b.OpenGrant(b.ctx(), f.people[1], grant, []OpenIDToken{{Kind: "code", Name: "c", GrantID: "g1", Expires: grant.Expires}}, ""))
			require.NoError(t, b.SetAreas(b.ctx(), boss, f.change(1), sends(models.AreaImports)))
			require.False(t, may(f.people[1]))
			require.Equal(t, 1, b.count("select count(*) from openid_grants where ended is not null and told is null"), "the application hears of it")
		})
		t.Run("who is told", func(t *testing.T) {
			require.Equal(t, 3, b.count("select count(*) from notices where kind = 'trader_areas' and account_id = ?", f.people[1].AccountID))
			require.NoError(t, b.SetAreas(b.ctx(), boss, f.change(0), rushes))
			require.Zero(t, b.count("select count(*) from notices where kind = 'trader_areas' and account_id = ?", boss.AccountID), "nobody is told what they did themselves")
		})
		t.Run("an applications's standing holds no NPWP", func(t *testing.T) {
			standing, err := b.CompanyStanding(b.ctx(), boss.AccountID)
			require.NoError(t, err)
			require.Equal(t, models.CompanyStanding{ID: f.id, Name: "PT Contoh 012345678901000", Responsible: true, Areas: rushes}, standing)
			standing, err = b.CompanyStanding(b.ctx(), b.holder(models.RoleAdmin, "").AccountID)
			require.NoError(t, err)
			require.Empty(t, standing.ID)
		})
	})
}

func TestResponsible(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		f := b.firm("012345678901000", 3, 1)
		boss := f.people[0]
		t.Run("the last one stays", func(t *testing.T) {
			require.ErrorIs(t, b.SetResponsible(b.ctx(), boss, f.change(0), false), models.ErrLastResponsible)
			require.ErrorIs(t, b.CloseColleague(b.ctx(), boss, f.change(0)), models.ErrForbidden)
			require.NoError(t, b.SetResponsible(b.ctx(), boss, f.change(1), true))
			require.NoError(t, b.SetResponsible(b.ctx(), boss, f.change(0), false))
			require.ErrorIs(t, b.SetResponsible(b.ctx(), boss, f.change(0), true), models.ErrForbidden, "no longer theirs to say")
			require.NoError(t, b.SetResponsible(b.ctx(), f.people[1], f.change(0), true))
		})
		t.Run("one whose account is over does not count", func(t *testing.T) {
			b.tamper("update accounts set ends_at = ? where id = ?", b.wall.Now().Add(-time.Hour), f.people[1].AccountID)
			require.ErrorIs(t, b.SetResponsible(b.ctx(), boss, f.change(0), false), models.ErrLastResponsible)
		})
		t.Run("an admin appoints where nobody is left, and nowhere else", func(t *testing.T) {
			admin := b.holder(models.RoleAdmin, "")
			require.ErrorIs(t, b.AppointResponsible(b.ctx(), admin, f.change(2)), models.ErrHasResponsible)
			b.tamper("update accounts set responsible = false where company_id = ?", f.id)
			page, err := b.Companies(b.ctx(), models.DefaultAgency, "contoh", true, models.PageQuery{})
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.NoError(t, b.AppointResponsible(b.ctx(), admin, f.change(2)))
			require.True(t, f.person(2).Responsible)
			page, err = b.Companies(b.ctx(), models.DefaultAgency, "01.234", true, models.PageQuery{})
			require.NoError(t, err)
			require.Empty(t, page.Items)
			page, err = b.Companies(b.ctx(), models.DefaultAgency, "01.234", false, models.PageQuery{})
			require.NoError(t, err)
			require.Equal(t, []models.CompanySummary{{ID: f.id, NPWP: "012345678901000", Name: "PT Contoh 012345678901000", People: 3, Responsible: 1}}, page.Items)
		})
	})
}

func TestLastResponsibleUnderParallelChanges(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		for n, f := range map[int]firm{8: b.firm("012345678901000", 8, 8), 2: b.firm("019999999901000", 2, 2)} {
			errs := atOnce(50, func(i int) error {
				asks, about := f.people[i%n], (i*5+3)%n
				if i%3 == 0 {
					return b.CloseColleague(b.ctx(), asks, f.change(about))
				}
				return b.SetResponsible(b.ctx(), asks, f.change(about), false)
			})
			left := b.count("select count(*) from accounts where company_id = ? and responsible and status = 'active'", f.id)
			require.NotZero(t, left)
			require.Less(t, left, n)
			for _, err := range errs {
				if err != nil {
					require.Condition(t, func() bool { return isOne(err, models.ErrForbidden, models.ErrLastResponsible, models.ErrNotNow) }, "%v", err)
				}
			}
		}
	})
}

func isOne(err error, list ...*models.Problem) bool {
	return slices.ContainsFunc(list, func(p *models.Problem) bool { return errors.Is(err, p) })
}

// TestAreasStayWithinTheCompany walks at random over two companies: whoever asks, nobody but the responsible people of
// a company changes what its people hold, and what they hold is their company's.
func TestAreasStayWithinTheCompany(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		walks := 0
		rapid.Check(t, func(rt *rapid.T) {
			walks++
			firms := []firm{b.firm(fmt.Sprintf("01%06d1901000", walks), 3, 2), b.firm(fmt.Sprintf("02%06d1901000", walks), 2, 1)}
			all := append(append([]models.Actor{}, firms[0].people...), firms[1].people...)
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				asks := rapid.SampledFrom(all).Draw(rt, "asks")
				about := rapid.SampledFrom(all).Draw(rt, "about")
				in := PersonChange{Company: rapid.SampledFrom(firms).Draw(rt, "company").id, Person: about.AccountID}
				before := b.held(about.AccountID)
				err := b.step(asks, in, rapid.SampledFrom([]string{"areas", "responsible", "release", "close", "reopen"}).Draw(rt, "step"),
					rapid.SliceOfNDistinct(rapid.SampledFrom(models.Areas()), 0, 3, rapid.ID).Draw(rt, "areas"))
				foreign := asks.Company != in.Company || about.Company != in.Company
				if foreign {
					require.Error(rt, err)
					require.Equal(rt, before, b.held(about.AccountID))
				}
				require.Zero(rt, b.count("select count(*) from company_areas x join accounts a on a.id = x.account_id where x.company_id <> a.company_id"))
				for _, f := range firms {
					require.NotZero(rt, b.count("select count(*) from accounts where company_id = ? and responsible and status = 'active'", f.id))
				}
			}
		})
	})
}

func (b *bundle) held(account string) string {
	b.t.Helper()
	var found []struct{ Said string }
	require.NoError(b.t, b.read.Raw(`select a.status || ' ' || a.people_version || ' ' || coalesce((select string_agg(x.area || x.level, ',' order by x.area)
		from company_areas x where x.account_id = a.id), '') as said from accounts a where a.id = ?`, account).Scan(&found).Error)
	return found[0].Said
}

func (b *bundle) step(asks models.Actor, in PersonChange, what string, areas []models.Area) error {
	switch what {
	case "areas":
		return b.SetAreas(b.ctx(), asks, in, sends(areas...))
	case "close":
		return b.CloseColleague(b.ctx(), asks, in)
	case "reopen":
		return b.ReopenColleague(b.ctx(), asks, in)
	}
	return b.SetResponsible(b.ctx(), asks, in, what == "responsible")
}

func TestColleagues(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		f := b.firm("012345678901000", 2, 1)
		boss := f.people[0]
		minted := func(account string) map[string]string {
			b.wall.pass(2 * time.Second)
			notices, err := b.ClaimNotices(b.ctx(), 100, time.Second)
			require.NoError(t, err)
			var link map[string]string
			for _, n := range notices {
				if n.SecretFor == account {
					link, err = b.Mint(b.ctx(), n)
					require.NoError(t, err)
					require.True(t, ForTrader(n))
				}
				require.NoError(t, b.NoticeSent(b.ctx(), n.ID, b.wall.Now()))
			}
			return link
		}
		var newcomer string
		t.Run("one is invited, and sets a password by the link within 72 hours", func(t *testing.T) {
			rina := models.Colleague{Name: "Rina Sari", Email: "rina@niaga.example"}
			require.ErrorIs(t, b.InviteColleague(b.ctx(), f.people[1], f.id, rina), models.ErrForbidden)
			require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, rina))
			newcomer = b.withAddress(rina.Email)
			p, err := b.CompanyPerson(b.ctx(), models.DefaultAgency, f.id, newcomer)
			require.NoError(t, err)
			require.Equal(t, "rina.sari", p.Username)
			require.Equal(t, AccountPending, p.Status)
			require.Empty(t, p.Areas)
			require.ErrorContains(t, b.InviteColleague(b.ctx(), boss, f.id, rina), "email: email_taken")
			rina.Email = "rina2@niaga.example"
			require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, rina))
			p, err = b.CompanyPerson(b.ctx(), models.DefaultAgency, f.id, b.withAddress(rina.Email))
			require.NoError(t, err)
			require.Equal(t, "rina.sari2", p.Username)
			in := PersonChange{Company: f.id, Person: newcomer}
			require.ErrorIs(t, b.RelinkColleague(b.ctx(), boss, in), models.ErrTooSoon)
			require.ErrorIs(t, b.SetResponsible(b.ctx(), boss, in, true), models.ErrNotNow, "who has not come yet answers for nothing")
			_, err = b.SpendLink(b.ctx(), tokenOf(t, minted(newcomer)), "hash", models.Origin{})
			require.NoError(t, err)
			require.ErrorIs(t, b.RelinkColleague(b.ctx(), boss, in), models.ErrNotNow)
		})
		t.Run("one who is closed out has nothing left, and begins anew", func(t *testing.T) {
			in := PersonChange{Company: f.id, Person: newcomer}
			require.NoError(t, b.SetAreas(b.ctx(), boss, in, sends(models.AreaRush)))
			require.NoError(t, b.SetResponsible(b.ctx(), boss, in, true))
			them := b.actor(newcomer)
			_, err := b.CreateSession(b.ctx(), them, NewSession{Expires: b.wall.Now().Add(time.Hour)})
			require.NoError(t, err)
			_, secret, err := b.CreateToken(b.ctx(), them, "x", models.Scopes(), b.wall.Now().Add(time.Hour))
			require.NoError(t, err)
			require.NoError(t, b.CloseColleague(b.ctx(), boss, in))
			require.Zero(t, b.count("select count(*) from sessions where account_id = ?", newcomer))
			_, err = b.TokenBySecret(b.ctx(), secret)
			require.Error(t, err)
			_, err = b.ActorOf(b.ctx(), newcomer, b.caseNow())
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			require.ErrorIs(t, b.CloseColleague(b.ctx(), boss, in), models.ErrNotNow)
			require.ErrorIs(t, b.SetAreas(b.ctx(), boss, in, sends(models.AreaRush)), models.ErrNotNow)
			require.Nil(t, minted(newcomer))
			require.NoError(t, b.ReopenColleague(b.ctx(), boss, in))
			require.ErrorIs(t, b.ReopenColleague(b.ctx(), boss, in), models.ErrNotNow)
			p, err := b.CompanyPerson(b.ctx(), models.DefaultAgency, f.id, newcomer)
			require.NoError(t, err)
			require.Empty(t, p.Areas)
			require.False(t, p.Responsible)
			_, err = b.SpendLink(b.ctx(), tokenOf(t, minted(newcomer)), "hash", models.Origin{})
			require.NoError(t, err)
			require.Empty(t, b.actor(newcomer).Responsible)
		})
		t.Run("the list tells the day of the last sign-in, as the trail has it", func(t *testing.T) {
			require.NoError(t, b.AppendAudit(b.ctx(), models.AuditEntry{Stream: accountStream(boss.AccountID), Actor: boss.AccountID, Action: "sign_in", At: testNow().Add(-10 * time.Hour)},
				models.AuditEntry{Stream: accountStream(boss.AccountID), Actor: boss.AccountID, Action: "sign_in", Outcome: "wrong_credentials"}))
			staff, err := b.Staff(b.ctx(), models.DefaultAgency, f.id)
			require.NoError(t, err)
			require.Len(t, staff.People, 4)
			require.Equal(t, "2026-11-22", staff.People[0].LastSignIn)
			require.Empty(t, staff.People[1].LastSignIn)
			_, err = b.Staff(b.ctx(), models.DefaultAgency, "nothing")
			require.ErrorIs(t, err, models.ErrNotFound)
		})
	})
}

// withAddress is the one account that has an address.
func (b *bundle) withAddress(email string) string {
	b.t.Helper()
	var found []string
	require.NoError(b.t, b.read.Raw("select id from accounts where email = ?", email).Scan(&found).Error)
	require.Len(b.t, found, 1)
	return found[0]
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		f, other := b.firm("012345678901000", 1, 1), b.firm("019999999901000", 1, 1)
		boss := f.people[0]
		t.Run("an address of another company's is answered alike, and told so itself", func(t *testing.T) {
			theirs := b.account(other.people[0]).Email
			require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, models.Colleague{Name: "Tono Wibowo", Email: theirs}))
			require.Equal(t, other.people[0].AccountID, b.withAddress(theirs))
			require.Equal(t, theirs, b.waiting("email_taken", theirs).To)
			require.Zero(t, b.count("select count(*) from notices where kind = 'trader_invited'"))
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'colleague_invited' and object = ?", "company:"+f.id))
		})
		t.Run("an address that was just sent one gets no other, whoever has it", func(t *testing.T) {
			b.wall.pass(models.ResendPause)
			theirs := models.Colleague{Name: "Tono Wibowo", Email: b.account(other.people[0]).Email}
			require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, theirs))
			require.ErrorIs(t, b.InviteColleague(b.ctx(), boss, f.id, theirs), models.ErrTooSoon)
			free := models.Colleague{Name: "Rina Sari", Email: "rina@niaga.example"}
			require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, free))
			require.ErrorIs(t, b.InviteColleague(b.ctx(), other.people[0], other.id, free), models.ErrTooSoon)
		})
		t.Run("one who comes and goes is not written to each time", func(t *testing.T) {
			in := PersonChange{Company: f.id, Person: b.withAddress("rina@niaga.example")}
			require.NoError(t, b.CloseColleague(b.ctx(), boss, in))
			require.NoError(t, b.ReopenColleague(b.ctx(), boss, in))
			require.NoError(t, b.CloseColleague(b.ctx(), boss, in))
			require.ErrorIs(t, b.ReopenColleague(b.ctx(), boss, in), models.ErrTooSoon)
			b.wall.pass(models.ResendPause)
			require.NoError(t, b.ReopenColleague(b.ctx(), boss, in))
		})
		t.Run("a company invites 50 a day", func(t *testing.T) {
			b.wall.pass(24 * time.Hour)
			for i := range 50 {
				require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, models.Colleague{Name: "Rina Sari", Email: fmt.Sprintf("rina%d@niaga.example", i)}))
			}
			rina := models.Colleague{Name: "Rina Sari", Email: "rina51@niaga.example"}
			require.ErrorIs(t, b.InviteColleague(b.ctx(), boss, f.id, rina), models.ErrTooSoon)
			require.NoError(t, b.InviteColleague(b.ctx(), other.people[0], other.id, rina))
			rina.Email = "rina52@niaga.example"
			b.wall.pass(24 * time.Hour)
			require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, rina))
		})
	})
}
