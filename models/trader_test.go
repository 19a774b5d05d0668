package models

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTermNotice(t *testing.T) {
	ends, day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), 24*time.Hour
	for _, days := range []int{30, 14, 7, 1, 0} {
		at := ends.Add(-time.Duration(days) * day)
		due, tell := TermNotice(ends, at, nil)
		require.True(t, tell)
		require.Equal(t, days, due, "of several the nearest to the end counts")
		_, tell = TermNotice(ends, at, &days)
		require.False(t, tell, "told already")
		sooner, tell := TermNotice(ends, at.Add(-time.Second), &due)
		require.False(t, tell, "a second too soon, %d", sooner)
	}
	_, tell := TermNotice(ends, ends.Add(-FirstTermNotice()-time.Second), nil)
	require.False(t, tell)
}

func TestTerm(t *testing.T) {
	ends, day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), 24*time.Hour
	for _, c := range []struct {
		after             time.Duration
		ended, open, over bool
	}{{-30*day - 1, false, false, false}, {-30 * day, false, true, false}, {-1, false, true, false}, {0, true, true, false}, {30*day - 1, true, true, false}, {30 * day, true, false, true}} {
		now := ends.Add(c.after)
		term := TermOf(&ends, now)
		require.Equal(t, []bool{c.ended, c.open, c.over}, []bool{term.Ended, term.RenewableNow, term.Over(now)}, c.after)
		renewed := term.Renewed(now, TraderValidity)
		require.False(t, renewed.Before(ends.Add(TraderValidity)), "what is left is not lost")
		require.False(t, renewed.Before(now.Add(TraderValidity)))
	}
	none := TermOf(nil, ends)
	require.Equal(t, Term{}, none)
	require.False(t, none.Over(ends))
}

func TestCompanyData(t *testing.T) {
	right := CompanyData{Address: " Jl.  Contoh 1 ", Postcode: "10 110", Phone: "(021) 555-0101", EDINumber: " EDI 7 "}
	read, faults := ParseCompanyData(right)
	require.Empty(t, faults)
	require.Equal(t, CompanyData{Address: "Jl. Contoh 1", Postcode: "10110", Phone: "(021) 555-0101", EDINumber: "EDI 7"}, read)
	for want, d := range map[string]CompanyData{
		"address":        {Postcode: "10110", Phone: "0215550101"},
		"postcode":       {Address: "Jl. Contoh", Postcode: "1011", Phone: "0215550101"},
		"company_phone":  {Address: "Jl. Contoh", Postcode: "10110"},
		"edi_number":     {Address: "Jl. Contoh", Postcode: "10110", Phone: "0215550101", EDINumber: "<b>"},
		"customs_number": {Address: "Jl. Contoh", Postcode: "10110", Phone: "0215550101", CustomsNumber: "a\x00b"},
	} {
		_, faults := ParseCompanyData(d)
		require.Len(t, faults, 1, want)
		require.Equal(t, want, faults[0].Field)
	}
}

func TestTelephone(t *testing.T) {
	for _, s := range []string{"", "021 555 0101", "+62 812-5550-102", "(021) 5550101"} {
		_, faults := readTelephone("phone", s)
		require.Empty(t, faults, s)
	}
	for _, s := range []string{"12345", "0215550101x", "021 555 0101 +1", "1234567890123456", "０２１５５５０１０１", "021;555;0101", "12345678901234567890123456789012"} {
		_, faults := readTelephone("phone", s)
		require.NotEmpty(t, faults, s)
	}
}
