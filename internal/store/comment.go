package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type commentRow struct {
	ID       string `gorm:"primaryKey"`
	AgencyID string
	CaseID   string
	AuthorID string
	Body     string
	At       time.Time
}

// TableName is the table's name.
func (commentRow) TableName() string { return "comments" }

// Comments lists what was said about a case, the oldest first, as the account reads it.
func (s *Store) Comments(ctx context.Context, caseID, accountID string) ([]models.Comment, error) {
	list := []models.Comment{}
	err := s.reader(ctx).Raw(`select m.id, coalesce(a.name, '') as author_name, m.author_id = ? as own, m.at, m.body as text
		from comments m left join accounts a on a.id = m.author_id where m.case_id = ? order by m.at, m.id`, accountID, caseID).Scan(&list).Error
	return list, wrap(err, "read the comments of a case")
}

// AddComment keeps a comment under an id, once however often it is sent, and tells everybody concerned but its author.
// It changes neither the case's sequence nor its version: nobody who decides or writes has a stale page by it.
// models.ErrNotNow where the case has ended meanwhile.
func (s *Store) AddComment(ctx context.Context, a models.Actor, caseID string, c models.Comment) error {
	return s.transact(ctx, "comment on a case", func(tx *gorm.DB) error {
		var on caseRow
		if err := tx.Clauses(forUpdate()).Where("id = ?", caseID).Take(&on).Error; err != nil {
			return err
		}
		row := commentRow{ID: c.ID, AgencyID: on.AgencyID, CaseID: caseID, AuthorID: a.AccountID, Body: c.Text, At: micro(c.At)}
		var known int64
		if err := tx.Model(&commentRow{}).Where("id = ?", c.ID).Count(&known).Error; err != nil || known > 0 {
			return err
		}
		if status := models.Status(on.Status); status.Final() {
			return models.ErrNotNow.With("status", on.Status)
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if err := tx.Exec("update cases set touched = ? where id = ?", s.databaseTime(), caseID).Error; err != nil {
			return err
		}
		if err := s.tellComment(tx, on, row); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: caseStream(caseID), action: "commented", object: on.Kind + ":" + caseID, at: row.At,
			after: map[string]any{"comment": row.ID, "text": row.Body}})
	})
}

// tellComment tells the sender, the writer and whoever is asked now: by mail each at most once in models.CommentPause,
// and in the portal unless they have not looked at what they were told before.
func (s *Store) tellComment(tx *gorm.DB, on caseRow, c commentRow) error {
	people, err := s.concerned(tx, on, c.At)
	if err != nil {
		return err
	}
	mailed, err := toldOf(tx, "select distinct account_id from notices where case_id = ? and kind = ? and created > ?",
		on.ID, kindComment, s.wallNow().Add(-models.CommentPause))
	if err != nil {
		return err
	}
	unseen, err := toldOf(tx, "select distinct account_id from notifications where case_id = ? and kind = ? and seen is null", on.ID, kindComment)
	if err != nil {
		return err
	}
	data, err := commentData(tx, on, c)
	if err != nil {
		return err
	}
	mailed[c.AuthorID], unseen[c.AuthorID] = true, true
	var letters []noticeRow
	var told tellings
	for _, p := range people {
		if !unseen[p.AccountID] {
			told.add(on.AgencyID, kindComment, models.Change{CaseID: on.ID, At: c.At}, p)
		}
		if mailed[p.AccountID] || p.Email == "" {
			continue
		}
		mailed[p.AccountID], data["name"] = true, p.Name
		letter, err := s.newNotice(on.AgencyID, kindComment, on.ID, p, data)
		if err != nil {
			return err
		}
		letters = append(letters, letter)
	}
	if err := told.write(tx); err != nil {
		return err
	}
	return queue(tx, letters)
}

// toldOf gives the accounts that a statement selects.
func toldOf(tx *gorm.DB, query string, args ...any) (map[string]bool, error) {
	var ids []string
	if err := tx.Raw(query, args...).Scan(&ids).Error; err != nil {
		return nil, err
	}
	told := map[string]bool{}
	for _, id := range ids {
		told[id] = true
	}
	return told, nil
}

const kindComment = "memo_comment"

// concerned are the sender, the writer and whoever is asked now.
func (s *Store) concerned(tx *gorm.DB, on caseRow, at time.Time) ([]person, error) {
	var people []person
	err := tx.Raw("select id as account_id, username, name, email, locale from accounts where id in ? and status = ? order by id",
		[]string{on.RequesterID, text(on.SenderID)}, AccountActive).Scan(&people).Error
	if err != nil {
		return nil, err
	}
	var open []itemRow
	if err := tx.Where("agency_id = ? and case_id = ? and state = 'open'", on.AgencyID, on.ID).Find(&open).Error; err != nil {
		return nil, err
	}
	for _, item := range open {
		asked, err := s.recipients(tx, on.AgencyID, models.Change{CaseID: on.ID, At: at, After: on.rules()},
			models.Recipient{Candidate: &models.Candidate{Role: models.Role(item.CandidateRole), Unit: item.CandidateUnit}})
		if err != nil {
			return nil, err
		}
		people = append(people, asked...)
	}
	return people, nil
}

// commentData is what the message says. Its link is a path; ClaimNotices puts the public address before it.
func commentData(tx *gorm.DB, on caseRow, c commentRow) (map[string]string, error) {
	var row struct{ Subject, Author string }
	err := tx.Raw(`select coalesce((select subject from memos where case_id = ?), '') as subject, coalesce((select name from accounts where id = ?), '') as author`,
		on.ID, c.AuthorID).Scan(&row).Error
	return map[string]string{"number": on.Number, "subject": row.Subject, "author": row.Author, "comment": c.Body, "link": "/memos/" + on.ID + "#comments"}, err
}
