package models

import "time"

// ReissueTime is for how long after its lapse a link can be sent anew; then the memo is done.
const ReissueTime = 30 * 24 * time.Hour

// OpenLinks is how the links of a memo stand: how many wait for their people, lapsed and were made at all, when the next
// reminder is due (nil when all are reminded), when the first link lapses, and when the last one did.
type OpenLinks struct {
	Open   int        `json:"open"`
	Lapsed int        `json:"lapsed"`
	Made   int        `json:"made"` // accounts and accesses in all, used or not
	Remind *time.Time `json:"remind,omitempty"`
	Lapse  *time.Time `json:"lapse,omitempty"`
	Last   *time.Time `json:"last,omitempty"`
}

// Next gives the instant at which something is to be done about the links; nil means now: nothing is left to wait for.
func (l OpenLinks) Next() *time.Time {
	switch {
	case l.Open == 0 && l.Lapsed == 0:
		return nil
	case l.Open == 0:
		at := l.Last.Add(ReissueTime)
		return &at
	case l.Remind != nil && l.Remind.Before(*l.Lapse):
		return l.Remind
	}
	at := l.Lapse.Add(time.Second) // what arrives in the last second is on time
	return &at
}
