package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// made is a workbook written by another program, so to say.
func made(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	require.NoError(t, f.Close())
	return out.Bytes()
}

// packed is a workbook made by hand, with the given sheet and shared strings.
func packed(t *testing.T, sheet, shared string) []byte {
	t.Helper()
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, body := range map[string]string{
		"_rels/.rels":     `<Relationships><Relationship Id="r1" Type="` + rel + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook><sheets><sheet name="hidden" state="hidden" r:id="r9"/><sheet name="one" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + rel + `worksheet" Target="worksheets/any.xml"/>` +
			`<Relationship Id="r2" Type="` + rel + `sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/any.xml": sheet,
		"xl/sharedStrings.xml":  "<sst>" + shared + "</sst>",
	} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(body))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

func read(body []byte) (Table, error) { return Read("list.xlsx", bytes.NewReader(body), small()) }

func TestReadXLSX(t *testing.T) {
	body := made(t, func(f *excelize.File) {
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		require.NoError(t, err)
		format := `[$-421]dd" hari "mmmm yyyy`
		long, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		require.NoError(t, err)
		require.NoError(t, f.SetSheetRow("Sheet1", "A1", &[]any{"NIP", "Birth Date", "valid_from", "count"}))
		require.NoError(t, f.SetCellStr("Sheet1", "A3", "197406291997051964"))
		require.NoError(t, f.SetCellValue("Sheet1", "B3", time.Date(1974, 6, 29, 0, 0, 0, 0, time.UTC)))
		require.NoError(t, f.SetCellStyle("Sheet1", "B3", "B3", day))
		require.NoError(t, f.SetCellFloat("Sheet1", "C3", 45292, -1, 64))
		require.NoError(t, f.SetCellStyle("Sheet1", "C3", "C3", long))
		require.NoError(t, f.SetCellInt("Sheet1", "D3", 12))
		require.NoError(t, f.SetCellInt("Sheet1", "A4", 197406291997051964))
	})
	table, err := read(body)
	require.NoError(t, err)
	require.Equal(t, []string{"nip", "birth_date", "valid_from", "count"}, table.Header)
	t.Run("text, dates and numbers come as people see them", func(t *testing.T) {
		require.Equal(t, Row{Line: 3, Cells: map[string]string{"nip": "197406291997051964", "birth_date": "1974-06-29",
			"valid_from": "2024-01-01", "count": "12"}}, table.Rows[0])
	})
	t.Run("a number that lost its last digits is a fault of its row", func(t *testing.T) {
		require.Equal(t, 4, table.Rows[1].Line)
		require.Equal(t, "number_rounded", table.Rows[1].Faults[0].Code)
		require.Equal(t, "nip", table.Rows[1].Faults[0].Field)
	})
	t.Run("what is written comes back", func(t *testing.T) {
		var out bytes.Buffer
		require.NoError(t, WriteXLSX(&out, []string{"nip", "note"}, [][]string{{"000123", "=1+1"}, {"", "café"}}))
		back, err := read(out.Bytes())
		require.NoError(t, err)
		require.Equal(t, []Row{{Line: 2, Cells: map[string]string{"nip": "000123", "note": "=1+1"}},
			{Line: 3, Cells: map[string]string{"note": "café"}}}, back.Rows)
	})
	t.Run("inline and rich text, errors and phonetic readings", func(t *testing.T) {
		back, err := read(packed(t, `<x:worksheet><sheetData><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>b</t></is></c></row>
			<row r="7"><c r="A7" t="s"><v>1</v></c><c r="B7" t="e"><v>#N/A</v></c></row><row r="1048576"><c r="XFD1048576"/></row></sheetData></x:worksheet>`,
			`<si><t>a</t></si><si><r><t>Su</t></r><r><t>rya</t></r><rPh><t>X</t></rPh></si>`))
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b"}, back.Header)
		require.Equal(t, "Surya", back.Rows[0].Cells["a"])
		require.Equal(t, 7, back.Rows[0].Line)
		require.Equal(t, "cell_error", back.Rows[0].Faults[0].Code)
	})
}

func TestXLSXBounds(t *testing.T) {
	row := `<row><c t="inlineStr"><is><t>a</t></is></c></row>`
	for name, c := range map[string]struct {
		body []byte
		code string
	}{
		"a bomb":                  {packed(t, strings.Repeat(" ", 9<<20), ""), "file_too_large"},
		"too many rows":           {packed(t, strings.Repeat(row, 12), ""), "file_too_many_rows"},
		"a cell far to the right": {packed(t, `<row r="1"><c r="XFD1" t="inlineStr"><is><t>a</t></is></c></row>`, ""), "file_too_many_columns"},
		"a document type":         {packed(t, `<!DOCTYPE x [<!ENTITY a "b">]>`+row, ""), "file_unreadable"},
		"rows in disorder":        {packed(t, `<row r="5"/><row r="2"/>`, ""), "file_unreadable"},
		"no rows":                 {packed(t, ``, ""), "file_empty"},
		"a zip of something else": {zipOf(t, "word/document.xml"), "file_unreadable"},
		"a torn file":             {packed(t, row, "")[:200], "file_unreadable"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := read(c.body)
			require.Equal(t, []string{c.code}, refusalCodes(t, err))
		})
	}
	t.Run("a long text that many cells share is cut once, and named", func(t *testing.T) {
		table, err := read(packed(t, row+`<row><c t="s"><v>0</v></c></row><row><c t="s"><v>-1</v></c></row>`, "<si><t>"+strings.Repeat("x", 5<<20)+"</t></si>"))
		require.NoError(t, err)
		require.Equal(t, "cell_too_long", table.Rows[0].Faults[0].Code)
	})
}

func zipOf(t *testing.T, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	_, err := z.Create(name)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

func FuzzRead(f *testing.F) {
	f.Add("x.csv", []byte("nip;name\n1;Ana\n"))
	f.Add("x.csv", []byte("\xef\xbb\xbf\"a\"\"b\"\n=1"))
	var out bytes.Buffer
	if err := WriteXLSX(&out, []string{"nip"}, [][]string{{"1"}}); err != nil {
		f.Fatal(err)
	}
	f.Add("x.xlsx", out.Bytes())
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		table, err := Read(name, bytes.NewReader(body), small())
		if err != nil {
			require.NotEmpty(t, refusalCodes(t, err))
			return
		}
		require.LessOrEqual(t, len(table.Rows), small().Rows)
		require.LessOrEqual(t, len(table.Header), small().Columns)
		for _, r := range table.Rows {
			for column, text := range r.Cells {
				require.Contains(t, table.Header, column)
				require.LessOrEqual(t, len(text), small().Cell, fmt.Sprint(column))
			}
		}
	})
}

func FuzzCells(f *testing.F) {
	f.Add(`<row r="1"><c r="B1" t="n" s="1"><v>45292</v></c></row>`, `<si><t>a</t></si>`)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		_, err := read(packed(t, sheet, shared))
		if err != nil {
			require.NotEmpty(t, refusalCodes(t, err))
		}
	})
}
