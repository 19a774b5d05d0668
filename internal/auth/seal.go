package auth

import (
	"encoding/base32"
	"fmt"

	"loket/internal/keyring"
	"loket/internal/store"
)

// Ring gives the keys under which second factors are sealed; *keyring.Ring does.
type Ring interface {
	Current(p keyring.Purpose) keyring.Key
	ByID(p keyring.Purpose, id string) (keyring.Key, bool)
}

// forFactors is the use of the keys under which second factors are sealed.
const forFactors = "second factors"

// seal encrypts a key of an account: whoever has the database alone can make no codes, nor pass one person's key off as
// another's.
func (s *Service) seal(accountID string, key []byte) (keyID, sealed string, err error) {
	under := s.cfg.Keys.Current(keyring.Token)
	sealed, err = under.Seal(forFactors, accountID, key)
	return under.ID, sealed, err
}

func (s *Service) unseal(f store.SecondFactor) ([]byte, error) {
	under, ok := s.cfg.Keys.ByID(keyring.Token, f.SealedBy)
	if !ok {
		return nil, fmt.Errorf("the keyring lacks key %s, which sealed a second factor", f.SealedBy)
	}
	key, err := under.Open(forFactors, f.AccountID, f.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open a second factor: %w", err)
	}
	return key, nil
}

// encodeKey writes a key as apps and the library read it.
func encodeKey(key []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
}
