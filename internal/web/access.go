package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// accessRoutes are requests for applications: the catalogue, asking, deciding, and who has what.
func accessRoutes() []route {
	in := edge.SignedIn()
	return []route{
		get("/applications/catalogue", in, (*visit).cataloguePage, "Every application, and how to come by it"),
		get("/applications/request/:id", in, (*visit).askAccessPage, "Ask for an application: the form"),
		post("/applications/request/:id", in, (*visit).askAccess, "Ask for an application"),
		get("/applications/users/:id", in, (*visit).holdersPage, "Who has an application"),
		get("/applications/users/:id/:account/revoke", in, (*visit).revokePage, "Take access away: the form"),
		post("/applications/users/:id/:account/revoke", in, (*visit).revokeAccess, "Take access away"),
		get("/access/:id", in, (*visit).accessPage, "One request for an application: where it stands, its history"),
		get("/access/:id/live", in, (*visit).accessLive, "The part of a request's page that changes").unasked(),
		get("/access/:id/events", in, (*visit).accessEvents, "Tells the browser when a request has changed").streaming().unasked(),
		get("/access/:id/decide", in, (*visit).decideAccessPage, "Decide on a request: the form"),
		post("/access/:id/decide", in, (*visit).decideAccess, "Decide on a request"),
		get("/access/:id/ask", in, (*visit).askRequesterPage, "Ask the requester something: the form"),
		post("/access/:id/ask", in, (*visit).askRequester, "Ask the requester something"),
		get("/access/:id/answer", in, (*visit).answerAccessPage, "Answer the question: the form"),
		post("/access/:id/answer", in, (*visit).answerAccess, "Answer the question"),
		post("/access/:id/nudge", in, (*visit).nudgeAccess, "Remind whoever is asked"),
		get("/access/:id/withdraw", in, (*visit).withdrawAccessPage, "Ask whether to withdraw a request"),
		post("/access/:id/withdraw", in, (*visit).withdrawAccess, "Withdraw a request"),
	}
}

// accessBody is a request as its pages show it. Steps are its way; the rest is what a form below it holds.
type accessBody struct {
	models.AccessCaseView
	Way        []step
	In, Key    string
	NudgeAgain *time.Time
	Appoints   bool // the reader names owners and heads
	Choices    []option
	Text       string
	Lines      []faultLine
}

// Error is the sentence beside one field.
func (b accessBody) Error(field string) string { return of(b.Lines, field) }

// May tells whether the reader may take an action.
func (b accessBody) May(a string) bool { return slices.Contains(b.Actions, models.Action(a)) }

// History is the timeline, newest first, without what nobody saw.
func (b accessBody) History() []models.TimelineEvent {
	events := slices.DeleteFunc(slices.Clone(b.Timeline), func(e models.TimelineEvent) bool { return e.Type == models.EventDrafted })
	for i := range events {
		if events[i].Type == models.EventSent { // the words of memos speak of one
			events[i].Type = "access_sent"
		}
	}
	slices.Reverse(events)
	return events
}

// Question is the one that the requester has yet to answer.
func (b accessBody) Question() *models.TimelineEvent {
	if b.Asked == nil {
		return nil
	}
	for _, e := range slices.Backward(b.Timeline) {
		if e.Type == models.EventAsked {
			return &e
		}
	}
	return nil
}

// Stopped tells whether it waits for somebody but its deciders, or went wrong.
func (b accessBody) Stopped() bool {
	return b.Trouble != "" || b.May("answer") || b.Status == models.StatusRefused || b.Status == models.StatusExpired
}

// Vacant names the application whose owner must be named, where that is what is missing.
func (b accessBody) Vacant() bool { return b.Trouble == models.TroubleApprover }

// OfOwner tells whether it waits for the application's owner.
func (b accessBody) OfOwner() bool { return b.Status == models.StatusOwner }

// Word is the key of the sentence that says whose turn it is.
func (b accessBody) Word() string {
	switch {
	case b.Vacant():
		return "access.vacant"
	case b.May("answer"):
		return "access.turn.answer"
	case b.Asked != nil:
		return "access.asking"
	case b.May("approve") && b.OfOwner():
		return "access.turn.owner"
	case b.May("approve"):
		return "access.turn.head"
	}
	return "access.told." + string(b.Status)
}

// accessWay is the way of a request that nobody stops.
func accessWay() []models.Status {
	return []models.Status{models.StatusDraft, models.StatusApproval, models.StatusOwner, models.StatusGranted}
}

// accessSteps draws the way of a request.
func (v *visit) accessSteps(m models.AccessCaseView) []step {
	return v.along(way{stations: accessWay(), words: "access.way."}, m.Status, 1, m.Timeline)
}

// accessBody reads the request that the address names.
func (v *visit) accessBody() (accessBody, error) {
	m, err := v.portal.Desk.AccessCase(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return accessBody{}, err
	}
	b := accessBody{AccessCaseView: m, Way: v.accessSteps(m), In: v.inList(), Key: uuid.NewString(), Appoints: v.actor().Has(models.RoleAdmin)}
	var p *models.Problem
	if errors.As(models.May(m.Case, v.actor(), models.ActionNudge, v.portal.Now()), &p) && errors.Is(p, models.ErrTooSoon) {
		if at, err := time.Parse(time.RFC3339, p.Params["until"]); err == nil {
			b.NudgeAgain = &at
		}
	}
	return b, nil
}

func (v *visit) accessTitle(b accessBody) string {
	return v.say.T("access.case.title", "application", b.AppName, "name", b.SenderName)
}

// accessFrame is the page of a request, or with a title of its own a form below it.
func (v *visit) accessFrame(b accessBody, title string) frame {
	crumbs := []link{{v.say.T("portal.nav.home"), "/"}, {v.say.T("application.title"), "/applications"}}
	if title == "" {
		return frame{Title: v.accessTitle(b), Body: b, Crumbs: append(crumbs, link{Text: b.Number}), Beside: v.besides(b.ID, false), Stream: "/access/" + b.ID + "/events"}
	}
	return frame{Title: title, Lead: v.accessTitle(b), Body: b, Faults: b.Lines, Phrases: v.phrases(), Beside: v.besides(b.ID, true), Path: v.Request.URL.Path,
		Crumbs: append(crumbs, link{b.Number, "/access/" + b.ID}, link{Text: title})}
}

func (v *visit) accessPage() error {
	b, err := v.accessBody()
	if err != nil {
		return err
	}
	return v.show("access-case", v.accessFrame(b, ""))
}

// accessLive is the part of the page that htmx fetches when something has happened.
func (v *visit) accessLive() error {
	b, err := v.accessBody()
	if err != nil {
		return err
	}
	if !v.swapping() {
		return v.to("/access/"+b.ID, "")
	}
	return v.part("access-case", "access-live", b)
}

func (v *visit) accessEvents() error {
	b, err := v.accessBody()
	if err != nil {
		return err
	}
	return v.stream(b.ID)
}

// showAccessForm shows a form below a request to whoever may take the action; everybody else is led to the request, which
// says where it stands.
func (v *visit) showAccessForm(page, title string, act models.Action, fill func(*accessBody), p *models.Problem) error {
	b, err := v.accessBody()
	if err != nil {
		return err
	}
	if !slices.Contains(b.Actions, act) {
		return v.to("/access/"+b.ID, "warn."+models.ErrNotNow.Code)
	}
	if fill != nil {
		fill(&b)
	}
	if p == nil {
		return v.show(page, v.accessFrame(b, v.say.T(title)))
	}
	b.Lines = v.faultLines(p)
	return v.showAs(statusOf(p.Code), page, v.accessFrame(b, v.say.T(title)))
}

func (v *visit) decideAccessPage() error { return v.showDecideAccess(nil) }

func (v *visit) showDecideAccess(p *models.Problem) error {
	return v.showAccessForm("access-decide", "access.decide.title", models.ActionApprove, func(b *accessBody) {
		hint, verdict := "access.decide.approve_head", v.form("verdict")
		if b.OfOwner() {
			hint = "access.decide.approve_owner"
		}
		b.Text = v.reason("reason")
		b.Choices = []option{{Value: "approve", Text: v.say.T("access.decide.approve"), Hint: v.say.T(hint), On: verdict == "approve"},
			{Value: "refuse", Text: v.say.T("access.decide.refuse"), Hint: v.say.T("access.decide.refuse_hint"), On: verdict == "refuse"}}
	}, p)
}

func (v *visit) decideAccess() error {
	if v.inserting() {
		return v.showDecideAccess(nil)
	}
	verdict := v.form("verdict")
	if verdict != "approve" && verdict != "refuse" {
		return v.showDecideAccess(models.Invalid(models.Fault("verdict", "required")))
	}
	v.lookAheadOf(func() (string, error) {
		b, err := v.accessBody()
		return b.Number, err
	})
	in := desk.AccessDecision{Approve: verdict == "approve", Reason: v.form("reason"), Seq: atoi(v.form("seq"))}
	_, err := v.portal.Desk.DecideAccess(v.Request.Context(), v.actor(), v.Param("id"), in, v.key())
	return v.accessDone(err, map[bool]string{true: "access_approved", false: "access_refused"}[in.Approve], v.showDecideAccess)
}

// accessDone leads on after words were taken; where they were not, the form is shown again with what was typed, and where
// somebody was faster the request says so.
func (v *visit) accessDone(err error, done string, again func(*models.Problem) error) error {
	p, ok := formProblem(err)
	switch {
	case ok && again != nil && (len(p.Faults) > 0 || errors.Is(p, models.ErrStale) || errors.Is(p, models.ErrAccessVoid)):
		return again(p)
	case ok && statusOf(p.Code) == http.StatusConflict:
		return v.to("/access/"+v.Param("id"), "warn."+p.Code)
	case err != nil:
		return err
	case v.ahead != nil:
		return v.moveOn(done)
	}
	return v.to("/access/"+v.Param("id"), done)
}

func (v *visit) askRequesterPage() error { return v.showAskRequester(nil) }

func (v *visit) showAskRequester(p *models.Problem) error {
	return v.showAccessForm("access-ask", "access.ask_question.title", models.ActionAsk, func(b *accessBody) { b.Text = v.form("text") }, p)
}

func (v *visit) askRequester() error {
	_, err := v.portal.Desk.AskRequester(v.Request.Context(), v.actor(), v.Param("id"), v.message(), v.key())
	return v.accessDone(err, "access_asked", v.showAskRequester)
}

func (v *visit) answerAccessPage() error { return v.showAnswerAccess(nil) }

func (v *visit) showAnswerAccess(p *models.Problem) error {
	return v.showAccessForm("access-answer", "access.answer.title", models.ActionAnswer, func(b *accessBody) { b.Text = v.form("text") }, p)
}

func (v *visit) answerAccess() error {
	_, err := v.portal.Desk.AnswerAccess(v.Request.Context(), v.actor(), v.Param("id"), v.message(), v.key())
	return v.accessDone(err, "access_answered", v.showAnswerAccess)
}

func (v *visit) nudgeAccess() error {
	_, err := v.portal.Desk.NudgeAccess(v.Request.Context(), v.actor(), v.Param("id"), v.key())
	return v.accessDone(err, "access_nudged", nil)
}

func (v *visit) withdrawAccessPage() error { return v.showWithdrawAccess(nil) }

func (v *visit) showWithdrawAccess(p *models.Problem) error {
	return v.showAccessForm("access-withdraw", "access.withdraw.title", models.ActionWithdraw, func(b *accessBody) { b.Text = v.form("reason") }, p)
}

func (v *visit) withdrawAccess() error {
	_, err := v.portal.Desk.WithdrawAccess(v.Request.Context(), v.actor(), v.Param("id"), v.form("reason"), v.key())
	return v.accessDone(err, "access_withdrawn", v.showWithdrawAccess)
}
