package store

import (
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// activationParty gives the addresses of a party: the one that the applicant gave, or those of the registry.
func activationParty(tx *gorm.DB, caseID string, party models.Party) ([]person, error) {
	var row struct{ Name, Email, Lang, OfficialEmail, ExternalEmail string }
	err := tx.Raw(`select coalesce(e.name, '') as name, a.email, a.lang, coalesce(e.official_email, '') as official_email,
			coalesce(e.external_email, '') as external_email
		from activations a left join employees e on e.id = a.employee_id where a.case_id = ?`, caseID).Scan(&row).Error
	if err != nil {
		return nil, err
	}
	to, lang := []string{row.Email}, row.Lang
	if party == models.PartyOwner {
		to, lang = addresses(row.OfficialEmail, row.ExternalEmail), "id" // whoever asked need not be the owner
	}
	var people []person
	for _, address := range to {
		if address != "" {
			people = append(people, person{Name: row.Name, Email: address, Locale: lang})
		}
	}
	return people, nil
}

// activationNotice writes one message of an activation. Links are paths; ClaimNotices puts the public address before them.
func (s *Store) activationNotice(tx *gorm.DB, c models.Change, agency, kind string, to person) (noticeRow, error) {
	var row struct {
		Number, Person, EmployeeID, Email, Unit, Username string
		Created                                           time.Time
		Ends                                              *time.Time
	}
	err := tx.Raw(`select c.number, coalesce(e.name, '') as person, coalesce(e.id, '') as employee_id, a.email, coalesce(u.name, '') as unit,
			coalesce((select o.username from accounts o where o.id = a.account_id), '') as username, a.created, a.ends
		from activations a join cases c on c.id = a.case_id left join employees e on e.id = a.employee_id
		left join units u on u.agency_id = e.agency_id and u.code = e.unit_code where a.case_id = ?`, c.CaseID).Scan(&row).Error
	if err != nil {
		return noticeRow{}, err
	}
	data := map[string]string{"name": to.Name, "number": row.Number, "when": row.Created.UTC().Format(time.RFC3339)}
	switch kind {
	case "activation_reminder":
		data["link"] = completionOf(c.CaseID)
		data["valid_until"] = s.wallNow().Add(s.clock.Load().Wait(row.Ends.Sub(s.caseNow()))).Format(time.RFC3339)
	case noticeRefusals, noticeDisowned:
		data["person"], data["unit"], data["username"], data["link"] = row.Person, row.Unit, row.Username, "/employees"
		if row.EmployeeID != "" {
			data["link"] = "/employees/" + row.EmployeeID
		}
		if kind == noticeRefusals {
			if data["refusals"], err = refusals(tx, c.CaseID); err != nil {
				return noticeRow{}, err
			}
		}
	case noticeWarning:
		if row.Email != "" {
			data["sent_to"] = maskAddress(row.Email)
		}
	}
	notice, err := s.newNotice(agency, kind, c.CaseID, to, data)
	if kind == noticeActivation || kind == noticeWarning {
		notice.SecretOf = &c.CaseID
	}
	return notice, err
}

// The kinds of messages to the service desk, which may not read the trail: what they tell has to be enough to help by.
const (
	noticeRefusals = "activation_support"
	noticeDisowned = "activation_disowned"
)

// refusals lists the requests with the NIP of one that were refused within a day, the oldest first: on a line each its number,
// why, and when it was asked.
func refusals(tx *gorm.DB, caseID string) (string, error) {
	var list []struct {
		Number, Turned string
		Created        time.Time
	}
	var last activationRow
	if err := tx.Where("case_id = ?", caseID).Take(&last).Error; err != nil {
		return "", err
	}
	err := tx.Raw(`select c.number, a.turned, a.created from activations a join cases c on c.id = a.case_id
		where a.agency_id = ? and a.nip_digest = ? and a.turned <> '' and a.turned not in ? and a.created > ? and a.created <= ?
		order by a.created desc, a.case_id limit ?`, last.AgencyID, last.NIPDigest, []string{models.TurnedAgain, models.TurnedTooOften},
		last.Created.Add(-models.RefusalSpan), last.Created, models.RefusalsTold).Scan(&list).Error
	lines := make([]string, len(list))
	for i, r := range list {
		lines[len(list)-1-i] = r.Number + " " + r.Turned + " " + r.Created.UTC().Format(time.RFC3339)
	}
	return strings.Join(lines, "\n"), err
}

// writeActivationNotices queues the messages that a change of an activation asks for. The portal tells nobody: there is no
// page about it.
func (s *Store) writeActivationNotices(tx *gorm.DB, agency string, c models.Change) error {
	var rows []noticeRow
	for _, spec := range c.Notices {
		people, err := s.recipients(tx, agency, c, spec.To)
		if err != nil {
			return err
		}
		for _, p := range people {
			if p.Email == "" {
				continue
			}
			row, err := s.activationNotice(tx, c, agency, spec.Kind, p)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	return queue(tx, rows)
}
