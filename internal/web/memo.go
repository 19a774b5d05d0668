package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"loket/models"
)

// memoBody is a memo's page. Now carries the parts that change while it is open.
type memoBody struct {
	Memo  models.MemoView
	Rows  models.Page[models.RowView]
	Tabs  []tab
	Pages pager
	Talk  talk
	Query string // which part of the list is shown
	In    string // the list from which the reader came, as an address takes it on
	Key   string
}

// May tells whether the reader may press the button.
func (b memoBody) May(a string) bool { return slices.Contains(b.Memo.Actions, models.Action(a)) }

// Asked are the turns of asking, of the stage that is open.
func (b memoBody) Asked() []models.StepView { return b.Memo.Steps }

// Returned is how the memo came back, while nobody has sent it again.
func (b memoBody) Returned() *models.TimelineEvent { return returned(b.Memo) }

// Word is the key of the sentence that says whose turn it is.
func (b memoBody) Word() string {
	still := b.standstill()
	switch {
	case still != "":
		return still
	case b.May(string(models.ActionResubmit)):
		return "portal.turn.resubmit"
	case b.May(string(models.ActionEdit)) && b.Returned() != nil:
		return "portal.turn.correct"
	case len(b.Memo.Actions) == 0 || b.Memo.Status.Final():
		return "portal.told." + string(b.Memo.Status)
	}
	return "portal.turn." + string(b.Memo.Actions[0])
}

// History is the timeline, newest first.
func (b memoBody) History() []models.TimelineEvent {
	events := slices.Clone(b.Memo.Timeline)
	slices.Reverse(events)
	return events
}

// Decided counts the rows that an officer has answered.
func (b memoBody) Decided() int { return b.Memo.Rows.Total - b.Memo.Rows.Pending }

// memoWay is the way of a memo that nobody stops.
func memoWay() []models.Status {
	return []models.Status{models.StatusDraft, models.StatusApproval, models.StatusVerification, models.StatusProvisioning, models.StatusActivation, models.StatusDone}
}

// steps draws the way of a memo.
func (v *visit) steps(m models.MemoView) []step {
	stations := memoWay()
	if m.Status == models.StatusReturned { // its sender comes before the stage that it came back from
		from := models.StatusApproval
		if m.Stage == models.StageOfficer {
			from = models.StatusVerification
		}
		stations = slices.Insert(stations, slices.Index(stations, from), m.Status)
	}
	return v.along(way{stations, "portal.way.", "portal.way.round"}, m.Status, m.Round, m.Timeline)
}

// memoPage shows a memo. What tells of a case by its id alone, such as a notice, comes here whatever it is of.
func (v *visit) memoPage() error {
	err := v.showMemo(nil)
	if err != nil {
		return v.orRegistration(err, "")
	}
	return nil
}

func (v *visit) memoFrame(memo models.MemoView) frame {
	return frame{Title: v.memoTitle(memo), Crumbs: append(v.memoCrumbs(), link{Text: v.memoName(memo)}),
		Beside: v.besides(memo.ID, false), Stream: "/memos/" + memo.ID + "/events"}
}

// memoBody reads a memo and the part of its list that the query asks for.
func (v *visit) memoBody() (memoBody, error) {
	ctx, a, id := v.Request.Context(), v.actor(), v.Param("id")
	memo, err := v.portal.Desk.Memo(ctx, a, id)
	if err != nil {
		return memoBody{}, err
	}
	state := models.RowState(v.Query("state"))
	said, err := v.talk(id)
	if err != nil {
		return memoBody{}, err
	}
	rows, err := v.portal.Desk.MemoRows(ctx, a, id, state, v.pageQuery())
	body := memoBody{Memo: memo, Rows: rows, Tabs: v.rowTabs(memo, state), Pages: v.pagerAt("/memos/"+memo.ID, v.Request.URL.RawQuery, rows.Next), Talk: said,
		Query: v.Request.URL.RawQuery, In: v.inList(), Key: uuid.NewString()}
	if whole := state == "" && v.Query("cursor") == "" && rows.Next == ""; whole && len(rows.Items) < memo.Rows.Total {
		body.Tabs = nil // whoever is merely listed sees their own row, and sorts nothing
	}
	return body, err
}

func (v *visit) memoTitle(m models.MemoView) string {
	if m.Subject != "" {
		return m.Subject
	}
	return v.say.T("portal.case.no_subject")
}

func (v *visit) memoName(m models.MemoView) string {
	if m.Number != "" {
		return m.Number
	}
	return v.say.T("portal.case.unnumbered")
}

// liveBody is a memo's page with its way drawn, so that the part that changes can be rendered alone.
type liveBody struct {
	memoBody
	Steps   []step
	Swapped bool // it takes the place of what an open page shows
	// NudgeAgain is when the sender may remind again; nil where that is possible now, or not at all.
	NudgeAgain *time.Time
	Appoints   bool // the reader appoints people to offices
}

func (v *visit) live(b memoBody) liveBody {
	return liveBody{b, v.steps(b.Memo), v.swapping(), v.nudgeAgain(b.Memo), v.actor().Has(models.RoleAdmin)}
}

// memoLive is the part of the page that htmx fetches when something has happened.
func (v *visit) memoLive() error {
	body, err := v.memoBody()
	if err != nil {
		return err
	}
	if !v.swapping() {
		return v.to("/memos/"+body.Memo.ID, "")
	}
	return v.part("memo", "live", v.live(body))
}

func (v *visit) rowTabs(m models.MemoView, current models.RowState) []tab {
	here := "/memos/" + m.ID
	tabs := []tab{{v.say.T("portal.row.all"), here + "#rows", m.Rows.Total, current == ""}}
	counts := map[models.RowState]int{models.RowPending: m.Rows.Pending, models.RowAccepted: m.Rows.Accepted, models.RowRejected: m.Rows.Rejected,
		models.RowProvisioned: m.Rows.Provisioned, models.RowActivated: m.Rows.Activated, models.RowLapsed: m.Rows.Lapsed}
	for _, s := range models.RowStates() {
		if counts[s] > 0 || s == current {
			tabs = append(tabs, tab{v.say.T("portal.row." + string(s)), here + "?state=" + string(s) + "#rows", counts[s], s == current})
		}
	}
	return tabs
}

func (v *visit) retry() error {
	_, err := v.portal.Desk.RetryMemo(v.Request.Context(), v.actor(), v.Param("id"), v.key())
	return v.acted(err, "retried")
}

// acted leads back to the memo's page after an action. When somebody was faster, the page says so and shows what the
// memo has become.
func (v *visit) acted(err error, done string) error {
	if p, ok := formProblem(err); ok && statusOf(p.Code) == http.StatusConflict {
		done = "warn." + p.Code
	} else if err != nil {
		return err
	} else if v.ahead != nil {
		return v.moveOn(done)
	}
	return v.to("/memos/"+v.Param("id"), done)
}
