package composecheck

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

const root = "../.."

func project(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")}, cli.WithEnv(nil))
	require.NoError(t, err)
	p, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	return p
}

// built are the services that run the image of this repository.
func built(p *types.Project) types.Services {
	ours := types.Services{}
	for name, s := range p.Services {
		if s.Build != nil {
			ours[name] = s
		}
	}
	return ours
}

func TestServices(t *testing.T) {
	p := project(t)
	t.Run("two counters and two workers over one database and one engine", func(t *testing.T) {
		commands := map[string]string{}
		for name, s := range built(p) {
			commands[name] = strings.Join(s.Command, " ")
		}
		require.Equal(t, map[string]string{
			"migrate": "migrate up",
			"serve-1": "serve --no-worker", "serve-2": "serve --no-worker",
			"worker-1": "worker", "worker-2": "worker",
		}, commands)
	})
	t.Run("everything else is a published image of one version", func(t *testing.T) {
		images := map[string]string{}
		for name, s := range p.Services {
			if s.Build == nil {
				images[name] = s.Image
			}
		}
		require.Equal(t, map[string]string{
			"door": "caddy:2.11.4-alpine", "mail": "axllent/mailpit:v1.29.7", "postgres": "postgres:15-bookworm",
			"temporal": "temporalio/server:1.32.1", "temporal-namespace": "temporalio/admin-tools:1.32.1",
			"temporal-schema": "temporalio/admin-tools:1.32.1", "temporal-ui": "temporalio/ui:2.55.0",
		}, images)
	})
	t.Run("the engine is the version that is embedded elsewhere", func(t *testing.T) {
		mod := text(t, "go.mod")
		for name, module := range map[string]string{
			"temporal": "go.temporal.io/server", "temporal-schema": "go.temporal.io/server",
			"temporal-ui": "github.com/temporalio/ui-server/v2",
		} {
			_, version, _ := strings.Cut(p.Services[name].Image, ":")
			require.Contains(t, mod, module+" v"+version+"\n", name)
		}
	})
	t.Run("the engine's own page cannot change a case", func(t *testing.T) {
		require.Equal(t, "true", *p.Services["temporal-ui"].Environment["TEMPORAL_DISABLE_WRITE_ACTIONS"])
	})
}

func TestOrder(t *testing.T) {
	p := project(t)
	t.Run("nothing of a release runs before its tables stand", func(t *testing.T) {
		for name, s := range built(p) {
			if name == "migrate" {
				require.Equal(t, types.ServiceConditionHealthy, s.DependsOn["postgres"].Condition)
				continue
			}
			require.Equal(t, types.ServiceConditionCompletedSuccessfully, s.DependsOn["migrate"].Condition, name)
			require.Equal(t, types.ServiceConditionCompletedSuccessfully, s.DependsOn["temporal-namespace"].Condition, name)
			require.Equal(t, types.ServiceConditionHealthy, s.DependsOn["temporal"].Condition, name)
		}
	})
	t.Run("what others wait for tells how it is", func(t *testing.T) {
		for name, s := range p.Services {
			for on, dependency := range s.DependsOn {
				if dependency.Condition == types.ServiceConditionHealthy {
					require.NotNilf(t, p.Services[on].HealthCheck, "%s waits for %s", name, on)
				} else {
					require.NotEqualf(t, types.RestartPolicyAlways, p.Services[on].Restart, "%s waits for %s to end", name, on)
				}
			}
		}
	})
	t.Run("whatever stays up has a health check", func(t *testing.T) {
		for name, s := range p.Services {
			if s.Restart == types.RestartPolicyUnlessStopped {
				require.NotNil(t, s.HealthCheck, name)
				require.False(t, s.HealthCheck.Disable, name)
			}
		}
	})
	t.Run("a counter may finish what it began", func(t *testing.T) {
		for name, s := range built(p) {
			require.NotNil(t, s.StopGracePeriod, name)
			require.Greater(t, time.Duration(*s.StopGracePeriod), 30*time.Second, name)
		}
	})
}

func TestReach(t *testing.T) {
	p := project(t)
	t.Run("three pages are published, on this machine alone", func(t *testing.T) {
		published := map[string]string{}
		for name, s := range p.Services {
			for _, port := range s.Ports {
				require.Equal(t, "127.0.0.1", port.HostIP, name)
				published[port.Published] = name
			}
		}
		require.Equal(t, map[string]string{"8080": "door", "8025": "mail", "8233": "temporal-ui"}, published)
	})
	t.Run("the door leads to every counter", func(t *testing.T) {
		caddyfile := text(t, "deploy/caddy/Caddyfile")
		for name := range built(p) {
			if strings.HasPrefix(name, "serve-") {
				require.Contains(t, caddyfile, name+":8080")
				require.Contains(t, p.Services["door"].DependsOn, name)
			}
		}
	})
	t.Run("the counters believe the door, and nobody else, about who calls", func(t *testing.T) {
		address := p.Services["door"].Networks["default"].Ipv4Address
		require.NotEmpty(t, address)
		for name, s := range built(p) {
			require.Equal(t, address, *s.Environment["LOKET_TRUSTED_PROXIES"], name)
		}
	})
	t.Run("every mounted file of the repository is there", func(t *testing.T) {
		for name, s := range p.Services {
			for _, volume := range s.Volumes {
				if volume.Type == types.VolumeTypeBind {
					require.FileExistsf(t, firstFile(t, volume.Source), "%s mounts %s", name, volume.Source)
				}
			}
		}
	})
}

// firstFile is the path itself, or the first file of a folder.
func firstFile(t *testing.T, path string) string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		return path
	}
	require.NotEmpty(t, entries, path)
	return filepath.Join(path, entries[0].Name())
}

func TestSecrets(t *testing.T) {
	p := project(t)
	script := text(t, "deploy/make-secrets")
	for _, name := range slices.Sorted(maps.Keys(p.Secrets)) {
		t.Run(name+" is a file that make-secrets writes", func(t *testing.T) {
			require.Equal(t, name, filepath.Base(p.Secrets[name].File))
			stem, password := strings.CutSuffix(name, "_password")
			if password {
				require.Regexp(t, `for name in [a-z ]*\b`+stem+`\b`, script)
				return
			}
			require.Contains(t, script, "$dir/"+name)
		})
	}
	t.Run("no password stands in an environment", func(t *testing.T) {
		for name, s := range p.Services {
			for key, value := range s.Environment {
				upper := strings.ToUpper(key)
				if strings.Contains(upper, "PASSWORD") || strings.Contains(upper, "SECRET") || strings.HasSuffix(upper, "_PWD") {
					require.Truef(t, strings.HasSuffix(upper, "_FILE"), "%s: %s=%v", name, key, value)
				}
			}
		}
	})
	t.Run("loket runs without rights that it does not need", func(t *testing.T) {
		for name, s := range built(p) {
			require.True(t, s.ReadOnly, name)
			require.Equal(t, []string{"ALL"}, s.CapDrop, name)
			require.Contains(t, s.SecurityOpt, "no-new-privileges:true", name)
		}
	})
}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(b)
}
