package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// workingDay is what TIMING calls one, in business minutes.
const workingDay = 450

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
	return t
}

// next gives the instant of the next reminder of the sender, or of the end of patience.
func (q *question) next(cal models.Calendar) func(time.Time) time.Time {
	return func(time.Time) time.Time {
		at := cal.Add(q.Since, workingDay*patienceWithSender[q.Notes]).UTC()
		if q.last() {
			at = at.Add(graceAfterDue)
		}
		return at
	}
}

func (q *question) last() bool { return q.Notes == len(patienceWithSender)-1 }

// ask puts a question to the sender; the decider may still decide without the answer.
func (m *memo) ask(ctx workflow.Context, in Ask) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionAsk, func() (models.Change, error) {
		now, after := m.now(ctx), *m.c
		after.Asked, after.Due = &now, nil
		return models.Change{Type: models.EventAsked, After: after, Reason: in.Question,
			Notices: []models.NoticeSpec{m.toSender("memo_question")}}, nil
	})
}

// answer lets the clock go on where it stopped.
func (m *memo) answer(ctx workflow.Context, in Answer) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionAnswer, func() (models.Change, error) {
		ch := m.goOn(models.EventAnswered, m.now(ctx))
		ch.Reason = in.Answer
		return ch, nil
	})
}

// goOn gives the decider what was left of their time.
func (m *memo) goOn(event models.EventType, now time.Time) models.Change {
	ch := m.open(event, *m.c, m.s.Turn.resumed(*m.s.Question, m.s.Calendar, now), m.c.Step)
	ch.Notices[0].Kind = "memo_answered"
	if event == models.EventUnanswered {
		ch.Notices[0].Kind = "memo_unanswered"
		ch.Notices = append(ch.Notices, m.toSender("memo_unanswered"))
	}
	return ch
}

// tickQuestion reminds the sender of the question, or lets the clock go on without an answer.
func (m *memo) tickQuestion(ctx workflow.Context, moved func() bool) error {
	q := *m.s.Question
	id := m.timer("question:" + strconv.Itoa(q.Notes) + ":" + strconv.FormatInt(q.Since.Unix(), 10))
	return m.byClock(ctx, id, func() bool { return !moved() }, func() models.Change {
		if q.last() {
			return m.goOn(models.EventUnanswered, m.now(ctx))
		}
		return models.Change{Type: models.EventAnswerNote, After: *m.c, Notices: []models.NoticeSpec{m.toSender("memo_question_reminder")}}
	})
}

// applyTurn takes over whose turn a recorded change made it, and how its clock stands.
func (m *memo) applyTurn(rec models.Recorded) {
	switch {
	case rec.Type == models.EventAsked:
		m.s.Question = m.s.Turn.putQuestion(m.s.Calendar, rec.At)
		return
	case rec.Type == models.EventAnswerNote:
		q := *m.s.Question
		q.Notes++
		m.s.Question = &q
		return
	case rec.Type == models.EventAnswered || rec.Type == models.EventUnanswered:
		m.s.Turn = m.s.Turn.resumed(*m.s.Question, m.s.Calendar, rec.At)
	case rec.Item != nil:
		if rec.Type == models.EventReassigned {
			m.s.Replans++
		}
		m.s.Turn = begin(m.steps(rec.Item.Stage)[rec.Item.Step], m.s.Calendar, rec.At)
	}
	if rec.After.Asked == nil {
		m.s.Question = nil
	}
}
