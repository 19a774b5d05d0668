package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"loket/internal/edge"
	"loket/models"
)

// uploadBody bounds what the composer takes: a spreadsheet and an attachment of 5 MB each beside the memo's own text.
const uploadBody = 12 << 20

// route is one line of the portal's table.
type route struct {
	edge.Route
	handle func(*visit) error
	// quiet: the page asks by itself, which does not keep a session from lying idle.
	quiet bool
	// again shows the form of a route that asks for a fresh password once more; nil has a page of its own ask.
	again func(*visit, *models.Problem) error
}

// Mount declares every page in the table and puts it on the engine. Paths lie at the root: this is the program's face.
func (p *Portal) Mount(t *edge.Table, g *gin.RouterGroup) {
	t.Handle(g, edge.Route{Method: http.MethodGet, Path: staticPrefix + ":hash/*file", Access: edge.Public(), Summary: "Style sheets, scripts, fonts and pictures"}, p.assets.Serve)
	for _, r := range routes() {
		t.Handle(g, r.Route, p.serve(r))
	}
}

// routes is the whole table.
func routes() []route {
	return slices.Concat(doorRoutes(), securityRoutes(), recoveryRoutes(), traderRoutes(), activationRoutes(), registrationRoutes(), memoRoutes(), conversationRoutes(), letterRoutes(), exportRoutes(), readingRoutes(), directoryRoutes(), workRoutes(), delegationRoutes(), applicationRoutes(), consentRoutes(), accessRoutes(), companyRoutes())
}

func get(path string, a edge.Access, h func(*visit) error, summary string) route {
	return route{Route: edge.Route{Method: http.MethodGet, Path: path, Access: a, Summary: summary}, handle: h}
}

func post(path string, a edge.Access, h func(*visit) error, summary string) route {
	return route{Route: edge.Route{Method: http.MethodPost, Path: path, Access: a, Summary: summary}, handle: h}
}

func (r route) limited(rate edge.Rate) route { r.Rate = rate; return r }
func (r route) bodyOf(n int64) route         { r.Body = n; return r }
func (r route) foreign() route               { r.Foreign = true; return r }
func (r route) streaming() route             { r.Stream = true; return r }
func (r route) unasked() route               { r.quiet = true; return r }

// proven has the route ask for a password given at most five minutes ago. The form may bring it along (the part
// "step-up" of its page), and again shows that page when it does not, or brings a wrong one; without it a page asks that
// carries what was posted.
func (r route) proven(again func(*visit, *models.Problem) error) route {
	r.StepUp, r.again = true, again
	return r
}

// doorRoutes are the ways in and out, and what belongs to one's own account.
func doorRoutes() []route {
	all, in, owing := edge.Public(), edge.SignedIn(), edge.PasswordChange()
	return []route{
		get("/sign-in", all, (*visit).signInPage, "The sign-in form"),
		post("/sign-in", all, (*visit).signIn, "Sign in").limited(edge.RateSignIn),
		post("/sign-out", all, (*visit).signOut, "Sign out; a session that has lain idle too"),
		post("/language", all, (*visit).setLanguage, "Choose the language"),
		get("/password/:token", all, (*visit).linkPage, "The page of a one-use link; looking spends nothing"),
		post("/password/:token", all, (*visit).spendLink, "Set a password by a one-use link").limited(edge.RatePublicForm),
		post("/password/:token/rules", all, (*visit).linkRules, "Which rules a password meets while it is typed"),
		get("/account/password", owing, (*visit).passwordPage, "The form for a new password"),
		post("/account/password", owing, (*visit).changePassword, "Change the own password"),
		post("/account/password/rules", owing, (*visit).passwordRules, "Which rules a password meets while it is typed"),
		get("/account", in, (*visit).accountPage, "The own account: who I am here"),
		post("/account/sessions/:id/end", in, (*visit).endSession, "End one own session"),
		post("/account/sessions/end-others", in, (*visit).endOthers, "End every own session but this"),
		post("/account/tokens", in, (*visit).createToken, "Make a personal token").proven((*visit).tokenAgain),
		post("/account/tokens/:id/revoke", in, (*visit).revokeToken, "Revoke a personal token"),
	}
}

// activationRoutes are an employee's own way to an account; nobody has one yet who comes here.
func activationRoutes() []route {
	all := edge.Public()
	return []route{
		get("/activation", all, (*visit).activationPage, "Ask for an account of one's own: the form"),
		post("/activation", all, (*visit).requestActivation, "Ask for an account of one's own").limited(edge.RatePublicForm),
		get("/activation/sent", all, (*visit).activationSentPage, "What comes next, the same for everybody"),
		post("/activation/resend", all, (*visit).resendActivation, "Have the code sent again").limited(edge.RatePublicForm),
		get("/activation/complete", all, (*visit).completionPage, "Activate the account with the code: the form"),
		post("/activation/complete", all, (*visit).completeActivation, "Activate the account with the code").limited(edge.RatePublicForm),
		post("/activation/complete/rules", all, (*visit).completionRules, "Which rules a password meets while it is typed"),
		get("/activation/done", all, (*visit).activationDonePage, "The account is active"),
		get("/activation/disown/:token", all, (*visit).disownPage, "Say that a request was not one's own: looking changes nothing").limited(edge.RateLookup),
		post("/activation/disown/:token", all, (*visit).disownActivation, "Say that a request was not one's own").limited(edge.RatePublicForm),
	}
}

// memoRoutes are the flow of a memo.
func memoRoutes() []route {
	in := edge.SignedIn()
	return []route{
		get("/memos", in, (*visit).memosPage, "Memos I may see"),
		get("/memos/new", in, (*visit).newMemoPage, "Choose what a new memo asks for"),
		post("/memos/new", in, (*visit).createMemo, "Begin a draft"),
		get("/memos/:id", in, (*visit).memoPage, "One memo: where it stands, its rows, its history"),
		get("/memos/:id/live", in, (*visit).memoLive, "The parts of a memo's page that change").unasked(),
		get("/memos/:id/events", in, (*visit).memoEvents, "Tells the browser when a memo has changed").streaming().unasked(),
		get("/memos/:id/edit", in, (*visit).composePage, "Write a draft"),
		post("/memos/:id/edit", in, (*visit).compose, "Save, check, fill or send a draft").bodyOf(uploadBody),
		get("/memos/:id/faults.csv", in, (*visit).faultsFile, "What is wrong with the rows of a draft, as a file"),
		get("/memos/:id/attachments/:file", in, (*visit).saveAttachment, "Save a file of a memo"),
		get("/memos/:id/attachments/:file/view", in, (*visit).viewAttachment, "Look at a file of a memo, in a sandbox"),
		get("/memos/recap-template.xlsx", in, (*visit).recapTemplate, "An empty list of people with its headings explained"),
		get("/memos/recap-template.csv", in, (*visit).recapTemplate, "An empty list of people"),
		get("/memos/form-sptjm.pdf", in, func(v *visit) error { return v.blankForm(models.AttachmentSPTJM) }, "A blank statement of absolute responsibility"),
		get("/memos/form-activation_form.pdf", in, func(v *visit) error { return v.blankForm(models.AttachmentForm) }, "A blank activation form"),
		get("/memos/:id/discard", in, (*visit).discardPage, "Ask whether to throw a draft away"),
		post("/memos/:id/discard", in, (*visit).discard, "Throw a draft away"),
		get("/memos/:id/decide", in, (*visit).decidePage, "Approve or refuse: the form"),
		post("/memos/:id/decide", in, (*visit).decide, "Approve or refuse"),
		get("/memos/:id/verify", in, (*visit).verifyPage, "Check the rows: the form"),
		post("/memos/:id/verify", in, (*visit).verify, "Accept or reject rows"),
		get("/memos/:id/return", in, (*visit).returnPage, "Return for revision: the form"),
		post("/memos/:id/return", in, (*visit).giveBack, "Return a memo for revision"),
		get("/memos/:id/comments", in, (*visit).toComments, "Leads to the comments on a memo's page"),
		post("/memos/:id/comments", in, (*visit).comment, "Comment on a memo"),
		post("/memos/:id/nudge", in, (*visit).nudge, "Remind whoever is asked"),
		post("/memos/:id/copy", in, (*visit).copyMemo, "Begin a new draft with a memo that ended"),
		get("/memos/:id/withdraw", in, (*visit).withdrawPage, "Ask whether to withdraw"),
		post("/memos/:id/withdraw", in, (*visit).withdraw, "Withdraw a memo"),
		post("/memos/:id/retry", in, (*visit).retry, "Try again what an outside system kept refusing"),
	}
}

// conversationRoutes are what people say to each other about a memo beside decisions, and the help where links lapsed or
// accounts cannot be made.
func conversationRoutes() []route {
	in := edge.SignedIn()
	return []route{
		get("/memos/:id/ask", in, (*visit).askPage, "Ask the sender for information: the form"),
		post("/memos/:id/ask", in, (*visit).askSender, "Ask the sender for information"),
		get("/memos/:id/answer", in, (*visit).answerPage, "Answer what was asked: the form"),
		post("/memos/:id/answer", in, (*visit).answerDecider, "Answer what was asked"),
		get("/memos/:id/reissue", in, (*visit).reissuePage, "Ask whether people are to get another link"),
		post("/memos/:id/reissue", in, (*visit).reissue, "Send people another link"),
		get("/memos/:id/skip", in, (*visit).skipPage, "Ask whether those whose accounts cannot be made are left out"),
		post("/memos/:id/skip", in, (*visit).skip, "Leave out those whose accounts cannot be made"),
	}
}

// letterRoutes are a memo's letters, and the public page by which anybody checks one.
func letterRoutes() []route {
	all, in := edge.Public(), edge.SignedIn()
	return []route{
		get("/memos/:id/letters/:kind", in, (*visit).letter, "A memo's letter as a PDF: memo, approval or results"),
		get("/verify", all, (*visit).letterCodePage, "Check a letter by its code: the form, which leads to its page").limited(edge.RateLookup),
		get("/verify/:id", all, (*visit).letterCheckPage, "Whether a letter is genuine and still holds").limited(edge.RateLookup),
		post("/verify/:id", all, (*visit).compareLetter, "Compare a file with a letter; it is not kept").bodyOf(comparedBody).limited(edge.RatePublicForm),
	}
}

// readingRoutes are the lists.
func readingRoutes() []route {
	in, support, audit := edge.SignedIn(), edge.Roles(supportRoles()...), edge.Roles(auditRoles()...)
	return []route{
		get("/", in, (*visit).homePage, "What waits for me, and what I wait for"),
		get("/inbox", in, (*visit).inboxPage, "What waits for my decision"),
		get("/inbox/decide", in, (*visit).bulkPage, "One word on many memos: the form"),
		post("/inbox/decide", in, (*visit).decideMany, "Decide on many memos at once").proven((*visit).showBulk),
		get("/units", in, (*visit).unitsPage, "The tree of units"),
		get("/units/:code", in, (*visit).unitPage, "One unit and its office holders"),
		get("/employees", in, (*visit).employeesPage, "Search the registry"),
		get("/employees/:id", in, (*visit).employeePage, "One person of the registry"),
		get("/calendar", in, (*visit).calendarPage, "Reckon a due time in working time"),
		get("/support", support, (*visit).supportPage, "Messages that could not be delivered"),
		post("/support/notices/:id/resend", support, (*visit).resendNotice, "Send a failed message again"),
		get("/audit", audit, (*visit).auditPage, "Browse the audit trail"),
		get("/dashboard", edge.Roles(models.DashboardRoles()...), (*visit).dashboardPage, "How the work stands: open, decided, and how fast"),
	}
}

// workRoutes are the inbox as its reader lives in it: views of it, claims, reasons, notifications, search.
func workRoutes() []route {
	in := edge.SignedIn()
	return []route{
		get("/events", in, (*visit).events, "Tells the browser of what concerns its reader").streaming().unasked(),
		get("/inbox/live", in, (*visit).inboxLive, "The part of the inbox that changes").unasked(),
		get("/inbox/views", in, (*visit).viewsPage, "My saved views"),
		post("/inbox/views", in, (*visit).saveView, "Save what the inbox shows"),
		post("/inbox/views/:id", in, (*visit).changeView, "Rename a view, or begin with it"),
		post("/inbox/views/:id/drop", in, (*visit).dropView, "Forget a view"),
		get("/memos/:id/turn", in, (*visit).turnPage, "A memo where its reader can decide on it"),
		post("/memos/:id/claim", in, (*visit).claim, "Tell colleagues that I work on it"),
		post("/memos/:id/release", in, (*visit).release, "Give back what I claimed"),
		get("/phrases", in, (*visit).phrasesPage, "Reasons that are given often"),
		post("/phrases", in, (*visit).savePhrase, "Keep a reason"),
		post("/phrases/:id", in, (*visit).savePhrase, "Change a kept reason"),
		post("/phrases/:id/drop", in, (*visit).dropPhrase, "Forget a kept reason"),
		get("/notifications", in, (*visit).notificationsPage, "What I was told"),
		get("/notifications/bell", in, (*visit).bellPart, "How much of it I have not seen").unasked(),
		post("/notifications/seen", in, (*visit).seeNotifications, "Mark all as seen"),
		post("/notifications/:id/open", in, (*visit).openNotification, "Mark one as seen and go to what it is about"),
		get("/search", in, (*visit).searchPage, "Find by number, name, NIP or subject"),
		get("/track", in, (*visit).trackPage, "Where a number stands"),
	}
}
