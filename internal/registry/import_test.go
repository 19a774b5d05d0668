package registry

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/sheet"
	"loket/internal/store"
	"loket/models"
)

// blank is a registry that knows nobody and remembers what it was given.
type blank struct{ got *store.Registry }

func (b *blank) UnitCodes(context.Context, string) (map[string]bool, error) { return nil, nil }

func (b *blank) RegistryEntries(_ context.Context, _, _ string, _ models.MemoKind, rows []models.RecapRow) ([]*models.RegistryEntry, error) {
	return make([]*models.RegistryEntry, len(rows)), nil
}

func (b *blank) ImportRegistry(_ context.Context, _ models.Actor, r store.Registry, _ time.Time, _ func(done, total int)) (store.ImportResult, error) {
	b.got = &r
	return store.ImportResult{}, nil
}

func source(name, body string) *Source { return &Source{Name: name, Body: strings.NewReader(body)} }

const (
	unitHead  = "code,parent_code,name,kind,head_nip\n"
	unitRows  = unitHead + "KEM,,Kementerian Contoh,ministry,199912092025052509\nKEM.1,KEM,Direktorat Jenderal,directorate_general,\n"
	staffHead = "nip,nik,name,birth_place,birth_date,sex,employment_type,rank,rank_effective_date,unit_code,position,official_email,external_email,status\n"
	staffRow  = "199912092025052509,3174010912990001,Surya Adi,Bogor,1999-12-09,male,pns,III/a,2025-05-01,KEM,Menteri,surya.adi@kem.example,surya.adi@mail.example,active\n"
	staffRows = staffHead + staffRow
	seatHead  = "unit_code,office,nip,valid_from,valid_until\n"
	seatRows  = seatHead + "KEM,head,199912092025052509,2024-01-01,\n"
)

func whole(units, employees, appointments string) Files {
	return Files{Units: source("units.csv", units), Employees: source("employees.csv", employees), Appointments: source("appointments.csv", appointments)}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		files Files
		want  []string
	}{
		"faults of single cells, in every file at once": {
			whole(unitRows+"K 2,KEM,,bureau,123\n", staffRows+"199912092025052509x,31,<b>,,1999-13-01,both,pns,V/a,,KEM,,,,gone\n", seatRows+"KEM,king,1,01-01-2024,x\n"),
			[]string{"units.csv:4: code: unit_code_invalid", "units.csv:4: name: required",
				"units.csv:4: kind: choice_unknown (allowed=ministry, directorate_general, directorate, sub_directorate, office)",
				"units.csv:4: head_nip: nip_length (got=3, want=18)",
				"employees.csv:3: nik: nik_length (got=2, want=16)", "employees.csv:3: name: text_markup", "employees.csv:3: birth_date: date_invalid",
				"employees.csv:3: sex: choice_unknown (allowed=male, female)", "employees.csv:3: status: choice_unknown (allowed=active, leave, retired)",
				"employees.csv:3: nip: nip_digits", "employees.csv:3: rank: rank_unknown", "employees.csv:3: rank_effective_date: required",
				"appointments.csv:3: office: choice_unknown", "appointments.csv:3: nip: nip_length (got=1, want=18)",
				"appointments.csv:3: valid_from: date_invalid", "appointments.csv:3: valid_until: date_invalid"},
		},
		"rows against each other": {
			whole(unitRows+"kem.1,KEM,Twice,office,\nKEM.3,KEM.9,Lost,office,\n", staffRows+staffRow, seatRows+"KEM,head,199912092025052509,2025-01-01,\nKEM.9,ppk,199912092025052509,2025-02-01,2025-01-01\n"),
			[]string{"units.csv:4: code: unit_twice (line=3)", "units.csv:5: parent_code: unit_unknown (code=KEM.9)",
				"employees.csv:3: nip: nip_twice (line=2)", "employees.csv:3: nik: nik_twice (line=2)", "employees.csv:3: official_email: email_twice (line=2)",
				"appointments.csv:3: nip: appointment_twice (line=2)", "appointments.csv:4: unit_code: unit_unknown (code=KEM.9)", "appointments.csv:4: valid_until: period_reversed"},
		},
		"columns": {
			whole("code,parent_code,nane,kind,head_nip\n", staffRows, seatRows),
			[]string{"units.csv: file: column_unknown (column=nane)", "units.csv: file: column_missing (column=name)"},
		},
		"a file that is none": {
			whole(unitRows, "\xd0\xcf\x11\xe0", seatRows),
			[]string{"employees.csv: file: file_type"},
		},
		"a head and an appointee whom nobody knows": {
			Files{Units: source("units.csv", unitRows), Appointments: source("appointments.csv", seatRows)},
			[]string{"units.csv:2: head_nip: employee_unknown", "appointments.csv:2: nip: employee_unknown"},
		},
		"a slip in a row is told once, not in each row that refers to it": {
			whole(unitHead+"KEM,,Kementerian,ministri,199912092025052509\n", staffHead+strings.Replace(staffRow, "1999-12-09", "1999-12-99", 1), seatRows),
			[]string{"units.csv:2: kind: choice_unknown (allowed=ministry, directorate_general, directorate, sub_directorate, office)", "employees.csv:2: birth_date: date_invalid"},
		},
	} {
		t.Run("tells file, line, field and code of "+name, func(t *testing.T) {
			into := &blank{}
			_, err := Import(t.Context(), into, models.Actor{}, c.files, time.Now(), nil)
			var faulty Faulty
			require.ErrorAs(t, err, &faulty)
			var got []string
			for _, f := range faulty {
				got = append(got, f.String())
			}
			for i := range got {
				if i < len(c.want) && !strings.HasSuffix(c.want[i], ")") {
					got[i], _, _ = strings.Cut(got[i], " (")
				}
			}
			require.Equal(t, c.want, got)
			require.Nil(t, into.got, "all or nothing")
		})
	}
	t.Run("files without faults are handed on with their lines", func(t *testing.T) {
		into := &blank{}
		_, err := Import(t.Context(), into, models.Actor{}, whole(unitRows, staffRows, seatRows), time.Now(), nil)
		require.NoError(t, err)
		require.Len(t, into.got.Units, 2)
		require.Equal(t, 3, into.got.Units[1].Line)
		require.Equal(t, "Surya Adi", into.got.Employees[0].Name)
		require.Equal(t, models.OfficeHead, into.got.Appointments[0].Office)
	})
	t.Run("the made-up ministry is without fault", func(t *testing.T) {
		_, err := Import(t.Context(), &blank{}, models.Actor{}, ministry(t), time.Now(), nil)
		require.NoError(t, err)
	})
}

func ministry(t *testing.T) Files {
	t.Helper()
	open := func(name string) *Source {
		body, err := os.ReadFile(filepath.Join("../demo/ministry", name))
		require.NoError(t, err)
		return &Source{Name: name, Body: bytes.NewReader(body)}
	}
	return Files{Units: open("units.csv"), Employees: open("employees.csv"), Appointments: open("appointments.csv")}
}

// crowd makes so many employees of one unit.
func crowd(n int) [][]string {
	rows := make([][]string, n)
	for i := range n {
		born := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%9000)
		nip := fmt.Sprintf("%s20200%d%d%03d", born.Format("20060102"), 1+i/9000, 1+i%2, i%1000)
		rows[i] = []string{nip, fmt.Sprintf("3174%012d", i), "Pegawai Contoh", "Bogor", born.Format("2006-01-02"), "male", "pns", "III/a", "2024-04-01",
			"KEM", "Staf", fmt.Sprintf("pegawai%d@kem.example", i), fmt.Sprintf("pegawai%d@mail.example", i), "active"}
	}
	return rows
}

func TestManyEmployees(t *testing.T) {
	header := strings.Split(strings.TrimSpace(staffHead), ",")
	for name, write := range map[string]func(*bytes.Buffer) error{
		"employees.csv":  func(w *bytes.Buffer) error { return sheet.WriteCSV(w, header, crowd(20_000)) },
		"employees.xlsx": func(w *bytes.Buffer) error { return sheet.WriteXLSX(w, header, crowd(20_000)) },
	} {
		t.Run("20,000 of them are read and checked in seconds from "+name, func(t *testing.T) {
			var body bytes.Buffer
			require.NoError(t, write(&body))
			into := &blank{}
			began := time.Now()
			_, err := Import(t.Context(), into, models.Actor{}, Files{Units: source("units.csv", unitHead+"KEM,,Kementerian,ministry,\n"),
				Employees: &Source{Name: name, Body: &body}}, time.Now(), nil)
			require.NoError(t, err)
			require.Len(t, into.got.Employees, 20_000)
			require.Less(t, time.Since(began), time.Minute) // on a busy machine
			t.Log(time.Since(began))
		})
	}
}
