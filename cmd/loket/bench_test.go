package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/bench"
)

// asProgram makes the test binary the program itself, for measurements of processes of their own.
const asProgram = "LOKET_TEST_AS_PROGRAM=1"

func TestMain(m *testing.M) {
	if strings.HasSuffix(asProgram, "="+os.Getenv("LOKET_TEST_AS_PROGRAM")) {
		main()
	}
	os.Exit(m.Run())
}

// TestBench runs every measurement from end to end on a handful of cases. What the figures are is not its business.
func TestBench(t *testing.T) {
	for name, args := range map[string]string{
		"read":    "--cases 40 --open 10 --units 200 --period 1s",
		"inbox":   "--cases 40 --open 10 --units 200 --period 1s",
		"memo":    "--cases 5 --at-once 2 --lists 1 --rows 5 --units 5 --growth --closed 100",
		"waiting": "--cases 2,5 --settle 100ms --watch 100ms --units 5",
		"start":   "--settle 100ms",
		"door":    "--at-once 3 --period 100ms --activations 2 --samples 1",
	} {
		t.Run(name+" runs to its end", func(t *testing.T) {
			got := loket(t, append(os.Environ(), asProgram), append([]string{"bench", name, "--json"}, strings.Fields(args)...)...)
			require.Zero(t, got.code, got.errors)
			var r bench.Report
			require.NoError(t, json.Unmarshal([]byte(got.out), &r))
			require.Equal(t, "loket bench "+name, r.Name)
			require.NotEmpty(t, r.Figures)
			for _, f := range r.Figures {
				require.NotEmpty(t, f.What)
				require.Equal(t, f.Bar == "", f.Met == nil, "a bar is met or missed: %s", f.What)
			}
		})
	}
	t.Run("what cannot be measured is misuse", func(t *testing.T) {
		for _, args := range []string{"read --cases 1", "read --open 9 --cases 5", "memo --rows 501", "waiting --cases 5,2"} {
			require.Equal(t, exitMisused, loket(t, nil, append([]string{"bench"}, strings.Fields(args)...)...).code, args)
		}
	})
}
