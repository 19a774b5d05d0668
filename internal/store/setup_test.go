package store

import (
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"loket/internal/keyring"
	"loket/internal/pgtest"
	"loket/models"
)

// postgres and the template are shared by the tests of this binary.
var (
	postgresCluster pgtest.Cluster
	ring            = sync.OnceValues(func() (*keyring.Ring, error) {
		dir, err := os.MkdirTemp("", "loket-store-test")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		return keyring.Open(filepath.Join(dir, "keyring.json"))
	})
	sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
		dir, err := os.MkdirTemp("", "loket-store-test")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		path := filepath.Join(dir, "template.db")
		if err := prepare(context.Background(), "sqlite:"+path); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
)

func TestMain(m *testing.M) { os.Exit(postgresCluster.Main(m)) }

// testNow is a working Monday on which the ministry's appointments hold.
func testNow() time.Time { return time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) }

// wall is a clock that tests move.
type wall struct {
	mu  sync.Mutex
	now time.Time
}

func (w *wall) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *wall) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// bundle is what most tests start from: the synthetic ministry, imported.
type bundle struct {
	*Store
	t    *testing.T
	url  string
	wall *wall
}

// onBoth runs a test on PostgreSQL and on SQLite, each on a database of its own.
func onBoth(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	t.Run("postgres", func(t *testing.T) {
		test(t, open(t, postgresCluster.Clone(t, "ministry", prepare)))
	})
	t.Run("sqlite", func(t *testing.T) {
		content, err := sqliteTemplate()
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "loket.db")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		test(t, open(t, "sqlite:"+path))
	})
}

func open(t *testing.T, url string) *bundle {
	t.Helper()
	clock := &wall{now: testNow()}
	s, err := openAt(context.Background(), url, clock.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return &bundle{Store: s, t: t, url: url, wall: clock}
}

func openAt(ctx context.Context, url string, now func() time.Time) (*Store, error) {
	keys, err := ring()
	if err != nil {
		return nil, err
	}
	return Open(ctx, Config{URL: url, AuditKeys: keys, TokenKey: keys.Current(keyring.Token).Secret,
		PublicURL: "https://loket.kem.example", Now: now})
}

// prepare migrates a database and imports the ministry.
func prepare(ctx context.Context, url string) error {
	s, err := openAt(ctx, url, testNow)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	r, err := ministry()
	if err != nil {
		return err
	}
	if _, err = s.ImportRegistry(ctx, models.Actor{}, r, testNow(), nil); err != nil || !s.sqlite {
		return err
	}
	return s.write.Exec("pragma wal_checkpoint(truncate)").Error // the copy takes the file alone
}

func ministry() (Registry, error) {
	var r Registry
	units, err := lines("units.csv")
	if err != nil {
		return r, err
	}
	for _, cells := range units {
		row, _ := models.ParseUnitRow(cells)
		r.Units = append(r.Units, row)
	}
	employees, err := lines("employees.csv")
	if err != nil {
		return r, err
	}
	for _, cells := range employees {
		row, _ := models.ParseEmployeeRow(cells)
		r.Employees = append(r.Employees, row)
	}
	appointments, err := lines("appointments.csv")
	for _, cells := range appointments {
		row, _ := models.ParseAppointmentRow(cells)
		r.Appointments = append(r.Appointments, row)
	}
	return r, err
}

func lines(file string) ([]map[string]string, error) {
	f, err := os.Open(filepath.Join("../../models/testdata", file))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	var list []map[string]string
	for {
		record, err := r.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		cells := map[string]string{}
		for i, name := range header {
			cells[name] = record[i]
		}
		list = append(list, cells)
	}
}

func recap(t *testing.T, file string) []models.RecapRow {
	t.Helper()
	list, err := lines(file)
	require.NoError(t, err)
	rows := make([]models.RecapRow, len(list))
	for i, c := range list {
		rows[i] = models.NormalizeRecapRow(models.RecapRow{NIP: c["nip"], NIK: c["nik"], Name: c["name"], UnitCode: c["unit_code"],
			Position: c["position"], ContractStart: c["contract_start"], ContractEnd: c["contract_end"], ExternalEmail: c["external_email"]})
	}
	return rows
}

func (b *bundle) ctx() context.Context { return b.t.Context() }

// holder signs up whoever holds a role in a unit ("" for any) and gives them as an actor.
func (b *bundle) holder(role models.Role, unit string) models.Actor {
	b.t.Helper()
	var nips []string
	require.NoError(b.t, b.read.Raw(`select e.nip from role_grants g join employees e on e.id = g.employee_id
		where g.role = ? and (? = '' or g.unit_code = ?) order by e.nip`, role, unit, unit).Scan(&nips).Error)
	require.NotEmpty(b.t, nips, "%s of %s", role, unit)
	return b.employee(nips[0])
}

// employee signs up one employee by NIP.
func (b *bundle) employee(nip string) models.Actor {
	b.t.Helper()
	var ids []string
	require.NoError(b.t, b.read.Raw("select a.id from accounts a join employees e on e.id = a.employee_id where e.nip = ?", nip).Scan(&ids).Error)
	if len(ids) == 0 {
		id, err := b.CreateAccount(b.ctx(), models.Actor{Origin: models.Origin{Channel: "cli"}},
			NewAccount{Username: "u" + nip, NIP: nip, PasswordHash: "hash"})
		require.NoError(b.t, err)
		ids = []string{id}
	}
	return b.actor(ids[0])
}

func (b *bundle) actor(accountID string) models.Actor {
	b.t.Helper()
	a, err := b.ActorOf(b.ctx(), accountID, b.caseNow())
	require.NoError(b.t, err)
	a.Origin = models.Origin{Channel: "portal", IP: "192.0.2.7"}
	return a
}

// setPassword gives somebody another password, and gives the token of the session that stays.
func (b *bundle) setPassword(a models.Actor, in PasswordSet) string {
	b.t.Helper()
	token, err := b.SetPassword(b.ctx(), a, in)
	require.NoError(b.t, err)
	return token
}

// memo drafts a memo of a unit about the rows.
func (b *bundle) memo(writer models.Actor, unit string, rows []models.RecapRow) string {
	b.t.Helper()
	id, err := b.CreateDraft(b.ctx(), writer, "", draftOf(unit, rows), b.caseNow())
	require.NoError(b.t, err)
	return id
}

func draftOf(unit string, rows []models.RecapRow) models.MemoDraft {
	return models.MemoDraft{Kind: models.MemoFlexiwork, Unit: unit, Date: "2026-11-23", Addressee: "Biro SDM", Subject: "Akun Flexiwork",
		Body: "Mohon akun.", Contact: "Tata Usaha", Copies: []string{"Arsip"}, Rows: rows}
}

// sending is the change that the workflow records when a memo is sent to a candidate.
func (b *bundle) sending(id string, sender models.Actor, who models.Candidate) models.Change {
	b.t.Helper()
	c, err := b.Case(b.ctx(), models.DefaultAgency, id)
	require.NoError(b.t, err)
	facts, err := b.ApprovalFacts(b.ctx(), id)
	require.NoError(b.t, err)
	due := b.caseNow().Add(48 * time.Hour)
	c.Status, c.Stage, c.Sender, c.Seq, c.Round = models.StatusApproval, models.StageHead, sender.AccountID, c.Seq+1, 1
	c.Unit, c.UnitPath, c.Candidates, c.Due = facts.Unit, facts.Path, []models.Candidate{who}, &due
	return models.Change{CaseID: id, Kind: models.KindMemo, Seq: c.Seq, EventID: "send", Type: models.EventSent, At: b.caseNow(), Actor: sender,
		After: c, Item: &models.WorkItem{Stage: models.StageHead, Round: 1, Queue: "approval", Candidate: who, Due: due},
		Notices: []models.NoticeSpec{{Kind: "memo_waiting", To: models.Recipient{Candidate: &who}}}}
}

// record records and hands back what stands.
func (b *bundle) record(c models.Change) models.Recorded {
	b.t.Helper()
	r, err := b.Record(b.ctx(), c)
	require.NoError(b.t, err)
	return r
}

// follow is a change that comes after another, with its own effects to be filled in.
func (b *bundle) follow(last models.Change, event models.EventType, status models.Status) models.Change {
	after := last.After
	after.Seq, after.Status = last.Seq+1, status
	return models.Change{CaseID: last.CaseID, Kind: last.Kind, Seq: last.Seq + 1, EventID: string(event), Type: event, At: b.caseNow(), After: after}
}

// accepted takes a memo up to provisioning with every row accepted.
func (b *bundle) accepted(id string, sender models.Actor) models.Change {
	b.t.Helper()
	c := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM"})).Change
	officer := models.Candidate{Role: models.RoleOfficer}
	c = b.follow(c, models.EventApproved, models.StatusVerification)
	c.After.Stage = models.StageOfficer
	c.Item = &models.WorkItem{Stage: models.StageOfficer, Round: 1, Queue: "verification", Candidate: officer, Due: b.caseNow()}
	c = b.record(c).Change
	n := c.After.RowsOpen
	c = b.follow(c, models.EventVerified, models.StatusProvisioning)
	c.Outcome, c.After.RowsOpen = "verified", 0
	for no := 1; no <= n; no++ {
		c.Rows = append(c.Rows, models.RowDecision{No: no, Accept: true})
	}
	return b.record(c).Change
}

func (b *bundle) count(query string, args ...any) int {
	b.t.Helper()
	var n int
	require.NoError(b.t, b.read.Raw(query, args...).Scan(&n).Error)
	return n
}

// tamper runs a statement as somebody with the database's password would.
func (b *bundle) tamper(query string, args ...any) {
	b.t.Helper()
	require.NoError(b.t, b.write.Transaction(func(tx *gorm.DB) error { return tx.Exec(query, args...).Error }))
}

// atOnce runs fn in parallel and gives the errors in no order.
func atOnce(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = fn(i) })
	}
	all.Wait()
	return errs
}

func tokenOf(t *testing.T, link map[string]string) string {
	t.Helper()
	_, token, found := strings.Cut(link["link"], "/password/")
	require.True(t, found, "%v", link)
	return token
}
