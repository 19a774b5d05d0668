package workflows

import (
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// handle registers what people may ask of a memo.
func (m *memo) handle(ctx workflow.Context) error {
	handlers := []handler{
		{UpdateSend, m.send, m.maySend},
		{UpdateDecide, m.decide, m.mayDecide},
		{UpdateVerify, m.verify, m.mayVerify},
		{UpdateReturn, m.giveBack, m.mayGiveBack},
		{UpdateResubmit, m.resubmit, func(ctx workflow.Context, in Resubmit) error {
			return m.mayResubmit(ctx, in)
		}},
		{UpdateRetry, m.retry, func(ctx workflow.Context, in Retry) error {
			return m.may(ctx, in.Asked, models.ActionRetry)
		}},
		{UpdateReissue, m.reissue, func(ctx workflow.Context, in Reissue) error {
			return m.may(ctx, in.Asked, models.ActionReissue)
		}},
		{UpdateSkip, m.skip, func(ctx workflow.Context, in Skip) error {
			return m.mayWith(ctx, in.Asked, models.ActionSkip, "reason", in.Reason)
		}},
	}
	return m.listen(ctx, append(handlers, m.talking()...))
}

func (m *memo) maySend(_ workflow.Context, _ Send) error {
	if m.sent() {
		return refusal(models.ErrNotNow.With("status", string(m.c.Status)))
	}
	return nil
}

// send reads the draft, plans who will be asked, and turns to the first head. Where that is refused the run ends, and
// the draft can be sent again.
func (m *memo) send(ctx workflow.Context, in Send) (rec models.Recorded, err error) {
	err = m.inTurn(ctx, func() error {
		if err := m.maySend(ctx, in); err != nil {
			return err
		}
		b, err := m.brief(ctx, in.Actor)
		if err != nil {
			return err
		}
		m.s.Case, m.s.Rows = b.Case, pending(b.Case.RowsOpen)
		rec, err = m.recordBy(ctx, in.Asked, models.ActionSend, func() (models.Change, error) { return m.sending(ctx, in), nil })
		return err
	})
	if err != nil && !m.sent() {
		m.failed = err
	}
	return rec, err
}

// brief learns what the memo is about and who will be asked.
func (m *memo) brief(ctx workflow.Context, sender models.Actor) (activities.Brief, error) {
	b, err := m.plan(ctx, activities.BriefInput{Sender: sender.AccountID, Round: m.c.Round})
	if err == nil {
		m.s.Head, m.s.Officers, m.s.Calendar = b.Head, b.Officers, b.Calendar
	}
	return b, err
}

// plan asks who would be asked as things stand now.
func (m *memo) plan(ctx workflow.Context, in activities.BriefInput) (b activities.Brief, err error) {
	var memos *activities.Memos
	in.CaseID, in.Agency = m.in.CaseID, m.in.Agency
	err = workflow.ExecuteActivity(unending(ctx), memos.Brief, in).Get(ctx, &b)
	return b, err
}

func pending(n int) []models.RowState {
	rows := make([]models.RowState, n)
	for i := range rows {
		rows[i] = models.RowPending
	}
	return rows
}

func (m *memo) sending(ctx workflow.Context, in Send) models.Change {
	after := *m.c
	after.Status, after.Sender, after.Round, after.Version = models.StatusApproval, in.Actor.AccountID, 1, 0
	ch := m.turnTo(models.EventSent, after, m.s.Head, 0, m.now(ctx))
	ch.Draft = m.c.Version
	ch.Notices = append(ch.Notices, models.NoticeSpec{Kind: m.message("sent"), To: models.Recipient{Account: after.Sender}})
	return ch
}

// decide is the head's word: on to the officers, or the end.
func (m *memo) decide(ctx workflow.Context, in Decide) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, in.action(), func() (models.Change, error) {
		if !in.Approve {
			return m.end(models.EventRefused, models.StatusRefused, in.Reason, m.toSender("refused")), nil
		}
		after := *m.c
		after.Status = models.StatusVerification
		ch := m.turnTo(models.EventApproved, after, m.s.Officers, 0, m.now(ctx))
		ch.Reason, ch.Notices = in.Reason, append(ch.Notices, m.toSender("approved"))
		return ch, nil
	})
}

func (m *memo) mayVerify(ctx workflow.Context, in Verify) error {
	if err := m.may(ctx, in.Asked, models.ActionVerify); err != nil || m.behind(in.Asked) {
		return err
	}
	return refusal(m.checkRows(in))
}

func (m *memo) checkRows(in Verify) error {
	switch in.All {
	case "":
		return models.CheckRowDecisions(m.s.Rows, in.Rows)
	case models.RowAccepted:
		return nil
	case models.RowRejected:
		if faults := models.CheckReason("reason", in.Reason); faults != nil {
			return models.Invalid(faults...)
		}
		return nil
	}
	return models.Invalid(models.Fault("all", "choice_unknown"))
}

// verify is an officer's word on rows. When the last row is decided, accounts are made for the accepted ones; where
// none is accepted the memo is refused.
func (m *memo) verify(ctx workflow.Context, in Verify) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionVerify, func() (models.Change, error) {
		if err := m.checkRows(in); err != nil { // another officer may have been first
			return models.Change{}, err
		}
		return m.verified(in), nil
	})
}

// verified is what an officer's word comes to.
func (m *memo) verified(in Verify) models.Change {
	ch := models.Change{Type: models.EventRows, After: *m.c}
	rows := models.ApplyRows(m.s.Rows, in.Rows)
	var move *models.RowMove
	if in.All != "" {
		move = &models.RowMove{From: models.RowPending, To: in.All}
		rows = models.MoveRows(m.s.Rows, *move)
	}
	open := models.CountRows(rows, models.RowPending)
	switch {
	case open > 0:
	case models.CountRows(rows, models.RowAccepted) > 0:
		ch = m.end(models.EventVerified, models.StatusProvisioning, in.Reason)
	default:
		ch = m.end(models.EventRefused, models.StatusRefused, in.Reason, m.toSender("refused"))
	}
	ch.Rows, ch.Move, ch.Reason, ch.After.RowsOpen = in.Rows, move, in.Reason, open
	return ch
}
