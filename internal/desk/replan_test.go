package desk

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
)

// signalled is an engine that answers signals to some cases with errors.
type signalled struct {
	client.Client
	errs map[string]error
	got  []string
}

func (e *signalled) SignalWorkflow(_ context.Context, workflowID, _, _ string, _ any) error {
	_, id, _ := strings.Cut(workflowID, ":")
	e.got = append(e.got, id)
	return e.errs[id]
}

// TestPlanAnewGoesOn: a case whose workflow does not answer keeps no other from finding a decider.
func TestPlanAnewGoesOn(t *testing.T) {
	gone, failing := serviceerror.NewNotFound("no such workflow"), errors.New("failing")
	for name, c := range map[string]struct {
		errs map[string]error
		got  []string
		err  error
		log  string
	}{
		"a workflow that is gone is passed over, and named": {map[string]error{"b": gone}, []string{"a", "b", "c"}, nil, "case=b"},
		"one that fails is told of, after the others":       {map[string]error{"a": failing}, []string{"a", "b", "c"}, failing, ""},
		"an engine that is away is asked at the next look":  {map[string]error{"b": serviceerror.NewUnavailable("away")}, []string{"a", "b"}, serviceerror.NewUnavailable("away"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			d, engine := lonely(t), &signalled{errs: c.errs}
			d.engine, d.log = engine, slog.New(slog.NewTextHandler(&log, nil))
			err := d.planAnew(t.Context(), []string{"a", "b", "c"})
			require.Equal(t, c.got, engine.got)
			require.Contains(t, log.String(), c.log)
			if c.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.err.Error())
		})
	}
}
