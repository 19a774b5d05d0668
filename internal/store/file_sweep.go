package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// doomLife is how long a process may take to delete what it has claimed.
const doomLife = time.Hour

// DoomBlobs takes away the files that were staged longer than models.StagedLife ago, those of drafts that were discarded
// as long ago among them, and claims for an hour the contents
// that no file refers to: nobody may begin to refer to them meanwhile. It gives their sums. A content used since is left
// alone, and so is one that another process deletes.
func (s *Store) DoomBlobs(ctx context.Context) ([]string, error) {
	var sums []string
	err := s.transact(ctx, "give up unused files", func(tx *gorm.DB) error {
		now := s.wallNow()
		since := now.Add(-models.StagedLife)
		if err := unlinkDiscarded(tx, since); err != nil {
			return err
		}
		if err := tx.Exec("delete from files where state = 'staged' and created < ?", since).Error; err != nil {
			return err
		}
		return tx.Raw(`update blobs set doomed = @now
			where (doomed is null and used < @since or doomed < @late)
				and not exists (select 1 from files f where f.agency_id = blobs.agency_id and f.sha256 = blobs.sha256)
				and not exists (select 1 from registration_papers p where p.agency_id = blobs.agency_id and p.sha256 = blobs.sha256)
			returning sha256`, map[string]any{"now": now, "since": since, "late": now.Add(-doomLife)}).Scan(&sums).Error
	})
	return sums, err
}

// unlinkDiscarded stages again what is attached to drafts that nobody can take up any more. What was sent in any round
// is kept.
func unlinkDiscarded(tx *gorm.DB, since time.Time) error {
	const discarded = "(select c.id from cases c where c.agency_id = @agency and c.status = @status and c.touched < @since)"
	args := map[string]any{"agency": models.DefaultAgency, "status": models.StatusDiscarded, "since": since}
	if err := tx.Exec("delete from attachments where case_id in "+discarded, args).Error; err != nil {
		return err
	}
	return tx.Exec("update files set state = 'staged', case_id = null where case_id in "+discarded, args).Error
}

// BlobGone ends the claim on a content that has been deleted.
func (s *Store) BlobGone(ctx context.Context, sum string) error {
	return s.transact(ctx, "forget a deleted file", func(tx *gorm.DB) error {
		return tx.Exec("delete from blobs where agency_id = ? and sha256 = ? and doomed is not null", models.DefaultAgency, sum).Error
	})
}
