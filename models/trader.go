package models

import (
	"slices"
	"time"
)

// ErrAccountEnded answers a trader whose account is past its end: nothing is open but its renewal.
var ErrAccountEnded = &Problem{Code: "account_ended"}

// The lives of what a change of address leads to, in wall time; decision 11.
const (
	EmailProofLife = 24 * time.Hour // of the link to the new address, from when it was asked for
	EmailUndoLife  = 72 * time.Hour // of the link to the old one, from when the new one was proven
)

// TraderView is a trader's own account as they see it. Awaited is the change of address that waits for its proof.
type TraderView struct {
	Username    string        `json:"username"`
	Name        string        `json:"name"`
	Phone       string        `json:"phone"`
	Email       string        `json:"email"`
	Locale      string        `json:"locale"`
	Responsible bool          `json:"responsible"`
	Awaited     *EmailAwaited `json:"awaited,omitempty"`
	Term
}

// EmailAwaited is an address that has to prove itself.
type EmailAwaited struct {
	Email   string    `json:"email"`
	Expires time.Time `json:"expires"`
}

// Term is how long a trader's account lives. Ended says that it is over, and RenewableNow that it can be renewed, which is
// so from Opens to Closes. Ends is nil for an account without an end.
type Term struct {
	Ends         *time.Time `json:"ends,omitempty"`
	Opens        *time.Time `json:"opens,omitempty"`
	Closes       *time.Time `json:"closes,omitempty"`
	Ended        bool       `json:"ended"`
	RenewableNow bool       `json:"renewable_now"`
}

// TermOf looks at the end of an account at an instant.
func TermOf(ends *time.Time, now time.Time) Term {
	if ends == nil {
		return Term{}
	}
	opens, closes := ends.Add(-RenewalBefore), ends.Add(RenewalAfter)
	return Term{Ends: ends, Opens: &opens, Closes: &closes, Ended: !now.Before(*ends),
		RenewableNow: !now.Before(opens) && now.Before(closes)}
}

// Over tells whether the account is to be closed: it can be renewed no more.
func (t Term) Over(now time.Time) bool { return t.Closes != nil && !now.Before(*t.Closes) }

// Renewed gives the end that follows from renewing for so long at an instant. What is left of the old term is not lost.
func (t Term) Renewed(now time.Time, validity time.Duration) time.Time {
	if t.Ends != nil && t.Ends.After(now) {
		now = *t.Ends
	}
	return now.Add(validity)
}

// termNotices are how many days before the end of an account its owner is told; 0 is the end itself. PRODUCT 3.3.
func termNotices() []int { return []int{0, 1, 7, 14, 30} }

// TermNotice tells which notice about its end an account is due at an instant, in days before; false for none. told is the
// one that went out last, nil for none. Of several that are due, as after days on which nothing ran, only the nearest to the
// end counts.
func TermNotice(ends, now time.Time, told *int) (days int, due bool) {
	for _, days := range termNotices() {
		if now.Before(ends.Add(-time.Duration(days) * 24 * time.Hour)) {
			continue
		}
		return days, told == nil || days < *told
	}
	return 0, false
}

// FirstTermNotice is how long before the end the first notice goes out.
func FirstTermNotice() time.Duration {
	return time.Duration(slices.Max(termNotices())) * 24 * time.Hour
}

// CompanyView is a company as its people see it. Changed is when its data were changed last and ChangedBy by whom; absent
// where nobody did. Editable says that the reader may.
type CompanyView struct {
	Company
	Changed   *time.Time `json:"changed,omitempty"`
	ChangedBy string     `json:"changed_by,omitempty"`
	Editable  bool       `json:"editable"`
}

// Data is what whoever is responsible changes by themselves.
func (c CompanyView) Data() CompanyData {
	return CompanyData{Address: c.Address, Postcode: c.Postcode, Phone: c.Phone, EDINumber: c.EDINumber, CustomsNumber: c.CustomsNumber}
}

// EmailLink is what the page of a link about an address shows before it is used: Email is the address that the link came
// to. Instead is, of a link that undoes a change, the present address, masked.
type EmailLink struct {
	Username string    `json:"username"`
	Name     string    `json:"name"`
	Email    string    `json:"email"`
	Instead  string    `json:"instead,omitempty"`
	Expires  time.Time `json:"expires"`
}
