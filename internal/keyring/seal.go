package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// ErrNotSealed says that a text is none that this key sealed for this use and owner.
var ErrNotSealed = errors.New("not sealed by this key")

// Seal encrypts what a database keeps, as base64 (AES-256-GCM under a key derived for the use alone, HKDF with SHA-256).
// of is whose it is: what was sealed for one owner does not open as another's.
func (k Key) Seal(use, of string, plain []byte) (string, error) {
	box, err := k.box(use)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(box.Seal(nil, nil, plain, []byte(of))), nil
}

// Open gives back what Seal was given; ErrNotSealed for anything else.
func (k Key) Open(use, of, sealed string) ([]byte, error) {
	box, err := k.box(use)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, ErrNotSealed
	}
	plain, err := box.Open(nil, nil, raw, []byte(of))
	if err != nil {
		return nil, ErrNotSealed
	}
	return plain, nil
}

func (k Key) box(use string) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, k.Secret, nil, use, 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key for %s: %w", use, err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("prepare a key for %s: %w", use, err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
