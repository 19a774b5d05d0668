package check

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/temporalproto"
	workflowpb "go.temporal.io/api/workflow/v1"

	"loket/internal/store"
)

// shape is how a secret looks: a part by which a database can find it, and the whole.
type shape struct {
	name, part string
	whole      *regexp.Regexp
}

func shapes(canaries []string) []shape {
	list := []shape{
		{"a one-use link", "/password/", regexp.MustCompile(`/password/[A-Za-z0-9_-]{43}`)},
		{"a link of a warning", "/activation/disown/", regexp.MustCompile(`/activation/disown/[A-Za-z0-9_-]{43}`)},
		{"an activation secret", "Aktif-", regexp.MustCompile(`Aktif(-[a-z2-9]{4}){3}`)},
		{"a personal token", "lkt_", regexp.MustCompile(`lkt_[A-Za-z0-9_-]{43}`)},
		{"a temporary password", "Loket-", regexp.MustCompile(`Loket(-[a-z2-9]{4}){4}`)},
		{"a password's hash", "$argon2", regexp.MustCompile(`\$argon2(id|i|d)\$v=`)},
	}
	for _, c := range canaries {
		list = append(list, shape{"a canary", c, regexp.MustCompile(regexp.QuoteMeta(c))})
	}
	return list
}

// mayHold are the columns that exist for a secret.
func mayHold(c store.TextColumn, s shape) bool {
	hashes := c == store.TextColumn{Table: "accounts", Column: "password_hash"} || c == store.TextColumn{Table: "password_history", Column: "hash"} || c == store.TextColumn{Table: "one_use_links", Column: "digest"}
	return hashes && s.part == "$argon2"
}

// leaks is R9: neither a column nor a history holds what looks like a secret. Logs are not here to be read; tests do.
func (r *run) leaks(ctx context.Context) error {
	list := shapes(r.Canaries)
	columns, err := r.Store.TextColumns(ctx)
	if err != nil {
		return err
	}
	for _, c := range columns {
		if err := r.column(ctx, c, list); err != nil {
			return err
		}
	}
	if r.away != nil {
		return r.away
	}
	query := ""
	if !r.Strict {
		query = "ExecutionStatus = 'Running'"
	}
	return r.list(ctx, query, func(info *workflowpb.WorkflowExecutionInfo) error {
		id := info.GetExecution().GetWorkflowId()
		h, err := r.history(ctx, id, info.GetExecution().GetRunId())
		if err != nil {
			return err
		}
		r.results["R9"].Checked++
		return r.tells(ctx, id, h, list)
	})
}

func (r *run) column(ctx context.Context, c store.TextColumn, list []shape) error {
	r.results["R9"].Checked++
	var parts []string
	for _, s := range list {
		parts = append(parts, s.part)
	}
	texts, err := r.Store.TextWith(ctx, c, parts)
	if err != nil {
		return err
	}
	for _, t := range texts {
		for _, s := range list {
			if !mayHold(c, s) && s.whole.MatchString(t.What) {
				r.results["R9"].blame(fmt.Sprintf("%s.%s of %s", c.Table, c.Column, t.Where), "holds "+s.name)
			}
		}
	}
	return nil
}

// tells searches a history, raw and decoded. The text of a fault never repeats the secret.
func (r *run) tells(ctx context.Context, id string, h *historypb.History, list []shape) error {
	var all strings.Builder
	for _, e := range h.GetEvents() {
		raw, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(e)
		if err != nil {
			return fmt.Errorf("read the history of %s: %w", id, err)
		}
		_, _ = all.Write(raw)
		err = proxy.VisitPayloads(ctx, e, proxy.VisitPayloadsOptions{SkipSearchAttributes: true,
			Visitor: func(_ *proxy.VisitPayloadsContext, sealed []*commonpb.Payload) ([]*commonpb.Payload, error) {
				plain, err := r.Codec.Decode(sealed)
				for _, p := range plain {
					_, _ = all.Write(p.GetData())
				}
				return sealed, err
			}})
		if err != nil {
			return fmt.Errorf("decode the history of %s: %w", id, err)
		}
	}
	text := all.String()
	for _, s := range list {
		if s.whole.MatchString(text) {
			r.results["R9"].blame("workflow "+id, "holds "+s.name)
		}
	}
	return nil
}
