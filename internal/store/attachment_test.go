package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// sum is a digest for a content that nobody has to keep.
func sum(n int) string { return fmt.Sprintf("%064x", n) }

// stage notes a file of the actor.
func (b *bundle) stage(a models.Actor, n int, name string) string {
	b.t.Helper()
	id, err := b.StageFile(b.ctx(), a, models.Attachment{Name: name, Size: 1234, Type: "application/pdf", SHA256: sum(n)})
	require.NoError(b.t, err)
	return id
}

// attach attaches a file and gives its id.
func (b *bundle) attach(a models.Actor, memo string, n int, kind models.AttachmentKind) string {
	b.t.Helper()
	id := b.stage(a, n, fmt.Sprintf("berkas %d.pdf", n))
	require.NoError(b.t, b.AttachFile(b.ctx(), a, memo, id, kind))
	return id
}

func TestAttachments(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		head, other := b.holder(models.RoleHead, "KEM.1.2"), b.holder(models.RoleHead, "KEM.2")
		id := b.memo(head, "KEM.1.2", recap(t, "recap-clean.csv")[:2])
		require.Empty(t, b.attachments(id))
		first := b.attach(head, id, 1, models.AttachmentSPTJM)
		b.attach(head, id, 2, models.AttachmentOther)

		v, err := b.Memo(b.ctx(), id)
		require.NoError(t, err)
		want := models.Attachment{ID: first, Position: 1, Kind: models.AttachmentSPTJM, Name: "berkas 1.pdf", Size: 1234, Type: "application/pdf", SHA256: sum(1)}
		require.Equal(t, want, v.Draft.Attachments[0], "the page shows what is attached")
		require.Len(t, v.Draft.Attachments, 2)
		require.Equal(t, 3, v.Version, "each file is a version of the draft")
		require.Equal(t, v.Draft.Attachments, b.attachments(id))
		one, err := b.Attachment(b.ctx(), id, first)
		require.NoError(t, err)
		require.Equal(t, want, one)

		t.Run("the same content of the same kind again changes nothing", func(t *testing.T) {
			b.attach(head, id, 1, models.AttachmentSPTJM)
			require.Len(t, b.attachments(id), 2)
		})
		t.Run("nobody attaches what another has uploaded", func(t *testing.T) {
			require.ErrorIs(t, b.AttachFile(b.ctx(), head, id, b.stage(other, 9, "asing.pdf"), models.AttachmentOther), models.ErrNotFound)
			require.ErrorIs(t, b.AttachFile(b.ctx(), head, id, first, models.AttachmentOther), models.ErrNotFound, "nor what is attached already")
		})
		t.Run("a file of one memo is none of another", func(t *testing.T) {
			second := b.memo(head, "KEM.1.2", nil)
			_, err := b.Attachment(b.ctx(), second, first)
			require.ErrorIs(t, err, models.ErrNotFound)
			require.ErrorIs(t, b.DetachFile(b.ctx(), head, second, first), models.ErrNotFound)
		})
		t.Run("the sixth file is refused, however many come at once", func(t *testing.T) {
			staged := make([]string, 8)
			for i := range staged {
				staged[i] = b.stage(head, 10+i, "lagi.pdf")
			}
			refused := 0
			for _, err := range atOnce(8, func(i int) error { return b.AttachFile(b.ctx(), head, id, staged[i], models.AttachmentOther) }) {
				if err != nil {
					require.ErrorContains(t, err, "attachments_too_many")
					refused++
				}
			}
			require.Equal(t, 5, refused)
			require.Len(t, b.attachments(id), models.MaxAttachments)
		})
		t.Run("what is taken out is staged again, and audited", func(t *testing.T) {
			require.NoError(t, b.DetachFile(b.ctx(), head, id, first))
			require.Equal(t, 1, b.count("select count(*) from files where id = ? and state = 'staged' and case_id is null", first))
			require.Len(t, b.attachments(id), models.MaxAttachments-1)
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'file_detached' and was like ?", "%"+sum(1)+"%"))
		})
		b.attach(head, id, 1, models.AttachmentSPTJM)
		t.Run("a file taken out while the memo is being sent makes the sending stale", func(t *testing.T) {
			planned := b.sending(id, head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})
			v, err := b.Memo(b.ctx(), id)
			require.NoError(t, err)
			planned.Draft = v.Version
			require.NoError(t, b.DetachFile(b.ctx(), head, id, v.Draft.Attachments[0].ID))
			_, err = b.Record(b.ctx(), planned)
			require.ErrorIs(t, err, models.ErrStale)
		})
		t.Run("once it is sent, nothing comes or goes", func(t *testing.T) {
			b.record(b.sending(id, head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}))
			require.ErrorIs(t, b.AttachFile(b.ctx(), head, id, b.stage(head, 50, "telat.pdf"), models.AttachmentOther), models.ErrNotNow)
			require.ErrorIs(t, b.DetachFile(b.ctx(), head, id, b.attachments(id)[0].ID), models.ErrNotNow)
			sent, err := b.Revision(b.ctx(), id, 1)
			require.NoError(t, err)
			require.Equal(t, b.attachments(id), sent.Attachments, "the round remembers them")
		})
	})
}

func (b *bundle) attachments(id string) []models.Attachment {
	b.t.Helper()
	d, err := b.DraftOf(b.ctx(), id)
	require.NoError(b.t, err)
	return d.Attachments
}

func TestUnusedFiles(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		head := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(head, "KEM.1.2", nil)
		b.attach(head, id, 1, models.AttachmentSPTJM)
		b.stage(head, 2, "tertinggal.pdf")
		b.stage(head, 1, "sama.pdf")
		doom := func() []string {
			t.Helper()
			sums, err := b.DoomBlobs(b.ctx())
			require.NoError(t, err)
			return sums
		}
		require.Equal(t, 2, b.count("select count(*) from blobs"), "two uploads of the same bytes are one content")
		b.wall.pass(models.StagedLife - time.Second)
		require.Empty(t, doom(), "not before a day has passed")
		b.wall.pass(2 * time.Second)
		require.Equal(t, []string{sum(2)}, doom(), "what a memo has stays, and what lay about is given up")
		require.Empty(t, doom(), "once")
		_, err := b.StageFile(b.ctx(), head, models.Attachment{Name: "a.pdf", SHA256: sum(2)})
		require.ErrorIs(t, err, models.ErrUnavailable, "nobody refers to what is being deleted")
		b.wall.pass(doomLife + time.Second)
		require.Equal(t, []string{sum(2)}, doom(), "a process that died over it is followed by another")
		require.NoError(t, b.BlobGone(b.ctx(), sum(2)))
		b.stage(head, 2, "baru.pdf")
		require.Equal(t, 1, b.count("select count(*) from files where state = 'staged'"))
		t.Run("a discarded draft keeps its files a day, a draft for good", func(t *testing.T) {
			gone := b.memo(head, "KEM.1.2", nil)
			b.attach(head, gone, 3, models.AttachmentSPTJM)
			b.attach(head, gone, 1, models.AttachmentOther)
			require.NoError(t, b.DiscardDraft(b.ctx(), head, gone))
			b.wall.pass(2*models.StagedLife + time.Second)
			require.ElementsMatch(t, []string{sum(2), sum(3)}, doom())
			require.Empty(t, b.attachments(gone))
			require.Len(t, b.attachments(id), 1)
		})
	})
}

// TestUploadBesideSweep uploads a content again just as it is given up: either the upload waits, or the sweep lets go.
func TestUploadBesideSweep(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		head := b.holder(models.RoleHead, "KEM.1.2")
		for round := range 20 {
			b.stage(head, round, "lama.pdf")
			b.wall.pass(models.StagedLife + time.Second)
			var doomed []string
			var upload error
			for _, err := range atOnce(2, func(i int) (err error) {
				if i == 0 {
					doomed, err = b.DoomBlobs(b.ctx())
					return err
				}
				_, upload = b.StageFile(b.ctx(), head, models.Attachment{Name: "baru.pdf", SHA256: sum(round)})
				return nil
			}) {
				require.NoError(t, err)
			}
			if upload == nil {
				require.NotContains(t, strings.Join(doomed, " "), sum(round))
			} else {
				require.ErrorIs(t, upload, models.ErrUnavailable)
				require.Contains(t, doomed, sum(round))
			}
		}
	})
}
