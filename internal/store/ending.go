package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// ending is access whose last day is known, with the unit by whose days that counts.
type ending struct {
	AccountID, Application, CaseID, Ends, Unit string
	Created                                    time.Time
	Noticed                                    int

	zone *time.Location
	last models.Date
}

// over tells whether the access is past its last day at an instant.
func (e ending) over(now time.Time) bool { return !now.Before(models.AccessOver(e.last, e.zone)) }

// notice is how many days before the end its people are to be told now; 0 for not.
func (e ending) notice(now time.Time) int {
	return models.EndingNotice(e.last, models.DateOf(e.Created.In(e.zone)), models.DateOf(now.In(e.zone)), e.Noticed)
}

// Endings is what one round of KeepEndings came to: how many accesses were told of and how many taken away.
type Endings struct{ Noticed, Ended int }

// KeepEndings tells people whose contracts end, and the senders of their memos, in time, and takes access away that is
// past its last day. It may run anywhere and at any time: every step marks the access in the transaction that acts, so
// that none happens twice. One that fails keeps none of the others from theirs.
func (s *Store) KeepEndings(ctx context.Context) (Endings, error) {
	var done Endings
	now := s.caseNow()
	known, unread := s.endings(ctx, now)
	over, told := dueEndings(known, now)
	_, untold := EachOf(slices.Sorted(maps.Keys(told)), Unavailable, func(group string) error {
		n, err := s.tellEnding(ctx, told[group], told[group][0].notice(now), now)
		if err == nil {
			done.Noticed += n
		}
		return err
	})
	const atOnce = 50
	_, kept := EachOf(slices.Collect(slices.Chunk(over, atOnce)), Unavailable, func(chunk []ending) error {
		n, err := s.endEach(ctx, chunk, now)
		done.Ended += n
		return err
	})
	return done, errors.Join(unread, untold, kept)
}

// endEach takes access away that is over: all of it at once, or each by itself where one of them keeps that from happening.
func (s *Store) endEach(ctx context.Context, over []ending, now time.Time) (int, error) {
	n, err := s.endAccess(ctx, over, now)
	if err == nil {
		return n, nil
	}
	if len(over) == 1 || Unavailable(err) {
		return 0, err
	}
	ended := 0
	_, err = EachOf(over, Unavailable, func(e ending) error {
		n, err := s.endEach(ctx, []ending{e}, now)
		ended += n
		return err
	})
	return ended, err
}

// dueEndings sorts out what is over, and whom to tell: together those of one memo to whom the same is said.
func dueEndings(known []ending, now time.Time) (over []ending, told map[string][]ending) {
	told = map[string][]ending{}
	for _, e := range known {
		if days := e.notice(now); e.over(now) {
			over = append(over, e)
		} else if days > 0 {
			group := fmt.Sprint(e.CaseID, " ", e.Application, " ", e.Ends, " ", days, " ", e.zone)
			told[group] = append(told[group], e)
		}
	}
	return over, told
}

// endings reads the access that ends within the days of the first notice, or should have. What cannot be read is left out, and
// told of by the error.
func (s *Store) endings(ctx context.Context, now time.Time) ([]ending, error) {
	// A day more, since it may be tomorrow already where the unit is.
	horizon := models.DateOf(now).AddDays(models.FirstEndingNotice() + 1)
	var list []ending
	err := s.reader(ctx).Raw(`
		select x.account_id, x.application, coalesce(x.case_id, '') as case_id, x.ends, x.created, x.noticed,
			coalesce((select min(r.unit_code) from memo_rows r where r.case_id = x.case_id and r.account_id = x.account_id), '') as unit
		from account_applications x where x.ends <> '' and x.ended_at is null and x.ends <= ?
		order by x.account_id, x.application`, horizon.String()).Scan(&list).Error
	if err != nil {
		return nil, wrap(err, "look for contracts that end")
	}
	zones := map[string]*time.Location{}
	known := make([]ending, 0, len(list))
	_, err = EachOf(list, Unavailable, func(e ending) error {
		var err error
		if e.last, err = models.ParseDate(e.Ends); err != nil {
			return fmt.Errorf("read the end of access of account %s: %w", e.AccountID, err)
		}
		if zones[e.Unit] == nil {
			if zones[e.Unit], err = s.unitZone(ctx, e.Unit); err != nil {
				return err
			}
		}
		e.zone = zones[e.Unit]
		known = append(known, e)
		return nil
	})
	return known, err
}

// unitZone is where a unit's days begin.
func (s *Store) unitZone(ctx context.Context, unit string) (*time.Location, error) {
	calendar, err := s.UnitCalendar(ctx, models.DefaultAgency, unit)
	if errors.Is(err, models.ErrNotFound) {
		return agencyZone(), nil
	}
	if err != nil {
		return nil, err
	}
	return calendar.Location(), nil
}

// tellEnding tells the people of one memo whose access has the same last day, and their sender once for all of them.
func (s *Store) tellEnding(ctx context.Context, group []ending, days int, now time.Time) (int, error) {
	n := 0
	err := s.transact(ctx, "tell of contracts that end", func(tx *gorm.DB) error {
		var people []toldPerson
		first := group[0]
		err := tx.Raw(`update account_applications set noticed = @days
			where account_id in @accounts and application = @app and ends = @ends and ended_at is null and (noticed = 0 or noticed > @days)
			returning account_id`, map[string]any{"days": days, "accounts": accountsOf(group), "app": first.Application, "ends": first.Ends}).
			Scan(&people).Error
		if n = len(people); err != nil || n == 0 {
			return err
		}
		return s.writeEndingNotices(tx, endingNews{ending: first, days: days, left: models.DateOf(now.In(first.zone)).DaysUntil(first.last), at: now}, people)
	})
	return n, err
}

func accountsOf(group []ending) []string {
	ids := make([]string, len(group))
	for i, e := range group {
		ids[i] = e.AccountID
	}
	return ids
}

// endingNews is what the messages about one end say.
type endingNews struct {
	ending
	days, left int
	at         time.Time
	number     string
	subject    string
}

// toldPerson is who was marked as told.
type toldPerson struct{ AccountID string }

// writeEndingNotices queues a message for each person and one for the sender. Their ids are made of what they say, so
// that the same news has the same Message-ID wherever it is written.
func (s *Store) writeEndingNotices(tx *gorm.DB, news endingNews, told []toldPerson) error {
	ids := make([]string, len(told))
	for i, t := range told {
		ids[i] = t.AccountID
	}
	var people []person
	if err := tx.Raw("select id as account_id, username, name, email, locale from accounts where id in ? order by name, id", ids).Scan(&people).Error; err != nil {
		return err
	}
	var memo struct{ Kind, Number, Subject, Sender string }
	if err := tx.Raw(`select c.kind, c.number, coalesce(m.subject, '') as subject, coalesce(c.sender_id, c.requester_id) as sender
		from cases c left join memos m on m.case_id = c.id where c.id = ?`, news.CaseID).Scan(&memo).Error; err != nil {
		return err
	}
	news.number, news.subject = memo.Number, memo.Subject
	rows, names := []noticeRow{}, make([]string, len(people))
	var bell tellings
	for i, p := range people {
		names[i] = p.Name
		bell.add(models.DefaultAgency, "access_ending", models.Change{CaseID: news.CaseID, At: news.at}, p)
		row, err := s.endingNotice(news, "access_ending", p, p.AccountID)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if memo.Kind == string(models.KindMemo) { // who asked for themselves is told already
		sender, err := s.senderNotice(tx, news, memo.Sender, names)
		if err != nil {
			return err
		}
		bell.add(models.DefaultAgency, "access_ending_sender", models.Change{CaseID: news.CaseID, At: news.at}, person{AccountID: text(sender.AccountID)})
		rows = append(rows, sender)
	}
	if err := bell.write(tx); err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r noticeRow) bool { return r.ToAddress == "" })
	if len(rows) > 0 {
		if err := tx.Clauses(onConflictNothing()).Create(&rows).Error; err != nil {
			return err
		}
	}
	return s.noteTold(tx, news, ids)
}

func (s *Store) endingNotice(news endingNews, kind string, to person, about string) (noticeRow, error) {
	row, err := s.newNotice(models.DefaultAgency, kind, news.CaseID, to, news.data(to.Name))
	row.MessageID = fmt.Sprintf("ends-%s-%s-%d-%s", about, news.Application, news.days, news.Ends)
	return row, err
}

// data is what both messages say. Their links are paths; ClaimNotices puts the public address before them.
func (n endingNews) data(name string) map[string]string {
	return map[string]string{"name": name, "application": n.Application, "ends": n.Ends,
		"left": strconv.Itoa(n.left), "number": n.number, "link": "/"}
}

// senderNotice tells the memo's sender, one message for all of its people: fifty contracts that end on one day are one
// piece of news.
func (s *Store) senderNotice(tx *gorm.DB, news endingNews, sender string, names []string) (noticeRow, error) {
	var to person
	if err := tx.Raw("select id as account_id, username, name, email, locale from accounts where id = ? and status = ?", sender, AccountActive).
		Scan(&to).Error; err != nil {
		return noticeRow{}, err
	}
	data := news.data(to.Name)
	data["person"], data["ending"], data["subject"], data["link"] = few(names), strconv.Itoa(len(names)), news.subject, "/memos/"+news.CaseID
	row, err := s.newNotice(models.DefaultAgency, "access_ending_sender", news.CaseID, to, data)
	row.MessageID = fmt.Sprintf("ends-%s-%s-%d-%s-%s", news.CaseID, news.Application, news.days, news.Ends, news.zone)
	return row, err
}

func (s *Store) noteTold(tx *gorm.DB, news endingNews, accounts []string) error {
	slices.Sort(accounts)
	entries := make([]models.AuditEntry, len(accounts))
	for i, id := range accounts {
		var err error
		if entries[i], err = (deed{stream: accountStream(id), action: "access_end_told", object: "account:" + id, at: news.at,
			after: map[string]any{"application": news.Application, "ends": news.Ends, "days": news.days}}).by(clockActor()); err != nil {
			return err
		}
	}
	return s.appendAudit(tx, models.DefaultAgency, entries...)
}

// clockActor is nobody: a day has come.
func clockActor() models.Actor { return models.Actor{Origin: models.Origin{Channel: "clock"}} }
