package directory

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"loket/models"
)

// Outbox is where accounts wait for the directory; the store implements it. A claimed account is nobody else's until
// the lease ends, so that what is carried is never overtaken by what is older.
type Outbox interface {
	ClaimDirectory(ctx context.Context, limit int, lease time.Duration) ([]models.DirectoryTask, error)
	DirectoryCarried(ctx context.Context, task models.DirectoryTask) error
	DirectoryPutOff(ctx context.Context, task models.DirectoryTask, reason string, retryAt time.Time) error
	DirectoryHandBack(ctx context.Context, tasks []models.DirectoryTask, reason string) error
	DirectoryFailed(ctx context.Context, task models.DirectoryTask, reason string) error
}

// The carrier's pace. While the directory is away it is asked again after two seconds, then twice as long each time up
// to a minute, for as long as it takes. What goes wrong with one account alone is tried again up to every hour and
// given up for the service desk after three days, and as many tries as these have hours: for how long the directory was
// away before the first of them does not count.
const (
	atOnce       = 16
	defaultLease = time.Minute
	firstPause   = 2 * time.Second
	longestPause = time.Minute
	firstRetry   = time.Minute
	longestRetry = time.Hour
	giveUpAfter  = 72 * time.Hour
	leastTries   = int(giveUpAfter / longestRetry)
	recordWithin = 5 * time.Second
)

// Carrier brings waiting accounts to the directory. Several may run over one outbox, in one process or many.
type Carrier struct {
	Outbox    Outbox
	Directory Directory
	// Now is wall time, by which the outbox finds what is due.
	Now func() time.Time
	Log *slog.Logger
	// Lease is how long a claim holds; a minute when zero. Half of it is the most that one account may take.
	Lease time.Duration

	pauses  int
	resting time.Time
	last    error
}

// Round carries what waits, batch by batch, until nothing is due or ctx ends. Its error says that the directory, or the
// outbox, is away; the next rounds rest until it is time to ask again.
func (c *Carrier) Round(ctx context.Context) error {
	if c.Now().Before(c.resting) {
		return c.last
	}
	for ctx.Err() == nil {
		n, err := c.batch(ctx)
		if err != nil {
			return c.rest(err)
		}
		c.pauses, c.last = 0, nil
		if n < atOnce {
			return nil
		}
	}
	return nil
}

func (c *Carrier) rest(err error) error {
	c.pauses++
	c.resting, c.last = c.Now().Add(doubled(firstPause, c.pauses, longestPause)), err
	return err
}

func (c *Carrier) lease() time.Duration {
	if c.Lease == 0 {
		return defaultLease
	}
	return c.Lease
}

// batch carries one batch in order. What is not begun within half of the lease, or before ctx ends, is handed back; so
// is all of it once the directory turns out to be away.
func (c *Carrier) batch(ctx context.Context) (int, error) {
	began := time.Now()
	tasks, err := c.Outbox.ClaimDirectory(ctx, atOnce, c.lease())
	if err != nil {
		return 0, err
	}
	for i, task := range tasks {
		if ctx.Err() != nil || time.Since(began) > c.lease()/2 {
			return len(tasks), c.handBack(ctx, tasks[i:], "")
		}
		err := c.carry(ctx, task)
		if f := faultOrNone(err); f.Away {
			return 0, errors.Join(err, c.handBack(ctx, tasks[i:], f.Reason))
		}
		if err := c.record(ctx, task, err); err != nil {
			return 0, err
		}
	}
	return len(tasks), nil
}

// carry puts one account. A stop of the process does not tear it in the middle.
func (c *Carrier) carry(ctx context.Context, task models.DirectoryTask) error {
	putting, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.lease()/2)
	defer cancel()
	return c.Directory.Put(putting, task.Entry)
}

// record writes down what came of a try.
func (c *Carrier) record(ctx context.Context, task models.DirectoryTask, err error) error {
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	if err == nil {
		return c.Outbox.DirectoryCarried(recording, task)
	}
	f, now := faultOf(err), c.Now()
	given := f.Final || now.Sub(task.Changed) >= giveUpAfter && task.Attempts >= leastTries
	c.Log.WarnContext(ctx, "an account did not reach the directory", "account", task.Entry.AccountID, "given_up", given, "reason", f.Reason)
	if given {
		return c.Outbox.DirectoryFailed(recording, task, f.Reason)
	}
	return c.Outbox.DirectoryPutOff(recording, task, f.Reason, now.Add(doubled(firstRetry, task.Attempts, longestRetry)))
}

// handBack lets go of what was claimed; nobody's tries are counted.
func (c *Carrier) handBack(ctx context.Context, tasks []models.DirectoryTask, reason string) error {
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	return c.Outbox.DirectoryHandBack(recording, tasks, reason)
}

func faultOrNone(err error) Fault {
	if err == nil {
		return Fault{}
	}
	return faultOf(err)
}

// doubled is the n-th of pauses that double from first up to most.
func doubled(first time.Duration, n int, most time.Duration) time.Duration {
	for range n - 1 {
		if first *= 2; first >= most {
			return most
		}
	}
	return first
}
