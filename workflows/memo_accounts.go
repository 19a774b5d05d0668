package workflows

import (
	"errors"
	"strconv"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// makeAccounts provisions the accepted rows in chunks. What keeps failing is shown to an operator, who has it tried
// again or leaves it out; no other row waits for it, and rows already made are not made twice.
func (m *memo) makeAccounts(ctx workflow.Context) error {
	var failed activities.Failures
	rows := chunkRows
	if len(m.s.Rows) > chunkRowsBefore && workflow.GetVersion(ctx, "long-chunks", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		rows = chunkRowsBefore
	}
	for from := 1; from <= len(m.s.Rows); from += rows {
		in := activities.ProvisionInput{CaseID: m.c.ID, From: from, To: min(from+rows-1, len(m.s.Rows)), At: m.now(ctx)}
		if m.s.LeftOut != "" && models.CountRows(m.s.Rows[in.From-1:in.To], models.RowAccepted) == 0 {
			continue
		}
		err := m.makeChunk(ctx, in, &failed)
		if err != nil {
			return err
		}
		if failed.Whole {
			break
		}
	}
	if failed.Why != "" {
		m.s.Failing = failed.Rows
		return m.askOperator(ctx, failed.Why)
	}
	if m.s.LeftOut != "" {
		var memos *activities.Memos
		var links models.OpenLinks
		if err := workflow.ExecuteActivity(unending(ctx), memos.Links, m.c.ID, m.now(ctx)).Get(ctx, &links); err != nil {
			return err
		}
		if links.Made == 0 {
			return m.byClock(ctx, "nobody-left", always, func() models.Change {
				return m.end(models.EventSkipped, models.StatusRefused, m.s.LeftOut, m.toSender("refused"))
			})
		}
	}
	m.s.LinksSince = m.now(ctx)
	return m.byClock(ctx, "provisioned", always, func() models.Change {
		return m.end(models.EventProvision, models.StatusActivation, "", m.toSender("done"))
	})
}

// makeChunk makes the accounts of one chunk; where that fails it goes row by row, so that one row keeps no other
// waiting.
func (m *memo) makeChunk(ctx workflow.Context, in activities.ProvisionInput, failed *activities.Failures) error {
	var memos *activities.Memos
	err := workflow.ExecuteActivity(bounded(ctx, provisionPatience), memos.Provision, in).Get(ctx, nil)
	if err == nil || temporal.IsCanceledError(err) {
		return err
	}
	if workflow.GetVersion(ctx, "row-by-row", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		failed.Why, failed.Whole = cause(err), true
		return nil
	}
	var here activities.Failures
	if err := workflow.ExecuteActivity(bounded(ctx, rowPatience), memos.ProvisionEach, in).Get(ctx, &here); err != nil {
		if temporal.IsCanceledError(err) {
			return err
		}
		here = activities.Failures{Why: cause(err)}
		for no := in.From; no <= in.To; no++ {
			if m.s.Rows[no-1] == models.RowAccepted {
				here.Rows = append(here.Rows, no)
			}
		}
	}
	failed.Rows = append(failed.Rows, here.Rows...)
	if failed.Why == "" {
		failed.Why = here.Why
	}
	return nil
}

// cause says in a few words why an activity was given up; it holds no data of the case.
func cause(err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return activities.Brevity(app.Message())
	}
	var late *temporal.TimeoutError
	if errors.As(err, &late) {
		return "timeout"
	}
	return "unknown"
}

// askOperator waits until support has the work tried again, or leaves the failing rows out.
func (m *memo) askOperator(ctx workflow.Context, why string) error {
	m.s.Troubles++
	err := m.byClock(ctx, "trouble:"+strconv.Itoa(m.s.Troubles), always, func() models.Change {
		after := *m.c
		after.Trouble = models.TroubleAccounts
		desk := models.Candidate{Role: models.RoleSupport1}
		return models.Change{Type: models.EventTrouble, After: after, Reason: why,
			Notices: []models.NoticeSpec{{Kind: "operator_needed", To: models.Recipient{Candidate: &desk}}}}
	})
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return m.c.Trouble == "" })
}

func (m *memo) retry(ctx workflow.Context, in Retry) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionRetry, func() (models.Change, error) {
		after := *m.c
		after.Trouble = ""
		return models.Change{Type: models.EventRetried, After: after}, nil
	})
}

// skip leaves the failing rows out; the sender is told, and may ask for those people again. Where no account was made
// at all, as the database has it, the memo is refused then.
func (m *memo) skip(ctx workflow.Context, in Skip) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionSkip, func() (models.Change, error) {
		if len(m.s.Failing) == 0 { // of the first version: it is not known which rows failed
			return models.Change{}, models.ErrNotNow.With("status", string(m.c.Status))
		}
		ch := m.end(models.EventSkipped, models.StatusProvisioning, in.Reason, m.toSender("rows_left_out"))
		ch.Move = &models.RowMove{From: models.RowAccepted, To: models.RowRejected}
		return ch, nil
	})
}
