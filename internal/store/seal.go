package store

import (
	"github.com/google/uuid"

	"loket/internal/keyring"
)

// forMoments is the use of the key under which is sealed what is kept for a moment only.
const forMoments = "requests"

// seal encrypts what is kept for a moment only.
func (s *Store) seal(plain []byte) (string, error) {
	return keyring.Key{Secret: s.tokenKey}.Seal(forMoments, "", plain)
}

// unseal opens what seal closed.
func (s *Store) unseal(sealed string) ([]byte, error) {
	plain, err := keyring.Key{Secret: s.tokenKey}.Open(forMoments, "", sealed)
	return plain, wrap(err, "open what is sealed")
}

// newCaseID gives an id that tells nothing, not even when it was made: strangers get to see it.
func newCaseID() string { return uuid.NewString() }
