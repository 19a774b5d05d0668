package web

import (
	"slices"
	"strings"

	"loket/models"
)

// phrasesBody is the list of reasons that are given often, each with its own form. Faulty is the one whose form is
// wrong, "" the new one's.
type phrasesBody struct {
	Own, Shared []models.Phrase
	Keeps       bool // the reader keeps the agency's too
	Text        string
	ForAll      bool
	Faulty      string
	Lines       []faultLine
}

// Error is the sentence beside one phrase.
func (b phrasesBody) Error(id string) string {
	if id != b.Faulty {
		return ""
	}
	return of(b.Lines, "text")
}

func (v *visit) phrasesPage() error { return v.showPhrases(models.Phrase{}, nil) }

func (v *visit) showPhrases(typed models.Phrase, p *models.Problem) error {
	list, err := v.portal.Desk.Phrases(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	body := phrasesBody{Keeps: v.actor().Has(models.RoleAdmin), Faulty: typed.ID}
	if p != nil && typed.ID == "" {
		body.Text, body.ForAll = typed.Text, typed.Shared
	}
	for _, phrase := range list {
		if p != nil && phrase.ID == typed.ID {
			phrase.Text = typed.Text
		}
		if phrase.Shared {
			body.Shared = append(body.Shared, phrase)
		} else {
			body.Own = append(body.Own, phrase)
		}
	}
	f := frame{Title: v.say.T("inbox.phrases.title"), Lead: v.say.T("inbox.phrases.lead"), Path: "/phrases"}
	if p == nil {
		f.Body = body
		return v.show("phrases", f)
	}
	body.Lines = v.faultLines(p)
	for i := range body.Lines {
		body.Lines[i].Href = "#" + strings.TrimSuffix("text-"+typed.ID, "-")
	}
	f.Faults, f.Body = body.Lines, body
	return v.showAs(statusOf(p.Code), "phrases", f)
}

// savePhrase keeps a new phrase, or changes the one that the address names.
func (v *visit) savePhrase() error {
	phrase := models.Phrase{ID: v.Param("id"), Text: v.form("text"), Shared: v.form("shared") != ""}
	_, err := v.portal.Desk.SavePhrase(v.Request.Context(), v.actor(), phrase)
	if p, ok := formProblem(err); ok && len(p.Faults) > 0 {
		return v.showPhrases(phrase, p)
	}
	if err != nil {
		return err
	}
	return v.to("/phrases", "phrase_saved")
}

func (v *visit) dropPhrase() error {
	if err := v.portal.Desk.DropPhrase(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/phrases", "phrase_dropped")
}

// inserting tells whether a form only asks for a phrase to be put into its reason; nothing is decided then.
func (v *visit) inserting() bool { return v.form("do") == "phrase" }

// phrases are what the reader may put into a reason. Without them the form is shown all the same.
func (v *visit) phrases() []option {
	list, err := v.portal.Desk.Phrases(v.Request.Context(), v.actor())
	if err != nil {
		return nil
	}
	var options []option
	for _, p := range list {
		options = append(options, option{Value: p.ID, Text: p.Text})
	}
	return options
}

// reason is what was typed into a field, with the phrase that was asked for at its end.
func (v *visit) reason(field string) string {
	typed := v.form(field)
	if !v.inserting() {
		return typed
	}
	options := v.phrases()
	at := slices.IndexFunc(options, func(o option) bool { return o.Value == v.form("phrase") })
	if at < 0 || strings.Contains(typed, options[at].Text) {
		return typed
	}
	return strings.TrimSpace(typed + "\n" + options[at].Text)
}
