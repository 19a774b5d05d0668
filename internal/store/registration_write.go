package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

type paperRow struct {
	ID       string `gorm:"primaryKey"`
	AgencyID string
	CaseID   string
	Position int
	Kind     string
	Name     string
	Size     int64
	SHA256   string `gorm:"column:sha256"`
	Created  time.Time
}

// TableName is the table's name.
func (paperRow) TableName() string { return "registration_papers" }

func (r paperRow) paper() models.Paper {
	return models.Paper{ID: r.ID, Position: r.Position, Kind: models.PaperKind(r.Kind), Name: r.Name, Size: r.Size, SHA256: r.SHA256}
}

// papers lists those of a registration in order.
func papers(db *gorm.DB, caseID string) ([]models.Paper, error) {
	var rows []paperRow
	err := db.Where("case_id = ?", caseID).Order("position").Find(&rows).Error
	list := make([]models.Paper, len(rows))
	for i, r := range rows {
		list[i] = r.paper()
	}
	return list, err
}

// SaveRegistration keeps a form as it is written so far; models.ErrNotNow when nothing can be written, models.ErrStale when
// version is not the stored one (0 does not compare).
func (s *Store) SaveRegistration(ctx context.Context, a models.Actor, caseID string, form models.RegistrationForm, version int) (int, error) {
	err := s.transact(ctx, "save a registration", func(tx *gorm.DB) error {
		c, row, err := writable(tx, caseID, version)
		if err != nil {
			return err
		}
		was := row.Form
		if err := row.write(form); err != nil {
			return err
		}
		version = c.Version
		if row.Form == was {
			return nil
		}
		version++
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return s.registrationWritten(tx, a, c, deed{action: "registration_saved"})
	})
	return version, err
}

// writable locks a registration that its applicant writes now.
func writable(tx *gorm.DB, caseID string, version int) (caseRow, registrationRow, error) {
	c, row, err := lockRegistration(tx, caseID)
	switch {
	case err != nil:
	case c.Status != string(models.StatusForm) && c.Status != string(models.StatusReturned):
		err = models.ErrNotNow.With("status", c.Status)
	case version != 0 && version != c.Version:
		err = models.ErrStale
	}
	return c, row, err
}

// registrationWritten notes that what is being written has another version now.
func (s *Store) registrationWritten(tx *gorm.DB, a models.Actor, c caseRow, d deed) error {
	now := s.caseNow()
	err := tx.Exec("update cases set version = version + 1, updated = ?, touched = ? where id = ?", now, s.databaseTime(), c.ID).Error
	if err != nil {
		return err
	}
	d.stream, d.object, d.at = caseStream(c.ID), registrationObject(c.ID), now
	return s.note(tx, a, d)
}

// HoldPaper notes the content of a paper before it is kept: it is not swept from then on, for models.StagedLife. Whoever may
// add no more, or added models.PapersPerDay within a day, is refused here, before anything is kept. While the same content is
// being deleted: models.ErrUnavailable.
func (s *Store) HoldPaper(ctx context.Context, caseID, sum string) error {
	return s.transact(ctx, "hold a paper's content", func(tx *gorm.DB) error {
		_, row, err := writable(tx, caseID, 0)
		if err != nil {
			return err
		}
		have, err := papers(tx, caseID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(p models.Paper) bool { return p.SHA256 == sum }) {
			return holdContent(tx, row.AgencyID, sum, s.wallNow())
		}
		if len(have) >= models.MaxPapers {
			return tooManyPapers()
		}
		if err := row.upload(s.wallNow()); err != nil {
			return err
		}
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return holdContent(tx, row.AgencyID, sum, s.wallNow())
	})
}

// upload counts one more paper of the day: what is removed stays kept for a while, and nobody knows who the applicant is.
func (r *registrationRow) upload(now time.Time) error {
	if r.Uploading == nil || now.Sub(*r.Uploading) >= 24*time.Hour {
		r.Uploads, r.Uploading = 0, &now
	}
	if r.Uploads >= models.PapersPerDay {
		return models.Invalid(models.Fault("file", "papers_too_often", "max", strconv.Itoa(models.PapersPerDay)))
	}
	r.Uploads++
	return nil
}

func tooManyPapers() error {
	return models.Invalid(models.Fault("file", "papers_too_many", "max", strconv.Itoa(models.MaxPapers)))
}

func holdContent(tx *gorm.DB, agency, sum string, now time.Time) error {
	content := blobRow{AgencyID: agency, SHA256: sum, Used: now}
	err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "agency_id"}, {Name: "sha256"}},
		DoUpdates: clause.AssignmentColumns([]string{"used"})}).Create(&content).Error
	if err != nil {
		return err
	}
	if err := tx.Where("agency_id = ? and sha256 = ?", agency, sum).Take(&content).Error; err != nil {
		return err
	}
	if content.Doomed != nil {
		return models.ErrUnavailable
	}
	return nil
}

// AddPaper adds a paper whose content is kept already. The same content again changes nothing.
func (s *Store) AddPaper(ctx context.Context, a models.Actor, caseID string, p models.Paper) error {
	return s.transact(ctx, "add a paper", func(tx *gorm.DB) error {
		c, _, err := writable(tx, caseID, 0)
		if err != nil {
			return err
		}
		have, err := papers(tx, caseID)
		if err != nil {
			return err
		}
		p.Position = 1
		for _, h := range have {
			if h.SHA256 == p.SHA256 {
				return nil
			}
			p.Position = h.Position + 1
		}
		if len(have) >= models.MaxPapers {
			return tooManyPapers()
		}
		if err := holdContent(tx, c.AgencyID, p.SHA256, s.wallNow()); err != nil {
			return err
		}
		row := paperRow{ID: newID(), AgencyID: c.AgencyID, CaseID: caseID, Position: p.Position, Kind: string(p.Kind), Name: p.Name, Size: p.Size,
			SHA256: p.SHA256, Created: s.wallNow()}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.registrationWritten(tx, a, c, deed{action: "paper_added", after: describePaper(row)})
	})
}

// RemovePaper takes a paper away; models.ErrNotFound when there is no such.
func (s *Store) RemovePaper(ctx context.Context, a models.Actor, caseID, paperID string) error {
	return s.transact(ctx, "remove a paper", func(tx *gorm.DB) error {
		c, _, err := writable(tx, caseID, 0)
		if err != nil {
			return err
		}
		var row paperRow
		if err := tx.Where("case_id = ? and id = ?", caseID, paperID).Take(&row).Error; err != nil {
			return err
		}
		if err := tx.Delete(&row).Error; err != nil {
			return err
		}
		return s.registrationWritten(tx, a, c, deed{action: "paper_removed", before: describePaper(row)})
	})
}

func describePaper(r paperRow) map[string]any {
	return map[string]any{"paper": r.ID, "kind": r.Kind, "name": r.Name, "size": r.Size, "sha256": r.SHA256}
}

// Paper gives one paper of a registration; models.ErrNotFound when it has no such.
func (s *Store) Paper(ctx context.Context, caseID, paperID string) (models.Paper, error) {
	var row paperRow
	err := s.reader(ctx).Where("case_id = ? and id = ?", caseID, paperID).Take(&row).Error
	return row.paper(), wrap(err, "find a paper")
}
