package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/google/uuid"
)

// seal encrypts what is kept for a moment only (AES-256-GCM, under a key of its own made of the token key).
func (s *Store) seal(plain []byte) (string, error) {
	box, err := s.box()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails; the runtime ends the process instead
	return base64.RawStdEncoding.EncodeToString(box.Seal(nonce, nonce, plain, nil)), nil
}

// unseal opens what seal closed.
func (s *Store) unseal(sealed string) ([]byte, error) {
	box, err := s.box()
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < box.NonceSize() {
		return nil, fmt.Errorf("open what is sealed: it is none of ours")
	}
	plain, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], nil)
	if err != nil {
		return nil, fmt.Errorf("open what is sealed: %w", err)
	}
	return plain, nil
}

func (s *Store) box() (cipher.AEAD, error) {
	h := hmac.New(sha256.New, s.tokenKey)
	_, _ = h.Write([]byte("seal"))
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("make the key of what is sealed: %w", err)
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make the key of what is sealed: %w", err)
	}
	return box, nil
}

// newCaseID gives an id that tells nothing, not even when it was made: strangers get to see it.
func newCaseID() string { return uuid.NewString() }
