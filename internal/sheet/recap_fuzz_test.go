package sheet

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// FuzzPasted reads what people copy out of spreadsheets; what it read can be printed and read again.
func FuzzPasted(f *testing.F) {
	for _, s := range []string{"198501012010011999\t\tMade Surya\tKEM.1", "nip;nama;unit\n1;Ana;KEM\n", "a,b,c", "\"a\nb\"\tc", "=1+1\t+2\t-3\t@x", "\xff", "\x00",
		"nip\tnik\tname\tunit_code\n'=1\t\t'Ana\tKEM", "\u202eAna", "nip,nip,name,unit\n1,2,3,4", strings.Repeat("a\t", 70)} {
		f.Add(s)
	}
	f.Add("0\r0")
	f.Add("'\r000000")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := Pasted(text)
		if err != nil {
			require.NotEmpty(t, refusalCodes(t, err))
			return
		}
		require.LessOrEqual(t, len(rows), models.MaxRecapRows)
		if len(rows) == 0 {
			return
		}
		var printed bytes.Buffer
		require.NoError(t, WriteCSV(&printed, models.RecapColumns(), recapCells(rows)))
		table, err := Read("x.csv", &printed, RecapLimits())
		require.NoError(t, err)
		again, err := RecapRows(table)
		require.NoError(t, err)
		require.Equal(t, full(rows), full(again))
	})
}

// full drops rows that hold nothing, which no file tells of. Line breaks are written one way.
func full(rows []models.RecapRow) []models.RecapRow {
	var out []models.RecapRow
	for _, r := range rows {
		for _, cell := range []*string{&r.NIP, &r.NIK, &r.Name, &r.UnitCode, &r.Position, &r.ContractStart, &r.ContractEnd, &r.ExternalEmail} {
			*cell = lineBreaks(*cell)
		}
		if r != (models.RecapRow{}) {
			out = append(out, r)
		}
	}
	return out
}

func recapCells(rows []models.RecapRow) [][]string {
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, []string{r.NIP, r.NIK, r.Name, r.UnitCode, r.Position, r.ContractStart, r.ContractEnd, r.ExternalEmail})
	}
	return cells
}

// FuzzWrite writes any text as a cell of either kind of file: no cell begins like a formula, and reading gives it back.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"=1+1", "+62", "-1", "@x", "\tx", "\rx", "'x", "'=1", "''=1", "a\"b", "a;b", "a\nb", "\u202e=1", "\ufeff=1", " =1", "＝1", "\x00", "\xff", "_x000D_", "\x1f"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var out bytes.Buffer
		require.NoError(t, WriteCSV(&out, []string{"satu", "dua"}, [][]string{{a, b}}))
		table, err := Read("x.csv", bytes.NewReader(out.Bytes()), RecapLimits())
		if err == nil && len(table.Rows) == 1 && len(a) < 4096 && !strings.ContainsAny(a, "\t\r") {
			require.Equal(t, unquote(strings.TrimSpace(a)), table.Rows[0].Cells["satu"])
		}
		for _, text := range []string{a, b} {
			cell := quote(text)
			require.False(t, cell != "" && strings.ContainsRune(formulaStarts, rune(cell[0])), "%q", cell)
			require.Equal(t, text, strings.TrimPrefix(cell, "'"[:len(cell)-len(text)]))
		}
		if !utf8.ValidString(a+b) || len(a)+len(b) > 1000 {
			return
		}
		out.Reset()
		require.NoError(t, WriteXLSX(&out, []string{"satu", "dua"}, [][]string{{a, b}}))
		_, err = Read("x.xlsx", bytes.NewReader(out.Bytes()), RecapLimits())
		if err != nil {
			require.NotEmpty(t, refusalCodes(t, err))
		}
	})
}
