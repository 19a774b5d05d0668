package web

import (
	"errors"

	"loket/models"
)

// talk is what was said about a memo, and the form for saying more with what was typed into it.
type talk struct {
	Items []models.Comment
	May   bool
	Text  string
	Lines []faultLine
}

// Error is the sentence beside one field.
func (t talk) Error(field string) string { return of(t.Lines, field) }

// Form tells whether there is a form: what was typed before the memo ended is not lost either.
func (t talk) Form() bool { return t.May || t.Text != "" }

// Shown tells whether there is anything to read or to write.
func (t talk) Shown() bool { return t.Form() || len(t.Items) > 0 }

// Most is how many characters a comment may have.
func (t talk) Most() int { return models.MaxComment }

// talk reads the comments on a memo.
func (v *visit) talk(id string) (talk, error) {
	items, may, err := v.portal.Desk.Comments(v.Request.Context(), v.actor(), id)
	return talk{Items: items, May: may}, err
}

// toComments leads whoever reloads an answer of the form to the comments themselves.
func (v *visit) toComments() error {
	memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	return v.to("/memos/"+memo.ID+"#comments", "")
}

// comment keeps what was typed. What is wrong with it is told on the memo's own page, with the text still in the form.
func (v *visit) comment() error {
	_, err := v.portal.Desk.AddComment(v.Request.Context(), v.actor(), v.Param("id"), v.PostForm("text"), v.key())
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrForbidden) {
		return v.showMemo(p)
	}
	if err != nil {
		return err
	}
	return v.to("/memos/"+v.Param("id")+"#comments", "commented")
}

// showMemo shows a memo's page, with what is wrong with a comment where one was refused.
func (v *visit) showMemo(p *models.Problem) error {
	body, err := v.memoBody()
	if err != nil {
		return err
	}
	f := v.memoFrame(body.Memo)
	if p == nil {
		f.Body = v.live(body)
		return v.show("memo", f)
	}
	f.Faults = v.faultLines(p)
	for i := range f.Faults {
		f.Faults[i].Name, f.Faults[i].Href = v.say.T("portal.comments.add"), "#comment"
	}
	body.Talk.Text, body.Talk.Lines = v.PostForm("text"), f.Faults
	f.Body = v.live(body)
	return v.showAs(statusOf(p.Code), "memo", f)
}
