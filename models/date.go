package models

import (
	"errors"
	"regexp"
	"time"
)

// Date is a civil day without a zone, in the proleptic Gregorian calendar. The zero value means 'not given'; its
// text is empty. In JSON it is ISO 8601 (YYYY-MM-DD).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

var errDate = errors.New("not a date")

// ParseDate reads ISO 8601 (YYYY-MM-DD, as the API and the import files write it) and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	if len(s) != len("2006-01-02") {
		return Date{}, errDate
	}
	return parseDate("2006-01-02", s)
}

// ParseFormDate reads dd-mm-yyyy, as the portal's forms write it (PRODUCT section 2), and d-m-yyyy, as people do.
func ParseFormDate(s string) (Date, error) { return parseDate("2-1-2006", s) }

// FormDateShaped tells whether a text is written like dd-mm-yyyy, whether or not there is such a day.
func FormDateShaped(s string) bool {
	return regexp.MustCompile(`^\d{1,2}-\d{1,2}-\d{4}$`).MatchString(s)
}

func parseDate(layout, s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 {
		return Date{}, errDate
	}
	return DateOf(t), nil
}

// DateOf gives the day on which t falls in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// At gives the instant at which the day begins in loc.
func (d Date) At(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// AddDays moves by whole days, backwards when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.At(time.UTC).AddDate(0, 0, n)) }

// DaysUntil counts the days from d to e, negative when e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.At(time.UTC).Sub(d.At(time.UTC)).Hours() / 24) }

// Weekday tells which day of the week it is.
func (d Date) Weekday() time.Weekday { return d.At(time.UTC).Weekday() }

// IsZero tells whether no date was given.
func (d Date) IsZero() bool { return d == Date{} }

// Compare is negative when d is before e, zero when they are the same day, positive when d is after e.
func (d Date) Compare(e Date) int {
	if d.Year != e.Year {
		return d.Year - e.Year
	}
	if d.Month != e.Month {
		return int(d.Month - e.Month)
	}
	return d.Day - e.Day
}

// After tells whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// String gives ISO 8601, or nothing for the zero value.
func (d Date) String() string { return d.format("2006-01-02") }

// FormString gives dd-mm-yyyy, or nothing for the zero value.
func (d Date) FormString() string { return d.format("02-01-2006") }

func (d Date) format(layout string) string {
	if d.IsZero() {
		return ""
	}
	return d.At(time.UTC).Format(layout)
}

// MarshalText gives String, so that JSON holds ISO 8601.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
