package e2e_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/models"
)

// TestPasswordsAfterNIST runs a process by the other profile: length counts, classes of characters do not, and no password
// ends by its age.
func TestPasswordsAfterNIST(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	o.env = append(o.env, "LOKET_PASSWORD_POLICY=nist")
	staff := applicants(t, string(models.EmploymentPNS), 1)[0]
	o.enrols(staff.nip)
	username := "uji." + staff.nip[8:]
	o.ages(username, 400*aDay)
	o.start()
	c := apitest.NewClient(t, o.base)
	p := o.signIn(c, username, password)
	p.Call(t, http.MethodGet, "/api/v1/home", nil).Is(t, http.StatusOK)

	change := func(old, wanted string) apitest.Answer {
		return p.Call(t, http.MethodPut, "/api/v1/me/password", map[string]string{"old": old, "password": wanted, "again": wanted})
	}
	for wanted, fault := range map[string]string{"Kopi*Tubruk*7!": "password_min_length", "kopi tubruk tu": "password_min_length", username + " di kantor": "password_contains_username"} {
		require.Equal(t, fault, change(password, wanted).Refused(t, http.StatusUnprocessableEntity, "invalid")["password"], wanted)
	}
	v := o.surfer()
	got, _ := v.post("/sign-in", url.Values{"username": {username}, "password": {password}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode)
	got, page := v.get("/account/password")
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Contains(t, page, "15 karakter")
	require.NotContains(t, page, "huruf besar", "the form asks for no classes")
	const plain = "kopi tubruk dua" // 15 small letters and blanks
	change(password, plain).Is(t, http.StatusNoContent)
	require.Equal(t, "password_too_soon", change(plain, password).Refused(t, http.StatusUnprocessableEntity, "invalid")["password"])

	o.ages(username, rotation-aDay/2)
	o.restarts()
	o.signIn(c, username, plain).Call(t, http.MethodGet, "/api/v1/home", nil).Is(t, http.StatusOK)
	require.Zero(t, o.told(staff.external, endingWas))
	o.stop()
	o.command("check", "--strict")
}
