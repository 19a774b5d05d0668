package e2e_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// snare kills a process when it comes to a place with something marked, once.
type snare struct {
	t      *testing.T
	mu     sync.Mutex
	place  string
	mark   []byte
	kill   func()
	sprung chan struct{}
}

// set waits for the process that runs now; what it gives is closed when that one is dead.
func (s *snare) set(o *office, place, mark string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	process, ended := o.process.Process, o.ended
	s.place, s.mark, s.sprung = place, []byte(mark), make(chan struct{})
	s.kill = func() { _ = process.Kill(); <-ended }
	return s.sprung
}

// at kills where this is the place and carries the mark, and tells whether it did: nothing may pass then.
func (s *snare) at(place string, carried []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.place != place || !bytes.Contains(carried, s.mark) {
		return false
	}
	s.place = ""
	s.kill()
	close(s.sprung)
	return true
}

// relay has connections served for as long as the test runs, and gives where.
func (s *snare) relay(serve func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// relayDatabase stands before PostgreSQL, reads along what a transaction says, and knows its commit.
func (s *snare) relayDatabase(address string) string {
	config, err := pgx.ParseConfig(address)
	require.NoError(s.t, err)
	network, at := "tcp", net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
	if strings.HasPrefix(config.Host, "/") {
		network, at = "unix", fmt.Sprintf("%s/.s.PGSQL.%d", config.Host, config.Port)
	}
	here := s.relay(func(conn net.Conn) {
		server, err := net.Dial(network, at)
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		w := &wire{snare: s, client: conn, server: server}
		go func() {
			w.answers()
			_ = conn.Close()
		}()
		w.asks()
	})
	u := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Host: here, Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	return u.String()
}

// wire is one connection to PostgreSQL (protocol 3: a letter, a length, a body).
type wire struct {
	snare          *snare
	client, server net.Conn
	said           []byte // in the transaction under way
	committing     atomic.Pointer[[]byte]
}

// asks passes on what the program says. The first message has no letter.
func (w *wire) asks() {
	from := bufio.NewReader(w.client)
	for first := true; ; first = false {
		m, err := message(from, first)
		if err != nil {
			return
		}
		if !first && m[0] == 'Q' {
			switch strings.ToLower(strings.Trim(string(m[5:]), "\x00 ;")) {
			case "commit":
				if w.snare.at(beforeCommit, w.said) {
					return
				}
				said := w.said
				w.committing.Store(&said)
				w.said = nil
			case "begin", "rollback":
				w.said = nil
			}
		}
		w.said = append(w.said, m...)
		if _, err := w.server.Write(m); err != nil {
			return
		}
	}
}

// answers passes on what the database says.
func (w *wire) answers() {
	from := bufio.NewReader(w.server)
	for {
		m, err := message(from, false)
		if err != nil {
			return
		}
		if m[0] == 'C' && bytes.HasPrefix(m[5:], []byte("COMMIT")) {
			if said := w.committing.Swap(nil); said != nil && w.snare.at(afterCommit, *said) {
				return
			}
		}
		if _, err := w.client.Write(m); err != nil {
			return
		}
	}
}

func message(from io.Reader, bare bool) ([]byte, error) {
	head := make([]byte, 5)
	if bare {
		head = head[:4]
	}
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
	_, err := io.ReadFull(from, body)
	return append(head, body...), err
}

// relayMail stands before the mail server and knows when a message is handed over and when that is told.
func (s *snare) relayMail(address string) string {
	return s.relay(func(conn net.Conn) {
		server, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		m := &mailWire{snare: s, asked: bufio.NewReader(conn), told: bufio.NewReader(server), client: conn, server: server}
		for err = m.tell(); err == nil; {
			err = m.step()
		}
	})
}

// mailWire is one connection to the mail server.
type mailWire struct {
	snare          *snare
	asked, told    *bufio.Reader
	client, server net.Conn
	envelope       []byte // of the message under way
	taken          bool   // the client was told that the server has it
}

var errCaught = errors.New("the process died here")

// step passes on a command and what is said to it.
func (m *mailWire) step() error {
	line, err := m.asked.ReadBytes('\n')
	if err != nil {
		return err
	}
	if m.taken && m.snare.at(afterTaken, m.envelope) {
		return errCaught
	}
	if bytes.HasPrefix(bytes.ToUpper(line), []byte("MAIL")) {
		m.envelope, m.taken = nil, false
	}
	m.envelope = append(m.envelope, line...)
	if _, err := m.server.Write(line); err != nil {
		return err
	}
	if err := m.tell(); err != nil || !strings.EqualFold(strings.TrimSpace(string(line)), "DATA") {
		return err
	}
	for end := false; !end; {
		if line, err = m.asked.ReadBytes('\n'); err != nil {
			return err
		}
		if _, err := m.server.Write(line); err != nil {
			return err
		}
		end = string(line) == ".\r\n"
	}
	answer, err := m.answer()
	if err != nil || m.snare.at(beforeTaken, m.envelope) {
		return errors.Join(err, errCaught)
	}
	m.taken = true
	_, err = m.client.Write(answer)
	return err
}

func (m *mailWire) tell() error {
	answer, err := m.answer()
	if err == nil {
		_, err = m.client.Write(answer)
	}
	return err
}

// answer reads one, of however many lines.
func (m *mailWire) answer() (all []byte, err error) {
	for {
		line, err := m.told.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if all = append(all, line...); len(line) < 4 || line[3] != '-' {
			return all, nil
		}
	}
}

// relayEngine stands before Temporal (HTTP/2 in the clear) and knows the results of activities; their token names the
// activity.
func (s *snare) relayEngine(address string) string {
	var plain http.Protocols
	plain.SetUnencryptedHTTP2(true)
	inner := &http.Transport{Protocols: &plain}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Transport: &engineWire{s, inner}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
		w.WriteHeader(http.StatusBadGateway)
	}, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: address}) }}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	server := &http.Server{Handler: proxy, Protocols: &plain, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	s.t.Cleanup(func() { _ = server.Close(); inner.CloseIdleConnections() })
	return l.Addr().String()
}

type engineWire struct {
	snare *snare
	inner *http.Transport
}

// RoundTrip asks the engine.
func (e *engineWire) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/RespondActivityTaskCompleted") {
		return e.inner.RoundTrip(r)
	}
	said, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	plain, err := unpacked(said)
	if err != nil {
		return nil, err
	}
	if e.snare.at(beforeCompletion, plain) {
		return nil, errCaught
	}
	r.Body = io.NopCloser(bytes.NewReader(said))
	answer, err := e.inner.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
	if err == nil && e.snare.at(afterCompletion, plain) {
		return nil, errors.Join(errCaught, answer.Body.Close())
	}
	return answer, err
}

// unpacked is a gRPC message (a flag, a length, a body) as it was before it was packed.
func unpacked(m []byte) ([]byte, error) {
	if len(m) < 5 || m[0] == 0 {
		return m, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(m[5:]))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// accounts counts all there are.
func (o *office) accounts(database string) (n int) {
	conn, err := pgx.Connect(o.t.Context(), database)
	require.NoError(o.t, err)
	defer func() { require.NoError(o.t, conn.Close(context.Background())) }()
	require.NoError(o.t, conn.QueryRow(o.t.Context(), "select count(*) from accounts").Scan(&n))
	return n
}
