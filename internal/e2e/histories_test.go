package e2e_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/internal/desk"
	"loket/models"
	"loket/workflows"
)

var update = flag.Bool("update", false, "save the histories for the replay tests of package workflows")

// TestHistories plays every outcome of a memo on a real engine and a real database, in one process, and replays what
// the engine then remembers. With -update it saves the histories, in the clear: the people are invented.
func TestHistories(t *testing.T) {
	s := newStage(t)
	week := models.Clock{Epoch: time.Now(), Speed: 100_000} // a week in six seconds
	today := models.Clock{Speed: 1}
	for name, play := range map[string]func(t *testing.T) string{
		"done": func(t *testing.T) string {
			id := s.verified(t, s.on(today), acceptAll())
			s.useLinks(t, id)
			s.awaits(t, id, models.StatusDone)
			return id
		},
		"row-by-row": func(t *testing.T) string {
			d := s.on(today)
			id := s.verified(t, d, desk.Verification{Rows: []models.RowDecision{{No: 1, Accept: true}}})
			_, err := d.VerifyMemo(t.Context(), s.officer, id, desk.Verification{Rows: []models.RowDecision{{No: 2, Reason: "sudah pindah"}}}, "")
			require.NoError(t, err)
			s.awaits(t, id, models.StatusActivation)
			return id
		},
		"refused-by-head": func(t *testing.T) string {
			d := s.on(today)
			id := s.sent(t, d)
			_, err := d.DecideMemo(t.Context(), s.head, id, desk.Decision{Reason: "berkas belum lengkap"}, "")
			require.NoError(t, err)
			return id
		},
		"refused-by-officers": func(t *testing.T) string {
			return s.verified(t, s.on(today), desk.Verification{All: models.RowRejected, Reason: "data tidak cocok"})
		},
		"withdrawn": func(t *testing.T) string {
			d := s.on(today)
			id := s.sent(t, d)
			_, err := d.WithdrawMemo(t.Context(), s.sender, id, "salah lampiran", "")
			require.NoError(t, err)
			return id
		},
		"returned": func(t *testing.T) string {
			d := s.on(today)
			id := s.sent(t, d)
			_, err := d.ReturnMemo(t.Context(), s.head, id, desk.Return{Reason: "perihal kurang jelas",
				Notes: []models.FieldNote{{Field: "subject", Note: "sebutkan unitnya"}}}, "")
			require.NoError(t, err)
			draft, err := s.store.DraftOf(t.Context(), id)
			require.NoError(t, err)
			draft.Subject = "Akses Flexiwork Direktorat Perencanaan 2"
			_, err = d.SaveMemo(t.Context(), s.sender, id, draft, 0)
			require.NoError(t, err)
			_, err = d.ResubmitMemo(t.Context(), s.sender, id, 0, "")
			require.NoError(t, err)
			_, err = d.DecideMemo(t.Context(), s.head, id, desk.Decision{Reason: "tetap belum jelas"}, "")
			require.NoError(t, err)
			return id
		},
		"expired": func(t *testing.T) string {
			id := s.sent(t, s.on(week))
			s.awaits(t, id, models.StatusExpired)
			return id
		},
		"lapsed": func(t *testing.T) string {
			id := s.verified(t, s.on(week), acceptAll())
			s.awaits(t, id, models.StatusDone)
			return id
		},
		"trouble": func(t *testing.T) string {
			d := s.on(today)
			s.faulty.refuse.Store(true)
			id := s.verified(t, d, acceptAll())
			require.Eventually(t, func() bool { return s.view(t, id).Trouble != "" }, time.Minute, 50*time.Millisecond)
			s.faulty.refuse.Store(false)
			_, err := d.RetryMemo(t.Context(), s.support, id, "")
			require.NoError(t, err)
			s.awaits(t, id, models.StatusActivation)
			return id
		},
	} {
		t.Run(name, func(t *testing.T) { s.replays(t, name, play(t)) })
	}
}

func acceptAll() desk.Verification { return desk.Verification{All: models.RowAccepted} }

// replays holds the workflow to the history of a case, and saves it when asked to.
func (s *stage) replays(t *testing.T, name, caseID string) {
	t.Helper()
	events := s.engine.GetWorkflowHistory(context.Background(), models.WorkflowID(models.KindMemo, caseID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var history historypb.History
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, e)
	}
	require.Less(t, len(history.Events), 120)
	if *update {
		body, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("..", "..", "workflows", "testdata", "histories", "memo-"+name+".json"), body, 0o644))
	}
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(workflows.MemoRequest, workflow.RegisterOptions{Name: workflows.MemoWorkflow})
	require.NoError(t, replayer.ReplayWorkflowHistory(nil, &history))
}
