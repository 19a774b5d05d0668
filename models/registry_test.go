package models_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// table reads a file of the demo ministry as cells by column.
func table(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	rows := make([]map[string]string, 0, len(records)-1)
	for _, record := range records[1:] {
		cells := make(map[string]string, len(record))
		for i, column := range records[0] {
			cells[column] = record[i]
		}
		rows = append(rows, cells)
	}
	return rows
}

func everybody(string) bool { return true }

func places(faults []models.RowFault) []string {
	var all []string
	for _, f := range faults {
		all = append(all, fmt.Sprintf("%d %s: %s", f.Line, f.Field, f.Code))
	}
	return all
}

func TestDemoRegistryIsClean(t *testing.T) {
	t.Parallel()
	var units []models.UnitRow
	codes := map[string]bool{}
	for i, cells := range table(t, "units.csv") {
		u, faults := models.ParseUnitRow(cells)
		require.Empty(t, faults)
		u.Line = i + 2
		units, codes[u.Code] = append(units, u), true
	}
	var employees []models.EmployeeRow
	nips := map[string]bool{}
	for i, cells := range table(t, "employees.csv") {
		e, faults := models.ParseEmployeeRow(cells)
		require.Empty(t, faults)
		e.Line = i + 2
		employees, nips[e.NIP] = append(employees, e), true
	}
	var appointments []models.AppointmentRow
	for i, cells := range table(t, "appointments.csv") {
		a, faults := models.ParseAppointmentRow(cells)
		require.Empty(t, faults)
		require.Contains(t, models.Roles(), a.Office.Role())
		a.Line = i + 2
		appointments = append(appointments, a)
	}
	knownUnit := func(c string) bool { return codes[c] }
	knownNIP := func(n string) bool { return nips[n] }
	require.Len(t, units, 79)
	require.Len(t, employees, 900)
	require.Len(t, appointments, 149)
	require.Empty(t, models.CheckUnits(units, knownNIP))
	require.Empty(t, models.CheckEmployees(employees, knownUnit))
	require.Empty(t, models.CheckAppointments(appointments, knownUnit, knownNIP))
}

func TestParseEmployeeRow(t *testing.T) {
	t.Parallel()
	good := map[string]string{"nip": "198501012010011999", "nik": "3174010101850001", "name": "Made Surya", "birth_place": "Denpasar",
		"birth_date": "1985-01-01", "sex": "male", "employment_type": "PNS", "rank": "iii/B", "rank_effective_date": "2024-04-01",
		"unit_code": "KEM.1", "position": "Staf", "official_email": "made.surya@kem.example", "external_email": "", "status": "active"}
	e, faults := models.ParseEmployeeRow(good)
	require.Empty(t, faults)
	require.Equal(t, "III/b", e.Rank)
	require.Equal(t, models.EmploymentPNS, e.EmploymentType)
	require.Equal(t, "1985-01-01", e.BirthDate.String())

	cases := []struct {
		name string
		by   map[string]string
		want string
	}{
		{"contract staff have no NIP", map[string]string{"employment_type": "contract", "nip": "", "rank": "", "rank_effective_date": ""}, ""},
		{"a NIP of contract staff is refused", map[string]string{"employment_type": "contract"}, "nip_of_contract_staff"},
		{"the grade of PPPK is a Roman number", map[string]string{"employment_type": "pppk", "rank": "ix"}, ""},
		{"the grade of PPPK ends at XVII", map[string]string{"employment_type": "pppk", "rank": "XVIII"}, "rank_unknown"},
		{"civil servants have a NIP", map[string]string{"nip": ""}, "required"},
		{"a NIP reads by its type", map[string]string{"nip": "198501012002011999"}, "nip_appointment_before_17"},
		{"a rank holds from a day", map[string]string{"rank_effective_date": ""}, "required"},
		{"a day without a rank", map[string]string{"rank": ""}, "required"},
		{"a broken day is one fault", map[string]string{"rank_effective_date": "2024-13-01"}, "date_invalid"},
		{"an unknown sex", map[string]string{"sex": "m"}, "choice_unknown"},
		{"an unknown status", map[string]string{"status": "gone"}, "choice_unknown"},
		{"an unknown type", map[string]string{"employment_type": "honorer"}, "choice_unknown"},
		{"no birth date", map[string]string{"birth_date": ""}, "required"},
		{"a unit that would break a path", map[string]string{"unit_code": "KEM/1"}, "unit_code_invalid"},
		{"markup in the position", map[string]string{"position": "<script>"}, "text_markup"},
		{"a broken address", map[string]string{"external_email": "x"}, "email_invalid"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cells := maps.Clone(good)
			maps.Copy(cells, tc.by)
			_, faults := models.ParseEmployeeRow(cells)
			require.Equal(t, tc.want, codes(faults))
		})
	}
	_, faults = models.ParseEmployeeRow(nil)
	require.Equal(t, "required required required required required required required required", codes(faults))
}

func TestParseUnitAndAppointmentRows(t *testing.T) {
	t.Parallel()
	_, faults := models.ParseUnitRow(map[string]string{"code": " KEM ", "name": "Kementerian", "kind": "ministry"})
	require.Empty(t, faults)
	_, faults = models.ParseUnitRow(map[string]string{"code": "K M", "name": "", "kind": "club", "head_nip": "12"})
	require.Equal(t, "unit_code_invalid required choice_unknown nip_length", codes(faults))

	a, faults := models.ParseAppointmentRow(map[string]string{"unit_code": "KEM", "office": "acting_head_daily", "nip": "198501012010011999",
		"valid_from": "2026-01-01", "valid_until": "2026-01-01"})
	require.Empty(t, faults)
	require.Equal(t, models.RoleActingHead, a.Office.Role())
	_, faults = models.ParseAppointmentRow(map[string]string{"unit_code": "KEM", "office": "king", "nip": "198501012010011999",
		"valid_from": "2026-01-02", "valid_until": "2026-01-01"})
	require.Equal(t, "choice_unknown", codes(faults))
	require.Empty(t, models.Office("king").Role())
	for _, o := range models.Offices() {
		require.Contains(t, models.Roles(), o.Role())
	}
}

func TestCheckUnits(t *testing.T) {
	t.Parallel()
	units := []models.UnitRow{
		{Line: 2, Code: "A"}, {Line: 3, Code: "A.1", ParentCode: "A", HeadNIP: "1"}, {Line: 4, Code: "a.1", ParentCode: "A"},
		{Line: 5, Code: "B", ParentCode: "NONE"}, {Line: 6, Code: "C", ParentCode: "D"}, {Line: 7, Code: "D", ParentCode: "C"},
		{Line: 8, Code: "E", ParentCode: "D"}, {Line: 9, Code: "F", ParentCode: "F"}, {Line: 10, Code: "G"},
	}
	require.Equal(t, []string{"4 code: unit_twice", "3 head_nip: employee_unknown", "5 parent_code: unit_unknown", "6 parent_code: unit_cycle",
		"7 parent_code: unit_cycle", "9 parent_code: unit_cycle", "10 parent_code: unit_second_root"},
		places(models.CheckUnits(units, func(string) bool { return false })))
	require.Equal(t, []string{"0 parent_code: unit_no_root", "6 parent_code: unit_cycle", "7 parent_code: unit_cycle"}, places(models.CheckUnits(units[4:6], everybody)))
	require.Equal(t, []string{"0 parent_code: unit_no_root"}, places(models.CheckUnits(nil, everybody)))
}

func TestCheckEmployees(t *testing.T) {
	t.Parallel()
	rows := []models.EmployeeRow{
		{Line: 2, NIP: "1", NIK: "a", UnitCode: "U", OfficialEmail: "x@kem.example"},
		{Line: 3, NIP: "1", NIK: "b", UnitCode: "U"},
		{Line: 4, NIP: "", NIK: "a", UnitCode: "V"},
		{Line: 5, NIP: "", NIK: "c", UnitCode: "U", OfficialEmail: "x@kem.example"},
	}
	faults := models.CheckEmployees(rows, func(c string) bool { return c == "U" })
	require.Equal(t, []string{"3 nip: nip_twice", "4 nik: nik_twice", "4 unit_code: unit_unknown", "5 official_email: email_twice"}, places(faults))
	require.Equal(t, "2", faults[0].Params["line"])
}

func TestCheckAppointments(t *testing.T) {
	t.Parallel()
	on := func(month, day int) models.Date { return models.Date{Year: 2026, Month: time.Month(month), Day: day} }
	rows := []models.AppointmentRow{
		{Line: 2, UnitCode: "U", Office: models.OfficeHead, NIP: "1", ValidFrom: on(1, 1), ValidUntil: on(6, 1)},
		{Line: 3, UnitCode: "U", Office: models.OfficeHead, NIP: "2", ValidFrom: on(6, 2)},
		{Line: 4, UnitCode: "U", Office: models.OfficeHead, NIP: "3", ValidFrom: on(6, 1), ValidUntil: on(6, 1)},
		{Line: 5, UnitCode: "V", Office: models.OfficeSupportTier1, NIP: "1", ValidFrom: on(1, 1)},
		{Line: 6, UnitCode: "V", Office: models.OfficeSupportTier1, NIP: "2", ValidFrom: on(1, 1)},
		{Line: 7, UnitCode: "V", Office: models.OfficeSupportTier1, NIP: "2", ValidFrom: on(2, 1), ValidUntil: on(1, 1)},
		{Line: 8, UnitCode: "W", Office: models.OfficePPK, NIP: "9", ValidFrom: on(1, 1)},
	}
	known := func(s string) bool { return s != "W" && s != "9" }
	require.Equal(t, []string{"4 office: unit_two_heads", "7 valid_until: period_reversed", "8 unit_code: unit_unknown", "8 nip: employee_unknown"},
		places(models.CheckAppointments(rows, known, known)))
	again := models.AppointmentRow{Line: 9, UnitCode: "V", Office: models.OfficeSupportTier1, NIP: "1", ValidFrom: on(3, 1)}
	require.Equal(t, []string{"9 nip: appointment_twice"}, places(models.CheckAppointments([]models.AppointmentRow{rows[3], again}, known, known)))
}

func TestColumnsAreThoseOfTheFiles(t *testing.T) {
	t.Parallel()
	for file, columns := range map[string][]string{"units.csv": models.UnitColumns(), "employees.csv": models.EmployeeColumns(),
		"appointments.csv": models.AppointmentColumns(), "recap-clean.csv": append(models.RecapColumns(), "expected_problem")} {
		cells := table(t, file)[0]
		require.ElementsMatch(t, columns, slices.Collect(maps.Keys(cells)), file)
	}
}
