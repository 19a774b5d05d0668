package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
	"loket/workflows"
)

// chunks lists the last row of every chunk in which a memo's accounts were made.
func (f *flow) chunks() []int {
	var ends []int
	f.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, args converter.EncodedValues) {
		if info.ActivityType.Name != "Provision" {
			return
		}
		var in activities.ProvisionInput
		require.NoError(f.t, args.Get(&in))
		ends = append(ends, in.To)
	})
	require.Contains(f.t, f.run(), models.EventProvision)
	return ends
}

func TestChunks(t *testing.T) {
	long := func(t *testing.T) *flow {
		return begin(t, 260).at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateVerify, acceptAll(officer), nil).
			settle(3 * time.Hour)
	}
	t.Run("a long list goes in few", func(t *testing.T) {
		require.Equal(t, []int{125, 250, 260}, long(t).chunks())
	})
	t.Run("a case that began with short ones goes on with them", func(t *testing.T) {
		f := long(t)
		f.env.OnGetVersion("long-chunks", workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
		f.env.OnGetVersion(mock.Anything, workflow.DefaultVersion, workflow.Version(1)).Return(workflow.Version(1))
		require.Equal(t, []int{50, 100, 150, 200, 250, 260}, f.chunks())
	})
}
