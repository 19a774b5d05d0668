package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"loket/models"
)

// Fault is one thing wrong with one place of one file. Line is 0 for the file as a whole.
type Fault struct {
	File string `json:"file"`
	models.RowFault
}

// String reads "employees.csv:17: nip: nip_twice (line=3)".
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	fmt.Fprintf(&b, ": %s: %s", f.Field, f.Code)
	var params []string
	for _, k := range slices.Sorted(maps.Keys(f.Params)) {
		params = append(params, k+"="+f.Params[k])
	}
	if len(params) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(params, ", "))
	}
	return b.String()
}

// Faulty is the error of an import with faults; it holds them all, by file in the order of the files, then by line.
type Faulty []Fault

// Error lists the faults, a line each.
func (f Faulty) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return fmt.Sprintf("nothing was imported, %d faults:\n%s", len(f), strings.Join(lines, "\n"))
}

// sorted keeps the files' order, which is the order of finding, and puts lines in order within each.
func (f Faulty) sorted() Faulty {
	place := map[string]int{}
	for _, fault := range f {
		if _, seen := place[fault.File]; !seen {
			place[fault.File] = len(place)
		}
	}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(place[a.File], place[b.File]), cmp.Compare(a.Line, b.Line))
	})
	return f
}
