package keyring_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/keyring"
)

func TestSeal(t *testing.T) {
	key := keyring.Key{Secret: make([]byte, 32)}
	sealed, err := key.Seal("second factors", "account 1", []byte("rahasia"))
	require.NoError(t, err)
	require.NotContains(t, sealed, "rahasia")
	plain, err := key.Open("second factors", "account 1", sealed)
	require.NoError(t, err)
	require.Equal(t, "rahasia", string(plain))
	again, err := key.Seal("second factors", "account 1", []byte("rahasia"))
	require.NoError(t, err)
	require.NotEqual(t, sealed, again, "the same does not look the same")

	other := keyring.Key{Secret: append(make([]byte, 31), 1)}
	for name, open := range map[string]func() ([]byte, error){
		"as another's":         func() ([]byte, error) { return key.Open("second factors", "account 2", sealed) },
		"for another use":      func() ([]byte, error) { return key.Open("signing keys", "account 1", sealed) },
		"by another key":       func() ([]byte, error) { return other.Open("second factors", "account 1", sealed) },
		"when changed":         func() ([]byte, error) { return key.Open("second factors", "account 1", "A"+sealed[1:]+"AAAA") },
		"when it is short":     func() ([]byte, error) { return key.Open("second factors", "account 1", "AAAA") },
		"when it is no base64": func() ([]byte, error) { return key.Open("second factors", "account 1", "?") },
	} {
		t.Run("does not open "+name, func(t *testing.T) {
			_, err := open()
			require.ErrorIs(t, err, keyring.ErrNotSealed)
		})
	}
}
