package auth

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/captcha"
)

// registers asks for a trader's account as dewi would, with what is changed.
func (b *bench) registers(change func(*Registering)) error {
	b.t.Helper()
	work, err := captcha.Solve(b.Challenge(b.t.Context()))
	require.NoError(b.t, err)
	in := Registering{Name: "Dewi Kartika", Email: " Dewi@Niaga.example", Proof: HumanProof{Work: work}, Locale: "en", Origin: portal}
	if change != nil {
		change(&in)
	}
	return b.Register(b.t.Context(), in)
}

func TestRegister(t *testing.T) {
	t.Run("an address is kept as it is compared, and answered alike whoever has it", func(t *testing.T) {
		b := setup(t, nil)
		b.exec("update accounts set email = 'ada@niaga.example' where id = ?", b.budi)
		require.NoError(t, b.registers(nil))
		require.NoError(t, b.registers(func(in *Registering) { in.Email = "ada@niaga.example" }))
		require.Equal(t, 2, b.count("select count(*) from registrations where looked is null and lang = 'en' and email in ('dewi@niaga.example', 'ada@niaga.example')"))
		require.Equal(t, 2, b.audited("registration_requested", "ok"))
	})
	t.Run("a machine gets nowhere, nor a proof that was used, nor a form without a shape", func(t *testing.T) {
		b := setup(t, nil)
		require.ErrorContains(t, b.registers(func(in *Registering) { in.Proof = HumanProof{} }), "captcha_needed")
		require.ErrorContains(t, b.registers(func(in *Registering) { in.Name = "<b>" }), "name: text_markup")
		require.ErrorContains(t, b.registers(func(in *Registering) { in.Email = "dewi" }), "email: email_invalid")
		var used Registering
		require.NoError(t, b.registers(func(in *Registering) { used = *in }))
		require.NoError(t, b.CheckRegister(t.Context(), used), "checking looks at no use")
		require.ErrorContains(t, b.Register(t.Context(), used), "captcha_over")
		require.Equal(t, 4, b.audited("registration_requested", "invalid"))
		require.Equal(t, 1, b.count("select count(*) from registrations"))
	})
	t.Run("an unaudited request is not kept", func(t *testing.T) {
		b := setup(t, nil)
		b.breakAudit()
		require.Error(t, b.registers(nil))
		require.Zero(t, b.count("select count(*) from registrations"))
	})
}
