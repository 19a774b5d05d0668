package sheet

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// refusalCodes gives the codes of a refusal's faults.
func refusalCodes(t *testing.T, err error) []string {
	t.Helper()
	var p *models.Problem
	require.ErrorAs(t, err, &p)
	var codes []string
	for _, f := range p.Faults {
		codes = append(codes, f.Code)
	}
	return codes
}

func small() Limits {
	return Limits{Bytes: 1 << 20, Unzipped: 8 << 20, Rows: 10, Columns: 6, Cell: 100}
}

func TestReadCSV(t *testing.T) {
	for name, body := range map[string]string{
		"commas":                      "NIP,Unit Code\n1,KEM\n\n2,\"KEM,1\"\n",
		"semicolons, as Excel writes": "nip;unit_code\r\n1;KEM\r\n\r\n2;KEM,1\r\n",
		"tabs":                        "nip\tunit-code\n1\tKEM\n\n2\tKEM,1",
		"a byte order mark":           "\xef\xbb\xbfnip,unit_code\n1,KEM\n,\n2,\"KEM,1\"\n",
	} {
		t.Run("reads "+name, func(t *testing.T) {
			table, err := Read("list.csv", strings.NewReader(body), small())
			require.NoError(t, err)
			require.Equal(t, []string{"nip", "unit_code"}, table.Header)
			require.Equal(t, []Row{{Line: 2, Cells: map[string]string{"nip": "1", "unit_code": "KEM"}},
				{Line: 4, Cells: map[string]string{"nip": "2", "unit_code": "KEM,1"}}}, table.Rows)
		})
	}
	for name, c := range map[string]struct{ body, code string }{
		"nothing":                   {" \n\n", "file_empty"},
		"windows-1252":              {"name\nJos\xe9\n", "file_encoding"},
		"UTF-16":                    {"\xff\xfen\x00i\x00p\x00\n\x00", "file_encoding"},
		"a quote left open":         {"name\n\"Ana\n", "file_unreadable"},
		"too many rows":             {"a\n" + strings.Repeat("1\n", 11), "file_too_many_rows"},
		"too many columns":          {"a,b,c,d,e,f,g\n", "file_too_many_columns"},
		"a column twice":            {"nip,NIP\n1,2\n", "column_twice"},
		"too many bytes":            {strings.Repeat("a", 1<<20+1), "file_too_large"},
		"an old Excel file":         {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_type"},
		"a PDF by another name":     {"%PDF-1.7\n", "file_type"},
		"a page saved from the web": {"<html><table>", "file_type"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := Read("list.csv", strings.NewReader(c.body), small())
			require.Equal(t, []string{c.code}, refusalCodes(t, err))
		})
	}
	t.Run("tells the line of an unreadable letter", func(t *testing.T) {
		_, err := Read("", strings.NewReader("name\nAna\nJos\xe9\n"), small())
		var p *models.Problem
		require.ErrorAs(t, err, &p)
		require.Equal(t, "3", p.Faults[0].Params["line"])
	})
	t.Run("a name that promises another kind is refused", func(t *testing.T) {
		_, err := Read("list.xlsx", strings.NewReader("nip\n1\n"), small())
		require.Equal(t, []string{"file_unreadable"}, refusalCodes(t, err))
		_, err = Read("list.pdf", strings.NewReader("nip\n1\n"), small())
		require.Equal(t, []string{"file_type"}, refusalCodes(t, err))
	})
	t.Run("cells beyond the header and beyond the bound are faults of their row", func(t *testing.T) {
		table, err := Read("", strings.NewReader("name\nAna,extra\n"+strings.Repeat("x", 101)+"\n"), small())
		require.NoError(t, err)
		require.Equal(t, "cell_outside", table.Rows[0].Faults[0].Code)
		require.Equal(t, "cell_too_long", table.Rows[1].Faults[0].Code)
	})
}

func TestRequire(t *testing.T) {
	table := Table{Header: []string{"nip", "nane", ""}}
	require.Equal(t, []string{"column_unknown", "column_missing"}, refusalCodes(t, table.Require([]string{"nip", "name"})))
	require.NoError(t, table.Require([]string{"nip", "nane"}))
}

func TestWriteCSV(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, WriteCSV(&out, []string{"name", "note"}, [][]string{{"=1+1", "a,b"}, {"-2", "@x"}, {"\tx", "plain"}}))
	t.Run("no cell starts as a formula", func(t *testing.T) {
		require.Equal(t, "\xef\xbb\xbfname,note\r\n'=1+1,\"a,b\"\r\n'-2,'@x\r\n'\tx,plain\r\n", out.String())
	})
	t.Run("comes back as it was", func(t *testing.T) {
		table, err := Read("x.csv", &out, small())
		require.NoError(t, err)
		require.Equal(t, "=1+1", table.Rows[0].Cells["name"])
		require.Equal(t, "a,b", table.Rows[0].Cells["note"])
	})
}

func TestRecapRows(t *testing.T) {
	t.Run("the ministry's lists are read whole", func(t *testing.T) {
		f, err := os.Open("../demo/ministry/recap-500.csv")
		require.NoError(t, err)
		defer func() { require.NoError(t, f.Close()) }()
		table, err := Read("recap-500.csv", f, RecapLimits())
		require.NoError(t, err)
		rows, err := RecapRows(table)
		require.NoError(t, err)
		require.Len(t, rows, 500)
		require.Equal(t, models.RecapRow{NIP: "197406291997051964", Name: "Tri Wijaya", UnitCode: "KEM.6.1.2", Position: "Staf",
			ExternalEmail: "tri.wijaya848@mail.example"}, rows[0])
	})
	t.Run("Indonesian headings and dates are understood", func(t *testing.T) {
		table, err := Read("", strings.NewReader("Nama;NIK;Unit kerja;Akhir kontrak\nAna;3174;KEM.1;31/12/2026\n"), RecapLimits())
		require.NoError(t, err)
		rows, err := RecapRows(table)
		require.NoError(t, err)
		require.Equal(t, []models.RecapRow{{Name: "Ana", NIK: "3174", UnitCode: "KEM.1", ContractEnd: "2026-12-31"}}, rows)
	})
	t.Run("a missing column is named", func(t *testing.T) {
		_, err := RecapRows(Table{Header: []string{"name", "unit_code"}})
		require.Equal(t, []string{"column_missing"}, refusalCodes(t, err))
	})
}

func TestPasted(t *testing.T) {
	want := []models.RecapRow{{NIP: "197406291997051964", Name: "Tri Wijaya", UnitCode: "KEM.6", ExternalEmail: "tri@mail.example"}}
	for name, text := range map[string]string{
		"without a header":                "197406291997051964\t\tTri Wijaya\tKEM.6\t\t\t\ttri@mail.example\r\n",
		"with a header in its own order":  "\nNama\tNIP\tUnit\tEmail\nTri Wijaya\t197406291997051964\tKEM.6\ttri@mail.example\n",
		"parted by semicolons":            "197406291997051964;;Tri Wijaya;KEM.6;;;;tri@mail.example",
		"with quotes that nobody escaped": "197406291997051964\t\tTri Wijaya\tKEM.6\t\t\t\t\"tri@mail.example\"",
	} {
		t.Run("reads rows "+name, func(t *testing.T) {
			rows, err := Pasted(text)
			require.NoError(t, err)
			require.Equal(t, want, rows)
		})
	}
	t.Run("nothing pasted is no rows", func(t *testing.T) {
		rows, err := Pasted(" \n")
		require.NoError(t, err)
		require.Empty(t, rows)
	})
	t.Run("more cells than there are columns are told by row", func(t *testing.T) {
		_, err := Pasted(strings.Repeat("x\t", 8) + "x")
		require.Equal(t, []string{"cell_outside"}, refusalCodes(t, err))
	})
	t.Run("more than 500 rows are refused", func(t *testing.T) {
		_, err := Pasted(strings.Repeat("1\t2\n", 501))
		require.Equal(t, []string{"file_too_many_rows"}, refusalCodes(t, err))
	})
}

func TestPastedWithAColumnOfTheOfficesOwn(t *testing.T) {
	heading := strings.Join(append(models.RecapColumns(), "catatan"), "\t")
	rows, err := Pasted(heading + "\n199711152021052699\t\tFajar Lubis\tKEM.1.2.3\tStaf\t\t\tfajar@mail.example\tbaru")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "Fajar Lubis", rows[0].Name)
}
