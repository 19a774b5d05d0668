package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

// ages makes the password of an account so old.
func (o *office) ages(username string, old time.Duration) {
	o.t.Helper()
	o.alters("update accounts set password_changed_at = ? where username = ?", time.Now().Add(-old).UTC(), username)
}

const (
	aDay      = 24 * time.Hour
	rotation  = 90 * aDay
	endingWas = "Kata sandi Anda segera harus diganti"
)

// told counts the messages with that subject.
func (o *office) told(to, subject string) int {
	n := 0
	for _, l := range o.mail.List(to) {
		if strings.Contains(l.Subject, subject) {
			n++
		}
	}
	return n
}

// counts waits until so many messages with that subject have come, and gives the newest one's text.
func (o *office) counts(t testing.TB, to, subject string, n int) string {
	t.Helper()
	require.Eventually(t, func() bool { return o.told(to, subject) >= n }, patience, poll, "%d times %q to %s", n, subject, to)
	require.Equal(t, n, o.told(to, subject), "%q to %s", subject, to)
	for _, l := range o.mail.List(to) {
		if strings.Contains(l.Subject, subject) {
			letter, err := o.mail.Get(l.ID)
			require.NoError(t, err)
			return letter.Text
		}
	}
	return ""
}

// TestPasswordEnds has a password come to its three months: its owner is told three times before, and then changes it on
// the way to wherever they were going.
func TestPasswordEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	staff := applicants(t, string(models.EmploymentPNS), 1)[0]
	o.enrols(staff.nip, senderNIP, headNIP, adminNIP).start()
	username := "uji." + staff.nip[8:]
	c := apitest.NewClient(t, o.base)
	o.known(c, adminNIP).registersApp(t, "jadwal")

	for i, notice := range []struct {
		left int
		old  time.Duration
		says string
	}{{14, rotation - 14*aDay + time.Hour, "14 hari"}, {7, rotation - 7*aDay + time.Hour, "7 hari"}, {1, rotation - aDay + time.Hour, "1 hari"}} {
		o.ages(username, notice.old)
		o.restarts()
		require.Contains(t, o.counts(t, staff.external, endingWas, i+1), notice.says)
	}
	o.ages(username, rotation+time.Hour)
	o.restarts()

	t.Run("the API answers nothing else", func(t *testing.T) {
		p := o.signIn(c, username, password)
		p.Call(t, http.MethodGet, "/api/v1/home", nil).Refused(t, http.StatusForbidden, "password_change_required")
	})
	t.Run("an application's sign-on goes on behind the form", func(t *testing.T) { o.signsOnAfterChange(username) })
	t.Run("what was typed into an approval is not lost", func(t *testing.T) { o.decidesAfterChange(t, c) })
	require.Equal(t, 3, o.told(staff.external, endingWas), "nobody is told after the end, or after the change")
}

// signsOnAfterChange opens an application: the door, the form for a new password, and the application.
func (o *office) signsOnAfterChange(username string) {
	t, v := o.t, o.surfer()
	wanted := "/oidc/authorize?" + requested("jadwal").Encode()
	door, _ := v.get(wanted)
	at, err := url.Parse(door.Header.Get("Location"))
	require.NoError(t, err)
	got, _ := v.post("/sign-in", url.Values{"username": {username}, "password": {password}, "return": {at.Query().Get("return")}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode)
	for range 3 { // through whatever pages lie between
		if strings.HasPrefix(got.Header.Get("Location"), "/account/password") {
			break
		}
		got, _ = v.get(got.Header.Get("Location"))
	}
	at, err = url.Parse(got.Header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, "/account/password", at.Path, "nothing opens before the change")
	got, _ = v.get(wanted)
	require.NotContains(t, got.Header.Get("Location"), wayBack)
	way := at.Query().Get("return")
	got, page := v.post("/account/password", url.Values{"old": {password}, "password": {password}, "again": {password}, "return": {way}})
	require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode, page)
	got, page = v.post("/account/password", url.Values{"old": {password}, "password": {anotherPassword}, "again": {anotherPassword}, "return": {way}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode, page)
	got, page = v.get(got.Header.Get("Location"))
	require.NotEmpty(t, v.answered(got).Get("code"), page)
}

// decidesAfterChange types a reason for a refusal while the password comes to its end.
func (o *office) decidesAfterChange(t *testing.T, c apitest.Client) {
	sender := o.known(c, senderNIP)
	id := asked(t, sender, "Akses Flexiwork", recap(t, "recap-clean.csv")[:2])
	v := o.crowd(i18n.Indonesian, webtest.Desktop).stranger("head")
	v.username, v.password = "uji."+headNIP[8:], password
	v.comesFor("/memos/"+id+"/decide", i18n.Indonesian)
	const reason = "Kegiatan ini sudah \"ditunda\" & belum dijadwalkan."
	v.choose("verdict", "refuse")
	v.fill("reason", reason)
	o.ages(v.username, rotation+time.Hour)
	require.Equal(t, http.StatusForbidden, v.presses(), v.text("main"))
	require.Equal(t, v.say.T("portal.password.title"), v.text("h1"))
	require.Equal(t, "approval", sender.memo(t, id).Status, "nothing is decided yet")
	v.fill("old", "Salah*Besar*1945")
	v.fill("password", anotherPassword)
	v.fill("again", anotherPassword)
	v.faulted(v.submit(), "old")
	v.fill("old", password)
	v.fill("password", anotherPassword)
	v.fill("again", anotherPassword)
	require.Equal(t, http.StatusOK, v.submit(), v.text("main"))
	require.Equal(t, "approval", sender.memo(t, id).Status, "its sender presses once more")
	require.Equal(t, http.StatusOK, v.presses(), v.text("main"))
	v.flashed("refused")
	refused := sender.memo(t, id)
	require.Equal(t, "refused", refused.Status)
	require.Equal(t, reason, refused.Timeline[len(refused.Timeline)-1].Reason)
}
