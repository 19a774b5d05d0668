package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"loket/internal/i18n"
	"loket/models"
)

// inboxBody is the inbox: one tab of it, narrowed. Query spells what is shown, for links that come back here.
type inboxBody struct {
	Items   []models.WorkItemView
	Tabs    []tab
	Tab     models.Tab
	Kinds   []option
	Units   []option
	Dues    []option
	Text    string
	Query   string
	Narrow  bool
	Views   []tab
	Name    string
	Opens   bool
	Pages   pager
	Picks   bool // several may be decided at once
	Lines   []faultLine
	Clean   string
	Offered bool // a filter is shown open
}

// Error is the sentence beside one field.
func (b inboxBody) Error(field string) string { return of(b.Lines, field) }

// Most is where counting a tab stopped.
func (b inboxBody) Most() int { return models.CountedMost }

// Asks tells whether the tab holds what waits for a decision.
func (b inboxBody) Asks() bool { return b.Tab.Asks() }

// workQuery reads a query of the inbox.
func workQuery(q url.Values) models.WorkQuery {
	ask := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	return models.WorkQuery{Tab: models.Tab(ask("tab")), WorkFilter: models.WorkFilter{Kind: models.MemoKind(ask("kind")), Queue: ask("queue"),
		Unit: ask("unit"), Due: models.DueSpan(ask("due")), Text: ask("q")}}
}

// kindName is how the filter calls what it narrows to.
func (v *visit) kindName(k models.MemoKind) string {
	switch k {
	case models.WorkAccess:
		return v.say.T("inbox.filter.access")
	case models.WorkRegistration:
		return v.say.T("inbox.filter.registration")
	}
	return v.say.T("portal.kind." + string(k))
}

// spelled gives a query of the inbox as its address spells it.
func spelled(q models.WorkQuery) string {
	values := url.Values{}
	for name, value := range map[string]string{"tab": string(q.Tab), "kind": string(q.Kind), "queue": q.Queue, "unit": q.Unit, "due": string(q.Due), "q": q.Text} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values.Encode()
}

// inboxPage shows the inbox. Without a query it begins with the reader's own view of it, if they keep one for that.
func (v *visit) inboxPage() error {
	views, err := v.portal.Desk.SavedViews(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	for _, view := range views {
		if view.Opens && view.Query != "" && v.Request.URL.RawQuery == "" {
			return v.to("/inbox?"+view.Query, "")
		}
	}
	return v.showInbox(views, nil)
}

func (v *visit) showInbox(views []models.SavedView, p *models.Problem) error {
	body, err := v.inboxBody(views)
	if err != nil {
		return err
	}
	f := frame{Title: v.say.T("portal.inbox.title"), Lead: v.say.T("inbox.lead." + string(body.Tab)), Path: "/inbox?" + body.Query}
	if p == nil {
		f.Body = body
		return v.show("inbox", f)
	}
	body.Lines, body.Name, body.Opens, body.Offered = v.faultLines(p), v.form("name"), v.form("opens") != "", true
	f.Faults, f.Body = body.Lines, body
	return v.showAs(statusOf(p.Code), "inbox", f)
}

// inboxLive is the part of the inbox that htmx fetches when something has happened.
func (v *visit) inboxLive() error {
	if !v.swapping() {
		return v.to("/inbox?"+v.Request.URL.RawQuery, "")
	}
	body, err := v.inboxBody(nil)
	if err != nil {
		return err
	}
	return v.part("inbox", "work", body)
}

func (v *visit) inboxBody(views []models.SavedView) (inboxBody, error) {
	asked := v.Request.URL.Query()
	if v.Request.Method != http.MethodGet { // a form that is shown again says what stood around it
		asked, _ = url.ParseQuery(v.form("query"))
	}
	q := workQuery(asked)
	q.PageQuery = v.pageQuery()
	page, err := v.tabPage(&q)
	if err != nil {
		return inboxBody{}, err
	}
	plain := q.WorkFilter == models.WorkFilter{}
	body := inboxBody{Items: page.Items, Tab: q.Tab, Text: q.Text, Query: spelled(q), Narrow: !plain, Pages: v.pagerAt("/inbox", spelled(q), page.Next),
		Clean: "/inbox?tab=" + string(q.Tab), Offered: !plain, Picks: q.Tab.Asks() && slices.ContainsFunc(page.Items, func(w models.WorkItemView) bool { return w.MemoKind != "" })}
	body.Tabs = v.workTabs(q, page.Tabs)
	body.Kinds = append(body.Kinds, option{Text: v.say.T("inbox.any_kind")})
	for _, k := range models.WorkFilterKinds() {
		body.Kinds = append(body.Kinds, option{Value: string(k), Text: v.kindName(k), On: k == q.Kind})
	}
	body.Dues = append(body.Dues, option{Text: v.say.T("inbox.any_due")})
	for _, d := range models.DueSpans() {
		body.Dues = append(body.Dues, option{Value: string(d), Text: v.say.T("inbox.due." + string(d)), On: d == q.Due})
	}
	for _, view := range views {
		body.Views = append(body.Views, tab{Text: view.Name, Href: "/inbox?" + view.Query, Count: -1, Current: view.Query == body.Query})
	}
	body.Units, err = v.unitOptions(q.Unit)
	return body, err
}

// tabPage reads the tab that is asked for; when none is, the first that holds something.
func (v *visit) tabPage(q *models.WorkQuery) (models.WorkPage, error) {
	ctx, a := v.Request.Context(), v.actor()
	if q.Tab != models.TabAll {
		return v.portal.Desk.Work(ctx, a, *q)
	}
	q.Tab = models.TabMine
	page, err := v.portal.Desk.Work(ctx, a, *q)
	if err != nil || page.Tabs[models.TabMine] > 0 {
		return page, err
	}
	for _, t := range models.Tabs() {
		if page.Tabs[t] > 0 && t != models.TabDecided {
			q.Tab = t
			return v.portal.Desk.Work(ctx, a, *q)
		}
	}
	return page, nil
}

// workTabs lists the tabs that can ever hold something for the reader, with the filter kept.
func (v *visit) workTabs(q models.WorkQuery, counts map[models.Tab]int) []tab {
	var may []models.Tab
	for _, s := range v.actor().Standings() {
		may = append(may, s.On())
	}
	var tabs []tab
	for _, t := range models.Tabs() {
		usual := t == models.TabMine || !t.Asks() || slices.Contains(may, t)
		if !usual && counts[t] == 0 && t != q.Tab {
			continue
		}
		there := q
		there.Tab = t
		if !t.Asks() {
			there.Due, there.Queue = "", ""
		}
		tabs = append(tabs, tab{Text: v.say.T("inbox.tab." + string(t)), Href: "/inbox?" + spelled(there), Count: counts[t], Current: t == q.Tab})
	}
	return tabs
}

// unitOptions are the units whose memos can reach the reader: all of them, by their place in the tree.
func (v *visit) unitOptions(current string) ([]option, error) {
	tree, err := v.portal.Desk.Units(v.Request.Context(), v.actor())
	if err != nil {
		return nil, err
	}
	options := []option{{Text: v.say.T("inbox.any_unit")}}
	var walk func(u models.UnitView)
	walk = func(u models.UnitView) {
		options = append(options, option{Value: u.Code, Text: u.Code + " " + u.Name, On: u.Code == current})
		for _, c := range u.Children {
			walk(c)
		}
	}
	walk(tree)
	return options, nil
}

// saveView keeps what the inbox shows under a name.
func (v *visit) saveView() error {
	ctx, a := v.Request.Context(), v.actor()
	view := models.SavedView{Name: v.form("name"), Query: v.form("query"), Opens: v.form("opens") != ""}
	saved, err := v.portal.Desk.SaveView(ctx, a, view)
	if p, ok := formProblem(err); ok && len(p.Faults) > 0 {
		views, err := v.portal.Desk.SavedViews(ctx, a)
		if err != nil {
			return err
		}
		return v.showInbox(views, p)
	}
	if err != nil {
		return err
	}
	return v.to("/inbox?"+saved.Query, "view_saved")
}

// viewsBody is the list of the reader's views, each with its own form. Faulty is the one whose form is wrong.
type viewsBody struct {
	Views  []models.SavedView
	Faulty string
	Lines  []faultLine
}

// Error is the sentence beside the name of one view.
func (b viewsBody) Error(id string) string {
	if id != b.Faulty {
		return ""
	}
	return of(b.Lines, "name")
}

func (v *visit) viewsPage() error { return v.showViews(models.SavedView{}, nil) }

func (v *visit) showViews(typed models.SavedView, p *models.Problem) error {
	views, err := v.portal.Desk.SavedViews(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	body := viewsBody{Views: views, Faulty: typed.ID}
	f := frame{Title: v.say.T("inbox.views.title"), Lead: v.say.T("inbox.views.lead"), Path: "/inbox/views",
		Crumbs: []link{{v.say.T("portal.inbox.title"), "/inbox"}, {Text: v.say.T("inbox.views.title")}}}
	if p == nil {
		f.Body = body
		return v.show("views", f)
	}
	for i := range body.Views {
		if body.Views[i].ID == typed.ID {
			body.Views[i].Name, body.Views[i].Opens = typed.Name, typed.Opens
		}
	}
	body.Lines = v.faultLines(p)
	for i := range body.Lines {
		body.Lines[i].Href = "#name-" + typed.ID
	}
	f.Faults, f.Body = body.Lines, body
	return v.showAs(statusOf(p.Code), "views", f)
}

// changeView renames a view, or has the inbox begin with it.
func (v *visit) changeView() error {
	view := models.SavedView{ID: v.Param("id"), Name: v.form("name"), Query: v.form("query"), Opens: v.form("opens") != ""}
	_, err := v.portal.Desk.SaveView(v.Request.Context(), v.actor(), view)
	if p, ok := formProblem(err); ok && len(p.Faults) > 0 {
		return v.showViews(view, p)
	}
	if err != nil {
		return err
	}
	return v.to("/inbox/views", "view_saved")
}

func (v *visit) dropView() error {
	if err := v.portal.Desk.DropView(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/inbox/views", "view_dropped")
}

// claim tells colleagues who works on a memo, or takes over from one of them.
func (v *visit) claim() error {
	_, err := v.portal.Desk.Claim(v.Request.Context(), v.actor(), v.Param("id"), v.form("take_over") != "")
	return v.backToList(err, "claimed")
}

func (v *visit) release() error {
	return v.backToList(v.portal.Desk.Release(v.Request.Context(), v.actor(), v.Param("id")), "released")
}

// backToList leads back to the list from which something was done; when somebody was faster, the list says so.
func (v *visit) backToList(err error, done string) error {
	if p, ok := formProblem(err); ok && statusOf(p.Code) == http.StatusConflict {
		done = "warn." + p.Code
	} else if err != nil {
		return err
	}
	return v.to("/inbox?"+spelled(v.listQuery()), done)
}

// chip is a due time in words, and in colour for who sees it.
type chip struct{ Text, Tone string }

// dueChip says how a work item stands with its time.
func dueChip(p i18n.Printer, w models.WorkItemView) chip {
	c := chip{Tone: tone(w.Remaining)}
	switch {
	case w.ItemDue.IsZero():
		return chip{}
	case w.Remaining < 0:
		c.Text = p.WorkingTimeLeft(w.Remaining)
	case w.DueToday:
		c.Text, c.Tone = p.T("inbox.chip.today", "time", p.Time(w.ItemDue)), "soon"
	default:
		n, unit := i18n.WorkingTime(max(w.Remaining, 60)) // less than an hour, and not today: the next morning
		c.Text = p.N("inbox.chip."+unit, n)
	}
	return c
}
