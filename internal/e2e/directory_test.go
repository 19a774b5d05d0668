package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/ldaptest"
)

// knownIn has the office carry its accounts to a directory.
func (o *office) knownIn(s *ldaptest.Server) *office {
	o.t.Helper()
	secret := filepath.Join(o.dir, "directory-password")
	require.NoError(o.t, os.WriteFile(secret, []byte(ldaptest.Password+"\n"), 0o600))
	o.env = append(o.env, "LOKET_DIRECTORY=ldap", "LOKET_LDAP_URL=ldaps://"+s.TLSAddress, "LOKET_LDAP_CA="+s.CAFile, "LOKET_LDAP_BIND_DN="+ldaptest.BindDN,
		"LOKET_LDAP_BIND_PASSWORD_FILE="+secret, "LOKET_LDAP_BASE="+ldaptest.People, "LOKET_LDAP_GROUPS_BASE="+ldaptest.Groups)
	return o
}

type directoryState struct {
	Kind            string
	Waiting, Failed int
	Trouble         string
}

func (p person) directory(t *testing.T) directoryState {
	t.Helper()
	var state directoryState
	p.Call(t, http.MethodGet, "/api/v1/directory", nil).Into(t, http.StatusOK, &state)
	return state
}

// TestDirectory takes a memo of 25 people through while the directory is away and the process is killed: provisioning
// waits for neither, and once the directory is back each stands in it once. Their own password then opens it.
func TestDirectory(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		s := ldaptest.Start(t)
		o := newOffice(t, databaseURL).knownIn(s).start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer, support := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP), o.hire(c, supportNIP)
		o.carried(support)
		require.Len(t, s.Entries(t, ldaptest.People), 4)
		conn, err := s.Bind("uid="+sender.username+","+ldaptest.People, password)
		require.NoError(t, err, "the password that its owner chose, not the one from the terminal")
		require.NoError(t, conn.Close())

		s.Kill(t)
		rows := recap(t, "recap-clean.csv")
		require.Len(t, rows, 25)
		finished(t, sender, head, officer, asked(t, sender, "Nota", rows))
		require.Eventually(t, func() bool { return support.directory(t).Trouble != "" }, 30*time.Second, 200*time.Millisecond)
		require.Equal(t, 25, support.directory(t).Waiting)
		require.Zero(t, support.directory(t).Failed)
		link := linkForm.FindStringSubmatch(o.letters(rows[0]["external_email"], 1)[0].Text)
		require.NotNil(t, link)
		o.kill()
		s.Revive(t)
		o.start()
		o.carried(support)
		entries := s.Entries(t, ldaptest.People)
		require.Len(t, entries, 29)
		for _, e := range entries {
			require.Len(t, e.GetAttributeValues("uid"), 1)
		}
		require.Len(t, s.Entries(t, ldaptest.Groups), 1)
		require.Len(t, s.Entries(t, ldaptest.Groups)[0].GetAttributeValues("member"), 26, "everybody of the memo, and nobody")

		c.Call(t, http.MethodPost, "/api/v1/links/"+link[1], map[string]string{"password": password, "again": password}).Is(t, http.StatusNoContent)
		o.carried(support)
		opened := 0
		for _, e := range s.Entries(t, ldaptest.People) {
			if conn, err := s.Bind(e.DN, password); err == nil {
				opened++
				require.NoError(t, conn.Close())
			}
		}
		require.Equal(t, 5, opened, "four of the office and one of the memo")
		o.repairs(s)
		o.stop()
		o.turnsToFiles()
		o.sound()
	})
}

// carried waits until nothing waits for the directory. What a killed process had claimed waits for its lease.
func (o *office) carried(support person) {
	o.t.Helper()
	require.Eventually(o.t, func() bool { return support.directory(o.t).Waiting == 0 }, 90*time.Second, time.Second)
}

// repairs has somebody else write in the directory, and Loket find it and put it right.
func (o *office) repairs(s *ldaptest.Server) {
	o.t.Helper()
	require.Contains(o.t, o.command("directory", "check"), "29 accounts compared, 0 differ")
	entries := s.Entries(o.t, ldaptest.People)
	request := ldap.NewModifyRequest(entries[0].DN, nil)
	request.Replace("cn", []string{"Orang Lain"})
	conn := s.Conn(o.t)
	require.NoError(o.t, conn.Modify(request))
	require.NoError(o.t, conn.Del(ldap.NewDelRequest(entries[1].DN, nil)))
	out, err := o.outcome("directory", "check")
	require.Error(o.t, err)
	require.Contains(o.t, out, "2 differ")
	require.Contains(o.t, out, "has another name")
	require.Contains(o.t, out, "is missing")
	require.Contains(o.t, o.command("directory", "check", "--repair"), "29 accounts compared, 0 differ")
	require.Len(o.t, s.Entries(o.t, ldaptest.People), 29)
}

// turnsToFiles names another kind of directory, which gets everybody by a repair.
func (o *office) turnsToFiles() {
	o.t.Helper()
	folder := filepath.Join(o.dir, "changes")
	kept := o.env
	o.env = nil
	for _, v := range kept {
		if !strings.HasPrefix(v, "LOKET_LDAP_") && !strings.HasPrefix(v, "LOKET_DIRECTORY=") {
			o.env = append(o.env, v)
		}
	}
	o.env = append(o.env, "LOKET_DIRECTORY=csv", "LOKET_DIRECTORY_FOLDER="+folder)
	require.Contains(o.t, o.command("directory", "check", "--repair"), "29 accounts compared, 0 differ")
	files, err := filepath.Glob(filepath.Join(folder, "accounts-*.csv"))
	require.NoError(o.t, err)
	require.Len(o.t, files, 1)
	body, err := os.ReadFile(files[0])
	require.NoError(o.t, err)
	require.Equal(o.t, 30, strings.Count(string(body), "\r\n"), "a header and a line for everybody")
	require.NotContains(o.t, string(body), "argon2")
	o.env = kept
}
