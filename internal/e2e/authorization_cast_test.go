package e2e_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"loket/api"
	"loket/internal/auth"
	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/internal/store"
	"loket/internal/web"
	"loket/models"
)

// house is the whole server over a stage: both counters behind the edge, as cmd/loket puts them together.
type house struct {
	*stage
	t      *testing.T
	desk   *desk.Desk
	base   string
	routes []edge.Route
	doc    document
	client *http.Client
	other  models.Actor                 // who is given roles, and plays no part
	hash   string                       // of everybody's password
	people map[string]map[string]string // the registry by NIP
}

// newHouse opens one whose rates count a minute at each look, so that nobody asks too often.
func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{stage: newStage(t), t: t, people: map[string]map[string]string{}}
	h.desk = h.on(models.Clock{Speed: 1})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { h.desk.Run(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	h.open(t)
	hasher, err := auth.NewHasher(1)
	require.NoError(t, err)
	h.hash, err = hasher.Hash(t.Context(), password)
	require.NoError(t, err)
	for _, r := range registryRows(t) {
		h.people[r["nip"]] = r
	}
	h.other = h.actor(t, h.account(t, h.spare("KEM.4.")["nip"]))
	return h
}

func (h *house) open(t *testing.T) {
	var leaps atomic.Int64
	leaping := func() time.Time { return time.Now().Add(time.Duration(leaps.Add(1)) * 4 * time.Minute) }
	words, err := i18n.New()
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	rest := api.New(api.Config{Desk: h.desk, Catalog: words, Version: "test", Log: quiet, Now: leaping})
	portal, err := web.New(web.Config{Desk: h.desk, Words: words, Agency: "Badan Contoh", Zone: h.paper.Zone, Calendar: "id", Now: time.Now,
		Cookies: edge.NewCookies(false), Log: quiet})
	require.NoError(t, err)
	table := edge.NewTable()
	door, err := edge.New(edge.Config{PublicURL: "http://localhost:8080", Table: table, Log: quiet, Now: leaping, Refuse: func(c *gin.Context, err error) {
		if strings.HasPrefix(c.Request.URL.Path, api.Prefix+"/") {
			rest.Refuse(c, err)
			return
		}
		portal.Refuse(c, err)
	}})
	require.NoError(t, err)
	router, err := door.Engine()
	require.NoError(t, err)
	rest.Mount(router)
	table.Declare(rest.Routes()...)
	portal.Mount(table, &router.RouterGroup)
	require.Empty(t, table.Faults(router))
	h.routes = table.Routes()
	require.NoError(t, json.Unmarshal(rest.OpenAPI(), &h.doc))
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	h.base = server.URL
	h.client = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// registryRows reads the synthetic ministry's people.
func registryRows(t *testing.T) []map[string]string {
	f, err := os.Open("../demo/ministry/employees.csv")
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// asker is somebody who asks. Home is the unit whose memos are their own unit's; writes is the unit for which they
// write memos, "" for those who write none.
type asker struct {
	name, home, writes string
	kind               models.MemoKind
	nip                string
	actor              models.Actor
	token, session     string // for what leaves them as they are
}

// wouldWrite is what somebody writes who may, or tries it all the same.
func (p *asker) wouldWrite() (unit string, kind models.MemoKind) {
	if p.writes == "" {
		return oneUnit, models.MemoFlexiwork
	}
	return p.writes, p.kind
}

func (p *asker) nobody() bool { return p.actor.AccountID == "" }

// The units of the memos: the one that most askers belong to, one elsewhere, and the one above the first.
const (
	oneUnit, elsewhere, above = "KEM.1.2", "KEM.2.1", "KEM.1"
)

// cast are the roles of the matrix, in the order of its columns.
func (h *house) cast(t *testing.T) []*asker {
	t.Helper()
	flexi, sso := models.MemoFlexiwork, models.MemoSSOActivation
	askers := []*asker{
		{name: "nobody"},
		{name: "employee", home: oneUnit},
		{name: "drafter", home: oneUnit, writes: oneUnit, kind: flexi, nip: h.hire()},
		{name: "head of the unit", home: oneUnit, writes: oneUnit, kind: flexi, nip: senderNIP},
		{name: "head above", home: above, writes: above, kind: flexi, nip: headNIP},
		{name: "acting head above", home: above, writes: above, kind: flexi},
		{name: "head elsewhere", home: elsewhere, writes: elsewhere, kind: flexi, nip: "199511012018042564"},
		{name: "PPK", home: oneUnit, writes: oneUnit, kind: flexi},
		{name: "HR head", home: oneUnit, writes: oneUnit, kind: sso},
		{name: "officer", home: oneUnit, nip: officerNIP},
		{name: "officer lead", home: oneUnit, nip: "199707082024032053"},
		{name: "support 1", home: oneUnit, nip: supportNIP},
		{name: "support lead", home: oneUnit, nip: "197006261993011829"},
		{name: "auditor", home: oneUnit, nip: auditorNIP},
		{name: "admin", home: oneUnit, nip: adminNIP},
		{name: "trader"},
	}
	granted := map[string]models.Role{"drafter": models.RoleDrafter, "PPK": models.RolePPK, "HR head": models.RoleHRHead}
	for _, p := range askers[1:] {
		if p.name == "trader" {
			p.actor = h.actor(t, h.trader(t))
			p.token, p.session = h.credentials(t, p)
			continue
		}
		if p.nip == "" {
			p.nip = h.hire()
		}
		id := h.account(t, p.nip)
		if role := granted[p.name]; role != "" {
			h.appoints(t, id, models.RoleGrant{Role: role, Unit: oneUnit})
		}
		if p.name == "acting head above" {
			until := time.Now().AddDate(0, 0, 20)
			h.appoints(t, id, models.RoleGrant{Role: models.RoleActingHead, Unit: above, Until: &until, OnBehalfOf: h.head.EmployeeID, Reason: "cuti"})
		}
		p.actor = h.actor(t, id)
		p.token, p.session = h.credentials(t, p)
	}
	return askers
}

// hire takes somebody of the first unit's staff who has no part yet.
func (h *house) hire() string { return h.spare(oneUnit + ".")["nip"] }

// spare takes one of the staff at or below a unit whom no memo and no part has named yet.
func (h *house) spare(unit string) map[string]string {
	var free []string
	for nip, r := range h.people {
		if nip != "" && r["status"] == "active" && r["position"] == "Staf" && r["external_email"] != "" && strings.HasPrefix(r["unit_code"]+".", unit) && r["taken"] == "" {
			free = append(free, nip)
		}
	}
	require.NotEmpty(h.t, free, "nobody is left in %s", unit)
	one := h.people[slices.Min(free)]
	one["taken"] = "yes"
	return one
}

func (h *house) account(t *testing.T, nip string) string {
	username := "uji." + nip[8:]
	if known, err := h.store.AccountByUsername(t.Context(), models.DefaultAgency, username); err == nil {
		_, err := h.store.SetPassword(t.Context(), models.Actor{AccountID: known.ID}, store.PasswordSet{Account: known.ID, Hash: h.hash})
		require.NoError(t, err)
		return known.ID
	}
	id, err := h.store.CreateAccount(t.Context(), models.Actor{}, store.NewAccount{Username: username, NIP: nip, PasswordHash: h.hash})
	require.NoError(t, err)
	return id
}

// trader makes somebody who answers for a company.
func (h *house) trader(t *testing.T) string {
	by := models.Actor{Origin: models.Origin{Channel: "cli"}}
	id, err := h.store.AddTrader(t.Context(), by, store.NewTrader{Company: models.Company{NPWP: "012345678901000", Name: "PT Niaga Contoh"}, Username: "uji.niaga",
		Name: "Uji Niaga", Email: "uji@niaga.example", PasswordHash: h.hash, Responsible: true, Ends: time.Now().Add(models.TraderValidity)})
	require.NoError(t, err)
	return id
}

func (h *house) appoints(t *testing.T, account string, g models.RoleGrant) {
	g.AccountID, g.From = account, time.Now().Add(-time.Minute)
	_, err := h.store.Grant(t.Context(), models.Actor{}, g)
	require.NoError(t, err)
}

func (h *house) actor(t *testing.T, account string) models.Actor {
	a, err := h.store.ActorOf(t.Context(), account, time.Now())
	require.NoError(t, err)
	return a
}

// credentials opens a session and makes a token where the last one is spent, in both of which the password was just given.
func (h *house) credentials(t *testing.T, p *asker) (token, session string) {
	if p.nobody() {
		return "", ""
	}
	token = p.token
	if _, err := h.store.TokenBySecret(t.Context(), token); err != nil {
		var view models.TokenView
		view, token, err = h.desk.CreateToken(t.Context(), p.actor, "probe", models.Scopes(), 1)
		require.NoError(t, err)
		_, err = h.store.Prove(t.Context(), p.actor, store.Proof{TokenID: view.ID})
		require.NoError(t, err)
	}
	if _, err := h.store.SessionByToken(t.Context(), p.session); err == nil {
		return token, p.session
	}
	opened, err := h.store.CreateSession(t.Context(), p.actor, store.NewSession{Expires: time.Now().Add(time.Hour)})
	require.NoError(t, err)
	return token, opened.Token
}
