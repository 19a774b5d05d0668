package edge

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"loket/models"
)

// mostKeys bounds a limiter's memory: about 10 MB. A stranger with more addresses than that pushes out the oldest,
// whose count then starts anew.
const mostKeys = 50_000

// Limiter allows so many events per key and period, spending them at once or over time. It is safe for many
// goroutines and counts in this process alone: behind several processes the limit is that many times as high.
type Limiter struct {
	every rate.Limit
	burst int
	whole time.Duration // after this long unused a key is as good as new
	now   func() time.Time

	mu   sync.Mutex
	keys map[string]*bucket
	last time.Time // of the last sweep
}

type bucket struct {
	limiter *rate.Limiter
	used    time.Time
}

// NewLimiter allows n events per period and key.
func NewLimiter(n int, period time.Duration, now func() time.Time) *Limiter {
	return &Limiter{every: rate.Every(period / time.Duration(n)), burst: n, whole: period, now: now, keys: map[string]*bucket{}, last: now()}
}

// Allow counts one event for the key, or answers ErrTooMany with the seconds to wait.
func (l *Limiter) Allow(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	b, ok := l.keys[key]
	if !ok {
		b = &bucket{limiter: rate.NewLimiter(l.every, l.burst)}
		l.keys[key] = b
	}
	b.used = now
	booking := b.limiter.ReserveN(now, 1)
	wait := booking.DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	booking.CancelAt(now) // waiting is the caller's; a refusal spends nothing
	p := *models.ErrTooMany
	p.RetryAfter = int(math.Ceil(wait.Seconds()))
	return &p
}

// Len is how many keys are remembered.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.keys)
}

// sweep forgets keys that are as good as new, once a period or when the memory is full; then also the oldest.
func (l *Limiter) sweep(now time.Time) {
	full := len(l.keys) >= mostKeys
	if !full && now.Sub(l.last) < l.whole {
		return
	}
	l.last = now
	oldest, oldestUsed := "", now.Add(time.Second)
	for key, b := range l.keys {
		if now.Sub(b.used) >= l.whole {
			delete(l.keys, key)
		} else if b.used.Before(oldestUsed) {
			oldest, oldestUsed = key, b.used
		}
	}
	if len(l.keys) >= mostKeys {
		delete(l.keys, oldest)
	}
}

// rateLink is the rate of a form that is reached by a link: its token has 256 bits, so that nobody guesses, and a whole
// office behind one address may set its passwords in one morning.
const rateLink Rate = "link"

// counted is the rate by which a route is counted, and what it is counted with: each public form by itself, so that
// whoever cannot ask for one thing any more still can for another.
func (r Route) counted() (Rate, string) {
	switch {
	case r.Rate != RatePublicForm:
		return r.Rate, ""
	case strings.Contains(r.Path, "/:token"):
		return rateLink, ""
	}
	return r.Rate, r.key() + " "
}

// limit counts a request against its route's rate, per address as models.Network knows it. The rate of an
// account is counted where the account is known, in internal/auth. Looking at a form is not trying it; looking up an id is.
func (e *Edge) limit(c *gin.Context) {
	r, _ := e.cfg.Table.Of(c)
	rate, form := r.counted()
	limiter, ok := e.limits[rate]
	if !ok || !unsafe(c.Request.Method) && r.Rate != RateLookup {
		c.Next()
		return
	}
	if err := limiter.Allow(form + models.Network(c.ClientIP())); err != nil {
		RetryAfter(c.Writer, err)
		e.refuse(c, err)
		return
	}
	c.Next()
}

// unsafe tells whether a method changes something.
func unsafe(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// RetryAfter sets the header of that name where the refusal says that waiting helps.
func RetryAfter(w http.ResponseWriter, err error) {
	var p *models.Problem
	if errors.As(err, &p) && p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
}
