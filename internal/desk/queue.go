package desk

import (
	"context"
	"sync"
	"time"

	"loket/models"
)

// queues lets at most so many updates of one case wait in this process, and one go at a time: the engine takes ten in
// flight for each workflow and refuses the rest.
type queues struct {
	mu     sync.Mutex
	length int
	wait   time.Duration
	open   map[string]*queue
}

type queue struct {
	turn    chan struct{} // holds one token while somebody's update runs
	waiting int
}

func newQueues(length int, wait time.Duration) *queues {
	return &queues{length: length, wait: wait, open: map[string]*queue{}}
}

// enter waits for the case's turn; leave must be called after. A full queue or a long wait is ErrUnavailable.
func (q *queues) enter(ctx context.Context, caseID string) (leave func(), err error) {
	one, ok := q.join(caseID)
	if !ok {
		return nil, models.ErrUnavailable
	}
	timer := time.NewTimer(q.wait)
	defer timer.Stop()
	select {
	case one.turn <- struct{}{}:
		return func() { <-one.turn; q.part(caseID) }, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	q.part(caseID)
	return nil, models.ErrUnavailable
}

func (q *queues) join(caseID string) (*queue, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one := q.open[caseID]
	if one == nil {
		one = &queue{turn: make(chan struct{}, 1)}
		q.open[caseID] = one
	}
	if one.waiting > q.length {
		return nil, false
	}
	one.waiting++
	return one, true
}

func (q *queues) part(caseID string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if one := q.open[caseID]; one != nil {
		if one.waiting--; one.waiting == 0 {
			delete(q.open, caseID)
		}
	}
}
