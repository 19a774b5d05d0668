package models_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

type registry struct {
	people map[string]*models.RegistryEntry
	units  map[string]bool
}

func demoRegistry(t testing.TB) registry {
	t.Helper()
	r := registry{people: map[string]*models.RegistryEntry{}, units: map[string]bool{}}
	for _, cells := range table(t, "units.csv") {
		r.units[cells["code"]] = true
	}
	for _, cells := range table(t, "employees.csv") {
		e, faults := models.ParseEmployeeRow(cells)
		require.Empty(t, faults)
		entry := &models.RegistryEntry{NIP: e.NIP, NIK: e.NIK, Name: e.Name, UnitCode: e.UnitCode,
			EmploymentType: e.EmploymentType, Status: e.Status}
		if e.NIP != "" {
			r.people[e.NIP] = entry
		}
		r.people[e.NIK] = entry
	}
	return r
}

func (r registry) find(row models.RecapRow) *models.RegistryEntry {
	if row.NIP != "" {
		return r.people[row.NIP]
	}
	return r.people[row.NIK]
}

func (r registry) context() models.RecapContext {
	return models.RecapContext{
		Today:     models.Date{Year: 2026, Month: 11, Day: 22},
		KnownUnit: func(code string) bool { return r.units[code] },
	}
}

func recapRow(cells map[string]string) models.RecapRow {
	return models.RecapRow{NIP: cells["nip"], NIK: cells["nik"], Name: cells["name"], UnitCode: cells["unit_code"],
		Position: cells["position"], ContractStart: cells["contract_start"], ContractEnd: cells["contract_end"],
		ExternalEmail: cells["external_email"]}
}

// said maps the last column of the recap files to the code that says the same.
func said(t testing.TB, problem string) []string {
	t.Helper()
	if problem == "" {
		return nil
	}
	codes := map[string]string{
		"external_email: not an address":        "external_email: email_invalid",
		"external_email: line break in address": "external_email: email_line_break",
		"unit_code: no such unit":               "unit_code: unit_unknown",
		"nip: listed twice":                     "nip: listed_twice",
		"nip: 17 digits":                        "nip: nip_length",
		"nip: birth date in NIP does not exist": "nip: nip_birth_date",
		"nip: not in the registry":              "nip: not_in_registry",
		"name: name differs from the registry":  "name: name_differs",
	}
	require.Contains(t, codes, problem)
	return []string{codes[problem]}
}

func short(findings []models.RowFinding) []string {
	var s []string
	for _, f := range findings {
		mark := ""
		if f.Severity == models.SeverityWarning {
			mark = " (warning)"
		}
		s = append(s, f.Field+": "+f.Code+mark)
	}
	return s
}

func TestRecapFilesAreFoundOutExactly(t *testing.T) {
	t.Parallel()
	r := demoRegistry(t)
	for _, file := range []string{"recap-clean.csv", "recap-defects.csv", "recap-500.csv"} {
		for _, kind := range models.MemoKinds() {
			t.Run(file+" as "+string(kind), func(t *testing.T) {
				t.Parallel()
				cells := table(t, file)
				rows := make([]models.RecapRow, len(cells))
				for i := range cells {
					rows[i] = recapRow(cells[i])
				}
				require.Empty(t, models.CheckRecapCount(len(rows)))
				findings := models.CheckRecap(rows, kind, r.find, r.context())
				require.Len(t, findings, len(rows))
				for i, found := range findings {
					require.Equalf(t, said(t, cells[i]["expected_problem"]), short(found), "row %d, %s", i+1, rows[i].Name)
					require.Equal(t, len(found) > 0, models.HasErrors(found))
				}
			})
		}
	}
}

func pns() *models.RegistryEntry {
	return &models.RegistryEntry{NIP: "198501012010011999", NIK: "3174010101850001", Name: "Made Surya", UnitCode: "KEM.1",
		EmploymentType: models.EmploymentPNS, Status: models.EmployeeActive}
}

func TestRecapRow(t *testing.T) {
	t.Parallel()
	employee := models.RecapRow{NIP: "198501012010011999", Name: "Made Surya", UnitCode: "KEM.1", Position: "Staf", ExternalEmail: "made@mail.example"}
	contract := models.RecapRow{NIK: "3174010101850001", Name: "Made Surya", UnitCode: "KEM.1", Position: "Staf",
		ContractStart: "2026-07-01", ContractEnd: "2027-12-31", ExternalEmail: "made@mail.example"}
	hired := &models.RegistryEntry{NIK: "3174010101850001", Name: "Made Surya", UnitCode: "KEM.1",
		EmploymentType: models.EmploymentContract, Status: models.EmployeeActive}
	type change func(*models.RecapRow, *models.RegistryEntry)
	flexi, sso := models.MemoFlexiwork, models.MemoSSOActivation
	cases := []struct {
		name  string
		row   models.RecapRow
		kind  models.MemoKind
		found *models.RegistryEntry
		by    change
		want  []string
	}{
		{"an active employee is clean", employee, flexi, pns(), nil, nil},
		{"the printed form of a NIP is accepted", employee, flexi, pns(), func(r *models.RecapRow, _ *models.RegistryEntry) { r.NIP = "19850101 201001 1 999" }, nil},
		{"a retired person is refused", employee, flexi, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.Status = models.EmployeeRetired }, []string{"nip: retired"}},
		{"leave is a warning", employee, flexi, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.Status = models.EmployeeOnLeave }, []string{"nip: on_leave (warning)"}},
		{"another unit than the registry's is refused", employee, flexi, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.UnitCode = "KEM.2" }, []string{"unit_code: unit_differs"}},
		{"another open memo is named", employee, flexi, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.InOtherOpenMemo = "LKT-2026-000001" }, []string{"nip: in_other_memo"}},
		{"an activation that is open holds back too", employee, flexi, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.Activating = true }, []string{"nip: in_open_activation"}},
		{"access that is there already is refused", employee, flexi, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.HasAccess = true }, []string{"nip: has_access"}},
		{"flexiwork adds access to an account", employee, flexi, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.HasAccount = true }, nil},
		{"an account is not asked for twice", employee, sso, pns(), func(_ *models.RecapRow, e *models.RegistryEntry) { e.HasAccount = true }, []string{"nip: has_access"}},
		{"flexiwork needs no address of an account holder", employee, flexi, pns(), func(r *models.RecapRow, e *models.RegistryEntry) {
			r.ExternalEmail, e.HasAccount = "", true
		}, nil},
		{"flexiwork needs the address of a newcomer", employee, flexi, pns(), func(r *models.RecapRow, _ *models.RegistryEntry) { r.ExternalEmail = "" }, []string{"external_email: required"}},
		{"activation needs every address", employee, sso, pns(), func(r *models.RecapRow, _ *models.RegistryEntry) { r.ExternalEmail = " " }, []string{"external_email: required"}},
		{"a NIK that is not the registry's is refused", employee, flexi, pns(), func(r *models.RecapRow, _ *models.RegistryEntry) { r.NIK = "3174010101850002" }, []string{"nik: nik_differs"}},
		{"an employee listed by NIK must be listed by NIP", contract, flexi, pns(), nil, []string{"nip: nip_required"}},
		{"contract staff of the registry are clean", contract, flexi, hired, nil, nil},
		{"contract staff unknown to the registry are new", contract, flexi, nil, nil, []string{"nik: new_person (warning)"}},
		{"contract staff need their contract's dates", contract, flexi, hired, func(r *models.RecapRow, _ *models.RegistryEntry) {
			r.ContractStart, r.ContractEnd = "", ""
		}, []string{"contract_start: required", "contract_end: required"}},
		{"a contract ends after it starts", contract, flexi, hired, func(r *models.RecapRow, _ *models.RegistryEntry) { r.ContractEnd = "2026-06-30" }, []string{"contract_end: period_reversed"}},
		{"a contract that is over is refused", contract, flexi, hired, func(r *models.RecapRow, _ *models.RegistryEntry) {
			r.ContractStart, r.ContractEnd = "2026-01-01", "2026-11-21"
		}, []string{"contract_end: contract_over"}},
		{"a contract that ends today is not over", contract, flexi, hired, func(r *models.RecapRow, _ *models.RegistryEntry) { r.ContractEnd = "2026-11-22" }, nil},
		{"a contract's dates exist", contract, flexi, hired, func(r *models.RecapRow, _ *models.RegistryEntry) { r.ContractStart = "2026-02-30" }, []string{"contract_start: date_invalid"}},
		{"a NIK has 16 digits", contract, flexi, nil, func(r *models.RecapRow, _ *models.RegistryEntry) { r.NIK = "317401010185000" }, []string{"nik: nik_length"}},
		{"an empty row is refused field by field", models.RecapRow{}, flexi, nil, nil, []string{"nip: nip_or_nik_required", "name: required",
			"unit_code: required", "position: required", "external_email: required"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var found *models.RegistryEntry
			if tc.found != nil {
				entry := *tc.found
				found = &entry
			}
			if tc.by != nil {
				tc.by(&tc.row, found)
			}
			ctx := models.RecapContext{Today: models.Date{Year: 2026, Month: 11, Day: 22}, KnownUnit: func(code string) bool { return strings.HasPrefix(code, "KEM") }}
			require.Equal(t, tc.want, short(models.CheckRecapRow(tc.row, tc.kind, found, ctx)))
		})
	}
}

func TestRecapListedTwice(t *testing.T) {
	t.Parallel()
	r := registry{people: map[string]*models.RegistryEntry{}}
	r.people[pns().NIP], r.people[pns().NIK] = pns(), pns()
	byNIP := models.RecapRow{NIP: pns().NIP, Name: "Made Surya", UnitCode: "KEM.1", Position: "Staf", ExternalEmail: "made@mail.example"}
	byNIK := byNIP
	byNIK.NIP, byNIK.NIK = "", pns().NIK
	stranger := models.RecapRow{NIK: "3174010101850009", Name: "Oka", UnitCode: "KEM.1", Position: "Staf",
		ContractStart: "2026-01-01", ContractEnd: "2030-01-01", ExternalEmail: "MADE@mail.example"}

	findings := models.CheckRecap([]models.RecapRow{byNIP, byNIK, stranger, stranger, {}, {}}, models.MemoFlexiwork, r.find, models.RecapContext{})
	require.Empty(t, findings[0], "the first occurrence is not marked")
	require.Contains(t, short(findings[1]), "nik: listed_twice", "one row by NIP and one by NIK are the same person")
	require.Equal(t, []string{"nik: new_person (warning)", "external_email: email_listed_twice (warning)"}, short(findings[2]))
	require.Equal(t, []string{"nik: new_person (warning)", "nik: listed_twice"}, short(findings[3]))
	require.Equal(t, "3", findings[3][1].Params["first"])
	require.NotContains(t, short(findings[5]), "nip: listed_twice", "nobody twice is not somebody twice")
}

func TestRecapCount(t *testing.T) {
	t.Parallel()
	require.Equal(t, "rows_none", models.CheckRecapCount(0)[0].Code)
	require.Empty(t, models.CheckRecapCount(1))
	require.Empty(t, models.CheckRecapCount(500))
	require.Equal(t, "rows_too_many", models.CheckRecapCount(501)[0].Code)
}

func TestRecapFindingsRepeatNoNumber(t *testing.T) {
	t.Parallel()
	r := demoRegistry(t)
	clean := table(t, "recap-clean.csv")
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9]{15,18}`), rapid.SampledFrom([]string{"", "2026-01-01", "KEM.1", "a@b.example"}))
	rapid.Check(t, func(t *rapid.T) {
		row := recapRow(rapid.SampledFrom(clean).Draw(t, "row"))
		row.NIK, row.NIP = text.Draw(t, "nik"), rapid.SampledFrom([]string{row.NIP, text.Draw(t, "nip")}).Draw(t, "either")
		row.Name, row.ExternalEmail, row.ContractEnd = text.Draw(t, "name"), text.Draw(t, "email"), text.Draw(t, "end")
		for _, f := range models.CheckRecapRow(row, models.MemoFlexiwork, r.find(row), r.context()) {
			require.True(t, slices.Contains(models.RecapColumns(), f.Field), f.Field)
			for _, v := range f.Params {
				require.False(t, len(row.NIK) > 5 && strings.Contains(v, row.NIK), "a finding repeats the NIK")
			}
		}
	})
}
