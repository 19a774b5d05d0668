package store

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"loket/models"
)

// TraderImport is what a list of old accounts came to. Unanswered counts the companies of the list for which nobody is
// responsible: an admin appoints somebody once one of them is active.
type TraderImport struct {
	Companies, People ImportCount
	Unanswered        int
}

// errDryRun takes a dry run back.
var errDryRun = errors.New("nothing is kept of a dry run")

// TraderFaults lists what is wrong with rows beside the accounts that are there: an address that belongs to somebody of
// another company, a username that is somebody else's.
func (s *Store) TraderFaults(ctx context.Context, agency string, rows []models.TraderRow) ([]models.RowFault, error) {
	im := &traderImport{s: s, tx: s.reader(ctx), agency: agency}
	if err := im.learn(rows); err != nil {
		return nil, wrap(err, "read the accounts that are there")
	}
	var faults []models.RowFault
	for _, r := range rows {
		had, known := im.byEmail[r.Email]
		switch {
		case known && had.NPWP != models.NPWPKey(r.NPWP):
			faults = append(faults, models.RowFault{Line: r.Line, FieldFault: models.Fault("email", "email_taken")})
		case known && r.Username != "" && had.Username != r.Username:
			faults = append(faults, models.RowFault{Line: r.Line, FieldFault: models.Fault("username", "username_differs", "username", had.Username)})
		case !known && im.taken[r.Username]:
			faults = append(faults, models.RowFault{Line: r.Line, FieldFault: models.Fault("username", "username_taken")})
		}
	}
	return faults, nil
}

// ImportTraders makes a company for each NPWP and an account for each address that is not there yet; what is there stays as
// it is. Accounts wait for their owners, who get no message: they ask for a link. A dry run counts, and keeps nothing.
func (s *Store) ImportTraders(ctx context.Context, a models.Actor, rows []models.TraderRow, dry bool, progress func(done, total int)) (TraderImport, error) {
	var result TraderImport
	err := s.transact(ctx, "import traders", func(tx *gorm.DB) error {
		im := &traderImport{s: s, tx: tx, agency: agencyOf(a), progress: progress}
		if _, err := next(tx, im.agency, "provisioning", 0); err != nil { // so that no two pick one username
			return err
		}
		if err := im.learn(rows); err != nil {
			return err
		}
		if err := im.write(rows); err != nil {
			return err
		}
		result = im.result
		if dry {
			return errDryRun
		}
		return s.note(tx, a, deed{stream: "system", action: "traders_imported", object: "companies",
			after: map[string]any{"companies": im.result.Companies, "people": im.result.People}})
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return result, err
}

// traderImport is one list on its way. Companies are known by models.NPWPKey.
type traderImport struct {
	s        *Store
	tx       *gorm.DB
	agency   string
	progress func(done, total int)

	companies map[string]string // ids
	byEmail   map[string]knownTrader
	taken     map[string]bool // usernames
	answered  map[string]bool // companies somebody is responsible for
	result    TraderImport
}

type knownTrader struct {
	Email, Username string
	NPWP            string `gorm:"column:npwp"`
	Responsible     bool
}

// learn reads what is there of the list.
func (im *traderImport) learn(rows []models.TraderRow) error {
	im.companies, im.byEmail, im.taken, im.answered = map[string]string{}, map[string]knownTrader{}, map[string]bool{}, map[string]bool{}
	for batch := range slices.Chunk(rows, importBatch) {
		var npwps, emails []string
		for _, r := range batch {
			key := models.NPWPKey(r.NPWP)
			npwps, emails = append(npwps, key, "0"+key), append(emails, r.Email)
		}
		var companies []companyRecord
		if err := im.tx.Where("agency_id = ? and npwp in ?", im.agency, npwps).Find(&companies).Error; err != nil {
			return err
		}
		for _, c := range companies {
			im.companies[models.NPWPKey(c.NPWP)] = c.ID
		}
		var people []knownTrader
		if err := im.tx.Raw(`select lower(a.email) as email, a.username, c.npwp, a.responsible and a.status <> 'disabled' as responsible
			from accounts a join companies c on c.id = a.company_id
			where a.agency_id = ? and (lower(a.email) in ? or c.npwp in ?)`, im.agency, emails, npwps).Scan(&people).Error; err != nil {
			return err
		}
		for _, p := range people {
			p.NPWP = models.NPWPKey(p.NPWP)
			im.byEmail[p.Email] = p
			im.answered[p.NPWP] = im.answered[p.NPWP] || p.Responsible
		}
	}
	var bases []string
	for _, r := range rows {
		bases = append(bases, usernamesFor(r)...)
	}
	taken, err := takenUsernames(im.tx, im.agency, bases)
	if err == nil {
		im.taken = taken
	}
	return err
}

func usernamesFor(r models.TraderRow) []string {
	if r.Username != "" {
		return []string{r.Username}
	}
	return models.UsernameCandidates(r.Name)
}

func (im *traderImport) write(rows []models.TraderRow) error {
	var companies []companyRecord
	var people []Account
	for _, r := range rows { // names of their own come first, so that nobody else is given one of them
		if _, known := im.byEmail[r.Email]; !known && r.Username != "" {
			im.taken[r.Username] = true
		}
	}
	for _, r := range rows {
		key := models.NPWPKey(r.NPWP)
		if im.companies[key] == "" {
			companies = append(companies, companyRecord{ID: newID(), AgencyID: im.agency, NPWP: r.NPWP, Name: r.Company, Version: 1, Created: im.s.caseNow()})
			im.companies[key] = companies[len(companies)-1].ID
		}
		if _, known := im.byEmail[r.Email]; known {
			im.result.People.Unchanged++
			continue
		}
		people = append(people, im.account(r, im.companies[key]))
		im.answered[key] = im.answered[key] || r.Responsible
	}
	im.result.Companies = ImportCount{Added: len(companies), Unchanged: len(im.companies) - len(companies)}
	im.result.People.Added = len(people)
	for key := range im.companies {
		if !im.answered[key] {
			im.result.Unanswered++
		}
	}
	return im.insert(companies, people)
}

func (im *traderImport) account(r models.TraderRow, company string) Account {
	username := r.Username
	if username == "" {
		username = pick(im.taken, usernamesFor(r))
	}
	ends := im.s.traderEnds()
	if !r.Ends.IsZero() {
		ends = r.Ends.AddDays(1).At(agencyZone()).UTC() // the last day is part of the term
	}
	return Account{ID: newID(), AgencyID: im.agency, Username: username, Name: r.Name, Email: r.Email, Phone: r.Phone, Status: AccountPending, Locale: "id",
		Zone: "Asia/Jakarta", CompanyID: &company, Responsible: r.Responsible, EndsAt: &ends, Created: im.s.caseNow()}
}

func (im *traderImport) insert(companies []companyRecord, people []Account) error {
	for batch := range slices.Chunk(companies, importBatch) {
		if err := im.tx.Create(&batch).Error; err != nil {
			return duplicate(err)
		}
	}
	done := 0
	for batch := range slices.Chunk(people, importBatch) {
		if err := im.tx.Create(&batch).Error; err != nil {
			return duplicate(err)
		}
		if done += len(batch); im.progress != nil {
			im.progress(done, len(people))
		}
	}
	return nil
}
