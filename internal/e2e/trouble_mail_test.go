package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// moody is a mail server in a mood: it refuses recipients with a code, says nothing at all, or passes on to a good one.
type moody struct {
	mood atomic.Value // "451", "550", "silent" or "good"
	held atomic.Int64 // connections taken in silence
	good string
}

// listen begins to listen; until then connections are refused.
func (m *moody) listen(t *testing.T, address string) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() { require.NoError(t, l.Close()); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(conn)
		}
	}()
}

func (m *moody) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	switch mood := m.mood.Load().(string); mood {
	case "silent":
		m.held.Add(1)
		_, _ = io.Copy(io.Discard, conn)
	case "good":
		inner, err := net.Dial("tcp", m.good)
		if err != nil {
			return
		}
		defer func() { _ = inner.Close() }()
		go func() { _, _ = io.Copy(inner, conn) }()
		_, _ = io.Copy(conn, inner)
	default:
		refuse(conn, mood)
	}
}

// refuse speaks as much SMTP as it takes to refuse a recipient.
func refuse(conn net.Conn, code string) {
	_, _ = fmt.Fprint(conn, "220 mail.kem.example\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " ")
		switch verb {
		case "RCPT":
			_, _ = fmt.Fprint(conn, code, " not today\r\n")
		case "QUIT":
			_, _ = fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			_, _ = fmt.Fprint(conn, "250 yes\r\n")
		}
	}
}

// outbox looks at the messages that wait, as an operator with the database's password could.
type outbox struct {
	t    *testing.T
	conn *pgx.Conn
}

// hurry makes every message that waits due now, as if its time had come.
func (o outbox) hurry() {
	o.t.Helper()
	_, err := o.conn.Exec(o.t.Context(), "update notices set next_try = now() - interval '1 second', leased_until = null, last_error = '' where state = 'queued'")
	require.NoError(o.t, err)
}

// stands waits until a person's message was tried in vain for a reason, and gives how it stands.
func (o outbox) stands(to, reason string) (state string) {
	o.t.Helper()
	require.Eventually(o.t, func() bool {
		var told string
		err := o.conn.QueryRow(o.t.Context(), "select state, last_error from notices where to_address = $1 and kind = 'credentials'", to).Scan(&state, &told)
		return err == nil && strings.Contains(told, reason)
	}, 30*time.Second, 100*time.Millisecond, "%s", reason)
	return state
}

// TestMailAway takes a memo through while the mail server refuses connections, puts off, says nothing, and says no:
// nothing waits for it, what may be tried again is, what may not is shown to the service desk, and a resend arrives.
func TestMailAway(t *testing.T) {
	database := postgres.NewDatabase(t)
	o := newOffice(t, database)
	address := freeAddress(t)
	server := &moody{good: o.smtp}
	o.env = append(o.env, "LOKET_SMTP_URL=smtp://"+address+"?tls=none")
	o.start()
	conn, err := pgx.Connect(t.Context(), database)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	box := outbox{t, conn}
	c := apitest.NewClient(t, o.base)
	sender, head, officer, support := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP), o.hire(c, supportNIP)
	rows := recap(t, "recap-clean.csv")[:2]
	to := rows[0]["external_email"]
	finished(t, sender, head, officer, asked(t, sender, "Nota", rows))
	require.Equal(t, "queued", box.stands(to, "refused"))

	server.mood.Store("451")
	server.listen(t, address)
	box.hurry()
	require.Equal(t, "queued", box.stands(to, "451"))
	require.Empty(t, support.failedNotices(t), "what will be tried again needs nobody")

	server.mood.Store("silent")
	box.hurry()
	require.Eventually(t, func() bool { return server.held.Load() > 0 }, 10*time.Second, 50*time.Millisecond)
	began := time.Now()
	require.NotEmpty(t, head.Call(t, http.MethodGet, "/api/v1/home", nil).Body)
	require.Less(t, time.Since(began), soon, "nobody waits for the mail server")
	require.Less(t, o.stop(), 30*time.Second)

	server.mood.Store("550")
	o.start()
	box.hurry()
	require.Equal(t, "failed", box.stands(to, "550"))
	var failed []failedNotice
	require.Eventually(t, func() bool {
		failed = support.failedNotices(t)
		return len(failed) >= 2
	}, 10*time.Second, 100*time.Millisecond)
	server.mood.Store("good")
	require.Empty(t, o.mail.List(to))
	for _, n := range failed {
		require.Contains(t, n.Reason, "550")
		require.NotContains(t, n.To+n.Reason, to, "addresses are masked")
		support.Call(t, http.MethodPost, "/api/v1/notices/"+n.ID+"/resend", nil).Is(t, http.StatusNoContent)
	}
	letter := o.letters(to, 1)[0]
	link := linkForm.FindStringSubmatch(letter.Text)
	require.NotNil(t, link)
	c.Call(t, http.MethodGet, "/api/v1/links/"+link[1], nil).Is(t, http.StatusOK)
	o.stop()
	o.sound()
}

type failedNotice struct{ ID, Kind, To, Reason string }

func (p person) failedNotices(t *testing.T) []failedNotice {
	t.Helper()
	var list struct{ Items []failedNotice }
	p.Call(t, http.MethodGet, "/api/v1/notices/failed?limit=100", nil).Into(t, http.StatusOK, &list)
	return list.Items
}
