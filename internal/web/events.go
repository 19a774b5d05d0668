package web

import (
	"fmt"
	"net/http"
	"time"

	"loket/internal/edge"
	"loket/models"
)

const (
	// eventsLife: a stream ends by itself, so that a revoked session is not listened to for long; browsers come back.
	eventsLife = 10 * time.Minute
	// heartbeat keeps proxies from closing a quiet stream, and is how often the session is looked at again.
	heartbeat = 20 * time.Second
)

// events tells the browser of what concerns its reader: "mine", and of one memo where the page shows one: "changed".
// The page then fetches what it shows. Events carry ids alone.
func (v *visit) events() error { return v.stream("") }

func (v *visit) memoEvents() error {
	memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	return v.stream(memo.ID)
}

func (v *visit) stream(caseID string) error {
	ctx := v.Request.Context()
	mine, err := v.portal.Desk.Watch(ctx, v.actor(), "")
	if err != nil {
		return err
	}
	var changed <-chan models.Ping // none, and never heard of, without a memo
	if caseID != "" {
		if changed, err = v.portal.Desk.Watch(ctx, v.actor(), caseID); err != nil {
			return err
		}
	}
	v.Header("Content-Type", "text/event-stream")
	v.Header("X-Accel-Buffering", "no")
	v.Status(http.StatusOK)
	v.pass(changed, mine)
	return nil
}

// pass hands on pings until the reader leaves, the server stops, the stream has lived long enough, or the session is
// over.
func (v *visit) pass(changed, mine <-chan models.Ping) {
	end, beat := time.NewTimer(eventsLife), time.NewTicker(heartbeat)
	defer end.Stop()
	defer beat.Stop()
	alive := v.emit("retry: 3000\n\n")
	for alive {
		select {
		case <-v.Request.Context().Done():
			return
		case <-v.portal.Closing:
			return
		case <-end.C:
			return
		case ping, open := <-changed:
			alive = open && v.emit(fmt.Sprintf("event: changed\nid: %d\ndata: %d\n\n", ping.Seq, ping.Seq))
		case ping, open := <-mine:
			alive = open && v.emit(fmt.Sprintf("event: mine\ndata: %d\n\n", ping.Seq))
		case <-beat.C:
			alive = v.stillIn() && v.emit(": here\n\n")
		}
	}
}

// stillIn looks at the session again; the request is a quiet one and does not count as use of it.
func (v *visit) stillIn() bool {
	_, err := v.portal.Desk.Session(v.Request.Context(), v.sessionToken(), v.origin())
	return err == nil
}

// emit writes one event within its own deadline.
func (v *visit) emit(text string) bool {
	_ = edge.BeforeEvent(v.Writer) // a recorder in a test has no deadlines
	if _, err := v.Writer.WriteString(text); err != nil {
		return false
	}
	return http.NewResponseController(v.Writer).Flush() == nil
}
