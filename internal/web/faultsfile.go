package web

import (
	"bytes"
	"strconv"

	"loket/internal/sheet"
	"loket/models"
)

// faultsCSV writes one line a finding: row, person, column, how bad, and the sentence.
func (v *visit) faultsCSV(report models.RecapReport) ([]byte, error) {
	var header []string
	for _, column := range []string{"row", "name", "number", "column", "severity", "what"} {
		header = append(header, v.say.T("portal.file."+column))
	}
	var lines [][]string
	for _, row := range report.Rows {
		for _, f := range row.Findings {
			number := row.NIP
			if number == "" {
				number = row.NIK
			}
			lines = append(lines, []string{strconv.Itoa(row.No), row.Name, number, v.say.T("portal.column." + f.Field),
				v.say.T("portal.severity." + string(f.Severity)), faultText(v.portal.Words, v.say, f.FieldFault)})
		}
	}
	var out bytes.Buffer
	err := sheet.WriteCSV(&out, header, lines)
	return out.Bytes(), err
}
