package e2e_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

var temporaryForm = regexp.MustCompile(`Loket(-[a-z2-9]{4}){4}`)

// TestTemporaryPasswords takes a memo with a comment on it to people who come in by temporary passwords.
func TestTemporaryPasswords(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL)
		o.env = append(o.env, "LOKET_CREDENTIALS=password")
		o.start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
		rows := recap(t, "recap-clean.csv")[:2]
		var m memo
		sender.Call(t, http.MethodPost, "/api/v1/memos", draft(rows)).Into(t, http.StatusCreated, &m)
		sender.attaches(t, m.ID)
		path := "/api/v1/memos/" + m.ID
		sender.Call(t, http.MethodPost, path+"/send", nil).Is(t, http.StatusOK)
		sender.commentsOn(t, head, officer, m.ID)
		head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
		officer.Call(t, http.MethodPost, path+"/verification", map[string]any{"all": "accepted"}).Is(t, http.StatusOK)
		sender.await(t, m.ID, "activation")
		for _, row := range rows {
			o.comesInBy(c, row["external_email"])
		}
		sender.await(t, m.ID, "done")
		sender.Call(t, http.MethodPost, path+"/comments", map[string]string{"text": "Terima kasih."}).Refused(t, http.StatusConflict, "not_now")
		require.NotRegexp(t, temporaryForm, o.output.String(), "the log holds none")
		o.stop()
		o.command("check", "--strict")
	})
}

// commentsOn says something about a memo; the officer, who does not see it yet, learns nothing of it.
func (p person) commentsOn(t *testing.T, head, officer person, id string) {
	t.Helper()
	path, seq := "/api/v1/memos/"+id+"/comments", p.memo(t, id).Seq
	text := map[string]string{"text": "Mohon dipercepat."}
	for range 2 {
		p.Call(t, http.MethodPost, path, text, "Idempotency-Key", "said").Is(t, http.StatusCreated)
	}
	p.Call(t, http.MethodPost, path, map[string]string{"text": "  "}).Refused(t, http.StatusUnprocessableEntity, "invalid")
	officer.Call(t, http.MethodPost, path, text).Refused(t, http.StatusNotFound, "not_found")
	officer.Call(t, http.MethodGet, path, nil).Refused(t, http.StatusNotFound, "not_found")
	var said struct {
		Items []struct {
			Text string
			Own  bool
		}
	}
	head.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &said)
	require.Len(t, said.Items, 1)
	require.False(t, said.Items[0].Own)
	require.Equal(t, seq, p.memo(t, id).Seq)
}

// comesInBy lets somebody in by the temporary password that was mailed, which opens nothing but the form for an own one.
func (o *office) comesInBy(c apitest.Client, address string) {
	t := o.t
	t.Helper()
	letter := o.letters(address, 1)[0]
	require.NotRegexp(t, linkForm, letter.Text)
	temporary := temporaryForm.FindString(letter.Text)
	require.NotEmpty(t, temporary, "%s", letter.Text)
	username := regexp.MustCompile(`(?m)^.*?([a-z0-9]+\.[a-z0-9.]+)\s*$`).FindStringSubmatch(letter.Text)
	require.NotNil(t, username, "%s", letter.Text)
	var in struct {
		Token  string
		Change struct{ Link string }
	}
	signIn := map[string]any{"username": username[1], "password": temporary, "token_name": "x", "scopes": []string{"read"}, "days": 1}
	c.Call(t, http.MethodPost, "/api/v1/sign-in", signIn).Into(t, http.StatusCreated, &in)
	require.Empty(t, in.Token)
	c.As(in.Change.Link).Call(t, http.MethodGet, "/api/v1/me", nil).Refused(t, http.StatusUnauthorized, "unauthenticated")
	own := map[string]string{"password": password, "again": password}
	c.Call(t, http.MethodPost, "/api/v1/links/"+in.Change.Link, own).Is(t, http.StatusNoContent)
	c.Call(t, http.MethodPost, "/api/v1/sign-in", signIn).Refused(t, http.StatusUnauthorized, "wrong_credentials")
	o.signIn(c, username[1], password).Call(t, http.MethodGet, "/api/v1/me", nil).Is(t, http.StatusOK)
}
