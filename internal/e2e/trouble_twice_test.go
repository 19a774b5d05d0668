package e2e_test

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"

	"loket/internal/desk"
	"loket/models"
)

// lossy lets the engine hear of no activity's first completion: the work is done, nobody is told, and it is done again.
type lossy struct {
	interceptor.WorkerInterceptorBase
	mu   sync.Mutex
	runs map[string]int
}

// InterceptActivity stands before the activities of a worker.
func (l *lossy) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &lossyActivity{interceptor.ActivityInboundInterceptorBase{Next: next}, l}
}

type lossyActivity struct {
	interceptor.ActivityInboundInterceptorBase
	*lossy
}

// ExecuteActivity does the work, and keeps the first success of its kind to itself.
func (l *lossyActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	name := info.ActivityType.Name
	if info.IsLocalActivity {
		name = "local " + name
	}
	out, err := l.Next.ExecuteActivity(ctx, in)
	if err != nil {
		return out, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs[name]++
	switch {
	case l.runs[name] > 1:
		return out, nil
	case info.IsLocalActivity:
		return nil, context.DeadlineExceeded // nobody else could answer for it
	}
	return nil, activity.ErrResultPending
}

func (l *lossy) ran(name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.runs[name]
}

// TestEverythingTwice has every activity run again over what it has done already: one account and one message each, and
// every step once.
func TestEverythingTwice(t *testing.T) {
	t.Parallel() // what the engine does not hear of runs again when its time is over
	l := &lossy{runs: map[string]int{}}
	s := newStage(t, l)
	d := s.patient(models.Clock{Speed: 1}, 2*time.Minute)
	id := s.sent(t, d)
	require.Equal(t, 2, l.ran("Brief"))
	require.Equal(t, 2, l.ran("Record"))
	_, err := d.DecideMemo(t.Context(), s.head, id, desk.Decision{Approve: true}, "")
	require.NoError(t, err)
	_, err = d.VerifyMemo(t.Context(), s.officer, id, acceptAll(), "")
	require.NoError(t, err)
	s.awaits(t, id, models.StatusActivation)
	require.Equal(t, 2, l.ran("Provision"))
	require.Equal(t, 1, l.ran("local Record"), "its step was recorded again the other way")
	require.Eventually(t, func() bool { return l.ran("Links") == 2 && l.ran("Record") == 5 }, time.Minute, 100*time.Millisecond)
	var steps []string
	for _, e := range s.view(t, id).Timeline {
		steps = append(steps, string(e.Type))
	}
	require.Equal(t, "drafted sent approved verified provisioned", strings.Join(steps, " "))

	raw, err := sql.Open("sqlite", "file:"+s.file+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer func() { require.NoError(t, raw.Close()) }()
	const players = 4
	for what, count := range map[string]struct {
		query string
		want  int
	}{
		"one message each": {"select count(*) from notices where kind = 'credentials' and case_id = ?", 2},
		"one account each": {"select count(distinct account_id) from memo_rows where case_id = ?", 2},
		"no account more":  {"select count(*) from accounts where ? <> ''", players + 2},
	} {
		var n int
		require.NoError(t, raw.QueryRow(count.query, id).Scan(&n))
		require.Equal(t, count.want, n, what)
	}
	s.useLinks(t, id)
	s.awaits(t, id, models.StatusDone)
	for _, r := range s.check(t, nil) {
		require.Empty(t, r.Faults, r.ID)
	}
}
