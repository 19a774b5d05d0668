package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestComments(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		writer, sender, head := b.holder(models.RoleOfficer, ""), b.holder(models.RoleHead, "KEM.1.2"), b.holder(models.RoleHead, "KEM.1")
		id := b.memo(writer, "KEM.1.2", recap(t, "recap-clean.csv")[:2])
		b.tamper("update accounts set email = username || '@kem.example' where email = ''")
		last := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
		before, err := b.Memo(t.Context(), id)
		require.NoError(t, err)
		say := func(a models.Actor, commentID, text string) error {
			return b.AddComment(t.Context(), a, id, models.Comment{ID: commentID, At: b.caseNow(), Text: text})
		}
		told := func(a models.Actor) int {
			return b.count("select count(*) from notices where kind = 'memo_comment' and case_id = ? and account_id = ?", id, a.AccountID)
		}
		rung := func(a models.Actor) int {
			return b.count("select count(*) from notifications where kind = 'memo_comment' and case_id = ? and account_id = ?", id, a.AccountID)
		}
		newest, err := b.ChangesSince(t.Context(), time.Time{})
		require.NoError(t, err)
		b.wall.pass(time.Second)

		t.Run("one is kept once, however often it is sent at once", func(t *testing.T) {
			for _, err := range atOnce(8, func(int) error { return say(sender, "c1", "Mohon dipercepat.") }) {
				require.NoError(t, err)
			}
			list, err := b.Comments(t.Context(), id, sender.AccountID)
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.Equal(t, models.Comment{ID: "c1", AuthorName: list[0].AuthorName, Own: true, At: b.caseNow(), Text: "Mohon dipercepat."}, list[0])
			require.NotEmpty(t, list[0].AuthorName)
			list, err = b.Comments(t.Context(), id, head.AccountID)
			require.NoError(t, err)
			require.False(t, list[0].Own)
		})
		t.Run("everybody concerned but its author is told", func(t *testing.T) {
			require.Equal(t, []int{0, 1, 1}, []int{told(sender), told(writer), told(head)})
			require.Equal(t, []int{0, 1, 1}, []int{rung(sender), rung(writer), rung(head)})
		})
		t.Run("nobody's page is stale by it, and open pages hear of it", func(t *testing.T) {
			after, err := b.Memo(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, before, after)
			changes, err := b.ChangesSince(t.Context(), newest[0].Touched)
			require.NoError(t, err)
			require.Len(t, changes, 1)
			require.Equal(t, newest[0].Version, changes[0].Version)
		})
		t.Run("within 15 minutes nobody is told twice, whoever was not told yet is", func(t *testing.T) {
			b.wall.pass(models.CommentPause - 2*time.Second)
			require.NoError(t, say(head, "c2", "Sedang saya periksa."))
			require.Equal(t, []int{1, 1, 1}, []int{told(sender), told(writer), told(head)})
		})
		t.Run("after them they are", func(t *testing.T) {
			b.wall.pass(2 * time.Second)
			require.NoError(t, say(writer, "c3", "Terima kasih."))
			require.Equal(t, []int{1, 1, 2}, []int{told(sender), told(writer), told(head)})
			require.Equal(t, []int{1, 1, 1}, []int{rung(sender), rung(writer), rung(head)}, "what nobody has looked at is not told again")
		})
		t.Run("they stand in the order of time and in the trail", func(t *testing.T) {
			list, err := b.Comments(t.Context(), id, "")
			require.NoError(t, err)
			require.Equal(t, []string{"c1", "c2", "c3"}, []string{list[0].ID, list[1].ID, list[2].ID})
			require.Equal(t, 3, b.count("select count(*) from audit_entries where stream = ? and action = 'commented'", caseStream(id)))
			found, err := b.SurveyTrail(t.Context())
			require.NoError(t, err)
			require.Empty(t, found.Findings)
		})
		t.Run("none is kept on a case that has ended", func(t *testing.T) {
			c := b.follow(last, models.EventWithdrawn, models.StatusWithdrawn)
			c.Outcome, c.After.Candidates, c.After.Due = "withdrawn", nil, nil
			b.record(c)
			require.ErrorIs(t, say(sender, "c4", "Terlambat."), models.ErrNotNow)
			require.NoError(t, say(sender, "c1", "Mohon dipercepat."), "a repeat is no second one")
			require.Equal(t, 3, b.count("select count(*) from comments"))
		})
		t.Run("none on a case that is not there", func(t *testing.T) {
			require.ErrorIs(t, b.AddComment(t.Context(), sender, "nowhere", models.Comment{ID: "c5", At: b.caseNow(), Text: "x"}), models.ErrNotFound)
		})
	})
}
