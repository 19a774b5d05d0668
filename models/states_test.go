package models_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

var update = flag.Bool("update", false, "rewrite docs/states.md")

// TestStatesPage keeps docs/states.md what the table says; `make generate` rewrites it.
func TestStatesPage(t *testing.T) {
	const path = "../docs/states.md"
	want := statesPage()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run make generate")
}

func statesPage() string {
	var b strings.Builder
	b.WriteString("# States\n\nDrawn from `models.Transitions`; do not edit. Words before the colon are the action of a person, or the\nparty that acts by itself; after it stands the event in the timeline.\n\n## Memo request\n\n```mermaid\nstateDiagram-v2\n    [*] --> draft\n")
	for _, t := range models.Transitions() {
		for _, to := range t.To {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", t.From, to, label(t))
		}
	}
	for _, s := range models.Statuses() {
		if s.Final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	b.WriteString("```\n\n| from | who | asks | event | to |\n|---|---|---|---|---|\n")
	for _, t := range models.Transitions() {
		to := make([]string, len(t.To))
		for i, s := range t.To {
			to[i] = string(s)
		}
		ask := string(t.Action)
		if ask == "" {
			ask = "-"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", t.From, t.By, ask, t.Event, strings.Join(to, ", "))
	}
	return b.String()
}

func label(t models.Transition) string {
	if t.Action != "" {
		return string(t.Action) + " / " + string(t.Event)
	}
	return string(t.By) + " / " + string(t.Event)
}
