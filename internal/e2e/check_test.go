package e2e_test

import (
	"bytes"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/internal/check"
	"loket/internal/desk"
	"loket/internal/engine"
	"loket/models"
	"loket/workflows"
)

// check asks every question; nobody seals on a stage but here.
func (s *stage) check(t *testing.T, change func(*check.Config)) map[string]*check.Result {
	t.Helper()
	_, err := s.store.Seal(t.Context())
	require.NoError(t, err)
	cfg := check.Config{Store: s.store, Engine: s.engine, Namespace: engine.DefaultNamespace, TaskQueue: workflows.TaskQueue, Register: flows,
		Data: converter.GetDefaultDataConverter(), Codec: converter.NewZlibCodec(converter.ZlibCodecOptions{}), Files: s.files, Clock: models.Clock{Speed: 1}, Now: time.Now, Strict: true,
		Patience: time.Second}
	if change != nil {
		change(&cfg)
	}
	report := check.Run(t.Context(), cfg)
	var printed bytes.Buffer
	require.NoError(t, report.Print(&printed))
	results := map[string]*check.Result{}
	for _, r := range report.Results {
		require.NoError(t, r.Unchecked, r.ID)
		require.Contains(t, printed.String(), r.ID+"  "+r.Claim)
		for _, f := range r.Faults {
			require.Contains(t, printed.String(), r.ID+" fault: "+f.Where)
		}
		results[r.ID] = r
	}
	return results
}

func flows(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(workflows.MemoRequest, workflow.RegisterOptions{Name: workflows.MemoWorkflow})
}

// faults are the invariants that do not hold.
func faults(results map[string]*check.Result) []string {
	var ids []string
	for _, id := range []string{"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9"} {
		if len(results[id].Faults) > 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// returned has a memo nudged and given back, written anew with one row less, and sent again or not.
func (s *stage) returned(t *testing.T, d *desk.Desk, again bool) {
	t.Helper()
	rows := s.rows[:1]
	id := s.sent(t, d)
	_, err := d.NudgeMemo(t.Context(), s.sender, id, "")
	require.NoError(t, err)
	_, err = d.ReturnMemo(t.Context(), s.head, id, desk.Return{Reason: "satu nama keliru"}, "")
	require.NoError(t, err)
	draft := s.view(t, id).Draft
	draft.Rows = rows
	m, err := d.SaveMemo(t.Context(), s.sender, id, draft, 0)
	require.NoError(t, err)
	if again {
		_, err = d.ResubmitMemo(t.Context(), s.sender, id, m.Version, "")
		require.NoError(t, err)
	}
}

// TestCheck breaks each promise that spans database and engine, and has the check find it and mend what it may.
func TestCheck(t *testing.T) {
	const open = 4
	s := newStage(t)
	d := s.on(models.Clock{Speed: 1})
	asked, active, done := s.sent(t, d), s.verified(t, d, acceptAll()), s.verified(t, d, acceptAll())
	s.awaits(t, active, models.StatusActivation)
	s.returned(t, d, true)
	s.returned(t, d, false)
	s.useLinks(t, done)
	s.awaits(t, done, models.StatusDone)
	raw, err := sql.Open("sqlite", "file:"+s.file+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	tamper := func(t *testing.T, statement string, args ...any) {
		t.Helper()
		_, err := raw.Exec(statement, args...)
		require.NoError(t, err)
	}
	repair := func(c *check.Config) { c.Repair = true }
	healthy := func(t *testing.T) {
		t.Helper()
		results := s.check(t, nil)
		for _, r := range results {
			require.Empty(t, r.Faults, r.ID)
			require.Positive(t, r.Checked, r.ID)
			require.Zero(t, r.Pending, r.ID)
		}
		require.Equal(t, open, results["R7"].Checked)
	}
	healthy(t)

	t.Run("a page that shows what is not so is found and mended", func(t *testing.T) {
		tamper(t, "update cases set status = 'activation', stage = 'officer', next_due = null where id = ?", asked)
		require.Contains(t, faults(s.check(t, nil)), "R7")
		results := s.check(t, repair)
		require.Len(t, results["R7"].Repaired, 1)
		require.Empty(t, results["R7"].Faults)
		healthy(t)
	})
	t.Run("an event that a restored backup lacks is recorded again, and nobody is told twice", func(t *testing.T) {
		before := len(s.view(t, active).Timeline)
		tamper(t, "delete from events where case_id = ? and type = 'provisioned'", active)
		tamper(t, "update cases set seq = seq - 1, status = 'provisioning' where id = ?", active)
		var told, again int
		require.NoError(t, raw.QueryRow("select count(*) from notices").Scan(&told))
		require.Contains(t, faults(s.check(t, nil)), "R7")
		require.Len(t, s.check(t, repair)["R7"].Repaired, 1)
		require.NoError(t, raw.QueryRow("select count(*) from notices").Scan(&again))
		require.Equal(t, told, again)
		require.Len(t, s.view(t, active).Timeline, before)
		healthy(t)
	})
	t.Run("a program that takes another path than the history is found before it works", func(t *testing.T) {
		other := func(ctx workflow.Context, _ workflows.MemoInput) error { return workflow.Sleep(ctx, time.Hour) }
		results := s.check(t, func(c *check.Config) {
			c.Register = func(r worker.WorkflowRegistry) {
				r.RegisterWorkflowWithOptions(other, workflow.RegisterOptions{Name: workflows.MemoWorkflow})
			}
		})
		require.Equal(t, []string{"R8"}, faults(results))
		require.Len(t, results["R8"].Faults, open, "one for each open workflow")
	})
	t.Run("a secret in a column and in a history is found, and not repeated", func(t *testing.T) {
		token := strings.Repeat("Rahasia", 6) + "x"
		tamper(t, "update memos set reference = 'http://x.example/password/"+token+"' where case_id = ?", asked)
		results := s.check(t, func(c *check.Config) { c.Canaries = []string{asked} })
		require.Equal(t, []string{"R9"}, faults(results))
		where := ""
		for _, f := range results["R9"].Faults {
			where += f.Where + "\n"
			require.NotContains(t, f.Where+f.What, token)
		}
		require.Contains(t, where, "memos.reference of "+asked)
		require.Contains(t, where, "workflow memo:"+asked)
		tamper(t, "update memos set reference = '' where case_id = ?", asked)
		healthy(t)
	})
	t.Run("a letter that was changed, and a file that is lost, are found", func(t *testing.T) {
		l, err := d.Letter(t.Context(), s.sender, asked, models.LetterMemo)
		require.NoError(t, err)
		healthy(t)
		tamper(t, "update letters set body = body || x'00' where sha256 = ?", l.SHA256)
		require.Equal(t, []string{"R6"}, faults(s.check(t, nil)))
		tamper(t, "update letters set body = ? where sha256 = ?", l.Body, l.SHA256)
		file := s.view(t, asked).Draft.Attachments[0].SHA256
		content, err := s.files.Get(t.Context(), file)
		require.NoError(t, err)
		require.NoError(t, s.files.Delete(t.Context(), file))
		results := s.check(t, func(c *check.Config) { c.Strict = false })
		require.Equal(t, []string{"R6"}, faults(results))
		require.Equal(t, "file "+file, results["R6"].Faults[0].Where)
		require.NoError(t, s.files.Put(t.Context(), file, append(content, '\n')))
		require.Equal(t, []string{"R6"}, faults(s.check(t, nil)), "another content under its name")
		require.NoError(t, s.files.Put(t.Context(), file, content))
		healthy(t)
	})
	t.Run("an engine that nobody works is no fault", func(t *testing.T) {
		tamper(t, "update cases set next_due = opened where id = ?", asked)
		results := s.check(t, func(c *check.Config) {
			c.Alone, c.Now = true, func() time.Time { return time.Now().Add(2 * time.Minute) }
		})
		require.Equal(t, 1, results["R2"].Pending)
		require.Equal(t, []string{"R7"}, faults(results), "but for the drift")
		require.Len(t, s.check(t, repair)["R7"].Repaired, 1)
		healthy(t)
	})
	t.Run("a workflow without a case, and a case without its workflow, are found", func(t *testing.T) {
		stray, err := s.engine.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "memo:" + uuid.NewString(), TaskQueue: workflows.TaskQueue},
			workflows.MemoWorkflow, workflows.MemoInput{})
		require.NoError(t, err)
		require.Equal(t, []string{"R1"}, faults(s.check(t, nil)))
		require.NoError(t, s.engine.TerminateWorkflow(t.Context(), stray.GetID(), "", "test"))
		require.NoError(t, s.engine.TerminateWorkflow(t.Context(), models.WorkflowID(models.KindMemo, asked), "", "test"))
		require.Eventually(t, func() bool { return strings.Join(faults(s.check(t, nil)), " ") == "R1 R8" }, 10*time.Second, 100*time.Millisecond)
	})
}
