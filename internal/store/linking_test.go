package store

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// licences is an application with its own login.
func licences() models.Application {
	return models.Application{ID: "rekomendasi", Name: "E-Rekomendasi", About: "Rekomendasi impor.", Provider: "Lembaga Contoh", Kind: models.ApplicationConfidential,
		Icon: "letter", Access: models.AccessEveryone, Launch: "https://rekomendasi.example/start", Redirects: []string{"https://rekomendasi.example/callback"},
		Linking: "https://rekomendasi.example/loket", Enabled: true}
}

func provedUser(id string) models.ApplicationUser {
	return models.ApplicationUser{ID: id, Name: "Pengguna Pangan", Directorates: []models.Directorate{{Code: "PANGAN", Name: "Pangan"}, {Code: "OBAT", Name: "Obat"}}}
}

// accounts are n active accounts of the ministry's employees.
func (b *bundle) accounts(n int) []models.Actor {
	b.t.Helper()
	var nips []string
	require.NoError(b.t, b.read.Raw("select nip from employees where nip <> '' order by nip limit ?", n).Scan(&nips).Error)
	require.Len(b.t, nips, n)
	list := make([]models.Actor, n)
	for i, nip := range nips {
		list[i] = b.employee(nip)
	}
	return list
}

func TestLinkApplication(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		require.NoError(t, b.SaveApplication(b.ctx(), models.Actor{}, licences()))
		people := b.accounts(20)
		told := func(kind string) int { return b.count("select count(*) from notices where kind = ?", kind) }
		t.Run("of twenty accounts at once, one gets the user", func(t *testing.T) {
			linked := 0
			for _, err := range atOnce(20, func(i int) error {
				_, err := b.LinkApplication(b.ctx(), people[i], "rekomendasi", provedUser("P-1"))
				return err
			}) {
				if err == nil {
					linked++
					continue
				}
				require.True(t, errors.Is(err, models.ErrLinkTaken), "%v", err)
			}
			require.Equal(t, 1, linked)
			require.Equal(t, 1, b.count("select count(*) from application_links"))
			require.Equal(t, 1, told("application_linked"))
			require.Equal(t, 1, told("application_link_claimed"), "the owner is told once an hour")
			require.Equal(t, 19, b.count("select count(*) from audit_entries where action = 'application_linked' and outcome = 'link_taken'"))
		})
		var holder string
		require.NoError(t, b.read.Raw("select account_id from application_links").Scan(&holder).Error)
		owner := b.actor(holder)
		t.Run("the same once more is no change, another user is refused", func(t *testing.T) {
			_, err := b.LinkApplication(b.ctx(), owner, "rekomendasi", provedUser("P-1"))
			require.NoError(t, err)
			_, err = b.LinkApplication(b.ctx(), owner, "rekomendasi", provedUser("P-2"))
			require.ErrorIs(t, err, models.ErrLinked)
			require.Equal(t, 1, b.count("select count(*) from application_links"))
		})
		t.Run("the tile tells of it, and how many have it", func(t *testing.T) {
			tiles, err := b.ApplicationTiles(b.ctx(), owner, "rekomendasi")
			require.NoError(t, err)
			require.Len(t, tiles, 1)
			require.True(t, tiles[0].Linking)
			require.Equal(t, "P-1", tiles[0].LinkedAs)
			require.Equal(t, 2, tiles[0].Directorates)
			require.Equal(t, testNow(), tiles[0].Linked.UTC())
			users, err := b.ApplicationUsers(b.ctx(), models.DefaultAgency, []string{"rekomendasi"})
			require.NoError(t, err)
			require.Equal(t, map[string]int{"rekomendasi": 1}, users)
		})
		t.Run("admins list it and find it by owner or user", func(t *testing.T) {
			for words, n := range map[string]int{"": 1, "p-1": 1, "P-9": 0, "%": 0} {
				page, err := b.ApplicationLinks(b.ctx(), models.DefaultAgency, "rekomendasi", words, models.PageQuery{})
				require.NoError(t, err)
				require.Len(t, page.Items, n, words)
			}
		})
		t.Run("unlinked by somebody else, the owner is told, what is open closes, and the user is free", func(t *testing.T) {
			opened, err := b.CreateSession(b.ctx(), owner, NewSession{Expires: b.wallNow().Add(time.Hour)})
			require.NoError(t, err)
			require.NoError(t, b.OpenGrant(b.ctx(), owner, OpenIDGrant{ID: "g1", Application: "rekomendasi", SessionID: opened.Session.ID, Expires: b.wallNow().Add(time.Hour)},
				[]OpenIDToken{{Kind: "access", Name: "t", GrantID: "g1", Body: "{}", Expires: b.wallNow().Add(time.Hour)}}, ""))
			require.NoError(t, b.ChooseDirectorate(b.ctx(), owner, opened.Session.ID, "rekomendasi", "OBAT"))
			require.NoError(t, b.UnlinkApplication(b.ctx(), people[0], "rekomendasi", holder))
			require.ErrorIs(t, b.UnlinkApplication(b.ctx(), people[0], "rekomendasi", holder), models.ErrNotFound)
			found, err := b.OpenIDFind(b.ctx(), models.DefaultAgency, "access", "t")
			require.NoError(t, err)
			require.False(t, found.Live)
			require.Zero(t, b.count("select count(*) from directorate_choices"))
			if people[0].AccountID != holder {
				require.Equal(t, 1, told("application_unlinked"))
			}
			_, err = b.LinkApplication(b.ctx(), people[3], "rekomendasi", provedUser("P-1"))
			require.NoError(t, err)
		})
	})
}

func TestLinkTries(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		require.NoError(t, b.SaveApplication(b.ctx(), models.Actor{}, licences()))
		a := b.accounts(1)[0]
		begin := func() error { return b.BeginLinkTry(b.ctx(), a, "rekomendasi") }
		t.Run("of forty at once, five are asked about", func(t *testing.T) {
			passed := 0
			for _, err := range atOnce(40, func(int) error { return begin() }) {
				if err == nil {
					passed++
					continue
				}
				require.ErrorIs(t, err, models.ErrLinkLocked)
			}
			require.Equal(t, 5, passed)
		})
		t.Run("another application is not closed by it, nor another account", func(t *testing.T) {
			require.NoError(t, b.BeginLinkTry(b.ctx(), a, "arsip"))
			require.NoError(t, b.BeginLinkTry(b.ctx(), b.accounts(2)[1], "rekomendasi"))
		})
		t.Run("a quarter of an hour opens it", func(t *testing.T) {
			b.wall.pass(14 * time.Minute)
			require.ErrorIs(t, begin(), models.ErrLinkLocked)
			b.wall.pass(2 * time.Minute)
			require.NoError(t, begin())
		})
		t.Run("what the application did not answer does not count", func(t *testing.T) {
			for range 20 {
				require.NoError(t, begin())
				require.NoError(t, b.ReturnLinkTry(b.ctx(), a, "rekomendasi"))
			}
		})
		t.Run("a right one forgets the wrong ones", func(t *testing.T) {
			require.NoError(t, begin())
			_, err := b.LinkApplication(b.ctx(), a, "rekomendasi", provedUser("P-1"))
			require.NoError(t, err)
			require.Zero(t, b.count("select count(*) from link_tries where account_id = ? and application = 'rekomendasi'", a.AccountID))
		})
	})
}

func TestDirectorateChoices(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		require.NoError(t, b.SaveApplication(b.ctx(), models.Actor{}, licences()))
		people := b.accounts(2)
		a := people[0]
		_, err := b.LinkApplication(b.ctx(), a, "rekomendasi", provedUser("P-1"))
		require.NoError(t, err)
		first, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour)})
		require.NoError(t, err)
		second, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour)})
		require.NoError(t, err)
		chosen := func(session string) string {
			f, err := b.LinkFacts(b.ctx(), a, "rekomendasi", session)
			require.NoError(t, err)
			require.Equal(t, "P-1", f.User)
			require.Len(t, f.UserDirectorates, 2)
			return f.Chosen
		}
		t.Run("a choice holds in its session alone, and can be changed", func(t *testing.T) {
			require.NoError(t, b.ChooseDirectorate(b.ctx(), a, first.Session.ID, "rekomendasi", "PANGAN"))
			require.NoError(t, b.ChooseDirectorate(b.ctx(), a, first.Session.ID, "rekomendasi", "OBAT"))
			require.Equal(t, "OBAT", chosen(first.Session.ID))
			require.Empty(t, chosen(second.Session.ID))
		})
		t.Run("nobody chooses in somebody else's session", func(t *testing.T) {
			require.ErrorIs(t, b.ChooseDirectorate(b.ctx(), people[1], first.Session.ID, "rekomendasi", "OBAT"), models.ErrNotFound)
		})
		t.Run("a company's directorates are kept beside the user's", func(t *testing.T) {
			b.tamper("insert into companies (id, agency_id, npwp, name, created) values ('c1', 'main', '012345678901000', 'PT Contoh', ?)", testNow())
			b.tamper("update accounts set company_id = 'c1' where id = ?", a.AccountID)
			require.NoError(t, b.LookedAtCompany(b.ctx(), "main", "rekomendasi", "c1", []models.Directorate{{Code: "A", Name: "A"}}))
			require.NoError(t, b.LookedAtCompany(b.ctx(), "main", "rekomendasi", "c1", []models.Directorate{{Code: "A", Name: "A"}, {Code: "B", Name: "B"}, {Code: "C", Name: "C"}}))
			f, err := b.LinkFacts(b.ctx(), a, "rekomendasi", "")
			require.NoError(t, err)
			require.Equal(t, "012345678901000", f.NPWP)
			require.Len(t, f.CompanyDirectorates, 3)
			require.Equal(t, testNow(), f.CompanyLooked.UTC())
			tiles, err := b.ApplicationTiles(b.ctx(), b.actor(a.AccountID), "")
			require.NoError(t, err)
			require.Equal(t, 3, tiles[0].Directorates)
		})
	})
}

func TestLinkingSecret(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		require.NoError(t, b.SaveApplication(b.ctx(), models.Actor{}, licences()))
		plain := licences()
		plain.ID, plain.Linking = "arsip", ""
		require.NoError(t, b.SaveApplication(b.ctx(), models.Actor{}, plain))
		require.ErrorIs(t, b.KeepLinkingSecret(b.ctx(), models.Actor{}, "arsip", "k", "sealed"), models.ErrNotFound)
		require.NoError(t, b.KeepLinkingSecret(b.ctx(), models.Actor{}, "rekomendasi", "k", "sealed"))
		kept, err := b.LinkingSecret(b.ctx(), models.DefaultAgency, "rekomendasi")
		require.NoError(t, err)
		require.Equal(t, LinkingSecret{"https://rekomendasi.example/loket", "k", "sealed"}, kept)
		app, err := b.Application(b.ctx(), models.DefaultAgency, "rekomendasi")
		require.NoError(t, err)
		app.Enabled = false
		require.NoError(t, b.SaveApplication(b.ctx(), models.Actor{}, app))
		_, err = b.LinkingSecret(b.ctx(), models.DefaultAgency, "rekomendasi")
		require.ErrorIs(t, err, models.ErrNotFound, "one that is switched off is not asked")
	})
}
