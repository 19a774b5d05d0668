package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash"
	"time"

	"loket/internal/keyring"
	"loket/models"
)

// Keys are the keys of the trail; *keyring.Ring is one. Old keys stay, to check what they wrote.
type Keys interface {
	Current(p keyring.Purpose) keyring.Key
	ByID(p keyring.Purpose, id string) (keyring.Key, bool)
}

// Code is the proof that stands beside what it binds: the key's id, the code of the predecessor ("" for the first),
// and the HMAC-SHA256 of both, in base64url.
type Code struct {
	KeyID string
	Prev  string
	MAC   string
}

// Link gives the code of an entry that follows prev in its stream. The agency and everything that people read are
// bound; the sequence numbers are not, since the chain itself is the order.
func Link(keys Keys, agency, prev string, e models.AuditEntry) (Code, error) {
	k := keys.Current(keyring.Audit)
	mac, err := link(k, agency, prev, e)
	return Code{KeyID: k.ID, Prev: prev, MAC: mac}, err
}

// Linked tells whether the code is the entry's own. It is false for a key that nobody has any more.
func Linked(keys Keys, agency string, c Code, e models.AuditEntry) (bool, error) {
	k, ok := keys.ByID(keyring.Audit, c.KeyID)
	if !ok {
		return false, nil
	}
	mac, err := link(k, agency, c.Prev, e)
	return hmac.Equal([]byte(mac), []byte(c.MAC)), err
}

// Seal gives the code by which a committed entry takes its place in the one chain over all streams.
func Seal(keys Keys, prev, stream, entryMAC string) Code {
	k := keys.Current(keyring.Audit)
	return Code{KeyID: k.ID, Prev: prev, MAC: seal(k, prev, stream, entryMAC)}
}

// Sealed tells whether the code seals that entry.
func Sealed(keys Keys, c Code, stream, entryMAC string) bool {
	k, ok := keys.ByID(keyring.Audit, c.KeyID)
	return ok && hmac.Equal([]byte(seal(k, c.Prev, stream, entryMAC)), []byte(c.MAC))
}

func link(k keyring.Key, agency, prev string, e models.AuditEntry) (string, error) {
	origin, err := json.Marshal(e.Origin)
	if err != nil {
		return "", err
	}
	return code(k, "entry", prev, agency, e.Stream, e.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano),
		e.Actor, e.ActorName, e.OnBehalfOf, e.Action, e.Object, string(origin), e.Before, e.After, e.Outcome), nil
}

func seal(k keyring.Key, prev, stream, entryMAC string) string {
	return code(k, "seal", prev, stream, entryMAC)
}

// code binds the parts with their lengths, so that nothing can move from one part to the next.
func code(k keyring.Key, parts ...string) string {
	h := hmac.New(sha256.New, k.Secret)
	for _, p := range parts {
		part(h, p)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func part(h hash.Hash, p string) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(p)))
	_, _ = h.Write(length[:])
	_, _ = h.Write([]byte(p))
}
