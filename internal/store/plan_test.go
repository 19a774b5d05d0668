package store

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"loket/models"
)

// overheard keeps every statement that gorm runs, with its values.
type overheard struct {
	logger.Interface
	mu         sync.Mutex
	statements []string
}

func (o *overheard) LogMode(logger.LogLevel) logger.Interface { return o }

func (o *overheard) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	text, _ := statement()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.statements = append(o.statements, text)
}

const (
	filledCases  = 20_000
	filledOpen   = 2_000
	filledPeople = 4_000
)

// fill copies a ministry's history into a database: closed cases mostly, some open ones with the officers and some with
// one head.
func fill(t *testing.T, b *bundle, o office) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, b.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(ctx)) }()
	now := b.caseNow()
	copied := func(table string, n int, columns []string, row func(i int) []any) {
		done, err := conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
		require.NoError(t, err)
		require.EqualValues(t, n, done)
	}
	id := func(i int) string { return fmt.Sprintf("filled-%06d", i) }
	begun := func(i int) time.Time { return now.Add(-time.Duration(i) * time.Minute) }
	copied("accounts", filledPeople, []string{"id", "agency_id", "username", "name", "email", "status", "must_change", "locale", "zone", "created"}, func(i int) []any {
		return []any{fmt.Sprintf("filled-account-%05d", i), "main", fmt.Sprintf("filled%05d", i), "Nama", "", "pending", false, "id", "Asia/Jakarta", now}
	})
	copied("cases", filledCases, []string{"id", "agency_id", "kind", "number", "definition_version", "status", "stage", "seq", "version", "round", "step",
		"requester_id", "sender_id", "unit_code", "unit_path", "opened", "closed", "updated", "touched"}, func(i int) []any {
		status, stage, closed := "done", "", &now
		if i < filledOpen {
			status, stage, closed = "verification", "officer", nil
		} else if i%50 == 0 {
			status = "returned"
		}
		sender := []string{o.head.AccountID, o.ppk.AccountID, o.elsewhere.AccountID}[i%3]
		return []any{id(i), "main", "memo", fmt.Sprintf("LKT-2025-%06d", i), 1, status, stage, 3, 3, 1, 0, sender, sender, "KEM.1", "/KEM/KEM.1/", begun(i), closed, begun(i), begun(i)}
	})
	copied("memos", filledCases, []string{"case_id", "agency_id", "memo_kind", "sending_unit", "memo_date", "addressee", "reference", "subject", "body", "contact", "copies"}, func(i int) []any {
		return []any{id(i), "main", "flexiwork", "KEM.1.2", "2025-01-01", "x", "", fmt.Sprintf("Perihal %d", i), "x", "x", "[]"}
	})
	copied("memo_rows", filledCases, []string{"case_id", "no", "agency_id", "nip", "nik", "name", "unit_code", "position", "contract_start", "contract_end", "external_email", "state"}, func(i int) []any {
		return []any{id(i), 1, "main", fmt.Sprintf("%018d", i), "", "Nama", "KEM.1.2", "x", "", "", "", "pending"}
	})
	copied("work_items", filledCases, []string{"id", "agency_id", "case_id", "kind", "stage", "round", "step", "queue", "candidate_role", "candidate_unit", "opened", "due", "state"}, func(i int) []any {
		state, role, unit, queue, stage := "closed", "officer", "", "verification", "officer"
		if i < filledOpen {
			state = "open"
		}
		if i%2 == 0 {
			role, unit, queue, stage = "unit_head", "KEM.1", "approval", "head"
		}
		return []any{"item-" + id(i), "main", id(i), "memo", stage, 1, 0, queue, role, unit, begun(i), begun(i).Add(48 * time.Hour), state}
	})
	copied("events", 2*filledCases, []string{"case_id", "seq", "agency_id", "event_id", "type", "at", "recorded_at", "actor_id", "reason", "status", "body"}, func(i int) []any {
		kind, actor := "sent", fmt.Sprintf("sender-%d", i/2%20)
		if i/2%20 == 0 {
			actor = o.head.AccountID
		}
		if i%2 == 1 {
			kind, actor = "approved", fmt.Sprintf("one-of-%d", i%40)
			if few := i / 2 % 20; few < 2 {
				actor = []string{o.above.AccountID, o.officer.AccountID}[few]
			}
		}
		return []any{id(i / 2), i%2 + 1, "main", fmt.Sprint("e", i), kind, begun(i), begun(i), actor, "", "", "{}"}
	})
	copied("notifications", filledCases, []string{"id", "agency_id", "account_id", "kind", "case_id", "at"}, func(i int) []any {
		return []any{"note-" + id(i), "main", []string{o.above.AccountID, o.officer.AccountID, o.head.AccountID}[i%3], "memo_waiting", id(i), begun(i)}
	})
	_, err = conn.Exec(ctx, "analyze")
	require.NoError(t, err)
}

// TestInboxPlans: however much lies behind, nothing that an inbox asks reads a table from end to end.
func TestInboxPlans(t *testing.T) {
	b := open(t, postgresCluster.Clone(t, "ministry", prepare))
	o := b.office(t)
	fill(t, b, o)
	deputy := b.holder(models.RoleHead, "KEM.1.3")
	_, err := b.Grant(b.ctx(), models.Actor{}, models.RoleGrant{EmployeeID: deputy.EmployeeID, Role: models.RoleHead, Unit: "KEM.1", From: b.caseNow(), OnBehalfOf: o.above.EmployeeID})
	require.NoError(t, err)
	heard := &overheard{Interface: logger.Discard}
	quiet := b.read
	b.read = quiet.Session(&gorm.Session{Logger: heard})
	s, ctx := b.Store, b.ctx()
	require.NoError(t, s.Claim(ctx, o.officer, "filled-000001", b.caseNow().Add(time.Hour), false))
	for _, a := range []models.Actor{o.above, o.officer, o.head, b.actor(deputy.AccountID)} {
		_, err := s.TabCounts(ctx, a)
		require.NoError(t, err)
		_, err = s.QueueCounts(ctx, a)
		require.NoError(t, err)
		_, err = s.Inbox(ctx, a, "", models.PageQuery{})
		require.NoError(t, err)
		for _, tab := range append(models.Tabs(), models.TabAll) {
			for _, q := range []models.WorkQuery{{}, {WorkFilter: models.WorkFilter{Kind: models.MemoFlexiwork, Unit: "KEM.1"}}} {
				q.Tab = tab
				first, err := s.Work(ctx, a, q)
				require.NoError(t, err)
				if q.Cursor = first.Next; q.Cursor != "" {
					_, err = s.Work(ctx, a, q)
					require.NoError(t, err)
				}
			}
		}
		_, _, err = s.Beside(ctx, a, models.WorkQuery{Tab: models.TabMine}, "filled-000002")
		require.NoError(t, err)
		_, err = s.Unseen(ctx, a)
		require.NoError(t, err)
		_, err = s.Notifications(ctx, a, models.PageQuery{})
		require.NoError(t, err)
	}
	_, err = s.Concerns(ctx, []string{"filled-000001", "filled-015000"})
	require.NoError(t, err)
	_, err = s.CaseByNumber(ctx, models.DefaultAgency, "LKT-2025-012345")
	require.NoError(t, err)
	scans := regexp.MustCompile(`Seq Scan on (accounts|cases|memos|memo_rows|work_items|events|notifications)\b`)
	b.read = quiet
	require.Greater(t, len(heard.statements), 50)
	for _, statement := range heard.statements {
		var plan []string
		require.NoError(t, b.read.Raw("explain "+statement).Scan(&plan).Error)
		for _, line := range plan {
			require.NotRegexp(t, scans, line, "%s\n%v", statement, plan)
		}
	}
}
