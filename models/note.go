package models

import (
	"slices"
	"strconv"
	"strings"
)

// OnRow tells whether the note is on a row of the list.
func (n FieldNote) OnRow() bool {
	_, _, ok := rowOf(n.Field)
	return ok
}

// NameNotes has notes on rows say whose rows they are. A note on a row that is not there keeps to its field.
func NameNotes(notes []FieldNote, rows []RecapRow) []FieldNote {
	named := slices.Clone(notes)
	for i, n := range named {
		if at, _, ok := rowOf(n.Field); ok && at < len(rows) {
			named[i].Person = called(rows[at])
		}
	}
	return named
}

// PlaceNotes puts notes on rows of a round where their people stand in the list as it is written now: who moved takes
// the note along, and a note on somebody who was left out becomes one on the list as a whole. Each says whose row it
// was.
func PlaceNotes(notes []FieldNote, was, is []RecapRow) []FieldNote {
	if !slices.ContainsFunc(notes, FieldNote.OnRow) {
		return notes
	}
	places, placed := placeRows(was, is), NameNotes(notes, was)
	for i, n := range placed {
		at, column, ok := rowOf(n.Field)
		switch {
		case !ok || at >= len(places):
		case places[at] < 0:
			placed[i].Field = "rows"
		default:
			placed[i].Field = "rows[" + strconv.Itoa(places[at]) + "]" + column
		}
	}
	return placed
}

// placeRows finds for each row of a list where its person stands in another, or -1. People are known by their number;
// where that was corrected by their name, and where both were by standing between the same two.
func placeRows(was, is []RecapRow) []int {
	places, taken := make([]int, len(was)), make([]bool, len(is))
	for i := range places {
		places[i] = -1
	}
	for _, key := range []func(RecapRow) string{rowID, func(r RecapRow) string { return strings.Join(strings.Fields(foldLatin(r.Name)), " ") }} {
		stands := make(map[string]int, len(is))
		for i, r := range slices.Backward(is) {
			if !taken[i] && key(r) != "" {
				stands[key(r)] = i
			}
		}
		for i, r := range was {
			if at, ok := stands[key(r)]; ok && places[i] < 0 && !taken[at] {
				places[i], taken[at] = at, true
			}
		}
	}
	for i := range was {
		next, ok := follows(places, i, len(is))
		if places[i] < 0 && ok && !taken[next] {
			places[i], taken[next] = next, true
		}
	}
	return places
}

// follows gives the place between those of a row's neighbours, where exactly one is.
func follows(places []int, i, end int) (int, bool) {
	before, after := -1, end
	if i > 0 {
		before = places[i-1]
	}
	if i < len(places)-1 {
		after = places[i+1]
	}
	return before + 1, (i == 0 || before >= 0) && after == before+2
}

// called is how a note calls the person of a row.
func called(r RecapRow) string {
	if r.Name != "" {
		return r.Name
	}
	return shownID(r)
}

// rowOf takes the name of a row's field apart: rows[3].nip is the row at 3, counted from 0, and ".nip".
func rowOf(field string) (at int, column string, ok bool) {
	rest, ok := strings.CutPrefix(field, "rows[")
	if !ok {
		return 0, "", false
	}
	index, column, ok := strings.Cut(rest, "]")
	at, err := strconv.Atoi(index)
	return at, column, ok && err == nil && at >= 0
}
