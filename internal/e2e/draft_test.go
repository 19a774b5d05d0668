package e2e_test

import (
	"encoding/csv"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// draft is a memo of the head of KEM.1.2 for the rows.
func draft(rows []map[string]string) map[string]any {
	return map[string]any{"kind": "flexiwork", "unit": "KEM.1.2", "date": time.Now().Format(time.DateOnly), "addressee": "Kepala Pusat Data dan Informasi",
		"subject": "Akses Flexiwork", "body": "Mohon dibuatkan akun bagi pegawai terlampir.", "contact": "Sekretariat, pesawat 1204", "rows": rows}
}

// recap reads a recap list of the synthetic ministry, without the column that says what is wrong with each row.
func recap(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open("../demo/ministry/" + name)
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			if column != "expected_problem" && r[i] != "" {
				row[column] = r[i]
			}
		}
		rows = append(rows, row)
	}
	return rows
}
