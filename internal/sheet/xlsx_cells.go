package sheet

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// exactNumber: from here on a spreadsheet keeps 15 digits and puts noughts in place of the rest, so that a NIP or NIK
// typed as a number is another person's, or nobody's.
const exactNumber = 1e15

// grid reads the cells of one sheet, row after row.
type grid struct {
	w     *workbook
	b     *builder
	line  int
	cells []cell

	at    int // column of the open cell, from 0
	kind  string
	style int
	value strings.Builder
	in    string // the open element whose text counts: v, or t within is
	texts texts
}

func (w *workbook) readCells(d *xml.Decoder, b *builder) error {
	g := &grid{w: w, b: b, texts: texts{most: w.limits.Cell}}
	return elements(d, g.open, g.text, g.close)
}

func (g *grid) open(e xml.StartElement) error {
	g.texts.open(e.Name.Local)
	switch e.Name.Local {
	case "row":
		return g.openRow(attr(e, "r"))
	case "c":
		return g.openCell(e)
	case "v":
		g.in = "v"
	}
	return nil
}

func (g *grid) openRow(number string) error {
	g.line++
	g.cells = g.cells[:0]
	g.at = -1
	if number == "" {
		return nil
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < g.line {
		return errShape
	}
	g.line = n
	return nil
}

func (g *grid) openCell(e xml.StartElement) error {
	g.at++
	g.value.Reset()
	g.texts.cut()
	g.kind = attr(e, "t")
	g.style, _ = strconv.Atoi(attr(e, "s")) // none, or nonsense, is the first style, which shows no date
	if ref := attr(e, "r"); ref != "" {
		column, _, err := excelize.CellNameToCoordinates(ref)
		if err != nil || column <= len(g.cells) {
			return errShape
		}
		g.at = column - 1
	}
	return nil
}

func (g *grid) text(text []byte) {
	g.texts.take(text)
	if g.in == "v" {
		g.value.Write(text[:min(len(text), max(0, g.b.limits.Cell+1-g.value.Len()))])
	}
}

func (g *grid) close(name string) error {
	g.texts.close(name)
	switch name {
	case "v":
		g.in = ""
	case "c":
		return g.put()
	case "row":
		return g.b.add(g.line, g.cells)
	}
	return nil
}

// put keeps the open cell unless it is empty; only then does its column count against the bound.
func (g *grid) put() error {
	c := g.cell()
	if c.text == "" {
		return nil
	}
	if g.at >= g.b.limits.Columns {
		return refused("file_too_many_columns", "max", strconv.Itoa(g.b.limits.Columns), "line", strconv.Itoa(g.line))
	}
	for len(g.cells) < g.at {
		g.cells = append(g.cells, cell{})
	}
	g.cells = append(g.cells, c)
	return nil
}

func (g *grid) cell() cell {
	value := strings.TrimSpace(g.value.String())
	switch g.kind {
	case "s":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n >= len(g.w.shared) {
			return cell{}
		}
		return cell{text: g.w.shared[n]}
	case "inlineStr":
		return cell{text: g.texts.cut()}
	case "", "n":
		return g.number(value)
	case "d":
		return cell{text: strings.TrimSuffix(value, "T00:00:00")}
	case "e":
		return cell{text: value, fault: "cell_error"}
	}
	return cell{text: value}
}

// number gives a date as ISO 8601 and any other number in plain digits.
func (g *grid) number(value string) cell {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return cell{text: value}
	}
	if g.style >= 0 && g.style < len(g.w.dates) && g.w.dates[g.style] {
		if day, err := excelize.ExcelDateToTime(math.Floor(n), g.w.date1904); err == nil {
			return cell{text: day.Format("2006-01-02")}
		}
	}
	c := cell{text: strconv.FormatFloat(n, 'f', -1, 64)}
	if math.Abs(n) >= exactNumber {
		c.fault = "number_rounded"
	}
	return c
}
