package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// doomLife is how long a process may take to delete what it has claimed.
const doomLife = time.Hour

// DoomBlobs takes away the files that were staged longer than models.StagedLife ago, and claims for an hour the contents
// that no file refers to: nobody may begin to refer to them meanwhile. It gives their sums. A content used since is left
// alone, and so is one that another process deletes.
func (s *Store) DoomBlobs(ctx context.Context) ([]string, error) {
	var sums []string
	err := s.transact(ctx, "give up unused files", func(tx *gorm.DB) error {
		now := s.wallNow()
		since := now.Add(-models.StagedLife)
		if err := tx.Exec("delete from files where state = 'staged' and created < ?", since).Error; err != nil {
			return err
		}
		return tx.Raw(`update blobs set doomed = @now
			where (doomed is null and used < @since or doomed < @late)
				and not exists (select 1 from files f where f.agency_id = blobs.agency_id and f.sha256 = blobs.sha256)
			returning sha256`, map[string]any{"now": now, "since": since, "late": now.Add(-doomLife)}).Scan(&sums).Error
	})
	return sums, err
}

// BlobGone ends the claim on a content that has been deleted.
func (s *Store) BlobGone(ctx context.Context, sum string) error {
	return s.transact(ctx, "forget a deleted file", func(tx *gorm.DB) error {
		return tx.Exec("delete from blobs where agency_id = ? and sha256 = ? and doomed is not null", models.DefaultAgency, sum).Error
	})
}
