package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// Report is what one run found.
type Report struct {
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	CPUs    int       `json:"cpus"`
	Go      string    `json:"go"`
	Figures []Figure  `json:"figures"`
	Remarks []string  `json:"remarks,omitempty"`
}

// Figure is one measured value beside its bar. Met is nil where there is no bar.
type Figure struct {
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Bar   string  `json:"bar,omitempty"`
	Met   *bool   `json:"met,omitempty"`
}

func newReport(name string) *Report {
	return &Report{Name: name, At: time.Now().UTC(), CPUs: runtime.NumCPU(), Go: runtime.Version()}
}

// add notes a value that has no bar.
func (r *Report) add(what string, value float64, unit string) {
	r.Figures = append(r.Figures, Figure{What: what, Value: value, Unit: unit})
}

// atLeast and atMost note a value with its bar.
func (r *Report) atLeast(what string, value, bar float64, unit string) {
	met := value >= bar
	r.Figures = append(r.Figures, Figure{What: what, Value: value, Unit: unit, Bar: fmt.Sprintf("at least %v", bar), Met: &met})
}

func (r *Report) atMost(what string, value, bar float64, unit string) {
	met := value <= bar
	r.Figures = append(r.Figures, Figure{What: what, Value: value, Unit: unit, Bar: fmt.Sprintf("at most %v", bar), Met: &met})
}

func (r *Report) remark(format string, args ...any) {
	r.Remarks = append(r.Remarks, fmt.Sprintf(format, args...))
}

// latency notes the usual percentiles, with a bar on the 99th where one is given.
func (r *Report) latency(what string, l latencies, bar time.Duration) {
	r.add(what+", p50", ms(l.at(50)), "ms")
	if bar > 0 {
		r.atMost(what+", p99", ms(l.at(99)), ms(bar), "ms")
	} else {
		r.add(what+", p99", ms(l.at(99)), "ms")
	}
	r.add(what+", slowest", ms(l.at(100)), "ms")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Print writes the report as a table.
func (r *Report) Print(w io.Writer) error {
	width := 0
	for _, f := range r.Figures {
		width = max(width, len(f.What))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %d CPUs, %s\n\n", r.Name, r.At.Format("2006-01-02 15:04 MST"), r.CPUs, r.Go)
	for _, f := range r.Figures {
		fmt.Fprintf(&b, "%-*s  %10s %-12s", width, f.What, number(f.Value), f.Unit)
		if f.Met != nil {
			fmt.Fprintf(&b, " %-16s %s", f.Bar, map[bool]string{true: "met", false: "MISSED"}[*f.Met])
		}
		b.WriteString("\n")
	}
	for _, text := range r.Remarks {
		fmt.Fprintf(&b, "\n%s\n", text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func number(v float64) string {
	switch {
	case v == float64(int64(v)):
		return fmt.Sprintf("%d", int64(v))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
