package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// aged makes accounts whose passwords are as old as each other.
func (b *bundle) aged(n int) []string {
	b.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		var err error
		name := fmt.Sprintf("lama.%03d", i)
		ids[i], err = b.CreateAccount(b.ctx(), models.Actor{}, NewAccount{Username: name, Name: "Lama", Email: name + "@kantor.example", PasswordHash: "hash"})
		require.NoError(b.t, err)
	}
	return ids
}

// earlier gives the hashes of an account's passwords that cannot come back, its present one among them.
func (b *bundle) earlier(id string) []string {
	b.t.Helper()
	hashes, err := b.PasswordHashes(b.ctx(), id, 5, b.wall.Now())
	require.NoError(b.t, err)
	return hashes
}

func TestPasswordAgesOfMany(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		ids, policy := b.aged(150), models.AgencyPolicy()
		told := func() (int, error) { return b.TellPasswordAges(b.ctx(), policy, 100) }
		b.wall.pass(76 * 24 * time.Hour)
		b.refusing("notices", "account_id", ids[3])
		n, err := told()
		require.Error(t, err, "one cannot be told")
		require.Equal(t, 99, n, "and keeps nobody behind it from their news")
		n, err = told()
		require.Error(t, err)
		require.Equal(t, 50, n, "who was told makes room for who was not")
		require.Equal(t, 149, b.count("select count(*) from notices where kind = 'password_ending'"))
		b.refusing("notices", "account_id", "")
		n, err = told()
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}
