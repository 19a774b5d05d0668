package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDirectory(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(password, []byte("rahasia\n"), 0o600))
	whole := []string{"LOKET_DIRECTORY=ldap", "LOKET_LDAP_URL=ldaps://dir.kem.example", "LOKET_LDAP_BIND_DN=cn=loket,dc=kem,dc=example",
		"LOKET_LDAP_BIND_PASSWORD_FILE=" + password, "LOKET_LDAP_BASE=ou=people,dc=kem,dc=example"}
	t.Run("what an LDAP directory needs", func(t *testing.T) {
		c, err := Load(whole)
		require.NoError(t, err)
		require.Equal(t, "rahasia", c.LDAPBindPassword.Reveal())
		require.Equal(t, 10*time.Second, c.LDAPTimeout)
	})
	t.Run("files of changes lie in the data folder", func(t *testing.T) {
		c, err := Load([]string{"LOKET_DIRECTORY=csv"})
		require.NoError(t, err)
		require.Equal(t, filepath.Join("loket-data", "directory"), c.DirectoryFolder)
	})
	t.Run("everything that is missing is told at once", func(t *testing.T) {
		_, err := Load([]string{"LOKET_DIRECTORY=ldap"})
		for _, name := range []string{"LOKET_LDAP_URL", "LOKET_LDAP_BIND_DN", "LOKET_LDAP_BIND_PASSWORD", "LOKET_LDAP_BASE"} {
			require.ErrorContains(t, err, name+" is not given")
		}
	})
	t.Run("settings of a directory that nobody asks for", func(t *testing.T) {
		_, err := Load([]string{"LOKET_LDAP_BASE=ou=people,dc=kem,dc=example"})
		require.ErrorContains(t, err, "LOKET_LDAP_BASE means nothing")
	})
	for _, wrong := range []string{"LOKET_DIRECTORY=ad", "LOKET_LDAP_URL=http://x", "LOKET_LDAP_URL=ldap://a:b@dir", "LOKET_LDAP_URL=ldaps://dir?tls=none", "LOKET_LDAP_URL=ldap://dir?tls=no",
		"LOKET_LDAP_CA=/nowhere.pem", "LOKET_LDAP_BASE=people", "LOKET_LDAP_GROUPS_BASE=groups", "LOKET_LDAP_DISABLED_BASE=ou=People,dc=kem,dc=example",
		"LOKET_LDAP_ATTRIBUTES=nip=employeeNumber", "LOKET_LDAP_ATTRIBUTES=username=uid,name=cn", "LOKET_LDAP_ATTRIBUTES=username=uid,id=employeeNumber",
		"LOKET_LDAP_ATTRIBUTES=username=uid,id=uid,name=cn,surname=sn", "LOKET_LDAP_PASSWORDS=clear", "LOKET_LDAP_TIMEOUT=5m"} {
		t.Run(wrong, func(t *testing.T) {
			_, err := Load(append(whole, wrong))
			require.Error(t, err)
			require.NotContains(t, err.Error(), "rahasia")
		})
	}
}
