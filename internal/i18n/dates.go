package i18n

import (
	"fmt"
	"strconv"
	"time"

	"loket/models"
)

// In returns a printer whose dates and times are shown in the given zone instead of in each value's own.
func (p Printer) In(zone *time.Location) Printer {
	p.zone = zone
	return p
}

// Date writes the day: "22 November 2026", with the month in the printer's language.
func (p Printer) Date(t time.Time) string {
	t = p.local(t)
	return p.T("date.day",
		"day", strconv.Itoa(t.Day()), "month", p.month(t.Month()), "year", strconv.Itoa(t.Year()))
}

// DateLong writes the day with its weekday: "Senin, 23 November 2026".
func (p Printer) DateLong(t time.Time) string {
	weekday := p.T("date.weekday." + strconv.Itoa(int(p.local(t).Weekday())))
	return p.T("date.weekday_day", "weekday", weekday, "date", p.Date(t))
}

// Time writes the time with its zone: "14.05 WIB" in Indonesian, "14:05 WIB" in English.
func (p Printer) Time(t time.Time) string {
	t = p.local(t)
	return p.T("date.clock", "hour", fmt.Sprintf("%02d", t.Hour()), "minute", fmt.Sprintf("%02d", t.Minute()), "zone", zoneName(t))
}

// DateTime writes day and time: "22 November 2026, 14.05 WIB".
func (p Printer) DateTime(t time.Time) string {
	return p.T("date.moment", "date", p.Date(t), "time", p.Time(t))
}

// WorkingTime rounds business minutes for people: to the nearest working day, below one day to the nearest hour, below one
// hour in minutes. The unit is days, hours or minutes.
func WorkingTime(minutes int) (n int, unit string) {
	switch {
	case minutes >= models.WorkingDayMinutes:
		return (minutes + models.WorkingDayMinutes/2) / models.WorkingDayMinutes, "days"
	case minutes >= 60:
		return (minutes + 30) / 60, "hours"
	}
	return minutes, "minutes"
}

// WorkingTimeLeft tells how much business time is left, as WorkingTime rounds it: "2 hari kerja tersisa". Zero is "due now"; a negative number of
// minutes tells how late it is.
func (p Printer) WorkingTimeLeft(minutes int) string {
	switch {
	case minutes == 0:
		return p.T("date.due_now")
	case minutes < 0:
		return p.workingTime("date.late_", -minutes)
	}
	return p.workingTime("date.left_", minutes)
}

func (p Printer) workingTime(prefix string, minutes int) string {
	n, unit := WorkingTime(minutes)
	return p.N(prefix+unit, n)
}

func (p Printer) month(m time.Month) string { return p.T("date.month." + strconv.Itoa(int(m))) }

func (p Printer) local(t time.Time) time.Time {
	if p.zone == nil {
		return t
	}
	return t.In(p.zone)
}

// zoneName is the official name of Indonesia's three zones, which know no summer time; others are told by offset.
func zoneName(t time.Time) string {
	_, offset := t.Zone()
	switch offset {
	case 7 * 3600:
		return "WIB"
	case 8 * 3600:
		return "WITA"
	case 9 * 3600:
		return "WIT"
	case 0:
		return "UTC"
	}
	return "UTC" + t.Format("-07:00")
}
