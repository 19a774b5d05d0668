package store

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestLetters(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv"))
		sent := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
		letter := func(n int, body string) Letter {
			return Letter{ID: fmt.Sprintf("%032x", n), CaseID: id, Kind: models.LetterMemo, Round: 1, Seq: sent.Seq, Made: sent.Seq,
				Subject: "Akun Flexiwork", Signer: "Bayu", Signed: testNow(), Issued: testNow().Add(time.Minute),
				SHA256: strings.Repeat("ab", 32), Body: []byte(body)}
		}
		trail := b.count("select count(*) from audit_entries where stream = ?", "case:"+id)

		t.Run("a letter nobody has asked for is not found", func(t *testing.T) {
			_, err := b.Letter(b.ctx(), id, models.LetterMemo, sent.Seq)
			require.ErrorIs(t, err, models.ErrNotFound)
			_, err = b.LetterByID(b.ctx(), fmt.Sprintf("%032x", 1))
			require.ErrorIs(t, err, models.ErrNotFound)
		})
		t.Run("who ask at once are all given the first, and the trail tells of one", func(t *testing.T) {
			issued := make([]Letter, 8)
			for _, err := range atOnce(len(issued), func(i int) error {
				l, err := b.IssueLetter(b.ctx(), sender, letter(i, "letter "+fmt.Sprint(i)))
				issued[i] = l
				return err
			}) {
				require.NoError(t, err)
			}
			for _, l := range issued {
				require.Equal(t, issued[0].ID, l.ID)
				require.Equal(t, issued[0].Body, l.Body)
			}
			require.Equal(t, 1, b.count("select count(*) from letters"))
			require.Equal(t, trail+1, b.count("select count(*) from audit_entries where stream = ?", "case:"+id))
		})
		t.Run("it stays as it was issued, and its id finds it without the body", func(t *testing.T) {
			l, err := b.Letter(b.ctx(), id, models.LetterMemo, sent.Seq)
			require.NoError(t, err)
			require.Contains(t, string(l.Body), "letter ")
			require.Equal(t, testNow().Add(time.Minute), l.Issued.UTC())
			found, err := b.LetterByID(b.ctx(), l.ID)
			require.NoError(t, err)
			require.Empty(t, found.Body)
			require.Equal(t, l.SHA256, found.SHA256)
			require.Equal(t, "Bayu", found.Signer)
		})
		t.Run("a letter made before the last event is not kept", func(t *testing.T) {
			b.record(b.follow(sent, models.EventApproved, models.StatusVerification))
			late := letter(20, "late")
			late.Kind, late.Seq = models.LetterApproval, sent.Seq+1
			_, err := b.IssueLetter(b.ctx(), sender, late)
			require.ErrorIs(t, err, models.ErrStale)
			late.Made = sent.Seq + 1
			l, err := b.IssueLetter(b.ctx(), sender, late)
			require.NoError(t, err)
			require.Equal(t, late.ID, l.ID)
		})
		t.Run("a letter of the largest list is kept whole", func(t *testing.T) {
			big := letter(21, "")
			big.Kind, big.Seq, big.Made, big.Body = models.LetterResults, sent.Seq+1, sent.Seq+1, bytes.Repeat([]byte{0, 0xff, '%'}, 70_000)
			_, err := b.IssueLetter(b.ctx(), sender, big)
			require.NoError(t, err)
			l, err := b.Letter(b.ctx(), id, models.LetterResults, sent.Seq+1)
			require.NoError(t, err)
			require.Equal(t, big.Body, l.Body)
		})
		t.Run("whom a letter names is found by account and by employee", func(t *testing.T) {
			people, err := b.LetterPeople(b.ctx(), []string{sender.AccountID, sender.EmployeeID, "nobody"})
			require.NoError(t, err)
			require.Len(t, people, 2)
			require.Equal(t, people[sender.AccountID], people[sender.EmployeeID])
			require.Contains(t, people[sender.AccountID].Position, "Pimpinan Direktorat")
		})
	})
}
