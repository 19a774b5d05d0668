package workflows_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/workflows"
)

// TestReplayOfSavedHistories holds today's workflows to what open cases of earlier versions have behind them.
// internal/e2e captures the histories from a real engine (go test ./internal/e2e -run Histories -update).
func TestReplayOfSavedHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			replayer.RegisterWorkflowWithOptions(workflows.MemoRequest, workflow.RegisterOptions{Name: workflows.MemoWorkflow})
			replayer.RegisterWorkflowWithOptions(workflows.Activation, workflow.RegisterOptions{Name: workflows.ActivationWorkflow})
			replayer.RegisterWorkflowWithOptions(workflows.AccessRequest, workflow.RegisterOptions{Name: workflows.AccessWorkflow})
			replayer.RegisterWorkflowWithOptions(workflows.Registration, workflow.RegisterOptions{Name: workflows.RegistrationWorkflow})
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(nil, file))
		})
	}
}
