package web

import (
	"errors"
	"net/http"
	"strings"

	"loket/models"
)

// longestLetterCode is far above a real one, with every blank that may be typed into it.
const longestLetterCode = 100

// letterCode is the form for a letter's code. Unknown says that nobody issued a letter with it, which is a verdict.
type letterCode struct {
	Code    string
	Unknown bool
}

// letterCodePage leads from a typed code to its letter's page: not every telephone reads QR codes.
func (v *visit) letterCodePage() error {
	code, asked := v.GetQuery("code")
	f := frame{Title: v.say.T("letter.ask.title"), Lead: v.say.T("letter.ask.lead"), Body: letterCode{Code: code}}
	if !asked {
		return v.show("letter-code", f)
	}
	if id := plainCode(code); id != "" {
		return v.to("/verify/"+id, "")
	}
	p := models.Invalid(models.Fault("code", "letter_code_needed"))
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "letter-code", f)
}

// plainCode keeps of a typed code what may stand in one, and in an address.
func plainCode(typed string) string {
	code := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(typed))
	return code[:min(len(code), longestLetterCode)]
}

// unknownLetter is the verdict on a code that no letter has; other errors stay what they are.
func (v *visit) unknownLetter(err error) error {
	if !errors.Is(err, models.ErrNotFound) {
		return err
	}
	v.Header("X-Robots-Tag", "noindex")
	return v.showAs(http.StatusNotFound, "letter-code", frame{Title: v.say.T("letter.unknown.title"), Path: "/verify", Body: letterCode{Code: v.Param("id"), Unknown: true}})
}
