package demo

import (
	"errors"

	"loket/models"
)

// Applicant is an employee without an account, ready to activate one, with what their form asks for. Effective is
// dd-mm-yyyy.
type Applicant struct{ NIP, Name, Rank, Effective, Email string }

// applicant picks the last of the idle civil servants whom no scene lists.
func (s *Seeder) applicant() (Applicant, error) {
	listed := map[string]bool{}
	for _, sc := range plot() {
		for _, p := range s.listed(sc) {
			listed[p.nip] = true
		}
	}
	free := map[string]bool{}
	for _, p := range s.idle {
		free[p.nip] = !listed[p.nip]
	}
	employees, err := table("ministry/employees.csv")
	if err != nil {
		return Applicant{}, err
	}
	for i := len(employees.Rows) - 1; i >= 0; i-- {
		c := employees.Rows[i].Cells
		day, err := models.ParseDate(c["rank_effective_date"])
		if err == nil && free[c["nip"]] && c["rank"] != "" && c["external_email"] != "" && models.EmploymentType(c["employment_type"]).CivilServant() {
			return Applicant{NIP: c["nip"], Name: c["name"], Rank: c["rank"], Effective: day.FormString(), Email: c["external_email"]}, nil
		}
	}
	return Applicant{}, errors.New("nobody in the demo's ministry is left who could activate an account")
}

// Applicant is who can be tried as an employee that activates an account.
func (s *Seeder) Applicant() Applicant { return s.ready }
