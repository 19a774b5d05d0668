package store

import (
	"context"
	"time"

	"loket/models"
)

// NameSteps puts names to turns of asking: whoever satisfies each step's rule now and can sign in, but for whoever
// wrote or sent the case.
func (s *Store) NameSteps(ctx context.Context, c models.Case, steps []models.Step) ([]models.StepView, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	roles, units := make([]string, len(steps)), make([]string, len(steps))
	for i, step := range steps {
		roles[i], units[i] = string(step.Candidate.Role), step.Candidate.Unit
	}
	var people []struct{ Role, UnitCode, AccountID, Name string }
	err := s.reader(ctx).Raw(`select * from (`+holdersSQL+`) h where h.role in @roles and h.account_id not in (@requester, @sender)
		order by h.name, h.account_id`, map[string]any{"agency": models.DefaultAgency, "at": s.caseNow(), "roles": roles,
		"requester": c.Requester, "sender": c.Sender}).Scan(&people).Error
	if err != nil {
		return nil, wrap(err, "name who is asked")
	}
	names, err := s.UnitNames(ctx, units)
	if err != nil {
		return nil, err
	}
	views := make([]models.StepView, len(steps))
	for i, step := range steps {
		rule := step.Candidate
		views[i] = models.StepView{Stage: step.Stage, Role: rule.Role, Unit: rule.Unit, UnitName: names[rule.Unit], Minutes: step.Minutes, Names: []string{}}
		for _, p := range people {
			if models.Role(p.Role) == rule.Role && (rule.Unit == "" || p.UnitCode == rule.Unit) {
				views[i].Names = append(views[i].Names, p.Name)
			}
		}
	}
	return views, nil
}

// UnitNames gives the names of units by code; unknown codes are left out.
func (s *Store) UnitNames(ctx context.Context, codes []string) (map[string]string, error) {
	var rows []struct{ Code, Name string }
	err := s.reader(ctx).Raw("select code, name from units where agency_id = ? and code in ?", models.DefaultAgency, codes).Scan(&rows).Error
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.Code] = r.Name
	}
	return names, wrap(err, "read the names of units")
}

// UnitCodes tells which units there are.
func (s *Store) UnitCodes(ctx context.Context, agency string) (map[string]bool, error) {
	var codes []string
	err := s.reader(ctx).Raw("select code from units where agency_id = ?", agency).Scan(&codes).Error
	known := make(map[string]bool, len(codes))
	for _, c := range codes {
		known[c] = true
	}
	return known, wrap(err, "read which units there are")
}

// HasEvent tells whether an event stands in the case's timeline.
func (s *Store) HasEvent(ctx context.Context, caseID, eventID string) (bool, error) {
	var n int64
	err := s.reader(ctx).Model(&eventRow{}).Where("case_id = ? and event_id = ?", caseID, eventID).Count(&n).Error
	return n > 0, wrap(err, "look for an event")
}

// DecidedSince names the person behind the newest event after seq, and its time; nobody when only the clock has acted.
func (s *Store) DecidedSince(ctx context.Context, caseID string, seq int) (by string, at time.Time, err error) {
	var rows []struct {
		Name string
		At   time.Time
	}
	err = s.reader(ctx).Raw(`select a.name, e.at from events e join accounts a on a.id = e.actor_id
		where e.case_id = ? and e.seq > ? order by e.seq desc limit 1`, caseID, seq).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return "", time.Time{}, wrap(err, "look for decisions")
	}
	return rows[0].Name, rows[0].At, nil
}
