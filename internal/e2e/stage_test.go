package e2e_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/internal/auth"
	"loket/internal/calendar"
	"loket/internal/desk"
	"loket/internal/engine"
	"loket/internal/files"
	"loket/internal/files/filestest"
	"loket/internal/i18n"
	"loket/internal/keyring"
	"loket/internal/registry"
	"loket/internal/store"
	"loket/models"
	"loket/workflows"
)

// stage is the desk, the workflows, a real engine and a real database in this process, with nothing of HTTP: for what
// has to be seen from inside. The engine's payloads are in the clear.
type stage struct {
	store                          *store.Store
	auth                           *auth.Service
	engine                         client.Client
	faulty                         *faultyStore
	file                           string // the database
	files                          *files.Vault
	paper                          desk.Stationery
	sender, head, officer, support models.Actor
	rows                           []models.RecapRow // whose people have no account yet
}

// faultyStore refuses to make accounts while told to, or that of one row.
type faultyStore struct {
	*store.Store
	refuse atomic.Bool
	row    atomic.Int64
}

func (f *faultyStore) ProvisionRows(ctx context.Context, caseID string, from, to int, at time.Time) (int, error) {
	if row := int(f.row.Load()); f.refuse.Load() || from <= row && row <= to {
		return 0, models.ErrInternal.With("cause", "test")
	}
	return f.Store.ProvisionRows(ctx, caseID, from, to, at)
}

// newStage puts one up; whoever watches stands between its worker and the activities.
func newStage(t *testing.T, watches ...interceptor.WorkerInterceptor) *stage {
	t.Helper()
	dir := t.TempDir()
	words, err := i18n.New()
	require.NoError(t, err)
	s := &stage{file: filepath.Join(dir, "loket.db"), paper: desk.Stationery{Words: words, Zone: time.FixedZone("WIB", 7*3600), Agency: "Badan Contoh",
		PublicURL: "http://localhost:8080"}}
	ring, err := keyring.Open(filepath.Join(dir, "keyring.json"))
	require.NoError(t, err)
	s.store, err = store.Open(t.Context(), store.Config{URL: "sqlite:" + s.file, AuditKeys: ring,
		TokenKey: ring.Current(keyring.Token).Secret, PublicURL: "http://localhost:8080", Clock: models.Clock{Speed: 1}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.store.Close()) })
	require.NoError(t, s.store.Migrate(t.Context()))
	s.files, err = files.Open(t.Context(), "file:"+filepath.Join(dir, "files"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.files.Close()) })
	s.furnish(t)
	s.startEngine(t, dir, watches)
	return s
}

// furnish imports the ministry and opens the accounts of those who play.
func (s *stage) furnish(t *testing.T) {
	cal, err := calendar.BuiltIn()
	require.NoError(t, err)
	require.NoError(t, s.store.SeedCalendar(t.Context(), cal))
	file := func(name string) *registry.Source {
		f, err := os.Open("../demo/ministry/" + name + ".csv")
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return &registry.Source{Name: name + ".csv", Body: f}
	}
	_, err = registry.Import(t.Context(), s.store, models.Actor{}, registry.Files{Units: file("units"), Employees: file("employees"),
		Appointments: file("appointments")}, time.Now(), nil)
	require.NoError(t, err)
	for nip, who := range map[string]*models.Actor{senderNIP: &s.sender, headNIP: &s.head, officerNIP: &s.officer, supportNIP: &s.support} {
		id, err := s.store.CreateAccount(t.Context(), models.Actor{}, store.NewAccount{Username: "uji." + nip[8:], NIP: nip, PasswordHash: "unused"})
		require.NoError(t, err)
		*who, err = s.store.ActorOf(t.Context(), id, time.Now())
		require.NoError(t, err)
	}
	for _, r := range recap(t, "recap-clean.csv") {
		s.rows = append(s.rows, models.RecapRow{NIP: r["nip"], NIK: r["nik"], Name: r["name"], UnitCode: r["unit_code"], Position: r["position"],
			ContractStart: r["contract_start"], ContractEnd: r["contract_end"], ExternalEmail: r["external_email"]})
	}
}

func (s *stage) startEngine(t *testing.T, dir string, watches []interceptor.WorkerInterceptor) {
	server, err := engine.StartEmbedded(t.Context(), engine.EmbeddedConfig{Dir: filepath.Join(dir, "engine"), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop(context.Background())) })
	s.engine, err = client.Dial(client.Options{HostPort: server.HostPort(), Namespace: engine.DefaultNamespace, Identity: "loket",
		Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	t.Cleanup(s.engine.Close)
	s.faulty = &faultyStore{Store: s.store}
	w := worker.New(s.engine, workflows.TaskQueue, worker.Options{Interceptors: watches})
	w.RegisterWorkflowWithOptions(workflows.MemoRequest, workflow.RegisterOptions{Name: workflows.MemoWorkflow})
	w.RegisterActivity(&activities.Cases{Store: s.store})
	w.RegisterWorkflowWithOptions(workflows.Activation, workflow.RegisterOptions{Name: workflows.ActivationWorkflow})
	w.RegisterWorkflowWithOptions(workflows.AccessRequest, workflow.RegisterOptions{Name: workflows.AccessWorkflow})
	w.RegisterActivity(&activities.Memos{Store: s.faulty})
	w.RegisterActivity(&activities.Calendars{Store: s.store})
	w.RegisterActivity(&activities.Activations{Store: s.store})
	w.RegisterActivity(&activities.Accesses{Store: s.store})
	w.RegisterWorkflowWithOptions(workflows.Registration, workflow.RegisterOptions{Name: workflows.RegistrationWorkflow})
	w.RegisterActivity(&activities.Registrations{Store: s.store})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	hasher, err := auth.NewHasher(2)
	require.NoError(t, err)
	common, err := auth.NewBlocklist()
	require.NoError(t, err)
	s.auth, err = auth.New(auth.Config{Store: s.store, Passwords: hasher, Common: common})
	require.NoError(t, err)
}

// on is a desk whose cases live by the clock.
func (s *stage) on(clock models.Clock) *desk.Desk { return s.patient(clock, 20*time.Second) }

// patient is a desk that waits so long for the engine.
func (s *stage) patient(clock models.Clock, patience time.Duration) *desk.Desk {
	return desk.New(desk.Config{Store: s.store, Files: s.files, Auth: s.auth, Engine: s.engine, Clock: clock, Now: time.Now, Patience: patience,
		Logger: slog.New(slog.DiscardHandler), Stationery: s.paper})
}

// sent sends a memo for the next two people who have no account.
func (s *stage) sent(t *testing.T, d *desk.Desk) string {
	t.Helper()
	rows := s.rows[:2]
	s.rows = s.rows[2:]
	m, err := d.CreateMemo(t.Context(), s.sender, models.MemoDraft{Kind: models.MemoFlexiwork, Unit: "KEM.1.2", Date: "2026-06-08",
		Addressee: "Kepala Pusat Data", Subject: "Akses Flexiwork", Body: "Mohon dibuatkan akun.", Contact: "Sekretariat", Rows: rows}, "")
	require.NoError(t, err)
	_, err = d.AddAttachment(t.Context(), s.sender, m.ID, desk.Upload{Kind: models.AttachmentSPTJM, Name: "SPTJM.pdf",
		Body: bytes.NewReader(filestest.PDF("Surat pernyataan"))})
	require.NoError(t, err)
	_, err = d.SendMemo(t.Context(), s.sender, m.ID, 0, "")
	require.NoError(t, err)
	return m.ID
}

// verified sends a memo, has it approved, and gives the officer's word.
func (s *stage) verified(t *testing.T, d *desk.Desk, word desk.Verification) string {
	t.Helper()
	id := s.sent(t, d)
	_, err := d.DecideMemo(t.Context(), s.head, id, desk.Decision{Approve: true}, "")
	require.NoError(t, err)
	_, err = d.VerifyMemo(t.Context(), s.officer, id, word, "")
	require.NoError(t, err)
	return id
}

func (s *stage) view(t *testing.T, id string) models.MemoView {
	t.Helper()
	v, err := s.store.Memo(t.Context(), id)
	require.NoError(t, err)
	return v
}

func (s *stage) awaits(t *testing.T, id string, status models.Status) {
	t.Helper()
	require.Eventually(t, func() bool { return s.view(t, id).Status == status }, 2*time.Minute, 50*time.Millisecond, "%s never came", status)
}

// useLinks sets the password of everybody in a memo by the link that their message would bear.
func (s *stage) useLinks(t *testing.T, id string) {
	t.Helper()
	s.awaits(t, id, models.StatusActivation)
	notices, err := s.store.ClaimNotices(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	for _, n := range notices {
		if n.SecretFor == "" || n.CaseID != id {
			continue
		}
		secret, err := s.store.Mint(t.Context(), n)
		require.NoError(t, err)
		token := filepath.Base(secret["link"])
		require.NoError(t, s.on(models.Clock{}).SetPassword(t.Context(), token, password, password, "", models.Origin{Channel: "test"}))
	}
}
