package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"loket/models"
)

// outbox keeps notices in memory by the same contract as the store: claimed by lease, due by retryAt.
type outbox struct {
	now func() time.Time

	mu      sync.Mutex
	waiting map[string]*waiting
	claims  int
}

type waiting struct {
	notice models.Notice
	due    time.Time
	leased time.Time
	state  string // queued, sent, failed
	reason string
}

func (o *outbox) put(n models.Notice) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting[n.ID] = &waiting{notice: n, state: "queued"}
}

func (o *outbox) get(id string) waiting {
	o.mu.Lock()
	defer o.mu.Unlock()
	return *o.waiting[id]
}

func (o *outbox) ClaimNotices(_ context.Context, limit int, lease time.Duration) ([]models.Notice, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.claims++
	var ids []string
	for id, w := range o.waiting {
		if w.state == "queued" && !w.due.After(o.now()) && time.Now().After(w.leased) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var claimed []models.Notice
	for _, id := range ids[:min(limit, len(ids))] {
		o.waiting[id].leased = time.Now().Add(lease)
		o.waiting[id].notice.Attempts++
		claimed = append(claimed, o.waiting[id].notice)
	}
	return claimed, nil
}

func (o *outbox) NoticeSent(_ context.Context, id string, _ time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting[id].state = "sent"
	return nil
}

func (o *outbox) NoticeFailed(_ context.Context, id string, permanent bool, reason string, retryAt time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := o.waiting[id]
	w.reason, w.due, w.leased = reason, retryAt, time.Time{}
	if permanent {
		w.state = "failed"
	}
	return nil
}

// secrets numbers what it mints; the last is the live one.
type secrets struct {
	mu     sync.Mutex
	minted int
	err    error
}

func (s *secrets) Mint(_ context.Context, n models.Notice) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	s.minted++
	return map[string]string{
		"link": fmt.Sprintf("https://loket.kem.example/p/geheim-%d", s.minted), "valid_until": "2026-11-25T07:05:00Z",
	}, nil
}

type bundle struct {
	relay   *Relay
	outbox  *outbox
	secrets *secrets
	server  *server
	logged  *syncBuffer
	clock   *clock
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newBundle(t *testing.T, s *server) *bundle {
	t.Helper()
	renderer, _ := newRenderer(t)
	b := &bundle{
		secrets: &secrets{}, server: s, logged: &syncBuffer{},
		clock: &clock{at: time.Date(2026, 11, 22, 7, 5, 0, 0, time.UTC)},
	}
	b.outbox = &outbox{now: b.clock.now, waiting: map[string]*waiting{}}
	log := slog.New(slog.NewTextHandler(b.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.relay = NewRelay(b.outbox, b.secrets, renderer, newSender(t, config(s, TLSNone)), b.clock.now, log)
	return b
}

func (b *bundle) notice(id string) models.Notice {
	return models.Notice{
		ID: id, MessageID: id + "@kem.example", Kind: "memo_sent", To: "made.surya@kem.example", ToName: "Made Surya",
		Lang: "id", CreatedAt: b.clock.now(),
		Data: map[string]string{"number": "LKT-2026-000123", "subject": "Akun", "link": "https://loket.kem.example/memo/1"},
	}
}

func (b *bundle) credentials(id string) models.Notice {
	n := b.notice(id)
	n.Kind, n.SecretFor = "credentials", "account-1"
	n.Data = map[string]string{"number": "LKT-2026-000123", "username": "made.surya"}
	return n
}

// once lets the relay carry what is due now.
func (b *bundle) once(t *testing.T) {
	t.Helper()
	b.relay.batch(t.Context(), t.Context())
}

func refusal(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
}

func TestRelay(t *testing.T) {
	t.Parallel()
	t.Run("a notice is sent and marked", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		b.outbox.put(b.notice("n1"))
		b.once(t)
		require.Equal(t, "sent", b.outbox.get("n1").state)
		_, envelope := b.server.only(t)
		require.Equal(t, "<n1@kem.example>", envelope.GetHeader("Message-ID"))
		require.Contains(t, envelope.Text, "Yth. Made Surya,")
	})
	t.Run("a 4xx is tried again under the same Message-ID", func(t *testing.T) {
		t.Parallel()
		var tries [][]byte
		b := newBundle(t, newServer(t, false, onData(func(text []byte) error {
			if tries = append(tries, text); len(tries) < 3 {
				return refusal(451, "try later")
			}
			return nil
		})))
		b.outbox.put(b.notice("n1"))
		for range 3 {
			b.once(t)
			b.clock.pass(time.Hour)
		}
		require.Equal(t, "sent", b.outbox.get("n1").state)
		require.Len(t, tries, 3)
		for _, text := range tries {
			require.Equal(t, "<n1@kem.example>", parse(t, text).GetHeader("Message-ID"))
		}
	})
	t.Run("the wait doubles from a minute to an hour, and ends after 72 hours", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false, refusingRcpt(refusal(451, "try later"))))
		began := b.clock.now()
		b.outbox.put(b.notice("n1"))
		var waits []time.Duration
		for b.outbox.get("n1").state == "queued" {
			b.once(t)
			wait := b.outbox.get("n1").due.Sub(b.clock.now())
			require.Positive(t, wait)
			waits = append(waits, wait)
			b.clock.pass(wait)
		}
		minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
		require.Equal(t, []time.Duration{minutes(1), minutes(2), minutes(4), minutes(8), minutes(16), minutes(32),
			minutes(60), minutes(60)}, waits[:8])
		gaveUp := b.clock.now().Add(-waits[len(waits)-1])
		require.GreaterOrEqual(t, gaveUp.Sub(began), 72*time.Hour)
		require.Less(t, gaveUp.Sub(began), 73*time.Hour)
		require.Equal(t, "failed", b.outbox.get("n1").state)
	})
	t.Run("a 5xx is final at once and its reason kept without the address", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false, refusingRcpt(refusal(550, "no such user made.surya@kem.example"))))
		b.outbox.put(b.notice("n1"))
		b.once(t)
		require.Equal(t, "failed", b.outbox.get("n1").state)
		require.Contains(t, b.outbox.get("n1").reason, "550")
		require.NotContains(t, b.outbox.get("n1").reason, "made.surya")
	})
	t.Run("a notice that cannot be rendered is final and says what is missing", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		n := b.notice("n1")
		delete(n.Data, "subject")
		b.outbox.put(n)
		b.once(t)
		require.Equal(t, "failed", b.outbox.get("n1").state)
		require.Contains(t, b.outbox.get("n1").reason, `"subject"`)
	})
	t.Run("a silent server costs no more than half the lease", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, silent(t))
		b.relay.Lease = 400 * time.Millisecond
		b.outbox.put(b.notice("n1"))
		began := time.Now()
		b.once(t)
		require.Less(t, time.Since(began), 5*time.Second)
		require.Equal(t, "queued", b.outbox.get("n1").state)
		require.Equal(t, 1, b.outbox.get("n1").notice.Attempts)
	})
	t.Run("one bad notice keeps no other back", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		bad := b.notice("n1")
		bad.Kind = "memo_mislaid"
		b.outbox.put(bad)
		b.outbox.put(b.notice("n2"))
		b.once(t)
		require.Equal(t, "failed", b.outbox.get("n1").state)
		require.Equal(t, "sent", b.outbox.get("n2").state)
	})
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	t.Run("each try bears a secret minted for it, and the last is in the message", func(t *testing.T) {
		t.Parallel()
		tries := 0
		b := newBundle(t, newServer(t, false, onData(func([]byte) error {
			if tries++; tries == 1 {
				return refusal(451, "try later")
			}
			return nil
		})))
		b.outbox.put(b.credentials("n1"))
		b.once(t)
		b.clock.pass(time.Hour)
		b.once(t)
		_, envelope := b.server.only(t)
		require.Contains(t, envelope.Text, "https://loket.kem.example/p/geheim-2")
		require.NotContains(t, envelope.Text, "geheim-1")
		require.Equal(t, 2, b.secrets.minted)
	})
	t.Run("of two messages to one account the later bears the live secret", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		for n := range 6 {
			b.outbox.put(b.credentials(fmt.Sprintf("n%d", n)))
		}
		b.once(t)
		for n, got := range b.server.all() {
			envelope := parse(t, got.text)
			require.Equal(t, fmt.Sprintf("<n%d@kem.example>", n), envelope.GetHeader("Message-ID"))
			require.Contains(t, envelope.Text, fmt.Sprintf("geheim-%d\r\n", n+1))
		}
		require.Len(t, b.server.all(), 6)
	})
	t.Run("an ordinary message mints nothing", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		b.outbox.put(b.notice("n1"))
		b.once(t)
		require.Zero(t, b.secrets.minted)
	})
	t.Run("a message of no use any more is closed unsent", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		b.secrets.err = ErrObsolete
		b.outbox.put(b.credentials("n1"))
		b.once(t)
		require.Equal(t, "sent", b.outbox.get("n1").state, "nobody has to do anything about it")
		require.Empty(t, b.server.all())
		require.NotContains(t, b.logged.String(), "WARN")
	})
	t.Run("a message whose secret was over before it left is for support to see", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		b.secrets.err = ErrTooLate
		b.outbox.put(b.credentials("n1"))
		b.once(t)
		require.Equal(t, "failed", b.outbox.get("n1").state)
		require.Contains(t, b.outbox.get("n1").reason, "before the message could leave")
		require.Empty(t, b.server.all())
	})
	t.Run("trouble while minting is tried again", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		b.secrets.err = errors.New("database is away")
		b.outbox.put(b.credentials("n1"))
		b.once(t)
		require.Equal(t, "queued", b.outbox.get("n1").state)
	})
	t.Run("the log holds neither addresses nor names nor texts nor secrets", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false, refusingRcpt(refusal(550, "<made.surya@kem.example> https://x.example/geheim"))))
		b.outbox.put(b.credentials("n1"))
		b.outbox.put(b.notice("n2"))
		b.once(t)
		require.Contains(t, b.logged.String(), "notice=n1 kind=credentials")
		for _, secret := range []string{"made.surya", "Made Surya", "geheim", "kem.example", "Akun"} {
			require.NotContains(t, b.logged.String(), secret)
		}
	})
}

// run starts the relay and returns what stops it and waits.
func (b *bundle) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.relay.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	t.Run("carries more than a batch without waiting in between", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		for n := range 5 * batchSize {
			b.outbox.put(b.notice(fmt.Sprintf("n%03d", n)))
		}
		stop := b.run(t)
		defer stop()
		require.Eventually(t, func() bool { return len(b.server.all()) == 5*batchSize }, 20*time.Second, 5*time.Millisecond)
		ids := map[string]bool{}
		for _, got := range b.server.all() {
			ids[parse(t, got.text).GetHeader("Message-ID")] = true
		}
		require.Len(t, ids, 5*batchSize)
	})
	t.Run("finds by itself what comes later, and a nudge never blocks", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		stop := b.run(t)
		defer stop()
		b.outbox.put(b.notice("n1"))
		for range 100 {
			b.relay.Nudge()
		}
		require.Eventually(t, func() bool { return len(b.server.all()) == 1 }, 10*time.Second, 5*time.Millisecond)
		b.outbox.put(b.notice("n2"))
		require.Eventually(t, func() bool { return len(b.server.all()) == 2 }, 10*time.Second, 5*time.Millisecond)
	})
	t.Run("finishes what is being sent when it is stopped", func(t *testing.T) {
		t.Parallel()
		arrived, release := make(chan struct{}), make(chan struct{})
		b := newBundle(t, newServer(t, false, onData(func([]byte) error {
			close(arrived)
			<-release
			return nil
		})))
		b.outbox.put(b.notice("n1"))
		stop := b.run(t)
		<-arrived
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			stop()
		}()
		close(release)
		<-stopped
		require.Equal(t, "sent", b.outbox.get("n1").state)
		require.Len(t, b.server.all(), 1)
	})
	t.Run("logs an outbox that is away once, without what it said of people", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t, newServer(t, false))
		for range 3 {
			b.relay.claimFailed(t.Context(), errors.New("key (to)=(made.surya@kem.example) is broken"))
		}
		require.Equal(t, 1, strings.Count(b.logged.String(), "cannot be claimed"))
		require.NotContains(t, b.logged.String(), "made.surya")
	})
}
