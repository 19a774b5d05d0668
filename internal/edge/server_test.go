package edge

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

// serve runs the bench on a real socket and returns its address and a stop that answers Serve's error.
func (b *bench) serve(t *testing.T, change func(*http.Server)) (string, func() error) {
	t.Helper()
	server := b.Server(b.engine)
	if change != nil {
		change(server)
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Serve(ctx, server, on) }()
	t.Cleanup(cancel)
	return on.Addr().String(), func() error { cancel(); return <-ended }
}

func TestServerDeadlines(t *testing.T) {
	t.Run("they are those of the quality table", func(t *testing.T) {
		s := setup(t, nil).Server(nil)
		require.Equal(t, []time.Duration{5 * time.Second, 15 * time.Second, 30 * time.Second},
			[]time.Duration{s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout})
		require.Equal(t, 64<<10, s.MaxHeaderBytes)
	})
	t.Run("a header that trickles in is cut off", func(t *testing.T) {
		addr, _ := setup(t, nil).serve(t, func(s *http.Server) { s.ReadHeaderTimeout = 200 * time.Millisecond })
		conn, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
		require.NoError(t, err)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		answer, err := io.ReadAll(conn)
		require.NoError(t, err, "the server closed it, not our deadline")
		require.NotContains(t, string(answer), "200 OK")
	})
	t.Run("a body that trickles in is cut off", func(t *testing.T) {
		addr, _ := setup(t, nil).serve(t, func(s *http.Server) { s.ReadTimeout = 200 * time.Millisecond })
		conn, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn, "POST /pages/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nab")
		require.NoError(t, err)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		answer, err := io.ReadAll(conn)
		require.NoError(t, err)
		require.NotContains(t, string(answer), "200 OK")
	})
	t.Run("a header over 64 KiB is refused", func(t *testing.T) {
		addr, _ := setup(t, nil).serve(t, nil)
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+"/healthz", nil)
		require.NoError(t, err)
		req.Header.Set("X-Long", string(make([]byte, 0))+fmt.Sprintf("%080000d", 1))
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, resp.StatusCode)
	})
}

func TestStream(t *testing.T) {
	b := setup(t, nil)
	const events = 12
	tick := func(c *gin.Context) <-chan time.Time { return time.After(50 * time.Millisecond) }
	b.route("GET", "/events", func(c *gin.Context) {
		for i := range events {
			select {
			case <-c.Request.Context().Done():
				return
			case <-b.Closing():
				return
			case <-tick(c):
			}
			if BeforeEvent(c.Writer) != nil {
				return
			}
			fmt.Fprintf(c.Writer, "data: %d\n\n", i)
			c.Writer.Flush()
		}
	}, func(r *Route) { r.Stream = true })
	addr, _ := b.serve(t, func(s *http.Server) { s.ReadTimeout, s.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond })
	resp, err := http.Get("http://" + addr + "/events")
	require.NoError(t, err)
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Contains(t, string(all), fmt.Sprintf("data: %d\n", events-1), "it outlives both deadlines of the server")
}

func TestGracefulStop(t *testing.T) {
	b := setup(t, nil)
	begun, finish := make(chan struct{}), make(chan struct{})
	b.route("POST", "/slow", func(c *gin.Context) {
		close(begun)
		<-finish
		c.String(http.StatusOK, "done")
	})
	b.route("GET", "/events", func(c *gin.Context) {
		fmt.Fprint(c.Writer, "data: hello\n\n")
		c.Writer.Flush()
		<-b.Closing()
		fmt.Fprint(c.Writer, "event: end\n\n")
	}, func(r *Route) { r.Stream = true })
	addr, stop := b.serve(t, nil)

	stream, err := http.Get("http://" + addr + "/events")
	require.NoError(t, err)
	defer stream.Body.Close()
	events := bufio.NewReader(stream.Body)
	_, err = events.ReadString('\n')
	require.NoError(t, err)
	type answer struct {
		body string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		resp, err := http.Post("http://"+addr+"/slow", "text/plain", nil)
		if err != nil {
			answers <- answer{err: err}
			return
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		answers <- answer{string(body), err}
	}()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()

	rest, err := io.ReadAll(events)
	require.NoError(t, err)
	require.Contains(t, string(rest), "event: end", "streams are told to end")
	require.False(t, decode(t, b.ask("GET", "/readyz", "")).Ready, "no new requests are wanted")
	close(finish)
	require.Equal(t, answer{body: "done"}, <-answers, "a request under way is finished")
	require.NoError(t, <-stopped)
}

func TestReady(t *testing.T) {
	t.Run("it names the check that fails and not why", func(t *testing.T) {
		b := setup(t, func(c *Config) {
			c.Checks = []Check{{"database", func(context.Context) error { return nil }},
				{"engine", func(context.Context) error { return errors.New("dial 10.0.0.7: refused") }}}
		})
		w := b.ask("GET", "/readyz", "")
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, readiness{Checks: map[string]string{"database": "ok", "engine": "failed"}}, decode(t, w))
		require.Contains(t, b.log.String(), "10.0.0.7")
	})
	t.Run("it says yes when all pass", func(t *testing.T) {
		b := setup(t, func(c *Config) {
			c.Checks = []Check{{"database", func(context.Context) error { return nil }}}
		})
		w := b.ask("GET", "/readyz", "")
		require.Equal(t, http.StatusOK, w.Code)
		require.True(t, decode(t, w).Ready)
	})
	t.Run("a check that hangs does not hang the probe", func(t *testing.T) {
		forever := make(chan struct{})
		defer close(forever)
		b := setup(t, func(c *Config) {
			c.Checks = []Check{{"database", func(context.Context) error { <-forever; return nil }}}
		})
		w := b.ask("GET", "/readyz", "")
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, map[string]string{"database": "late"}, decode(t, w).Checks)
	})
}
