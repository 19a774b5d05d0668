package store

import (
	"context"
	"strings"
	"time"

	"loket/models"
)

// DashboardQuery is what a dashboard counts: the cases at and below the unit paths (nil means the whole agency). Begins
// are the instants at which its weeks begin, the oldest first; the last one ends at Now.
type DashboardQuery struct {
	Agency string
	Within []string
	Begins []time.Time
	Now    time.Time
}

// StageSpan is one decided turn of a stage: from the first asking to the decision, in a unit whose calendar counts.
type StageSpan struct {
	Stage          models.Stage
	Unit           string
	Opened, Closed time.Time
}

// mostSpans bounds how many decisions are measured; of more, the newest.
const mostSpans = 5_000

// below gives the condition that a case c lies within the paths, filling in args; "" where every case does.
func below(within []string, args map[string]any) string {
	if within == nil {
		return ""
	}
	parts := []string{"1 = 0"}
	for i, path := range within {
		from, to := name("top", i), name("past", i)
		args[from], args[to] = path, strings.TrimSuffix(path, "/")+"0"
		parts = append(parts, "c.unit_path >= @"+from+" and c.unit_path < @"+to)
	}
	return " and (" + strings.Join(parts, " or ") + ")"
}

// OpenCounts counts the open cases by status and age.
func (s *Store) OpenCounts(ctx context.Context, q DashboardQuery) (map[models.Status]models.OpenCount, error) {
	days := func(n int) time.Time { return micro(q.Now.AddDate(0, 0, -n)) }
	args := map[string]any{"agency": q.Agency, "d2": days(2), "d7": days(7), "d14": days(14)}
	var rows []struct {
		Status string
		Age, N int
	}
	err := s.reader(ctx).Raw(`
		select c.status, case when c.opened > @d2 then 0 when c.opened > @d7 then 1 when c.opened > @d14 then 2 else 3 end as age, count(*) as n
		from cases c where c.agency_id = @agency and c.closed is null and c.status <> 'draft' and c.kind = 'memo'`+below(q.Within, args)+`
		group by 1, 2`, args).Scan(&rows).Error
	counts := map[models.Status]models.OpenCount{}
	for _, r := range rows {
		c := counts[models.Status(r.Status)]
		c.Status = models.Status(r.Status)
		*[]*int{&c.Days2, &c.Days7, &c.Days14, &c.Older}[r.Age] += r.N
		c.Total += r.N
		counts[c.Status] = c
	}
	return counts, wrap(err, "count what is open")
}

// EndedCount counts the work items of one week, stage and outcome; InTime those that ended before the stage's first due
// time.
type EndedCount struct {
	Week      int
	Stage     models.Stage
	Outcome   string
	N, InTime int
}

// EndedCounts counts the work items that ended in each week. Weeks are of seven days: Indonesia knows no summer time.
func (s *Store) EndedCounts(ctx context.Context, q DashboardQuery) ([]EndedCount, error) {
	args := map[string]any{"agency": q.Agency, "from": micro(q.Begins[0]), "until": micro(q.Now), "start": q.Begins[0].Unix()}
	join, where := "", below(q.Within, args)
	if where != "" {
		join = " join cases c on c.id = w.case_id"
	}
	week := "cast(floor((extract(epoch from w.closed) - cast(@start as bigint)) / 604800) as integer)"
	if s.sqlite {
		week = "(cast(strftime('%s', w.closed) as integer) - @start) / 604800"
	}
	var counts []EndedCount
	err := s.reader(ctx).Raw(`
		select `+week+` as week, w.stage, w.outcome, count(*) as n, sum(case when w.step = 0 and w.closed <= w.due then 1 else 0 end) as in_time
		from work_items w`+join+`
		where w.agency_id = @agency and w.closed >= @from and w.closed < @until and w.kind = 'memo'`+where+`
		group by 1, w.stage, w.outcome`, args).Scan(&counts).Error
	return counts, wrap(err, "count what was decided")
}

// StageSpans gives the newest decisions of the period, at most 5,000, each with the instant at which its stage and round
// was first asked about.
func (s *Store) StageSpans(ctx context.Context, q DashboardQuery) ([]StageSpan, error) {
	args := map[string]any{"agency": q.Agency, "from": micro(q.Begins[0]), "until": micro(q.Now), "most": mostSpans}
	var spans []StageSpan
	err := s.reader(ctx).Raw(`
		select w.stage, w.unit_code as unit, f.opened, w.closed
		from (select i.case_id, i.stage, i.round, i.closed, c.unit_code from work_items i join cases c on c.id = i.case_id
			where i.agency_id = @agency and i.closed >= @from and i.closed < @until and i.kind = 'memo' and i.outcome in `+stageDecisions+below(q.Within, args)+`
			order by i.closed desc limit @most) w
		join work_items f on f.id = (select x.id from work_items x
			where x.case_id = w.case_id and x.stage = w.stage and x.round = w.round order by x.opened limit 1)
		order by w.closed desc`, args).Scan(&spans).Error
	return spans, wrap(err, "read how long decisions took")
}

// stageDecisions are the outcomes by which people end a stage.
const stageDecisions = "('approved', 'verified', 'refused', 'returned')"

// UnitCalendars gives for each unit the calendar by which it works, as UnitCalendar would.
func (s *Store) UnitCalendars(ctx context.Context, agency string) (map[string]models.Calendar, error) {
	var newest []calendarRow
	err := s.reader(ctx).Raw(`select c.* from calendars c where c.agency_id = ? and c.version =
		(select max(n.version) from calendars n where n.agency_id = c.agency_id and n.id = c.id) order by c.id`, agency).Scan(&newest).Error
	if err != nil || len(newest) == 0 {
		return nil, wrap(err, "read the calendars")
	}
	byID := map[string]models.Calendar{}
	for _, row := range newest {
		if byID[row.ID], err = row.calendar(); err != nil {
			return nil, err
		}
	}
	var units []struct{ Code, Path, CalendarID string }
	err = s.reader(ctx).Raw("select code, path, coalesce(calendar_id, '') as calendar_id from units where agency_id = ? order by length(path)", agency).
		Scan(&units).Error
	calendars := make(map[string]models.Calendar, len(units))
	for _, u := range units {
		cal, own := byID[u.CalendarID]
		if !own {
			cal = byID[newest[0].ID]
			if above := chain(u.Path); len(above) > 1 {
				cal = calendars[above[1]]
			}
		}
		calendars[u.Code] = cal
	}
	return calendars, wrap(err, "read the units' calendars")
}
