package web

import (
	"slices"

	"loket/models"
)

// step is one station of a case's way: State is past, now, next, end or stop.
type step struct{ Text, State, Note string }

// way is the stations of a case that nobody stops; the last is where it ends well. Words begins the keys of their names, and
// again is the key of what is said of a later round.
type way struct {
	stations     []models.Status
	words, again string
}

// along draws the way of a case: what lies behind it, where it is, what comes. One that ended elsewhere shows where.
func (v *visit) along(w way, now models.Status, round int, timeline []models.TimelineEvent) []step {
	stations, well := w.stations, w.stations[len(w.stations)-1]
	at := slices.Index(stations, now)
	if at < 0 && now.Final() { // it left the way: keep the stations it has seen
		for _, e := range timeline {
			at = max(at, slices.Index(stations, e.Status))
		}
		at = max(at, 0) + 1
		stations = append(slices.Clone(stations[:at]), now)
	}
	var steps []step
	for i, s := range stations {
		st := step{Text: v.say.T(w.words + string(s)), State: "next"}
		switch {
		case i < at:
			st.State = "past"
		case i == at && !s.Final():
			st.State = "now"
			if round > 1 && w.again != "" {
				st.Note = v.say.T(w.again, "round", round)
			}
		case i == at && s == well:
			st.State = "end"
		case i == at:
			st.State = "stop"
		}
		steps = append(steps, st)
	}
	return steps
}
