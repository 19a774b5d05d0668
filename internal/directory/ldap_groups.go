package directory

import (
	"slices"

	"github.com/go-ldap/ldap/v3"

	"loket/models"
)

// groupOf names the group of an application.
func (d *LDAP) groupOf(application string) string {
	return "cn=" + ldap.EscapeDN(application) + "," + d.cfg.Groups
}

// nobody stands in every group, since groupOfNames may not be empty. No entry bears the name.
func (d *LDAP) nobody() string { return "ou=nobody," + d.cfg.Groups }

// groupChanges gives the applications whose groups an entry is to be in and is not, and those the other way round. Every
// group of the place is Loket's.
func (d *LDAP) groupChanges(conn *ldap.Conn, dn string, e models.DirectoryEntry) (more, fewer []string, err error) {
	if d.cfg.Groups == "" {
		return nil, nil, nil
	}
	in, err := d.groupsOf(conn, dn)
	for _, a := range e.Applications {
		if !slices.Contains(in, a) {
			more = append(more, a)
		}
	}
	for _, a := range in {
		if !slices.Contains(e.Applications, a) {
			fewer = append(fewer, a)
		}
	}
	return more, fewer, err
}

func (d *LDAP) groupsOf(conn *ldap.Conn, dn string) ([]string, error) {
	found, err := conn.SearchWithPaging(ldap.NewSearchRequest(d.cfg.Groups, ldap.ScopeSingleLevel, ldap.NeverDerefAliases, 0, 0, false,
		"(&(objectClass=groupOfNames)(member="+ldap.EscapeFilter(dn)+"))", []string{"cn"}, nil), 500)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, g := range found.Entries {
		names = append(names, g.GetAttributeValue("cn"))
	}
	return names, nil
}

// putGroups makes an entry a member of its applications' groups and of no other.
func (d *LDAP) putGroups(conn *ldap.Conn, e models.DirectoryEntry) error {
	dn := d.place(e)
	more, fewer, err := d.groupChanges(conn, dn, e)
	if err != nil {
		return err
	}
	for _, a := range more {
		if err := d.join(conn, a, dn); err != nil {
			return err
		}
	}
	return d.leave(conn, fewer, dn)
}

// join adds a member to a group, which is made where it is missing.
func (d *LDAP) join(conn *ldap.Conn, application, dn string) error {
	group := d.groupOf(application)
	request := ldap.NewModifyRequest(group, nil)
	request.Add("member", []string{dn})
	err := conn.Modify(request)
	if ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
		add := ldap.NewAddRequest(group, nil)
		add.Attribute("objectClass", []string{"groupOfNames"})
		add.Attribute("cn", []string{application})
		add.Attribute("member", []string{d.nobody(), dn})
		if err = conn.Add(add); ldap.IsErrorWithCode(err, ldap.LDAPResultEntryAlreadyExists) {
			err = conn.Modify(request)
		}
	}
	if ldap.IsErrorWithCode(err, ldap.LDAPResultAttributeOrValueExists) {
		return nil
	}
	return err
}

func (d *LDAP) leave(conn *ldap.Conn, applications []string, dn string) error {
	for _, a := range applications {
		request := ldap.NewModifyRequest(d.groupOf(a), nil)
		request.Delete("member", []string{dn})
		err := conn.Modify(request)
		if err != nil && !ldap.IsErrorAnyOf(err, ldap.LDAPResultNoSuchAttribute, ldap.LDAPResultNoSuchObject) {
			return err
		}
	}
	return nil
}

func (d *LDAP) leaveGroups(conn *ldap.Conn, dn string) error {
	if d.cfg.Groups == "" {
		return nil
	}
	in, err := d.groupsOf(conn, dn)
	if err != nil {
		return err
	}
	return d.leave(conn, in, dn)
}
