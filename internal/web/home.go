package web

import (
	"net/url"
	"strings"
	"time"

	"loket/internal/desk"
	"loket/models"
)

type homeBody struct {
	models.Home
	Units             []desk.SendingUnit
	Decides, Supports bool
	OnLeave           []models.Absence // the reader's own offices that wait for a delegate
	Shelves           []shelf          // what the reader may open
	Reads             []link           // what an auditor reads
}

// Mine are the reader's memos that wait for the reader: to be corrected, or to be answered.
func (b homeBody) Mine() []models.CaseSummary { return b.awaited(true) }

// Others are the reader's memos that wait for somebody else.
func (b homeBody) Others() []models.CaseSummary { return b.awaited(false) }

func (b homeBody) awaited(mine bool) []models.CaseSummary {
	var list []models.CaseSummary
	for _, c := range b.IWaitFor.Items {
		if (c.Status == models.StatusReturned || c.Asked != nil) == mine {
			list = append(list, c)
		}
	}
	return list
}

// Quiet tells whether nothing waits either way for somebody who begins no memos: what they may open is what they came for.
func (b homeBody) Quiet() bool {
	return !b.Writes() && len(b.WaitsForMe.Items) == 0 && len(b.IWaitFor.Items) == 0 && b.Drafts == 0
}

// Writes tells whether the reader may begin a memo.
func (b homeBody) Writes() bool { return len(b.Units) > 0 }

func (v *visit) homePage() error {
	ctx, a := v.Request.Context(), v.actor()
	if a.Company != "" {
		return v.traderHome()
	}
	home, err := v.portal.Desk.Home(ctx, a)
	if err != nil {
		return err
	}
	units, err := v.portal.Desk.SendingUnits(ctx, a)
	if err != nil {
		return err
	}
	body := homeBody{Home: home, Units: units, Decides: len(v.nav()) > 0 && a.Has(windows()[1].roles...), Supports: a.Support()}
	if body.OnLeave, err = v.onLeave(); err != nil {
		return err
	}
	tiles, err := v.portal.Desk.MyApplications(ctx, a, "")
	if err != nil {
		return err
	}
	body.Shelves = shelves(tiles)
	if a.Has(models.RoleAuditor) {
		body.Reads = []link{{v.say.T("portal.nav.dashboard"), "/dashboard"}, {v.say.T("portal.nav.audit"), "/audit"}}
	}
	return v.show("home", frame{Title: v.greeting(), Lead: v.say.DateLong(v.portal.Now()), Body: body})
}

// greeting greets the reader by the time of day.
func (v *visit) greeting() string {
	first, _, _ := strings.Cut(v.who.Account.Name, " ")
	return v.say.T("portal.home."+partOfDay(v.portal.Now().In(v.portal.Zone)), "name", first)
}

// partOfDay is how Indonesian greets: pagi until ten, siang until three, sore until six, then malam.
func partOfDay(t time.Time) string {
	switch h := t.Hour(); {
	case h >= 4 && h < 10:
		return "morning"
	case h >= 10 && h < 15:
		return "noon"
	case h >= 15 && h < 18:
		return "afternoon"
	}
	return "evening"
}

// tab is one of several lists, with how much is in it; a negative count is not shown.
type tab struct {
	Text, Href string
	Count      int
	Current    bool
}

// pager leads through a list by cursor: forward page by page, and back to the first.
type pager struct{ First, Next string }

func (v *visit) pager(next string) pager {
	return v.pagerAt(v.Request.URL.Path, v.Request.URL.RawQuery, next)
}

// pagerAt leads through the list of a page by the query that it shows, which may say more than the one asked for.
func (v *visit) pagerAt(path, query, next string) pager {
	here := &url.URL{Path: path, RawQuery: query}
	var p pager
	if v.Query("cursor") != "" {
		p.First = with(here, "cursor", "")
	}
	if next != "" {
		p.Next = with(here, "cursor", next)
	}
	return p
}

type memosBody struct {
	Items    []models.CaseSummary
	Tabs     []tab
	Statuses []option
	Text     string
	Box      string
	Pages    pager
	Writes   bool
}

// option is one choice of a select or of radios.
type option struct {
	Value, Text, Hint string
	On                bool
}

func (v *visit) memosPage() error {
	ctx, a := v.Request.Context(), v.actor()
	q := desk.CaseQuery{Box: v.Query("box"), Kind: models.KindMemo, Status: models.Status(v.Query("status")), Text: strings.TrimSpace(v.Query("q")), PageQuery: v.pageQuery()}
	units, err := v.portal.Desk.SendingUnits(ctx, a)
	if err != nil {
		return err
	}
	if q.Box == "" {
		if q.Box, err = v.firstBox(len(units) > 0); err != nil {
			return err
		}
	}
	page, err := v.portal.Desk.Cases(ctx, a, q)
	if err != nil {
		return err
	}
	body := memosBody{Items: page.Items, Tabs: v.boxes(q.Box), Statuses: v.statuses(q.Status), Text: q.Text, Box: q.Box, Pages: v.pager(page.Next), Writes: len(units) > 0}
	return v.show("memos", frame{Title: v.say.T("portal.memos.title"), Body: body})
}

// firstBox is the list that a reader begins with: their own memos, or all that they may see where they never wrote one.
func (v *visit) firstBox(writes bool) (string, error) {
	if writes {
		return "mine", nil
	}
	own, err := v.portal.Desk.Cases(v.Request.Context(), v.actor(), desk.CaseQuery{Box: "mine", Kind: models.KindMemo, PageQuery: models.PageQuery{Limit: 1}})
	if err != nil || len(own.Items) > 0 {
		return "mine", err
	}
	return "all", nil
}

func (v *visit) boxes(current string) []tab {
	var tabs []tab
	for _, box := range []string{"mine", "decided", "unit", "all"} {
		tabs = append(tabs, tab{v.say.T("portal.box." + box), "/memos?box=" + box, -1, box == current})
	}
	return tabs
}

func (v *visit) statuses(current models.Status) []option {
	options := []option{{Text: v.say.T("portal.memos.any_status")}}
	for _, s := range models.Statuses() {
		options = append(options, option{Value: string(s), Text: v.say.T("portal.status." + string(s)), On: s == current})
	}
	return options
}
