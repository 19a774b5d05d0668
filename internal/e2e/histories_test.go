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
		"calendar": func(t *testing.T) string {
			d := s.on(today)
			id := s.sent(t, d)
			_, err := d.AskSender(t.Context(), s.head, id, desk.Message{Text: "untuk berapa lama?"}, "")
			require.NoError(t, err)
			s.edited(t, id)
			_, err = d.AnswerMemo(t.Context(), s.sender, id, desk.Message{Text: "setahun"}, "")
			require.NoError(t, err)
			s.edited(t, id)
			_, err = d.DecideMemo(t.Context(), s.head, id, desk.Decision{Reason: "berkas belum lengkap"}, "")
			require.NoError(t, err)
			return id
		},
		"expired": func(t *testing.T) string {
			id := s.sent(t, s.on(week))
			s.awaits(t, id, models.StatusExpired)
			return id
		},
		"lapsed": func(t *testing.T) string { // and sent anew
			d := s.on(week)
			id := s.verified(t, d, acceptAll())
			require.Eventually(t, func() bool { return s.view(t, id).Rows.Lapsed > 0 }, time.Minute, 50*time.Millisecond)
			_, err := d.ReissueMemo(t.Context(), s.sender, id, []int{1, 2}, "")
			require.NoError(t, err)
			s.useLinks(t, id)
			s.awaits(t, id, models.StatusDone)
			return id
		},
		"question": func(t *testing.T) string {
			d := s.on(today)
			id := s.sent(t, d)
			_, err := d.AskSender(t.Context(), s.head, id, desk.Message{Text: "untuk berapa lama?"}, "")
			require.NoError(t, err)
			_, err = d.AnswerMemo(t.Context(), s.sender, id, desk.Message{Text: "setahun"}, "")
			require.NoError(t, err)
			_, err = d.DecideMemo(t.Context(), s.head, id, desk.Decision{Reason: "terlalu lama"}, "")
			require.NoError(t, err)
			return id
		},
		"unanswered": func(t *testing.T) string {
			d := s.on(week)
			id := s.sent(t, d)
			_, err := d.AskSender(t.Context(), s.head, id, desk.Message{Text: "untuk berapa lama?"}, "")
			require.NoError(t, err)
			s.awaits(t, id, models.StatusExpired)
			return id
		},
		"reassigned": func(t *testing.T) string {
			id := s.sent(t, s.on(today))
			s.relieved(t, id)
			return id
		},
		"left-out": func(t *testing.T) string {
			d := s.on(today)
			s.faulty.refuse.Store(true)
			defer s.faulty.refuse.Store(false)
			id := s.verified(t, d, acceptAll())
			require.Eventually(t, func() bool { return s.view(t, id).Trouble != "" }, time.Minute, 50*time.Millisecond)
			_, err := d.SkipRows(t.Context(), s.support, id, "data ganda", "")
			require.NoError(t, err)
			s.awaits(t, id, models.StatusRefused)
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
		t.Run(name, func(t *testing.T) {
			people := s.rows
			id := play(t)
			if made := s.view(t, id).Status; made.Final() && made != models.StatusDone {
				s.rows = people // nobody got an account: they can be asked for again
			}
			s.replays(t, name, id)
		})
	}
}

// relieved takes the office from the head who is asked, until the case has found somebody else.
func (s *stage) relieved(t *testing.T, id string) {
	t.Helper()
	asked := s.view(t, id).Case.Candidates[0]
	admin := models.Actor{Agency: models.DefaultAgency, AccountID: "admin"}
	grants, err := s.store.Grants(t.Context(), models.DefaultAgency, asked.Unit)
	require.NoError(t, err)
	for _, g := range grants {
		if g.Role != models.RoleHead && g.Role != models.RoleActingHead {
			continue
		}
		require.NoError(t, s.store.RevokeGrant(t.Context(), admin, g.ID))
		defer func() {
			g.ID = ""
			_, err := s.store.Grant(t.Context(), admin, g)
			require.NoError(t, err)
		}()
	}
	require.NoError(t, s.engine.SignalWorkflow(t.Context(), models.WorkflowID(models.KindMemo, id), "", workflows.SignalReplan, nil))
	require.Eventually(t, func() bool {
		c := s.view(t, id).Case
		return c.Trouble != "" || c.Candidates[0] != asked
	}, time.Minute, 50*time.Millisecond)
}

// edited makes another version of the calendar, until the case goes by it: a day off on which nobody is asked anything.
func (s *stage) edited(t *testing.T, id string) {
	t.Helper()
	cal, err := s.store.Calendar(t.Context(), "id-2026")
	require.NoError(t, err)
	day := models.Holiday{Date: models.DateOf(time.Date(2030, 1, cal.Version, 0, 0, 0, 0, time.UTC)), Kind: models.HolidayLocal}
	cal.Holidays = append([]models.Holiday{day}, cal.Holidays...)
	_, fresh, err := s.store.ImportCalendar(t.Context(), models.Actor{}, cal)
	require.NoError(t, err)
	require.True(t, fresh)
	require.NoError(t, s.engine.SignalWorkflow(t.Context(), models.WorkflowID(models.KindMemo, id), "", workflows.SignalCalendar, nil))
	require.Eventually(t, func() bool {
		line := s.view(t, id).Timeline
		return line[len(line)-1].Type == models.EventCalendar
	}, time.Minute, 50*time.Millisecond)
}

// release is the number of workflow versions whose histories are saved side by side: the first had none.
const release = "2"

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
	require.Less(t, len(history.Events), 200)
	if *update {
		body, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("..", "..", "workflows", "testdata", "histories", "memo-"+name+"."+release+".json"), body, 0o644))
	}
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(workflows.MemoRequest, workflow.RegisterOptions{Name: workflows.MemoWorkflow})
	require.NoError(t, replayer.ReplayWorkflowHistory(nil, &history))
}
