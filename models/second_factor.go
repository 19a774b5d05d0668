package models

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// FactorMode says whether the agency has second factors: a code from an authenticator app besides the password.
type FactorMode string

// The modes. Off asks nobody; optional asks whoever added one; required also has those add one whose role is worth more
// to a thief, see SecondFactorRoles.
const (
	FactorOff      FactorMode = "off"
	FactorOptional FactorMode = "optional"
	FactorRequired FactorMode = "required"
)

// FactorModes lists every mode.
func FactorModes() []FactorMode { return []FactorMode{FactorOff, FactorOptional, FactorRequired} }

// The refusals of sign-in with a second factor.
var (
	// ErrCodeNeeded says that the password was right and a code is missing.
	ErrCodeNeeded = &Problem{Code: "code_required"}
	// ErrSecondFactorNeeded says that nothing else is open before a second factor is there.
	ErrSecondFactorNeeded = &Problem{Code: "second_factor_required"}
	// ErrSecondFactorSet says that there is one already.
	ErrSecondFactorSet = &Problem{Code: "second_factor_set"}
	// ErrSecondFactorOff says that the agency has none.
	ErrSecondFactorOff = &Problem{Code: "second_factor_off"}
)

// SecondFactorRoles are those who must have a second factor where the agency requires one (QUALITY 3): approvers,
// officers, support and admins.
func SecondFactorRoles() []Role {
	return []Role{RoleHead, RoleActingHead, RoleSubstitute, RolePPK, RoleHRHead, RolePersonnel, RoleOfficer, RoleOfficerLead,
		RoleSupport1, RoleSupport2, RoleSupport3, RoleSupportLead, RoleAdmin}
}

// MustHaveFactor tells whether an actor's roles ask for a second factor in this mode.
func (m FactorMode) MustHaveFactor(a Actor) bool {
	return m == FactorRequired && a.Has(SecondFactorRoles()...)
}

// Known tells whether the mode is one of FactorModes.
func (m FactorMode) Known() bool { return slices.Contains(FactorModes(), m) }

// FactorView is how somebody's second factor stands. Required says that their roles ask for one.
type FactorView struct {
	Mode      FactorMode `json:"mode"`
	Required  bool       `json:"required"`
	Active    bool       `json:"active"`
	Since     *time.Time `json:"since,omitempty"` // wall time
	CodesLeft int        `json:"recovery_codes_left"`
}

// FactorOffer is what an authenticator app needs: the key in base32, and the same as an otpauth address for a QR code.
type FactorOffer struct {
	Key string `json:"key"`
	URI string `json:"uri"`
}

// SignInView is one try at an account's door. Outcome is "ok" or a problem's code; Address is shortened.
type SignInView struct {
	At        time.Time `json:"at"`
	Outcome   string    `json:"outcome"`
	Channel   string    `json:"channel"`
	Address   string    `json:"address"`
	UserAgent string    `json:"user_agent"`
}

// DeviceView is a browser that is known for an account. LastSeen is its last sign-in, nil where nobody knows.
type DeviceView struct {
	ID        string     `json:"id"`
	Current   bool       `json:"current"`
	UserAgent string     `json:"user_agent"`
	Created   time.Time  `json:"created"`
	LastSeen  *time.Time `json:"last_seen,omitempty"`
	Expires   time.Time  `json:"expires"`
}

// ShortAddress says from about where something came without naming one connection: the first three numbers of an IPv4
// address, the /48 of an IPv6 one. What is no address is nowhere.
func ShortAddress(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	if addr = addr.Unmap(); addr.Is4() {
		text := addr.String()
		return text[:strings.LastIndexByte(text, '.')] + ".x"
	}
	prefix, err := addr.WithZone("").Prefix(48)
	if err != nil {
		return ""
	}
	return prefix.String()
}
