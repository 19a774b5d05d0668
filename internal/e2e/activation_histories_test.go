package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
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

// TestActivationHistories plays every outcome of an activation on a real engine and a real database, and replays what the
// engine then remembers, in which nothing stands of what was typed or sent. With -update it saves the histories.
func TestActivationHistories(t *testing.T) {
	s := newStage(t)
	who := applicants(t, string(models.EmploymentPNS), 5)
	for name, play := range map[string]func(t *testing.T, d *desk.Desk, a applicant) (string, models.Status){
		"done": func(t *testing.T, d *desk.Desk, a applicant) (string, models.Status) {
			id, letter := s.asks(t, d, a)
			_, err := d.CompleteActivation(t.Context(), letter, "id", models.Origin{})
			require.NoError(t, err)
			return id, models.StatusDone
		},
		"refused": func(t *testing.T, d *desk.Desk, a applicant) (string, models.Status) {
			a.rank = "I/a"
			return s.request(t, d, a), models.StatusRefused
		},
		"voided": func(t *testing.T, d *desk.Desk, a applicant) (string, models.Status) {
			id, letter := s.asks(t, d, a)
			letter.Code = "0000-0000"
			for range models.ActivationMost {
				_, err := d.CompleteActivation(t.Context(), letter, "id", models.Origin{})
				require.ErrorIs(t, err, models.ErrActivationRefused)
			}
			return id, models.StatusVoided
		},
		"disowned": func(t *testing.T, d *desk.Desk, a applicant) (string, models.Status) {
			a.external = "pencuri@mail.example"
			id := s.request(t, d, a)
			token := filepath.Base(s.minted(t, id, "activation_warning")["link"])
			require.NoError(t, d.DisownActivation(t.Context(), token, models.Origin{}))
			return id, models.StatusDisowned
		},
		"expired": func(t *testing.T, d *desk.Desk, a applicant) (string, models.Status) {
			return s.request(t, d, a), models.StatusExpired
		},
	} {
		a := who[0]
		who = who[1:]
		t.Run(name, func(t *testing.T) {
			clock := models.Clock{Speed: 1}
			if name == "expired" {
				clock = models.Clock{Epoch: time.Now(), Speed: 100_000} // a day in a second
			}
			id, status := play(t, s.open(t, clock), a)
			s.ends(t, id, status)
			s.replaysActivation(t, name, id, a)
		})
	}
}

// open is a desk that tells workflows of activations.
func (s *stage) open(t *testing.T, clock models.Clock) *desk.Desk {
	d := s.on(clock)
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() { d.Run(ctx); close(over) }()
	t.Cleanup(func() { stop(); <-over })
	return d
}

// request asks for an account. The desk starts the workflow by its own clock, so that only one may be open at a time.
func (s *stage) request(t *testing.T, d *desk.Desk, a applicant) string {
	t.Helper()
	id, err := d.RequestActivation(t.Context(), models.ActivationForm{NIP: a.nip, Rank: a.rank, Effective: a.effective, Email: a.external}, "id", models.Origin{})
	require.NoError(t, err)
	return id
}

// asks gives what the message of a request says.
func (s *stage) asks(t *testing.T, d *desk.Desk, a applicant) (string, desk.Completion) {
	t.Helper()
	id := s.request(t, d, a)
	m := s.minted(t, id, "activation")
	name, _, _ := strings.Cut(m["candidates"], ",")
	return id, desk.Completion{Username: name, Secret: m["secret"], Code: m["code"], Password: password, Again: password}
}

// minted waits for a message of a case and gives what it bears.
func (s *stage) minted(t *testing.T, id, kind string) map[string]string {
	t.Helper()
	var found map[string]string
	require.Eventually(t, func() bool {
		notices, err := s.store.ClaimNotices(t.Context(), 100, time.Hour)
		require.NoError(t, err)
		for _, n := range notices {
			if n.CaseID == id && n.Kind == kind {
				found, err = s.store.MintActivation(t.Context(), n)
				require.NoError(t, err)
			}
		}
		return found != nil
	}, time.Minute, 50*time.Millisecond)
	return found
}

func (s *stage) ends(t *testing.T, id string, status models.Status) {
	t.Helper()
	require.Eventually(t, func() bool {
		c, err := s.store.Case(t.Context(), models.DefaultAgency, id)
		require.NoError(t, err)
		return c.Status == status
	}, time.Minute, 50*time.Millisecond, "%s never came", status)
}

// replaysActivation holds the workflow to the history of a case, and saves it when asked to.
func (s *stage) replaysActivation(t *testing.T, name, caseID string, a applicant) {
	t.Helper()
	id := models.WorkflowID(models.KindActivation, caseID)
	require.NoError(t, s.engine.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
	events := s.engine.GetWorkflowHistory(context.Background(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var history historypb.History
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, e)
	}
	require.Less(t, len(history.Events), 60)
	body, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
	require.NoError(t, err)
	for _, e := range history.Events {
		for _, typed := range []string{a.nip, a.external, a.effective} {
			require.NotContains(t, e.String(), typed)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("..", "..", "workflows", "testdata", "histories", "activation-"+name+".json"), body, 0o644))
	}
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(workflows.Activation, workflow.RegisterOptions{Name: workflows.ActivationWorkflow})
	require.NoError(t, replayer.ReplayWorkflowHistory(nil, &history))
}
