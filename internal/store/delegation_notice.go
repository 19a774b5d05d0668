package store

import (
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// The messages about a delegation.
const (
	noticeDelegationGiven  = "delegation_given"
	noticeDelegationBegins = "delegation_begins"
	noticeDelegationEnds   = "delegation_ends"
	noticeDelegationEnded  = "delegation_ended"
)

// announceDelegation tells whoever acts and whoever they act for: now, when it begins, and a working day before it
// ends. What lies ahead waits in the outbox, so that no restart forgets it.
func (s *Store) announceDelegation(tx *gorm.DB, g grantRow, cal models.Calendar) error {
	now := s.caseNow()
	if err := s.tellDelegation(tx, g, noticeDelegationGiven, now, cal); err != nil {
		return err
	}
	if g.ValidFrom.After(now) {
		if err := s.tellDelegation(tx, g, noticeDelegationBegins, g.ValidFrom, cal); err != nil {
			return err
		}
	}
	if g.ValidUntil == nil || cal.ID == "" {
		return nil
	}
	if last := cal.Before(*g.ValidUntil, models.WorkingDayMinutes); last.After(now) && last.After(g.ValidFrom) {
		return s.tellDelegation(tx, g, noticeDelegationEnds, last, cal)
	}
	return nil
}

// tellDelegation queues one message each for the instant, which is of case time.
func (s *Store) tellDelegation(tx *gorm.DB, g grantRow, kind string, at time.Time, cal models.Calendar) error {
	people, data, err := s.delegationWords(tx, g, cal)
	if err != nil {
		return err
	}
	wait := s.clock.Load().Wait(at.Sub(s.caseNow()))
	var notices []noticeRow
	var links []delegationNoticeRow
	for _, p := range people {
		if p.Email == "" {
			continue
		}
		data["name"], data["username"] = p.Name, p.Username
		row, err := s.newNotice(g.AgencyID, kind, "", p, data)
		if err != nil {
			return err
		}
		row.NextTry = micro(row.NextTry.Add(wait))
		row.Created = row.NextTry // retries count from here
		notices = append(notices, row)
		links = append(links, delegationNoticeRow{NoticeID: row.ID, AgencyID: g.AgencyID, GrantID: g.ID})
	}
	if err := queue(tx, notices); err != nil || len(links) == 0 {
		return err
	}
	return tx.Create(&links).Error
}

// forgetDelegationNotices takes back what was to be told of a delegation later than now, in wall time.
func forgetDelegationNotices(tx *gorm.DB, grantID string, now time.Time) error {
	const waiting = `select d.notice_id from delegation_notices d join notices n on n.id = d.notice_id
		where d.grant_id = ? and n.state = 'queued' and n.next_try > ?`
	var ids []string
	if err := tx.Raw(waiting, grantID, now).Scan(&ids).Error; err != nil || len(ids) == 0 {
		return err
	}
	if err := tx.Where("notice_id in ?", ids).Delete(&delegationNoticeRow{}).Error; err != nil {
		return err
	}
	return tx.Where("id in ?", ids).Delete(&noticeRow{}).Error
}

// delegationWords gives whom a message goes to, and what it tells.
func (s *Store) delegationWords(tx *gorm.DB, g grantRow, cal models.Calendar) ([]person, map[string]string, error) {
	var row struct{ Delegate, Principal, Unit string }
	err := tx.Raw(`
		select coalesce(e.name, a.name, '') as delegate, coalesce(p.name, '') as principal, u.name as unit
		from role_grants g
		join units u on u.agency_id = g.agency_id and u.code = g.unit_code
		left join employees e on e.id = g.employee_id
		left join accounts a on a.id = g.account_id
		left join employees p on p.id = g.on_behalf_of
		where g.id = ?`, g.ID).Scan(&row).Error
	if err != nil {
		return nil, nil, err
	}
	acting := models.Grant{Role: models.Role(g.Role), OnBehalfOf: text(g.OnBehalfOf)}.ActingAs()
	data := map[string]string{"delegate": row.Delegate, "principal": row.Principal, "unit": row.Unit, "reason": g.Reason, "acting": acting.Abbreviation(),
		"when": g.ValidFrom.UTC().Format(time.RFC3339), "link": "/delegations"}
	if data["acting"] == "" {
		data["acting"] = "Pengganti"
	}
	if row.Principal == "" {
		data["principal"] = "–"
	}
	if g.ValidUntil != nil {
		data["ends"] = models.DateOf(g.ValidUntil.In(cal.Location()).Add(-time.Second)).String()
	}
	var people []person
	err = tx.Raw(`select id as account_id, username, name, email, locale from accounts
		where agency_id = ? and status = 'active' and (id = ? or employee_id = ? or employee_id = ?) order by id`,
		g.AgencyID, g.AccountID, g.EmployeeID, g.OnBehalfOf).Scan(&people).Error
	return people, data, err
}
