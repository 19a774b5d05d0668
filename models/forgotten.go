package models

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The lives of what a forgotten password leads to, in wall time. A message that cannot leave for that long is of no use
// any more; the link's hour begins as its message leaves.
const (
	ResetLife        = time.Hour
	ResetMessageLife = 24 * time.Hour
)

// ForgottenForm is what somebody who forgot their password gives of themselves (PRODUCT 3.4). BirthDate is ISO 8601. A
// Trader gives the address alone.
type ForgottenForm struct {
	Trader     bool   `json:"trader,omitempty"`
	Username   string `json:"username"`
	NIK        string `json:"nik"`
	BirthPlace string `json:"birth_place"`
	BirthDate  string `json:"birth_date"`
	Email      string `json:"email"`
}

const longestLine = 100

// ParseForgottenForm reads a form for its shape alone, in the way in which it is compared. Nothing of any account shows in
// its faults.
func ParseForgottenForm(f ForgottenForm, today Date) (ForgottenForm, []FieldFault) {
	if f.Trader {
		email, faults := ParseEmail("email", f.Email)
		return ForgottenForm{Trader: true, Email: email}, faults
	}
	var read ForgottenForm
	var faults, found []FieldFault
	read.Username, faults = parseLine("username", f.Username, longestLine)
	read.Username, _, _ = strings.Cut(strings.ToLower(read.Username), "@") // with the agency's domain too
	read.NIK, found = ParseNIK("nik", f.NIK)
	faults = append(faults, found...)
	read.BirthPlace, found = parseLine("birth_place", f.BirthPlace, longestLine)
	faults = append(faults, found...)
	day, found := parseBirthDate(strings.TrimSpace(f.BirthDate), today)
	read.BirthDate = day.String()
	faults = append(faults, found...)
	read.Email, found = ParseEmail("email", f.Email)
	return read, append(faults, found...)
}

func parseBirthDate(s string, today Date) (Date, []FieldFault) {
	const field = "birth_date"
	if s == "" {
		return Date{}, []FieldFault{Fault(field, "required")}
	}
	day, err := ParseDate(s)
	if err != nil || day.After(today) {
		return day, []FieldFault{Fault(field, "date_invalid")}
	}
	return day, nil
}

// Recoverable is what is known of the account that a form names, when somebody looks. Known is false where there is none.
// Birth is of the registry's entry, empty for who stands in none.
type Recoverable struct {
	Known, Active                     bool
	NIK, BirthPlace, BirthDate, Email string
}

// Why a form gets no link. The public never hears of it; the audit does.
const (
	ResetUnknown      = "unknown"
	ResetInactive     = "not_active"
	ResetUnverifiable = "no_identity_known" // of an account that was made without a NIK: the service desk helps
	ResetNIK          = "nik_differs"
	ResetBirth        = "birth_differs"
	ResetEmail        = "email_differs"
	ResetNoTrader     = "no_trader"
	ResetTooOften     = "too_often"
	ResetUnreadable   = "unreadable" // the key is another by now
)

// Judge tells why a form gets no link, empty where it does: for an active account whose owner's data are as the house
// knows them.
func (f ForgottenForm) Judge(k Recoverable) string {
	switch {
	case !k.Known:
		return ResetUnknown
	case !k.Active:
		return ResetInactive
	case k.NIK == "" || k.Email == "":
		return ResetUnverifiable
	case f.NIK != k.NIK:
		return ResetNIK
	case k.BirthPlace != "" && foldPlace(f.BirthPlace) != foldPlace(k.BirthPlace), k.BirthDate != "" && f.BirthDate != k.BirthDate:
		return ResetBirth
	case f.Email != NormalizeEmail(k.Email):
		return ResetEmail
	}
	return ""
}

// foldPlace compares places as people write them: accents, capitals, punctuation, and whether it says Kota or Kabupaten
// before make no difference.
func foldPlace(s string) string {
	words := strings.FieldsFunc(foldLatin(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) > 1 && slices.Contains([]string{"kota", "kab", "kabupaten"}, words[0]) {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// CheckOnSight reads what somebody at the service desk writes of how they knew whom they had before them: 10 to 500
// characters of their own.
func CheckOnSight(text string) (string, []FieldFault) {
	const field, least, most = "on_sight", 10, 500
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	switch {
	case text == "":
		return text, []FieldFault{Fault(field, "required")}
	case !utf8.ValidString(text):
		return text, []FieldFault{Fault(field, "text_unseen_characters")}
	case n < least:
		return text, []FieldFault{Fault(field, "text_too_short", "min", "10")}
	case n > most:
		return text, []FieldFault{Fault(field, "text_too_long", "max", "500")}
	}
	return text, nil
}

// PasswordNotice tells which notice about its end a password of an age is due, in days before; 0 for none. told is the
// last one that was given, 0 for none. A notice whose day was missed is made up for by the next only.
func (p PasswordPolicy) PasswordNotice(age time.Duration, told int) int {
	left := p.MaxAge - age
	if p.MaxAge == 0 || left <= 0 {
		return 0
	}
	due := 0
	for _, days := range p.Notices {
		if left <= time.Duration(days)*24*time.Hour && (due == 0 || days < due) {
			due = days
		}
	}
	if told != 0 && due >= told {
		return 0
	}
	return due
}

// FirstPasswordNotice is how old a password is when its owner is told for the first time; 0 where nobody ever is.
func (p PasswordPolicy) FirstPasswordNotice() time.Duration {
	if p.MaxAge == 0 || len(p.Notices) == 0 {
		return 0
	}
	return p.MaxAge - time.Duration(slices.Max(p.Notices))*24*time.Hour
}
