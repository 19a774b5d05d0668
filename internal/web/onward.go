package web

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"loket/models"
)

// beside leads through the list from which a memo was opened. In spells the list; the addresses are empty where it ends.
type beside struct{ In, Before, After, List string }

// listQuery is the list from which the reader came, as the page's address or its form tells it.
func (v *visit) listQuery() models.WorkQuery {
	in := v.PostForm("in")
	if in == "" {
		in = v.Query("in")
	}
	asked, _ := url.ParseQuery(in) // what does not parse narrows nothing
	return workQuery(asked)
}

// fromList tells whether the reader came from a list.
func (v *visit) fromList() bool { return v.PostForm("in") != "" || v.Query("in") != "" }

// inList spells the list from which the reader came; empty when they came from elsewhere.
func (v *visit) inList() string {
	if !v.fromList() {
		return ""
	}
	return spelled(v.listQuery())
}

// besides finds the neighbours of a memo in the list from which the reader came; nil when they came from elsewhere.
// turn says that the neighbours are opened where they are decided on.
func (v *visit) besides(id string, turn bool) *beside {
	if !v.fromList() {
		return nil
	}
	q := v.listQuery()
	before, after, err := v.portal.Desk.Beside(v.Request.Context(), v.actor(), q, id)
	if err != nil {
		return nil // the way back is a convenience: the memo is shown without it
	}
	in := spelled(q)
	b := &beside{In: in, List: "/inbox?" + in}
	for at, to := range map[*string]string{&b.Before: before, &b.After: after} {
		if to != "" {
			*at = memoAddress(to, in, turn)
		}
	}
	return b
}

func memoAddress(id, in string, turn bool) string {
	address := "/memos/" + id
	if turn {
		address += "/turn"
	}
	return address + "?" + url.Values{"in": {in}}.Encode()
}

// turnPage opens a memo where its reader can decide on it, or else the memo itself.
func (v *visit) turnPage() error {
	memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return v.orRegistration(err, "/decide")
	}
	address := "/memos/" + memo.ID
	switch {
	case slices.Contains(memo.Actions, models.ActionApprove):
		address += "/decide"
	case slices.Contains(memo.Actions, models.ActionVerify):
		address += "/verify"
	}
	return v.onward(address, "")
}

// orRegistration leads to the registration that the address names, where there is no such memo: lists hold both.
func (v *visit) orRegistration(err error, part string) error {
	if !errors.Is(err, models.ErrNotFound) {
		return err
	}
	if q, err := v.portal.Desk.AccessCase(v.Request.Context(), v.actor(), v.Param("id")); err == nil {
		address := models.CasePath(models.KindAccess, q.ID)
		if slices.Contains(q.Actions, models.ActionApprove) {
			address += part
		}
		return v.onward(address, "")
	}
	r, err := v.portal.Desk.Registration(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	return v.onward("/registrations/"+r.ID+part, "")
}

// onward goes to an address without forgetting the list from which the reader came, nor what the last form left to say.
func (v *visit) onward(address, done string) error {
	if in := v.inList(); in != "" {
		address += "?" + url.Values{"in": {in}}.Encode()
	}
	return v.to(address, done)
}

// ahead is what comes after a memo in the list from which the reader came, found before they decide: once they have,
// the memo's place is gone.
type ahead struct {
	number, next, list string
	before             bool // somebody waits before it
}

// lookAhead remembers what comes next; for a reader who came from no list, nothing.
func (v *visit) lookAhead() {
	v.lookAheadOf(func() (string, error) {
		memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), v.Param("id"))
		return memo.Number, err
	})
}

// lookAheadOf is lookAhead for a case whose number is read so.
func (v *visit) lookAheadOf(number func() (string, error)) {
	b := v.besides(v.Param("id"), true)
	if b == nil {
		return
	}
	if no, err := number(); err == nil {
		v.ahead = &ahead{number: no, next: b.After, list: b.List, before: b.Before != ""}
	}
}

// moveOn leads from a decision to the next of the list, or back to the list after its last. The next page tells what
// was decided.
func (v *visit) moveOn(done string) error {
	if v.ahead.next == "" {
		then := ".last"
		if v.ahead.before {
			then = ".left"
		}
		return v.to(v.ahead.list, movedFlash+done+"."+v.ahead.number+then)
	}
	return v.to(v.ahead.next, movedFlash+done+"."+v.ahead.number+".next")
}

// movedFlash begins a flash that tells what was decided on which case, and where that led.
const movedFlash = "moved."

// movedText is the sentence of such a flash; a browser may send what it likes in its place.
func (v *visit) movedText(rest string) string {
	parts := strings.Split(rest, ".")
	if len(parts) != 3 || !regexp.MustCompile(`^[A-Z]{3}-\d{4}-\d{6,9}$`).MatchString(parts[1]) {
		return ""
	}
	done, then := "inbox.moved."+parts[0], "inbox.moved."+parts[2]
	if !v.portal.Words.Has(done) || !v.portal.Words.Has(then) {
		return ""
	}
	return v.say.T(done, "number", parts[1]) + " " + v.say.T(then)
}
