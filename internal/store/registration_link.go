package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// useRegistration is the use of an applicant's links, by which their digests differ from others.
const useRegistration = "registration"

// registrationKinds begins the kinds of messages about registrations.
const registrationKinds = "registration_"

// registrationProof bears the link by which an address is proven.
const registrationProof = "registration_link"

// steered holds for the case c of a registration r while somebody may act on it: a company's change is of whoever asked for
// it as long as they answer for the company.
const steered = `(r.sort <> 'company' or exists (select 1 from accounts a where a.id = c.sender_id and a.company_id = r.company_id
	and a.responsible and a.status = 'active'))`

// BearsRegistration tells whether a message bears a link by which an applicant comes to their registration.
func BearsRegistration(n models.Notice) bool {
	return n.SecretOf != "" && strings.HasPrefix(n.Kind, registrationKinds)
}

// MintRegistration makes the link that such a message bears, at the moment of sending; that of an earlier try to send it is
// dead, those of other messages are not. It gives "link", and "valid_until" (RFC 3339, wall time) while the applicant has
// something to do. ErrTooLate where the time to prove an address was over before; models.ErrLinkSpent where the registration is.
func (s *Store) MintRegistration(ctx context.Context, n models.Notice) (map[string]string, error) {
	token := newToken()
	data := map[string]string{"link": s.publicURL + "/register/" + token}
	err := s.transact(ctx, "mint a link of a registration", func(tx *gorm.DB) error {
		c, row, err := lockRegistration(tx, n.SecretOf)
		if err != nil {
			return err
		}
		ours, err := isSteered(tx, n.SecretOf)
		if err != nil {
			return err
		}
		switch over := c.over(s.caseNow()); {
		case ours && over && n.Kind == registrationProof && (c.Closed == nil || c.Status == string(models.StatusExpired)):
			return ErrTooLate
		case !ours || over:
			return models.ErrLinkSpent
		}
		if c.NextDue != nil {
			data["valid_until"] = s.wallNow().Add(s.clock.Load().Wait(c.NextDue.Sub(s.caseNow()))).Format(time.RFC3339)
		}
		return tx.Exec(`insert into registration_links (notice_id, agency_id, case_id, digest, created) values (?, ?, ?, ?, ?)
			on conflict (notice_id) do update set digest = excluded.digest`, n.ID, row.AgencyID, row.CaseID, s.digest(useRegistration, token), s.caseNow()).Error
	})
	return data, err
}

func isSteered(tx *gorm.DB, caseID string) (bool, error) {
	var n int64
	err := tx.Raw("select count(*) from registrations r join cases c on c.id = r.case_id where r.case_id = ? and "+steered, caseID).Scan(&n).Error
	return n > 0, err
}

// AbandonedChange gives the case of a company's change that is open though whoever asked for it answers for the company no
// more, "" for none.
func (s *Store) AbandonedChange(ctx context.Context, company string) (string, error) {
	var ids []string
	err := s.reader(ctx).Raw(`select r.case_id from registrations r join cases c on c.id = r.case_id
		where r.company_id = ? and r.sort = 'company' and r.closed is null and not `+steered, company).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return "", wrap(err, "look for a change that nobody answers for")
	}
	return ids[0], nil
}

// over tells whether an applicant's links lead nowhere any more: the registration is final, or was not proven in time.
func (r caseRow) over(now time.Time) bool {
	return r.Closed != nil || r.Status == string(models.StatusProof) && r.NextDue != nil && now.After(*r.NextDue)
}

// RegistrationByToken finds the registration to which a link leads; models.ErrLinkSpent when it is unknown, over,
// or no longer theirs who got it.
func (s *Store) RegistrationByToken(ctx context.Context, token string) (string, error) {
	var found []caseRow
	err := s.reader(ctx).Raw(`select c.* from registration_links l join cases c on c.id = l.case_id join registrations r on r.case_id = c.id
		where l.digest = ? and l.agency_id = ? and `+steered, s.digest(useRegistration, token), models.DefaultAgency).Scan(&found).Error
	if err != nil {
		return "", wrap(err, "follow a link to a registration")
	}
	if len(found) == 0 || found[0].over(s.caseNow()) {
		return "", models.ErrLinkSpent
	}
	return found[0].ID, nil
}
