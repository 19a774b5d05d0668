package e2e_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/engine"
)

// The variables by which this program, started again by itself, is a Temporal server and nothing else.
const (
	engineDir  = "LOKET_TEST_ENGINE_DIR"
	enginePort = "LOKET_TEST_ENGINE_PORT"
)

// beEngine serves as a cluster that is nobody's part, until it is killed.
func beEngine(dir, port string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	number, err := strconv.Atoi(port)
	if err == nil {
		_, err = engine.StartEmbedded(ctx, engine.EmbeddedConfig{Dir: dir, Port: number, Logger: slog.New(slog.DiscardHandler)})
	}
	if err != nil {
		slog.Error("the engine of a test", "error", err)
		return 1
	}
	<-ctx.Done()
	return 0
}

// cluster is a Temporal server in a process of its own.
type cluster struct {
	t       *testing.T
	dir     string
	address string
	process *exec.Cmd
}

func newCluster(t *testing.T) *cluster {
	c := &cluster{t: t, dir: t.TempDir(), address: freeAddress(t)}
	t.Cleanup(func() { c.kill() })
	return c.start()
}

func (c *cluster) start() *cluster {
	c.t.Helper()
	self, err := os.Executable()
	require.NoError(c.t, err)
	_, port, err := net.SplitHostPort(c.address)
	require.NoError(c.t, err)
	c.process = exec.Command(self)
	c.process.Env = append(os.Environ(), engineDir+"="+c.dir, enginePort+"="+port)
	c.process.Stderr = os.Stderr
	c.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(c.t, c.process.Start())
	return c
}

func (c *cluster) signal(s os.Signal) {
	c.t.Helper()
	require.NoError(c.t, c.process.Process.Signal(s))
}

func (c *cluster) kill() {
	if c.process != nil {
		_ = c.process.Process.Kill()
		_ = c.process.Wait()
		c.process = nil
	}
}

// TestEngineAway starts the counters without an engine to be had: whoever reads is served, whoever writes is told to
// come back, and the same key finishes the work once the engine is there.
func TestEngineAway(t *testing.T) {
	o := newOffice(t, "").start()
	c := apitest.NewClient(t, o.base)
	sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
	rows := recap(t, "recap-clean.csv")
	id := asked(t, sender, "Nota", rows[:2])
	o.stop()

	with := slices.Clone(o.env)
	o.env = append(o.env, "LOKET_TEMPORAL_ADDRESS="+freeAddress(t))
	o.launch("serve")
	require.Eventually(t, func() bool { return o.answers("/healthz") }, time.Minute, 50*time.Millisecond, "%s", o.output)
	require.False(t, o.ready())
	require.Equal(t, "approval", head.memo(t, id).Status)
	var inbox struct{ Items []memo }
	head.Call(t, http.MethodGet, "/api/v1/inbox", nil).Into(t, http.StatusOK, &inbox)
	require.Len(t, inbox.Items, 1)
	draft := written(t, sender, "Konsep", rows[2:4]) // a draft is a row
	for path, body := range map[string]any{"/api/v1/memos/" + id + "/decision": map[string]any{"approve": true}, "/api/v1/memos/" + draft + "/send": nil} {
		who := sender
		if body != nil {
			who = head
		}
		began := time.Now()
		away(t, who.Call(t, http.MethodPost, path, body, "Idempotency-Key", "yes-"+id))
		require.Less(t, time.Since(began), soon)
	}
	require.Less(t, o.stop(), 30*time.Second)

	o.env = with
	o.start()
	insist(t, sender, "/api/v1/memos/"+draft+"/send", nil, "yes-"+id)
	finished(t, sender, head, officer, id)
	o.stop()
	o.sound()
}

// TestEngineFallsAway takes the engine away in the middle of everything, hung first and dead then, from counters and a
// worker that run apart from it. Whoever reads is served, whoever writes is told to come back, and everything goes on by
// itself when it is back.
func TestEngineFallsAway(t *testing.T) {
	long := scaled(10*time.Second, time.Minute)
	temporal := newCluster(t)
	o := newOffice(t, postgres.NewDatabase(t)).trustsUs()
	o.env = append(o.env, "LOKET_TEMPORAL_ADDRESS="+temporal.address)
	worker := o.beside().run("worker")
	o.run("serve", "--no-worker")
	c := apitest.NewClient(t, o.base)
	senders, heads := o.appoint(c, 5, "unit_head", "KEM.1.2"), o.appoint(c, 4, "unit_head", "KEM")
	w := &workload{t: t, rows: staff(t), pace: time.Second, senders: senders[1:], heads: heads[1:], officers: o.appoint(c, 3, "officer", "KEM.5.1")}
	writer, reader := senders[0], heads[0] // those who insist use up what an account may ask in a minute
	extra := w.rows[len(w.rows)-4:]
	w.rows = w.rows[:len(w.rows)-4]
	for i, outage := range []struct {
		name          string
		begin, finish func()
	}{
		{"hung", func() { temporal.signal(syscall.SIGSTOP) }, func() { temporal.signal(syscall.SIGCONT) }},
		{"killed", temporal.kill, func() { temporal.start() }},
	} {
		asked := asked(t, writer, "Nota "+outage.name, extra[2*i:2*i+1])
		draft := written(t, writer, "Konsep "+outage.name, extra[2*i+1:2*i+2])
		w.begin(8)
		require.Eventually(t, func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return slices.ContainsFunc(w.ids, func(id string) bool { return id != "" })
		},
			time.Minute, 50*time.Millisecond)
		outage.begin()
		slowest := o.withoutEngine(writer, reader, long, asked, draft)
		outage.finish()
		began := time.Now()
		insist(t, writer, "/api/v1/memos/"+draft+"/send", nil, "send-"+draft)
		t.Logf("%s for %s: a write was refused within %s; the next came through %s after", outage.name, long, slowest, time.Since(began).Round(time.Millisecond))
		for _, id := range []string{asked, draft} {
			finished(t, writer, reader, w.officers[0], id)
		}
		w.end()
	}
	require.True(t, o.ready())
	require.True(t, worker.ready())
	for i, id := range w.ids {
		w.senders[i%len(w.senders)].await(t, id, "activation")
	}
	t.Logf("%d memos", len(w.ids))
	o.stop()
	require.Eventually(t, func() bool { return strings.Contains(o.command("check", "audit"), " 0 of them not sealed yet") },
		10*time.Second, time.Second, "the worker seals what the counters wrote last")
	worker.stop()
	o.sound()
}

// withoutEngine reads and writes for as long as the engine is away: reading works, writing is refused in time and may be
// asked again under its key. It gives the longest that a refusal took.
func (o *office) withoutEngine(writer, reader person, long time.Duration, asked, draft string) (slowest time.Duration) {
	t := o.t
	for end := time.Now().Add(long); time.Now().Before(end); {
		require.Equal(t, "approval", reader.memo(t, asked).Status)
		reader.Call(t, http.MethodGet, "/api/v1/inbox", nil).Is(t, http.StatusOK)
		writer.Call(t, http.MethodGet, "/api/v1/memos/"+draft, nil).Is(t, http.StatusOK)
		for _, write := range []struct {
			who       person
			path, key string
			body      any
		}{
			{reader, asked + "/decision", "yes-" + asked, map[string]any{"approve": true}},
			{writer, draft + "/send", "send-" + draft, nil},
		} {
			began := time.Now()
			away(t, write.who.Call(t, http.MethodPost, "/api/v1/memos/"+write.path, write.body, "Idempotency-Key", write.key))
			slowest = max(slowest, time.Since(began))
		}
	}
	require.Less(t, slowest, soon)
	require.False(t, o.ready())
	return slowest.Round(time.Millisecond)
}
