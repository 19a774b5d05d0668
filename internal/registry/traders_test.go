package registry

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/store"
	"loket/models"
)

// noTraders knows nobody and remembers what it was given.
type noTraders struct{ got []models.TraderRow }

func (*noTraders) TraderFaults(context.Context, string, []models.TraderRow) ([]models.RowFault, error) {
	return nil, nil
}

func (n *noTraders) ImportTraders(_ context.Context, _ models.Actor, rows []models.TraderRow, _ bool, _ func(done, total int)) (store.TraderImport, error) {
	n.got = rows
	return store.TraderImport{}, nil
}

const traderHead = "npwp,company,name,username,email,phone,responsible,ends\n"

func importing(t *testing.T, name, body string) (*noTraders, error) {
	t.Helper()
	today, err := models.ParseDate("2026-11-22")
	require.NoError(t, err)
	into := &noTraders{}
	_, err = ImportTraders(t.Context(), into, models.Actor{}, Traders{Source: *source(name, body), Today: today})
	return into, err
}

func TestTraderLists(t *testing.T) {
	row := "01.234.567.8-901.000,PT Sumber Rezeki,Rina Sari,rina,rina@niaga.example,021 555 0101,ya,31-12-2026\n"
	for name, body := range map[string]string{
		"commas":                      traderHead + row,
		"semicolons, as Excel writes": "NPWP;Company;Name;Email;Responsible\r\n012345678901000;PT Sumber Rezeki;Rina Sari;rina@niaga.example;ya\r\n",
		"a byte order mark":           "\xef\xbb\xbfnpwp,company,name,email,responsible\n012345678901000,PT Sumber Rezeki,Rina Sari,rina@niaga.example,ya\n",
	} {
		t.Run("reads "+name, func(t *testing.T) {
			into, err := importing(t, "traders.csv", body)
			require.NoError(t, err)
			require.Len(t, into.got, 1)
			require.Equal(t, "012345678901000", into.got[0].NPWP)
			require.True(t, into.got[0].Responsible)
			require.Equal(t, 2, into.got[0].Line)
		})
	}
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"a column that is missing": {"npwp,company,name\n", []string{"traders.csv: file: column_missing (column=email)"}},
		"a column that is none":    {"npwp,company,name,email,password\n", []string{"traders.csv: file: column_unknown (column=password)"}},
		"a file that is none":      {"\xd0\xcf\x11\xe0", []string{"traders.csv: file: file_type"}},
		"an unreadable letter":     {traderHead + "1,Jos\xe9,,,,,,\n", []string{"traders.csv: file: file_encoding (line=2)"}},
		"every cell that is wrong": {traderHead + "12,,<b>,1x,rina,abc,mungkin,2026-13-01\n,PT B,Made,,,,,20-11-2026\n", []string{
			"traders.csv:2: npwp: npwp_length (got=2)", "traders.csv:2: company: required", "traders.csv:2: name: text_markup", "traders.csv:2: username: username_invalid",
			"traders.csv:2: email: email_invalid", "traders.csv:2: phone: telephone_shape", "traders.csv:2: responsible: choice_unknown (allowed=ya, tidak, yes, no, true, false, 1, 0)",
			"traders.csv:2: ends: date_invalid", "traders.csv:3: npwp: required", "traders.csv:3: email: required", "traders.csv:3: ends: date_past"}},
		"lines against each other": {traderHead + row + "012345678901000,PT Lain,Made,rina,rina@niaga.example,,,\n", []string{
			"traders.csv:3: email: email_twice (line=2)", "traders.csv:3: username: username_twice (line=2)", "traders.csv:3: company: company_differs (line=2)"}},
		"a cell beyond the columns": {traderHead + row[:len(row)-1] + ",lebih\n", []string{"traders.csv:2: file: cell_outside (column=9)"}},
	} {
		t.Run("tells "+name+", and makes nothing", func(t *testing.T) {
			into, err := importing(t, "traders.csv", c.body)
			var faulty Faulty
			require.ErrorAs(t, err, &faulty)
			var got []string
			for _, f := range faulty {
				got = append(got, f.String())
			}
			require.Equal(t, c.want, got)
			require.Nil(t, into.got)
		})
	}
}
