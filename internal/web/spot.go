package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// spot is the part of a draft's list that its page shows. The form carries it, so that every answer leads back to it:
// whoever mends row 60 stays there.
type spot struct {
	From    int  // a row of the page, from 1; rows have their numbers even while others are taken out or mended
	Fixing  bool // only the rows to be mended
	Checked bool // with everything in the way of sending on top
	Open    int  // the row whose inputs were asked for, 0 for none; its page is shown
	Adding  bool // with a new, empty row after the last page
}

// spot reads where the reader is, from the address or from the form.
func (v *visit) spot() spot {
	ask := v.Query
	if v.Request.Method == http.MethodPost {
		ask = v.form
	}
	p := spot{From: atoi(ask("from")), Fixing: ask("show") == "fix", Checked: ask("check") != "", Open: atoi(ask("open")), Adding: ask("add") != ""}
	if p.Open > 0 {
		p.From = p.Open
	}
	return p
}

// address is the spot's own, at one of its anchors.
func (p spot) address(memo, at string) string {
	q := url.Values{}
	if p.From > 1 {
		q.Set("from", strconv.Itoa(p.From))
	}
	for name, on := range map[string]bool{"check": p.Checked, "add": p.Adding} {
		if on {
			q.Set(name, "1")
		}
	}
	if p.Fixing {
		q.Set("show", "fix")
	}
	if p.Open > 0 {
		q.Set("open", strconv.Itoa(p.Open))
	}
	return (&url.URL{Path: "/memos/" + memo + "/edit", RawQuery: q.Encode(), Fragment: at}).String()
}

// after gives where a button leads once the draft is saved, and the anchor there.
func (p spot) after(do, no string) (next spot, at string) {
	here := spot{From: p.From, Fixing: p.Fixing}
	switch do {
	case "check":
		here.Checked = true
		return here, ""
	case "add":
		return spot{Adding: true}, "new-row"
	case "open":
		return spot{Open: atoi(no)}, rowAnchor(atoi(no), "nip")
	case "row":
		row, column, _ := strings.Cut(no, "-")
		return spot{Open: atoi(row), Checked: true}, rowAnchor(atoi(row), column)
	case "turn":
		return spot{From: atoi(no), Fixing: p.Fixing, Checked: p.Checked}, "rows"
	case "all", "fix":
		return spot{Fixing: do == "fix", Checked: p.Checked}, "rows"
	case "paste", "upload":
		return spot{From: atoi(no)}, "rows"
	case "clear":
		return spot{}, "rows"
	case "drop":
		return here, "rows"
	case "attach", "detach":
		return here, "attachments"
	}
	return here, ""
}

// turn is a button that saves the draft and goes to another part of its list.
type turn struct {
	Text, Do string
	Count    int
	Current  bool
}

// leaf is one page of the list among all: which it is, and the first row of its neighbours; 0 for none.
type leaf struct{ No, Of, Before, After int }

// leafAt finds the page of a list that holds the row, or the next one after it.
func leafAt(list []entry, from int) (leaf, []entry) {
	at := slices.IndexFunc(list, func(e entry) bool { return e.No >= from })
	if at < 0 {
		at = max(0, len(list)-1)
	}
	start := at / rowsOnPage * rowsOnPage
	until := min(start+rowsOnPage, len(list))
	l := leaf{No: at/rowsOnPage + 1, Of: max(1, (len(list)+rowsOnPage-1)/rowsOnPage)}
	if start > 0 {
		l.Before = list[start-rowsOnPage].No
	}
	if until < len(list) {
		l.After = list[until].No
	}
	return l, list[start:until]
}

// rowsOnPage is how many rows a page of the list holds.
const rowsOnPage = 50
