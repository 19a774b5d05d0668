package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/engine"
	"loket/workflows"
)

// TestAttribute holds together what cases are started with and what the engine registers; neither may import the other.
func TestAttribute(t *testing.T) { require.Equal(t, workflows.AttributeKind, engine.AttributeKind) }
