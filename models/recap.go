package models

// RecapRow is one person of a memo's recap list, as typed, pasted or uploaded (PRODUCT 3.1.1). Employees are named by
// NIP, contract staff by NIK and the dates of their contract, YYYY-MM-DD. The JSON names are the columns of the file.
type RecapRow struct {
	NIP           string `json:"nip"`
	NIK           string `json:"nik"`
	Name          string `json:"name"`
	UnitCode      string `json:"unit_code"`
	Position      string `json:"position"`
	ContractStart string `json:"contract_start"`
	ContractEnd   string `json:"contract_end"`
	ExternalEmail string `json:"external_email"`
}

// Severity tells what stops a memo from what only needs a look.
type Severity string

// The severities: a memo with an error cannot be sent.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// RowFinding is what a check found in one row. Field is the row's column.
type RowFinding struct {
	FieldFault
	Severity Severity `json:"severity"`
}
