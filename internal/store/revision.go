package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"loket/models"
)

type revisionRow struct {
	CaseID   string `gorm:"primaryKey"`
	Round    int    `gorm:"primaryKey;autoIncrement:false"`
	AgencyID string
	Body     string
	Content  string // models.ContentDigest of the body, in hexadecimal
}

// TableName is the table's name.
func (revisionRow) TableName() string { return "memo_revisions" }

// keepRevision keeps a memo as it is sent in a round.
func keepRevision(tx *gorm.DB, row caseRow, round int) error {
	draft, err := readDraft(tx, row.ID)
	if err != nil {
		return err
	}
	body, err := json.Marshal(draft)
	if err != nil {
		return fmt.Errorf("write round %d of case %s: %w", round, row.ID, err)
	}
	digest, err := models.ContentDigest(draft)
	if err != nil {
		return fmt.Errorf("digest round %d of case %s: %w", round, row.ID, err)
	}
	return tx.Create(&revisionRow{CaseID: row.ID, Round: round, AgencyID: row.AgencyID, Body: string(body), Content: hex.EncodeToString(digest[:])}).Error
}

// Content is the digest of a memo as it was sent in a round; empty for rounds that were kept without one.
func (s *Store) Content(ctx context.Context, caseID string, round int) (string, error) {
	var content []string
	err := s.reader(ctx).Raw("select content from memo_revisions where case_id = ? and round = ?", caseID, round).Scan(&content).Error
	if err != nil || len(content) == 0 {
		return "", wrap(err, "read the digest of a round")
	}
	return content[0], nil
}

// Revision is a memo as it was sent in a round, from 1; models.ErrNotFound when there was none.
func (s *Store) Revision(ctx context.Context, caseID string, round int) (models.MemoDraft, error) {
	var row revisionRow
	if err := s.reader(ctx).Where("case_id = ? and round = ?", caseID, round).Take(&row).Error; err != nil {
		return models.MemoDraft{}, wrap(err, "read a round of a memo")
	}
	var draft models.MemoDraft
	if err := json.Unmarshal([]byte(row.Body), &draft); err != nil {
		return draft, fmt.Errorf("read round %d of case %s: %w", round, caseID, err)
	}
	return draft, nil
}
