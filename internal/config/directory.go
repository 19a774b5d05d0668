package config

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"loket/models"
)

func (c Config) checkDirectory(f *findings) {
	oneOf(f, "LOKET_DIRECTORY", c.Directory, "builtin", "ldap", "csv")
	if c.Directory == "ldap" {
		c.checkLDAP(f)
		return
	}
	for _, s := range []struct{ name, value string }{{"LOKET_LDAP_URL", c.LDAPURL}, {"LOKET_LDAP_CA", c.LDAPCA}, {"LOKET_LDAP_BIND_DN", c.LDAPBindDN},
		{"LOKET_LDAP_BIND_PASSWORD", c.LDAPBindPassword.Reveal()}, {"LOKET_LDAP_BASE", c.LDAPBase}, {"LOKET_LDAP_DISABLED_BASE", c.LDAPDisabledBase},
		{"LOKET_LDAP_GROUPS_BASE", c.LDAPGroupsBase}} {
		if s.value != "" {
			f.add(s.name, "means nothing while LOKET_DIRECTORY is "+c.Directory, "set LOKET_DIRECTORY=ldap too, or remove it")
		}
	}
}

func (c Config) checkLDAP(f *findings) {
	u, err := url.Parse(c.LDAPURL)
	switch {
	case c.LDAPURL == "":
		f.add("LOKET_LDAP_URL", "is not given", "write it like ldaps://directory.kem.example")
	case err != nil || u.Hostname() == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" || strings.Trim(u.Path, "/") != "":
		f.add("LOKET_LDAP_URL", "is neither ldaps://host nor ldap://host", "write it like ldaps://directory.kem.example")
	case u.User != nil:
		f.add("LOKET_LDAP_URL", "holds a name or password, which logs would show", "give them in LOKET_LDAP_BIND_DN and LOKET_LDAP_BIND_PASSWORD")
	case !slices.Contains([]string{"", "starttls", "none"}, u.Query().Get("tls")) || u.Scheme == "ldaps" && u.RawQuery != "":
		f.add("LOKET_LDAP_URL", "asks for an unknown tls", "write ldaps://host, or ldap://host with tls=starttls or tls=none")
	}
	readable(f, "LOKET_LDAP_CA", c.LDAPCA)
	for _, s := range []struct {
		name, value string
		needed      bool
	}{{"LOKET_LDAP_BIND_DN", c.LDAPBindDN, true}, {"LOKET_LDAP_BASE", c.LDAPBase, true}, {"LOKET_LDAP_DISABLED_BASE", c.LDAPDisabledBase, false},
		{"LOKET_LDAP_GROUPS_BASE", c.LDAPGroupsBase, false}} {
		switch {
		case s.value == "" && s.needed:
			f.add(s.name, "is not given", "write it like ou=people,dc=kem,dc=example")
		case s.value != "" && !strings.Contains(s.value, "="):
			f.add(s.name, "is no name of a directory", "write it like ou=people,dc=kem,dc=example")
		}
	}
	if c.LDAPDisabledBase != "" && strings.EqualFold(c.LDAPDisabledBase, c.LDAPBase) {
		f.add("LOKET_LDAP_DISABLED_BASE", "is where everybody stands", "name another place, or remove it")
	}
	if c.LDAPBindPassword == "" { // by which a server lets anybody in as nobody
		f.add("LOKET_LDAP_BIND_PASSWORD", "is not given", "give it, best by LOKET_LDAP_BIND_PASSWORD_FILE")
	}
	if _, err := models.ParseDirectoryAttributes(c.LDAPAttributes); err != nil {
		f.add("LOKET_LDAP_ATTRIBUTES", "is no list of attributes: "+err.Error(), "write it like username=uid,id=employeeNumber,name=cn,surname=sn,email=mail")
	}
	oneOf(f, "LOKET_LDAP_PASSWORDS", c.LDAPPasswords, "argon2", "none")
	if c.LDAPTimeout < time.Second || c.LDAPTimeout > 20*time.Second {
		f.add("LOKET_LDAP_TIMEOUT", "is under a second or over 20 seconds", "write it like 10s")
	}
}
