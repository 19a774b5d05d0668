package models

import (
	"slices"
	"strings"
)

// ActivationForm is what somebody who wants an account gives of themselves: the registry's data as they know them, and
// where the code is to go. Effective is ISO 8601.
type ActivationForm struct {
	NIP       string `json:"nip"`
	Rank      string `json:"rank"`
	Effective string `json:"rank_effective_date"`
	Email     string `json:"email"`
}

// ParseActivationForm reads a form for its shape alone, in the way in which all of it is stored. Nothing of the registry
// shows in its faults: 18 digits, a rank that exists, a day that is not to come, an address.
func ParseActivationForm(f ActivationForm, today Date) (ActivationForm, []FieldFault) {
	var read ActivationForm
	var faults, found []FieldFault
	read.NIP, faults = ParseNIP("nip", f.NIP, "")
	read.Rank, found = ParseRank("rank", f.Rank)
	faults = append(faults, found...)
	effective, found := parseEffective(strings.TrimSpace(f.Effective), today)
	read.Effective = effective.String()
	faults = append(faults, found...)
	read.Email, found = ParseEmail("email", f.Email)
	return read, append(faults, found...)
}

func parseEffective(s string, today Date) (Date, []FieldFault) {
	const field = "rank_effective_date"
	if s == "" {
		return Date{}, []FieldFault{Fault(field, "required")}
	}
	day, err := ParseDate(s)
	if err != nil {
		return day, []FieldFault{Fault(field, "date_invalid")}
	}
	return day, CheckRankDate(field, day, today)
}

// Registered is what is known of the person whom a form names, when somebody looks. Known is false for a stranger, and
// everything else empty.
type Registered struct {
	Known      bool
	Employment EmploymentType
	Status     EmployeeStatus
	Rank       string
	Effective  string   // ISO 8601
	Addresses  []string // the registry's, without empty ones
	HasAccount bool
	OpenMemo   bool
	// OpenTo is where the code of an open activation went; empty where there is none.
	OpenTo string
}

// Why an activation is turned away. The public never hears of it; the audit does.
const (
	TurnedUnknown    = "unknown"
	TurnedEmployment = "not_a_civil_servant"
	TurnedInactive   = "not_active"
	TurnedRank       = "rank_differs"
	TurnedEffective  = "rank_date_differs"
	TurnedAccount    = "has_account"
	TurnedMemo       = "open_memo"
	TurnedOpen       = "already_open"
	TurnedAgain      = "already_open_resent" // by the same address: the code is sent anew where that may be
	TurnedTooOften   = "too_often"
)

// Judge tells why a form does not get a code, empty where it does: for CPNS and PNS at work whose data are as the
// registry has them, and who have no other way to an account open.
func (f ActivationForm) Judge(r Registered) string {
	switch {
	case !r.Known:
		return TurnedUnknown
	case !r.Employment.CivilServant():
		return TurnedEmployment
	case r.Status != EmployeeActive:
		return TurnedInactive
	case f.Rank != r.Rank:
		return TurnedRank
	case f.Effective != r.Effective:
		return TurnedEffective
	case r.HasAccount:
		return TurnedAccount
	case r.OpenMemo:
		return TurnedMemo
	case r.OpenTo == f.Email:
		return TurnedAgain
	case r.OpenTo != "":
		return TurnedOpen
	}
	return ""
}

// Warned gives the addresses of the registry that are told of a request: all of them where it was turned away or where
// the code goes to an address that the registry does not know.
func (f ActivationForm) Warned(r Registered, turned string) []string {
	if turned == TurnedAgain || turned == "" && slices.Contains(r.Addresses, f.Email) {
		return nil
	}
	return r.Addresses
}
