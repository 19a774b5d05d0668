package models

import "slices"

// Area is a part of the menu that a company's people work in; decision 11.
type Area string

// The areas, in the order of the menu.
const (
	AreaPermits  Area = "permits"
	AreaImports  Area = "imports"
	AreaExports  Area = "exports"
	AreaRush     Area = "rush"
	AreaManifest Area = "manifest"
	AreaTreasury Area = "treasury"
)

// Areas lists every area once, in the order of the menu.
func Areas() []Area {
	return []Area{AreaPermits, AreaImports, AreaExports, AreaRush, AreaManifest, AreaTreasury}
}

// AreaLevel is how much somebody may do in an area. Each level holds those before it; none is "".
type AreaLevel string

// The levels, from the least.
const (
	LevelView   AreaLevel = "view"
	LevelRecord AreaLevel = "record"
	LevelSend   AreaLevel = "send"
)

// AreaLevels lists every level once, from the least.
func AreaLevels() []AreaLevel { return []AreaLevel{LevelView, LevelRecord, LevelSend} }

// Holds tells whether the level allows what least asks for. No level holds nothing.
func (l AreaLevel) Holds(least AreaLevel) bool {
	return slices.Index(AreaLevels(), l) >= max(slices.Index(AreaLevels(), least), 0)
}

// AreaGrant is what somebody may do in one area.
type AreaGrant struct {
	Area  Area      `json:"area"`
	Level AreaLevel `json:"level"`
}

// AreaEntry is one entry of the menu, and the least level that opens it.
type AreaEntry struct {
	Area  Area      `json:"area"`
	Entry string    `json:"entry"`
	Level AreaLevel `json:"level"`
}

// AreaMenu lists the entries of an area in the order of the menu.
func AreaMenu(a Area) []AreaEntry {
	document := []string{"recording", "header", "entities", "documents", "carrier", "packages", "transaction", "goods", "levies", "statement"}
	switch a {
	case AreaPermits:
		return menu(a, []string{"blocks"}, []string{"ftz", "ppjk", "carrier"}, []string{"submit", "revoke"})
	case AreaImports, AreaExports:
		return menu(a, []string{"browse"}, document, []string{"submit"})
	case AreaRush:
		return menu(a, []string{"browse"}, document, []string{"submit"})
	case AreaManifest:
		return menu(a, []string{"monitoring"}, []string{"carrier", "nvocc", "empty"}, []string{"submit"})
	case AreaTreasury:
		return menu(a, []string{"receivables", "refunds", "billing"}, []string{"record_refunds", "record_billing", "record_online"}, []string{"submit"})
	}
	return nil
}

func menu(a Area, view, record, send []string) []AreaEntry {
	var list []AreaEntry
	for i, entries := range [][]string{view, record, send} {
		for _, e := range entries {
			list = append(list, AreaEntry{a, e, AreaLevels()[i]})
		}
	}
	return list
}

// OpenedBy lists the entries that grants open, in the order of the menu.
func OpenedBy(grants []AreaGrant) []AreaEntry {
	list := []AreaEntry{}
	for _, a := range Areas() {
		level := LevelIn(grants, a)
		for _, e := range AreaMenu(a) {
			if level.Holds(e.Level) {
				list = append(list, e)
			}
		}
	}
	return list
}

// LevelIn gives the level of one area, "" for none.
func LevelIn(grants []AreaGrant, a Area) AreaLevel {
	for _, g := range grants {
		if g.Area == a {
			return g.Level
		}
	}
	return ""
}

// ParseAreas reads what somebody is to be given: in the order of the menu, areas without a level left out. Faults name the
// area, or areas where one is unknown or named twice.
func ParseAreas(grants []AreaGrant) ([]AreaGrant, []FieldFault) {
	const field = "areas"
	var faults []FieldFault
	levels := map[Area]AreaLevel{}
	for _, g := range grants {
		_, twice := levels[g.Area]
		switch {
		case !slices.Contains(Areas(), g.Area):
			faults = append(faults, Fault(field, "choice_unknown", "allowed", joined(Areas())))
		case twice:
			faults = append(faults, Fault(field, "area_twice"))
		case g.Level != "" && !slices.Contains(AreaLevels(), g.Level):
			faults = append(faults, Fault(string(g.Area), "choice_unknown", "allowed", joined(AreaLevels())))
		}
		levels[g.Area] = g.Level
	}
	list := []AreaGrant{}
	for _, a := range Areas() {
		if l := levels[a]; l != "" {
			list = append(list, AreaGrant{a, l})
		}
	}
	return list, faults
}

// CompareAreas tells which entries one set of grants opens that another does not, and which it takes away.
func CompareAreas(was, is []AreaGrant) (opened, taken []AreaEntry) {
	return lacking(OpenedBy(is), OpenedBy(was)), lacking(OpenedBy(was), OpenedBy(is))
}

func lacking(list, in []AreaEntry) []AreaEntry {
	left := []AreaEntry{}
	for _, e := range list {
		if !slices.Contains(in, e) {
			left = append(left, e)
		}
	}
	return left
}
