package models

import (
	"slices"
	"time"
)

// endingNotices are how many days before the last day of a contract its holder and the memo's sender are told;
// PRODUCT 3.1.6.
func endingNotices() []int { return []int{1, 7, 14, 30} }

// FirstEndingNotice is how many days before the end the first notice goes out.
func FirstEndingNotice() int { return slices.Max(endingNotices()) }

// AccessOver gives the first instant without access: the last day of the contract is part of it.
func AccessOver(ends Date, loc *time.Location) time.Time { return ends.AddDays(1).At(loc) }

// EndingNotice gives the notice that is due today for access whose last day is ends, in days before that day; 0 for
// none. Of several that are due, as after days on which nothing ran, only the nearest to the end counts. told is the
// one that went out last, 0 for none. What was due before the access was given is not told afterwards.
func EndingNotice(ends, given, today Date, told int) int {
	left := today.DaysUntil(ends)
	if left < 0 {
		return 0
	}
	for _, days := range endingNotices() {
		if left > days {
			continue
		}
		if ends.AddDays(-days).Before(given) || told != 0 && told <= days {
			return 0
		}
		return days
	}
	return 0
}

// AccessView is an application that an account may use. Ends is the last day (YYYY-MM-DD) of access that ends by itself,
// Ended that it is over.
type AccessView struct {
	Application string `json:"application"`
	Ends        string `json:"ends,omitempty"`
	Ended       bool   `json:"ended,omitempty"`
}
