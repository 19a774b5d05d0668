package models_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestSpentLink(t *testing.T) {
	spent := models.SpentLink(models.LinkReset, fmt.Errorf("look: %w", models.ErrLinkSpent))
	require.ErrorIs(t, spent, models.ErrLinkSpent)
	var p *models.Problem
	require.ErrorAs(t, spent, &p)
	require.Equal(t, "problem.link_spent.reset.detail", p.DetailKey())
	require.Equal(t, "problem.link_spent.detail", models.ErrLinkSpent.DetailKey())
	require.NoError(t, models.SpentLink(models.LinkEmail, nil))
	broken := errors.New("the disk is full")
	require.Equal(t, broken, models.SpentLink(models.LinkEmail, broken))
	require.Equal(t, "problem.stale.detail", models.ErrStale.With("link", "reset").DetailKey())
}
