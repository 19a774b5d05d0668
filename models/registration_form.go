package models

// RegistrationForm is what an applicant gives of themselves and their company. The address is not in it: it was proven.
// Name, phone and username stay empty where a company changes its own data.
type RegistrationForm struct {
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	Username string `json:"username"` // without the agency's domain
	CompanyForm
}

// CompanyForm is what is told of a company. NPWP has 15 or 16 digits, the printed form is accepted; EDI number and customs
// registration number may be empty.
type CompanyForm struct {
	NPWP          string `json:"npwp"`
	Company       string `json:"company"`
	Address       string `json:"address"`
	Postcode      string `json:"postcode"`
	CompanyPhone  string `json:"company_phone"`
	EDINumber     string `json:"edi_number"`
	CustomsNumber string `json:"customs_number"`
}

// PaperKind says what a paper shows of a company.
type PaperKind string

// The papers that officers look at.
const (
	PaperNPWP    PaperKind = "npwp"    // the card of the NPWP
	PaperDeed    PaperKind = "deed"    // deed of establishment, or what stands in its stead
	PaperLicence PaperKind = "licence" // licence of the business (NIB)
	PaperLetter  PaperKind = "letter"  // by which the company names the person
	PaperOther   PaperKind = "other"
)

// PaperKinds lists the kinds in the order in which a form offers them.
func PaperKinds() []PaperKind {
	return []PaperKind{PaperNPWP, PaperDeed, PaperLicence, PaperLetter, PaperOther}
}

// MaxPapers is how many papers a registration has at most; one it must have. Each is a PDF of MaxAttachmentBytes.
const MaxPapers = 5

// Paper is one paper of a registration, counted from 1.
type Paper struct {
	ID       string    `json:"id"`
	Position int       `json:"position"`
	Kind     PaperKind `json:"kind"`
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
}
