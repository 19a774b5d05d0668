package store

import "loket/models"

type unitRow struct {
	AgencyID   string `gorm:"primaryKey"`
	Code       string `gorm:"primaryKey"`
	ParentCode *string
	Name       string
	Kind       string
	Path       string
	CalendarID *string
	Zone       string
}

// TableName is the table's name.
func (unitRow) TableName() string { return "units" }

type employeeRow struct {
	ID                string `gorm:"primaryKey"`
	AgencyID          string
	NIP               *string
	NIK               string
	Name              string
	BirthPlace        string
	BirthDate         string
	Sex               string
	EmploymentType    string
	Rank              string
	RankEffectiveDate string
	UnitCode          string
	Position          string
	OfficialEmail     string
	ExternalEmail     string
	Status            string
}

// TableName is the table's name.
func (employeeRow) TableName() string { return "employees" }

func newEmployeeRow(agency string, r models.EmployeeRow) employeeRow {
	return employeeRow{
		ID: employeeID(agency, r.NIP, r.NIK), AgencyID: agency, NIP: optional(r.NIP), NIK: r.NIK, Name: r.Name,
		BirthPlace: r.BirthPlace, BirthDate: r.BirthDate.String(), Sex: string(r.Sex), EmploymentType: string(r.EmploymentType),
		Rank: r.Rank, RankEffectiveDate: r.RankEffectiveDate.String(), UnitCode: r.UnitCode, Position: r.Position,
		OfficialEmail: r.OfficialEmail, ExternalEmail: r.ExternalEmail, Status: string(r.Status),
	}
}

func (r employeeRow) equal(o employeeRow) bool {
	same := text(r.NIP) == text(o.NIP)
	r.NIP, o.NIP = nil, nil
	return same && r == o
}
