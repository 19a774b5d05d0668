// Package keyring owns the one file that holds the service's symmetric keys:
// it creates, reads, checks and rotates it.
//
// It leaves what a key is used for to those who ask: audit chains (internal/audit),
// payloads of the engine (internal/engine), token digests, the certificate
// authority. Losing the file loses open cases and the proof of the audit trail,
// so an existing file is never replaced, only added to.
package keyring

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Purpose says what a key may be used for; no key serves two purposes.
type Purpose string

// The purposes. Every key is 32 random bytes.
const (
	Audit Purpose = "audit" // HMAC-SHA256 of audit entries
	Codec Purpose = "codec" // AES-256-GCM of what the engine stores
	Token Purpose = "token" // HMAC-SHA256 digests of tokens and codes at rest
	CA    Purpose = "ca"    // AES-256-GCM around the authority's private key
)

const secretSize = 32

// ErrUnknownPurpose is answered for a purpose that this package does not define.
var ErrUnknownPurpose = errors.New("keyring: unknown purpose")

// Purposes lists all purposes in the order of the file; a ring has at least one
// key for each.
func Purposes() []Purpose { return []Purpose{Audit, Codec, Token, CA} }

// Ring is a set of keys, safe for concurrent use. The newest key of a purpose is
// the current one; the older ones stay to read what they wrote.
type Ring struct {
	path string

	mu   sync.RWMutex
	keys []entry
	seen fs.FileInfo
}

// entry is a key with what the file says about it.
type entry struct {
	key     Key
	purpose Purpose
	created time.Time
}

// Open reads the keyring file, creating it with fresh keys when there is none.
// A file that others may read, that is damaged or that lacks a purpose is
// refused: nothing is repaired in silence.
func Open(path string) (*Ring, error) {
	r := &Ring{path: path}
	err := r.load()
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, err
		}
		err = r.load()
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Parse reads the content of a keyring file, for keys that come from elsewhere
// than a file; such a ring cannot be rotated.
func Parse(content []byte) (*Ring, error) {
	keys, err := decode(content)
	if err != nil {
		return nil, err
	}
	return &Ring{keys: keys}, nil
}

// Current returns the key to write with. It panics on an unknown purpose, which
// only a mistake in the program can bring about.
func (r *Ring) Current(p Purpose) Key {
	all := r.All(p)
	if len(all) == 0 {
		panic(fmt.Sprintf("keyring: no key for purpose %q", p))
	}
	return all[len(all)-1]
}

// ByID returns the key that wrote something. An id that is not known makes the
// ring look at its file again, since another process may have rotated it.
func (r *Ring) ByID(p Purpose, id string) (Key, bool) {
	if k, ok := r.find(p, id); ok {
		return k, true
	}
	if !r.changed() || r.load() != nil {
		return Key{}, false
	}
	return r.find(p, id)
}

// All returns the keys of a purpose, oldest first.
func (r *Ring) All(p Purpose) []Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var all []Key
	for _, e := range r.keys {
		if e.purpose == p {
			all = append(all, e.key)
		}
	}
	return all
}

// ErrFixed is answered for a purpose whose keys cannot be rotated.
var ErrFixed = errors.New("keyring: what was written under this key does not say so, and would be lost")

// Rotate adds a new current key to the file and the ring; the old ones stay.
// Other processes learn of it when they meet the new id or start anew. ErrFixed
// for Token, since a digest names no key, and for CA, which nothing uses yet.
func (r *Ring) Rotate(p Purpose) error {
	switch {
	case !known(p):
		return fmt.Errorf("%w: %q", ErrUnknownPurpose, p)
	case p == Token || p == CA:
		return ErrFixed
	}
	if r.path == "" {
		return errors.New("keyring: rotating keys that do not come from a file")
	}
	unlock, err := lock(r.path)
	if err != nil {
		return err
	}
	defer unlock()
	if err := r.load(); err != nil {
		return err
	}
	r.mu.RLock()
	keys := append(append([]entry(nil), r.keys...), generate(p))
	r.mu.RUnlock()
	if err := replace(r.path, keys); err != nil {
		return err
	}
	return r.load()
}

// String hides the keys.
func (r *Ring) String() string { return "keyring(" + r.path + ")" }

// Format hides the keys whatever the verb.
func (r *Ring) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, r.String()) }

// LogValue hides the keys.
func (r *Ring) LogValue() slog.Value { return slog.StringValue(r.String()) }

func (r *Ring) find(p Purpose, id string) (Key, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, e := range r.keys {
		if e.purpose == p && e.key.ID == id {
			return e.key, true
		}
	}
	return Key{}, false
}

func (r *Ring) changed() bool {
	if r.path == "" {
		return false
	}
	info, err := os.Stat(r.path)
	if err != nil {
		return false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	// A replaced file is another file even within one tick of the clock.
	return !os.SameFile(info, r.seen) || !info.ModTime().Equal(r.seen.ModTime()) || info.Size() != r.seen.Size()
}

func (r *Ring) load() error {
	content, seen, err := read(r.path)
	if err != nil {
		return err
	}
	keys, err := decode(content)
	if err != nil {
		return fmt.Errorf("reading %s: %w", r.path, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys, r.seen = keys, seen
	return nil
}

func known(p Purpose) bool {
	for _, each := range Purposes() {
		if each == p {
			return true
		}
	}
	return false
}

// generate makes a key; crypto/rand never fails, it ends the program instead.
func generate(p Purpose) entry {
	id, secret := make([]byte, 6), make([]byte, secretSize)
	_, _ = rand.Read(id)
	_, _ = rand.Read(secret)
	return entry{
		key:     Key{ID: string(p) + "-" + hex.EncodeToString(id), Secret: secret},
		purpose: p,
		created: time.Now().UTC().Truncate(time.Second),
	}
}
