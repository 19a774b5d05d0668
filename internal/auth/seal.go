package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"

	"loket/internal/keyring"
	"loket/internal/store"
)

// Ring gives the keys under which second factors are sealed; *keyring.Ring does.
type Ring interface {
	Current(p keyring.Purpose) keyring.Key
	ByID(p keyring.Purpose, id string) (keyring.Key, bool)
}

// seal encrypts a key of an account: whoever has the database alone can make no codes, nor pass one person's key off as
// another's.
func (s *Service) seal(accountID string, key []byte) (keyID, sealed string, err error) {
	under := s.cfg.Keys.Current(keyring.Token)
	box, err := sealing(under)
	if err != nil {
		return "", "", err
	}
	return under.ID, base64.StdEncoding.EncodeToString(box.Seal(nil, nil, key, []byte(accountID))), nil
}

func (s *Service) unseal(f store.SecondFactor) ([]byte, error) {
	under, ok := s.cfg.Keys.ByID(keyring.Token, f.SealedBy)
	if !ok {
		return nil, fmt.Errorf("the keyring lacks key %s, which sealed a second factor", f.SealedBy)
	}
	box, err := sealing(under)
	if err != nil {
		return nil, err
	}
	sealed, err := base64.StdEncoding.DecodeString(f.Sealed)
	if err != nil {
		return nil, errors.New("read a sealed second factor")
	}
	key, err := box.Open(nil, nil, sealed, []byte(f.AccountID))
	if err != nil {
		return nil, fmt.Errorf("open a second factor: %w", err)
	}
	return key, nil
}

// sealing derives the key for second factors, which serves nothing else.
func sealing(under keyring.Key) (cipher.AEAD, error) {
	secret, err := hkdf.Key(sha256.New, under.Secret, nil, "second factors", 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("prepare a key: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// encodeKey writes a key as apps and the library read it.
func encodeKey(key []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
}
