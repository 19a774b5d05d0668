package directory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"

	"loket/models"
)

// LDAPConfig says where an LDAP directory is and how accounts look in it.
type LDAPConfig struct {
	// URL is ldaps://host:636 or ldap://host:389, the latter with ?tls=starttls (the default) or ?tls=none.
	URL, CAFile      string
	BindDN, Password string
	// Base holds the people. Who is disabled is moved to DisabledBase, unless that is empty. Groups holds a groupOfNames
	// for each application, unless it is empty.
	Base, DisabledBase, Groups string
	Attributes                 models.DirectoryAttributes
	// Passwords says whether hashes are given, as {ARGON2}; a server that cannot compare them is better without.
	Passwords bool
	// Timeout bounds every single exchange.
	Timeout time.Duration
}

// LDAP is a directory of inetOrgPerson entries. Its one connection is made when it is needed and again when it broke.
type LDAP struct {
	cfg  LDAPConfig
	tls  *tls.Config
	mode string // starttls, none or "" for ldaps

	mu   sync.Mutex
	conn *ldap.Conn
}

// NewLDAP checks the settings and connects to nothing yet.
func NewLDAP(cfg LDAPConfig) (*LDAP, error) {
	u, mode, err := ParseLDAPURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	cfg.URL = u.String()
	d := &LDAP{cfg: cfg, mode: mode, tls: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the directory's authorities: %w", err)
		}
		d.tls.RootCAs = x509.NewCertPool()
		if !d.tls.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("read the directory's authorities: the file holds no certificate")
		}
	}
	return d, nil
}

// ParseLDAPURL reads an address of a directory: without its query, and how the connection is kept from being read.
func ParseLDAPURL(text string) (*url.URL, string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.Scheme != "ldap" && u.Scheme != "ldaps" {
		return nil, "", errors.New("the address of the directory is neither ldaps://host nor ldap://host")
	}
	mode := u.Query().Get("tls")
	switch {
	case u.Scheme == "ldaps" && mode == "":
	case u.Scheme == "ldap" && mode == "":
		mode = "starttls"
	case u.Scheme == "ldap" && (mode == "starttls" || mode == "none"):
	default:
		return nil, "", errors.New("the address of the directory asks for an unknown tls")
	}
	u.RawQuery, u.Path = "", ""
	return u, mode, nil
}

// Close ends the connection.
func (d *LDAP) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	return nil
}

func (d *LDAP) drop() {
	if d.conn != nil {
		_ = d.conn.Close()
		d.conn = nil
	}
}

// with runs what needs a connection, once more on a new one where a server had closed the old one silently. The end of
// ctx cuts the connection, since the library knows no contexts.
func (d *LDAP) with(ctx context.Context, do func(*ldap.Conn) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for try := 1; ; try++ {
		kept := d.conn != nil
		if err := d.dial(); err != nil {
			return err
		}
		conn := d.conn
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		err := do(conn)
		stop()
		if err == nil {
			return nil
		}
		broken := broken(err)
		if broken {
			d.drop()
		}
		if !broken || !kept || try > 1 || ctx.Err() != nil {
			return told(err)
		}
	}
}

// dial connects, binds and looks whether the places are there: a directory that refuses Loket itself is as good as away.
func (d *LDAP) dial() error {
	if d.conn != nil && !d.conn.IsClosing() {
		return nil
	}
	conn, err := ldap.DialURL(d.cfg.URL, ldap.DialWithDialer(&net.Dialer{Timeout: d.cfg.Timeout}), ldap.DialWithTLSConfig(d.tls))
	if err != nil {
		return away("the directory cannot be reached: " + cause(err))
	}
	conn.SetTimeout(d.cfg.Timeout)
	if err := d.enter(conn); err != nil {
		_ = conn.Close()
		return err
	}
	d.conn = conn
	return nil
}

func (d *LDAP) enter(conn *ldap.Conn) error {
	if d.mode == "starttls" {
		if err := conn.StartTLS(d.tls); err != nil {
			return away("the directory cannot be reached safely: " + cause(err))
		}
	}
	if err := conn.Bind(d.cfg.BindDN, d.cfg.Password); err != nil {
		return away("the directory does not let Loket in: " + cause(err))
	}
	for _, base := range []string{d.cfg.Base, d.cfg.DisabledBase, d.cfg.Groups} {
		if base == "" {
			continue
		}
		if _, err := entryAt(conn, base, "1.1"); err != nil {
			return away("the directory has no place " + base + ": " + cause(err))
		}
	}
	return nil
}

// Put makes the entry of an account, its password, its place and its groups as they shall be.
func (d *LDAP) Put(ctx context.Context, e models.DirectoryEntry) error {
	return d.with(ctx, func(conn *ldap.Conn) error {
		for _, step := range []func(*ldap.Conn, models.DirectoryEntry) error{d.putEntry, d.putPlace, d.putGroups} {
			if err := step(conn, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// Differences reads what Put would write.
func (d *LDAP) Differences(ctx context.Context, e models.DirectoryEntry) ([]string, error) {
	var words []string
	err := d.with(ctx, func(conn *ldap.Conn) error {
		words = nil
		found, err := d.find(conn, e)
		if err != nil {
			return err
		}
		if found == nil {
			words = []string{"is missing"}
			return nil
		}
		for _, c := range d.changes(found, e) {
			words = append(words, "has another "+c.word)
		}
		if !sameDN(found.DN, d.place(e)) {
			words = append(words, "is in another place")
		}
		more, fewer, err := d.groupChanges(conn, found.DN, e)
		for _, g := range more {
			words = append(words, "is not in the group "+g)
		}
		for _, g := range fewer {
			words = append(words, "should not be in the group "+g)
		}
		return err
	})
	if f := faultOrNone(err); f.Final {
		return append(words, f.Reason), nil
	}
	return words, err
}

// Known lists the entries that bear the id of an account.
func (d *LDAP) Known(ctx context.Context) ([]Known, error) {
	var known []Known
	err := d.with(ctx, func(conn *ldap.Conn) error {
		known = nil
		for _, base := range d.homes() {
			found, err := conn.SearchWithPaging(ldap.NewSearchRequest(base, ldap.ScopeSingleLevel, ldap.NeverDerefAliases, 0, 0, false,
				"(&(objectClass=inetOrgPerson)("+d.cfg.Attributes.ID+"=*))", []string{d.cfg.Attributes.ID}, nil), 500)
			if err != nil {
				return err
			}
			for _, e := range found.Entries {
				known = append(known, Known{AccountID: e.GetEqualFoldAttributeValue(d.cfg.Attributes.ID), Where: e.DN})
			}
		}
		return nil
	})
	return known, err
}

// homes are the places where people may stand.
func (d *LDAP) homes() []string {
	return slices.DeleteFunc([]string{d.cfg.Base, d.cfg.DisabledBase}, func(base string) bool { return base == "" })
}
