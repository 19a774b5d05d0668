package store

import (
	"encoding/json"
	"fmt"
	"time"

	"loket/models"
)

type caseRow struct {
	ID                string `gorm:"primaryKey"`
	AgencyID          string
	Kind              string
	Number            string
	DefinitionVersion int
	Status            string
	Stage             string
	Seq               int
	Version           int
	Round             int
	Step              int
	RequesterID       string
	SenderID          *string
	CompanyID         *string
	UnitCode          string
	UnitPath          string
	Trouble           string
	NextDue           *time.Time
	Nudged            *time.Time
	Asked             *time.Time
	Calendar          string // by which NextDue was reckoned, or the open item's: a Calendar.Ref; empty where no business time runs
	Opened            time.Time
	Closed            *time.Time
	Updated           time.Time
	Touched           time.Time
}

// TableName is the table's name.
func (caseRow) TableName() string { return "cases" }

type memoRow struct {
	CaseID      string `gorm:"primaryKey"`
	AgencyID    string
	MemoKind    string
	MemoNumber  *string
	SendingUnit string
	MemoDate    string
	Addressee   string
	Reference   string
	Subject     string
	Body        string
	Contact     string
	Copies      string // JSON
}

// TableName is the table's name.
func (memoRow) TableName() string { return "memos" }

func newMemoRow(agency, caseID string, d models.MemoDraft) (memoRow, error) {
	copies, err := json.Marshal(append([]string{}, d.Copies...))
	if err != nil {
		return memoRow{}, fmt.Errorf("write the copies of a memo: %w", err)
	}
	return memoRow{CaseID: caseID, AgencyID: agency, MemoKind: string(d.Kind), SendingUnit: d.Unit, MemoDate: d.Date,
		Addressee: d.Addressee, Reference: d.Reference, Subject: d.Subject, Body: d.Body, Contact: d.Contact, Copies: string(copies)}, nil
}

// draft is the memo without its rows.
func (r memoRow) draft() (models.MemoDraft, error) {
	d := models.MemoDraft{Kind: models.MemoKind(r.MemoKind), Unit: r.SendingUnit, Date: r.MemoDate, Addressee: r.Addressee,
		Reference: r.Reference, Subject: r.Subject, Body: r.Body, Contact: r.Contact}
	if err := json.Unmarshal([]byte(r.Copies), &d.Copies); err != nil {
		return d, fmt.Errorf("read the copies of memo %s: %w", r.CaseID, err)
	}
	return d, nil
}

type personRow struct {
	CaseID        string `gorm:"primaryKey"`
	No            int    `gorm:"primaryKey;autoIncrement:false"`
	AgencyID      string
	NIP           string
	NIK           string
	Name          string
	UnitCode      string
	Position      string
	ContractStart string
	ContractEnd   string
	ExternalEmail string
	EmployeeID    *string
	State         string
	Reason        string
	DecidedBy     *string
	DecidedAt     *time.Time
	AccountID     *string
	ProvisionedAt *time.Time
	Expires       *time.Time
	ActivatedAt   *time.Time
	Issue         int `gorm:"default:1"`
	Reminded      *time.Time
}

// TableName is the table's name.
func (personRow) TableName() string { return "memo_rows" }

func newPersonRows(agency, caseID string, rows []models.RecapRow) []personRow {
	list := make([]personRow, len(rows))
	for i, r := range rows {
		list[i] = personRow{CaseID: caseID, No: i + 1, AgencyID: agency, NIP: r.NIP, NIK: r.NIK, Name: r.Name, UnitCode: r.UnitCode,
			Position: r.Position, ContractStart: r.ContractStart, ContractEnd: r.ContractEnd, ExternalEmail: r.ExternalEmail,
			State: string(models.RowPending)}
	}
	return list
}

func (r personRow) recap() models.RecapRow {
	return models.RecapRow{NIP: r.NIP, NIK: r.NIK, Name: r.Name, UnitCode: r.UnitCode, Position: r.Position,
		ContractStart: r.ContractStart, ContractEnd: r.ContractEnd, ExternalEmail: r.ExternalEmail}
}

type eventRow struct {
	CaseID     string `gorm:"primaryKey"`
	Seq        int    `gorm:"primaryKey;autoIncrement:false"`
	AgencyID   string
	EventID    string
	Type       string
	At         time.Time
	RecordedAt time.Time
	ActorID    *string
	OnBehalfOf *string
	Reason     string
	Status     string
	Body       string
	Content    string
	Acting     string
}

// TableName is the table's name.
func (eventRow) TableName() string { return "events" }

type itemRow struct {
	ID            string `gorm:"primaryKey"`
	AgencyID      string
	CaseID        string
	Kind          string
	Stage         string
	Round         int
	Step          int
	Tier          int
	Queue         string
	CandidateRole string
	CandidateUnit string
	Assignee      *string
	ClaimedAt     *time.Time
	ClaimedUntil  *time.Time
	Opened        time.Time
	Due           time.Time
	Stands        int // 1 while the sender is asked something: no clock runs, and Due is that of before
	Closed        *time.Time
	Priority      int
	State         string
	ContentHash   string
	Outcome       string
}

// TableName is the table's name.
func (itemRow) TableName() string { return "work_items" }

// rules is the row as the rules see it; candidates and open rows are the caller's to add.
func (r caseRow) rules() models.Case {
	c := models.Case{ID: r.ID, Kind: models.Kind(r.Kind), Status: models.Status(r.Status), Stage: models.Stage(r.Stage), Round: r.Round,
		Step: r.Step, Seq: r.Seq, Unit: r.UnitCode, UnitPath: r.UnitPath, Requester: r.RequesterID, Sender: text(r.SenderID),
		Trouble: r.Trouble, Due: r.NextDue}
	c.Nudged, c.Asked, c.Company = r.Nudged, r.Asked, text(r.CompanyID)
	if c.Status == models.StatusDraft || c.Status == models.StatusReturned {
		c.Version = r.Version
	}
	return c
}
