package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// OpenIDFarewell is an application that has to hear that a session has ended.
type OpenIDFarewell struct{ AgencyID, AccountID, Application, SessionID, BackChannel string }

// farewellsEach bounds how many an application is told in one round, so that one with many leaves room for the others.
const farewellsEach = 20

// Farewells lists applications to be told now, whoever waits longest first. Those without an address for it, and those that
// could not be told within a day, count as told.
func (s *Store) Farewells(ctx context.Context) ([]OpenIDFarewell, error) {
	now := s.wallNow()
	err := s.write.WithContext(ctx).Exec(`update openid_grants set told = @now where ended is not null and told is null
		and (ended < @late or not exists (select 1 from applications p where p.agency_id = openid_grants.agency_id
			and p.id = openid_grants.application and p.back_channel <> ''))`,
		map[string]any{"now": now, "late": now.Add(-24 * time.Hour)}).Error
	if err != nil {
		return nil, wrap(err, "forget whom nobody can tell")
	}
	var list []OpenIDFarewell
	err = s.reader(ctx).Raw(`select q.agency_id, q.account_id, q.application, q.session_id, p.back_channel
		from (select w.*, row_number() over (partition by w.agency_id, w.application order by w.due, w.tries, w.session_id) as place
			from (select g.agency_id, g.account_id, g.application, g.session_id, min(g.next_try) as due, max(g.tries) as tries
				from openid_grants g where g.ended is not null and g.told is null and g.next_try <= @now
				group by g.agency_id, g.account_id, g.application, g.session_id) w) q
		join applications p on p.agency_id = q.agency_id and p.id = q.application
		where q.place <= @each order by q.due, q.tries, q.session_id, q.application`,
		map[string]any{"now": now, "each": farewellsEach}).Scan(&list).Error
	return list, wrap(err, "list whom to tell")
}

// Hearing is what came of telling an application.
type Hearing int

// An application heard; it did not take this one; or nobody answered, whom the others need not be told either for now.
const (
	Heard Hearing = iota
	Refused
	Away
)

// Told notes what came of telling an application that a session has ended. What it did not hear is told again after a minute,
// then after twice as long each time, up to a quarter of an hour. While it is away the rest waits as long, and goes
// on as soon as it hears anything.
func (s *Store) Told(ctx context.Context, f OpenIDFarewell, came Hearing) error {
	return s.transact(ctx, "note who was told", func(tx *gorm.DB) error {
		now := s.wallNow()
		args := map[string]any{"session": f.SessionID, "application": f.Application, "agency": f.AgencyID, "now": now}
		const untold = " where application = @application and agency_id = @agency and ended is not null and told is null"
		const this, others = untold + " and session_id = @session", untold + " and session_id <> @session"
		if came == Heard {
			if err := tx.Exec("update openid_grants set told = @now"+this, args).Error; err != nil {
				return err
			}
			return tx.Exec("update openid_grants set next_try = @now"+others+" and tries = 0 and next_try > @now", args).Error
		}
		of := this
		if came == Away {
			of = untold
		}
		var tries int
		if err := tx.Raw("select coalesce(max(tries), 0) from openid_grants"+of, args).Scan(&tries).Error; err != nil {
			return err
		}
		args["until"] = now.Add(min(time.Minute<<min(tries, 4), 15*time.Minute))
		if err := tx.Exec("update openid_grants set tries = tries + 1, next_try = @until"+this, args).Error; err != nil || came == Refused {
			return err
		}
		return tx.Exec("update openid_grants set next_try = @until"+others+" and next_try < @until", args).Error
	})
}
