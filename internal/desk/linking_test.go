package desk_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"loket/internal/demo"
	"loket/internal/demo/relying"
	"loket/internal/desk"
	"loket/internal/keyring"
	"loket/internal/linking"
	"loket/internal/store"
	"loket/models"
)

// office is a desk over a real store, and an application with its own login that can be switched off.
type office struct {
	*desk.Desk
	t     *testing.T
	store *store.Store
	path  string
	log   *lockedBuffer
	asked atomic.Int32
	away  atomic.Bool
	mu    sync.Mutex
	past  time.Duration
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write keeps lines of several requests apart.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return time.Now().Add(o.past)
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.past += d
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, path: filepath.Join(t.TempDir(), "loket.db"), log: &lockedBuffer{}}
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "keyring.json"))
	require.NoError(t, err)
	o.store, err = store.Open(t.Context(), store.Config{URL: "sqlite:" + o.path, AuditKeys: ring, TokenKey: ring.Current(keyring.Token).Secret,
		PublicURL: "http://localhost", Now: o.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.store.Close()) })
	require.NoError(t, o.store.Migrate(t.Context()))
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	asker := linking.New(linking.Config{Asker: linking.NewHTTP(nil), Secrets: o.store, Keys: ring, Now: o.now, Log: log})
	o.Desk = desk.New(desk.Config{Store: o.store, Linking: asker, Clock: models.Clock{Epoch: time.Now(), Speed: 1}, Now: o.now, Logger: log})
	o.application()
	return o
}

// application puts the demo's application up and registers it.
func (o *office) application() {
	users, err := demo.Login()
	require.NoError(o.t, err)
	app, err := relying.New(relying.Config{ID: demo.LoginApp, Name: "E-Rekomendasi", Issuer: "http://localhost", Users: users})
	require.NoError(o.t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.asked.Add(1)
		if o.away.Load() {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		app.ServeHTTP(w, r)
	}))
	o.t.Cleanup(server.Close)
	admin := models.Actor{Agency: models.DefaultAgency, Grants: []models.Grant{{Role: models.RoleAdmin, Unit: "KEM"}}}
	_, _, err = o.SaveApplication(o.t.Context(), admin, models.Application{ID: demo.LoginApp, Name: "E-Rekomendasi", About: "Rekomendasi.", Provider: "Lembaga Contoh",
		Kind: models.ApplicationConfidential, Icon: "letter", Access: models.AccessEveryone, Launch: server.URL + "/start", Redirects: []string{server.URL + "/callback"},
		Linking: server.URL + "/loket", Enabled: true})
	require.NoError(o.t, err)
	users.Secret, err = o.RenewLinkingSecret(o.t.Context(), admin, demo.LoginApp)
	require.NoError(o.t, err)
}

func (o *office) person(username string) models.Actor {
	o.t.Helper()
	id, err := o.store.CreateAccount(o.t.Context(), models.Actor{}, store.NewAccount{Username: username, Name: "Sekar Anggraini", Email: username + "@kem.example", PasswordHash: "argon"})
	require.NoError(o.t, err)
	return o.actor(id)
}

func (o *office) actor(id string) models.Actor {
	o.t.Helper()
	a, err := o.store.ActorOf(o.t.Context(), id, o.now())
	require.NoError(o.t, err)
	return a
}

func (o *office) session(a models.Actor) string {
	o.t.Helper()
	opened, err := o.store.CreateSession(o.t.Context(), a, store.NewSession{Expires: o.now().Add(8 * time.Hour)})
	require.NoError(o.t, err)
	return opened.Session.ID
}

func (o *office) link(a models.Actor, username, password string) error {
	_, err := o.LinkApplication(o.t.Context(), a, demo.LoginApp, models.LinkProof{Username: username, Password: password})
	return err
}

// sql is the database as somebody with its file sees it.
func (o *office) sql() *gorm.DB {
	o.t.Helper()
	db, err := gorm.Open(sqlite.New(sqlite.Config{DriverName: "sqlite", DSN: o.path}), &gorm.Config{})
	require.NoError(o.t, err)
	o.t.Cleanup(func() {
		if raw, err := db.DB(); err == nil {
			_ = raw.Close()
		}
	})
	return db
}

func faultOf(t *testing.T, err error) models.FieldFault {
	t.Helper()
	var p *models.Problem
	require.ErrorAs(t, err, &p)
	require.Len(t, p.Faults, 1)
	return p.Faults[0]
}

func TestLinking(t *testing.T) {
	t.Run("a user is proved once, and the application is asked with the secret it was given", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		require.NoError(t, o.link(a, demo.LoginUser, demo.LoginPassword))
		tile, err := o.LinkableApplication(t.Context(), a, demo.LoginApp)
		require.NoError(t, err)
		require.Equal(t, "P-0001", tile.LinkedAs)
		require.ErrorIs(t, o.link(a, "usr_obat", demo.LoginPassword), models.ErrLinked)
		require.ErrorIs(t, o.link(o.person("bayu"), demo.LoginUser, demo.LoginPassword), models.ErrLinkTaken)
	})
	t.Run("a wrong password and an unknown user are told alike; the sixth try is not asked about", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		before := o.asked.Load()
		for i, username := range []string{demo.LoginUser, "siapa", demo.LoginUser, "siapa", demo.LoginUser} {
			require.Equal(t, models.Fault("password", "link_wrong"), faultOf(t, o.link(a, username, "salah")), "try %d", i)
		}
		require.ErrorIs(t, o.link(a, demo.LoginUser, demo.LoginPassword), models.ErrLinkLocked)
		require.Equal(t, before+5, o.asked.Load())
		o.pass(16 * time.Minute)
		require.NoError(t, o.link(a, demo.LoginUser, demo.LoginPassword))
	})
	t.Run("a user whom the application locked is told so by the right password alone", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		require.Equal(t, models.Fault("password", "link_wrong"), faultOf(t, o.link(a, "usr_terkunci", "salah")))
		require.Equal(t, models.Fault("username", "link_user_locked"), faultOf(t, o.link(a, "usr_terkunci", demo.LoginPassword)))
	})
	t.Run("while the application is away, no try counts", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		o.away.Store(true)
		for range 8 {
			require.ErrorIs(t, o.link(a, demo.LoginUser, demo.LoginPassword), models.ErrLinkAway)
		}
		o.away.Store(false)
		require.NoError(t, o.link(a, demo.LoginUser, demo.LoginPassword))
	})
	t.Run("of twenty accounts that prove one user at once, one is linked", func(t *testing.T) {
		o := newOffice(t)
		var people []models.Actor
		for i := range 20 {
			people = append(people, o.person("orang"+string(rune('a'+i))))
		}
		var linked atomic.Int32
		var work sync.WaitGroup
		for _, a := range people {
			work.Go(func() {
				if err := o.link(a, demo.LoginUser, demo.LoginPassword); err == nil {
					linked.Add(1)
				}
			})
		}
		work.Wait()
		require.Equal(t, int32(1), linked.Load())
	})
	t.Run("whoever goes away in the middle has tried all the same", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		for range 5 {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, cancel)
			_, _ = o.LinkApplication(ctx, a, demo.LoginApp, models.LinkProof{Username: demo.LoginUser, Password: "salah"})
			cancel()
		}
		for range 5 { // a try that was given up before it began did not count
			_ = o.link(a, demo.LoginUser, "salah")
		}
		require.ErrorIs(t, o.link(a, demo.LoginUser, demo.LoginPassword), models.ErrLinkLocked)
	})
	t.Run("an application without its own login, or that is not theirs to open, is not found", func(t *testing.T) {
		o := newOffice(t)
		_, err := o.LinkApplication(t.Context(), o.person("sekar"), "arsip", models.LinkProof{Username: "x", Password: "y"})
		require.ErrorIs(t, err, models.ErrNotFound)
	})
}

// TestPasswordsOfApplicationsAreNowhere: neither a right nor a wrong one is in the database, nor in the log.
func TestPasswordsOfApplicationsAreNowhere(t *testing.T) {
	o := newOffice(t)
	const canary = "Kenari*Rahasia*99"
	a := o.person("sekar")
	require.Error(t, o.link(a, canary, canary), "typed into the wrong field, too")
	o.away.Store(true)
	require.Error(t, o.link(a, demo.LoginUser, canary))
	o.away.Store(false)
	require.NoError(t, o.link(a, demo.LoginUser, demo.LoginPassword))
	db := o.sql()
	var tables []string
	require.NoError(t, db.Raw("select name from sqlite_schema where type = 'table'").Scan(&tables).Error)
	require.Greater(t, len(tables), 20)
	for _, table := range tables {
		var rows []map[string]any
		require.NoError(t, db.Raw("select * from "+table).Scan(&rows).Error)
		for _, row := range rows {
			for column, value := range row {
				if text, ok := value.(string); ok {
					require.False(t, strings.Contains(text, canary) || strings.Contains(text, demo.LoginPassword), "%s.%s", table, column)
				}
			}
		}
	}
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	require.NotContains(t, o.log.String(), canary)
	require.NotContains(t, o.log.String(), demo.LoginPassword)
}

func TestDirectorates(t *testing.T) {
	codes := func(p models.LinkPlace) (list []string) {
		for _, d := range p.Directorates {
			list = append(list, d.Code)
		}
		return list
	}
	t.Run("they are asked for again after a while, and those of before stand while the application is away", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		require.NoError(t, o.link(a, demo.LoginUser, demo.LoginPassword))
		before := o.asked.Load()
		place := func() models.LinkPlace {
			p, err := o.Directorates(t.Context(), a, demo.LoginApp, "")
			require.NoError(t, err)
			require.Equal(t, []string{"PANGAN", "OBAT"}, codes(p))
			return p
		}
		require.False(t, place().Stale)
		require.Equal(t, before, o.asked.Load(), "linking has just told")
		o.pass(6 * time.Minute)
		require.False(t, place().Stale)
		require.Equal(t, before+1, o.asked.Load())
		o.away.Store(true)
		o.pass(6 * time.Minute)
		for range 3 {
			require.True(t, place().Stale)
		}
		require.Equal(t, before+2, o.asked.Load(), "one that is away is left alone for a moment")
		o.away.Store(false)
		o.pass(20 * time.Second)
		require.False(t, place().Stale)
	})
	t.Run("a trader has those of the company, found by its NPWP, linked or not", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("pedagang")
		db := o.sql()
		require.NoError(t, db.Exec("insert into companies (id, agency_id, npwp, name, created) values ('c1', 'main', ?, 'PT Contoh', ?)", demo.CompanyNPWP, time.Now()).Error)
		require.NoError(t, db.Exec("update accounts set company_id = 'c1' where id = ?", a.AccountID).Error)
		a = o.actor(a.AccountID)
		p, err := o.Directorates(t.Context(), a, demo.LoginApp, "")
		require.NoError(t, err)
		require.Equal(t, []string{"PANGAN", "OBAT", "KOSMETIK"}, codes(p))
		require.Equal(t, demo.CompanyNPWP, p.NPWP)
		require.Empty(t, p.User)
		require.NoError(t, o.link(a, "usr_obat", demo.LoginPassword))
		p, err = o.Directorates(t.Context(), a, demo.LoginApp, "")
		require.NoError(t, err)
		require.Len(t, p.Directorates, 3)
		require.Equal(t, "P-0002", p.User)
	})
	t.Run("one of theirs is chosen for a session of theirs", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		require.NoError(t, o.link(a, demo.LoginUser, demo.LoginPassword))
		session := o.session(a)
		for code, fault := range map[string]string{"": "directorate_required", "KOSMETIK": "choice_unknown"} {
			_, err := o.ChooseDirectorate(t.Context(), a, demo.LoginApp, session, code)
			require.Equal(t, fault, faultOf(t, err).Code)
		}
		_, err := o.ChooseDirectorate(t.Context(), a, demo.LoginApp, o.session(o.person("bayu")), "OBAT")
		require.ErrorIs(t, err, models.ErrNotFound)
		_, err = o.ChooseDirectorate(t.Context(), a, demo.LoginApp, session, "OBAT")
		require.NoError(t, err)
		p, err := o.Directorates(t.Context(), a, demo.LoginApp, session)
		require.NoError(t, err)
		d, settled := p.Settled()
		require.True(t, settled)
		require.Equal(t, "OBAT", d.Code)
		p, err = o.Directorates(t.Context(), a, demo.LoginApp, o.session(a))
		require.NoError(t, err)
		_, settled = p.Settled()
		require.False(t, settled, "another session asks again")
	})
	t.Run("a single one asks nothing", func(t *testing.T) {
		o := newOffice(t)
		a := o.person("sekar")
		require.NoError(t, o.link(a, "usr_obat", demo.LoginPassword))
		p, err := o.Directorates(t.Context(), a, demo.LoginApp, "")
		require.NoError(t, err)
		d, settled := p.Settled()
		require.True(t, settled)
		require.Equal(t, "OBAT", d.Code)
	})
}
