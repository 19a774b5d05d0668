package desk

import (
	"context"
	"sync"

	"loket/models"
)

// queues let the updates of one case go one at a time in this process: the engine takes ten in flight for each
// workflow and refuses the rest. Whoever waits hears what each turn came to, so that a crowd behind one decision is
// answered by that decision, and not by the engine a thousand times.
type queues struct {
	look func(ctx context.Context, of place) (models.Case, error)
	mu   sync.Mutex
	open map[place]*queue
}

// place is the case for which people queue.
type place struct{ agency, caseID string }

type queue struct {
	turn    chan struct{} // holds one token while somebody's update runs
	inside  int           // who runs and who waits
	present *turnEnd      // of the turn that runs
}

// turnEnd is how the case stood when a turn was over: read once, for everybody who waited.
type turnEnd struct {
	over  chan struct{} // closed when known and c may be read
	known bool
	c     models.Case
}

func newQueues(look func(ctx context.Context, of place) (models.Case, error)) *queues {
	return &queues{look: look, open: map[place]*queue{}}
}

// enter waits for the case's turn for as long as ctx lasts, then ErrUnavailable. After each turn of others it asks
// still, whose refusal ends the waiting. Leave must be called after.
func (q *queues) enter(ctx context.Context, of place, still func(models.Case) error) (leave func(), err error) {
	one, end := q.join(of)
	for {
		select {
		case one.turn <- struct{}{}:
			if err := end.refusal(still); err != nil {
				q.leave(ctx, of, one)
				return nil, err
			}
			return func() { q.leave(context.WithoutCancel(ctx), of, one) }, nil
		case <-end.over:
			if err := end.refusal(still); err != nil {
				q.part(of, one)
				return nil, err
			}
			end = q.running(one)
		case <-ctx.Done():
			q.part(of, one)
			return nil, models.ErrUnavailable
		}
	}
}

// refusal asks still about a turn that is over; a turn comes only after the one before is told.
func (e *turnEnd) refusal(still func(models.Case) error) error {
	select {
	case <-e.over:
		if e.known {
			return still(e.c)
		}
	default: // nobody went since we came
	}
	return nil
}

func (q *queues) join(of place) (*queue, *turnEnd) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one := q.open[of]
	if one == nil {
		one = &queue{turn: make(chan struct{}, 1), present: &turnEnd{over: make(chan struct{})}}
		q.open[of] = one
	}
	one.inside++
	return one, one.present
}

func (q *queues) running(one *queue) *turnEnd {
	q.mu.Lock()
	defer q.mu.Unlock()
	return one.present
}

// leave tells those who wait how the case stands now, and gives the turn away.
func (q *queues) leave(ctx context.Context, of place, one *queue) {
	end := q.running(one)
	if q.part(of, one) > 0 {
		c, err := q.look(ctx, of)
		end.c, end.known = c, err == nil
	}
	q.mu.Lock()
	one.present = &turnEnd{over: make(chan struct{})}
	q.mu.Unlock()
	close(end.over)
	<-one.turn
}

// part takes one out and gives how many remain.
func (q *queues) part(of place, one *queue) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if one.inside--; one.inside == 0 && q.open[of] == one {
		delete(q.open, of)
	}
	return one.inside
}
