package web

import (
	"errors"
	"net/http"
	"strings"

	"loket/internal/desk"
	"loket/models"
)

// sought is what was searched for on this page, for the box on top of it.
func (v *visit) sought() string {
	if v.Request.URL.Path != "/search" {
		return ""
	}
	return strings.TrimSpace(v.Query("q"))
}

type searchBody struct {
	Text  string
	Items []models.CaseSummary
	Pages pager
}

// searchPage finds what the reader may see; a number leads straight to its page.
func (v *visit) searchPage() error {
	ctx, a, text := v.Request.Context(), v.actor(), strings.TrimSpace(v.Query("q"))
	body := searchBody{Text: text}
	if text != "" {
		found, err := v.portal.Desk.Track(ctx, a, text)
		if err == nil {
			return v.to(models.CasePath(found.Kind, found.ID), "")
		}
		if !errors.Is(err, models.ErrNotFound) {
			return err
		}
		page, err := v.portal.Desk.Cases(ctx, a, desk.CaseQuery{Box: "all", Text: text, PageQuery: v.pageQuery()})
		if err != nil {
			return err
		}
		body.Items, body.Pages = page.Items, v.pager(page.Next)
	}
	return v.show("search", frame{Title: v.say.T("inbox.search.title"), Lead: v.say.T("inbox.search.lead"), Body: body})
}

// trackBody is where a case stands, found by its number.
type trackBody struct {
	Number string
	Memo   *models.MemoView
	Steps  []step
	Lines  []faultLine
}

// Error is the sentence beside one field.
func (b trackBody) Error(field string) string { return of(b.Lines, field) }

// trackPage tells where a memo stands; the number of another case leads to its page, which tells the same. What there is
// not, and what the reader may not see, are told alike.
func (v *visit) trackPage() error {
	ctx, a := v.Request.Context(), v.actor()
	body := trackBody{Number: strings.TrimSpace(v.Query("number"))}
	f := frame{Title: v.say.T("inbox.track.title"), Lead: v.say.T("inbox.track.lead")}
	if body.Number == "" {
		if _, asked := v.GetQuery("number"); asked {
			body.Lines = v.faultLines(models.Invalid(models.Fault("number", "number_missing")))
			f.Faults, f.Body = body.Lines, body
			return v.showAs(http.StatusUnprocessableEntity, "track", f)
		}
		f.Body = body
		return v.show("track", f)
	}
	found, err := v.portal.Desk.Track(ctx, a, body.Number)
	if errors.Is(err, models.ErrNotFound) {
		body.Lines = v.faultLines(models.Invalid(models.Fault("number", "number_not_found")))
		f.Faults, f.Body = body.Lines, body
		return v.showAs(http.StatusNotFound, "track", f)
	}
	if err != nil {
		return err
	}
	if found.Kind != models.KindMemo {
		return v.to(models.CasePath(found.Kind, found.ID), "")
	}
	memo, err := v.portal.Desk.Memo(ctx, a, found.ID)
	if err != nil {
		return err
	}
	body.Memo, body.Steps = &memo, v.steps(memo)
	f.Body = body
	return v.show("track", f)
}
