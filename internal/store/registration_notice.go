package store

import (
	"maps"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// registrationFacts is what messages about a registration tell.
type registrationFacts struct {
	Number, Sort, Name, Email, Lang, Company, NPWP, SenderID, Unit string
	CompanyID, AccountID, Username, AccountName, CompanyName       string
	EndsAt                                                         *time.Time
}

func factsOfRegistration(tx *gorm.DB, caseID string) (registrationFacts, error) {
	var f registrationFacts
	err := tx.Raw(`select c.number, r.sort, r.name, r.email, r.lang, r.company, r.npwp, coalesce(c.sender_id, '') as sender_id,
			coalesce(u.name, c.unit_code) as unit, coalesce(r.company_id, '') as company_id, coalesce(r.account_id, '') as account_id,
			coalesce(a.username, '') as username, coalesce(a.name, '') as account_name, coalesce(k.name, '') as company_name, a.ends_at
		from registrations r join cases c on c.id = r.case_id left join accounts a on a.id = r.account_id left join companies k on k.id = r.company_id
		left join units u on u.agency_id = c.agency_id and u.code = c.unit_code where r.case_id = ?`, caseID).Scan(&f).Error
	return f, err
}

// writeRegistrationNotices queues the messages that a change of a registration asks for, and tells the same in the portal.
func (s *Store) writeRegistrationNotices(tx *gorm.DB, agency string, c models.Change) error {
	facts, err := factsOfRegistration(tx, c.CaseID)
	if err != nil {
		return err
	}
	data := facts.data(c)
	if err := nameDecider(tx, c, data); err != nil {
		return err
	}
	var rows []noticeRow
	var told tellings
	for _, spec := range c.Notices {
		people, err := s.registrationPeople(tx, agency, c, facts, spec)
		if err != nil {
			return err
		}
		for _, p := range people {
			if !wayOf(spec.Kind).holders { // whose case it is not
				told.add(agency, spec.Kind, c, p)
			}
			if p.Email == "" {
				continue
			}
			row, err := s.registrationNotice(agency, c, facts, kindFor(spec.Kind, p), p, data)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	if err := told.write(tx); err != nil {
		return err
	}
	return queue(tx, rows)
}

func (f registrationFacts) data(c models.Change) map[string]string {
	company := f.Company
	if company == "" {
		company = f.CompanyName
	}
	data := map[string]string{"number": f.Number}
	for name, value := range map[string]string{"company": company, "subject": company, "npwp": models.FormatNPWP(f.NPWP), "person": f.Name, "unit": f.Unit,
		"reason": c.Reason, "what": c.After.Trouble} {
		if value != "" {
			data[name] = value
		}
	}
	if c.After.Due != nil {
		data["due"] = c.After.Due.UTC().Format(time.RFC3339)
	}
	return data
}

// The kinds of messages to whoever has an address with which somebody registers: who has no password yet is led to one.
const (
	registrationKnown   = "registration_known"
	registrationWaiting = "registration_waiting"
)

// registrationWay is where a kind of message leads: to a path, "" for the case's page, or by what it bears in its stead, a link
// to the request or one for a password, which are minted when it is sent. holders says that it goes to whoever has the
// request's address.
type registrationWay struct {
	path              string
	request, password bool
	holders           bool
}

func wayOf(kind string) registrationWay {
	request, password := registrationWay{request: true}, registrationWay{password: true}
	return map[string]registrationWay{
		registrationKnown:                {path: "/sign-in", holders: true},
		registrationWaiting:              {path: "/activate-trader", holders: true},
		"registration_link":              request,
		"registration_open":              request,
		"registration_sent":              request,
		"registration_returned":          request,
		"registration_vacant":            request,
		"registration_refused":           {path: "/register"},
		"registration_expired":           {path: "/register"},
		"registration_accepted":          password,
		"registration_accepted_reminder": password,
		"registration_lapsed":            {path: "/activate-trader"},
		"registration_newcomer":          {path: "/company"},
		"registration_company_changed":   {path: "/company"},
	}[kind]
}

// kindFor gives the kind of message that goes to one of those whom it is for.
func kindFor(kind string, to person) string {
	if kind == registrationKnown && to.Waits {
		return registrationWaiting
	}
	return kind
}

// registrationNotice writes one message. Links are paths, or minted when it is sent.
func (s *Store) registrationNotice(agency string, c models.Change, f registrationFacts, kind string, to person, common map[string]string) (noticeRow, error) {
	way := wayOf(kind)
	data := map[string]string{"name": to.Name, "link": way.path}
	if way.path == "" {
		data["link"] = "/registrations/" + c.CaseID
	}
	maps.Copy(data, common)
	if way.holders {
		data["username"] = to.Username
	}
	if f.AccountID != "" && to.AccountID == f.AccountID {
		data["username"] = f.Username
		if f.EndsAt != nil {
			data["ends"] = f.EndsAt.In(agencyZone()).Format(time.DateOnly)
		}
	}
	notice, err := s.newNotice(agency, kind, c.CaseID, to, data)
	if way.request {
		notice.SecretOf = &c.CaseID
	}
	if way.password {
		expires := micro(*c.After.Due)
		to.Expires = &expires
		notice = notice.bearing(to)
	}
	return notice, err
}

// registrationPeople resolves whom a message is for. The applicant of an address that is taken is whoever has it.
func (s *Store) registrationPeople(tx *gorm.DB, agency string, c models.Change, f registrationFacts, spec models.NoticeSpec) ([]person, error) {
	switch {
	case wayOf(spec.Kind).holders:
		taken, _, err := s.addressOf(tx, agency, f.Email)
		return taken, err
	case spec.To.Party == models.PartyResponsible:
		var people []person
		err := tx.Raw(`select id as account_id, username, name, email, locale from accounts where company_id = ? and responsible and status = ? and id <> ? order by id`,
			f.CompanyID, AccountActive, f.AccountID).Scan(&people).Error
		return people, err
	case spec.To.Party != models.PartyApplicant:
		return s.recipients(tx, agency, c, spec.To)
	case f.AccountID != "":
		return s.recipients(tx, agency, c, models.Recipient{Account: f.AccountID})
	case f.SenderID != "":
		return s.recipients(tx, agency, c, models.Recipient{Account: f.SenderID})
	}
	name := strings.TrimSpace(f.Name)
	return []person{{Name: name, Email: f.Email, Locale: f.Lang}}, nil
}
