package store

import (
	"maps"
	"strconv"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// writeNotices queues the messages that a change asks for, and tells the same in the portal. Who gets them is resolved
// now, in the transaction.
func (s *Store) writeNotices(tx *gorm.DB, agency string, c models.Change, lapsed []string) error {
	if len(c.Notices) == 0 {
		return nil
	}
	if c.Kind == models.KindActivation {
		return s.writeActivationNotices(tx, agency, c)
	}
	if c.Kind == models.KindRegistration {
		return s.writeRegistrationNotices(tx, agency, c)
	}
	data, err := noticeData(tx, c, lapsed)
	if err != nil {
		return err
	}
	var rows []noticeRow
	var told tellings
	for _, spec := range c.Notices {
		people, err := s.recipients(tx, agency, c, spec.To)
		if err != nil {
			return err
		}
		for _, p := range people {
			told.add(agency, spec.Kind, c, p)
			if p.Email == "" {
				continue
			}
			own := maps.Clone(data)
			own["name"], own["username"] = p.Name, p.Username
			row, err := s.newNotice(agency, spec.Kind, c.CaseID, p, own)
			if err != nil {
				return err
			}
			if spec.To.Rows == models.RowProvisioned {
				row = row.bearing(p)
			}
			rows = append(rows, row)
		}
	}
	if err := told.write(tx); err != nil {
		return err
	}
	return queue(tx, rows)
}

// noticeData is what the mail templates ask for. The link is a path; ClaimNotices puts the public address before it.
func noticeData(tx *gorm.DB, c models.Change, lapsed []string) (map[string]string, error) {
	var row struct {
		Number, Subject, Sender, Unit string
		Accepted, Rejected            int
	}
	err := tx.Raw(`
		select c.number, `+subjectSQL+` as subject, coalesce(a.name, '') as sender, coalesce(u.name, c.unit_code) as unit,
			(select count(*) from memo_rows r where r.case_id = c.id and r.state not in ('pending', 'rejected')) as accepted,
			(select count(*) from memo_rows r where r.case_id = c.id and r.state = 'rejected') as rejected
		from cases c
		left join memos m on m.case_id = c.id
		left join accounts a on a.id = coalesce(c.sender_id, c.requester_id)
		left join units u on u.agency_id = c.agency_id and u.code = coalesce(m.sending_unit, c.unit_code)
		where c.id = ?`, c.CaseID).Scan(&row).Error
	if err != nil {
		return nil, err
	}
	data := map[string]string{"number": row.Number, "subject": row.Subject, "sender": row.Sender, "unit": row.Unit,
		"accepted": strconv.Itoa(row.Accepted), "rejected": strconv.Itoa(row.Rejected), "link": models.CasePath(c.Kind, c.CaseID)}
	for name, value := range map[string]string{"reason": c.Reason, "what": c.After.Trouble, "person": few(lapsed)} {
		if value != "" {
			data[name] = value
		}
	}
	if c.Type == models.EventRefused && c.Reason == "" {
		if data["reason"], err = rowReasons(tx, c.CaseID); err != nil {
			return nil, err
		}
	}
	if len(lapsed) > 0 {
		data["lapsed"] = strconv.Itoa(len(lapsed))
	}
	if err := nameDecider(tx, c, data); err != nil {
		return nil, err
	}
	if err := nameRequest(tx, c, data); err != nil {
		return nil, err
	}
	if c.After.Due != nil {
		data["due"] = c.After.Due.UTC().Format(time.RFC3339)
	}
	return data, nil
}

// nameDecider tells who did what the message is about, and on whose behalf.
func nameDecider(tx *gorm.DB, c models.Change, data map[string]string) error {
	if c.Actor.AccountID == "" {
		return nil
	}
	var row struct{ Decider, Behalf string }
	err := tx.Raw("select a.name as decider, coalesce((select e.name from employees e where e.id = ?), '') as behalf from accounts a where a.id = ?",
		optional(c.OnBehalfOf), c.Actor.AccountID).Scan(&row).Error
	for name, value := range map[string]string{"decider": row.Decider, "behalf": row.Behalf} {
		if value != "" {
			data[name] = value
		}
	}
	return err
}

// rowReasons tells why a memo ended whose people officers rejected one by one: each reason once.
func rowReasons(tx *gorm.DB, caseID string) (string, error) {
	var reasons []string
	err := tx.Raw("select reason from memo_rows where case_id = ? and state = ? and reason <> '' group by reason order by min(no)",
		caseID, models.RowRejected).Scan(&reasons).Error
	return few(reasons), err
}

// recipients resolves whom a message is for. Whoever is asked to decide is never the sender, the writer or a listed
// person, since none of them could (PRODUCT 3.1.4).
func (s *Store) recipients(tx *gorm.DB, agency string, c models.Change, to models.Recipient) ([]person, error) {
	if to.Party != "" {
		return activationParty(tx, c.CaseID, to.Party)
	}
	args := map[string]any{"agency": agency, "id": c.CaseID, "at": micro(c.At)}
	query := ""
	switch {
	case to.Account != "":
		args["account"] = to.Account
		query = "select id as account_id, username, name, email, locale from accounts where id = @account"
	case to.Candidate != nil:
		args["roles"], args["unit"] = to.Candidate.Roles(), to.Candidate.Unit
		query = `select distinct a.id as account_id, a.username, a.name, a.email, a.locale from (` + holdersSQL + `) h
			join accounts a on a.id = h.account_id
			join cases c on c.id = @id
			where h.role in @roles and (@unit = '' or h.unit_code = @unit) and ` + eligibleSQL() + `
			order by a.id`
	case to.Rows != "":
		args["state"] = to.Rows
		which := whichRows(c, args)
		query = `select a.id as account_id, a.username, a.name, a.email, a.locale, r.no as row_no, r.expires
			from memo_rows r join accounts a on a.id = r.account_id
			where r.case_id = @id and r.state = @state` + which + ` order by r.no`
	}
	var people []person
	if query == "" {
		return nil, nil
	}
	err := tx.Raw(query, args).Scan(&people).Error
	return people, err
}
