// Package ldaptest gives tests a real slapd of their own, as Debian has it: a plain process on loopback with its own
// folder, over mdb, with the module that compares argon2 hashes, and TLS by an authority made for the test. It owns when
// that process runs; what stands in the directory is for those who ask. Only tests import it.
package ldaptest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"
)

// The places and the account of every server.
const (
	Suffix   = "dc=kem,dc=example"
	People   = "ou=people," + Suffix
	Former   = "ou=former," + Suffix
	Groups   = "ou=groups," + Suffix
	BindDN   = "cn=loket," + Suffix
	Password = "Pintu-Direktori-7"
	// ReaderDN may read and write nothing; its password is Password too.
	ReaderDN = "cn=reader," + Suffix
)

const patience = 20 * time.Second

// Server is one slapd. It stops when its test ends.
type Server struct {
	// Address is host:port for plain LDAP and StartTLS, TLSAddress for ldaps. CAFile is the authority of both.
	Address, TLSAddress, CAFile string

	dir     string
	process *exec.Cmd
	ended   chan struct{}
}

// Start puts a server up with its places, and nobody in them.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{Address: freeAddress(t), TLSAddress: freeAddress(t), dir: t.TempDir()}
	s.CAFile = certify(t, s.dir)
	require.NoError(t, os.Mkdir(filepath.Join(s.dir, "data"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "slapd.conf"), []byte(s.settings()), 0o600))
	s.Revive(t)
	t.Cleanup(func() { s.Kill(t) })
	s.furnish(t)
	return s
}

func (s *Server) settings() string {
	lines := []string{
		"include /etc/ldap/schema/core.schema", "include /etc/ldap/schema/cosine.schema", "include /etc/ldap/schema/inetorgperson.schema",
		"modulepath /usr/lib/ldap", "moduleload back_mdb", "moduleload argon2",
		"TLSCACertificateFile " + filepath.Join(s.dir, "ca.pem"), "TLSCertificateFile " + filepath.Join(s.dir, "server.pem"),
		"TLSCertificateKeyFile " + filepath.Join(s.dir, "server.key"),
		"database mdb", "suffix " + Suffix, "rootdn " + BindDN, "rootpw " + Password, "directory " + filepath.Join(s.dir, "data"), "dbnosync",
		"index objectClass,uid,member eq", "access to attrs=userPassword by anonymous auth by * none", "access to * by * read",
	}
	return strings.Join(lines, "\n") + "\n"
}

// Kill ends the server at once; clients find nobody at its address.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if s.process == nil {
		return
	}
	require.NoError(t, s.process.Process.Kill())
	<-s.ended
	s.process = nil
}

// Revive starts the server over what it had, at the same address.
func (s *Server) Revive(t testing.TB) {
	t.Helper()
	binary, err := exec.LookPath("slapd")
	if err != nil {
		binary = "/usr/sbin/slapd" // which is in the path of root alone
	}
	log, err := os.Create(filepath.Join(s.dir, "slapd.log"))
	require.NoError(t, err)
	defer func() { _ = log.Close() }()
	s.process = exec.Command(binary, "-d", "0", "-f", filepath.Join(s.dir, "slapd.conf"), "-h", "ldap://"+s.Address+" ldaps://"+s.TLSAddress)
	s.process.Stdout, s.process.Stderr = log, log
	require.NoError(t, s.process.Start(), "slapd: scripts/install-test-deps brings it")
	s.ended = make(chan struct{})
	go func(p *exec.Cmd, ended chan struct{}) {
		_ = p.Wait() // it is always killed
		close(ended)
	}(s.process, s.ended)
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", s.Address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, patience, 20*time.Millisecond, "slapd does not answer; see %s", log.Name())
}

// Conn is a connection of the one who may do everything.
func (s *Server) Conn(t testing.TB) *ldap.Conn {
	t.Helper()
	conn, err := s.Bind(BindDN, Password)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// Bind signs in as somebody.
func (s *Server) Bind(dn, password string) (*ldap.Conn, error) {
	conn, err := ldap.DialURL("ldap://" + s.Address)
	if err != nil {
		return nil, err
	}
	if err := conn.Bind(dn, password); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// Entries reads what stands directly in a place, with every attribute.
func (s *Server) Entries(t testing.TB, base string) []*ldap.Entry {
	t.Helper()
	found, err := s.Conn(t).Search(ldap.NewSearchRequest(base, ldap.ScopeSingleLevel, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", nil, nil))
	require.NoError(t, err)
	return found.Entries
}

// furnish makes the places.
func (s *Server) furnish(t testing.TB) {
	t.Helper()
	conn := s.Conn(t)
	add := func(dn string, attributes ...string) {
		request := ldap.NewAddRequest(dn, nil)
		for i := 0; i < len(attributes); i += 2 {
			request.Attribute(attributes[i], []string{attributes[i+1]})
		}
		require.NoError(t, conn.Add(request))
	}
	add(Suffix, "objectClass", "domain", "dc", "kem")
	for _, place := range []string{People, Former, Groups} {
		add(place, "objectClass", "organizationalUnit", "ou", strings.TrimPrefix(strings.Split(place, ",")[0], "ou="))
	}
	add(ReaderDN, "objectClass", "person", "cn", "reader", "sn", "reader", "userPassword", Password)
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return fmt.Sprint(l.Addr())
}
