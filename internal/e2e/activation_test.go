package e2e_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/mail/mailbox"
	"loket/models"
)

var (
	codeForm   = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b`)
	secretForm = regexp.MustCompile(`Aktif(-[a-z2-9]{4}){3}`)
	disownForm = regexp.MustCompile(`https?://[^\s"<]+/activation/disown/([A-Za-z0-9_-]{43})`)
)

// applicant is an employee of the synthetic ministry who may activate an account.
type applicant struct{ nip, name, rank, effective, official, external string }

func (a applicant) form() map[string]string {
	return map[string]string{"nip": a.nip, "rank": strings.ToUpper(a.rank), "rank_effective_date": a.effective, "email": a.external}
}

// applicants picks civil servants at work; those with another employment come when asked for.
func applicants(t *testing.T, employment string, n int) []applicant {
	t.Helper()
	var list []applicant
	for _, e := range recap(t, "employees.csv") {
		if e["employment_type"] == employment && e["status"] == "active" && e["external_email"] != "" && e["position"] == "Staf" && len(list) < n {
			list = append(list, applicant{e["nip"], e["name"], e["rank"], e["rank_effective_date"], e["official_email"], e["external_email"]})
		}
	}
	require.Len(t, list, n)
	return list
}

// activationLetter is what a message with a code says.
type activationLetter struct {
	code, secret string
	usernames    []string
}

func readActivation(t testing.TB, letter mailbox.Letter) activationLetter {
	t.Helper()
	l := activationLetter{code: codeForm.FindString(letter.Text), secret: secretForm.FindString(letter.Text)}
	if names := regexp.MustCompile(`(?m)^(?:Pilihan nama pengguna|Usernames to choose from): (\S.*?)\s*$`).FindStringSubmatch(letter.Text); names != nil {
		l.usernames = strings.Split(names[1], ", ")
	}
	require.NotEmpty(t, l.code, letter.Text)
	require.NotEmpty(t, l.secret, letter.Text)
	require.NotEmpty(t, l.usernames, letter.Text)
	return l
}

func (l activationLetter) completion(username string) map[string]string {
	return map[string]string{"username": username, "secret": l.secret, "code": strings.ToLower(strings.ReplaceAll(l.code, "-", " ")), "password": password, "again": password}
}

// retired gives the NIP of somebody who works no more.
func retired(t *testing.T) string {
	t.Helper()
	for _, e := range recap(t, "employees.csv") {
		if e["status"] == string(models.EmployeeRetired) && e["nip"] != "" {
			return e["nip"]
		}
	}
	require.Fail(t, "nobody is retired")
	return ""
}

// requireAlike posts each body and finds the answers alike in status, headers and length; what is random by nature is
// compared in length alone.
func requireAlike(t *testing.T, c apitest.Client, path string, bodies ...map[string]string) {
	t.Helper()
	var first apitest.Answer
	for i, body := range bodies {
		a := c.Call(t, http.MethodPost, path, body)
		for _, random := range []string{"X-Request-Id", "Date"} {
			require.Len(t, a.Header.Get(random), len(a.Header.Get(random)))
			a.Header.Del(random)
		}
		if i == 0 {
			first = a
		}
		require.Equal(t, first.Status, a.Status, "%v", body)
		require.Equal(t, first.Header, a.Header, "%v", body)
		require.Len(t, a.Body, len(first.Body), "%v", body)
	}
	require.Less(t, first.Status, http.StatusInternalServerError)
}

const activations = "/api/v1/activations"

// TestActivationThroughTheAPI takes an employee from the public form to an account that signs in, with a wrong step at
// each turn; nothing but a message tells whose data were right.
func TestActivationThroughTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL)
		o.start()
		c := apitest.NewClient(t, o.base)
		who := applicants(t, string(models.EmploymentPNS), 3)
		contracted := applicants(t, string(models.EmploymentPPPK), 1)[0]
		me, other := who[0], who[1]

		c.Call(t, http.MethodPost, activations, map[string]string{"nip": "123", "rank": "V/z", "rank_effective_date": "2024-02-31", "email": "x"}).
			Refused(t, http.StatusUnprocessableEntity, "invalid")
		var asked struct{ Reference string }
		c.Call(t, http.MethodPost, activations, me.form()).Into(t, http.StatusAccepted, &asked)
		first := readActivation(t, o.letters(me.external, 1)[0])

		wrong := other.form()
		wrong["rank"] = "I/a"
		stranger := map[string]string{"nip": "199001012015011999", "rank": "III/a", "rank_effective_date": "2020-01-01", "email": "siapa@mail.example"}
		employed := map[string]string{"nip": contracted.nip, "rank": "III/a", "rank_effective_date": "2020-01-01", "email": contracted.external}
		gone := map[string]string{"nip": retired(t), "rank": "III/a", "rank_effective_date": "2020-01-01", "email": "siapa@mail.example"}
		requireAlike(t, c, activations, wrong, stranger, employed, gone, me.form(), who[2].form())
		warning := disownForm.FindStringSubmatch(o.letters(other.external, 1)[0].Text)
		require.NotNil(t, warning)
		c.Call(t, http.MethodPost, activations+"/disown", map[string]string{"token": warning[1]}).Is(t, http.StatusNoContent)
		c.Call(t, http.MethodPost, activations+"/disown", map[string]string{"token": "unknown"}).Refused(t, http.StatusGone, "link_spent")
		for _, reference := range []string{asked.Reference, "5b1c1f9e-0a3c-4a53-9a3b-1f6de54c0f5e"} {
			c.Call(t, http.MethodPost, activations+"/resend", map[string]string{"reference": reference}).Is(t, http.StatusNoContent)
		}
		require.Len(t, o.letters(me.external, 1), 1, "not within a minute")

		complete := activations + "/complete"
		weak := first.completion(first.usernames[0])
		weak["password"], weak["again"] = "loket", "loket"
		c.Call(t, http.MethodPost, complete, weak).Refused(t, http.StatusUnprocessableEntity, "invalid")
		unknown := first.completion("tidak.ada")
		unknown["code"], unknown["secret"] = "0000-0000", "Aktif-aaaa-bbbb-cccc"
		requireAlike(t, c, complete, unknown, first.completion("tidak.ada"))
		for field, value := range map[string]string{"code": "0000-0000", "secret": "Aktif-aaaa-bbbb-cccc"} {
			in := first.completion(first.usernames[0])
			in[field] = value
			c.Call(t, http.MethodPost, complete, in).Refused(t, http.StatusUnprocessableEntity, "activation_not_accepted")
		}
		var done struct{ Username string }
		c.Call(t, http.MethodPost, complete, first.completion(first.usernames[0]+"@kem.example")).Into(t, http.StatusCreated, &done)
		require.Equal(t, first.usernames[0], done.Username)
		c.Call(t, http.MethodPost, complete, first.completion(first.usernames[0])).Refused(t, http.StatusUnprocessableEntity, "activation_not_accepted")

		employee := o.signIn(c, done.Username, password)
		var account struct {
			Name         string
			Applications []string
		}
		employee.Call(t, http.MethodGet, "/api/v1/me", nil).Into(t, http.StatusOK, &account)
		require.Equal(t, me.name, account.Name)
		require.Equal(t, []string{"sso"}, account.Applications)
		for _, secret := range []string{first.code, first.secret, warning[1], password} {
			require.NotContains(t, o.output.String(), secret, "the log holds none")
		}
		o.stop()
		require.Contains(t, o.command("check", "--strict"), "R9")
	})
}
