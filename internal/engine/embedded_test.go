//go:build !slim

package engine_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/internal/engine"
	"loket/internal/keyring"
)

const queue = "test"

func TestMain(m *testing.M) { os.Exit(engine.Postgres.Main(m)) }

var attributeKind = temporal.NewSearchAttributeKeyKeyword(engine.AttributeKind)
var attributeStatus = temporal.NewSearchAttributeKeyKeyword(engine.AttributeStatus)

// letter takes a secret through every place where a payload is stored.
func letter(ctx workflow.Context, text string) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	if err := workflow.UpsertTypedSearchAttributes(ctx, attributeKind.ValueSet("letter"), attributeStatus.ValueSet("sent")); err != nil {
		return "", err
	}
	var read string
	if err := workflow.ExecuteActivity(ctx, repeat, text).Get(ctx, &read); err != nil {
		return "", err
	}
	err := workflow.ExecuteActivity(ctx, refuse, text).Get(ctx, nil)
	return read, err
}

func repeat(_ context.Context, text string) (string, error) { return text, nil }

func refuse(_ context.Context, text string) error {
	return temporal.NewNonRetryableApplicationError("refused: "+text, "refused", nil, text)
}

// patience waits on a timer, then for a word.
func patience(ctx workflow.Context, wait time.Duration) (string, error) {
	if err := workflow.Sleep(ctx, wait); err != nil {
		return "", err
	}
	var word string
	workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
	return word, nil
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// journal is a log that may be written from anywhere.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func start(t *testing.T, cfg engine.EmbeddedConfig) *engine.Embedded {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = quiet()
	}
	began := time.Now()
	e, err := engine.StartEmbedded(within(t, 30*time.Second), cfg)
	require.NoError(t, err)
	t.Logf("ready in %v", time.Since(began))
	t.Cleanup(func() { stop(t, e) })
	return e
}

func stop(t *testing.T, e *engine.Embedded) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	began := time.Now()
	require.NoError(t, e.Stop(ctx))
	t.Logf("stopped in %v", time.Since(began))
}

func dial(t *testing.T, e *engine.Embedded, ring *keyring.Ring) client.Client {
	t.Helper()
	c, err := engine.Dial(engine.Config{Address: e.HostPort()}, ring, quiet())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func work(t *testing.T, c client.Client) {
	t.Helper()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(letter)
	w.RegisterWorkflow(patience)
	w.RegisterActivity(repeat)
	w.RegisterActivity(refuse)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
}

func send(t *testing.T, c client.Client) error {
	t.Helper()
	ctx := within(t, 20*time.Second)
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: "letter:1", TaskQueue: queue,
		TypedSearchAttributes: temporal.NewSearchAttributes(attributeKind.ValueSet("letter")),
	}, letter, secret)
	require.NoError(t, err)
	return run.Get(ctx, nil)
}

func requireNoPlaintext(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "temporal.db*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		require.False(t, bytes.Contains(content, []byte(secret)), "plaintext in %s", name)
		all += bytes.Count(content, []byte("letter:1"))
	}
	require.Positive(t, all, "the files hold the case, or the search proves nothing")
}

func TestEmbeddedOnSQLite(t *testing.T) {
	dir, ring := filepath.Join(t.TempDir(), "with space & ?"), newRing(t)
	var said journal
	e := start(t, engine.EmbeddedConfig{Dir: dir, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	c := dial(t, e, ring)

	t.Run("is healthy and keeps closed cases for thirty days", func(t *testing.T) {
		require.NoError(t, engine.Healthy(within(t, 5*time.Second), c))
		found, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: engine.DefaultNamespace})
		require.NoError(t, err)
		require.Equal(t, 30*24*time.Hour, found.Config.WorkflowExecutionRetentionTtl.AsDuration())
	})

	t.Run("writes no plaintext to its files", func(t *testing.T) {
		work(t, c)
		err := send(t, c)
		var refused *temporal.ApplicationError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "refused", refused.Type())
		require.Contains(t, refused.Error(), secret, "the client still reads it")
		requireNoPlaintext(t, dir)
	})

	t.Run("refuses a second engine in the same folder", func(t *testing.T) {
		_, err := engine.StartEmbedded(t.Context(), engine.EmbeddedConfig{Dir: dir, Logger: quiet()})
		require.ErrorContains(t, err, "another process runs its engine in "+dir)
	})

	t.Run("shows its pages for reading alone", func(t *testing.T) {
		requireReadOnlyPages(t, e.HostPort())
	})

	t.Run("stops within seconds, without alarm, and again without harm", func(t *testing.T) {
		began := time.Now()
		stop(t, e)
		stop(t, e)
		require.Less(t, time.Since(began), 10*time.Second)
		require.NoError(t, e.Err())
		require.Empty(t, said.String())
		require.Error(t, engine.Healthy(within(t, 2*time.Second), c))
	})
}

func TestEmbeddedGoesOnAfterARestart(t *testing.T) {
	dir, ring := t.TempDir(), newRing(t)
	e := start(t, engine.EmbeddedConfig{Dir: dir})
	c := dial(t, e, ring)
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "patience:1", TaskQueue: queue}, patience, 2*time.Second)
	require.NoError(t, err)
	stop(t, e)

	e = start(t, engine.EmbeddedConfig{Dir: dir, Retention: 40 * 24 * time.Hour})
	c = dial(t, e, ring)
	found, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: engine.DefaultNamespace})
	require.NoError(t, err)
	require.Equal(t, 40*24*time.Hour, found.Config.WorkflowExecutionRetentionTtl.AsDuration(), "a new retention takes effect")

	work(t, c)
	ctx := within(t, 20*time.Second)
	require.NoError(t, c.SignalWorkflow(ctx, "patience:1", "", "word", "done"))
	var word string
	require.NoError(t, c.GetWorkflow(ctx, "patience:1", "").Get(ctx, &word))
	require.Equal(t, "done", word)
}

func TestEmbeddedOnPostgres(t *testing.T) {
	url, ring := engine.Postgres.NewDatabase(t), newRing(t)
	cfg := engine.EmbeddedConfig{Dir: t.TempDir(), PostgresURL: url}
	e := start(t, cfg)
	c := dial(t, e, ring)
	work(t, c)
	var refused *temporal.ApplicationError
	require.ErrorAs(t, send(t, c), &refused, "search attributes work at once")

	t.Run("refuses a second engine on the same database", func(t *testing.T) {
		_, err := engine.StartEmbedded(t.Context(), engine.EmbeddedConfig{Dir: t.TempDir(), PostgresURL: url, Logger: quiet()})
		require.ErrorContains(t, err, "another process runs its engine on this database")
	})

	t.Run("starts again on what it finds, with the shards it was made with", func(t *testing.T) {
		stop(t, e)
		require.Equal(t, 4, shards(t, url))
		again := start(t, cfg)
		description, err := dial(t, again, ring).DescribeWorkflowExecution(t.Context(), "letter:1", "")
		require.NoError(t, err)
		require.Equal(t, "letter", description.WorkflowExecutionInfo.Type.Name)
		stop(t, again)
	})

	t.Run("refuses a database whose shards are not on record", func(t *testing.T) {
		conn := inside(t, url)
		_, err := conn.Exec(t.Context(), "drop table loket_engine")
		require.NoError(t, err)
		_, err = engine.StartEmbedded(within(t, 20*time.Second), engine.EmbeddedConfig{Dir: t.TempDir(), PostgresURL: url, Logger: quiet()})
		require.ErrorContains(t, err, "its number of shards is unknown")
	})
}

// inside connects to the engine's own database beside the given one.
func inside(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), strings.Replace(url, "?", "_temporal?", 1))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func shards(t *testing.T, url string) (n int) {
	t.Helper()
	require.NoError(t, inside(t, url).QueryRow(t.Context(), "select shards from loket_engine").Scan(&n))
	return n
}

func TestEmbeddedRefuses(t *testing.T) {
	t.Run("a port in use, and the folder is free again", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = taken.Close() })
		port := taken.Addr().(*net.TCPAddr).Port
		cfg := engine.EmbeddedConfig{Dir: t.TempDir(), Port: port, Logger: quiet()}
		for range 2 {
			_, err = engine.StartEmbedded(t.Context(), cfg)
			require.ErrorContains(t, err, "port "+strconv.Itoa(port)+" is not free")
		}
	})

	t.Run("a file that is no database of its own", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal.db"), []byte("a letter, not a database at all"), 0o600))
		_, err := engine.StartEmbedded(t.Context(), engine.EmbeddedConfig{Dir: dir, Logger: quiet()})
		require.ErrorContains(t, err, "temporal.db")
	})

	t.Run("a PostgreSQL that is away, without showing the password", func(t *testing.T) {
		_, err := engine.StartEmbedded(within(t, time.Second), engine.EmbeddedConfig{
			Dir: t.TempDir(), PostgresURL: "postgres://loket:hush@127.0.0.1:1/loket", Logger: quiet(),
		})
		require.ErrorContains(t, err, "connecting to the database")
		require.NotContains(t, err.Error(), "hush")
	})
}

func requireReadOnlyPages(t *testing.T, address string) {
	t.Helper()
	pages, err := engine.StartUI(engine.UIConfig{TemporalAddress: address, Namespace: engine.DefaultNamespace, CodecEndpoint: "http://127.0.0.1:1/codec"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pages.Stop(context.Background())) })

	status, body := request(t, http.MethodGet, pages.URL()+"/", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "<html")
	status, body = request(t, http.MethodGet, pages.URL()+"/api/v1/settings", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"DisableWriteActions":true`)
	require.Contains(t, body, "http://127.0.0.1:1/codec")
	status, body = request(t, http.MethodGet, pages.URL()+"/api/v1/namespaces/loket/workflows", "")
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, "letter:1")

	status, _ = request(t, http.MethodPost, pages.URL()+"/api/v1/namespaces/loket/workflows/letter:1/terminate", "")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	status, _ = request(t, http.MethodGet, pages.URL()+"/", "rebound.example")
	require.Equal(t, http.StatusMisdirectedRequest, status)

	port, err := strconv.Atoi(pages.URL()[strings.LastIndex(pages.URL(), ":")+1:])
	require.NoError(t, err)
	_, err = engine.StartUI(engine.UIConfig{Port: port, TemporalAddress: address})
	require.ErrorContains(t, err, "is not free")
}

func request(t *testing.T, method, url, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
	require.NoError(t, err)
	r.Host = host
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}
