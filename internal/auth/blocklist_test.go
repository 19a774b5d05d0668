package auth

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlocklist(t *testing.T) {
	b, err := NewBlocklist()
	require.NoError(t, err)
	require.Greater(t, len(b.sorted), 60_000)
	require.IsNonDecreasing(t, b.sorted)
	require.Less(t, len(words), 400_000)
	for _, pw := range []string{
		"password", "PASSWORD", "P@ssw0rd", "Password123!", "password2026", "!!Password!!", "pa55word", "passw0rd1",
		"rahasia", "Rahasia123!!", "R4h4s14", "rahas1a2026", "Indonesia2026!", "Jakarta#2026", "Kementerian123", "selamat123!",
		"qwertyuiop", "Qwertyuiop12!", "1234567890", "199003172015041002", "111111111111", "aaaaaaaaaaaa", "abababababab", "Aaaa1111!!!!",
		"rahasiarahasia", "Budi123456789!", "sayangkusayangku", "123123123123", "iloveyou2026!!", "1l0vey0u",
	} {
		t.Run(pw+" is refused", func(t *testing.T) { require.True(t, b.Blocklisted(pw)) })
	}
	for _, pw := range []string{
		"Kopi*Tubruk*7*Gelas", "merpati hinggap di menara", "xK9#vTq2!mLp", "9$Uq-cZ!w48r", "tujuh-gajah-biru-menari", "Angkot#Hijau&Macet", "Ünïcödé-Pässphräse",
	} {
		t.Run(pw+" passes", func(t *testing.T) { require.False(t, b.Blocklisted(pw)) })
	}
}
