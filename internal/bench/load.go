package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// newClient talks to counters on this machine and asks for no compression, which would measure gzip.
func newClient() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConns: 512, MaxIdleConnsPerHost: 512, DisableCompression: true}}
}

// get reads one address as somebody and wants 200.
func get(ctx context.Context, c *http.Client, address, bearer string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	_, err = answered(c, r)
	return err
}

// answered makes a request, reads the answer to its end, and wants 200.
func answered(c *http.Client, r *http.Request) (status int, err error) {
	answer, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.300s", r.Method, r.URL, answer.Status, body)
	}
	return answer.StatusCode, err
}

// latencies are sorted times of single requests.
type latencies []time.Duration

// at is the p-th percentile, 0 to 100.
func (l latencies) at(p float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	return l[min(len(l)-1, int(p/100*float64(len(l))))]
}

// flatOut lets so many callers ask one after the other for a while and gives requests per second. ask gets a number
// that no other call has.
func flatOut(ctx context.Context, callers int, period time.Duration, first *atomic.Int64, ask func(context.Context, int) error) (float64, error) {
	var done atomic.Int64
	began := time.Now()
	err := crew(ctx, callers, func(ctx context.Context) error {
		for time.Since(began) < period {
			if err := ask(ctx, int(first.Add(1))); err != nil {
				return err
			}
			done.Add(1)
		}
		return nil
	})
	return float64(done.Load()) / time.Since(began).Seconds(), err
}

// crew runs the same work so many times at once; the first error ends all.
func crew(ctx context.Context, n int, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := work(ctx); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// atRate asks so many times a second for a while, whether answers come or not, and gives the time of each from the
// moment at which it was to be asked: what waits for a slow one counts as slow too.
func atRate(ctx context.Context, perSecond int, period time.Duration, first *atomic.Int64, ask func(context.Context, int) error) (latencies, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	n := int(period.Seconds() * float64(perSecond))
	took := make(latencies, n)
	gap := time.Second / time.Duration(perSecond)
	timer := time.NewTimer(0)
	defer timer.Stop()
	var all sync.WaitGroup
	began := time.Now()
	for i := 0; i < n && ctx.Err() == nil; i++ {
		due := began.Add(time.Duration(i) * gap)
		timer.Reset(time.Until(due))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		all.Go(func() {
			if err := ask(ctx, int(first.Add(1))); err != nil {
				cancel(err)
			}
			took[i] = time.Since(due)
		})
	}
	all.Wait()
	slices.Sort(took)
	return took, context.Cause(ctx)
}
