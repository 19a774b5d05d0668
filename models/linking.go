package models

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Directorate is a part of an application's agency, as the application names it.
type Directorate struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// ApplicationUser is somebody as an application's own user table knows them.
type ApplicationUser struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Directorates []Directorate `json:"directorates"`
}

// LinkSubject is whom an application is asked about: one of its users, or a company by its NPWP.
type LinkSubject struct{ User, NPWP string }

// LinkProof is what somebody proves with that a user of an application is theirs. The password goes to the application
// and is kept nowhere.
type LinkProof struct{ Username, Password string }

// ApplicationLink says who an account is in an application's own user table. Account, Username and Name are the owner's.
type ApplicationLink struct {
	Application string    `json:"application"`
	Account     string    `json:"account"`
	Username    string    `json:"username"`
	Name        string    `json:"name"`
	User        string    `json:"application_user"`
	UserName    string    `json:"application_user_name"`
	Linked      time.Time `json:"linked"`
}

// LinkPlace is where somebody stands in an application that has its own login: User is empty until they are linked, NPWP
// that of their company where the application knows it. Stale says that the application did not answer, so that the
// directorates are those of Looked. Chosen is the code of the one chosen in this session.
type LinkPlace struct {
	User         string        `json:"application_user,omitempty"`
	NPWP         string        `json:"npwp,omitempty"`
	Directorates []Directorate `json:"directorates"`
	Chosen       string        `json:"chosen,omitempty"`
	Looked       *time.Time    `json:"looked,omitempty"`
	Stale        bool          `json:"stale"`
}

// Known tells whether the application knows them: as a user of its own, or by their company.
func (p LinkPlace) Known() bool { return p.User != "" || p.NPWP != "" }

// Settled gives the directorate for which the application opens: the only one, or the one that was chosen. Where there
// is none at all, none is asked for.
func (p LinkPlace) Settled() (Directorate, bool) {
	if len(p.Directorates) == 1 {
		return p.Directorates[0], true
	}
	for _, d := range p.Directorates {
		if d.Code == p.Chosen {
			return d, true
		}
	}
	return Directorate{}, len(p.Directorates) == 0
}

// The refusals of linking.
var (
	ErrLinkAway   = &Problem{Code: "link_away", RetryAfter: 60}    // the application does not answer
	ErrLinkLocked = &Problem{Code: "link_locked", RetryAfter: 900} // too many wrong proofs
	ErrLinkTaken  = &Problem{Code: "link_taken"}                   // another account has that user
	ErrLinked     = &Problem{Code: "linked_already"}               // this account has another user of the application
)

// Bounds of what an application may tell of its users.
const (
	MaxDirectorates = 50
	mostLinkText    = 200
	mostLinkCode    = 64
)

// CheckLinkProof lists what is missing.
func CheckLinkProof(p LinkProof) []FieldFault {
	var faults []FieldFault
	if f := lineFault("username", p.Username, mostLinkText); f != nil {
		faults = append(faults, *f)
	}
	switch {
	case p.Password == "":
		faults = append(faults, Fault("password", "required"))
	case len(p.Password) > 1024:
		faults = append(faults, Fault("password", "text_too_long", "max", strconv.Itoa(1024)))
	}
	return faults
}

// SoundUser tells whether what an application told of a user can be kept: short lines without unseen characters, each
// directorate once.
func SoundUser(u ApplicationUser) bool {
	return soundLine(u.ID, mostLinkText) && (u.Name == "" || soundLine(u.Name, mostLinkText)) && SoundDirectorates(u.Directorates)
}

// SoundDirectorates is SoundUser for directorates alone.
func SoundDirectorates(list []Directorate) bool {
	if len(list) > MaxDirectorates {
		return false
	}
	seen := map[string]bool{}
	for _, d := range list {
		if !soundLine(d.Code, mostLinkCode) || !soundLine(d.Name, mostLinkText) || seen[d.Code] {
			return false
		}
		seen[d.Code] = true
	}
	return true
}

func soundLine(s string, most int) bool {
	return s != "" && strings.TrimSpace(s) == s && utf8.ValidString(s) && utf8.RuneCountInString(s) <= most &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}
