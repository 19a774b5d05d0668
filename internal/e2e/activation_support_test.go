package e2e_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/models"
)

const activationSeen = "Aktivasi akun perlu dilihat"

// TestThirdRefusedActivation asks for one person's account with wrong data: at the third time, and then alone, the service
// desk is told; whoever asks learns nothing.
func TestThirdRefusedActivation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "").enrols(supportNIP, auditorNIP).start()
	c := apitest.NewClient(t, o.base)
	auditor, desk := o.known(c, auditorNIP), registered(t, supportNIP)["external_email"]
	who := applicants(t, string(models.EmploymentPNS), 2)
	wrong, other := who[0].form(), who[1].form()
	wrong["rank"], other["rank"] = "I/a", "I/a"
	looked := func() int {
		var trail struct{ Items []struct{ Action string } }
		auditor.Call(t, http.MethodGet, "/api/v1/audit?action=activation_looked", nil).Into(t, http.StatusOK, &trail)
		return len(trail.Items)
	}
	asks := func(form map[string]string, n int) {
		c.Call(t, http.MethodPost, activations, form).Is(t, http.StatusAccepted)
		require.Eventually(t, func() bool { return looked() == n }, patience, calmly, "%d requests were looked at", n)
	}
	asks(wrong, 1)
	asks(other, 2)
	asks(wrong, 3)
	require.Zero(t, o.told(desk, activationSeen), "two of one person, and one of another")
	asks(wrong, 4)
	letter := o.counts(t, desk, activationSeen, 1)
	require.Regexp(t, `LKT-\d{4}-\d{6}`, letter)
	require.NotRegexp(t, codeForm, letter)
	require.NotRegexp(t, secretForm, letter)
	asks(wrong, 5)
	asks(other, 6)
	require.Equal(t, 1, o.told(desk, activationSeen), "it is told once")
	require.Zero(t, o.told(who[0].external, "Kode aktivasi"))
	o.stop()
	o.command("check", "--strict")
}
