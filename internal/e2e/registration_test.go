package e2e_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/captcha"
	"loket/internal/files/filestest"
)

var registerForm = regexp.MustCompile(`https?://[^\s"<]+/register/([A-Za-z0-9_-]{43})`)

const registrations = "/api/v1/registrations"

// registration is the part of a registration's answer that scenarios look at.
type registration struct {
	ID, Number, Status, Reason, Username string
	Seq, Version, Round, People          int
	Actions                              []string
	Form                                 map[string]string
	Papers                               []struct{ ID, Kind, Name, SHA256 string }
	Notes                                []struct{ Field, Note string }
	Known                                *struct{ NPWP, Name string }
	Timeline                             []struct {
		Type      string
		ActorName string `json:"actor_name"`
	}
}

// trader is somebody who registers, and the company that they do it for.
type trader struct{ name, email, username, npwp, company string }

func (r trader) form() map[string]any {
	return map[string]any{"name": r.name, "phone": "0812 5550 0101", "username": r.username, "npwp": r.npwp, "company": r.company,
		"address": "Jalan Pelabuhan Raya 12, Jakarta Utara", "postcode": "14310", "company_phone": "021 555 0101", "edi_number": "EDI-000417"}
}

// without is the form with something else in a field.
func (r trader) but(field, value string) map[string]any {
	form := r.form()
	form[field] = value
	return form
}

func sari() trader {
	return trader{name: "Sari Wibowo", email: "sari.wibowo@sumber-rezeki.example", username: "sari.wibowo", npwp: "01.234.567.8-901.000", company: "PT Sumber Rezeki Contoh"}
}

// proof is done work that shows a form is worth its while; each counts once.
func proof(t testing.TB, c apitest.Client) string {
	t.Helper()
	var challenge captcha.Challenge
	c.Call(t, http.MethodGet, "/api/v1/captcha", nil).Into(t, http.StatusOK, &challenge)
	done, err := captcha.Solve(challenge)
	require.NoError(t, err)
	return done
}

// asks for a registration, and gives the address of the link in the n-th message.
func (r trader) asks(t testing.TB, o *office, c apitest.Client, n int) string {
	t.Helper()
	answer := c.Call(t, http.MethodPost, registrations, map[string]string{"name": r.name, "email": r.email, "captcha": proof(t, c)})
	answer.Is(t, http.StatusAccepted)
	require.Empty(t, answer.Body)
	link := registerForm.FindStringSubmatch(o.letters(r.email, n)[0].Text)
	require.NotNil(t, link)
	return registrations + "/by-link/" + link[1]
}

// begins follows the link and opens the form.
func (r trader) begins(t testing.TB, o *office, c apitest.Client) string {
	t.Helper()
	path := r.asks(t, o, c, 1)
	var now registration
	posted(t, c, path+"/proof", nil).Into(t, http.StatusOK, &now)
	require.Equal(t, "form", now.Status)
	return path
}

// sends the form with one paper.
func (r trader) sends(t testing.TB, c apitest.Client, path string) registration {
	t.Helper()
	c.Upload(t, path+"/papers", "npwp", "NPWP.pdf", filestest.PDF("NPWP "+r.npwp)).Is(t, http.StatusOK)
	var now registration
	posted(t, c, path+"/send", r.form()).Into(t, http.StatusOK, &now)
	require.Equal(t, "verification", now.Status)
	return now
}

// posted asks again while it is told to come back, as may be on a busy machine: a step of an applicant counts once.
func posted(t testing.TB, c apitest.Client, path string, body any) apitest.Answer {
	t.Helper()
	var a apitest.Answer
	require.Eventually(t, func() bool {
		var err error
		a, err = c.Try(http.MethodPost, path, body)
		return err == nil && a.Status != http.StatusServiceUnavailable
	}, time.Minute, 200*time.Millisecond, "%s was never acknowledged", path)
	return a
}

// stands waits until a registration stands somewhere.
func stands(t testing.TB, c apitest.Client, path, status string) registration {
	t.Helper()
	var now registration
	require.Eventually(t, func() bool {
		a, err := c.Try(http.MethodGet, path, nil)
		return err == nil && a.Status == http.StatusOK && a.Decode(&now) == nil && now.Status == status
	}, 60*time.Second, 200*time.Millisecond, "%s should come to %s", path, status)
	return now
}

// TestRegistrationThroughTheAPI takes somebody from the public form to an account of a company, with a wrong step at each
// turn.
func TestRegistrationThroughTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		officer, other, stranger := o.hire(c, officerNIP), o.hire(c, otherNIP), o.hire(c, senderNIP)
		me := sari()
		c.Call(t, http.MethodPost, registrations, map[string]string{"name": "", "email": "sari", "captcha": ""}).Refused(t, http.StatusUnprocessableEntity, "invalid")

		path := me.asks(t, o, c, 1)
		me.looks(t, c, path)
		id := me.fillsIn(t, o, c, path)
		me.isReturned(t, c, officer, stranger, path, id)
		me.isAccepted(t, o, c, officer, other, path, id)
		me.comesIn(t, o, c, officer, path, id)
		alikeFor(t, o, c, officer)
		require.NotContains(t, o.output.String(), path[len(registrations+"/by-link/"):], "the log holds no link")
		o.stop()
		o.command("check", "--strict")
	})
}

// looks at the link, which begins nothing, and begins.
func (r trader) looks(t *testing.T, c apitest.Client, path string) {
	t.Helper()
	var now registration
	for range 2 {
		c.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &now)
		require.Equal(t, "proof", now.Status)
		require.Equal(t, []string{"prove"}, now.Actions)
	}
	c.Call(t, http.MethodPut, path, r.form()).Refused(t, http.StatusConflict, "not_now")
	posted(t, c, path+"/proof", nil).Into(t, http.StatusOK, &now)
	require.Equal(t, "form", now.Status)
	unknown := registrations + "/by-link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	c.Call(t, http.MethodGet, unknown, nil).Refused(t, http.StatusGone, "link_spent")
	c.Call(t, http.MethodPost, unknown+"/proof", nil).Refused(t, http.StatusGone, "link_spent")
	c.Upload(t, unknown+"/papers", "npwp", "a.pdf", filestest.PDF("a")).Refused(t, http.StatusGone, "link_spent")
}

// fillsIn writes a part, goes wrong, adds papers, and sends.
func (r trader) fillsIn(t *testing.T, o *office, c apitest.Client, path string) string {
	t.Helper()
	var now registration
	c.Call(t, http.MethodPut, path, map[string]any{"company": r.company}).Into(t, http.StatusOK, &now)
	require.Equal(t, r.company, now.Form["company"], "a part is kept")
	old := fmt.Sprintf("%q", fmt.Sprint(now.Version))
	c.Call(t, http.MethodPut, path, r.form(), "If-Match", old).Into(t, http.StatusOK, &now)
	c.Call(t, http.MethodPut, path, r.form(), "If-Match", old).Refused(t, http.StatusPreconditionFailed, "stale")

	wrong := r.but("npwp", "01.234.567")
	wrong["postcode"], wrong["username"] = "143", "Admin"
	faults := c.Call(t, http.MethodPost, path+"/send", wrong).Refused(t, http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, map[string]string{"npwp": "npwp_length", "postcode": "postcode_digits", "username": "username_reserved", "papers": "papers_needed"}, faults)
	taken := r.but("username", o.account1(c))
	c.Upload(t, path+"/papers", "npwp", "NPWP.pdf", []byte("PK\x03\x04")).Refused(t, http.StatusUnprocessableEntity, "invalid")
	c.Upload(t, path+"/papers", "selfie", "NPWP.pdf", filestest.PDF("x")).Refused(t, http.StatusUnprocessableEntity, "invalid")
	for i := range 5 {
		c.Upload(t, path+"/papers", "other", fmt.Sprintf("Surat %d.pdf", i), filestest.PDF(fmt.Sprint("Surat ", i))).Into(t, http.StatusOK, &now)
	}
	require.Len(t, now.Papers, 5)
	c.Upload(t, path+"/papers", "other", "Surat 6.pdf", filestest.PDF("Surat 6")).Refused(t, http.StatusUnprocessableEntity, "invalid")
	for _, p := range now.Papers[2:] {
		c.Call(t, http.MethodDelete, path+"/papers/"+p.ID, nil).Is(t, http.StatusOK)
	}
	require.Equal(t, filestest.PDF("Surat 0"), c.Call(t, http.MethodGet, path+"/papers/"+now.Papers[0].ID, nil).Body)
	c.Call(t, http.MethodDelete, path+"/papers/"+now.Papers[4].ID, nil).Refused(t, http.StatusNotFound, "not_found")

	foreign := trader{name: "Orang Lain", email: "lain@mail.example", username: "orang.lain", npwp: "987654321098000", company: "CV Lain Contoh"}.begins(t, o, c)
	c.Call(t, http.MethodGet, foreign+"/papers/"+now.Papers[0].ID, nil).Refused(t, http.StatusNotFound, "not_found")
	c.Call(t, http.MethodDelete, foreign+"/papers/"+now.Papers[0].ID, nil).Refused(t, http.StatusNotFound, "not_found")
	c.Call(t, http.MethodPost, foreign+"/withdrawal", nil).Into(t, http.StatusOK, &now)
	require.Equal(t, "withdrawn", now.Status)

	require.Contains(t, c.Call(t, http.MethodPost, path+"/send", taken).Refused(t, http.StatusUnprocessableEntity, "invalid"), "username")
	c.Call(t, http.MethodPost, path+"/send", r.form()).Into(t, http.StatusOK, &now)
	require.Equal(t, "verification", now.Status)
	require.Equal(t, "012345678901000", now.Form["npwp"], "kept without its dots")
	require.Len(t, now.Papers, 2)
	c.Call(t, http.MethodPut, path, r.form()).Refused(t, http.StatusConflict, "not_now")
	return now.ID
}

// account1 is a username that somebody has.
func (o *office) account1(c apitest.Client) string { return o.hire(c, supportNIP).username }

// isReturned has the registration found in the inbox, read by who may, and given back once.
func (r trader) isReturned(t *testing.T, c apitest.Client, officer, stranger person, path, id string) {
	t.Helper()
	var work struct {
		Items []struct{ ID, Kind, Queue string }
	}
	officer.Call(t, http.MethodGet, "/api/v1/inbox?queue=registration", nil).Into(t, http.StatusOK, &work)
	require.Len(t, work.Items, 1)
	require.Equal(t, "registration", work.Items[0].Kind)
	page, decision := registrations+"/"+id, registrations+"/"+id+"/decision"
	stranger.Call(t, http.MethodGet, page, nil).Refused(t, http.StatusNotFound, "not_found")
	stranger.Call(t, http.MethodPost, decision, map[string]any{"action": "approve"}).Refused(t, http.StatusNotFound, "not_found")
	c.Call(t, http.MethodGet, page, nil).Refused(t, http.StatusUnauthorized, "unauthenticated")
	var now registration
	officer.Call(t, http.MethodGet, page, nil).Into(t, http.StatusOK, &now)
	require.Nil(t, now.Known, "no company has that number yet")
	require.Contains(t, now.Actions, "approve")
	officer.Call(t, http.MethodGet, page+"/papers/"+now.Papers[0].ID, nil).Is(t, http.StatusOK)
	stranger.Call(t, http.MethodGet, page+"/papers/"+now.Papers[0].ID, nil).Refused(t, http.StatusNotFound, "not_found")

	back := map[string]any{"action": "return", "notes": []map[string]string{{"field": "address", "note": "Tulis sesuai NIB."}}, "seq": now.Seq}
	require.Equal(t, map[string]string{"reason": "required"}, officer.Call(t, http.MethodPost, decision, back).Refused(t, http.StatusUnprocessableEntity, "invalid"))
	back["reason"] = "Alamat berbeda."
	seen := now.Seq
	officer.Call(t, http.MethodPost, decision, back).Is(t, http.StatusOK)

	c.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &now)
	require.Equal(t, "returned", now.Status)
	require.Equal(t, "Alamat berbeda.", now.Reason)
	require.Equal(t, "address", now.Notes[0].Field)
	for _, e := range now.Timeline {
		require.Empty(t, e.ActorName, "an applicant reads no names of officers")
	}
	officer.Call(t, http.MethodPost, decision, map[string]any{"action": "approve"}).Refused(t, http.StatusConflict, "already_decided")
	c.Call(t, http.MethodPost, path+"/send", r.but("address", "Jalan Niaga 1, Jakarta Utara")).Into(t, http.StatusOK, &now)
	require.Equal(t, 2, now.Round)
	officer.Call(t, http.MethodPost, decision, map[string]any{"action": "approve", "seq": seen}).Refused(t, http.StatusPreconditionFailed, "stale")
}

// isAccepted has one officer accept while another comes too late.
func (r trader) isAccepted(t *testing.T, o *office, c apitest.Client, officer, other person, path, id string) {
	t.Helper()
	decision := registrations + "/" + id + "/decision"
	var now registration
	other.Call(t, http.MethodGet, registrations+"/"+id, nil).Into(t, http.StatusOK, &now)
	for range 2 {
		officer.Call(t, http.MethodPost, decision, map[string]any{"action": "approve"}, "Idempotency-Key", "accept").Is(t, http.StatusOK)
	}
	late := other.Call(t, http.MethodPost, decision, map[string]any{"action": "refuse", "reason": "Terlambat.", "seq": now.Seq})
	require.Contains(t, []int{http.StatusConflict, http.StatusPreconditionFailed}, late.Status, "%s", late.Body)
	stands(t, c, path, "activation")
	c.Call(t, http.MethodPost, path+"/withdrawal", nil).Refused(t, http.StatusConflict, "not_now")
}

// comesIn sets a password by the link of the message, and finds what a trader may and may not.
func (r trader) comesIn(t *testing.T, o *office, c apitest.Client, officer person, path, id string) {
	t.Helper()
	set := "/api/v1/links/" + o.passwordLink(r.email)
	c.Call(t, http.MethodGet, set, nil).Is(t, http.StatusOK)
	c.Call(t, http.MethodPost, set, map[string]string{"password": "loket", "again": "loket"}).Refused(t, http.StatusUnprocessableEntity, "invalid")
	c.Call(t, http.MethodPost, set, map[string]string{"password": password, "again": password}).Is(t, http.StatusNoContent)
	c.Call(t, http.MethodPost, set, map[string]string{"password": password, "again": password}).Refused(t, http.StatusGone, "link_spent")
	in := o.signIn(c, r.username, password)
	var account struct{ Name, Email string }
	in.Call(t, http.MethodGet, "/api/v1/me", nil).Into(t, http.StatusOK, &account)
	require.Equal(t, r.name, account.Name)
	in.Call(t, http.MethodPost, "/api/v1/memos", draft(recap(t, "recap-clean.csv")[:1])).Refused(t, http.StatusUnprocessableEntity, "invalid")
	in.Call(t, http.MethodGet, "/api/v1/units", nil).Refused(t, http.StatusForbidden, "forbidden")
	in.Call(t, http.MethodGet, "/api/v1/employees", nil).Refused(t, http.StatusForbidden, "forbidden")
	require.Equal(t, r.username, stands(t, officer.Client, registrations+"/"+id, "done").Username)
	c.Call(t, http.MethodGet, path, nil).Refused(t, http.StatusGone, "link_spent")
	c.Call(t, http.MethodPut, path, r.form()).Refused(t, http.StatusGone, "link_spent")
}

// passwordLink is the last part of the link by which somebody sets a password, once its message has come.
func (o *office) passwordLink(email string) string {
	o.t.Helper()
	var link []string
	found := func() bool {
		for _, l := range o.letters(email, 1) {
			if link = linkForm.FindStringSubmatch(l.Text); link != nil {
				return true
			}
		}
		return false
	}
	require.Eventually(o.t, found, 30*time.Second, 100*time.Millisecond, "%v\n%s", o.mail.List(email), o.output.tail(20))
	return link[1]
}

// alikeFor registers with an address that is somebody's and with one that is nobody's: the answers are alike.
func alikeFor(t *testing.T, o *office, c apitest.Client, who person) {
	t.Helper()
	var account struct{ Email string }
	who.Call(t, http.MethodGet, "/api/v1/me", nil).Into(t, http.StatusOK, &account)
	known := account.Email
	before := len(o.mail.List(known))
	bodies := make([]map[string]string, 3)
	for i, email := range []string{known, "belum.ada@mail.example", "lain@mail.example"} {
		bodies[i] = map[string]string{"name": "Sari Wibowo", "email": email, "captcha": proof(t, c)}
	}
	requireAlike(t, c, registrations, bodies...)
	letter := o.letters(known, before+1)[0]
	require.NotRegexp(t, registerForm, letter.Text, "whoever has an account is told so, by mail alone")
	require.Regexp(t, registerForm, o.letters("belum.ada@mail.example", 1)[0].Text)
}
