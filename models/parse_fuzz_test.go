package models_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// seeds are what people and attackers type into one line.
func seeds(f *testing.F, more ...string) {
	for _, s := range append([]string{"", " ", "Made Surya Adi", "dr. Ni Luh Ayu, S.E., M.M.", "O'Brien", "José Ñandú", "Ирина", "\u202eadmin", "a\u200bb", "Ａｄｍｉｎ", "ﬁ",
		"<b>x</b>", "=1+1", "a\r\nBcc: x@y.example", "a\x00b", "\xff\xfe", "\u2066x\u2069", "\U0001F600", "İstanbul", "K", "\u00a0x\u00a0", "\u2028", strings.Repeat("é", 300)}, more...) {
		f.Add(s)
	}
}

// hidden tells whether a text holds what cannot be seen or turns the direction of writing.
func hidden(s string) bool {
	return !utf8.ValidString(s) || strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) >= 0
}

// settled holds a parser to its word: what it accepts, it accepts again and leaves as it is, and nothing hides in it.
func settled(t *testing.T, parse func(field, s string) (string, []models.FieldFault), s string) (string, bool) {
	t.Helper()
	once, faults := parse("field", s)
	for _, fault := range faults {
		require.Equal(t, "field", fault.Field)
		require.NotEmpty(t, fault.Code)
	}
	if len(faults) > 0 {
		return "", false
	}
	twice, again := parse("field", once)
	require.Empty(t, again, "%q", once)
	require.Equal(t, once, twice)
	require.False(t, hidden(once), "%q", once)
	return once, true
}

func FuzzParseName(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		name, ok := settled(t, models.ParseName, s)
		if !ok {
			return
		}
		require.LessOrEqual(t, utf8.RuneCountInString(name), 150)
		require.NotContains(t, name, "  ")
		require.False(t, strings.ContainsAny(name, "<>"))
		for _, candidate := range models.UsernameCandidates(name) {
			require.True(t, models.ValidUsername(candidate), "%q of %q", candidate, name)
			require.True(t, models.ValidUsername(models.WithNumber(candidate, 99999)), "%q of %q", candidate, name)
		}
	})
}

func FuzzSameName(f *testing.F) {
	f.Add("Made Surya, S.E.", "made  surya")
	f.Add("Prof. Dr. Ir. H. Adi", "Adi")
	f.Fuzz(func(t *testing.T, a, b string) {
		require.Equal(t, models.SameName(a, b), models.SameName(b, a))
		if name, faults := models.ParseName("name", a); len(faults) == 0 && models.SameName(a, a) {
			require.True(t, models.SameName(name, strings.ToUpper(name)) || !ascii(name), "%q", name)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

func FuzzUsername(f *testing.F) {
	seeds(f, "made.surya", "help.desk", "a..b", ".a", "a.")
	f.Fuzz(func(t *testing.T, s string) {
		if !models.ValidUsername(s) {
			return
		}
		require.Regexp(t, `^[a-z][a-z0-9]*(\.[a-z0-9]+)*$`, s)
		require.LessOrEqual(t, len(s), 64)
		require.False(t, models.ReservedUsername(strings.ToUpper(s)))
	})
}

func FuzzParseEmail(f *testing.F) {
	seeds(f, "Made.Surya@Mail.Example", "a@b", "a@b.example\r\nBcc: c@d.example", "\"a b\"@c.example", "a@[127.0.0.1]", "a@b.example,c@d.example",
		"A <a@b.example>", "a@b.example(x)", "a@xn--bcher-kva.example", "ａ@b.example", "K@b.example")
	f.Fuzz(func(t *testing.T, s string) {
		require.Equal(t, models.NormalizeEmail(s), models.NormalizeEmail(models.NormalizeEmail(s)))
		email, ok := settled(t, models.ParseEmail, s)
		if !ok {
			return
		}
		require.Equal(t, strings.ToLower(email), email)
		require.LessOrEqual(t, len(email), 254)
		require.Regexp(t, "^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9-]+(\\.[a-z0-9-]+)+$", email)
	})
}

func FuzzParseRank(f *testing.F) {
	seeds(f, "III/b", "iii / B", "IV/e", "V/a", "ııı/b")
	f.Fuzz(func(t *testing.T, s string) {
		if rank, ok := settled(t, models.ParseRank, s); ok {
			require.Contains(t, models.Ranks(), rank)
		}
	})
}

func FuzzNumbers(f *testing.F) {
	seeds(f, "198501012010011999", "19850101 201001 1 999", "3174010101850001", "01.234.567.8-901.000", "٣١٧٤٠١٠١٠١٨٥٠٠٠١")
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range append(models.EmploymentTypes(), "") {
			nip, ok := settled(t, func(field, s string) (string, []models.FieldFault) { return models.ParseNIP(field, s, kind) }, s)
			if ok {
				require.Regexp(t, `^[0-9]{18}$`, nip)
				_, born := models.NIPBirthDate(nip)
				require.True(t, born)
			}
		}
		if nik, ok := settled(t, models.ParseNIK, s); ok {
			require.Regexp(t, `^[0-9]{16}$`, nik)
			require.NotContains(t, models.MaskNIK(nik), nik[4:12])
		}
		if npwp, ok := settled(t, models.ParseNPWP, s); ok {
			require.Regexp(t, `^[0-9]{15,16}$`, npwp)
			again, faults := models.ParseNPWP("npwp", models.FormatNPWP(npwp))
			require.Empty(t, faults)
			require.Equal(t, npwp, again)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	seeds(f, "2026-02-29", "2024-02-29", "31-12-2026", "0000-01-01", "9999-12-31", "2026-1-1", "+026-01-01")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := models.ParseDate(s); err == nil {
			require.Equal(t, s, d.String())
			form, err := models.ParseFormDate(d.FormString())
			require.NoError(t, err)
			require.Equal(t, d, form)
			text, err := json.Marshal(d)
			require.NoError(t, err)
			var again models.Date
			require.NoError(t, json.Unmarshal(text, &again))
			require.Equal(t, d, again)
		}
		if d, err := models.ParseFormDate(s); err == nil {
			require.Equal(t, s, d.FormString())
		}
	})
}

// FuzzCalendar prints what it read and reads it again.
func FuzzCalendar(f *testing.F) {
	f.Add([]byte(`{"id":"x","utc_offset":"-03:30","week":{"sun":[["00:00","24:00"]]}}`))
	f.Add([]byte(`{"id":"x","utc_offset":"+07:00","week":{"mon":[["07:30","12:00"],["13:00","16:00"]]},"holidays":[{"date":"2026-06-01","name":"Pancasila"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := models.ParseCalendar(data)
		if err != nil {
			return
		}
		printed, err := json.Marshal(c)
		require.NoError(t, err)
		again, err := models.ParseCalendar(printed)
		require.NoError(t, err, "%s", printed)
		reprinted, err := json.Marshal(again)
		require.NoError(t, err)
		require.JSONEq(t, string(printed), string(reprinted))
	})
}

// FuzzRegistryRows reads rows as an import does; what is taken over is clean.
func FuzzRegistryRows(f *testing.F) {
	f.Add("198501012010011999", "3174010101850001", "Made Surya", "KEM.1", "III/b", "made@kem.example")
	f.Add("", "3174010101850001", "\u202eSurya", "../x", "x", "a@b.example\r\nBcc: c@d.example")
	f.Fuzz(func(t *testing.T, nip, nik, name, unit, rank, email string) {
		e, faults := models.ParseEmployeeRow(map[string]string{"nip": nip, "nik": nik, "name": name, "birth_place": name, "birth_date": "1985-01-01", "sex": "male",
			"employment_type": "pns", "rank": rank, "rank_effective_date": "2024-04-01", "unit_code": unit, "position": name, "official_email": email,
			"external_email": email, "status": "active"})
		if len(faults) == 0 {
			for _, text := range []string{e.NIP, e.NIK, e.Name, e.UnitCode, e.Position, e.OfficialEmail, e.ExternalEmail} {
				require.False(t, hidden(text), "%q", text)
			}
			require.Regexp(t, `^[A-Za-z0-9][A-Za-z0-9._-]*$`, e.UnitCode)
		}
		u, faults := models.ParseUnitRow(map[string]string{"code": unit, "parent_code": unit, "name": name, "kind": "ministry", "head_nip": nip})
		if len(faults) == 0 {
			require.False(t, hidden(u.Name), "%q", u.Name)
		}
	})
}

// FuzzMemo keeps a draft as it is stored: normalising again changes nothing, and what passes holds nothing hidden.
func FuzzMemo(f *testing.F) {
	f.Add("Akses\r\nBcc: x", "KEM.1", "Kepala", "198501012010011999", "a@b.example")
	f.Add("\u202eAkses", " KEM.1 ", "<b>", "=1+1", "\x00")
	f.Fuzz(func(t *testing.T, subject, unit, name, nip, email string) {
		d := models.NormalizeMemo(models.MemoDraft{Kind: models.MemoFlexiwork, Unit: unit, Subject: subject, Addressee: name, Body: subject, Contact: name,
			Reference: subject, Copies: []string{name, subject}, Rows: []models.RecapRow{{NIP: nip, Name: name, UnitCode: unit, ExternalEmail: email}}})
		require.Equal(t, d, models.NormalizeMemo(d))
		if len(models.CheckMemoDraft(d)) > 0 {
			return
		}
		running := strings.NewReplacer("\n", "", "\t", "")
		for _, line := range append(slices.Clone(d.Copies), d.Subject, d.Addressee, d.Contact, d.Reference) {
			require.False(t, hidden(line), "%q", line)
		}
		require.False(t, hidden(running.Replace(d.Body)), "%q", d.Body)
		for _, r := range d.Rows {
			require.False(t, hidden(running.Replace(r.Name+r.NIP+r.UnitCode+r.ExternalEmail)), "%+v", r)
		}
		require.False(t, hidden(d.Unit), "%q", d.Unit)
		_, err := json.Marshal(d)
		require.NoError(t, err)
	})
}

// FuzzComment keeps what people write to each other.
func FuzzComment(f *testing.F) {
	seeds(f, "Baris satu\r\nbaris dua", "\ttab")
	f.Fuzz(func(t *testing.T, s string) {
		text := models.NormalizeComment(s)
		require.Equal(t, text, models.NormalizeComment(text))
		if len(models.CheckComment(text)) == 0 {
			require.False(t, hidden(strings.NewReplacer("\n", "", "\t", "").Replace(text)), "%q", text)
		}
		if len(models.CheckReason("reason", s)) == 0 {
			require.False(t, hidden(strings.NewReplacer("\n", "", "\t", "", "\r", "").Replace(s)), "%q", s)
		}
	})
}
