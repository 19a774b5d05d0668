package models

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// TraderColumns are the columns of a list of old traders' accounts; TraderColumnsNeeded those that it cannot do without.
func TraderColumns() []string {
	return []string{"npwp", "company", "name", "username", "email", "phone", "responsible", "ends"}
}

// TraderColumnsNeeded are the columns without which there is nobody to make an account for.
func TraderColumnsNeeded() []string { return []string{"npwp", "company", "name", "email"} }

// TraderRow is one line of such a list. An empty Username is made of the name; Ends is the last day of the account, none for
// a year from now.
type TraderRow struct {
	Line        int
	NPWP        string
	Company     string
	Name        string
	Username    string
	Email       string
	Phone       string
	Responsible bool
	Ends        Date
}

const maxCompanyName = 150

// ParseTraderRow reads the cells of one line by column, and says what is wrong with each. today is the first day on which
// an account may end.
func ParseTraderRow(cells map[string]string, today Date) (TraderRow, []FieldFault) {
	r := &row{cells: map[string]string{}}
	maps.Copy(r.cells, cells)
	r.cells["ends"] = yearFirst(cells["ends"])
	t := TraderRow{
		NPWP:        r.take("npwp", ParseNPWP),
		Company:     r.take("company", textUpTo(maxCompanyName)),
		Name:        r.take("name", ParseName),
		Username:    r.maybe("username", parseUsername),
		Email:       r.take("email", ParseEmail),
		Phone:       r.maybe("phone", readTelephone),
		Responsible: r.yes("responsible"),
		Ends:        r.date("ends", false),
	}
	if !t.Ends.IsZero() && today.After(t.Ends) {
		r.fault("ends", "date_past")
	}
	return t, r.faults
}

// yearFirst turns a day as offices write it, 31-12-2026 or 31/12/2026, into 2026-12-31; anything else stays.
func yearFirst(s string) string {
	parts := strings.FieldsFunc(strings.TrimSpace(s), func(c rune) bool { return strings.ContainsRune("-/.", c) })
	if len(parts) != 3 || len(parts[2]) != 4 {
		return s
	}
	for i := range parts[:2] {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	return parts[2] + "-" + parts[1] + "-" + parts[0]
}

func parseUsername(field, s string) (string, []FieldFault) {
	name := strings.ToLower(strings.TrimSpace(s))
	if !ValidUsername(name) {
		return name, []FieldFault{Fault(field, "username_invalid")}
	}
	return name, nil
}

// yes reads a cell that says yes or no in either language; empty is no.
func (r *row) yes(column string) bool {
	switch text := strings.ToLower(strings.TrimSpace(r.cells[column])); {
	case slices.Contains([]string{"ya", "y", "yes", "true", "1"}, text):
		return true
	case !slices.Contains([]string{"", "tidak", "t", "no", "n", "false", "0"}, text):
		r.fault(column, "choice_unknown", "allowed", "ya, tidak, yes, no, true, false, 1, 0")
	}
	return false
}

// CheckTraders compares the lines with each other: an address and a username belong to one person.
func CheckTraders(rows []TraderRow) []RowFault {
	var faults []RowFault
	emails, usernames := map[string]int{}, map[string]int{}
	once := func(seen map[string]int, t TraderRow, field, value, code string) {
		if value == "" {
			return
		}
		if first, twice := seen[value]; twice {
			faults = append(faults, RowFault{Line: t.Line, FieldFault: Fault(field, code, "line", strconv.Itoa(first))})
			return
		}
		seen[value] = t.Line
	}
	for _, t := range rows {
		once(emails, t, "email", t.Email, "email_twice")
		once(usernames, t, "username", t.Username, "username_twice")
	}
	return append(faults, differingCompanies(rows)...)
}

// differingCompanies finds lines that call one company by two names.
func differingCompanies(rows []TraderRow) []RowFault {
	var faults []RowFault
	first := map[string]TraderRow{}
	for _, t := range rows {
		key := NPWPKey(t.NPWP)
		if was, known := first[key]; !known {
			first[key] = t
		} else if foldLatin(was.Company) != foldLatin(t.Company) {
			faults = append(faults, RowFault{Line: t.Line, FieldFault: Fault("company", "company_differs", "line", strconv.Itoa(was.Line))})
		}
	}
	return faults
}

// NPWPKey is the same for the two forms of one number: the one of 16 digits begins with a nought that the one of 15 has not.
func NPWPKey(npwp string) string {
	if len(npwp) == 16 {
		return strings.TrimPrefix(npwp, "0")
	}
	return npwp
}

// OldAccountForm is what the owner of an imported account gives to get a link for their first password.
type OldAccountForm struct {
	NPWP  string `json:"npwp"`
	Email string `json:"email"`
}

// ParseOldAccountForm reads a form for its shape alone. Nothing of any account shows in its faults.
func ParseOldAccountForm(f OldAccountForm) (OldAccountForm, []FieldFault) {
	npwp, faults := ParseNPWP("npwp", f.NPWP)
	email, found := ParseEmail("email", f.Email)
	return OldAccountForm{npwp, email}, append(faults, found...)
}

// What a look at such a form came to where no link went out. The public never hears of it; the audit does.
const (
	OldAccountUnknown    = "unknown"
	OldAccountActive     = "active" // told by mail that the password is asked for elsewhere
	OldAccountClosed     = "closed"
	OldAccountTooOften   = "too_often"
	OldAccountUnreadable = "unreadable"
)
