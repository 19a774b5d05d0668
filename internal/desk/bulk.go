package desk

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"loket/models"
)

// Bulk decides many memos at once.
type Bulk interface {
	// DecideMany says one word on up to 100 memos and answers what came of each, in the order asked. Each goes the way
	// of a single decision, with a key of its own made of the given one, so that a repeat converges; one that fails
	// stops no other. The error tells of the request as a whole.
	DecideMany(ctx context.Context, a models.Actor, in Decisions, key string) ([]Outcome, error)
}

// Word is what is said on many memos at once: by a head on memos, or by an officer on every open row of each.
type Word string

// The words.
const (
	WordApprove   Word = "approve"
	WordRefuse    Word = "refuse"
	WordAcceptAll Word = "accept_all"
	WordRejectAll Word = "reject_all"
)

// Words lists every word once.
func Words() []Word { return []Word{WordApprove, WordRefuse, WordAcceptAll, WordRejectAll} }

// Decisions is one word on many memos. Until is when asking ends, for whoever says several words in one request; zero
// is BulkPatience from now.
type Decisions struct {
	Items  []DecisionItem
	Word   Word
	Reason string
	Until  time.Time
}

// DecisionItem names a memo, with MemoView.Seq and MemoView.Content as the decider saw them (0 and "" = do not compare).
type DecisionItem struct {
	CaseID  string
	Seq     int
	Content string
}

// Outcome is what came of one memo: Problem is nil when the word counts. Memo is the memo as it stands now, empty but
// for the id where the actor may not see it.
type Outcome struct {
	Memo    models.CaseSummary
	Problem *models.Problem
}

const (
	// MostDecisions is how many memos can be decided at once.
	MostDecisions = 100
	// bulkAtOnce bounds how much of the engine one person takes.
	bulkAtOnce = 4
	// BulkPatience ends before the server's own write deadline does; what has not been asked by then was not.
	BulkPatience = 20 * time.Second
)

// DecideMany says one word on many memos.
func (d *Desk) DecideMany(ctx context.Context, a models.Actor, in Decisions, key string) ([]Outcome, error) {
	if faults := checkDecisions(in); len(faults) > 0 {
		return nil, models.Invalid(faults...)
	}
	until := in.Until
	if until.IsZero() {
		until = time.Now().Add(BulkPatience)
	}
	asking, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	outcomes, next := make([]Outcome, len(in.Items)), make(chan int)
	var workers sync.WaitGroup
	for range min(bulkAtOnce, len(in.Items)) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = d.decideOne(models.WithArrival(asking, time.Now()), a, in, in.Items[i], key)
			}
		})
	}
	for i := range in.Items {
		next <- i
	}
	close(next)
	workers.Wait()
	return outcomes, d.describe(ctx, a, in.Items, outcomes)
}

func checkDecisions(in Decisions) []models.FieldFault {
	var faults []models.FieldFault
	switch n := len(in.Items); {
	case n == 0:
		faults = append(faults, models.Fault("items", "required"))
	case n > MostDecisions:
		faults = append(faults, models.Fault("items", "list_too_long", "max", strconv.Itoa(MostDecisions)))
	}
	seen := map[string]bool{}
	for i, item := range in.Items {
		if seen[item.CaseID] {
			faults = append(faults, models.Fault("items["+strconv.Itoa(i)+"].case_id", "list_repeats"))
		}
		seen[item.CaseID] = true
	}
	switch in.Word {
	case WordApprove, WordAcceptAll:
		faults = append(faults, models.CheckWords("reason", in.Reason)...)
	case WordRefuse, WordRejectAll:
		faults = append(faults, models.CheckReason("reason", in.Reason)...)
	default:
		faults = append(faults, models.Fault("decision", "choice_unknown"))
	}
	return faults
}

// decideOne goes the way of a single decision. Its key holds the memo's id: a key stands for one memo.
func (d *Desk) decideOne(ctx context.Context, a models.Actor, in Decisions, item DecisionItem, key string) Outcome {
	if ctx.Err() != nil {
		return Outcome{Problem: models.ErrUnavailable}
	}
	if key != "" {
		key = "bulk:" + item.CaseID + ":" + key
	}
	var v models.MemoView
	var err error
	switch in.Word {
	case WordApprove, WordRefuse:
		v, err = d.DecideMemo(ctx, a, item.CaseID, Decision{Approve: in.Word == WordApprove, Reason: in.Reason, Seq: item.Seq, Content: item.Content}, key)
	default:
		all := models.RowAccepted
		if in.Word == WordRejectAll {
			all = models.RowRejected
		}
		v, err = d.VerifyMemo(ctx, a, item.CaseID, Verification{All: all, Reason: in.Reason, Seq: item.Seq, Content: item.Content}, key)
	}
	return Outcome{Memo: v.CaseSummary, Problem: d.public(ctx, item.CaseID, err)}
}

// public gives the problem that may be shown of what went wrong with one memo; what is private is logged here, since
// it goes no further.
func (d *Desk) public(ctx context.Context, caseID string, err error) *models.Problem {
	var p *models.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return models.ErrUnavailable
	}
	d.log.ErrorContext(ctx, "one of many decisions failed", "case", caseID, "error", err)
	return models.ErrInternal
}

// describe adds how the memos stand that were not decided, where the actor may see them.
func (d *Desk) describe(ctx context.Context, a models.Actor, items []DecisionItem, outcomes []Outcome) error {
	for i := range outcomes {
		if outcomes[i].Problem == nil {
			continue
		}
		v, err := d.Memo(ctx, a, items[i].CaseID)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			d.log.WarnContext(ctx, "a memo could not be read after a decision", "case", items[i].CaseID, "error", err)
		}
		outcomes[i].Memo = v.CaseSummary
		outcomes[i].Memo.ID = items[i].CaseID
	}
	return ctx.Err()
}
