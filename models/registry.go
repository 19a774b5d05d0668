package models

import "slices"

// UnitKind is a unit's level in the ministry.
type UnitKind string

// The kinds of unit, from the top.
const (
	UnitMinistry           UnitKind = "ministry"
	UnitDirectorateGeneral UnitKind = "directorate_general"
	UnitDirectorate        UnitKind = "directorate"
	UnitSubDirectorate     UnitKind = "sub_directorate"
	UnitOffice             UnitKind = "office"
)

// UnitKinds lists the kinds of unit, from the top.
func UnitKinds() []UnitKind {
	return []UnitKind{UnitMinistry, UnitDirectorateGeneral, UnitDirectorate, UnitSubDirectorate, UnitOffice}
}

// EmploymentType is how somebody is employed; it decides how the NIP reads and which flows are open.
type EmploymentType string

// The employment types. Contract staff have no NIP and are known by NIK.
const (
	EmploymentPNS      EmploymentType = "pns"  // civil servant
	EmploymentCPNS     EmploymentType = "cpns" // civil servant on probation
	EmploymentPPPK     EmploymentType = "pppk" // government employee with a work agreement
	EmploymentContract EmploymentType = "contract"
)

// EmploymentTypes lists every employment type once.
func EmploymentTypes() []EmploymentType {
	return []EmploymentType{EmploymentPNS, EmploymentCPNS, EmploymentPPPK, EmploymentContract}
}

// CivilServant tells whether the full rule of the NIP holds and self-service activation is open (PRODUCT 3.2.1).
func (t EmploymentType) CivilServant() bool { return t == EmploymentPNS || t == EmploymentCPNS }

// EmployeeStatus is whether somebody works now.
type EmployeeStatus string

// The employee statuses.
const (
	EmployeeActive  EmployeeStatus = "active"
	EmployeeOnLeave EmployeeStatus = "leave"
	EmployeeRetired EmployeeStatus = "retired"
)

// EmployeeStatuses lists every employee status once.
func EmployeeStatuses() []EmployeeStatus {
	return []EmployeeStatus{EmployeeActive, EmployeeOnLeave, EmployeeRetired}
}

// Sex as the registry keeps it.
type Sex string

// The values of Sex.
const (
	SexMale   Sex = "male"
	SexFemale Sex = "female"
)

// Office is what an appointment makes somebody in a unit, as the registry names it.
type Office string

// The offices of an appointment.
const (
	OfficeHead                Office = "head"
	OfficeActingHeadDaily     Office = "acting_head_daily"   // Plh.
	OfficeActingHeadVacancy   Office = "acting_head_vacancy" // Plt.
	OfficeSubstitute          Office = "substitute_of_head"
	OfficePPK                 Office = "ppk"
	OfficeHRHead              Office = "hr_head"
	OfficePersonnelHead       Office = "personnel_head"
	OfficeDrafter             Office = "drafter"
	OfficeVerificationOfficer Office = "verification_officer"
	OfficeVerificationLead    Office = "verification_lead"
	OfficeSupportTier1        Office = "support_tier1"
	OfficeSupportTier2        Office = "support_tier2"
	OfficeSupportTier3        Office = "support_tier3"
	OfficeSupportLead         Office = "support_lead"
	OfficeAuditor             Office = "auditor"
	OfficeAdmin               Office = "admin"
)

// Offices lists every office once.
func Offices() []Office {
	return []Office{OfficeHead, OfficeActingHeadDaily, OfficeActingHeadVacancy, OfficeSubstitute, OfficePPK, OfficeHRHead,
		OfficePersonnelHead, OfficeDrafter, OfficeVerificationOfficer, OfficeVerificationLead, OfficeSupportTier1,
		OfficeSupportTier2, OfficeSupportTier3, OfficeSupportLead, OfficeAuditor, OfficeAdmin}
}

// Role is the role that the office grants in its unit; empty for an unknown office.
func (o Office) Role() Role {
	switch o {
	case OfficeHead:
		return RoleHead
	case OfficeActingHeadDaily, OfficeActingHeadVacancy:
		return RoleActingHead
	case OfficeSubstitute:
		return RoleSubstitute
	case OfficeVerificationOfficer:
		return RoleOfficer
	case OfficeVerificationLead:
		return RoleOfficerLead
	}
	if slices.Contains(Offices(), o) {
		return Role(o)
	}
	return ""
}

// UnitRow is one line of the units file. Line counts from 1 with the header as line 1, and is the importer's to set.
type UnitRow struct {
	Line       int
	Code       string
	ParentCode string // empty for the root
	Name       string
	Kind       UnitKind
	HeadNIP    string // may be empty: a vacancy
}

// EmployeeRow is one line of the employees file.
type EmployeeRow struct {
	Line              int
	NIP               string // empty for contract staff
	NIK               string
	Name              string
	BirthPlace        string
	BirthDate         Date
	Sex               Sex
	EmploymentType    EmploymentType
	Rank              string // with RankEffectiveDate, or both empty
	RankEffectiveDate Date
	UnitCode          string
	Position          string
	OfficialEmail     string
	ExternalEmail     string
	Status            EmployeeStatus
}

// AppointmentRow is one line of the appointments file. Both dates are included in the period; no ValidUntil means
// until further notice.
type AppointmentRow struct {
	Line       int
	UnitCode   string
	Office     Office
	NIP        string
	ValidFrom  Date
	ValidUntil Date
}

// RowFault is a fault of one line of a file; a Line of 0 is the file as a whole.
type RowFault struct {
	Line int `json:"line"`
	FieldFault
}

// UnitColumns are the columns of the units file, all of which must be there.
func UnitColumns() []string { return []string{"code", "parent_code", "name", "kind", "head_nip"} }

// EmployeeColumns are the columns of the employees file.
func EmployeeColumns() []string {
	return []string{"nip", "nik", "name", "birth_place", "birth_date", "sex", "employment_type", "rank",
		"rank_effective_date", "unit_code", "position", "official_email", "external_email", "status"}
}

// AppointmentColumns are the columns of the appointments file.
func AppointmentColumns() []string {
	return []string{"unit_code", "office", "nip", "valid_from", "valid_until"}
}
