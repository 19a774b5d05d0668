package e2e_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/i18n"
	"loket/internal/mail/mailbox"
)

// People of the synthetic ministry by NIP.
const (
	senderNIP  = "197405131998061724" // head of KEM.1.2
	headNIP    = "199101222013042559" // head of KEM.1
	officerNIP = "199007192016062880" // verification officer
	otherNIP   = "197106231997042793" // another officer
	auditorNIP = "200005312022061575"
	supportNIP = "198708022015111795"
	adminNIP   = "198211162007032381"
)

const password = "Kopi*Tubruk*7*Gelas"

// person is somebody with an account, and a client of the API in their name.
type person struct {
	apitest.Client
	username string
}

var linkForm = regexp.MustCompile(`https?://[^\s"<]+/password/([A-Za-z0-9_-]+)`)

// hire makes an account for an employee from the terminal, changes its temporary password as is owed, and gets a token
// for everything.
func (o *office) hire(c apitest.Client, nip string) person {
	o.t.Helper()
	return o.hireWho(c, nip, i18n.Indonesian)
}

// hireWho is hire for somebody who reads that language.
func (o *office) hireWho(c apitest.Client, nip, lang string) person {
	o.t.Helper()
	username, temporary := o.account(nip, lang)
	p := o.signIn(c, username, temporary)
	p.Call(o.t, http.MethodGet, "/api/v1/home", nil).Refused(o.t, http.StatusForbidden, "password_change_required")
	p.Call(o.t, http.MethodPut, "/api/v1/me/password", map[string]string{"old": temporary, "password": password, "again": password}).
		Is(o.t, http.StatusNoContent)
	return p
}

// account makes an account for an employee from the terminal and gives its temporary password.
func (o *office) account(nip, lang string) (username, temporary string) {
	o.t.Helper()
	username = "uji." + nip[8:]
	return username, strings.TrimSpace(o.command("admin", "create-account", username, "--nip", nip, "--locale", lang, "--plain"))
}

func (o *office) signIn(c apitest.Client, username, password string) person {
	o.t.Helper()
	var in struct{ Token string }
	c.Call(o.t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": username, "password": password, "token_name": "test",
		"scopes": []string{"read", "write", "decide", "admin"}, "days": 1}).Into(o.t, http.StatusCreated, &in)
	return person{Client: c.As(in.Token), username: username}
}

// letters waits until so many messages have reached an address and gives them, the newest first. A message that a
// killed process had claimed waits for its lease of a minute.
func (o *office) letters(to string, n int) []mailbox.Letter {
	o.t.Helper()
	require.Eventually(o.t, func() bool { return len(o.mail.List(to)) >= n }, 90*time.Second, 50*time.Millisecond,
		"%d messages to %s, there are %d", n, to, len(o.mail.List(to)))
	var letters []mailbox.Letter
	for _, s := range o.mail.List(to) {
		l, err := o.mail.Get(s.ID)
		require.NoError(o.t, err)
		letters = append(letters, l)
	}
	return letters
}

// memo is the part of a memo's answer that scenarios look at.
type memo struct {
	ID, Number, Status, Stage string
	Seq, Version              int
	MemoNumber                string `json:"memo_number"`
	Actions                   []string
	Rows                      struct{ Total, Pending, Accepted, Rejected, Provisioned, Activated, Lapsed int }
	Timeline                  []struct {
		Type      string
		ActorName string `json:"actor_name"`
		Reason    string
	}
}

func (p person) memo(t testing.TB, id string) memo {
	t.Helper()
	var m memo
	p.Call(t, http.MethodGet, "/api/v1/memos/"+id, nil).Into(t, http.StatusOK, &m)
	return m
}

// await waits until the memo stands at a status. A counter that is away or has heard enough is asked again.
func (p person) await(t testing.TB, id, status string) memo {
	t.Helper()
	var m memo
	require.Eventually(t, func() bool {
		a, err := p.Try(http.MethodGet, "/api/v1/memos/"+id, nil)
		return err == nil && a.Status == http.StatusOK && a.Decode(&m) == nil && m.Status == status
	}, 90*time.Second, 500*time.Millisecond, "memo %s should come to %s", id, status)
	return m
}
