package models

import "time"

// Clock turns wall time into the time that cases live in: now = Epoch + Speed x (wall - Epoch). Speed is 1 outside
// `demo --speed`. Both are stored once per data folder and carried in every workflow's input, so that a restart
// does not move a due time. Sessions, second factors and TLS use wall time.
type Clock struct {
	Epoch time.Time `json:"epoch"`
	Speed int       `json:"speed"`
}

// At gives the case time of a wall time, in UTC.
func (c Clock) At(wall time.Time) time.Time {
	if c.Speed <= 1 {
		return wall.UTC()
	}
	return c.Epoch.Add(wall.Sub(c.Epoch) * time.Duration(c.Speed)).UTC()
}

// Wait gives how long, in wall time, lasts a span of case time; only timers need it. Never negative.
func (c Clock) Wait(d time.Duration) time.Duration {
	if d < 0 {
		return 0
	}
	if c.Speed <= 1 {
		return d
	}
	return d / time.Duration(c.Speed)
}
