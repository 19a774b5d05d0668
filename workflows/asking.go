package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// Asking is how a case stands that waits for deciders, as the state of its flow carries it on: by which calendar, whose
// time runs, and which question to the sender is open. Replans is how often a turn went to somebody else by a fresh plan.
type Asking struct {
	Calendar models.Calendar `json:"calendar"`
	Turn     turn            `json:"turn"`
	Question *question       `json:"question,omitempty"` // while one is open
	Replans  int             `json:"replans,omitempty"`
	Told     string          `json:"told,omitempty"` // by which calendar the projection says that the case goes
}

// office is what tells one flow's asking from another's.
type office interface {
	// steps are the turns of a stage.
	steps(models.Stage) []models.Step
	// findDecider looks anew who is to be asked.
	findDecider(workflow.Context) error
	continueIfLong(workflow.Context) error
}

// asker is the part of a run that waits for deciders: one turn after the other, each with its own time and one reminder
// (TIMING 'Approvals').
type asker struct {
	caseRun
	a      *Asking
	office office
	manner
	agency           string
	replan, calendar workflow.ReceiveChannel
}

// manner is how one flow speaks of its asking: words begins the kinds of its messages, needed is the one to an admin that
// nobody could decide, sender who hears what the sender hears, and queue where the items of a stage wait.
type manner struct {
	words, needed string
	sender        func(models.Case) models.Recipient
	queue         func(models.Stage) string
}

// newAsker is the asking of a case that waits for nobody yet.
func newAsker(ctx workflow.Context, r caseRun, a *Asking, o office, m manner, agency string) asker {
	r.turn = workflow.NewMutex(ctx)
	apply := r.applied
	r.applied = func(rec models.Recorded) {
		if rec.Calendar != "" {
			a.Told = rec.Calendar
		}
		apply(rec)
	}
	return asker{caseRun: r, a: a, office: o, manner: m, agency: agency,
		replan: workflow.GetSignalChannel(ctx, SignalReplan), calendar: workflow.GetSignalChannel(ctx, SignalCalendar)}
}

// whoSent is the account that pressed send.
func whoSent(c models.Case) models.Recipient { return models.Recipient{Account: c.Sender} }

// byStage is the queue of officers apart from that of everybody else.
func byStage(s models.Stage) string {
	if s == models.StageOfficer {
		return "verification"
	}
	return "approval"
}

// awaitDecider waits while somebody is asked: reminds them, asks the next in line when their time is over, and lets
// the case expire after the last. No clock runs while a question to the sender is open.
func (k *asker) awaitDecider(ctx workflow.Context) error {
	asked, step, round := k.c.Status, k.c.Step, k.c.Round
	moved := func() bool { return k.c.Status != asked || k.c.Step != step || k.c.Round != round }
	for !moved() {
		if err := k.office.continueIfLong(ctx); err != nil {
			return err
		}
		if k.calendar.Len() > 0 {
			if err := k.recount(ctx); err != nil {
				return err
			}
			continue
		}
		if k.replan.Len() > 0 {
			for k.replan.ReceiveAsync(nil) {
			}
			if err := k.office.findDecider(ctx); err != nil {
				return err
			}
			continue
		}
		if err := k.awaitTick(ctx, moved); err != nil {
			return err
		}
	}
	return nil
}

// awaitTick waits for the next instant of whichever clock runs, and does what it calls for.
func (k *asker) awaitTick(ctx workflow.Context, moved func() bool) error {
	question := k.a.Question
	interrupted := func() bool {
		return moved() || k.a.Question != question || k.replan.Len() > 0 || k.calendar.Len() > 0 || long(ctx)
	}
	next, tick := k.a.Turn.next, k.tick
	if question != nil {
		next, tick = question.next(k.a.Calendar), k.tickQuestion
	}
	came, err := k.sleepUntil(ctx, next(k.now(ctx)), interrupted)
	if err != nil || !came {
		return err
	}
	return tick(ctx, func() bool { return moved() || k.a.Question != question })
}

// tick does what the clock of the present turn calls for, if it still does.
func (k *asker) tick(ctx workflow.Context, moved func() bool) error {
	now, t := k.now(ctx), k.a.Turn
	still := func() bool { return !moved() }
	switch {
	case !now.After(t.Due) && !t.Reminded && !now.Before(t.Remind):
		return k.byClock(ctx, k.timer("remind"), still, k.reminded)
	case now.After(t.Due):
		return k.byClock(ctx, k.timer("due"), still, func() models.Change { return k.passOn(now) })
	}
	return nil // the timer came a moment early
}

func (k *asker) timer(what string) string {
	if k.a.Replans > 0 { // the same step may be asked a second time
		what += ":" + strconv.Itoa(k.a.Replans)
	}
	return timerID(what, k.c.Stage, k.c.Step, k.c.Round)
}

func (k *asker) reminded() models.Change {
	return models.Change{Type: models.EventReminded, After: *k.c, Notices: []models.NoticeSpec{k.toDecider("reminder")}}
}

// passOn asks the next in line, or lets the case expire after the last.
func (k *asker) passOn(now time.Time) models.Change {
	steps := k.office.steps(k.c.Stage)
	if next := k.c.Step + 1; next < len(steps) {
		return k.turnTo(models.EventEscalated, *k.c, steps, next, now)
	}
	return k.end(models.EventExpired, models.StatusExpired, "", k.toSender("expired"))
}

// turnTo asks one step of a stage: its candidate gets the work item, the time and the message.
func (k *asker) turnTo(event models.EventType, after models.Case, steps []models.Step, step int, now time.Time) models.Change {
	return k.open(event, after, begin(steps[step], k.a.Calendar, now), step)
}

// open opens the work item of a turn; whatever was asked or stood in the way before is over.
func (k *asker) open(event models.EventType, after models.Case, t turn, step int) models.Change {
	who := t.Step.Candidate
	after.Stage, after.Step, after.Candidates, after.Due = t.Step.Stage, step, []models.Candidate{who}, &t.Due
	after.Asked, after.Trouble = nil, ""
	notice := "waiting"
	if t.Step.Stage == models.StageOfficer {
		notice = "verification"
	}
	return models.Change{Type: event, After: after, Outcome: string(event), Calendar: k.a.Calendar.Ref(),
		Item:    &models.WorkItem{Stage: t.Step.Stage, Round: after.Round, Step: step, Queue: k.queue(t.Step.Stage), Candidate: who, Due: t.Due},
		Notices: []models.NoticeSpec{{Kind: k.message(notice), To: models.Recipient{Candidate: &who}}}}
}

// end closes what is open and waits for nobody.
func (k *asker) end(event models.EventType, status models.Status, reason string, notices ...models.NoticeSpec) models.Change {
	after := *k.c
	after.Status, after.Candidates, after.Due, after.Asked, after.Trouble = status, nil, nil, nil, ""
	return models.Change{Type: event, After: after, Outcome: string(event), Reason: reason, Notices: notices}
}

// message names a message of this flow.
func (k *asker) message(word string) string { return k.words + "_" + word }

func (k *asker) toSender(word string) models.NoticeSpec {
	return models.NoticeSpec{Kind: k.message(word), To: k.sender(*k.c)}
}

// toDecider tells whoever is asked now.
func (k *asker) toDecider(word string) models.NoticeSpec {
	who := k.a.Turn.Step.Candidate
	return models.NoticeSpec{Kind: k.message(word), To: models.Recipient{Candidate: &who}}
}

// mayWith is may for what needs words.
func (k *asker) mayWith(ctx workflow.Context, by Asked, act models.Action, field, words string) error {
	if faults := models.CheckReason(field, words); faults != nil {
		return refusal(models.Invalid(faults...))
	}
	return k.may(ctx, by, act)
}

func (k *asker) mayDecide(ctx workflow.Context, in Decide) error {
	if !in.Approve {
		return k.mayWith(ctx, in.Asked, in.action(), "reason", in.Reason)
	}
	return k.may(ctx, in.Asked, in.action())
}

func (d Decide) action() models.Action {
	if d.Approve {
		return models.ActionApprove
	}
	return models.ActionRefuse
}

// nudge reminds whoever is asked, at the sender's wish and not too often.
func (k *asker) nudge(ctx workflow.Context, in Nudge) (models.Recorded, error) {
	return k.byPerson(ctx, in.Asked, models.ActionNudge, func() (models.Change, error) {
		ch := k.reminded()
		now := k.now(ctx)
		ch.Type, ch.After.Nudged = models.EventNudged, &now
		return ch, nil
	})
}

// withdraw takes the case back; whoever is asked is told.
func (k *asker) withdraw(ctx workflow.Context, in Withdraw) (models.Recorded, error) {
	return k.byPerson(ctx, in.Asked, models.ActionWithdraw, func() (models.Change, error) {
		return k.end(models.EventWithdrawn, models.StatusWithdrawn, in.Reason, k.toDecider("withdrawn")), nil
	})
}

// handler is one update that people may ask for. Its validator keeps what is not allowed out of the history; the handler
// asks once more when its turn has come.
type handler struct {
	name           string
	handle, accept any
}

// talking are the updates that every flow with deciders has.
func (k *asker) talking() []handler {
	return []handler{
		{UpdateNudge, k.nudge, func(ctx workflow.Context, in Nudge) error {
			return k.may(ctx, in.Asked, models.ActionNudge)
		}},
		{UpdateWithdraw, k.withdraw, func(ctx workflow.Context, in Withdraw) error {
			return k.may(ctx, in.Asked, models.ActionWithdraw)
		}},
		{UpdateAsk, k.ask, func(ctx workflow.Context, in Ask) error {
			return k.mayWith(ctx, in.Asked, models.ActionAsk, "question", in.Question)
		}},
		{UpdateAnswer, k.answer, func(ctx workflow.Context, in Answer) error {
			return k.mayWith(ctx, in.Asked, models.ActionAnswer, "answer", in.Answer)
		}},
	}
}

// listen registers what people may ask, and what `loket check` asks.
func (r *caseRun) listen(ctx workflow.Context, handlers []handler) error {
	for _, h := range handlers {
		err := workflow.SetUpdateHandlerWithOptions(ctx, h.name, h.handle, workflow.UpdateHandlerOptions{Validator: h.accept})
		if err != nil {
			return err
		}
	}
	return workflow.SetQueryHandler(ctx, QueryCase, func() (models.Case, error) { return *r.c, nil })
}

func long(ctx workflow.Context) bool { return workflow.GetInfo(ctx).GetContinueAsNewSuggested() }

func always() bool { return true }

// next is the place of the event to come: unique within the case, the same when a step is run again.
func (r *caseRun) next() string { return strconv.Itoa(r.c.Seq + 1) }
