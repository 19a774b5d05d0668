package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// looking is one look at a request within its transaction.
type looking struct {
	s    *Store
	tx   *gorm.DB
	row  activationRow
	form models.ActivationForm
	who  registeredRow
	now  time.Time
}

// registeredRow is what registry, accounts and cases know of a NIP.
type registeredRow struct {
	ID, Name, EmploymentType, Status, Rank, RankEffectiveDate, OfficialEmail, ExternalEmail string
	HasAccount, OpenMemo                                                                    bool
	OpenCase, OpenTo                                                                        string
}

func (r registeredRow) rules() models.Registered {
	return models.Registered{Known: r.ID != "", Employment: models.EmploymentType(r.EmploymentType), Status: models.EmployeeStatus(r.Status), Rank: r.Rank,
		Effective: r.RankEffectiveDate, Addresses: addresses(r.OfficialEmail, r.ExternalEmail), HasAccount: r.HasAccount, OpenMemo: r.OpenMemo, OpenTo: r.OpenTo}
}

// addresses are those that are there, each once.
func addresses(list ...string) []string {
	var found []string
	for _, a := range list {
		if a = models.NormalizeEmail(a); a != "" && (len(found) == 0 || found[0] != a) {
			found = append(found, a)
		}
	}
	return found
}

// LookAtActivation judges a request by what is known now. Where it is right the person's usernames are held and a code
// may go out; where it is not, why stays with it. Asked again it answers the same.
func (s *Store) LookAtActivation(ctx context.Context, caseID string) (models.Looked, error) {
	var found models.Looked
	err := s.transact(ctx, "look at activation "+caseID, func(tx *gorm.DB) error {
		row, err := lockActivation(tx, caseID)
		if err != nil {
			return err
		}
		if row.Form == "" {
			found = row.looked()
			return nil
		}
		l := &looking{s: s, tx: tx, row: row, now: s.caseNow()}
		if err := l.read(); err != nil {
			return err
		}
		if err := l.judge(); err != nil {
			return err
		}
		found = l.row.looked()
		return l.keep()
	})
	return found, err
}

func (r activationRow) looked() models.Looked {
	l := models.Looked{Turned: r.Turned, Warn: r.Warn, Tell: r.Tell}
	if r.Ends != nil {
		l.Ends = *r.Ends
	}
	return l
}

// read opens the form and finds its person. Looks and provisioning of one agency take turns, so that nobody gets two
// accounts, and no two people one username.
func (l *looking) read() error {
	body, err := l.s.unseal(l.row.Form)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &l.form); err != nil {
		return fmt.Errorf("read an activation form: %w", err)
	}
	if _, err := next(l.tx, l.row.AgencyID, "provisioning", 0); err != nil {
		return err
	}
	return l.tx.Raw(`
		select e.id, e.name, e.employment_type, e.status, e.rank, e.rank_effective_date, e.official_email, e.external_email,
			exists (select 1 from accounts a where a.agency_id = e.agency_id and a.employee_id = e.id) as has_account,
			exists (select 1 from memo_rows r join cases c on c.id = r.case_id where (r.employee_id = e.id or r.agency_id = e.agency_id and r.nip = e.nip)
				and c.status in `+openMemo+` and r.state in ('pending', 'accepted', 'provisioned')) as open_memo,
			coalesce(o.case_id, '') as open_case, coalesce(o.email, '') as open_to
		from employees e left join activations o on o.employee_id = e.id and o.agency_id = e.agency_id and o.held
		where e.agency_id = ? and e.nip = ?`, l.row.AgencyID, l.form.NIP).Scan(&l.who).Error
}

func (l *looking) judge() error {
	l.row.Turned = l.form.Judge(l.who.rules())
	l.row.EmployeeID = optional(l.who.ID)
	if l.row.Turned == "" {
		may, err := l.s.mayBeSent(l.tx, l.who.ID)
		if err != nil {
			return err
		}
		if !may {
			l.row.Turned = models.TurnedTooOften
		}
	}
	switch l.row.Turned {
	case "":
		if err := l.open(); err != nil {
			return err
		}
	case models.TurnedAgain:
		if _, err := l.s.sendAgain(l.tx, l.who.OpenCase); err != nil {
			return err
		}
	case models.TurnedTooOften:
	default:
		if err := l.count(); err != nil {
			return err
		}
	}
	return l.warn()
}

// open holds the usernames and begins the code's time.
func (l *looking) open() error {
	taken, err := takenUsernames(l.tx, l.row.AgencyID, models.UsernameCandidates(l.who.Name))
	if err != nil {
		return err
	}
	for _, name := range models.HeldUsernames(l.who.Name, func(s string) bool { return taken[s] }) {
		if err := l.tx.Exec("insert into username_holds (agency_id, username, case_id) values (?, ?, ?)", l.row.AgencyID, name, l.row.CaseID).Error; err != nil {
			return err
		}
	}
	ends := micro(l.now.Add(models.ActivationLife))
	l.row.Held, l.row.Email, l.row.Ends = true, l.form.Email, &ends
	return l.s.noteSending(l.tx, l.row.AgencyID, l.who.ID, l.row.CaseID)
}

// count has the service desk told of the refusal that makes a third within a day.
func (l *looking) count() error {
	var before int64
	err := l.tx.Model(&activationRow{}).Where("agency_id = ? and nip_digest = ? and created > ? and case_id <> ? and turned not in ? and turned <> ''",
		l.row.AgencyID, l.row.NIPDigest, l.now.Add(-models.RefusalSpan), l.row.CaseID, []string{models.TurnedAgain, models.TurnedTooOften}).Count(&before).Error
	l.row.Tell = before+1 == models.RefusalsTold
	return err
}

// warn has the registry's addresses told, at the pace of codes: a stranger must not fill somebody's mailbox.
func (l *looking) warn() error {
	if len(l.form.Warned(l.who.rules(), l.row.Turned)) == 0 {
		return nil
	}
	if l.row.Turned == "" { // the request that succeeds is never kept from its owner; sendings bound how many there are
		l.row.Warn = true
		return nil
	}
	var told []time.Time
	err := l.tx.Raw("select created from activations where employee_id = ? and warn and created > ?", l.who.ID, l.now.Add(-24*time.Hour)).Scan(&told).Error
	l.row.Warn = models.MayResend(told, l.now)
	return err
}

// keep writes what was found; what was typed is gone.
func (l *looking) keep() error {
	l.row.Form = ""
	if err := l.tx.Save(&l.row).Error; err != nil {
		return err
	}
	after := map[string]any{"matched": l.row.Turned == ""}
	for name, value := range map[string]string{"turned": l.row.Turned, "employee": l.who.ID} {
		if value != "" {
			after[name] = value
		}
	}
	if l.row.Turned == "" {
		after["registered_address"] = strings.Contains(" "+strings.Join(l.who.rules().Addresses, " ")+" ", " "+l.form.Email+" ")
	}
	return l.s.note(l.tx, models.Actor{Agency: l.row.AgencyID}, deed{stream: caseStream(l.row.CaseID), action: "activation_looked",
		object: activationObject(l.row.CaseID), at: l.now, after: after})
}

// mayBeSent tells whether another code may go out to a person.
func (s *Store) mayBeSent(tx *gorm.DB, employeeID string) (bool, error) {
	now := s.wallNow()
	var sent []time.Time
	err := tx.Raw("select at from activation_sendings where employee_id = ? and at > ?", employeeID, now.Add(-24*time.Hour)).Scan(&sent).Error
	return models.MayResend(sent, now), err
}

func (s *Store) noteSending(tx *gorm.DB, agency, employeeID, caseID string) error {
	return tx.Exec("insert into activation_sendings (id, agency_id, employee_id, case_id, at) values (?, ?, ?, ?, ?)",
		newID(), agency, employeeID, caseID, s.wallNow()).Error
}
