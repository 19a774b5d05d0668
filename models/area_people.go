package models

import (
	"slices"
	"time"
)

// The fallible wishes about a company's people.
var (
	// ErrLastResponsible refuses to take the last responsible person from a company: nobody could give areas any more.
	ErrLastResponsible = &Problem{Code: "last_responsible"}
	// ErrHasResponsible refuses an admin's appointment where the company can help itself.
	ErrHasResponsible = &Problem{Code: "has_responsible"}
)

// InvitationLife is how long the link lives by which a company's people set their first password, in case time.
const InvitationLife = 72 * time.Hour

// CompanyPerson is one of a company's people. LastSignIn is the day of their last sign-in, ISO 8601, empty for never; Ends
// is when the account ends. Version grows with each change of what they may do.
type CompanyPerson struct {
	ID          string      `json:"id"`
	Username    string      `json:"username"`
	Name        string      `json:"name"`
	Email       string      `json:"email"`
	Status      string      `json:"status"`
	Responsible bool        `json:"responsible"`
	LastSignIn  string      `json:"last_sign_in,omitempty"`
	Ends        *time.Time  `json:"ends,omitempty"`
	Areas       []AreaGrant `json:"areas"`
	Version     int         `json:"version"`
}

// Answers tells whether the person can answer for the company at an instant.
func (p CompanyPerson) Answers(now time.Time) bool {
	return p.Responsible && p.Status == "active" && (p.Ends == nil || p.Ends.After(now))
}

// StaffView is a company with its people as the reader may see them: a colleague sees themselves alone, whoever is
// responsible and the office see all. Responsible names who answers for it, so that a colleague knows whom to ask. Manages
// says that the reader sets what they may do, Appoints that an admin may make somebody responsible, since nobody is.
type StaffView struct {
	ID          string          `json:"id"`
	NPWP        string          `json:"npwp"`
	Name        string          `json:"name"`
	Responsible []string        `json:"responsible"`
	People      []CompanyPerson `json:"people"`
	Manages     bool            `json:"manages"`
	Appoints    bool            `json:"appoints"`
}

// CompanySummary is a company in the office's list. Responsible counts the active people who answer for it.
type CompanySummary struct {
	ID          string `json:"id"`
	NPWP        string `json:"npwp"`
	Name        string `json:"name"`
	People      int    `json:"people"`
	Responsible int    `json:"responsible"`
}

// AreaApplication is an application that an area opens.
type AreaApplication struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Area Area   `json:"area"`
}

// AreaPreview is what giving somebody other areas comes to: the entries of the menu and the applications that they would
// get, and those that they would lose. Version is of the person, to be sent with the change.
type AreaPreview struct {
	Person  CompanyPerson     `json:"person"`
	Areas   []AreaGrant       `json:"areas"`
	Opens   []AreaEntry       `json:"opens"`
	Closes  []AreaEntry       `json:"closes"`
	Gains   []AreaApplication `json:"gains"`
	Loses   []AreaApplication `json:"loses"`
	Version int               `json:"version"`
}

// PreviewAreas compares what a person has with what they are to have; applications are those that areas open.
func PreviewAreas(p CompanyPerson, areas []AreaGrant, applications []AreaApplication) AreaPreview {
	v := AreaPreview{Person: p, Areas: areas, Version: p.Version, Gains: []AreaApplication{}, Loses: []AreaApplication{}}
	v.Opens, v.Closes = CompareAreas(p.Areas, areas)
	for _, app := range applications {
		had, has := LevelIn(p.Areas, app.Area) != "", LevelIn(areas, app.Area) != ""
		switch {
		case has && !had:
			v.Gains = append(v.Gains, app)
		case had && !has:
			v.Loses = append(v.Loses, app)
		}
	}
	return v
}

// Same tells whether nothing would change.
func (v AreaPreview) Same() bool { return slices.Equal(v.Person.Areas, v.Areas) }

// CompanyStanding is what a trader's account is within its company, as applications hear of it: no NPWP.
type CompanyStanding struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Responsible bool        `json:"responsible"`
	Areas       []AreaGrant `json:"areas"`
}

// CompanyReaderRoles may read every company and its people.
func CompanyReaderRoles() []Role {
	return []Role{RoleOfficer, RoleOfficerLead, RoleSupport1, RoleSupport2, RoleSupport3, RoleSupportLead, RoleAuditor, RoleAdmin}
}

// Colleague is somebody to be invited.
type Colleague struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// ParseColleague reads an invitation, and says what is wrong with it.
func ParseColleague(c Colleague) (Colleague, []FieldFault) {
	name, faults := ParseName("name", c.Name)
	email, found := ParseEmail("email", c.Email)
	return Colleague{name, email}, append(faults, found...)
}
