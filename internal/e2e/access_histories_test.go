package e2e_test

import (
	"context"
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

// TestHistoriesOfAccess plays what a request for an application can come to on a real engine, and replays what the engine
// then remembers. With -update it saves the histories.
func TestHistoriesOfAccess(t *testing.T) {
	s := newStage(t)
	for id, name := range map[string]string{"arsip": "Arsip", "kinerja": "Kinerja", "jadwal": "Jadwal", "surat": "Surat", "cuti": "Cuti"} {
		s.offers(t, id, name, "uji."+officerNIP[8:])
	}
	today, week := models.Clock{Speed: 1}, models.Clock{Epoch: time.Now(), Speed: 100_000}
	asks := func(t *testing.T, d *desk.Desk, application string) string {
		m, err := d.AskAccess(t.Context(), s.sender, models.AccessRequest{Application: application, Reason: "Untuk laporan."}, "")
		require.NoError(t, err)
		return m.ID
	}
	says := func(t *testing.T, d *desk.Desk, who models.Actor, id string, approve bool) {
		_, err := d.DecideAccess(t.Context(), s.fresh(t, who), id, desk.AccessDecision{Approve: approve, Reason: "Baik."}, "")
		require.NoError(t, err)
	}
	for name, play := range map[string]func(t *testing.T) string{
		"granted": func(t *testing.T) string {
			d := s.on(today)
			id := asks(t, d, "arsip")
			_, err := d.AskRequester(t.Context(), s.head, id, desk.Message{Text: "Untuk apa?"}, "")
			require.NoError(t, err)
			_, err = d.AnswerAccess(t.Context(), s.sender, id, desk.Message{Text: "Laporan."}, "")
			require.NoError(t, err)
			says(t, d, s.head, id, true)
			says(t, d, s.officer, id, true)
			return id
		},
		"refused": func(t *testing.T) string {
			d := s.on(today)
			id := asks(t, d, "kinerja")
			says(t, d, s.head, id, true)
			says(t, d, s.officer, id, false)
			return id
		},
		"withdrawn": func(t *testing.T) string {
			d := s.on(today)
			id := asks(t, d, "jadwal")
			_, err := d.NudgeAccess(t.Context(), s.sender, id, "")
			require.NoError(t, err)
			_, err = d.WithdrawAccess(t.Context(), s.sender, id, "Tidak jadi.", "")
			require.NoError(t, err)
			return id
		},
		"expired": func(t *testing.T) string {
			id := asks(t, s.on(week), "surat")
			s.comes(t, id, models.StatusExpired)
			return id
		},
		"reassigned": func(t *testing.T) string {
			d := s.on(today)
			id := asks(t, d, "cuti")
			says(t, d, s.head, id, true)
			s.offers(t, "cuti", "Cuti", "uji."+supportNIP[8:])
			require.NoError(t, s.engine.SignalWorkflow(t.Context(), models.WorkflowID(models.KindAccess, id), "", workflows.SignalReplan, nil))
			require.Eventually(t, func() bool {
				page, err := s.store.AccessPage(t.Context(), s.sender, id)
				return err == nil && page.Timeline[len(page.Timeline)-1].Type == models.EventReassigned
			}, 20*time.Second, 50*time.Millisecond)
			says(t, d, s.support, id, true)
			return id
		},
	} {
		t.Run(name, func(t *testing.T) { s.replaysAccess(t, name, play(t)) })
	}
}

// offers an application that is given by request, or names another owner for it.
func (s *stage) offers(t *testing.T, id, name, owner string) {
	t.Helper()
	admin := models.Actor{Agency: models.DefaultAgency, Origin: models.Origin{Channel: "cli"}}
	app := models.Application{ID: id, Name: name, About: "Uji.", Provider: "Badan Contoh", Kind: models.ApplicationPublic, Icon: "window", Access: models.AccessByRequest,
		Launch: "https://uji.example/", Redirects: []string{"https://uji.example/callback"}, Owner: owner, Enabled: true}
	if had, err := s.store.Application(t.Context(), models.DefaultAgency, id); err == nil {
		app.Version = had.Version
	}
	require.NoError(t, s.store.SaveApplication(t.Context(), admin, app))
}

// fresh is somebody with what they hold now.
func (s *stage) fresh(t *testing.T, a models.Actor) models.Actor {
	t.Helper()
	now, err := s.store.ActorOf(t.Context(), a.AccountID, time.Now())
	require.NoError(t, err)
	return now
}

func (s *stage) comes(t *testing.T, id string, status models.Status) {
	t.Helper()
	require.Eventually(t, func() bool {
		c, err := s.store.Case(t.Context(), models.DefaultAgency, id)
		return err == nil && c.Status == status
	}, 2*time.Minute, 50*time.Millisecond, "%s never came", status)
}

// replaysAccess holds the workflow to the history of a request, and saves it when asked to.
func (s *stage) replaysAccess(t *testing.T, name, caseID string) {
	t.Helper()
	events := s.engine.GetWorkflowHistory(context.Background(), models.WorkflowID(models.KindAccess, caseID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var history historypb.History
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, e)
	}
	require.Less(t, len(history.Events), 100)
	if *update {
		body, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("..", "..", "workflows", "testdata", "histories", "access-"+name+".json"), body, 0o644))
	}
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(workflows.AccessRequest, workflow.RegisterOptions{Name: workflows.AccessWorkflow})
	require.NoError(t, replayer.ReplayWorkflowHistory(nil, &history))
}
