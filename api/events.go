package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"loket/internal/edge"
	"loket/models"
)

type streamOutput struct {
	ContentType  string `header:"Content-Type" hidden:"true"`
	CacheControl string `header:"Cache-Control" hidden:"true"`
	Buffering    string `header:"X-Accel-Buffering" hidden:"true"`
	Body         func(huma.Context)
}

const streamExample = ": connected\n\nid: 3\nevent: change\ndata: {\"case_id\":\"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081\",\"seq\":3}\n\n"

const streamText = "Server-sent events. Each `change` event names a case and its new seq, nothing else: read the case again. " +
	"Its id is the seq. A comment line comes every 15 s; the stream ends after 10 minutes, when the token ends, and when the server stops: connect again."

func (s *service) streamOperations() {
	register(s, operation{id: "watch-inbox", method: http.MethodGet, path: "/inbox/events", tag: tagWork, summary: "Hear of what concerns me",
		access: edge.SignedIn(), scope: models.ScopeRead, stream: true, text: streamText}, s.watchInbox)
	register(s, operation{id: "watch-memo", method: http.MethodGet, path: "/memos/{id}/events", tag: tagMemos, summary: "Hear of changes to a memo",
		access: edge.SignedIn(), scope: models.ScopeRead, stream: true, text: streamText}, s.watchMemo)
}

func (s *service) watchInbox(ctx context.Context, _ *nothing) (*streamOutput, error) {
	return s.watch(ctx, "")
}

func (s *service) watchMemo(ctx context.Context, in *MemoID) (*streamOutput, error) {
	return s.watch(ctx, in.ID)
}

func (s *service) watch(ctx context.Context, caseID string) (*streamOutput, error) {
	// Refused before anything is written; the stream itself begins once the headers are.
	watching, stop := context.WithCancel(ctx)
	pings, err := s.desk.Watch(watching, actorIn(ctx), caseID)
	if err != nil {
		stop()
		return nil, err
	}
	return &streamOutput{ContentType: "text/event-stream", CacheControl: "no-store", Buffering: "no",
		Body: func(c huma.Context) {
			defer stop()
			w := humagin.Unwrap(c).Writer
			s.stream(ctx, eventWriter{w, http.NewResponseController(w)}, pings)
		}}, nil
}

// stream writes events until the reader, the token, the server or the stream's time is gone.
func (s *service) stream(ctx context.Context, w eventWriter, pings <-chan models.Ping) {
	pulse, recheck, end := time.NewTicker(s.pulse), time.NewTicker(s.recheck), time.NewTimer(s.life)
	defer pulse.Stop()
	defer recheck.Stop()
	defer end.Stop()
	err := w.write(": connected\nretry: 3000\n\n")
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-s.closing:
			return
		case <-end.C:
			return
		case ping, open := <-pings:
			if !open {
				return
			}
			err = w.change(ping)
		case <-pulse.C:
			err = w.write(": \n\n")
		case <-recheck.C:
			err = s.stillIn(ctx)
		}
	}
}

// stillIn asks again whether the token opens anything: a revoked one must not go on listening.
func (s *service) stillIn(ctx context.Context) error {
	v := visitIn(ctx)
	_, err := s.desk.Bearer(ctx, v.token, v.origin)
	return err
}

type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (e eventWriter) change(p models.Ping) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return e.write(fmt.Sprintf("id: %d\nevent: change\ndata: %s\n\n", p.Seq, data))
}

// write gives each event its own deadline; the server's would cut the stream. A writer without deadlines, as in
// tests, has nothing to move.
func (e eventWriter) write(text string) error {
	_ = edge.BeforeEvent(e.w)
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.control.Flush()
}
