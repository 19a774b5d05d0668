package models

import (
	"slices"
	"strconv"
	"strings"
)

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

// PapersPerDay is how many papers an applicant may upload within 24 hours, those that they remove counted.
const PapersPerDay = 20

// Paper is one paper of a registration, counted from 1.
type Paper struct {
	ID       string    `json:"id"`
	Position int       `json:"position"`
	Kind     PaperKind `json:"kind"`
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
}

// CheckPaperKind refuses a kind that there is not.
func CheckPaperKind(k PaperKind) []FieldFault {
	if slices.Contains(PaperKinds(), k) {
		return nil
	}
	return []FieldFault{Fault("kind", "choice_unknown")}
}

// registrationField is one field of the form, for what is done to all of them alike.
type registrationField struct {
	name  string
	value *string
}

func (f *RegistrationForm) fields() []registrationField {
	return append([]registrationField{{"name", &f.Name}, {"phone", &f.Phone}, {"username", &f.Username}}, f.CompanyForm.fields()...)
}

func (f *CompanyForm) fields() []registrationField {
	return []registrationField{{"npwp", &f.NPWP}, {"company", &f.Company}, {"address", &f.Address}, {"postcode", &f.Postcode},
		{"company_phone", &f.CompanyPhone}, {"edi_number", &f.EDINumber}, {"customs_number", &f.CustomsNumber}}
}

// Over is the form laid over what a company's data are now; had is what they were when it was written. NPWP and name are the
// form's, and of the rest what it meant to change: what others changed meanwhile holds.
func (f CompanyForm) Over(had, now CompanyForm) CompanyForm {
	wanted, before, over := f.fields(), had.fields(), now.fields()
	for i, field := range wanted {
		if field.name == "npwp" || field.name == "company" || *field.value != *before[i].value {
			*over[i].value = *field.value
		}
	}
	return now
}

// RegistrationFields lists the fields of the form that a note can name; papers besides.
func RegistrationFields() []string {
	names := []string{}
	for _, f := range (&RegistrationForm{}).fields() {
		names = append(names, f.name)
	}
	return append(names, "papers")
}

// NormalizeRegistration trims what was typed.
func NormalizeRegistration(f RegistrationForm) RegistrationForm {
	for _, field := range f.fields() {
		*field.value = strings.TrimSpace(*field.value)
	}
	return f
}

// CheckRegistrationDraft finds what keeps a form from being kept while it is written: only what cannot be stored.
func CheckRegistrationDraft(f RegistrationForm) []FieldFault {
	var faults []FieldFault
	for _, field := range f.fields() {
		faults = append(faults, bounded(field.name, *field.value, MaxLine, false)...)
	}
	return faults
}

// ParseRegistration reads a form as it is sent, and says what is wrong with it. domain is what stands behind the @ of a
// username.
func ParseRegistration(f RegistrationForm, domain string) (RegistrationForm, []FieldFault) {
	var read RegistrationForm
	var faults, found []FieldFault
	read.Name, faults = ParseName("name", f.Name)
	read.Phone, found = requiredTelephone("phone", f.Phone)
	faults = append(faults, found...)
	read.Username, found = parseChosenUsername("username", f.Username, domain)
	faults = append(faults, found...)
	read.CompanyForm, found = ParseCompany(f.CompanyForm)
	return read, append(faults, found...)
}

// ParseRegistrationOf is ParseRegistration for a sort of registration: a company that changes names no person.
func ParseRegistrationOf(sort RegistrationSort, f RegistrationForm, domain string) (RegistrationForm, []FieldFault) {
	if sort != RegistrationCompany {
		return ParseRegistration(f, domain)
	}
	company, faults := ParseCompany(f.CompanyForm)
	return RegistrationForm{CompanyForm: company}, faults
}

// ParseCompany reads what is told of a company, and says what is wrong with it.
func ParseCompany(f CompanyForm) (CompanyForm, []FieldFault) {
	var read CompanyForm
	var faults, found []FieldFault
	read.NPWP, faults = ParseNPWP("npwp", f.NPWP)
	read.Company, found = ParseName("company", f.Company)
	faults = append(faults, found...)
	data, found := ParseCompanyData(CompanyData{Address: f.Address, Postcode: f.Postcode, Phone: f.CompanyPhone, EDINumber: f.EDINumber, CustomsNumber: f.CustomsNumber})
	read.Address, read.Postcode, read.CompanyPhone, read.EDINumber, read.CustomsNumber = data.Address, data.Postcode, data.Phone, data.EDINumber, data.CustomsNumber
	return read, append(faults, found...)
}

func requiredTelephone(field, s string) (string, []FieldFault) {
	read, faults := readTelephone(field, s)
	if read == "" && len(faults) == 0 {
		faults = []FieldFault{Fault(field, "required")}
	}
	return read, faults
}

// parseChosenUsername takes the name alone, or with the agency's domain.
func parseChosenUsername(field, s, domain string) (string, []FieldFault) {
	s = WithoutDomain(s, domain)
	switch {
	case s == "":
		return s, []FieldFault{Fault(field, "required")}
	case ReservedUsername(s):
		return s, []FieldFault{Fault(field, "username_reserved")}
	case !ValidUsername(s):
		return s, []FieldFault{Fault(field, "username_shape", "min", strconv.Itoa(minUsername), "max", strconv.Itoa(maxUsername))}
	}
	return s, nil
}

// CheckPapers finds what keeps a registration with so many papers from being sent.
func CheckPapers(n int) []FieldFault {
	switch {
	case n == 0:
		return []FieldFault{Fault("papers", "papers_needed")}
	case n > MaxPapers:
		return []FieldFault{Fault("papers", "papers_too_many", "max", strconv.Itoa(MaxPapers))}
	}
	return nil
}

// CheckRegistrationReturn is CheckReturn for a registration, whose notes name fields of its form.
func CheckRegistrationReturn(reason string, notes []FieldNote) []FieldFault {
	faults := CheckReturn(reason, notes)
	for i, n := range notes {
		if !slices.Contains(RegistrationFields(), n.Field) {
			faults = append(faults, Fault("notes["+strconv.Itoa(i)+"].field", "choice_unknown"))
		}
	}
	return faults
}

// DiffRegistration lists what changed from one form to another, and among their papers.
func DiffRegistration(before, after RegistrationForm, had, have []Paper) []FieldChange {
	var changes []FieldChange
	was, is := before.fields(), after.fields()
	for i := range is {
		if *was[i].value != *is[i].value {
			changes = append(changes, FieldChange{Field: is[i].name, Before: *was[i].value, After: *is[i].value})
		}
	}
	if names, now := paperNames(had), paperNames(have); names != now || !slices.EqualFunc(had, have, func(a, b Paper) bool { return a.SHA256 == b.SHA256 }) {
		changes = append(changes, FieldChange{Field: "papers", Before: names, After: now})
	}
	return changes
}

func paperNames(list []Paper) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return strings.Join(names, "; ")
}

// Form gives a company's data as its form has them.
func (c Company) Form() CompanyForm {
	return CompanyForm{NPWP: c.NPWP, Company: c.Name, Address: c.Address, Postcode: c.Postcode, CompanyPhone: c.Phone, EDINumber: c.EDINumber, CustomsNumber: c.CustomsNumber}
}
