package api

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/models"
)

// counter is a desk that knows a few answers by heart: enough to prove what the counter does with them. What the desk
// itself does is proven by scenarios on the real one. A method that is not here must not be asked.
type counter struct {
	desk.Counter
	mu       sync.Mutex
	tokens   map[string]desk.Identity
	err      error // answered by Memo, when set
	asked    string
	draft    models.MemoDraft
	returned desk.Return
	decided  desk.Decision
	said     desk.Message
	rows     []int
	version  int
	worked   models.WorkQuery
	pings    chan models.Ping
}

const memoID1 = "0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"

func (f *counter) Bearer(_ context.Context, token string, _ models.Origin) (desk.Identity, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id, ok := f.tokens[token]; ok {
		return id, nil
	}
	return desk.Identity{}, models.ErrUnauthenticated
}

func (f *counter) revoke(token string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tokens, token)
}

func (f *counter) SignIn(_ context.Context, in desk.SignIn) (desk.Signed, error) {
	switch in.Password {
	case "right":
	case "temporary":
		return desk.Signed{Change: "form", ChangeExpires: time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)}, nil
	default:
		return desk.Signed{}, models.ErrWrongCredentials
	}
	return desk.Signed{Token: "session", Identity: f.tokens["lkt_all"]}, nil
}

func (f *counter) SignOut(context.Context, string) error { f.asked += "sign-out "; return nil }

func (f *counter) CreateToken(_ context.Context, _ models.Actor, name string, scopes []models.Scope, days int) (models.TokenView, string, error) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	return models.TokenView{ID: "t1", Name: name, Scopes: scopes, Created: now, Expires: now.AddDate(0, 0, days)}, "lkt_new", nil
}

func (f *counter) SetPassword(_ context.Context, token, password, again, _ string, _ models.Origin) error {
	if password != again {
		return models.Invalid(models.Fault("again", "password_again"))
	}
	return models.ErrLinkSpent
}

func (f *counter) Account(_ context.Context, a models.Actor) (models.AccountView, error) {
	return models.AccountView{ID: a.AccountID, Username: "surya", Name: "Surya", Locale: "en"}, nil
}

func (f *counter) memo() models.MemoView {
	return models.MemoView{CaseSummary: models.CaseSummary{ID: memoID1, Kind: models.KindMemo, Number: "LKT-2026-000001",
		Status: models.StatusDraft, Opened: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}, Version: 7,
		Draft: models.MemoDraft{Kind: models.MemoFlexiwork}, Actions: []models.Action{models.ActionEdit}}
}

func (f *counter) Memo(context.Context, models.Actor, string) (models.MemoView, error) {
	return f.memo(), f.err
}

func (f *counter) CreateMemo(_ context.Context, _ models.Actor, d models.MemoDraft, key string) (models.MemoView, error) {
	f.asked, f.draft = key, d
	return f.memo(), nil
}

func (f *counter) SaveMemo(_ context.Context, _ models.Actor, _ string, d models.MemoDraft, version int) (models.MemoView, error) {
	f.draft, f.version = d, version
	if version != 0 && version != 7 {
		return models.MemoView{}, models.ErrStale
	}
	return f.memo(), nil
}

func (f *counter) SendMemo(context.Context, models.Actor, string, int, string) (models.MemoView, error) {
	return f.memo(), f.err
}

func (f *counter) DiscardMemo(context.Context, models.Actor, string) error { return nil }

func (f *counter) Cases(_ context.Context, _ models.Actor, q desk.CaseQuery) (models.Page[models.CaseSummary], error) {
	f.asked = q.Box + "," + q.Text
	if q.Cursor != "" {
		return models.Page[models.CaseSummary]{}, nil
	}
	return models.Page[models.CaseSummary]{Items: []models.CaseSummary{f.memo().CaseSummary}, Next: "a+b", Total: 2}, nil
}

func (f *counter) Due(_ context.Context, _ string, from time.Time, minutes int) (time.Time, error) {
	return from.Add(time.Duration(minutes) * time.Minute), nil
}

func (f *counter) Watch(context.Context, models.Actor, string) (<-chan models.Ping, error) {
	return f.pings, f.err
}

// bundle is a served API over a counter, with a client that reads and writes.
type bundle struct {
	*counter
	api    *API
	engine *gin.Engine
	client apitest.Client
	log    *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

func setup(t *testing.T, change ...func(*Config)) *bundle {
	t.Helper()
	catalog, err := i18n.New()
	require.NoError(t, err)
	f := &counter{pings: make(chan models.Ping, 1), tokens: map[string]desk.Identity{
		"lkt_all":  {Actor: models.Actor{AccountID: "a1"}, Scopes: models.Scopes()},
		"lkt_read": {Actor: models.Actor{AccountID: "a2"}, Scopes: []models.Scope{models.ScopeRead, models.ScopeWrite}},
		"lkt_owing": {Actor: models.Actor{AccountID: "a3"}, Scopes: models.Scopes(),
			Account: models.AccountView{MustChangePassword: true}},
	}}
	b := &bundle{counter: f, log: &lockedBuffer{}}
	c := Config{Desk: f, Catalog: catalog, Version: "test", Log: slog.New(slog.NewTextHandler(b.log, nil))}
	for _, f := range change {
		f(&c)
	}
	b.api = New(c)
	b.serve(t, c)
	b.client.Token = "lkt_all"
	return b
}

// serve puts the API behind the real edge.
func (b *bundle) serve(t *testing.T, c Config) {
	t.Helper()
	door, err := edge.New(edge.Config{PublicURL: "http://localhost", Table: edge.NewTable(b.api.Routes()...), Refuse: b.api.Refuse, Log: c.Log})
	require.NoError(t, err)
	b.engine, err = door.Engine()
	require.NoError(t, err)
	b.api.Mount(b.engine)
	server := httptest.NewServer(b.engine)
	t.Cleanup(server.Close)
	b.client = apitest.NewClient(t, server.URL)
}

func (f *counter) AddAttachment(_ context.Context, _ models.Actor, _ string, up desk.Upload) (models.MemoView, error) {
	body, err := io.ReadAll(up.Body)
	if err != nil {
		return models.MemoView{}, err
	}
	f.asked = string(up.Kind) + "," + up.Name + "," + string(body)
	return f.memo(), f.err
}

func (f *counter) RemoveAttachment(_ context.Context, _ models.Actor, id, file string) (models.MemoView, error) {
	f.asked = id + "," + file
	return f.memo(), f.err
}

func (f *counter) Attachment(_ context.Context, _ models.Actor, _, id string) (models.Attachment, []byte, error) {
	return models.Attachment{ID: id, Name: `Surat "é".pdf`, Type: "application/pdf", SHA256: "abc"}, []byte("%PDF-"), f.err
}
