package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"loket/internal/config"
)

// ran is what one run of the program came to.
type ran struct {
	code        int
	out, errors string
}

// loket runs the program within the test, with settings of its own and nothing of the machine's.
func loket(t *testing.T, environ []string, args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	p := &process{ctx: t.Context(), environ: environ, stdout: &out, stderr: &errs}
	code := p.run(args)
	return ran{code, out.String(), errs.String()}
}

// inFolder are settings that keep everything in a folder.
func inFolder(t *testing.T) []string {
	t.Helper()
	return []string{"LOKET_DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "LOKET_LOG_LEVEL=error"}
}

func TestHelp(t *testing.T) {
	t.Run("every command teaches what it does", func(t *testing.T) {
		for _, command := range commands(t) {
			got := loket(t, nil, append(strings.Fields(command), "--help")...)
			require.Zero(t, got.code, command)
			require.Contains(t, got.out, "Usage: loket", command)
		}
	})
	t.Run("what is long to explain comes with examples", func(t *testing.T) {
		for _, command := range []string{"demo", "serve", "worker", "import registry", "admin create-account", "check all", "openapi"} {
			require.Contains(t, loket(t, nil, append(strings.Fields(command), "--help")...).out, "loket "+strings.Fields(command)[0], command)
		}
	})
	t.Run("an unknown command is misuse", func(t *testing.T) {
		got := loket(t, nil, "sreve")
		require.Equal(t, exitMisused, got.code)
		require.Contains(t, got.errors, "loket --help")
	})
	t.Run("the version is printed", func(t *testing.T) {
		require.Equal(t, "loket dev\n", loket(t, nil, "version").out)
	})
}

// commands lists every command there is, the program itself among them.
func commands(t *testing.T) []string {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.Name("loket"))
	require.NoError(t, err)
	var list []string
	require.NoError(t, kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		switch n := node.(type) {
		case *kong.Application:
			list = append(list, "")
		case *kong.Command:
			list = append(list, strings.TrimPrefix(n.FullPath(), "loket "))
		}
		return next(nil)
	}))
	require.Contains(t, list, "check audit")
	return list
}

func TestSettings(t *testing.T) {
	wrong := []string{"LOKET_LISTEN=8080", "LOKET_PUBLIC_URL=ftp://x", "LOKET_TYPO=1", "LOKET_DATABASE_URL=postgres://u:geheim@/", "LOKET_SESSION_IDLE=soon"}
	t.Run("every fault is told at once, by whatever command, and no secret with it", func(t *testing.T) {
		for _, command := range []string{"serve", "worker", "migrate up", "check config", "check audit", "import registry --units cli_test.go"} {
			got := loket(t, wrong, strings.Fields(command)...)
			require.Equal(t, exitMisused, got.code, command)
			for _, name := range []string{"LOKET_LISTEN", "LOKET_PUBLIC_URL", "LOKET_TYPO", "LOKET_DATABASE_URL", "LOKET_SESSION_IDLE"} {
				require.Contains(t, got.errors, name, command)
			}
			require.NotContains(t, got.errors+got.out, "geheim", command)
		}
	})
	t.Run("check config lists every setting with its value", func(t *testing.T) {
		got := loket(t, []string{"LOKET_AGENCY_NAME=Badan Contoh", "LOKET_TEMPORAL_ADDRESS=t:7233", "LOKET_TEMPORAL_API_KEY=geheim"}, "check", "config")
		require.Zero(t, got.code)
		for _, s := range config.Describe() {
			require.Contains(t, got.out, s.Name)
		}
		require.Contains(t, got.out, "Badan Contoh")
		require.NotContains(t, got.out, "geheim")
	})
	t.Run("a worker without a cluster to share is misuse", func(t *testing.T) {
		got := loket(t, inFolder(t), "worker")
		require.Equal(t, exitMisused, got.code)
		require.Contains(t, got.errors, "LOKET_TEMPORAL_ADDRESS")
	})
	t.Run("so are counters without one, whose cases nobody would work", func(t *testing.T) {
		got := loket(t, inFolder(t), "serve", "--no-worker")
		require.Equal(t, exitMisused, got.code)
		require.Contains(t, got.errors, "LOKET_TEMPORAL_ADDRESS")
	})
	t.Run("a calendar that is not there is named", func(t *testing.T) {
		got := loket(t, append(inFolder(t), "LOKET_CALENDAR=id-2099"), "admin", "create-account", "surya.adi", "--nip", "197405131998061724")
		require.Equal(t, exitMisused, got.code)
		require.Contains(t, got.errors, "id-2099")
	})
}

func TestCheck(t *testing.T) {
	t.Run("an engine that is away is no fault, and no proof either", func(t *testing.T) {
		got := loket(t, append(inFolder(t), "LOKET_TEMPORAL_ADDRESS=127.0.0.1:1"), "check")
		require.Equal(t, exitUnknown, got.code, got.errors)
		require.Contains(t, got.out, "not checked")
		require.Contains(t, got.out, "\n0 faults")
	})
	t.Run("a new installation holds, its engine started for the look alone", func(t *testing.T) {
		got := loket(t, inFolder(t), "check", "--strict")
		require.Zero(t, got.code, got.errors+got.out)
		require.NotContains(t, got.out, "not checked")
	})
	t.Run("wrong settings are misuse", func(t *testing.T) {
		require.Equal(t, exitMisused, loket(t, []string{"LOKET_LISTEN=8080"}, "check", "--strict").code)
	})
}

func TestOpenAPI(t *testing.T) {
	got := loket(t, nil, "openapi")
	require.Zero(t, got.code)
	var doc struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &doc))
	require.Equal(t, "3.1.0", doc.OpenAPI)
	require.Contains(t, doc.Paths, "/api/v1/memos")
}

func TestMigrate(t *testing.T) {
	environ := inFolder(t)
	require.Contains(t, loket(t, environ, "migrate", "up").out, "applied  00001")
	require.Contains(t, loket(t, environ, "migrate", "status").out, "applied  00001")
}

func TestImport(t *testing.T) {
	environ := inFolder(t)
	ministry := filepath.Join("..", "..", "internal", "demo", "ministry")
	all := []string{"import", "registry", "--units", filepath.Join(ministry, "units.csv"), "--employees", filepath.Join(ministry, "employees.csv"),
		"--appointments", filepath.Join(ministry, "appointments.csv")}
	t.Run("faults are told by file, line and field, and nothing is imported", func(t *testing.T) {
		bad := filepath.Join(t.TempDir(), "units.csv")
		require.NoError(t, os.WriteFile(bad, []byte("code,parent_code,name,kind,head_nip\nKEM,,Kementerian,ministri,12\n"), 0o600))
		got := loket(t, environ, "import", "registry", "--units", bad)
		require.Equal(t, exitFailed, got.code)
		require.Contains(t, got.errors, "units.csv:2: kind: choice_unknown")
		require.Contains(t, got.errors, "units.csv:2: head_nip: nip_length")
	})
	t.Run("a ministry is imported, with progress, and again without a change", func(t *testing.T) {
		got := loket(t, environ, all...)
		require.Zero(t, got.code, got.errors)
		require.Contains(t, got.out, "79 new")
		require.Contains(t, got.out, "900 new")
		require.Contains(t, got.errors, "1128 of 1128 rows")
		require.Contains(t, loket(t, environ, all...).out, "0 new,      0 changed,    900 as before")
	})
	t.Run("no file is misuse", func(t *testing.T) {
		require.Equal(t, exitMisused, loket(t, environ, "import", "registry").code)
	})
	t.Run("an account of an employee opens once, with a password shown once", func(t *testing.T) {
		got := loket(t, environ, "admin", "create-account", "bayu.yanti", "--nip", "197405131998061724", "--plain")
		require.Zero(t, got.code, got.errors)
		require.Len(t, strings.TrimSpace(got.out), 22)
		again := loket(t, environ, "admin", "create-account", "bayu.suryadi", "--nip", "197405131998061724")
		require.Equal(t, exitFailed, again.code)
		require.Contains(t, again.errors, "has an account already")
	})
	t.Run("an account without a registry entry holds the roles it was given", func(t *testing.T) {
		got := loket(t, environ, "admin", "create-account", "lestari", "--name", "Lestari", "--email", "lestari@kem.example", "--role", "admin@KEM")
		require.Zero(t, got.code, got.errors)
		nowhere := loket(t, environ, "admin", "create-account", "lestari2", "--name", "Lestari", "--email", "lestari@kem.example", "--role", "admin@KEM.99")
		require.Equal(t, exitMisused, nowhere.code)
	})
	t.Run("what is wrong with a new account is told at once", func(t *testing.T) {
		got := loket(t, environ, "admin", "create-account", "root", "--role", "king@KEM")
		require.Equal(t, exitMisused, got.code)
		for _, part := range []string{"root", "--name", "--email", "king@KEM"} {
			require.Contains(t, got.errors, part)
		}
	})
	t.Run("the trail of all that is whole", func(t *testing.T) {
		got := loket(t, environ, "check", "audit")
		require.Zero(t, got.code, got.errors+got.out)
	})
}

func TestFolders(t *testing.T) {
	t.Run("a demo leaves a folder alone that holds something else", func(t *testing.T) {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "thesis.txt"), nil, 0o600))
		got := loket(t, nil, "demo", "--data", folder, "--reset")
		require.Equal(t, exitMisused, got.code)
		require.FileExists(t, filepath.Join(folder, "thesis.txt"))
	})
	t.Run("a real installation does not serve a demo's folder", func(t *testing.T) {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, demoFile), []byte("{}"), 0o600))
		require.Equal(t, exitMisused, loket(t, []string{"LOKET_DATA_DIR=" + folder}, "serve").code)
	})
	t.Run("an address that is taken is named with its setting", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { require.NoError(t, l.Close()) }()
		got := loket(t, append(inFolder(t), "LOKET_LISTEN="+l.Addr().String()), "serve")
		require.Equal(t, exitFailed, got.code)
		require.Contains(t, got.errors, "LOKET_LISTEN")
		got = loket(t, nil, "demo", "--data", t.TempDir(), "--listen", l.Addr().String())
		require.Contains(t, got.errors, "--listen")
	})
	t.Run("nobody answers where nothing serves", func(t *testing.T) {
		got := loket(t, append(inFolder(t), "LOKET_LISTEN=127.0.0.1:1"), "check", "health")
		require.Equal(t, exitFailed, got.code)
		require.Contains(t, got.errors, "nobody answers")
	})
}

func TestStack(t *testing.T) {
	log := newLog(config.Config{LogLevel: "error"}, &bytes.Buffer{})
	t.Run("comes down in the opposite order of going up, each part ended before the next", func(t *testing.T) {
		s := newStack(log)
		var order []string
		for _, name := range []string{"database", "engine", "http"} {
			s.loop(name, func(ctx context.Context) { <-ctx.Done(); order = append(order, name) })
		}
		require.NoError(t, s.stop())
		require.Equal(t, []string{"http", "engine", "database"}, order)
	})
	t.Run("a part that ends by itself breaks it, with its name", func(t *testing.T) {
		s := newStack(log)
		s.loop("mail", func(context.Context) {})
		require.ErrorContains(t, s.wait(t.Context()), "mail")
		require.NoError(t, s.stop())
	})
}
