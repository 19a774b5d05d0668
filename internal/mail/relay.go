package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"loket/models"
)

// Outbox is where notices wait; the store implements it. A claimed notice is nobody else's until the lease ends, and
// becomes due again by itself when its claimer dies.
type Outbox interface {
	ClaimNotices(ctx context.Context, limit int, lease time.Duration) ([]models.Notice, error)
	NoticeSent(ctx context.Context, id string, at time.Time) error
	NoticeFailed(ctx context.Context, id string, permanent bool, reason string, retryAt time.Time) error
}

// Secrets mints what a message bears at the moment of sending (its link, until when it is valid) and voids whatever
// was minted before for the same account and purpose: one live secret at any time. ErrObsolete says that the message
// is of no use any more, ErrTooLate that it waited longer than what it bears would have lived.
type Secrets interface {
	Mint(ctx context.Context, n models.Notice) (map[string]string, error)
}

// ErrObsolete is what Secrets answers when nothing should be sent: the account is active already, or a newer copy of
// the message went out. The notice is closed without a message.
var ErrObsolete = errors.New("the message is of no use any more")

// ErrTooLate is what Secrets answers when the secret would be over by now and its reader has not done without it. The
// notice is given up: its reader heard nothing, so support has to see it.
var ErrTooLate error = &DeliveryError{Permanent: true, Reason: "what it bears was over before the message could leave"}

// Deliverer sends one message; *Sender does it by SMTP.
type Deliverer interface {
	Send(ctx context.Context, m Message) error
}

// The relay's pace. A passing failure is tried again after a minute, then twice as long each time up to an hour, for
// three days (QUALITY section 2).
const (
	batchSize    = 16
	lanes        = 4
	pollEvery    = time.Second
	defaultLease = time.Minute
	firstRetry   = time.Minute
	longestRetry = time.Hour
	giveUpAfter  = 72 * time.Hour
	stopWithin   = 10 * time.Second
	recordWithin = 5 * time.Second
)

// Relay carries notices from the outbox to the mail server. Several may run over one outbox, in one process or many.
type Relay struct {
	Outbox   Outbox
	Secrets  Secrets
	Renderer *Renderer
	Sender   Deliverer
	// Now is the clock that stamps notices and by which the outbox finds what is due.
	Now func() time.Time
	Log *slog.Logger
	// Lease is how long a claim holds; a minute when zero. A process that dies delays its claimed mail by this much.
	Lease time.Duration

	nudged  chan struct{}
	failing bool
}

// NewRelay makes a relay that waits for Run.
func NewRelay(outbox Outbox, secrets Secrets, renderer *Renderer, sender Deliverer, now func() time.Time, log *slog.Logger) *Relay {
	return &Relay{
		Outbox: outbox, Secrets: secrets, Renderer: renderer, Sender: sender, Now: now, Log: log,
		Lease: defaultLease, nudged: make(chan struct{}, 1),
	}
}

// Nudge makes the relay look at once instead of within a second. It never blocks.
func (r *Relay) Nudge() {
	select {
	case r.nudged <- struct{}{}:
	default:
	}
}

// Run carries notices until ctx ends. What is being sent then is finished, within ten seconds; claimed notices not yet
// begun are handed back by the end of their lease.
func (r *Relay) Run(ctx context.Context) {
	working, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, cut) })()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if r.batch(ctx, working) == batchSize {
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-r.nudged:
		}
	}
}

// batch claims and carries one batch, and returns its size.
func (r *Relay) batch(ctx, working context.Context) int {
	began := time.Now()
	notices, err := r.Outbox.ClaimNotices(ctx, batchSize, r.Lease)
	if err != nil {
		r.claimFailed(ctx, err)
		return 0
	}
	r.failing = false
	queue := make(chan []models.Notice)
	var busy sync.WaitGroup
	for range lanes {
		busy.Go(func() {
			for group := range queue {
				r.carryGroup(ctx, working, group, began)
			}
		})
	}
	for _, group := range groups(notices) {
		queue <- group
	}
	close(queue)
	busy.Wait()
	return len(notices)
}

// claimFailed logs the first of a row of failures, since the database being away is told by others too.
func (r *Relay) claimFailed(ctx context.Context, err error) {
	if r.failing || ctx.Err() != nil {
		return
	}
	r.failing = true
	r.Log.WarnContext(ctx, "waiting mail cannot be claimed", "error", redact(err.Error()))
}

// groups keeps what bears secrets of one account or activation in one lane and in order, so that the message sent last bears the
// secret minted last.
func groups(notices []models.Notice) [][]models.Notice {
	var order []string
	byKey := map[string][]models.Notice{}
	for _, n := range notices {
		key := "notice:" + n.ID
		if n.SecretFor != "" {
			key = "account:" + n.SecretFor
		}
		if n.SecretOf != "" {
			key = "case:" + n.SecretOf
		}
		if _, seen := byKey[key]; !seen {
			order = append(order, key)
		}
		byKey[key] = append(byKey[key], n)
	}
	grouped := make([][]models.Notice, len(order))
	for i, key := range order {
		grouped[i] = byKey[key]
	}
	return grouped
}

// carryGroup leaves what it cannot finish within the lease, or after the stop, to the next claim: past its lease a
// notice may be in another relay's hands.
func (r *Relay) carryGroup(ctx, working context.Context, group []models.Notice, began time.Time) {
	for _, n := range group {
		if ctx.Err() != nil || time.Since(began) > r.Lease/2 {
			return
		}
		r.carry(working, n)
	}
}
