package web

import (
	"strconv"

	"loket/internal/i18n"
	"loket/models"
)

// chart is a drawing in SVG. Widths are parts of a hundred of whatever room there is, heights are pixels: it fits any
// screen while its words keep their size. Each series has a pattern besides its colour; a table below says the same.
type chart struct {
	Label  string
	Series []string
	Height int
	Texts  []chartText
	Lines  []int // heights of the grid's lines
	Rects  []chartRect
}

type chartText struct {
	X, Anchor, Text string
	Y               int
	Strong          bool
}

// chartRect is one piece; Series counts from 1.
type chartRect struct {
	X, Width          string
	Y, Height, Series int
}

// Sizes of the charts, in pixels.
const (
	barHeight    = 20
	barPitch     = 58 // from one bar to the next, its words included
	columnTop    = 22
	columnBottom = 202
)

// Empty tells whether there is nothing to see.
func (c chart) Empty() bool { return len(c.Rects) == 0 }

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) + "%" }

// bar adds a bar below the others: its words, then one piece for each series, to the scale of most.
func (c *chart) bar(name, value string, most int, pieces ...int) {
	top := c.Height
	c.Texts = append(c.Texts, chartText{X: "0", Y: top + 18, Text: name}, chartText{X: "100%", Y: top + 18, Text: value, Anchor: "end", Strong: true})
	at := 0.0
	for i, n := range pieces {
		if n == 0 || most == 0 {
			continue
		}
		width := 100 * float64(n) / float64(most)
		c.Rects = append(c.Rects, chartRect{X: percent(at), Width: percent(width), Y: top + 26, Height: barHeight, Series: i + 1})
		at += width
	}
	c.Height += barPitch
}

// grid prepares for columns: the ground line, and how high the highest is.
func (c *chart) grid(most int, number func(int) string) {
	c.Height = columnBottom + 26
	c.Lines = []int{columnTop, columnBottom}
	c.Texts = append(c.Texts, chartText{X: "0", Y: columnTop - 6, Text: number(most)})
}

func columnY(n, most int) int { return columnBottom - (columnBottom-columnTop)*n/most }

// column adds the i-th of n columns, its pieces one upon the other.
func (c *chart) column(i, n int, name string, most int, pieces ...int) {
	slot := 100 / float64(n)
	if name != "" {
		text := chartText{X: percent(slot * (float64(i) + 0.5)), Y: columnBottom + 20, Text: name, Anchor: "middle"}
		if i == n-1 && slot < 8 { // narrower than its name, which would end outside
			text.X, text.Anchor = "100%", "end"
		}
		c.Texts = append(c.Texts, text)
	}
	below := 0
	for series, piece := range pieces {
		if piece == 0 {
			continue
		}
		top, bottom := columnY(below+piece, most), columnY(below, most)
		c.Rects = append(c.Rects, chartRect{X: percent(slot * (float64(i) + 0.16)), Width: percent(slot * 0.68), Y: top, Height: max(bottom-top, 1), Series: series + 1})
		below += piece
	}
}

// took writes business minutes: days of 450 with hours, hours with minutes, or minutes.
func took(p i18n.Printer, minutes int) string {
	hours := (minutes%models.WorkingDayMinutes + 30) / 60
	n := strconv.Itoa
	switch {
	case minutes >= models.WorkingDayMinutes && hours == 0:
		return p.T("dashboard.took.days", "days", n(minutes/models.WorkingDayMinutes))
	case minutes >= models.WorkingDayMinutes:
		return p.T("dashboard.took.days_hours", "days", n(minutes/models.WorkingDayMinutes), "hours", n(hours))
	case minutes >= 60 && minutes%60 == 0:
		return p.T("dashboard.took.hours", "hours", n(minutes/60))
	case minutes >= 60:
		return p.T("dashboard.took.hours_minutes", "hours", n(minutes/60), "minutes", n(minutes%60))
	}
	return p.T("dashboard.took.minutes", "minutes", n(minutes))
}

// share writes how many in a hundred; a dash where there is nothing to share.
func share(p i18n.Printer, n, of int) string {
	if of == 0 {
		return p.T("dashboard.no_share")
	}
	return p.T("dashboard.share", "percent", strconv.Itoa((100*n+of/2)/of))
}
