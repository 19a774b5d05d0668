package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// provisioning is one chunk of rows within its transaction.
type provisioning struct {
	s       *Store
	tx      *gorm.DB
	row     caseRow
	number  string
	app     string
	at      time.Time
	expires time.Time
	people  []provisioned

	accounts []Account
	access   []accessRow
	notices  []noticeRow
	reopened []string
}

// provisioned is a row that waits for its account, with the account that its person has already, if any.
type provisioned struct {
	Row           personRow `gorm:"embedded"`
	Found         string    // account id
	FoundName     string
	FoundUsername string
	FoundEmail    string
	FoundLocale   string
	FoundStatus   string
	FoundEnds     string // the last day of the access that it has already, if that ends
}

type accessRow struct {
	AgencyID, AccountID, Application string
	CaseID                           *string
	Created                          time.Time
	Ends                             string
}

// TableName is the table's name.
func (accessRow) TableName() string { return "account_applications" }

// ProvisionRows gives everybody in the accepted rows numbered from..to what the memo asks for, each exactly once
// however often it runs: an account that waits for its owner's password, or access on the account they have. It counts
// the rows done this time. at is case time: links live for models.CredentialLife from then on.
func (s *Store) ProvisionRows(ctx context.Context, caseID string, from, to int, at time.Time) (int, error) {
	n := 0
	err := s.transact(ctx, "provision rows of case "+caseID, func(tx *gorm.DB) error {
		n = 0
		p := &provisioning{s: s, tx: tx, at: micro(at), expires: micro(at.Add(models.CredentialLife))}
		if err := tx.Clauses(forUpdate()).Where("id = ?", caseID).Take(&p.row).Error; err != nil {
			return err
		}
		var memo memoRow
		if err := tx.Where("case_id = ?", caseID).Take(&memo).Error; err != nil {
			return err
		}
		p.app, p.number = Application(models.MemoKind(memo.MemoKind)), p.row.Number
		if err := p.load(from, to); err != nil || len(p.people) == 0 {
			return err
		}
		n = len(p.people)
		return p.run()
	})
	return n, err
}

// Application is what a kind of memo gives access to.
func Application(k models.MemoKind) string {
	if k == models.MemoSSOActivation {
		return "sso"
	}
	return string(k)
}

func (p *provisioning) load(from, to int) error {
	return p.tx.Raw(`
		select r.*, coalesce(a.id, '') as found, coalesce(a.name, '') as found_name, coalesce(a.username, '') as found_username,
			coalesce(a.email, '') as found_email, coalesce(a.locale, '') as found_locale, coalesce(a.status, '') as found_status,
			coalesce(x.ends, '') as found_ends
		from memo_rows r
		left join accounts a on a.id = coalesce(
			(select e.id from accounts e where e.agency_id = r.agency_id and e.employee_id = r.employee_id),
			(select k.id from accounts k where k.agency_id = r.agency_id and k.nik = r.nik and r.employee_id is null))
		left join account_applications x on x.account_id = a.id and x.application = ? and x.ended_at is null
		where r.case_id = ? and r.no between ? and ? and r.state = ? order by r.no`,
		p.app, p.row.ID, from, to, models.RowAccepted).Scan(&p.people).Error
}

func (p *provisioning) run() error {
	if err := p.nameAccounts(); err != nil {
		return err
	}
	var waiting, atOnce []int
	for i := range p.people {
		person := &p.people[i]
		if person.closed() && person.Row.ExternalEmail != "" {
			person.FoundEmail = person.Row.ExternalEmail // the old address may be why the account was closed
		}
		active := person.state() == models.RowActivated
		if active {
			atOnce = append(atOnce, person.Row.No)
		} else {
			waiting = append(waiting, person.Row.No)
		}
		if err := p.serve(person, active); err != nil {
			return err
		}
	}
	if err := p.insert(); err != nil {
		return err
	}
	if err := p.mark(); err != nil {
		return err
	}
	return p.s.note(p.tx, models.Actor{Agency: p.row.AgencyID}, deed{stream: caseStream(p.row.ID), action: "rows_provisioned",
		object: "memo:" + p.row.ID, at: p.at, after: p.result(waiting, atOnce)})
}

// serve gathers what one person gets: access, and the message that says so.
func (p *provisioning) serve(person *provisioned, active bool) error {
	p.grant(accessRow{AgencyID: p.row.AgencyID, AccountID: person.Found, Application: p.app, CaseID: &p.row.ID, Created: p.at,
		Ends: person.Row.ContractEnd})
	to := personOf(person, p.expires)
	if to.Email == "" {
		return nil
	}
	kind, data := "credentials", map[string]string{"name": to.Name, "username": to.Username, "number": p.number}
	if active {
		kind, data["application"], data["link"] = "credentials_access", p.app, "/"
	}
	if ends := person.Row.ContractEnd; active && person.FoundEnds != "" && ends > person.FoundEnds {
		kind, data["ends"] = "access_prolonged", ends
	}
	notice, err := p.s.newNotice(p.row.AgencyID, kind, p.row.ID, to, data)
	if err != nil {
		return err
	}
	if !active {
		notice = notice.bearing(to)
	}
	p.notices = append(p.notices, notice)
	return nil
}

func personOf(r *provisioned, expires time.Time) person {
	return person{AccountID: r.Found, Username: r.FoundUsername, Name: r.FoundName, Email: r.FoundEmail, Locale: r.FoundLocale,
		RowNo: r.Row.No, Expires: &expires}
}

func (p *provisioning) insert() error {
	if err := p.reopen(); err != nil {
		return err
	}
	if err := p.tx.Clauses(longerAccess()).Create(&p.access).Error; err != nil {
		return err
	}
	return queue(p.tx, p.notices)
}

// mark takes the rows on, ties them to their accounts, and lets watchers of the case know. All rows are written in one
// statement, each once.
func (p *provisioning) mark() error {
	values, args := "(cast(? as integer), cast(? as text), cast(? as text))"+strings.Repeat(", (?, ?, ?)", len(p.people)-1), []any{}
	for _, person := range p.people {
		args = append(args, person.Row.No, person.Found, person.state())
	}
	args = append(args, p.at, models.RowProvisioned, p.expires, models.RowActivated, p.at, p.row.ID)
	err := p.tx.Exec("with v (no, account_id, state) as (values "+values+`)
		update memo_rows set account_id = v.account_id, state = v.state, provisioned_at = ?,
			expires = case when v.state = ? then ? else expires end, activated_at = case when v.state = ? then ? else activated_at end
		from v where memo_rows.case_id = ? and memo_rows.no = v.no`, args...).Error
	if err != nil {
		return err
	}
	return p.tx.Exec("update cases set version = version + 1, updated = ?, touched = ? where id = ?", p.at, p.s.databaseTime(), p.row.ID).Error
}

// state is what the row comes to: whoever has an account can use it at once.
func (r *provisioned) state() models.RowState {
	if r.FoundStatus == AccountActive {
		return models.RowActivated
	}
	return models.RowProvisioned
}

func (p *provisioning) result(waiting, atOnce []int) map[string]any {
	result := map[string]any{"provisioned": waiting, "activated": atOnce, "accounts": usernames(p.accounts)}
	if len(p.reopened) > 0 {
		result["reopened"] = p.reopened
	}
	return result
}

func usernames(accounts []Account) []string {
	names := make([]string, len(accounts))
	for i, a := range accounts {
		names[i] = a.Username
	}
	return names
}

// OpenCredentials counts the rows of a memo whose link has not been used yet.
func (s *Store) OpenCredentials(ctx context.Context, caseID string) (int, error) {
	var n int64
	err := s.reader(ctx).Model(&personRow{}).Where("case_id = ? and state = ?", caseID, models.RowProvisioned).Count(&n).Error
	return int(n), wrap(err, "count open links")
}
