package check

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Fault is one place where a promise is broken.
type Fault struct{ Where, What string }

// Result is what became of one invariant.
type Result struct {
	ID, Claim string
	// Checked counts what was looked at, Pending what was under way with nobody there to finish it.
	Checked, Pending int
	Faults           []Fault
	Repaired         []Fault
	// Unchecked is why the question could not be asked, or not to its end.
	Unchecked error
}

func (r *Result) blame(where, what string) { r.Faults = append(r.Faults, Fault{where, what}) }

// Report is the whole of it, in the order of the invariants.
type Report struct{ Results []*Result }

// Faults counts them.
func (r Report) Faults() int {
	n := 0
	for _, each := range r.Results {
		n += len(each.Faults)
	}
	return n
}

// Unchecked tells whether something could not be asked, or not to its end.
func (r Report) Unchecked() bool {
	return slices.ContainsFunc(r.Results, func(each *Result) bool { return each.Unchecked != nil })
}

// Print writes the report for people, one line for each invariant and one for each fault below it.
func (r Report) Print(to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, each := range r.Results {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d checked\t%s\n", each.ID, each.Claim, each.Checked, each.verdict())
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	for _, each := range r.Results {
		if each.Unchecked != nil {
			_, _ = fmt.Fprintf(to, "\n%s could not be checked to its end: %v\n", each.ID, each.Unchecked)
		}
		for _, f := range each.Repaired {
			_, _ = fmt.Fprintf(to, "%s repaired: %s %s\n", each.ID, f.Where, f.What)
		}
		for _, f := range each.Faults {
			_, _ = fmt.Fprintf(to, "%s fault: %s %s\n", each.ID, f.Where, f.What)
		}
	}
	_, err := fmt.Fprintf(to, "\n%d faults\n", r.Faults())
	return err
}

func (r *Result) verdict() string {
	text := "ok"
	switch {
	case len(r.Faults) > 0:
		text = fmt.Sprintf("%d faults", len(r.Faults))
	case r.Unchecked != nil:
		text = "not checked"
	}
	if r.Pending > 0 {
		text += fmt.Sprintf(", %d under way", r.Pending)
	}
	if len(r.Repaired) > 0 {
		text += fmt.Sprintf(", %d repaired", len(r.Repaired))
	}
	return text
}
