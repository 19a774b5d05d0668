package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// newToken gives 256 random bits as text that fits a cookie, a header and a link.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails; the runtime ends the process instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// digest is what is kept of a token: keyed, so that a stolen table opens nothing, and bound to its use.
func (s *Store) digest(use, token string) string {
	h := hmac.New(sha256.New, s.tokenKey)
	_, _ = h.Write([]byte(use + ":" + token))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
