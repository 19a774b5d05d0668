package sheet

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"loket/models"
)

// RecapRows reads the rows of a recap list. The header names models.RecapColumns, by their names in a file or as
// people write them in Indonesian; name, unit_code and one of nip and nik must be there (column_missing), other columns
// are left aside. What reading found in single cells is told as faults of rows[i].
func RecapRows(t Table) ([]models.RecapRow, error) {
	names := make([]string, len(t.Header))
	for i, name := range t.Header {
		names[i] = recapColumn(name)
	}
	if err := recapHeader(names); err != nil {
		return nil, err
	}
	var faults []models.FieldFault
	rows := make([]models.RecapRow, len(t.Rows))
	for i, r := range t.Rows {
		for h, name := range t.Header {
			if place := recapCell(&rows[i], names[h]); place != nil && *place == "" {
				*place = r.Cells[name]
				if strings.HasPrefix(names[h], "contract_") {
					*place = isoDate(*place)
				}
			}
		}
		faults = append(faults, recapFaults(i, r)...)
	}
	if len(faults) > 0 {
		return nil, models.Invalid(faults...)
	}
	return rows, nil
}

func recapFaults(i int, r Row) []models.FieldFault {
	var faults []models.FieldFault
	at := "rows[" + strconv.Itoa(i) + "]"
	for _, f := range r.Faults {
		name := recapColumn(f.Field)
		switch {
		case f.Field == field:
			faults = append(faults, models.Fault(at, f.Code, "line", strconv.Itoa(r.Line)))
		case slices.Contains(models.RecapColumns(), name):
			faults = append(faults, models.Fault(at+"."+name, f.Code, "line", strconv.Itoa(r.Line)))
		}
	}
	return faults
}

// isoDate reads a day as people write it here, 31-12-2026 or 31/12/2026, into what a row holds; anything else stays.
func isoDate(text string) string {
	if d, err := models.ParseFormDate(strings.ReplaceAll(text, "/", "-")); err == nil {
		return d.String()
	}
	return text
}

// Pasted reads rows copied out of a spreadsheet: cells parted by tabs, or by semicolons or commas where there is no
// tab. The first line may be a header; without one the cells come in the order of models.RecapColumns. Faults are those
// of RecapRows and Read.
func Pasted(text string) ([]models.RecapRow, error) {
	limits := RecapLimits()
	body := []byte(strings.Trim(text, "\r\n"))
	switch {
	case strings.TrimSpace(text) == "":
		return nil, nil
	case int64(len(body)) > limits.Bytes:
		return nil, refused("file_too_large", "max", strconv.FormatInt(limits.Bytes>>20, 10))
	}
	if err := checkEncoding(body); err != nil {
		return nil, err
	}
	b := &builder{limits: limits}
	if !startsWithHeader(body) {
		b.table.Header = models.RecapColumns()
	}
	r := csv.NewReader(strings.NewReader(string(body)))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator(body), -1, true
	if err := lines(r, b); err != nil {
		return nil, err
	}
	t, err := b.done()
	if err != nil {
		return nil, err
	}
	return RecapRows(t)
}

// startsWithHeader tells whether most words of the first line are names of columns, as no row of data has them; a
// column of the office's own may stand among them.
func startsWithHeader(body []byte) bool {
	first, _, _ := strings.Cut(string(body), "\n")
	known, words := 0, 0
	for name := range strings.SplitSeq(first, string(separator([]byte(first)))) {
		if name = strings.Trim(strings.TrimSpace(name), `"`); name == "" {
			continue
		}
		words++
		if slices.Contains(models.RecapColumns(), recapColumn(Name(name))) {
			known++
		}
	}
	return 2*known > words
}

// recapColumn knows a column by the names that offices give it.
func recapColumn(name string) string {
	switch name {
	case "nama", "nama_pegawai", "nama_lengkap":
		return "name"
	case "unit", "kode_unit", "unit_kerja":
		return "unit_code"
	case "jabatan":
		return "position"
	case "mulai_kontrak", "awal_kontrak":
		return "contract_start"
	case "akhir_kontrak", "selesai_kontrak":
		return "contract_end"
	case "email", "e_mail", "surel", "email_eksternal", "email_pribadi":
		return "external_email"
	}
	return name
}

func recapHeader(names []string) error {
	var faults []models.FieldFault
	for _, c := range []string{"name", "unit_code"} {
		if !slices.Contains(names, c) {
			faults = append(faults, models.Fault(field, "column_missing", "column", c))
		}
	}
	if !slices.Contains(names, "nip") && !slices.Contains(names, "nik") {
		faults = append(faults, models.Fault(field, "column_missing", "column", "nip"))
	}
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return nil
}

// recapCell is where a column's text goes; nil for a column that is not ours.
func recapCell(r *models.RecapRow, column string) *string {
	switch column {
	case "nip":
		return &r.NIP
	case "nik":
		return &r.NIK
	case "name":
		return &r.Name
	case "unit_code":
		return &r.UnitCode
	case "position":
		return &r.Position
	case "contract_start":
		return &r.ContractStart
	case "contract_end":
		return &r.ContractEnd
	case "external_email":
		return &r.ExternalEmail
	}
	return nil
}
