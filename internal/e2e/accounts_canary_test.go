package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/auth"
	"loket/internal/store"
	"loket/models"
)

// TestAccountCanaries takes a hundred accounts to every end there is, with codes, passwords, links, tokens, keys and
// numbers of people planted along the way, and finds none of them in a history, a log, the audit trail or an address, nor
// in the database but as a digest or sealed.
func TestAccountCanaries(t *testing.T) {
	t.Parallel()
	r := openReserve(t)
	const flows = 100
	require.Equal(t, flows, r.run())

	r.birds.refused(t, r.clientFrom("203.0.113.250"))
	r.misplaced()
	read := r.o.scanHistories(r.birds)
	require.Equal(t, 32, read["activation"])
	require.Equal(t, 8, read["registration"])
	seen := r.birds.scanTables(t, r.database)
	require.True(t, seen["employees"], "where it belongs it is found")
	log := r.o.output.String()
	require.Empty(t, r.birds.found(log), "in a log")
	require.Greater(t, strings.Count(log, "\n"), 5*flows, "the log tells of each request")
	require.Greater(t, len(r.birds.secrets), 5*flows)
	for _, told := range []string{"/api/v1/password-resets/", "/oidc/token", "/reset/", "/sign-in"} {
		require.Contains(t, log, told, "requests of every sort are logged")
	}
	r.o.stop()
	require.Contains(t, r.o.command(r.birds.check()...), "\n0 faults\n")
	_, err := r.o.outcome("check", "--canary", "KTP asli dan kartu pegawai")
	require.Error(t, err, "what the trail tells is found")
}

// reserve is an installation with people of every sort in it, and the canaries that they keep.
type reserve struct {
	t        *testing.T
	o        *office
	birds    *aviary
	database string
	c        apitest.Client
	officer  person
	helper   person
	admin    person
	linker   *httptest.Server // an application's own login
	secret   string           // of the application that signs people in
	people   []applicant      // who may activate an account
	known    []map[string]string
}

// accountFlow is one way that an account goes, and how many go it.
type accountFlow struct {
	name  string
	times int
	play  func(r *reserve, f bird)
}

// bird is whoever goes one of the ways: the n-th of its kind, from an address of their own.
type bird struct {
	n int
	c apitest.Client
	x string // the address
}

func (r *reserve) kinds() []accountFlow {
	return []accountFlow{
		{"activated", 10, (*reserve).activated}, {"wrong data", 6, (*reserve).wrongData}, {"wrong code", 6, (*reserve).wrongCode},
		{"disowned", 6, (*reserve).disowned}, {"expired", 4, (*reserve).expired}, {"forgotten", 12, (*reserve).forgotten},
		{"trader forgot", 8, (*reserve).traderForgot}, {"helped", 8, (*reserve).helped}, {"changed", 8, (*reserve).changed},
		{"second factor", 4, (*reserve).secondFactor}, {"registered", 8, (*reserve).registered}, {"moved", 6, (*reserve).moved},
		{"linked", 6, (*reserve).linked}, {"signed on", 8, (*reserve).signedOn},
	}
}

// misplaced has people write secrets where they do not belong: into addresses, and into the field beside.
func (r *reserve) misplaced() {
	v := r.browser(bird{x: "203.0.113.251"})
	for n, path := range []string{"/sign-in?username=lupa.p0&password=%s", "/reset/%s", "/password/%s", "/activation/complete?code=%s", "/activation/disown/%s", "/email/undo/%s",
		"/register/%s", "/api/v1/links/%s", "/api/v1/me?access_token=%s", "/tidak-ada/%s", "/oidc/authorize?client_id=kenari&client_secret=%s"} {
		v.get(fmt.Sprintf(path, r.birds.secret(fmt.Sprintf("Kenari*Salah*%d*Alamat*Panjang", 100+n))))
	}
	for n, field := range []string{"username", "return", "password", "entah"} {
		form := url.Values{"username": {"lupa.p0"}, "password": {"x"}}
		form.Set(field, r.birds.secret(fmt.Sprintf("Kenari*Salah*%d*Kolom", 200+n)))
		v.post("/sign-in", form)
	}
}

// run has everybody go, a dozen at once, and tells how many went.
func (r *reserve) run() (went int) {
	type turn struct {
		k accountFlow
		n int
	}
	queue := make(chan turn, 200)
	for _, k := range r.kinds() {
		for n := range k.times {
			queue <- turn{k, n}
			went++
		}
	}
	close(queue)
	var hands sync.WaitGroup
	for range 12 {
		hands.Go(func() {
			for next := range queue {
				address := fmt.Sprintf("198.51.%d.%d", next.n, len(next.k.name)*16+int(next.k.name[0])%16)
				next.k.play(r, bird{next.n, r.clientFrom(address), address})
			}
		})
	}
	hands.Wait()
	return went
}

// openReserve starts a process that logs all it can, with accounts that have one password at first.
func openReserve(t *testing.T) *reserve {
	t.Helper()
	r := &reserve{t: t, birds: &aviary{}, database: postgres.NewDatabase(t)}
	r.o = newOffice(t, r.database).trustsUs()
	r.o.env = append(r.o.env, "LOKET_LOG_LEVEL=debug")
	r.people = applicants(t, string(models.EmploymentPNS), 44)
	r.birds.secret(password)
	r.settle()
	r.o.start()
	r.c = apitest.NewClient(t, r.o.base)
	r.officer, r.helper, r.admin = r.in(r.clientFrom("198.51.100.1"), "petugas.verifikasi"), r.in(r.clientFrom("198.51.100.2"), "petugas.bantuan"), r.in(r.clientFrom("198.51.100.3"), "pengelola.sistem")
	for _, p := range []person{r.helper, r.admin} {
		p.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
	}
	r.registersApplications()
	return r
}

// settle makes accounts without the program's help, of which a test would make one a second.
func (r *reserve) settle() {
	s := r.o.database()
	defer func() { require.NoError(r.t, s.Close()) }()
	hasher, err := auth.NewHasher(1)
	require.NoError(r.t, err)
	hash, err := hasher.Hash(r.t.Context(), password)
	require.NoError(r.t, err)
	add := func(in store.NewAccount) {
		in.PasswordHash = hash
		_, err := s.CreateAccount(r.t.Context(), models.Actor{Origin: models.Origin{Channel: "cli"}}, in)
		require.NoError(r.t, err)
	}
	for username, role := range map[string]models.Role{"petugas.verifikasi": models.RoleOfficer, "petugas.bantuan": models.RoleSupport1, "pengelola.sistem": models.RoleAdmin} {
		add(store.NewAccount{Username: username, Name: "Orang Kantor", Email: username + "@kem.example", Grants: []models.RoleGrant{{Role: role, Unit: "KEM", Reason: "uji"}}})
	}
	for n, a := range r.people[32:] {
		e := registered(r.t, a.nip)
		r.known = append(r.known, e)
		add(store.NewAccount{Username: fmt.Sprint("lupa.p", n), NIP: a.nip})
	}
	for what, times := range map[string]int{"bantu": 8, "ganti": 8, "faktor": 4, "tautan": 6, "masuk": 8} {
		for n := range times {
			name := fmt.Sprint(what, ".p", n)
			add(store.NewAccount{Username: name, Name: "Burung Penyanyi", Email: name + "@kem.example", MustChange: what == "ganti"})
		}
	}
	for what, times := range map[string]int{"niaga": 8, "pindah": 6} {
		for n := range times {
			name := fmt.Sprint(what, ".p", n)
			_, err := s.AddTrader(r.t.Context(), models.Actor{Origin: models.Origin{Channel: "cli"}}, store.NewTrader{Company: models.Company{NPWP: fmt.Sprintf("01234%03d%07d", n, len(what)),
				Name: "PT " + name, Address: "Jl. Pelabuhan 1, Jakarta", Postcode: "14310", Phone: "021 555 0101"}, Username: name, Name: "Burung Niaga", Email: name + "@niaga.example",
				PasswordHash: hash, Responsible: true, Ends: time.Now().Add(models.TraderValidity)})
			require.NoError(r.t, err)
		}
	}
}

// registersApplications has the admin register one that signs people in, and one that has a login of its own.
func (r *reserve) registersApplications() {
	r.linker = httptest.NewServer(http.HandlerFunc(ownLogin))
	r.t.Cleanup(r.linker.Close)
	for _, app := range []map[string]any{{"id": "kenari", "name": "Kenari"}, {"id": "sangkar", "name": "Sangkar", "linking_address": r.linker.URL}} {
		for name, value := range map[string]any{"about": "Uji.", "provider": "Lembaga Mitra", "kind": "confidential", "icon": "people", "launch": "http://127.0.0.1:9/",
			"redirect_uris": []string{wayBack}, "enabled": true, "access": "everyone"} {
			app[name] = value
		}
		var made struct {
			Secret string `json:"client_secret"`
		}
		r.admin.Call(r.t, http.MethodPost, "/api/v1/applications", app).Into(r.t, http.StatusCreated, &made)
		if r.birds.secret(made.Secret); app["id"] == "kenari" {
			r.secret = made.Secret
		}
	}
	for path, field := range map[string]string{"/api/v1/applications/kenari/secret": "client_secret", "/api/v1/applications/sangkar/linking-secret": "linking_secret"} {
		var made map[string]any
		r.admin.Call(r.t, http.MethodPost, path, nil).Into(r.t, http.StatusOK, &made)
		again, ok := made[field].(string)
		require.True(r.t, ok, "%v", made)
		if r.birds.secret(again); field == "client_secret" {
			r.secret = again
		}
	}
}

// ownLogin is right about whoever's password begins with a nightingale.
func ownLogin(w http.ResponseWriter, q *http.Request) {
	var in struct{ Username, Password string }
	_ = json.NewDecoder(q.Body).Decode(&in)
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{"result": "wrong"}
	if strings.HasPrefix(in.Password, "Bulbul") {
		answer = map[string]any{"result": "ok", "user": map[string]string{"id": in.Username, "name": "Pengguna Sangkar"}, "directorates": []any{map[string]string{"code": "A", "name": "Direktorat A"}}}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// from says where a request comes from.
type from struct {
	address string
	next    http.RoundTripper
}

// RoundTrip sends it.
func (f from) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	q.Header.Set("X-Forwarded-For", f.address)
	return f.next.RoundTrip(q)
}

func (r *reserve) clientFrom(address string) apitest.Client {
	c := r.c
	c.HTTP = &http.Client{Transport: from{address, c.HTTP.Transport}}
	return c
}

// in signs somebody in, whose token is a secret.
func (r *reserve) in(c apitest.Client, username string) person { return r.inBy(c, username, password) }

func (r *reserve) inBy(c apitest.Client, username, password string) person {
	r.t.Helper()
	p := r.o.signIn(c, username, password)
	r.birds.secret(p.Token)
	return p
}

// expire makes a request late, as the clock would in a day.
func (r *reserve) expire(id string) {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.database)
	require.NoError(r.t, err)
	defer func() { require.NoError(r.t, conn.Close(context.Background())) }()
	done, err := conn.Exec(r.t.Context(), "update activations set ends = now() - interval '1 second' where case_id = $1", id)
	require.NoError(r.t, err)
	require.EqualValues(r.t, 1, done.RowsAffected())
}
