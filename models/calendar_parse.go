package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// TimeOfDay is minutes after midnight, 0 to 1440; "24:00" ends a day.
type TimeOfDay int

// Offset is a fixed distance from UTC in minutes, "+07:00" in JSON. Indonesia has +7, +8 and +9 and no summer time.
type Offset int

const maxOffset = 14 * 60

// longestOverride is in days: an override is for a period, and one without work must not swallow the week for good.
const longestOverride = 366

// ParseCalendar reads a calendar in the JSON shape of Calendar and refuses one that does not hold together, naming
// everything that is wrong: the error is then a *Problem with one fault per place. A missing version means 1.
func ParseCalendar(data []byte) (Calendar, error) {
	c := Calendar{Version: 1}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Calendar{}, fmt.Errorf("read calendar: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Calendar{}, errors.New("read calendar: more than one value")
	}
	if faults := c.Faults(); len(faults) > 0 {
		return Calendar{}, Invalid(faults...)
	}
	return c, nil
}

// Faults lists everything that is wrong with the calendar; none means that it can be used.
func (c Calendar) Faults() []FieldFault {
	var faults []FieldFault
	if c.ID == "" {
		faults = append(faults, Fault("id", "required"))
	}
	if c.Version < 1 {
		faults = append(faults, Fault("version", "calendar_version"))
	}
	if c.UTCOffset < -maxOffset || c.UTCOffset > maxOffset {
		faults = append(faults, Fault("utc_offset", "calendar_offset"))
	}
	faults = append(faults, c.Week.faults("week")...)
	if !c.Week.works() {
		// Overrides end and holidays are finite, so a working week is what makes every search end.
		faults = append(faults, Fault("week", "calendar_no_work"))
	}
	faults = append(faults, c.overrideFaults()...)
	return append(faults, c.holidayFaults()...)
}

func (c Calendar) overrideFaults() []FieldFault {
	var faults []FieldFault
	for i, o := range c.Overrides {
		field := fmt.Sprintf("overrides[%d]", i)
		faults = append(faults, o.Week.faults(field+".week")...)
		if o.From.IsZero() {
			faults = append(faults, Fault(field+".from", "date_invalid"))
		}
		if o.To.IsZero() {
			faults = append(faults, Fault(field+".to", "date_invalid"))
		}
		switch {
		case o.To.Before(o.From):
			faults = append(faults, Fault(field+".to", "calendar_period_reversed"))
		case o.To.After(o.From.AddDays(longestOverride)):
			faults = append(faults, Fault(field+".to", "calendar_period_too_long"))
		}
		for _, p := range c.Overrides[:i] {
			if !o.From.After(p.To) && !p.From.After(o.To) {
				faults = append(faults, Fault(field+".from", "calendar_overrides_overlap", "name", p.Name))
			}
		}
	}
	return faults
}

func (c Calendar) holidayFaults() []FieldFault {
	var faults []FieldFault
	seen := make(map[Date]bool, len(c.Holidays))
	for i, h := range c.Holidays {
		field := fmt.Sprintf("holidays[%d]", i)
		switch {
		case h.Date.IsZero():
			faults = append(faults, Fault(field+".date", "date_invalid"))
		case seen[h.Date]:
			faults = append(faults, Fault(field+".date", "calendar_holiday_twice", "date", h.Date.String()))
		}
		seen[h.Date] = true
		switch h.Kind {
		case HolidayNational, HolidayJointLeave, HolidayLocal:
		default:
			faults = append(faults, Fault(field+".kind", "calendar_holiday_kind"))
		}
	}
	return faults
}

func (w Week) works() bool {
	for d := range 7 {
		if len(w.On(time.Weekday(d))) > 0 {
			return true
		}
	}
	return false
}

func (w Week) faults(field string) []FieldFault {
	var faults []FieldFault
	names := [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	for d, name := range names {
		var last TimeOfDay
		for i, s := range w.On(time.Weekday(d)) {
			place := fmt.Sprintf("%s.%s[%d]", field, name, i)
			switch {
			case s[0] < 0 || s[1] > 24*60 || s[0] >= s[1]:
				faults = append(faults, Fault(place, "calendar_segment_reversed"))
			case s[0] < last:
				faults = append(faults, Fault(place, "calendar_segments_overlap"))
			}
			last = max(last, s[1])
		}
	}
	return faults
}

// UnmarshalJSON wants exactly two times; encoding/json would pad or cut an array silently.
func (s *Segment) UnmarshalJSON(data []byte) error {
	var times []TimeOfDay
	if err := json.Unmarshal(data, &times); err != nil {
		return err
	}
	if len(times) != 2 {
		return errors.New("a segment has a start and an end")
	}
	s[0], s[1] = times[0], times[1]
	return nil
}

// MarshalText gives "HH:MM".
func (t TimeOfDay) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d", int(t)/60, int(t)%60), nil
}

// UnmarshalText reads "HH:MM", from "00:00" to "24:00".
func (t *TimeOfDay) UnmarshalText(b []byte) error {
	m, ok := clockMinutes(string(b))
	if !ok || m > 24*60 {
		return fmt.Errorf("%q is not a time of day", b)
	}
	*t = TimeOfDay(m)
	return nil
}

// MarshalText gives "+HH:MM" or "-HH:MM".
func (o Offset) MarshalText() ([]byte, error) {
	sign := '+'
	if o < 0 {
		sign, o = '-', -o
	}
	return fmt.Appendf(nil, "%c%02d:%02d", sign, int(o)/60, int(o)%60), nil
}

// UnmarshalText reads "+HH:MM" or "-HH:MM", at most 14 hours.
func (o *Offset) UnmarshalText(b []byte) error {
	if len(b) != 6 || b[0] != '+' && b[0] != '-' {
		return fmt.Errorf("%q is not an offset such as +07:00", b)
	}
	m, ok := clockMinutes(string(b[1:]))
	if !ok || m > maxOffset {
		return fmt.Errorf("%q is not an offset such as +07:00", b)
	}
	if b[0] == '-' {
		m = -m
	}
	*o = Offset(m)
	return nil
}

func (o Offset) zone() string {
	switch o {
	case 7 * 60:
		return "WIB"
	case 8 * 60:
		return "WITA"
	case 9 * 60:
		return "WIT"
	}
	text, _ := o.MarshalText()
	return "UTC" + string(text)
}

func clockMinutes(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' || !digits(s[:2]) || !digits(s[3:]) {
		return 0, false
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60
}

// digits tells whether s is ASCII digits and nothing else; other scripts' digits are refused.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
