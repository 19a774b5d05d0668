package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type accessRequestRow struct {
	CaseID      string `gorm:"primaryKey"`
	AgencyID    string
	AccountID   string
	Application string
	Reason      string
	Ends        string
	Open        bool
}

// TableName is the table's name.
func (accessRequestRow) TableName() string { return "access_requests" }

// CreateAccess keeps a request that is about to be sent, under the given id, so that a repeat converges on it. One that
// was kept before and never sent gives way to it. models.ErrNotRequestable where the application is not given so or not to
// the actor, models.ErrHasAccess where they have it, models.ErrAskedAlready while another request is open.
func (s *Store) CreateAccess(ctx context.Context, a models.Actor, id string, in models.AccessRequest, at time.Time) error {
	err := s.transact(ctx, "keep a request for access", func(tx *gorm.DB) error {
		var known int64
		if err := tx.Model(&caseRow{}).Where("id = ?", id).Count(&known).Error; err != nil || known > 0 {
			return err
		}
		if err := requestable(tx, a, in.Application); err != nil {
			return err
		}
		if err := s.makeRoom(tx, a, in.Application, micro(at)); err != nil {
			return err
		}
		return s.insertAccess(tx, a, id, in, micro(at))
	})
	if !errors.Is(err, gorm.ErrDuplicatedKey) {
		return err
	}
	// Another request of the same account was first: its own repeat, or a second window.
	return openRequest(s.reader(ctx), a, id, in.Application)
}

// requestable asks that the application is given by request, to this actor, and is not theirs already.
func requestable(tx *gorm.DB, a models.Actor, application string) error {
	var row struct {
		Access       models.ApplicationAccess
		OwnerID      *string
		Enabled, Has bool
	}
	err := tx.Raw(`select p.access, p.owner_id, p.enabled, exists (select 1 from account_applications x
			where x.account_id = @account and x.application = p.id and x.ended_at is null) as has
		from applications p where p.agency_id = @agency and p.id = @application`,
		map[string]any{"agency": agencyOf(a), "account": a.AccountID, "application": application}).Take(&row).Error
	switch {
	case err != nil:
		return err
	case !row.Enabled:
		return models.ErrNotFound
	case row.Access != models.AccessByRequest, a.EmployeeID == "", text(row.OwnerID) == a.AccountID:
		return models.ErrNotRequestable
	case row.Has:
		return models.ErrHasAccess
	}
	return nil
}

// makeRoom throws a request away that never left, and refuses where one is open.
func (s *Store) makeRoom(tx *gorm.DB, a models.Actor, application string, at time.Time) error {
	var open []caseRow
	err := tx.Clauses(forUpdate()).Where("id in (select case_id from access_requests where agency_id = ? and account_id = ? and application = ? and open)",
		agencyOf(a), a.AccountID, application).Find(&open).Error
	if err != nil || len(open) == 0 {
		return err
	}
	row := open[0]
	if row.Status != string(models.StatusDraft) {
		return models.ErrAskedAlready.With("case", row.ID, "number", row.Number)
	}
	after := row.rules()
	after.Status, after.Seq = models.StatusDiscarded, row.Seq+1
	change := models.Change{CaseID: row.ID, Kind: models.KindAccess, Seq: after.Seq, EventID: "discard", Type: models.EventDrafted, At: at, Actor: a, After: after}
	if err := s.insertEvent(tx, row.AgencyID, change); err != nil {
		return err
	}
	if err := tx.Exec("update access_requests set open = ? where case_id = ?", false, row.ID).Error; err != nil {
		return err
	}
	err = tx.Exec("update cases set status = ?, seq = ?, version = version + 1, closed = ?, updated = ?, touched = ? where id = ?",
		after.Status, after.Seq, at, at, s.databaseTime(), row.ID).Error
	if err != nil {
		return err
	}
	return s.note(tx, a, deed{stream: caseStream(row.ID), action: string(models.StatusDiscarded), object: "access:" + row.ID, at: at,
		before: map[string]any{"status": row.Status}, after: map[string]any{"status": after.Status}})
}

// openRequest finds which request was first: nil when it is this one.
func openRequest(db *gorm.DB, a models.Actor, id, application string) error {
	var found []struct{ ID, Number string }
	err := db.Raw(`select c.id, c.number from access_requests q join cases c on c.id = q.case_id
		where q.agency_id = ? and q.account_id = ? and q.application = ? and q.open`, agencyOf(a), a.AccountID, application).Scan(&found).Error
	switch {
	case err != nil:
		return wrap(err, "find an open request")
	case len(found) == 0:
		return models.ErrUnavailable
	case found[0].ID == id:
		return nil
	}
	return models.ErrAskedAlready.With("case", found[0].ID, "number", found[0].Number)
}

func (s *Store) insertAccess(tx *gorm.DB, a models.Actor, id string, in models.AccessRequest, at time.Time) error {
	agency := agencyOf(a)
	path, err := unitPath(tx, agency, a.Unit)
	if err != nil {
		return err
	}
	row, err := s.newCase(tx, agency, models.KindAccess, id, models.StatusDraft, at)
	if err != nil {
		return err
	}
	row.RequesterID, row.UnitCode, row.UnitPath = a.AccountID, a.Unit, path
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	request := accessRequestRow{CaseID: id, AgencyID: agency, AccountID: a.AccountID, Application: in.Application, Reason: in.Reason, Ends: in.Ends, Open: true}
	if err := tx.Create(&request).Error; err != nil {
		return err
	}
	if err := s.touch(tx, id); err != nil {
		return err
	}
	after := row.rules()
	after.About = in.Application
	if err := s.insertEvent(tx, agency, models.Change{CaseID: id, Kind: models.KindAccess, Seq: 1, EventID: "draft", Type: models.EventDrafted,
		At: at, Actor: a, After: after}); err != nil {
		return err
	}
	return s.note(tx, a, deed{stream: caseStream(id), action: string(models.EventDrafted), object: "access:" + id, at: at,
		after: map[string]any{"number": row.Number, "status": row.Status, "request": in}})
}

// settleAccess gives what a request asks for once it is granted, in the transaction that says so, and lets another be
// made once it is over. models.ErrAccessVoid where it can be granted no more.
func settleAccess(tx *gorm.DB, row caseRow, c models.Change) error {
	if c.Kind != models.KindAccess || !c.After.Status.Final() {
		return nil
	}
	var request accessRequestRow
	if err := tx.Where("case_id = ?", row.ID).Take(&request).Error; err != nil {
		return err
	}
	if err := tx.Exec("update access_requests set open = ? where case_id = ?", false, row.ID).Error; err != nil {
		return err
	}
	if c.After.Status != models.StatusGranted {
		return nil
	}
	if err := stillGrantable(tx, request, c.At); err != nil {
		return err
	}
	grant := accessRow{AgencyID: row.AgencyID, AccountID: request.AccountID, Application: request.Application, CaseID: optional(row.ID),
		Created: micro(c.At), Ends: request.Ends}
	return tx.Clauses(longerAccess()).Create(&grant).Error
}

// stillGrantable looks once more at what was true when the request was made: days go by until an owner's yes.
func stillGrantable(tx *gorm.DB, request accessRequestRow, at time.Time) error {
	if request.Ends != "" && request.Ends < models.DateOf(at.In(agencyZone())).String() {
		return models.ErrAccessVoid
	}
	var sound int64
	err := tx.Raw(`select count(*) from accounts a join applications p on p.agency_id = a.agency_id and p.id = @application
		where a.id = @account and a.status = @active and a.employee_id is not null and p.enabled and p.access = @access`,
		map[string]any{"application": request.Application, "account": request.AccountID, "active": AccountActive, "access": models.AccessByRequest}).Scan(&sound).Error
	if err == nil && sound == 0 {
		err = models.ErrAccessVoid
	}
	return err
}

// nameRequest tells messages why the application is asked for, and until when.
func nameRequest(tx *gorm.DB, c models.Change, data map[string]string) error {
	if c.Kind != models.KindAccess {
		return nil
	}
	var request accessRequestRow
	err := tx.Where("case_id = ?", c.CaseID).Take(&request).Error
	data["why"], data["application"] = request.Reason, data["subject"]
	if request.Ends != "" {
		data["ends"] = request.Ends
	}
	return err
}

// OwnerOf gives the account that answers for an application and could decide for a requester: "" where the owner is gone
// or asks for themselves.
func (s *Store) OwnerOf(ctx context.Context, agency, application, requester string) (string, error) {
	var ids []string
	err := s.reader(ctx).Raw("select account_id from application_owners where agency_id = ? and application = ? and account_id <> ?",
		agency, application, requester).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return "", wrap(err, "find who answers for an application")
	}
	return ids[0], nil
}

// OpenRequests lists the requests for an application that wait for somebody.
func (s *Store) OpenRequests(ctx context.Context, agency, application string) ([]string, error) {
	var ids []string
	err := s.reader(ctx).Raw(`select c.id from access_requests q join cases c on c.id = q.case_id
		where q.agency_id = ? and q.application = ? and q.open and c.status <> 'draft' order by c.id`, agency, application).Scan(&ids).Error
	return ids, wrap(err, "list the open requests for an application")
}

// KindsOf tells the kinds of cases.
func (s *Store) KindsOf(ctx context.Context, ids []string) (map[string]models.Kind, error) {
	kinds := make(map[string]models.Kind, len(ids))
	if len(ids) == 0 {
		return kinds, nil
	}
	var rows []struct {
		ID   string
		Kind models.Kind
	}
	err := s.reader(ctx).Raw("select id, kind from cases where id in ?", ids).Scan(&rows).Error
	for _, r := range rows {
		kinds[r.ID] = r.Kind
	}
	return kinds, wrap(err, "read the kinds of cases")
}
