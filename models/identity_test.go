package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func codes(faults []models.FieldFault) string {
	var all []string
	for _, f := range faults {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

func TestParseNIP(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, nip string
		kind      models.EmploymentType
		want      string
	}{
		{"a civil servant's number", "198501012010011999", models.EmploymentPNS, ""},
		{"the printed form", " 19850101 201001 1 999 ", models.EmploymentCPNS, ""},
		{"nothing", "  ", models.EmploymentPNS, "required"},
		{"17 digits", "19850101201001199", models.EmploymentPNS, "nip_length"},
		{"19 digits", "1985010120100119990", models.EmploymentPNS, "nip_length"},
		{"a letter", "19850101201001199O", models.EmploymentPNS, "nip_digits"},
		{"full-width digits", "１９８５０１０１２０１００１１９９９", models.EmploymentPNS, "nip_digits"},
		{"month 13", "199013322015011001", models.EmploymentPNS, "nip_birth_date"},
		{"30 February", "199002302015011001", models.EmploymentPNS, "nip_birth_date"},
		{"29 February of a leap year", "198002292001112212", models.EmploymentPNS, ""},
		{"29 February of a common year", "198102292001112212", models.EmploymentPNS, "nip_birth_date"},
		{"a birth before 1900", "189912312015011001", models.EmploymentPNS, "nip_birth_date"},
		{"appointment in month 00", "198501012010001999", models.EmploymentPNS, "nip_appointment"},
		{"appointment in month 13", "198501012010131999", models.EmploymentPNS, "nip_appointment"},
		{"appointment after the 17th birthday", "198501312002021999", models.EmploymentPNS, ""},
		{"appointment on the 17th birthday", "198501012002011999", models.EmploymentPNS, "nip_appointment_before_17"},
		{"appointment before the 17th birthday", "198501312002011999", models.EmploymentPNS, "nip_appointment_before_17"},
		{"appointment before birth", "198501011984011999", models.EmploymentPNS, "nip_appointment_before_17"},
		{"sex 3", "198501012010013999", models.EmploymentPNS, "nip_sex"},
		{"several faults at once", "198501012002013999", models.EmploymentPNS, "nip_appointment_before_17 nip_sex"},
		{"digits 9 to 15 of PPPK mean something else", "199502202024219703", models.EmploymentPPPK, ""},
		{"the birth date of PPPK", "199513202024219703", models.EmploymentPPPK, "nip_birth_date"},
		{"an unknown type is read as far as all agree", "199502202024219703", "", ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			nip, faults := models.ParseNIP("nip", tc.nip, tc.kind)
			require.Equal(t, tc.want, codes(faults))
			if tc.want == "" {
				require.Len(t, nip, 18)
			}
		})
	}
}

func TestParseNIK(t *testing.T) {
	t.Parallel()
	nik, faults := models.ParseNIK("nik", " 3174 0101 0185 0001 ")
	require.Empty(t, faults)
	require.Equal(t, "3174010101850001", nik)
	for in, want := range map[string]string{"": "required", "317401010185000": "nik_length", "31740101018500011": "nik_length",
		"317401010185000x": "nik_digits", "٣١٧٤٠١٠١٠١٨٥٠٠٠١": "nik_digits", "3174-0101-0185-01": "nik_digits"} {
		_, faults := models.ParseNIK("nik", in)
		require.Equal(t, want, codes(faults), in)
	}
}

func TestMaskNIK(t *testing.T) {
	t.Parallel()
	require.Equal(t, "3174********0001", models.MaskNIK("3174010101850001"))
	require.Empty(t, models.MaskNIK(""))
	require.Equal(t, "****************", models.MaskNIK("317401010185000"), "a slip does not lay the number open")
	require.Equal(t, models.MaskNIK("3174********0001"), "****************")
}

func TestParseNPWP(t *testing.T) {
	t.Parallel()
	npwp, faults := models.ParseNPWP("npwp", "01.234.567.8-901.000")
	require.Empty(t, faults)
	require.Equal(t, "012345678901000", npwp)
	require.Equal(t, "01.234.567.8-901.000", models.FormatNPWP(npwp))
	npwp, faults = models.ParseNPWP("npwp", "0012 3456 7890 1000")
	require.Empty(t, faults)
	require.Equal(t, "0012345678901000", models.FormatNPWP(npwp))
	for in, want := range map[string]string{" ": "required", "01234567890100": "npwp_length", "01234567890100012": "npwp_length", "01/234": "npwp_digits"} {
		_, faults := models.ParseNPWP("npwp", in)
		require.Equal(t, want, codes(faults), in)
	}
}

func TestParseRank(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"III/B": "III/b", "iv / E": "IV/e", " i/a": "I/a", "II/d": "II/d"} {
		rank, faults := models.ParseRank("rank", in)
		require.Empty(t, faults, in)
		require.Equal(t, want, rank)
	}
	require.Len(t, models.Ranks(), 17)
	for _, in := range []string{"III/e", "V/a", "IIIb", "3/b", "ⅲ/b"} {
		_, faults := models.ParseRank("rank", in)
		require.Equal(t, "rank_unknown", codes(faults), in)
	}
	_, faults := models.ParseRank("rank", "")
	require.Equal(t, "required", codes(faults))
}

func TestRankDateIsNotInTheFuture(t *testing.T) {
	t.Parallel()
	today := models.Date{Year: 2026, Month: 11, Day: 22}
	require.Empty(t, models.CheckRankDate("tmt", today, today))
	require.Equal(t, "date_in_future", codes(models.CheckRankDate("tmt", today.AddDays(1), today)))
	require.Equal(t, "required", codes(models.CheckRankDate("tmt", models.Date{}, today)))
}

func TestDates(t *testing.T) {
	t.Parallel()
	d, err := models.ParseFormDate("29-02-2024")
	require.NoError(t, err)
	require.Equal(t, "2024-02-29", d.String())
	require.Equal(t, "29-02-2024", d.FormString())
	require.Equal(t, "2024-03-01", d.AddDays(1).String())
	for _, in := range []string{"29-02-2025", "2024-02-29", "01/02/2024", "", "00-01-2024", "01-01-0000"} {
		_, err := models.ParseFormDate(in)
		require.Error(t, err, in)
	}
	for _, in := range []string{"2025-02-29", "29-02-2024", "2024-2-9", "2024-02-29T00:00", " 024-02-29"} {
		_, err := models.ParseDate(in)
		require.Error(t, err, in)
	}
	require.Empty(t, models.Date{}.String())
	rapid.Check(t, func(t *rapid.T) {
		d := models.Date{Year: 1900, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 90_000).Draw(t, "days"))
		text, err := d.MarshalText()
		require.NoError(t, err)
		var again models.Date
		require.NoError(t, again.UnmarshalText(text))
		require.Equal(t, d, again)
		require.True(t, d.Before(d.AddDays(1)) && d.After(d.AddDays(-1)))
	})
}

func FuzzParseNumbers(f *testing.F) {
	for _, s := range []string{"198501012010011999", "19850101 201001 1 999", "3174010101850001", "01.234.567.8-901.000", "", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range append(models.EmploymentTypes(), "") {
			if nip, faults := models.ParseNIP("nip", s, kind); len(faults) == 0 {
				_, again := models.ParseNIP("nip", nip, kind)
				require.Empty(t, again)
				require.Len(t, nip, 18)
			}
		}
		if nik, faults := models.ParseNIK("nik", s); len(faults) == 0 {
			require.Len(t, nik, 16)
			require.NotContains(t, models.MaskNIK(s), nik)
		}
		if npwp, faults := models.ParseNPWP("npwp", s); len(faults) == 0 {
			require.Equal(t, npwp, models.NormalizeNPWP(models.FormatNPWP(npwp)))
		}
		if email, faults := models.ParseEmail("email", s); len(faults) == 0 {
			require.NotContains(t, email, "\n")
			require.Equal(t, 1, strings.Count(email, "@"))
		}
	})
}
