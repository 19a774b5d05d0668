package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"loket/models"
)

// params are those of QUALITY 3: 19 MiB, two passes, one lane, 16 bytes of salt, 32 of key.
func params() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

const (
	// longestPassword bounds in bytes what is hashed at all; the policy's own limit counts characters.
	longestPassword = 1024
	// slotPatience is how long somebody waits for a turn at hashing before hearing that the service is busy.
	slotPatience = 10 * time.Second
)

// Hasher hashes passwords with argon2id. Each hash takes 19 MiB for some tens of milliseconds, so only so many run at
// once and the others wait their turn.
type Hasher struct {
	params *argon2id.Params
	slots  chan struct{}
	decoy  string
}

// NewHasher runs at most slots hashes at once, at least one.
func NewHasher(slots int) (*Hasher, error) {
	h := &Hasher{params: params(), slots: make(chan struct{}, max(slots, 1))}
	var err error
	if h.decoy, err = argon2id.CreateHash("nobody has this password", h.params); err != nil {
		return nil, fmt.Errorf("hash the decoy: %w", err)
	}
	return h, nil
}

// Hash gives the encoded hash of a password; ErrUnavailable when no turn came in time.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := argon2id.CreateHash(norm.NFC.String(password), h.params)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// Check tells whether the password is that of the hash, and whether the hash is weaker than today's. An empty hash
// stands for an account that is not there or lets nobody in: the same work is done, and nothing matches.
func (h *Hasher) Check(ctx context.Context, password, hash string) (match, weak bool, err error) {
	against := hash
	if hash == "" || len(password) > longestPassword {
		against, hash = h.decoy, ""
		password = password[:min(len(password), longestPassword)]
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	match, used, err := argon2id.CheckHash(norm.NFC.String(password), against)
	if err != nil {
		return false, false, fmt.Errorf("check a password: %w", err)
	}
	return match && hash != "", h.weaker(used), nil
}

func (h *Hasher) weaker(p *argon2id.Params) bool {
	return p.Memory < h.params.Memory || p.Iterations < h.params.Iterations || p.KeyLength < h.params.KeyLength || p.SaltLength < h.params.SaltLength
}

// turn waits for a slot and gives what frees it.
func (h *Hasher) turn(ctx context.Context) (func(), error) {
	wait, cancel := context.WithTimeout(ctx, slotPatience)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-wait.Done():
		return nil, errors.Join(models.ErrUnavailable, wait.Err())
	}
}
