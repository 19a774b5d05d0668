package store

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"loket/models"
)

// wants asks for a change of a company, and has it before the officers.
func (b *bundle) wants(boss models.Actor, form models.CompanyForm) registering {
	b.t.Helper()
	id, err := b.AskCompanyChange(b.ctx(), boss, uuid.NewString(), form)
	require.NoError(b.t, err)
	changes, err := b.Events(b.ctx(), id)
	require.NoError(b.t, err)
	r := registering{b: b, id: id, last: changes[0]}
	require.NoError(b.t, r.sends())
	return r
}

// changes is an officer's yes to a company's change.
func (r *registering) changes(officer models.Actor) error {
	return r.step(models.EventApproved, models.StatusDone, func(c *models.Change) {
		c.Actor, c.Outcome, c.After.Due, c.After.Candidates = officer, "approved", nil, nil
	})
}

func TestCompanyChangeOfNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		officer, f := b.holder(models.RoleOfficer, ""), b.firm("012345678901000", 2, 2)
		form := companyForm()
		form.NPWP = "076543210987000"
		r := b.wants(f.people[0], form)
		due := b.caseNow().Add(72 * time.Hour)
		r.must(models.EventReturned, models.StatusReturned, func(c *models.Change) {
			c.Actor, c.Outcome, c.Reason, c.After.Due, c.After.Candidates = officer, "returned", "Alasan", &due, nil
			c.Notices = []models.NoticeSpec{{Kind: "registration_returned", To: models.Recipient{Party: models.PartyApplicant}}}
		})
		notice := b.waiting("registration_returned", "orang1.012345678901000@niaga.example")
		minted, err := b.MintRegistration(t.Context(), notice)
		require.NoError(t, err)
		token := filepath.Base(minted["link"])
		_, err = b.RegistrationByToken(t.Context(), token)
		require.NoError(t, err)
		old, err := b.AbandonedChange(t.Context(), f.id)
		require.NoError(t, err)
		require.Empty(t, old)

		gone := func(why, statement string, args ...any) {
			t.Run(why, func(t *testing.T) {
				b.tamper(statement, append(args, f.people[0].AccountID)...)
				_, err := b.RegistrationByToken(t.Context(), token)
				require.ErrorIs(t, err, models.ErrLinkSpent)
				_, err = b.MintRegistration(t.Context(), notice)
				require.ErrorIs(t, err, models.ErrLinkSpent)
				_, err = b.AskCompanyChange(t.Context(), f.people[0], uuid.NewString(), form)
				require.ErrorIs(t, err, models.ErrForbidden)
				old, err := b.AbandonedChange(t.Context(), f.id)
				require.NoError(t, err)
				require.Equal(t, r.id, old, "whoever answers now can take it away")
				b.tamper("update accounts set responsible = ?, status = 'active', company_id = ? where id = ?", true, f.id, f.people[0].AccountID)
			})
		}
		gone("by the link of whoever answers for the company no more", "update accounts set responsible = ? where id = ?", false)
		gone("by the link of a closed account", "update accounts set status = 'disabled' where id = ?")
		gone("by the link of whoever is another company's", "update accounts set company_id = ? where id = ?", b.trades("lain", "098765432109000", true).Company)

		r.must(models.EventWithdrawn, models.StatusWithdrawn, func(c *models.Change) { c.Actor, c.Outcome, c.After.Due = f.people[1], "withdrawn", nil })
		r = b.wants(f.people[1], form)
		b.tamper("update accounts set responsible = ? where id = ?", false, f.people[1].AccountID)
		require.ErrorContains(t, r.changes(officer), "company: asker_gone")
		require.Equal(t, models.StatusVerification, b.statusOf(r.id))
	})
}

func TestCompanyChangeLeavesTheRest(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		officer, f := b.holder(models.RoleOfficer, ""), b.firm(firmNPWP, 1, 1)
		boss := f.people[0]
		old := models.CompanyData{Address: "Jl. Lama 1", Postcode: "10110", Phone: "021 555 0101"}
		require.NoError(t, b.ChangeCompanyData(t.Context(), boss, old, 0))
		r := b.wants(boss, models.CompanyForm{NPWP: "076543210987000", Company: "PT Laut Biru Jaya", Address: "Jl. Lama 1", Postcode: "10110", CompanyPhone: "021 555 0199"})
		moved := models.CompanyData{Address: "Jl. Baru 9", Postcode: "10330", Phone: "021 555 0177", EDINumber: "EDI-7"}
		require.NoError(t, b.ChangeCompanyData(t.Context(), boss, moved, 0))
		page, err := b.RegistrationPage(t.Context(), officer, r.id)
		require.NoError(t, err)
		var fields []string
		for _, c := range page.Changes {
			fields = append(fields, c.Field)
		}
		require.ElementsMatch(t, []string{"npwp", "company", "company_phone"}, fields, "the officer sees what comes of a yes")
		require.NoError(t, r.changes(officer))
		company, err := b.Company(t.Context(), boss)
		require.NoError(t, err)
		require.Equal(t, models.CompanyForm{NPWP: "076543210987000", Company: "PT Laut Biru Jaya", Address: "Jl. Baru 9", Postcode: "10330",
			CompanyPhone: "021 555 0199", EDINumber: "EDI-7"}, company.Form())
	})
}
