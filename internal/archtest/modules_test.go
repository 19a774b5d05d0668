package archtest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// goMod is what these tests need of go mod edit -json.
type goMod struct {
	Module  struct{ Path string }
	Go      string
	Require []struct {
		Path, Version string
		Indirect      bool
	}
	Replace []struct{ Old struct{ Path string } }
	Tool    []struct{ Path string }
}

func readGoMod(t *testing.T) goMod {
	t.Helper()
	var m goMod
	require.NoError(t, json.Unmarshal(run(t, "go", "mod", "edit", "-json"), &m))
	require.Equal(t, modulePath, m.Module.Path)
	return m
}

// readPins returns the versions of pins.txt by module path.
func readPins(t *testing.T) map[string]string {
	t.Helper()
	pins := map[string]string{}
	for line := range strings.Lines(string(contents(t, "internal/archtest/pins.txt"))) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		require.Lenf(t, fields, 2, "a pin is a module and a version: %q", line)
		require.NotContainsf(t, pins, fields[0], "%s is pinned twice", fields[0])
		pins[fields[0]] = fields[1]
	}
	return pins
}

// importedModules returns the modules whose packages our files import, tests included.
func importedModules(t *testing.T, mod goMod) map[string]bool {
	t.Helper()
	imported := map[string]bool{}
	for _, src := range goSources(t) {
		if strings.HasPrefix(src.name, "tools/") {
			continue // modules of their own
		}
		for _, spec := range src.file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			owner := ""
			for _, r := range mod.Require {
				if within(path, []string{r.Path}) && len(r.Path) > len(owner) {
					owner = r.Path
				}
			}
			if owner != "" {
				imported[owner] = true
			}
		}
	}
	return imported
}

func TestModules(t *testing.T) {
	mod, pins := readGoMod(t), readPins(t)
	required := map[string]string{}
	for _, r := range mod.Require {
		required[r.Path] = r.Version
	}
	t.Run("pinned modules stand at their pins", func(t *testing.T) {
		for path, version := range required {
			if pin, ok := pins[path]; ok {
				require.Equalf(t, pin, version, "%s moved; move its pin with a reason, or put it back", path)
			}
		}
	})
	t.Run("what is pinned is used", func(t *testing.T) {
		for path := range pins {
			require.Containsf(t, required, path, "%s is pinned and never taken", path)
		}
	})
	t.Run("every module we import ourselves is pinned", func(t *testing.T) {
		for _, r := range mod.Require {
			if !r.Indirect {
				require.Containsf(t, pins, r.Path, "%s %s is new: try it with the embedded server, then pin it", r.Path, r.Version)
			}
		}
	})
	t.Run("what we import ourselves is told from what comes with it", func(t *testing.T) {
		imported := importedModules(t, mod)
		for _, r := range mod.Require {
			require.Equalf(t, imported[r.Path], !r.Indirect, "%s: run go mod tidy, and see that no version moves", r.Path)
		}
	})
	t.Run("the modules that everything hangs on are required", func(t *testing.T) {
		for _, path := range []string{
			"go.temporal.io/sdk", "go.temporal.io/server", "go.opentelemetry.io/otel",
			"github.com/pressly/goose/v3", "modernc.org/sqlite",
		} {
			require.Contains(t, required, path)
			require.Contains(t, pins, path)
		}
	})
	t.Run("nothing is replaced", func(t *testing.T) { require.Empty(t, mod.Replace) })
	t.Run("linters and generators stay in modules of their own", func(t *testing.T) {
		require.Empty(t, mod.Tool)
		for _, tool := range []string{"golangci-lint", "gotestsum", "workflowcheck", "compose-go", "honnef.co/go/tools"} {
			for path := range required {
				require.NotContains(t, path, tool)
			}
		}
	})
	t.Run("the language version is the one that was tried", func(t *testing.T) { require.Equal(t, "1.26.8", mod.Go) })
}
