package directory

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"loket/internal/ldaptest"
	"loket/models"
)

const (
	first  = "Kopi*Tubruk*7*Gelas"
	second = "Teh-Poci-8-Cangkir!"
)

// hashed encodes a password as the accounts have it.
func hashed(t testing.TB, password string) string {
	t.Helper()
	hash, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	require.NoError(t, err)
	return hash
}

func settings(s *ldaptest.Server) LDAPConfig {
	attributes, err := models.ParseDirectoryAttributes("username=uid,id=employeeNumber,name=cn,surname=sn,email=mail,kind=employeeType")
	if err != nil {
		panic(err)
	}
	return LDAPConfig{URL: "ldap://" + s.Address + "?tls=none", BindDN: ldaptest.BindDN, Password: ldaptest.Password, Base: ldaptest.People,
		Groups: ldaptest.Groups, Attributes: attributes, Passwords: true, Timeout: 5 * time.Second}
}

func connected(t testing.TB, cfg LDAPConfig) *LDAP {
	t.Helper()
	d, err := NewLDAP(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func dewi() models.DirectoryEntry {
	return models.DirectoryEntry{AccountID: "0193-dewi", Username: "dewi.lestari", Name: "Dewi Lestari", Email: "dewi@mail.example", Kind: models.AccountOfEmployee,
		Applications: []string{"flexiwork", "sso"}}
}

// put has the directory agree and makes sure that it then does.
func put(t testing.TB, d *LDAP, e models.DirectoryEntry) {
	t.Helper()
	for range 2 {
		require.NoError(t, d.Put(t.Context(), e))
		differences, err := d.Differences(t.Context(), e)
		require.NoError(t, err)
		require.Empty(t, differences)
	}
}

// members lists who is in the group of an application, besides nobody.
func members(t testing.TB, s *ldaptest.Server, application string) []string {
	t.Helper()
	in := []string{}
	for _, g := range s.Entries(t, ldaptest.Groups) {
		if g.GetAttributeValue("cn") != application {
			continue
		}
		for _, m := range g.GetAttributeValues("member") {
			if !strings.HasPrefix(m, "ou=nobody,") {
				in = append(in, m)
			}
		}
	}
	return in
}

func TestLDAP(t *testing.T) {
	s := ldaptest.Start(t)
	d := connected(t, settings(s))
	e := dewi()
	dn := "uid=dewi.lestari," + ldaptest.People

	t.Run("an account whose owner has no password yet lets nobody in", func(t *testing.T) {
		put(t, d, e)
		all := s.Entries(t, ldaptest.People)
		require.Len(t, all, 1)
		require.Equal(t, dn, all[0].DN)
		require.Equal(t, "Lestari", all[0].GetAttributeValue("sn"))
		require.Equal(t, "dewi@mail.example", all[0].GetAttributeValue("mail"))
		require.Equal(t, "0193-dewi", all[0].GetAttributeValue("employeeNumber"))
		_, err := s.Bind(dn, first)
		require.Error(t, err)
	})
	t.Run("the password of the account opens the directory, and only it", func(t *testing.T) {
		e.PasswordHash = hashed(t, first)
		put(t, d, e)
		_, err := s.Bind(dn, first)
		require.NoError(t, err)
		_, err = s.Bind(dn, second)
		require.True(t, ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials), "%v", err)
	})
	t.Run("a new password takes the place of the old one", func(t *testing.T) {
		e.PasswordHash = hashed(t, second)
		put(t, d, e)
		_, err := s.Bind(dn, second)
		require.NoError(t, err)
		_, err = s.Bind(dn, first)
		require.Error(t, err)
	})
	t.Run("groups follow the applications", func(t *testing.T) {
		require.Equal(t, []string{dn}, members(t, s, "flexiwork"))
		require.Equal(t, []string{dn}, members(t, s, "sso"))
		e.Applications = []string{"sso", "arsip"}
		put(t, d, e)
		require.Empty(t, members(t, s, "flexiwork"), "an empty group stays")
		require.Equal(t, []string{dn}, members(t, s, "arsip"))
	})
	t.Run("name and address follow the account, and an address may be gone", func(t *testing.T) {
		e.Name, e.Email = "Dewi Lestari Putri", ""
		put(t, d, e)
		entry := s.Entries(t, ldaptest.People)[0]
		require.Equal(t, "Dewi Lestari Putri", entry.GetAttributeValue("cn"))
		require.Equal(t, "Putri", entry.GetAttributeValue("sn"))
		require.Empty(t, entry.GetAttributeValues("mail"))
	})
	t.Run("whoever is disabled is kept out and in no group", func(t *testing.T) {
		gone := e
		gone.Disabled, gone.PasswordHash, gone.Applications = true, "", nil
		put(t, d, gone)
		_, err := s.Bind(dn, second)
		require.Error(t, err)
		require.Empty(t, members(t, s, "sso"))
		put(t, d, e)
		_, err = s.Bind(dn, second)
		require.NoError(t, err, "and back again")
		require.Equal(t, []string{dn}, members(t, s, "sso"))
	})
	t.Run("what Loket made is known", func(t *testing.T) {
		known, err := d.Known(t.Context())
		require.NoError(t, err)
		require.Equal(t, []Known{{"0193-dewi", dn}}, known)
	})
}

func TestDisabledPlace(t *testing.T) {
	s := ldaptest.Start(t)
	cfg := settings(s)
	cfg.DisabledBase = ldaptest.Former
	d := connected(t, cfg)
	e := dewi()
	e.PasswordHash = hashed(t, first)
	put(t, d, e)
	gone := e
	gone.Disabled, gone.PasswordHash, gone.Applications = true, "", nil
	put(t, d, gone)
	require.Empty(t, s.Entries(t, ldaptest.People))
	require.Len(t, s.Entries(t, ldaptest.Former), 1)
	require.Empty(t, members(t, s, "sso"))
	put(t, d, e)
	require.Len(t, s.Entries(t, ldaptest.People), 1)
	require.Empty(t, s.Entries(t, ldaptest.Former))
	require.Equal(t, []string{"uid=dewi.lestari," + ldaptest.People}, members(t, s, "sso"))
	_, err := s.Bind("uid=dewi.lestari,"+ldaptest.People, first)
	require.NoError(t, err)
}

func TestHostileNames(t *testing.T) {
	s := ldaptest.Start(t)
	for i, text := range []string{
		"Sari, S.H.", "a+b", "#awal", " depan", "belakang ", `kutip "dua"`, `garis\miring`, "<b>tebal</b>", "a=b;c", "*)(uid=*", "é ü 中", "a\\2cb", "'; drop", "cn=admin,dc=kem",
	} {
		t.Run(text, func(t *testing.T) {
			d := connected(t, settings(s))
			e := models.DirectoryEntry{AccountID: fmt.Sprint("id-", i), Username: text, Name: text, Applications: []string{"grup " + text}, PasswordHash: hashed(t, first)}
			before := len(s.Entries(t, ldaptest.People))
			put(t, d, e)
			after := s.Entries(t, ldaptest.People)
			require.Len(t, after, before+1)
			var dn string
			for _, found := range after {
				if found.GetAttributeValue("employeeNumber") == e.AccountID {
					dn = found.DN
					require.Equal(t, strings.Join(strings.Fields(text), " "), found.GetAttributeValue("cn"))
				}
			}
			_, err := s.Bind(dn, first)
			require.NoError(t, err)
			e.Applications = nil
			put(t, d, e)
			for _, g := range s.Entries(t, ldaptest.Groups) {
				require.Equal(t, []string{"ou=nobody," + ldaptest.Groups}, g.GetAttributeValues("member"))
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	s := ldaptest.Start(t)
	refused := func(t *testing.T, cfg LDAPConfig, e models.DirectoryEntry) Fault {
		t.Helper()
		err := connected(t, cfg).Put(t.Context(), e)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "argon2")
		require.NotContains(t, err.Error(), ldaptest.Password)
		return faultOf(err)
	}
	t.Run("a wrong password of Loket's own is nobody's fault but the setting's", func(t *testing.T) {
		cfg := settings(s)
		cfg.Password = "salah"
		f := refused(t, cfg, dewi())
		require.True(t, f.Away)
		require.Contains(t, f.Reason, "does not let Loket in")
	})
	t.Run("a place that is not there", func(t *testing.T) {
		cfg := settings(s)
		cfg.Base = "ou=nowhere," + ldaptest.Suffix
		f := refused(t, cfg, dewi())
		require.True(t, f.Away)
		require.Contains(t, f.Reason, "no place ou=nowhere")
	})
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		cfg := settings(s)
		cfg.URL = "ldap://" + l.Addr().String() + "?tls=none"
		require.NoError(t, l.Close())
		require.True(t, refused(t, cfg, dewi()).Away)
	})
	t.Run("somebody listens and says nothing", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		cfg := settings(s)
		cfg.URL, cfg.Timeout = "ldap://"+l.Addr().String()+"?tls=none", 200*time.Millisecond
		require.True(t, refused(t, cfg, dewi()).Away)
	})
	t.Run("no rights to write", func(t *testing.T) {
		cfg := settings(s)
		cfg.BindDN = ldaptest.ReaderDN
		f := refused(t, cfg, dewi())
		require.True(t, f.Final)
		require.Contains(t, f.Reason, "Insufficient Access Rights")
	})
	t.Run("a value that the schema refuses", func(t *testing.T) {
		e := dewi()
		e.Email = "déwi@mail.example"
		require.True(t, refused(t, settings(s), e).Final)
	})
	t.Run("an entry of the same name that is somebody else's is not taken over", func(t *testing.T) {
		add := ldap.NewAddRequest("uid=bayu.pratama,"+ldaptest.People, nil)
		add.Attribute("objectClass", []string{"inetOrgPerson"})
		add.Attribute("cn", []string{"Bayu Pratama"})
		add.Attribute("sn", []string{"Pratama"})
		require.NoError(t, s.Conn(t).Add(add))
		e := dewi()
		e.Username = "bayu.pratama"
		f := refused(t, settings(s), e)
		require.True(t, f.Final)
		require.Contains(t, f.Reason, "not Loket's")
		differences, err := connected(t, settings(s)).Differences(t.Context(), e)
		require.NoError(t, err)
		require.Len(t, differences, 1)
	})
	t.Run("a call that is given up", func(t *testing.T) {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		require.Error(t, connected(t, settings(s)).Put(over, dewi()))
	})
}

func TestTLS(t *testing.T) {
	s := ldaptest.Start(t)
	for _, address := range []string{"ldap://" + s.Address, "ldaps://" + s.TLSAddress} {
		t.Run(address[:5]+" with the authority's file", func(t *testing.T) {
			cfg := settings(s)
			cfg.URL, cfg.CAFile = address, s.CAFile
			put(t, connected(t, cfg), dewi())
		})
		t.Run(address[:5]+" by an authority that nobody knows", func(t *testing.T) {
			cfg := settings(s)
			cfg.URL = address
			f := faultOf(connected(t, cfg).Put(t.Context(), dewi()))
			require.True(t, f.Away)
			require.Contains(t, f.Reason, "certificate")
		})
	}
	t.Run("another host than the certificate's", func(t *testing.T) {
		cfg := settings(s)
		_, port, err := net.SplitHostPort(s.Address)
		require.NoError(t, err)
		cfg.URL, cfg.CAFile = "ldap://localhost:"+port, s.CAFile
		require.True(t, faultOf(connected(t, cfg).Put(t.Context(), dewi())).Away)
	})
}

func TestReconnect(t *testing.T) {
	s := ldaptest.Start(t)
	d := connected(t, settings(s))
	put(t, d, dewi())
	s.Kill(t)
	require.True(t, faultOf(d.Put(t.Context(), dewi())).Away)
	s.Revive(t)
	put(t, d, dewi())
	s.Kill(t)
	s.Revive(t)
	put(t, d, dewi()) // over a connection that broke unnoticed
	require.Len(t, s.Entries(t, ldaptest.People), 1)
}

func TestPasswordsKeptBack(t *testing.T) {
	s := ldaptest.Start(t)
	cfg := settings(s)
	cfg.Passwords = false
	d := connected(t, cfg)
	e := dewi()
	e.PasswordHash = hashed(t, first)
	put(t, d, e)
	require.Empty(t, s.Entries(t, ldaptest.People)[0].GetAttributeValues("userPassword"))
}

func TestParseLDAPURL(t *testing.T) {
	for text, mode := range map[string]string{"ldaps://dir.kem.example": "", "ldap://dir.kem.example": "starttls", "ldap://[::1]:389?tls=none": "none", "ldap://dir?tls=starttls": "starttls"} {
		_, got, err := ParseLDAPURL(text)
		require.NoError(t, err, text)
		require.Equal(t, mode, got, text)
	}
	for _, text := range []string{"", "dir.kem.example", "http://dir", "ldap://", "ldaps://dir?tls=none", "ldap://dir?tls=maybe", "ldap://user:pass@dir", "ldap://dir/dc=kem"} {
		_, _, err := ParseLDAPURL(text)
		require.Error(t, err, text)
	}
}
