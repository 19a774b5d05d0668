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
	b.WriteString("# States\n\nDrawn from `models.TransitionsOf`; do not edit. Words before the colon are the\naction of a person, or the party that acts by itself; after it stands the event in the timeline.\n")
	draw(&b, "Memo request", models.StatusDraft, models.Transitions(), models.Statuses())
	draw(&b, "Activation", models.StatusAsked, models.ActivationTransitions(), models.ActivationStatuses())
	draw(&b, "Request for an application", models.StatusDraft, models.AccessTransitions(), models.AccessStatuses())
	draw(&b, "Registration", models.StatusAsked, models.RegistrationTransitions(), models.RegistrationStatuses())
	return b.String()
}

func draw(b *strings.Builder, title string, first models.Status, table []models.Transition, statuses []models.Status) {
	fmt.Fprintf(b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n    [*] --> %s\n", title, first)
	for _, t := range table {
		for _, to := range t.To {
			fmt.Fprintf(b, "    %s --> %s: %s\n", t.From, to, label(t))
		}
	}
	for _, s := range statuses {
		if s.Final() {
			fmt.Fprintf(b, "    %s --> [*]\n", s)
		}
	}
	b.WriteString("```\n\n| from | who | asks | event | to |\n|---|---|---|---|---|\n")
	for _, t := range table {
		to := make([]string, len(t.To))
		for i, s := range t.To {
			to[i] = string(s)
		}
		ask := string(t.Action)
		if ask == "" {
			ask = "-"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", t.From, t.By, ask, t.Event, strings.Join(to, ", "))
	}
}

func label(t models.Transition) string {
	if t.Action != "" {
		return string(t.Action) + " / " + string(t.Event)
	}
	return string(t.By) + " / " + string(t.Event)
}
