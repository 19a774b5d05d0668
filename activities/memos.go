package activities

import (
	"context"
	"time"

	"loket/models"
)

// MemoStore is what the memo's activities need of the database.
type MemoStore interface {
	MemoPlans
	MemoAccounts
}

// MemoPlans is what planning reads.
type MemoPlans interface {
	// Case yields the rules' view of a case.
	Case(ctx context.Context, agency, id string) (models.Case, error)
	// ApprovalFacts yields what planning needs to know of the memo's rows and the units above them.
	ApprovalFacts(ctx context.Context, caseID string) (models.ApprovalFacts, error)
	// UnitCalendar is the calendar by which the unit works.
	UnitCalendar(ctx context.Context, agency, unit string) (models.Calendar, error)
	// DraftOf is the memo as it is written now, Revision as it was sent in a round.
	DraftOf(ctx context.Context, caseID string) (models.MemoDraft, error)
	Revision(ctx context.Context, caseID string, round int) (models.MemoDraft, error)
}

// MemoAccounts is what making accounts writes.
type MemoAccounts interface {
	// ProvisionRows makes accounts, or adds access, for the accepted rows numbered from..to that have none yet.
	ProvisionRows(ctx context.Context, caseID string, from, to int, at time.Time) (int, error)
	// OpenCredentials counts the rows whose link has not been used yet.
	OpenCredentials(ctx context.Context, caseID string) (int, error)
	// Links tells how the links of a memo stand, and when something is due.
	Links(ctx context.Context, caseID string, now time.Time) (models.OpenLinks, error)
}

// Memos are the activities of the memo-based account request.
type Memos struct {
	Store MemoStore
}

// Brief is what a workflow needs to know of a memo before it is sent: the draft, who will be asked in which order,
// and the calendar that counts the time.
type Brief struct {
	Case     models.Case     `json:"case"`
	Head     []models.Step   `json:"head"`
	Officers []models.Step   `json:"officers"`
	Calendar models.Calendar `json:"calendar"`
	// Changed says that something the head judged differs from the round before; false in the first.
	Changed bool `json:"changed,omitempty"`
}

// BriefInput names the memo and who presses send.
type BriefInput struct {
	CaseID string `json:"case_id"`
	Agency string `json:"agency"`
	Sender string `json:"sender"`          // account id
	Round  int    `json:"round,omitempty"` // that ended with the memo's return; 0 at first sending
	// OnItsWay asks who would decide a memo that waits already: that no head is left is then an answer, no refusal.
	OnItsWay bool `json:"on_its_way,omitempty"`
}

// Brief reads a draft and plans its stages. It fails with the problem no_approver where nobody could decide.
func (a *Memos) Brief(ctx context.Context, in BriefInput) (Brief, error) {
	c, err := a.Store.Case(ctx, in.Agency, in.CaseID)
	if err != nil {
		return Brief{}, permanent(err)
	}
	facts, err := a.Store.ApprovalFacts(ctx, in.CaseID)
	if err != nil {
		return Brief{}, permanent(err)
	}
	head, err := models.PlanHead(facts, in.Sender, c.Requester)
	if err != nil && !in.OnItsWay {
		return Brief{}, permanent(err)
	}
	cal, err := a.Store.UnitCalendar(ctx, in.Agency, facts.Unit)
	if err != nil {
		return Brief{}, permanent(err)
	}
	c.Unit, c.UnitPath = facts.Unit, facts.Path
	b := Brief{Case: c, Head: head, Officers: models.PlanOfficers(facts, in.Sender, c.Requester), Calendar: cal}
	if in.Round > 0 {
		err = a.compare(ctx, in, &b)
	}
	return b, permanent(err)
}

// compare tells a new round from the one before: whether what the head judged has changed, and that every row is open
// again.
func (a *Memos) compare(ctx context.Context, in BriefInput, b *Brief) error {
	was, err := a.Store.Revision(ctx, in.CaseID, in.Round)
	if err != nil {
		return err
	}
	is, err := a.Store.DraftOf(ctx, in.CaseID)
	b.Changed, b.Case.RowsOpen = models.JudgedChanged(was, is), len(is.Rows)
	return err
}

// ProvisionInput is one chunk of rows, numbered from From to To inclusive. At is case time.
type ProvisionInput struct {
	CaseID string    `json:"case_id"`
	From   int       `json:"from"`
	To     int       `json:"to"`
	At     time.Time `json:"at"`
}

// Provision makes the accounts of a chunk and queues their messages, each person once however often it runs. It
// answers how many it made this time.
func (a *Memos) Provision(ctx context.Context, in ProvisionInput) (int, error) {
	n, err := a.Store.ProvisionRows(ctx, in.CaseID, in.From, in.To, in.At)
	return n, permanent(err)
}

// OpenCredentials counts the rows of a memo whose link has not been used yet.
func (a *Memos) OpenCredentials(ctx context.Context, caseID string) (int, error) {
	n, err := a.Store.OpenCredentials(ctx, caseID)
	return n, permanent(err)
}

// Failures are the rows whose accounts could not be made, and why, in words for an operator. Whole says that a chunk
// was given up as a whole.
type Failures struct {
	Rows  []int  `json:"rows,omitempty"`
	Why   string `json:"why,omitempty"`
	Whole bool   `json:"whole,omitempty"`
}

// ProvisionEach is Provision row by row, each in its own transaction: what fails is listed, and nothing else waits.
func (a *Memos) ProvisionEach(ctx context.Context, in ProvisionInput) (Failures, error) {
	var failed Failures
	for no := in.From; no <= in.To; no++ {
		_, err := a.Store.ProvisionRows(ctx, in.CaseID, no, no, in.At)
		if ctx.Err() != nil {
			return failed, ctx.Err()
		}
		if err != nil {
			failed.Rows, failed.Why = append(failed.Rows, no), Brevity(err.Error())
		}
	}
	return failed, nil
}

// Brevity shortens the words of an error to what a timeline holds.
func Brevity(words string) string {
	const most = 300
	if r := []rune(words); len(r) > most {
		return string(r[:most]) + "…"
	}
	return words
}

// Links tells how the links of a memo stand, and when something is due.
func (a *Memos) Links(ctx context.Context, caseID string, now time.Time) (models.OpenLinks, error) {
	l, err := a.Store.Links(ctx, caseID, now)
	return l, permanent(err)
}
