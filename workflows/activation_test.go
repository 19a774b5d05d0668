package workflows_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"loket/activities"
	"loket/models"
	"loket/workflows"
)

// codes keeps one activation as the store promises to: what comes of the code is decided once.
type codes struct {
	mu    sync.Mutex
	found models.Looked
	came  models.Activated
	looks int
}

func (c *codes) LookAtActivation(context.Context, string) (models.Looked, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.looks++; c.looks == 1 {
		return models.Looked{}, errAway
	}
	return c.found, nil
}

func (c *codes) SettleActivation(_ context.Context, _ string, expire bool) (models.Activated, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.came == "" && expire {
		c.came = models.ActivatedExpired
	}
	return c.came, nil
}

func (c *codes) comes(to models.Activated) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.came == "" {
		c.came = to
	}
}

type activationFlow struct {
	t   *testing.T
	env *testsuite.TestWorkflowEnvironment
	l   *ledger
	c   *codes
}

// asked prepares an activation that begins on a Monday at 08:00; its look takes a moment, since it fails once.
func asked(t *testing.T, found models.Looked) *activationFlow {
	t.Helper()
	f := &activationFlow{t: t, env: new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment(), l: &ledger{}, c: &codes{found: found}}
	f.env.SetStartTime(monday)
	f.env.SetTestTimeout(time.Minute)
	f.env.RegisterActivity(&activities.Cases{Store: f.l})
	f.env.RegisterActivity(&activities.Activations{Store: f.c})
	return f
}

func open(t *testing.T) *activationFlow {
	t.Helper()
	return asked(t, models.Looked{Ends: monday.Add(models.ActivationLife)})
}

// comes has something come of the code after so much wall time; told says that the run hears of it.
func (f *activationFlow) comes(after time.Duration, to models.Activated, told bool) *activationFlow {
	f.env.RegisterDelayedCallback(func() {
		f.c.comes(to)
		if told {
			f.env.SignalWorkflow(workflows.SignalSettled, nil)
		}
	}, after)
	return f
}

func (f *activationFlow) run() []models.EventType {
	f.env.ExecuteWorkflow(workflows.Activation, workflows.ActivationInput{CaseID: "a1"})
	require.True(f.t, f.env.IsWorkflowCompleted())
	require.NoError(f.t, f.env.GetWorkflowError())
	return f.l.types()
}

func TestActivationRun(t *testing.T) {
	const note, life = models.ActivationNote, models.ActivationLife
	opened, reminded := models.EventOpened, models.EventCodeReminded
	t.Run("a request that is turned away is over at once, with why", func(t *testing.T) {
		f := asked(t, models.Looked{Turned: models.TurnedRank, Warn: true, Tell: true})
		require.Equal(t, []models.EventType{models.EventTurnedAway}, f.run())
		require.Equal(t, models.StatusRefused, f.l.c.Status)
		require.Equal(t, models.TurnedRank, f.l.events[0].Reason)
		require.Len(t, f.l.events[0].Notices, 2)
	})
	t.Run("a code that nobody uses is reminded of once, and over after a day", func(t *testing.T) {
		f := open(t)
		require.Equal(t, []models.EventType{opened, reminded, models.EventCodeExpired}, f.run())
		require.WithinDuration(t, monday.Add(note), f.l.at(reminded), time.Second)
		require.WithinDuration(t, monday.Add(life+time.Second), f.l.at(models.EventCodeExpired), time.Second)
		require.Nil(t, f.l.c.Due)
	})
	t.Run("spent before the reminder there is none", func(t *testing.T) {
		require.Equal(t, []models.EventType{opened, models.EventActivated}, open(t).comes(note-time.Second, models.ActivatedSpent, true).run())
	})
	t.Run("spent after the reminder", func(t *testing.T) {
		require.Equal(t, []models.EventType{opened, reminded, models.EventActivated}, open(t).comes(note+time.Second, models.ActivatedSpent, true).run())
	})
	t.Run("spent in the last second it is no expiry, whether the run is told or not", func(t *testing.T) {
		for _, told := range []bool{true, false} {
			require.Equal(t, []models.EventType{opened, reminded, models.EventActivated}, open(t).comes(life, models.ActivatedSpent, told).run())
		}
	})
	t.Run("spent after the end it is an expiry", func(t *testing.T) {
		require.Equal(t, []models.EventType{opened, reminded, models.EventCodeExpired}, open(t).comes(life+2*time.Second, models.ActivatedSpent, true).run())
	})
	t.Run("a signal without cause ends nothing", func(t *testing.T) {
		require.Equal(t, []models.EventType{opened, reminded, models.EventCodeExpired}, open(t).comes(time.Hour, "", true).run())
	})
	t.Run("voided and disowned codes end it at once", func(t *testing.T) {
		require.Equal(t, []models.EventType{opened, models.EventCodeVoided}, open(t).comes(time.Hour, models.ActivatedVoided, true).run())
		f := open(t).comes(time.Hour, models.ActivatedDisowned, true)
		require.Equal(t, []models.EventType{opened, models.EventDisowned}, f.run())
		require.WithinDuration(t, monday.Add(time.Hour), f.l.at(models.EventDisowned), time.Second)
	})
	t.Run("a worker that comes back after the end does not remind", func(t *testing.T) {
		f := asked(t, models.Looked{Ends: monday.Add(-time.Hour)})
		require.Equal(t, []models.EventType{opened, models.EventCodeExpired}, f.run())
	})
}
