package models

import (
	"strconv"
	"time"
)

// Calendar says when an office works: a fixed UTC offset, weekly segments, other segments for a period (Ramadan), and
// days off. Versions are immutable; an edit makes a new one (TIMING 'Calendar'). Use ParseCalendar to get one that
// holds together. A year without listed holidays follows the week alone.
//
// Arithmetic is pure and reads neither clock nor zone database, so workflows may use it. The end of a segment belongs
// to it: what falls due at 16:00:00 is on time at 16:00:00.
type Calendar struct {
	ID        string     `json:"id"`
	Version   int        `json:"version"`
	Name      string     `json:"name"`
	UTCOffset Offset     `json:"utc_offset"`
	Week      Week       `json:"week"`
	Overrides []Override `json:"overrides,omitempty"`
	Holidays  []Holiday  `json:"holidays,omitempty"`
}

// Week holds the working segments of each day in their order; a day without any is free.
type Week struct {
	Mon []Segment `json:"mon,omitempty"`
	Tue []Segment `json:"tue,omitempty"`
	Wed []Segment `json:"wed,omitempty"`
	Thu []Segment `json:"thu,omitempty"`
	Fri []Segment `json:"fri,omitempty"`
	Sat []Segment `json:"sat,omitempty"`
	Sun []Segment `json:"sun,omitempty"`
}

// On gives the segments of one weekday.
func (w Week) On(d time.Weekday) []Segment {
	return [...][]Segment{w.Sun, w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat}[d]
}

// Segment is a stretch of work within one day: from and to, in minutes after midnight, "HH:MM" in JSON.
type Segment [2]TimeOfDay

// Override replaces the week from From to To, both included.
type Override struct {
	Name string `json:"name"`
	From Date   `json:"from"`
	To   Date   `json:"to"`
	Week Week   `json:"week"`
}

// Holiday is a day off.
type Holiday struct {
	Date Date        `json:"date"`
	Kind HolidayKind `json:"kind"`
}

// HolidayKind tells national holidays from joint leave (cuti bersama); both are days off.
type HolidayKind string

// The kinds of holiday.
const (
	HolidayNational   HolidayKind = "national"
	HolidayJointLeave HolidayKind = "joint_leave"
	HolidayLocal      HolidayKind = "local"
)

// horizonDays bounds every search, so that no calendar and no request can keep a workflow busy: a century.
const horizonDays = 36_525

// Ref names this version of the calendar: id@version.
func (c Calendar) Ref() string { return c.ID + "@" + strconv.Itoa(c.Version) }

// Location is the calendar's fixed offset, named as Indonesians name their zones where it is one of theirs.
func (c Calendar) Location() *time.Location {
	return time.FixedZone(c.UTCOffset.zone(), int(c.UTCOffset)*60)
}

// Add gives the instant at which that many business minutes have passed since from, in the calendar's location. A
// span that fills a segment ends at the segment's end, not at the next one's start. Zero gives from itself, working
// time or not; negative minutes go back as Before does. A span longer than a century stops at the century.
func (c Calendar) Add(from time.Time, minutes int) time.Time {
	if minutes < 0 {
		return c.Before(from, -max(minutes, -horizonDays*24*60))
	}
	loc := c.Location()
	at := from.In(loc).Round(0)
	left := span(minutes)
	if left == 0 {
		return at
	}
	day := DateOf(at)
	for range horizonDays {
		for _, s := range c.segments(day) {
			start, end := s.on(day, loc)
			start = later(start, at)
			worked := end.Sub(start)
			if worked >= left {
				return start.Add(left)
			}
			left -= max(worked, 0)
		}
		day = day.AddDays(1)
	}
	return day.At(loc)
}

// Before gives the instant that lies that many business minutes before due, the latest if several do: the start of
// a segment, not the end of the one before. It undoes Add for instants in working time.
func (c Calendar) Before(due time.Time, minutes int) time.Time {
	if minutes < 0 {
		return c.Add(due, -max(minutes, -horizonDays*24*60))
	}
	loc := c.Location()
	at := due.In(loc).Round(0)
	left := span(minutes)
	if left == 0 {
		return at
	}
	day := DateOf(at)
	for range horizonDays {
		segments := c.segments(day)
		for i := len(segments) - 1; i >= 0; i-- {
			start, end := segments[i].on(day, loc)
			end = earlier(end, at)
			worked := end.Sub(start)
			if worked >= left {
				return end.Add(-left)
			}
			left -= max(worked, 0)
		}
		day = day.AddDays(-1)
	}
	return day.At(loc)
}

// Between counts the whole business minutes from one instant to another; negative when to is before from. A span
// longer than a century counts its first century.
func (c Calendar) Between(from, to time.Time) int {
	if to.Before(from) {
		return -c.Between(to, from)
	}
	loc := c.Location()
	from, to = from.In(loc).Round(0), to.In(loc).Round(0)
	var worked time.Duration
	day, last := DateOf(from), DateOf(to)
	for range horizonDays {
		if last.Before(day) {
			break
		}
		for _, s := range c.segments(day) {
			start, end := s.on(day, loc)
			worked += max(earlier(end, to).Sub(later(start, from)), 0)
		}
		day = day.AddDays(1)
	}
	return int(worked / time.Minute)
}

// segments gives one day's working stretches: none on a holiday, else the override's, else the week's.
func (c Calendar) segments(day Date) []Segment {
	for _, h := range c.Holidays {
		if h.Date == day {
			return nil
		}
	}
	for _, o := range c.Overrides {
		if !day.Before(o.From) && !o.To.Before(day) {
			return o.Week.On(day.Weekday())
		}
	}
	return c.Week.On(day.Weekday())
}

// on places the segment on a day. The offset is fixed, so minutes after midnight are minutes of the clock.
func (s Segment) on(day Date, loc *time.Location) (start, end time.Time) {
	midnight := day.At(loc)
	return midnight.Add(time.Duration(s[0]) * time.Minute), midnight.Add(time.Duration(s[1]) * time.Minute)
}

func span(minutes int) time.Duration {
	return time.Duration(min(minutes, horizonDays*24*60)) * time.Minute
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
