package e2e_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// TestMemoThroughTheAPI takes the synthetic ministry's clean recap list from a draft to people who sign in, on both
// databases, with a wrong step at each turn.
func TestMemoThroughTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
		rows := recap(t, "recap-clean.csv")
		id := write(t, sender, rows)
		sendMemo(t, sender, head, id)
		approve(t, sender, head, officer, id)
		verify(t, officer, id, len(rows))
		m := sender.await(t, id, "activation")
		require.Equal(t, len(rows)-1, m.Rows.Provisioned)
		require.Equal(t, 1, m.Rows.Rejected)
		o.welcome(c, sender, id, rows)
		require.Less(t, o.stop().Seconds(), 30.0)
		o.command("check", "audit")
	})
}

// write keeps a draft, refused first for everything that is wrong with it.
func write(t *testing.T, sender person, rows []map[string]string) string {
	t.Helper()
	sender.Call(t, http.MethodPost, "/api/v1/memos", `{"kind":"flexiwork","unit":"KEM.1.2","unit":"KEM.2"}`).Refused(t, http.StatusUnprocessableEntity, "invalid")
	wrong := draft(nil)
	wrong["unit"] = "KEM.2"
	require.Contains(t, sender.Call(t, http.MethodPost, "/api/v1/memos", wrong).Refused(t, http.StatusUnprocessableEntity, "invalid"), "unit")

	var m, again memo
	sender.Call(t, http.MethodPost, "/api/v1/memos", draft(nil), "Idempotency-Key", "a-draft").Into(t, http.StatusCreated, &m)
	sender.Call(t, http.MethodPost, "/api/v1/memos", draft(nil), "Idempotency-Key", "a-draft").Into(t, http.StatusCreated, &again)
	require.Equal(t, m.ID, again.ID, "the same key converges on the same draft")
	sender.Call(t, http.MethodPost, "/api/v1/memos", draft(rows), "Idempotency-Key", "a-draft").Refused(t, http.StatusUnprocessableEntity, "idempotency_conflict")
	require.Contains(t, sender.Call(t, http.MethodPost, "/api/v1/memos/"+m.ID+"/send", nil).Refused(t, http.StatusUnprocessableEntity, "invalid"), "rows")

	sender.Call(t, http.MethodPut, "/api/v1/memos/"+m.ID, draft(rows), "If-Match", `"999"`).Refused(t, http.StatusPreconditionFailed, "stale")
	sender.Call(t, http.MethodPut, "/api/v1/memos/"+m.ID, draft(rows), "If-Match", strconv.Quote(strconv.Itoa(m.Version))).Into(t, http.StatusOK, &m)
	require.Contains(t, m.Actions, "send")
	sender.attaches(t, m.ID)
	return m.ID
}

func sendMemo(t *testing.T, sender, head person, id string) {
	t.Helper()
	var report struct {
		Errors int
		Steps  []struct{ Names []string }
	}
	sender.Call(t, http.MethodGet, "/api/v1/memos/"+id+"/check", nil).Into(t, http.StatusOK, &report)
	require.Zero(t, report.Errors, "%+v", report)
	require.NotEmpty(t, report.Steps[0].Names, "who will be asked is known before sending")
	head.Call(t, http.MethodGet, "/api/v1/memos/"+id, nil).Refused(t, http.StatusNotFound, "not_found")

	var m, again memo
	sender.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/send", nil, "Idempotency-Key", "go").Into(t, http.StatusOK, &m)
	sender.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/send", nil, "Idempotency-Key", "go").Into(t, http.StatusOK, &again)
	require.Equal(t, "approval", m.Status)
	require.Equal(t, m.Seq, again.Seq, "sent once")
	require.NotEmpty(t, m.MemoNumber)
	sender.Call(t, http.MethodPut, "/api/v1/memos/"+id, draft(nil)).Refused(t, http.StatusConflict, "not_now")
}

func approve(t *testing.T, sender, head, officer person, id string) {
	t.Helper()
	path := "/api/v1/memos/" + id + "/decision"
	yes := map[string]any{"approve": true}
	sender.Call(t, http.MethodPost, path, yes).Refused(t, http.StatusForbidden, "not_yours")
	officer.Call(t, http.MethodPost, path, yes).Refused(t, http.StatusNotFound, "not_found")
	require.Contains(t, head.Call(t, http.MethodPost, path, map[string]any{"approve": false}).Refused(t, http.StatusUnprocessableEntity, "invalid"), "reason")
	var inbox struct{ Items []memo }
	head.Call(t, http.MethodGet, "/api/v1/inbox", nil).Into(t, http.StatusOK, &inbox)
	require.Len(t, inbox.Items, 1)
	var m memo
	head.Call(t, http.MethodPost, path, yes, "Idempotency-Key", "yes").Into(t, http.StatusOK, &m)
	require.Equal(t, "verification", m.Status)
	head.Call(t, http.MethodPost, path, yes, "Idempotency-Key", "yes").Into(t, http.StatusOK, &m)
	head.Call(t, http.MethodPost, path, yes).Refused(t, http.StatusConflict, "already_decided")
}

// verify rejects the first row, accepts the second, and then the rest at once.
func verify(t *testing.T, officer person, id string, rows int) {
	t.Helper()
	path := "/api/v1/memos/" + id + "/verification"
	one := func(no int, accept bool, reason string) map[string]any {
		return map[string]any{"rows": []map[string]any{{"no": no, "accept": accept, "reason": reason}}}
	}
	officer.Call(t, http.MethodPost, path, one(rows+1, true, "")).Refused(t, http.StatusUnprocessableEntity, "invalid")
	officer.Call(t, http.MethodPost, path, one(1, false, "")).Refused(t, http.StatusUnprocessableEntity, "invalid")
	var m memo
	officer.Call(t, http.MethodPost, path, one(1, false, "sudah pindah unit")).Into(t, http.StatusOK, &m)
	officer.Call(t, http.MethodPost, path, one(2, true, "")).Into(t, http.StatusOK, &m)
	require.Equal(t, rows-2, m.Rows.Pending)
	officer.Call(t, http.MethodPost, path, one(2, false, "berubah pikiran")).Refused(t, http.StatusConflict, "already_decided")
	officer.Call(t, http.MethodPost, path, map[string]any{"all": "accepted"}).Into(t, http.StatusOK, &m)
	require.Zero(t, m.Rows.Pending)
}

// welcome reads each person's only message, lets one of them in, and finds the sender's counts grown.
func (o *office) welcome(c apitest.Client, sender person, id string, rows []map[string]string) {
	t := o.t
	for _, row := range rows[1:] {
		letters := o.letters(row["external_email"], 1)
		require.Len(t, letters, 1, "one message for %s", row["name"])
		require.Contains(t, letters[0].Text, row["name"])
	}
	require.Empty(t, o.mail.List(rows[0]["external_email"]), "nothing for who was rejected")
	letter := o.letters(rows[1]["external_email"], 1)[0]
	link := linkForm.FindStringSubmatch(letter.Text)
	require.NotNil(t, link, "%s", letter.Text)
	require.Contains(t, letter.HTML, link[1], "the same link in both parts")

	path := "/api/v1/links/" + link[1]
	var info struct{ Username string }
	c.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &info)
	c.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &info)
	c.Call(t, http.MethodPost, path, map[string]string{"password": "pendek", "again": "pendek"}).Refused(t, http.StatusUnprocessableEntity, "invalid")
	c.Call(t, http.MethodPost, path, map[string]string{"password": password, "again": password}).Is(t, http.StatusNoContent)
	c.Call(t, http.MethodPost, path, map[string]string{"password": password, "again": password}).Refused(t, http.StatusGone, "link_spent")
	someone := o.signIn(c, info.Username, password)
	var me struct{ Username string }
	someone.Call(t, http.MethodGet, "/api/v1/me", nil).Into(t, http.StatusOK, &me)
	require.Equal(t, info.Username, me.Username)
	require.True(t, strings.HasPrefix(info.Username, strings.ToLower(strings.Fields(rows[1]["name"])[0])), info.Username)
	require.Equal(t, 1, sender.memo(t, id).Rows.Activated)
	require.Empty(t, someone.memo(t, id).Actions, "who is listed sees where it stands, and decides nothing")
}
