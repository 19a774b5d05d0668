package pdf

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"loket/internal/i18n"
	"loket/models"
)

// Letterhead is what stands above each letter, as the settings have it; an empty line is left out. Logo is a PNG or
// JPEG picture of at most 16 million pixels, or nil.
type Letterhead struct {
	Agency  string
	Unit    string
	Address string
	Contact string
	Logo    []byte
}

// Verification leads a reader from paper to the public verification page. ID is the letter's opaque number; URL is
// the address of its page and is what the QR code holds.
type Verification struct {
	ID  [16]byte
	URL string
}

// Paper is what every letter carries. Printer gives the language and the zone of all times. Issued is when the letter
// was made, shown and written into the file, in its own zone.
type Paper struct {
	Printer      i18n.Printer
	Letterhead   Letterhead
	Verification Verification
	Issued       time.Time
}

// mostAddress keeps the QR code's modules large enough for an old telephone: 0.5 mm and more.
const mostAddress = 200

// check refuses what would make two printings differ or a code that leads nowhere.
func (p Paper) check() error {
	if p.Issued.IsZero() {
		return errors.New("letter without a time of issue")
	}
	if len(p.Verification.URL) > mostAddress {
		return fmt.Errorf("letter's verification address is longer than %d bytes", mostAddress)
	}
	u, err := url.Parse(p.Verification.URL)
	if err != nil {
		return fmt.Errorf("letter's verification address: %w", err)
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return errors.New("letter's verification address is not one of the web")
	}
	return nil
}

// Heading tells which memo a letter is, or speaks of. CaseNumber is LKT-2026-000123; Date is the memo's own.
type Heading struct {
	Number     string
	CaseNumber string
	Kind       models.MemoKind
	Date       models.Date
	Addressee  string
	From       string
	Subject    string
}

// Person is somebody named on a letter. Number is the NIP, or the NIK as far as it may be shown.
type Person struct {
	Name   string
	Number string
	Office string
}

// Verbs lists what a letter can tell that somebody did with a memo: every act of models, of which a sending again is told
// as a sending.
func Verbs() []models.EventType {
	return []models.EventType{models.EventSent, models.EventApproved, models.EventRefused, models.EventReturned, models.EventVerified,
		models.EventSkipped, models.EventWithdrawn, models.EventExpired}
}

// Act is one thing done, as a letter tells it; Verb is one of Verbs. By without a name is the system, which acts when a deadline passes.
// For is the holder of the office when By acted in that person's stead. Stage is empty where none was open.
type Act struct {
	Verb  models.EventType
	Stage models.Stage
	By    Person
	For   *Person
	At    time.Time
	Note  string
}

// Row is one person of the memo's recap list. Number is the NIP or the masked NIK; Until ends a contract and is zero
// for employees. State, Username and Reason appear in the list of results alone.
type Row struct {
	No       int
	Name     string
	Number   string
	Unit     string
	Position string
	Email    string
	From     models.Date
	Until    models.Date
	State    models.RowState
	Username string
	Reason   string
}
