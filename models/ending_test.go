package models

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEndingNotice(t *testing.T) {
	ends := Date{2026, time.December, 31}
	long := ends.AddDays(-300)
	for name, c := range map[string]struct {
		left, given, told, due int
	}{
		"nothing 31 days before":                                {31, 300, 0, 0},
		"the first 30 days before":                              {30, 300, 0, 30},
		"no first one twice":                                    {29, 300, 30, 0},
		"nothing 15 days before":                                {15, 300, 30, 0},
		"the second 14 days before":                             {14, 300, 30, 14},
		"nothing 8 days before":                                 {8, 300, 14, 0},
		"the third a week before":                               {7, 300, 14, 7},
		"nothing 2 days before":                                 {2, 300, 7, 0},
		"the last on the day before":                            {1, 300, 7, 1},
		"no last one twice":                                     {0, 300, 1, 0},
		"the last on the last day, when the day before was off": {0, 300, 7, 1},
		"only the nearest after days of rest":                   {5, 300, 0, 7},
		"only the nearest on the last day":                      {0, 300, 0, 1},
		"nothing after the end":                                 {-1, 300, 7, 0},
		"nothing that was due before the access was given":      {10, 10, 0, 0},
		"the next after that":                                   {7, 10, 0, 7},
		"the one of the day on which the access was given":      {14, 14, 0, 14},
	} {
		t.Run(name, func(t *testing.T) {
			given := ends.AddDays(-c.given)
			if c.given == 300 {
				given = long
			}
			require.Equal(t, c.due, EndingNotice(ends, given, ends.AddDays(-c.left), c.told))
		})
	}
	t.Run("the last day is valid to its end in the unit's zone", func(t *testing.T) {
		wit := time.FixedZone("WIT", 9*60*60)
		require.Equal(t, time.Date(2026, 12, 31, 15, 0, 0, 0, time.UTC), AccessOver(ends, wit).UTC())
	})
}

func TestProlongingARow(t *testing.T) {
	row := RecapRow{NIK: "3174010101900001", Name: "Sari Melati", UnitCode: "KEM.1.2", Position: "Pramubakti", ContractStart: "2026-01-01",
		ContractEnd: "2027-06-30", ExternalEmail: "sari@mail.example"}
	has := RegistryEntry{NIK: row.NIK, Name: row.Name, UnitCode: row.UnitCode, EmploymentType: EmploymentContract, Status: EmployeeActive, HasAccount: true,
		HasAccess: true}
	ctx := RecapContext{Today: Date{2026, time.November, 23}}
	for name, c := range map[string]struct {
		kind     MemoKind
		ends     string
		found    string
		severity Severity
	}{
		"a later end prolongs it, which the sender reads":   {MemoFlexiwork, "2026-12-31", "access_prolonged", SeverityWarning},
		"so it does where the account itself is asked for":  {MemoSSOActivation, "2026-12-31", "access_prolonged", SeverityWarning},
		"the same end gives nothing":                        {MemoFlexiwork, "2027-06-30", "has_access", SeverityError},
		"an earlier end gives nothing":                      {MemoFlexiwork, "2027-12-31", "has_access", SeverityError},
		"nor does any end to access that is without an end": {MemoFlexiwork, "", "has_access", SeverityError},
	} {
		t.Run(name, func(t *testing.T) {
			found := has
			found.AccessEnds = c.ends
			findings := CheckRecapRow(row, c.kind, &found, ctx)
			require.Len(t, findings, 1)
			require.Equal(t, c.found, findings[0].Code)
			require.Equal(t, c.severity, findings[0].Severity)
		})
	}
}
