package pdf

import (
	"fmt"
	"io"
	"time"

	"loket/internal/i18n"
	"loket/models"
)

// BlankForm is a form that people fill in, sign and attach to a memo. Which fields and statements it has stands in the
// catalogue. It is no letter: it bears no code, and nobody vouches for it.
type BlankForm struct {
	Printer    i18n.Printer
	Letterhead Letterhead
	Kind       models.AttachmentKind
}

// formEdition is when the forms last changed, so that each copy is the same file.
func formEdition() time.Time { return time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC) }

// FormKinds lists the attachments for which there is a form.
func FormKinds() []models.AttachmentKind {
	return []models.AttachmentKind{models.AttachmentSPTJM, models.AttachmentForm}
}

// formFields are the blanks of a form, by their names in the catalogue.
func formFields(k models.AttachmentKind) []string {
	if k == models.AttachmentForm {
		return []string{"name", "nip", "position", "unit", "people", "contact"}
	}
	return []string{"name", "nip", "position", "unit"}
}

// statements is how many numbered statements each form has.
const statements = 4

// Form writes a blank form as a PDF of one page.
func Form(w io.Writer, in BlankForm) error {
	s, err := layOut(Paper{Printer: in.Printer, Letterhead: in.Letterhead, Issued: formEdition()}, false)
	if err != nil {
		return fmt.Errorf("form: %w", err)
	}
	key := "form." + string(in.Kind)
	s.name(s.words.T(key+".title"), s.words.T(key+".about"))
	s.firstPage()
	if err := s.letterhead(); err != nil {
		return fmt.Errorf("form: %w", err)
	}
	s.title(s.words.T(key+".title"), s.words.T(key+".about"))
	text := style{points: 10.5, colour: ink()}
	s.flow(s.words.T("form.undersigned"), text, 2)
	for _, f := range formFields(in.Kind) {
		s.blank(s.words.T("form.field." + f))
	}
	s.y += 4
	s.flow(s.words.T(key+".states"), text, 2)
	for i := 1; i <= statements; i++ {
		s.flow(fmt.Sprintf("%d. %s", i, s.words.T(fmt.Sprintf("%s.%d", key, i))), text, 1.5)
	}
	s.y += 3
	s.flow(s.words.T("form.truly"), text, 0)
	s.signHere()
	return s.finish(w)
}

// blank is a line to write on.
func (s *sheet) blank(label string) {
	st := style{points: 10, colour: muted()}
	const labels = 48.0
	s.put(marginSide, s.y, labels, label, st, left)
	s.put(marginSide+labels-4, s.y, 3, ":", st, left)
	s.rule(marginSide+labels, s.y+5.5, s.inner()-labels, 0.15, muted())
	s.y += 8.5
}

// signHere is where the form is dated and signed.
func (s *sheet) signHere() {
	const width = 75.0
	x, st := s.width-marginSide-width, style{points: 10, colour: ink()}
	s.y += 8
	s.need(52)
	s.y = s.column(x, s.y, width, []string{s.words.T("form.place"), s.words.T("form.signature")}, st, left)
	s.y += 26
	s.rule(x, s.y, width, 0.15, muted())
	s.y = s.column(x, s.y+1, width, []string{s.words.T("form.name_below")}, style{points: 8, colour: muted()}, left)
}
