package models

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ApplicationKind tells whether an application can keep a secret.
type ApplicationKind string

// The kinds. A public one, as on a phone, proves itself by PKCE alone.
const (
	ApplicationConfidential ApplicationKind = "confidential"
	ApplicationPublic       ApplicationKind = "public"
)

// ApplicationAccess says who may open an application.
type ApplicationAccess string

// The rules. Everyone is employees and companies' people alike. By grant: a memo gives it, for as long as the contract lasts.
// By company: whoever holds the application's area in a company may open it.
const (
	AccessEmployees ApplicationAccess = "employees"
	AccessEveryone  ApplicationAccess = "everyone"
	AccessByGrant   ApplicationAccess = "grant"
	AccessByCompany ApplicationAccess = "company"
	AccessByRequest ApplicationAccess = "request" // who needs it asks for it; see AccessTransitions
)

// ApplicationKinds lists every kind once.
func ApplicationKinds() []ApplicationKind {
	return []ApplicationKind{ApplicationConfidential, ApplicationPublic}
}

// ApplicationAccesses lists every rule once.
func ApplicationAccesses() []ApplicationAccess {
	return []ApplicationAccess{AccessEmployees, AccessEveryone, AccessByGrant, AccessByCompany, AccessByRequest}
}

// ApplicationIcons lists the pictures a tile may have; each is drawn by the portal.
func ApplicationIcons() []string {
	return []string{"window", "calendar", "archive", "people", "chart", "letter"}
}

// Application is a program that accounts open through OpenID Connect. ID is its client id and never changes; Launch is
// where its tile leads; Owner is the account that answers for it, by username. Users counts who was granted it.
type Application struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	About       string            `json:"about"`
	Provider    string            `json:"provider"`
	Kind        ApplicationKind   `json:"kind"`
	Icon        string            `json:"icon"`
	Access      ApplicationAccess `json:"access"`
	Area        Area              `json:"area,omitempty"` // of access by company
	Launch      string            `json:"launch"`
	Redirects   []string          `json:"redirect_uris"`
	PostLogout  []string          `json:"post_logout_redirect_uris"`
	BackChannel string            `json:"backchannel_logout_uri,omitempty"`
	Owner       string            `json:"owner,omitempty"`
	OwnerName   string            `json:"owner_name,omitempty"`
	ThirdParty  bool              `json:"third_party"`
	Enabled     bool              `json:"enabled"`
	Users       int               `json:"users"`
	Version     int               `json:"version"`
	SecretSet   *time.Time        `json:"secret_set,omitempty"`
	// Linking is where an application that has its own login proves it, see internal/linking; empty where it has none.
	// LinkingSet is when the secret for it was made, LinkedUsers how many accounts are linked.
	Linking     string     `json:"linking_address,omitempty"`
	LinkingSet  *time.Time `json:"linking_secret_set,omitempty"`
	LinkedUsers int        `json:"linked_users"`
}

// ApplicationTile is an application as somebody who may open it sees it.
type ApplicationTile struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	About    string `json:"about"`
	Provider string `json:"provider"`
	Icon     string `json:"icon"`
	Launch   string `json:"launch"`
	// Linking says that it has its own login, LinkedAs which of its users the reader is there; Directorates is among how
	// many they choose. Users counts who has it.
	Linking      bool       `json:"linking"`
	LinkedAs     string     `json:"linked_as,omitempty"`
	Linked       *time.Time `json:"linked,omitempty"`
	Directorates int        `json:"directorates"`
	Users        int        `json:"users"`
}

// Bounds of what is registered.
const (
	MaxAddresses = 10
	mostAddress  = 500
	mostAbout    = 200
)

// CheckApplication lists what is wrong with a registration.
func CheckApplication(a Application) []FieldFault {
	var faults []FieldFault
	add := func(f *FieldFault) {
		if f != nil {
			faults = append(faults, *f)
		}
	}
	if !regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`).MatchString(a.ID) {
		faults = append(faults, Fault("id", "application_id"))
	}
	add(lineFault("name", a.Name, 80))
	add(lineFault("about", a.About, mostAbout))
	add(lineFault("provider", a.Provider, 120))
	for field, known := range map[string]bool{"kind": slices.Contains(ApplicationKinds(), a.Kind), "icon": slices.Contains(ApplicationIcons(), a.Icon),
		"access": slices.Contains(ApplicationAccesses(), a.Access)} {
		if !known {
			faults = append(faults, Fault(field, "choice_unknown"))
		}
	}
	add(a.areaFault())
	if a.Access == AccessByRequest && a.Owner == "" { // nobody could say yes
		faults = append(faults, Fault("owner", "required"))
	}
	if !webAddress(a.Launch) {
		faults = append(faults, Fault("launch", "web_address"))
	}
	if len(a.Redirects) == 0 {
		faults = append(faults, Fault("redirect_uris", "required"))
	}
	add(addressFault("redirect_uris", a.Redirects))
	add(addressFault("post_logout_redirect_uris", a.PostLogout))
	if a.BackChannel != "" && !webAddress(a.BackChannel) {
		faults = append(faults, Fault("backchannel_logout_uri", "web_address"))
	}
	if a.Linking != "" && (!webAddress(a.Linking) || strings.ContainsAny(a.Linking, "?;")) {
		faults = append(faults, Fault("linking_address", "web_address"))
	}
	slices.SortStableFunc(faults, func(x, y FieldFault) int { return strings.Compare(x.Field, y.Field) })
	return faults
}

// areaFault holds access by company to an area, and any other to none.
func (a Application) areaFault() *FieldFault {
	f := Fault("area", "choice_unknown")
	switch {
	case a.Access != AccessByCompany && a.Area == "", a.Access == AccessByCompany && slices.Contains(Areas(), a.Area):
		return nil
	case a.Access == AccessByCompany && a.Area == "":
		f = Fault("area", "required")
	case a.Access != AccessByCompany:
		f = Fault("area", "area_unused")
	}
	return &f
}

func lineFault(field, text string, most int) *FieldFault {
	f := FieldFault{}
	switch {
	case text == "":
		f = Fault(field, "required")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		f = Fault(field, "text_unseen_characters")
	case utf8.RuneCountInString(text) > most:
		f = Fault(field, "text_too_long", "max", strconv.Itoa(most))
	default:
		return nil
	}
	return &f
}

func addressFault(field string, list []string) *FieldFault {
	f := Fault(field, "web_address")
	switch {
	case len(list) > MaxAddresses:
		f = Fault(field, "list_too_long", "max", strconv.Itoa(MaxAddresses))
	case !slices.ContainsFunc(list, func(a string) bool { return !webAddress(a) }):
		return nil
	}
	return &f
}

// webAddress accepts https, and http on this machine alone; a fragment, a user, a wildcard or a dot segment makes it
// none, since it is compared as a string and must mean one place.
func webAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > mostAddress || u.Host == "" || u.User != nil || strings.ContainsAny(address, "#*\\ \t\r\n") {
		return false
	}
	if strings.Contains(u.Path, "/../") || strings.HasSuffix(u.Path, "/..") || strings.ContainsFunc(address, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && onThisMachine(u.Hostname())
}

func onThisMachine(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
