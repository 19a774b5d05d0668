package mail

import (
	"context"
	"errors"
	"maps"
	"time"

	"loket/models"
)

// carry brings one notice to its end or to its next try. Half of the lease is the most that sending may take.
func (r *Relay) carry(ctx context.Context, n models.Notice) {
	sending, cancel := context.WithTimeout(ctx, r.Lease/2)
	defer cancel()
	err := r.deliver(sending, n)
	recording, done := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer done()
	switch {
	case err == nil:
		r.close(recording, n, "mail sent")
	case errors.Is(err, ErrObsolete):
		r.close(recording, n, "mail of no use any more, not sent")
	default:
		r.failed(recording, n, err)
	}
}

func (r *Relay) deliver(ctx context.Context, n models.Notice) error {
	message, err := r.message(ctx, n)
	if err != nil {
		return err
	}
	return r.Sender.Send(ctx, message)
}

// message renders a notice. A secret is minted for each try, so that none lies about while the message waits.
func (r *Relay) message(ctx context.Context, n models.Notice) (Message, error) {
	data := maps.Clone(n.Data)
	if data == nil {
		data = map[string]string{}
	}
	if data["name"] == "" {
		data["name"] = n.ToName
	}
	if n.SecretFor != "" || n.SecretOf != "" {
		minted, err := r.Secrets.Mint(ctx, n)
		if err != nil {
			return Message{}, err
		}
		maps.Copy(data, minted)
	}
	subject, text, html, err := r.Renderer.Render(n.Kind, n.Lang, data)
	if err != nil {
		return Message{}, &DeliveryError{Permanent: true, Reason: err.Error()}
	}
	return Message{
		MessageID: n.MessageID, To: n.To, ToName: n.ToName, Lang: n.Lang,
		Subject: subject, Text: text, HTML: html, Date: n.CreatedAt,
	}, nil
}

// close ends a notice that nobody has to look after any more.
func (r *Relay) close(ctx context.Context, n models.Notice, how string) {
	if err := r.Outbox.NoticeSent(ctx, n.ID, r.Now()); err != nil {
		// The lease will end and the message go out again, under the same Message-ID.
		r.Log.WarnContext(ctx, "a mail could not be marked as done", "notice", n.ID, "kind", n.Kind, "error", redact(err.Error()))
		return
	}
	r.Log.DebugContext(ctx, how, "notice", n.ID, "kind", n.Kind)
}

func (r *Relay) failed(ctx context.Context, n models.Notice, cause error) {
	now := r.Now()
	permanent := !Temporary(cause) || now.Sub(n.CreatedAt) >= giveUpAfter
	retryAt := now.Add(backOff(n.Attempts))
	reason := redact(cause.Error())
	r.Log.WarnContext(ctx, "mail not sent", "notice", n.ID, "kind", n.Kind, "permanent", permanent, "reason", reason)
	if err := r.Outbox.NoticeFailed(ctx, n.ID, permanent, reason, retryAt); err != nil {
		r.Log.WarnContext(ctx, "a failed mail could not be marked", "notice", n.ID, "kind", n.Kind, "error", redact(err.Error()))
	}
}

// backOff is the wait after a try, given how many there were, this one counted.
func backOff(attempts int) time.Duration {
	wait := firstRetry
	for range attempts - 1 {
		wait *= 2
		if wait >= longestRetry {
			return longestRetry
		}
	}
	return wait
}
