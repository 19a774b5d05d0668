package directory

import (
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"loket/models"
)

const passwordAttribute = "userPassword"

// entryAt reads one entry; nil where there is none.
func entryAt(conn *ldap.Conn, dn string, attributes ...string) (*ldap.Entry, error) {
	found, err := conn.Search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 0, false, "(objectClass=*)", attributes, nil))
	if err != nil {
		return nil, err
	}
	if len(found.Entries) == 0 {
		return nil, ldap.NewError(ldap.LDAPResultNoSuchObject, nil)
	}
	return found.Entries[0], nil
}

// dn names an account's entry in a place.
func (d *LDAP) dn(e models.DirectoryEntry, base string) string {
	return d.cfg.Attributes.Username + "=" + ldap.EscapeDN(e.Username) + "," + base
}

// place is where an account's entry shall stand.
func (d *LDAP) place(e models.DirectoryEntry) string {
	if e.Disabled && d.cfg.DisabledBase != "" {
		return d.dn(e, d.cfg.DisabledBase)
	}
	return d.dn(e, d.cfg.Base)
}

func sameDN(a, b string) bool {
	x, err := ldap.ParseDN(a)
	if err != nil {
		return strings.EqualFold(a, b)
	}
	y, err := ldap.ParseDN(b)
	return err == nil && x.EqualFold(y)
}

// find looks for an account's entry wherever it may stand; nil where there is none. An entry of that name which is not
// Loket's is nobody's to take over.
func (d *LDAP) find(conn *ldap.Conn, e models.DirectoryEntry) (*ldap.Entry, error) {
	attributes := []string{passwordAttribute}
	for _, v := range values(d.cfg.Attributes, e) {
		attributes = append(attributes, v.attribute)
	}
	var found *ldap.Entry
	for _, base := range d.homes() {
		entry, err := entryAt(conn, d.dn(e, base), attributes...)
		if ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if found != nil {
			return nil, final("the directory has two entries for " + e.Username + ": " + found.DN + " and " + entry.DN)
		}
		found = entry
	}
	if found != nil && !slices.Contains(found.GetEqualFoldAttributeValues(d.cfg.Attributes.ID), e.AccountID) {
		return nil, final("the directory has an entry " + found.DN + " that is not Loket's")
	}
	return found, nil
}

// putEntry makes the entry, or makes it agree.
func (d *LDAP) putEntry(conn *ldap.Conn, e models.DirectoryEntry) error {
	found, err := d.find(conn, e)
	if err != nil {
		return err
	}
	if found == nil {
		err := conn.Add(d.added(e))
		if !ldap.IsErrorWithCode(err, ldap.LDAPResultEntryAlreadyExists) {
			return err
		}
		if found, err = d.find(conn, e); err != nil || found == nil { // a carrier that is late was faster
			return err
		}
	}
	changes := d.changes(found, e)
	if len(changes) == 0 {
		return nil
	}
	request := ldap.NewModifyRequest(found.DN, nil)
	for _, c := range changes {
		request.Replace(c.attribute, given(c.text))
	}
	return conn.Modify(request)
}

func (d *LDAP) added(e models.DirectoryEntry) *ldap.AddRequest {
	request := ldap.NewAddRequest(d.place(e), nil)
	request.Attribute("objectClass", []string{"inetOrgPerson"})
	for _, v := range values(d.cfg.Attributes, e) {
		if v.text != "" {
			request.Attribute(v.attribute, []string{v.text})
		}
	}
	if p := d.password(e); p != "" {
		request.Attribute(passwordAttribute, []string{p})
	}
	return request
}

// changes are the attributes that are not as they shall be. A password that cannot be read is written again.
func (d *LDAP) changes(found *ldap.Entry, e models.DirectoryEntry) []value {
	wanted := values(d.cfg.Attributes, e)[1:] // the name of the entry is its own
	if d.cfg.Passwords || e.Disabled {
		wanted = append(wanted, value{passwordAttribute, "password", d.password(e)})
	}
	return slices.DeleteFunc(wanted, func(v value) bool {
		return slices.Equal(found.GetEqualFoldAttributeValues(v.attribute), given(v.text))
	})
}

// given is a value, or none.
func given(text string) []string {
	if text == "" {
		return []string{}
	}
	return []string{text}
}

// password is the hash in the form that slapd's module argon2 compares.
func (d *LDAP) password(e models.DirectoryEntry) string {
	if !d.cfg.Passwords || e.Disabled || e.PasswordHash == "" {
		return ""
	}
	return "{ARGON2}" + e.PasswordHash
}

// putPlace moves who is disabled, or is so no longer. Groups are left before, since they name an entry by its place.
func (d *LDAP) putPlace(conn *ldap.Conn, e models.DirectoryEntry) error {
	if d.cfg.DisabledBase == "" {
		return nil
	}
	found, err := d.find(conn, e)
	if err != nil || found == nil || sameDN(found.DN, d.place(e)) {
		return err
	}
	if err := d.leaveGroups(conn, found.DN); err != nil {
		return err
	}
	base := d.cfg.Base
	if e.Disabled {
		base = d.cfg.DisabledBase
	}
	return conn.ModifyDN(ldap.NewModifyDNRequest(found.DN, d.cfg.Attributes.Username+"="+ldap.EscapeDN(e.Username), false, base))
}
