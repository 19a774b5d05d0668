package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/auth"
	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

// merchant is a company's person whose account was made without a registration.
type merchant struct{ username, email string }

// merchant makes one whose password is everybody's and whose account ends then. The first of a company is responsible for
// it. The process need not run.
func (o *office) merchant(username, npwp string, ends time.Time) merchant {
	o.t.Helper()
	m := merchant{username: username, email: username + "@niaga.example"}
	s := o.database()
	defer func() { require.NoError(o.t, s.Close()) }()
	hasher, err := auth.NewHasher(1)
	require.NoError(o.t, err)
	hash, err := hasher.Hash(o.t.Context(), password)
	require.NoError(o.t, err)
	name := strings.ToUpper(username[:1]) + strings.ReplaceAll(username[1:], ".", " ")
	_, err = s.AddTrader(o.t.Context(), models.Actor{Origin: models.Origin{Channel: "cli"}}, store.NewTrader{Company: models.Company{NPWP: npwp, Name: "PT Niaga Contoh",
		Address: "Jl. Pelabuhan 1, Jakarta", Postcode: "14310", Phone: "021 555 0101"}, Username: username, Name: name, Email: m.email, PasswordHash: hash, Responsible: true, Ends: ends})
	require.NoError(o.t, err)
	return m
}

// database opens the installation's own, beside the process.
func (o *office) database() *store.Store {
	o.t.Helper()
	data := filepath.Join(o.dir, "data")
	ring, err := keyring.Open(filepath.Join(data, "keyring.json"))
	require.NoError(o.t, err)
	url := "sqlite:" + filepath.Join(data, "loket.db")
	for _, v := range o.env {
		if given, ok := strings.CutPrefix(v, "LOKET_DATABASE_URL="); ok {
			url = given
		}
	}
	s, err := store.Open(o.t.Context(), store.Config{URL: url, AuditKeys: ring, TokenKey: ring.Current(keyring.Token).Secret, PublicURL: o.base, Clock: models.Clock{Speed: 1}})
	require.NoError(o.t, err)
	return s
}

// theirs waits for the message of which the subject tells, and gives its text.
func (o *office) theirs(t testing.TB, to, subject string) string {
	t.Helper()
	text := ""
	require.Eventually(t, func() bool {
		for _, s := range o.mail.List(to) {
			if l, err := o.mail.Get(s.ID); err == nil && strings.Contains(l.Subject, subject) {
				text = l.Text
				return true
			}
		}
		return false
	}, 90*time.Second, 50*time.Millisecond, "%q to %s", subject, to)
	return text
}
