package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// patienceWithSender is after how many working days the sender is reminded of a question, and after how many the
// decider's clock goes on without an answer. They are those of a ticket that waits for its requester (TIMING 4).
var patienceWithSender = []int{1, 3, 5, 7}

// question is one that the sender has yet to answer: since when, how often they were reminded, and what was left of
// the decider's time, in business minutes.
type question struct {
	Since  time.Time `json:"since"`
	Notes  int       `json:"notes"`
	Left   int       `json:"left"`
	Remind int       `json:"remind"` // left until the reminder; not above 0 when that is over
}

// putQuestion stops the clock of a turn.
func (t turn) putQuestion(cal models.Calendar, at time.Time) *question {
	return &question{Since: at, Left: cal.Between(at, t.Due), Remind: cal.Between(at, t.Remind)}
}

// resumed is the turn as it goes on from now, with what was left of its time.
func (t turn) resumed(q question, cal models.Calendar, now time.Time) turn {
	t.Due = cal.Add(now, max(q.Left, 1)).UTC()
	if !t.Reminded {
		t.Remind = cal.Add(now, max(q.Remind, 0)).UTC()
	}
	if n := len(t.Ran); n > 0 {
		t.Ran = append(t.Ran[:n:n], stretch{From: now.UTC()})
	}
	return t
}

// next gives the instant of the next reminder of the sender, or of the end of patience.
func (q *question) next(cal models.Calendar) func(time.Time) time.Time {
	return func(time.Time) time.Time {
		at := cal.Add(q.Since, models.WorkingDayMinutes*patienceWithSender[q.Notes]).UTC()
		if q.last() {
			at = at.Add(graceAfterDue)
		}
		return at
	}
}

func (q *question) last() bool { return q.Notes == len(patienceWithSender)-1 }

// ask puts a question to the sender; the decider may still decide without the answer.
func (k *asker) ask(ctx workflow.Context, in Ask) (models.Recorded, error) {
	return k.byPerson(ctx, in.Asked, models.ActionAsk, func() (models.Change, error) {
		now, after := k.now(ctx), *k.c
		after.Asked, after.Due = &now, nil
		return models.Change{Type: models.EventAsked, After: after, Reason: in.Question,
			Notices: []models.NoticeSpec{k.toSender("question")}}, nil
	})
}

// answer lets the clock go on where it stopped.
func (k *asker) answer(ctx workflow.Context, in Answer) (models.Recorded, error) {
	return k.byPerson(ctx, in.Asked, models.ActionAnswer, func() (models.Change, error) {
		ch := k.goOn(models.EventAnswered, k.now(ctx))
		ch.Reason = in.Answer
		return ch, nil
	})
}

// goOn gives the decider what was left of their time.
func (k *asker) goOn(event models.EventType, now time.Time) models.Change {
	ch := k.open(event, *k.c, k.a.Turn.resumed(*k.a.Question, k.a.Calendar, now), k.c.Step)
	ch.Notices[0].Kind = k.message("answered")
	if event == models.EventUnanswered {
		ch.Notices[0].Kind = k.message("unanswered")
		ch.Notices = append(ch.Notices, k.toSender("unanswered"))
	}
	return ch
}

// tickQuestion reminds the sender of the question, or lets the clock go on without an answer.
func (k *asker) tickQuestion(ctx workflow.Context, moved func() bool) error {
	q := *k.a.Question
	id := k.timer("question:" + strconv.Itoa(q.Notes) + ":" + strconv.FormatInt(q.Since.Unix(), 10))
	return k.byClock(ctx, id, func() bool { return !moved() }, func() models.Change {
		if q.last() {
			return k.goOn(models.EventUnanswered, k.now(ctx))
		}
		return models.Change{Type: models.EventAnswerNote, After: *k.c, Notices: []models.NoticeSpec{k.toSender("question_reminder")}}
	})
}

// applyTurn takes over whose turn a recorded change made it, and how its clock stands.
func (k *asker) applyTurn(rec models.Recorded) {
	switch {
	case rec.Type == models.EventReminded:
		k.a.Turn.Reminded = true
	case rec.Type == models.EventAsked:
		k.a.Question = k.a.Turn.putQuestion(k.a.Calendar, rec.At)
		k.a.Turn = k.a.Turn.stopped(rec.At)
		return
	case rec.Type == models.EventAnswerNote:
		q := *k.a.Question
		q.Notes++
		k.a.Question = &q
		return
	case rec.Type == models.EventAnswered || rec.Type == models.EventUnanswered:
		k.a.Turn = k.a.Turn.resumed(*k.a.Question, k.a.Calendar, rec.At)
	case rec.Item != nil:
		if rec.Type == models.EventReassigned {
			k.a.Replans++
		}
		k.a.Turn = begin(k.office.steps(rec.Item.Stage)[rec.Item.Step], k.a.Calendar, rec.At)
	}
	if rec.After.Asked == nil {
		k.a.Question = nil
	}
}
