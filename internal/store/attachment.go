package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

type blobRow struct {
	AgencyID string `gorm:"primaryKey"`
	SHA256   string `gorm:"primaryKey;column:sha256"`
	Used     time.Time
	Doomed   *time.Time
}

// TableName is the table's name.
func (blobRow) TableName() string { return "blobs" }

type fileRow struct {
	ID       string `gorm:"primaryKey"`
	AgencyID string
	SHA256   string `gorm:"column:sha256"`
	Size     int64
	Type     string
	Name     string
	OwnerID  string
	CaseID   *string
	State    string
	Created  time.Time
}

// TableName is the table's name.
func (fileRow) TableName() string { return "files" }

type attachmentRow struct {
	CaseID   string `gorm:"primaryKey"`
	Position int    `gorm:"primaryKey;autoIncrement:false"`
	AgencyID string
	Kind     string
	FileID   string
}

// TableName is the table's name.
func (attachmentRow) TableName() string { return "attachments" }

// StageFile notes a file before its content is kept, and gives its id. From then on its content is not swept away; what
// is never attached is, after models.StagedLife. While the same content is being deleted: models.ErrUnavailable.
func (s *Store) StageFile(ctx context.Context, a models.Actor, f models.Attachment) (string, error) {
	now := s.wallNow()
	file := fileRow{ID: newID(), AgencyID: agencyOf(a), SHA256: f.SHA256, Size: f.Size, Type: f.Type, Name: f.Name, OwnerID: a.AccountID,
		State: "staged", Created: now}
	err := s.transact(ctx, "stage a file", func(tx *gorm.DB) error {
		content := blobRow{AgencyID: file.AgencyID, SHA256: file.SHA256, Used: now}
		// A sweep that waited for this row looks at its time again.
		err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "agency_id"}, {Name: "sha256"}},
			DoUpdates: clause.AssignmentColumns([]string{"used"})}).Create(&content).Error
		if err != nil {
			return err
		}
		if err := tx.Where("agency_id = ? and sha256 = ?", file.AgencyID, file.SHA256).Take(&content).Error; err != nil {
			return err
		}
		if content.Doomed != nil {
			return models.ErrUnavailable
		}
		return tx.Create(&file).Error
	})
	return file.ID, err
}

// AttachFile links a staged file of the actor to what they write. The same content attached as the same kind again
// changes nothing. models.ErrNotNow when nothing can be written any more.
func (s *Store) AttachFile(ctx context.Context, a models.Actor, caseID, fileID string, kind models.AttachmentKind) error {
	return s.transact(ctx, "attach a file", func(tx *gorm.DB) error {
		row, err := lockDraft(tx, agencyOf(a), caseID, 0, models.StatusDraft, models.StatusReturned)
		if err != nil {
			return err
		}
		var file fileRow
		if err := tx.Where("id = ? and agency_id = ? and owner_id = ? and state = 'staged'", fileID, row.AgencyID, a.AccountID).Take(&file).Error; err != nil {
			return err
		}
		have, err := attached(tx, caseID)
		if err != nil {
			return err
		}
		link := attachmentRow{CaseID: caseID, Position: 1, AgencyID: row.AgencyID, Kind: string(kind), FileID: fileID}
		for _, h := range have {
			if h.SHA256 == file.SHA256 && h.Kind == kind {
				return nil
			}
			link.Position = h.Position + 1
		}
		if len(have) >= models.MaxAttachments {
			return models.Invalid(models.Fault("file", "attachments_too_many", "max", strconv.Itoa(models.MaxAttachments)))
		}
		if err := tx.Create(&link).Error; err != nil {
			return err
		}
		if err := tx.Exec("update files set state = 'linked', case_id = ? where id = ?", caseID, fileID).Error; err != nil {
			return err
		}
		return s.rewritten(tx, a, row, deed{action: "file_attached", after: describe(file, kind)})
	})
}

// DetachFile takes a file from what the actor writes. One that was sent in an earlier round is kept for whoever looks
// back; any other is staged again, so that it is swept. models.ErrNotFound when it is not attached.
func (s *Store) DetachFile(ctx context.Context, a models.Actor, caseID, fileID string) error {
	return s.transact(ctx, "detach a file", func(tx *gorm.DB) error {
		row, err := lockDraft(tx, agencyOf(a), caseID, 0, models.StatusDraft, models.StatusReturned)
		if err != nil {
			return err
		}
		var link attachmentRow
		if err := tx.Where("case_id = ? and file_id = ?", caseID, fileID).Take(&link).Error; err != nil {
			return err
		}
		var file fileRow
		if err := tx.Where("id = ?", fileID).Take(&file).Error; err != nil {
			return err
		}
		if err := tx.Delete(&link).Error; err != nil {
			return err
		}
		if row.Status == string(models.StatusDraft) {
			if err := tx.Exec("update files set state = 'staged', case_id = null where id = ?", fileID).Error; err != nil {
				return err
			}
		}
		return s.rewritten(tx, a, row, deed{action: "file_detached", before: describe(file, models.AttachmentKind(link.Kind))})
	})
}

// rewritten notes that what is being written has another version now.
func (s *Store) rewritten(tx *gorm.DB, a models.Actor, row caseRow, d deed) error {
	now := s.caseNow()
	err := tx.Exec("update cases set version = version + 1, updated = ?, touched = ? where id = ?", now, s.databaseTime(), row.ID).Error
	if err != nil {
		return err
	}
	d.stream, d.object, d.at = caseStream(row.ID), "memo:"+row.ID, now
	return s.note(tx, a, d)
}

func describe(f fileRow, kind models.AttachmentKind) map[string]any {
	return map[string]any{"file": f.ID, "kind": kind, "name": f.Name, "size": f.Size, "sha256": f.SHA256}
}

// Attachment is one file of a case; models.ErrNotFound when it is not attached to it.
func (s *Store) Attachment(ctx context.Context, caseID, fileID string) (models.Attachment, error) {
	list, err := attached(s.reader(ctx), caseID)
	for _, f := range list {
		if f.ID == fileID {
			return f, nil
		}
	}
	if err == nil {
		err = models.ErrNotFound
	}
	return models.Attachment{}, wrap(err, "find an attachment")
}

// attached lists the files of a case in order.
func attached(db *gorm.DB, caseID string) ([]models.Attachment, error) {
	var text *string
	if err := db.Raw("select "+attachedSQL+" from (select cast(? as text) as id) c", caseID).Scan(&text).Error; err != nil {
		return nil, err
	}
	return readAttached(text)
}

// between parts the fields of a file, beyond the files of a case: no name has it, control characters being taken out.
const (
	between = "\x1f"
	beyond  = "\x1e"
)

// attachedSQL gives the files of a case c as one text, so that a memo's page is read in one statement; both databases
// know string_agg.
const attachedSQL = `(select string_agg(f.id || '` + between + `' || a.position || '` + between + `' || a.kind || '` + between + `' || f.name || '` +
	between + `' || f.size || '` + between + `' || f.type || '` + between + `' || f.sha256, '` + beyond + `' order by a.position)
		from attachments a join files f on f.id = a.file_id where a.case_id = c.id) as attached`

func readAttached(list *string) ([]models.Attachment, error) {
	var files []models.Attachment
	if text(list) == "" {
		return files, nil
	}
	for line := range strings.SplitSeq(*list, beyond) {
		f := strings.Split(line, between)
		if len(f) != 7 {
			return nil, models.ErrInternal.With("cause", "attachment")
		}
		position, err := strconv.Atoi(f[1])
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseInt(f[4], 10, 64)
		if err != nil {
			return nil, err
		}
		files = append(files, models.Attachment{ID: f[0], Position: position, Kind: models.AttachmentKind(f[2]), Name: f[3], Size: size, Type: f[5], SHA256: f[6]})
	}
	return files, nil
}
