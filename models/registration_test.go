package models_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func goodRegistration() models.RegistrationForm {
	return models.RegistrationForm{Name: " Dewi  Kartika ", Phone: "0812 555 0101", Username: "Dewi.Kartika@kem.example", CompanyForm: models.CompanyForm{
		NPWP: "01.234.567.8-901.000", Company: "PT Laut Biru", Address: "Jl. Pelabuhan 1", Postcode: "14310", CompanyPhone: "021 555 0101"}}
}

func TestParseRegistration(t *testing.T) {
	read, faults := models.ParseRegistration(goodRegistration(), "kem.example")
	require.Empty(t, faults)
	require.Equal(t, []string{"Dewi Kartika", "dewi.kartika", "012345678901000"}, []string{read.Name, read.Username, read.NPWP})
	again, faults := models.ParseRegistration(read, "kem.example")
	require.Empty(t, faults)
	require.Equal(t, read, again, "what was read reads the same")
	for field, spoil := range map[string]func(*models.RegistrationForm){
		"name required":                func(f *models.RegistrationForm) { f.Name = "" },
		"name text_markup":             func(f *models.RegistrationForm) { f.Name = "<b>Dewi" },
		"phone required":               func(f *models.RegistrationForm) { f.Phone = " " },
		"username required":            func(f *models.RegistrationForm) { f.Username = "" },
		"username username_reserved":   func(f *models.RegistrationForm) { f.Username = "help.desk" },
		"username username_shape":      func(f *models.RegistrationForm) { f.Username = "dewi@lain.example" },
		"npwp npwp_length":             func(f *models.RegistrationForm) { f.NPWP = "123" },
		"company required":             func(f *models.RegistrationForm) { f.Company = "" },
		"address required":             func(f *models.RegistrationForm) { f.Address = "" },
		"postcode postcode_digits":     func(f *models.RegistrationForm) { f.Postcode = "123" },
		"company_phone required":       func(f *models.RegistrationForm) { f.CompanyPhone = "" },
		"edi_number text_markup":       func(f *models.RegistrationForm) { f.EDINumber = "<1>" },
		"customs_number text_too_long": func(f *models.RegistrationForm) { f.CustomsNumber = string(make40()) },
	} {
		form := goodRegistration()
		spoil(&form)
		_, faults := models.ParseRegistration(form, "kem.example")
		require.Len(t, faults, 1, field)
		require.Equal(t, field, faults[0].Field+" "+faults[0].Code)
		require.Contains(t, models.RegistrationFields(), faults[0].Field)
	}
	require.Equal(t, "papers_needed", models.CheckPapers(0)[0].Code)
	require.Empty(t, models.CheckPapers(models.MaxPapers))
	require.Equal(t, "papers_too_many", models.CheckPapers(models.MaxPapers + 1)[0].Code)
}

func make40() []rune {
	long := make([]rune, 41)
	for i := range long {
		long[i] = '1'
	}
	return long
}

func TestDiffRegistration(t *testing.T) {
	was, is := goodRegistration(), goodRegistration()
	is.Address, is.Username = "Jl. Pelabuhan 2", "dewi"
	changes := models.DiffRegistration(was, is, []models.Paper{{Name: "a.pdf", SHA256: "1"}}, []models.Paper{{Name: "a.pdf", SHA256: "2"}})
	var fields []string
	for _, c := range changes {
		fields = append(fields, c.Field)
	}
	require.Equal(t, []string{"username", "address", "papers"}, fields)
	require.Empty(t, models.DiffRegistration(was, was, nil, nil))
}

func TestRegistrationHasNoDeadEnd(t *testing.T) {
	exits, reached := map[models.Status]bool{}, map[models.Status]bool{models.StatusAsked: true}
	for _, tr := range models.RegistrationTransitions() {
		require.Equal(t, tr.Action == "", tr.By == models.PartyClock || tr.By == models.PartySystem, "%v", tr)
		for _, to := range tr.To {
			reached[to] = true
			exits[tr.From] = exits[tr.From] || to != tr.From
		}
	}
	for _, s := range models.RegistrationStatuses() {
		require.True(t, reached[s], "nothing leads to %s", s)
		require.Equal(t, !s.Final(), exits[s], "%s", s)
	}
}

// TestRegistrationWalk walks through lives of registrations as people and clocks draw them: nobody but the applicant writes,
// nobody but an officer decides, and a case that nobody asks anything of is over.
func TestRegistrationWalk(t *testing.T) {
	officer := models.Actor{AccountID: "officer", Grants: []models.Grant{{Role: models.RoleOfficer, Unit: "KEM.5"}}}
	applicant := models.Actor{Applicant: true}
	boss := models.Actor{AccountID: "boss", Company: "c1", Responsible: true}
	everybody := map[string]models.Actor{"officer": officer, "applicant": applicant, "boss": boss, "stranger": {AccountID: "stranger"}}
	decisions := []models.Action{models.ActionApprove, models.ActionRefuse, models.ActionReturn}
	rapid.Check(t, func(t *rapid.T) {
		c := models.Case{ID: "r", Kind: models.KindRegistration, Status: models.StatusAsked}
		for steps := 0; !c.Status.Final() && steps < 60; steps++ {
			for who, a := range everybody {
				for _, act := range models.Allowed(c, a, time.Time{}) {
					require.Equal(t, slices.Contains(decisions, act), who == "officer", "%s may %s at %s", who, act, c.Status)
					require.NotEqual(t, "stranger", who)
					require.True(t, models.Sees(c, a, false), "%s may %s and sees it", who, act)
				}
			}
			require.False(t, models.Sees(c, everybody["stranger"], false))
			require.Equal(t, c.Stage != "", models.Sees(c, officer, false), "officers see what was sent to them")
			var ways []models.Transition
			for _, tr := range models.RegistrationTransitions() {
				if tr.From == c.Status {
					ways = append(ways, tr)
				}
			}
			require.NotEmpty(t, ways)
			way := rapid.SampledFrom(ways).Draw(t, "way")
			c.Status = rapid.SampledFrom(way.To).Draw(t, "to")
			c.Candidates = nil
			if c.Status == models.StatusVerification {
				c.Stage, c.Candidates = models.StageOfficer, []models.Candidate{{Role: models.RoleOfficer}}
			}
		}
		for _, a := range everybody {
			if c.Status.Final() {
				require.Empty(t, models.Allowed(c, a, time.Time{}))
			}
		}
		c.Company = "c1"
		require.Equal(t, c.Stage != "", models.Sees(c, boss, false))
		require.False(t, models.Sees(c, models.Actor{AccountID: "x", Company: "c1"}, false), "a colleague who answers for nothing")
	})
}
