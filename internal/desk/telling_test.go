package desk

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"loket/internal/store"
	"loket/models"
)

// picky is an engine that starts workflows but where refuse says why not.
type picky struct {
	client.Client
	refuse  func(id string) error
	started []string
	asked   int
}

func (p *picky) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	p.asked++
	if err := p.refuse(o.ID); err != nil {
		return nil, err
	}
	p.started = append(p.started, o.ID)
	return nil, nil
}

func TestOneThatCannotBeTold(t *testing.T) {
	t.Parallel()
	d := lonely(t)
	var ids []string
	for range 5 {
		id, err := d.store.AskActivation(t.Context(), models.ActivationForm{NIP: "199001012015011001"}, "id", models.Origin{})
		require.NoError(t, err)
		ids = append(ids, id)
		require.NoError(t, d.store.AskRegistration(t.Context(), store.RegistrationRequest{Name: "Dewi", Email: "dewi@niaga.example", Lang: "id", Nonce: id, NonceExpires: time.Now().Add(time.Hour)}))
	}
	registrations, err := d.store.UnheardRegistrations(t.Context(), 10)
	require.NoError(t, err)
	t.Run("keeps none behind it waiting", func(t *testing.T) {
		bad := map[string]bool{startOnce(models.KindActivation, ids[0]).ID: true, startOnce(models.KindRegistration, registrations[0].CaseID).ID: true}
		engine := &picky{refuse: func(id string) error {
			if bad[id] {
				return errors.New("refused")
			}
			return nil
		}}
		d.engine = engine
		require.ErrorContains(t, d.tellActivations(t.Context()), "refused")
		require.ErrorContains(t, d.tellRegistrations(t.Context()), "refused")
		require.Len(t, engine.started, 8)
		unheard, err := d.store.UnheardActivations(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, unheard, 1)
		require.Equal(t, ids[0], unheard[0].CaseID, "which is told at the next look")
	})
	t.Run("an engine that is away is asked for a few, not for all", func(t *testing.T) {
		for range 9 {
			_, err := d.store.AskActivation(t.Context(), models.ActivationForm{NIP: "199001012015011001"}, "id", models.Origin{})
			require.NoError(t, err)
		}
		engine := &picky{refuse: func(string) error { return context.DeadlineExceeded }}
		d.engine = engine
		require.ErrorIs(t, d.tellActivations(t.Context()), context.DeadlineExceeded)
		require.Equal(t, 3, engine.asked)
	})
}
