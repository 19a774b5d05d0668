package oidc

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite/token/jwt"

	"loket/internal/keyring"
	"loket/internal/store"
)

const (
	// keyLife is how long a key signs; afterwards it stays published for keyGrace, far longer than any token lives.
	keyLife  = 90 * 24 * time.Hour
	keyGrace = 24 * time.Hour
	// keyBits is the length of an RSA key. RS256 is what every application may count on (OpenID Connect Discovery 3).
	keyBits = 3072
)

// keys makes, seals and opens the signing keys.
type keys struct {
	store  SigningKeys
	ring   Ring
	agency string
	now    func() time.Time
}

type signingKey struct {
	id      string
	created time.Time
	private crypto.Signer
}

// algorithm is what a key signs by. Keys on a curve are from before every key was RSA; they only verify.
func (k signingKey) algorithm() jose.SignatureAlgorithm {
	if _, ok := k.private.(*rsa.PrivateKey); ok {
		return jose.RS256
	}
	return jose.ES256
}

// all opens every key that can still be opened, the newest first.
func (k *keys) all(ctx context.Context) ([]signingKey, error) {
	rows, err := k.store.OpenIDKeys(ctx, k.agency)
	if err != nil {
		return nil, err
	}
	var list []signingKey
	for _, row := range rows {
		private, err := k.unseal(row)
		if err != nil {
			return nil, err
		}
		if private != nil {
			list = append(list, signingKey{row.ID, row.Created, private})
		}
	}
	return list, nil
}

// current gives the key that signs now, a new one when the last has grown old or none can be opened.
func (k *keys) current(ctx context.Context) (signingKey, error) {
	for range 2 {
		list, err := k.all(ctx)
		if err != nil {
			return signingKey{}, err
		}
		signs := len(list) > 0 && list[0].algorithm() == jose.RS256
		if signs && k.now().Sub(list[0].created) < keyLife {
			return list[0], nil
		}
		since := k.now().Add(-keyLife)
		if !signs {
			since = k.now() // those that are there were sealed by a key that is lost, or are on a curve
		}
		if err := k.add(ctx, since); err != nil {
			return signingKey{}, err
		}
	}
	return signingKey{}, errors.New("a new signing key cannot be opened")
}

func (k *keys) add(ctx context.Context, since time.Time) error {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return fmt.Errorf("make a signing key: %w", err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("write a signing key: %w", err)
	}
	var id [8]byte
	_, _ = rand.Read(id[:])
	row := store.OpenIDKey{ID: hex.EncodeToString(id[:]), AgencyID: k.agency}
	under := k.ring.Current(keyring.Token)
	row.SealedBy = under.ID
	if row.Sealed, err = under.Seal(forSigning, row.ID, plain); err != nil {
		return err
	}
	return k.store.AddOpenIDKey(ctx, row, since)
}

// unseal opens a key; nil when the key that sealed it is not in the keyring any more.
func (k *keys) unseal(row store.OpenIDKey) (crypto.Signer, error) {
	under, ok := k.ring.ByID(keyring.Token, row.SealedBy)
	if !ok {
		return nil, nil
	}
	plain, err := under.Open(forSigning, row.ID, row.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open signing key %s: %w", row.ID, err)
	}
	private, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, fmt.Errorf("read signing key %s: %w", row.ID, err)
	}
	key, ok := private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("signing key %s is of a kind that is not ours", row.ID)
	}
	return key, nil
}

// forSigning is the use of the keys under which signing keys are sealed.
const forSigning = "openid signing keys"

// published are the public keys of everything that may still be looked at.
func (k *keys) published(ctx context.Context) (jose.JSONWebKeySet, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	if _, err := k.current(ctx); err != nil {
		return set, err
	}
	list, err := k.all(ctx)
	for i, key := range list {
		// A key stops signing when the next one is made.
		if i == 0 || k.now().Sub(list[i-1].created) < keyGrace {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.private.Public(), KeyID: key.id, Algorithm: string(key.algorithm()), Use: "sig"})
		}
	}
	return set, err
}

// find gives the public key of that id; nil where there is none.
func (k *keys) find(ctx context.Context, id string) (crypto.PublicKey, error) {
	list, err := k.all(ctx)
	for _, key := range list {
		if key.id == id {
			return key.private.Public(), nil
		}
	}
	return nil, err
}

// signer signs with the key of the moment, whose id it names. The rest is fosite's.
type signer struct {
	jwt.DefaultSigner
	keys *keys
}

// Generate signs claims.
func (s *signer) Generate(ctx context.Context, claims jwt.MapClaims, header jwt.Mapper) (string, string, error) {
	key, err := s.keys.current(ctx)
	if err != nil {
		return "", "", err
	}
	headers := &jwt.Headers{Extra: map[string]any{}}
	for name, value := range header.ToMap() {
		headers.Add(name, value)
	}
	headers.Add("kid", key.id)
	with := jwt.DefaultSigner{GetPrivateKey: func(context.Context) (any, error) { return key.private, nil }}
	return with.Generate(ctx, claims, headers)
}
