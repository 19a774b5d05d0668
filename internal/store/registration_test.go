package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"loket/models"
)

const firmNPWP = "012345678901000"

// registering is one registration as its workflow takes it along.
type registering struct {
	b    *bundle
	id   string
	last models.Change
}

func applies() models.Actor {
	return models.Actor{Agency: models.DefaultAgency, Applicant: true, Origin: models.Origin{Channel: "portal", IP: "192.0.2.9"}}
}

// registers asks for a registration with an address, and looks at it.
func (b *bundle) registers(email string) (registering, string) {
	b.t.Helper()
	require.NoError(b.t, b.AskRegistration(b.ctx(), RegistrationRequest{Name: "Dewi Kartika", Email: email, Lang: "id", Nonce: uuid.NewString(),
		NonceExpires: b.wallNow().Add(time.Hour), Origin: models.Origin{Channel: "portal", IP: "192.0.2.9"}}))
	list, err := b.UnheardRegistrations(b.ctx(), 100)
	require.NoError(b.t, err)
	r := registering{b: b, id: list[len(list)-1].CaseID}
	require.NoError(b.t, b.RegistrationHeard(b.ctx(), r.id))
	found, err := b.LookAtRegistration(b.ctx(), r.id)
	require.NoError(b.t, err)
	again, err := b.LookAtRegistration(b.ctx(), r.id)
	require.NoError(b.t, err)
	require.Equal(b.t, found, again, "a look that is repeated answers the same")
	c, err := b.Case(b.ctx(), models.DefaultAgency, r.id)
	require.NoError(b.t, err)
	ch := models.OpenRegistration(c, found, b.caseNow())
	ch.CaseID, ch.Kind, ch.Seq, ch.At = r.id, c.Kind, 2, b.caseNow()
	ch.After.Seq = 2
	r.last = b.record(ch).Change
	return r, found.Turned
}

// step records the next change; with says what else is in it.
func (r *registering) step(event models.EventType, status models.Status, with func(*models.Change)) error {
	c := r.b.follow(r.last, event, status)
	c.EventID = fmt.Sprintf("%s:%d", event, c.Seq)
	if with != nil {
		with(&c)
	}
	rec, err := r.b.Record(r.b.ctx(), c)
	if err == nil {
		r.last = rec.Change
	}
	return err
}

func (r *registering) must(event models.EventType, status models.Status, with func(*models.Change)) {
	r.b.t.Helper()
	require.NoError(r.b.t, r.step(event, status, with))
}

func registrationForm(username string) models.RegistrationForm {
	return models.RegistrationForm{Name: "Dewi Kartika", Phone: "0812 555 0101", Username: username, CompanyForm: companyForm()}
}

func companyForm() models.CompanyForm {
	return models.CompanyForm{NPWP: firmNPWP, Company: "PT Laut Biru", Address: "Jl. Pelabuhan 1", Postcode: "14310", CompanyPhone: "021 555 0101"}
}

func aPaper(sum string) models.Paper {
	return models.Paper{Kind: models.PaperNPWP, Name: "npwp.pdf", Size: 10, SHA256: strings.Repeat(sum, 64)}
}

// written proves the address, fills in the form and adds a paper.
func (r *registering) written(username string) {
	r.b.t.Helper()
	due := r.b.caseNow().Add(models.RegistrationFormLife)
	r.must(models.EventRegistrationProven, models.StatusForm, func(c *models.Change) { c.Actor, c.After.Due = applies(), &due })
	_, err := r.b.SaveRegistration(r.b.ctx(), applies(), r.id, registrationForm(username), 0)
	require.NoError(r.b.t, err)
	require.NoError(r.b.t, r.b.AddPaper(r.b.ctx(), applies(), r.id, aPaper("a")))
}

// sends turns to the officers.
func (r *registering) sends() error {
	officer, due := models.Candidate{Role: models.RoleOfficer}, r.b.caseNow().Add(48*time.Hour)
	return r.step(models.EventRegistrationSent, models.StatusVerification, func(c *models.Change) {
		c.Actor, c.After.Stage, c.After.Round, c.After.Due, c.After.Candidates = applies(), models.StageOfficer, 1, &due, []models.Candidate{officer}
		c.Outcome = string(c.Type)
		c.Item = &models.WorkItem{Stage: models.StageOfficer, Round: 1, Queue: models.QueueRegistration, Candidate: officer, Due: due}
		c.Notices = []models.NoticeSpec{{Kind: "registration_verification", To: models.Recipient{Candidate: &officer}},
			{Kind: "registration_sent", To: models.Recipient{Party: models.PartyApplicant}}}
	})
}

func (r *registering) sent(username string) {
	r.b.t.Helper()
	r.written(username)
	require.NoError(r.b.t, r.sends())
}

func acceptance(officer models.Actor, at time.Time) func(*models.Change) {
	return func(c *models.Change) {
		due := at.Add(models.CredentialLife)
		c.Actor, c.Outcome, c.After.Due, c.After.Candidates = officer, "approved", &due, nil
		c.Notices = []models.NoticeSpec{{Kind: "registration_accepted", To: models.Recipient{Party: models.PartyApplicant}},
			{Kind: "registration_newcomer", To: models.Recipient{Party: models.PartyResponsible}}}
	}
}

func (r *registering) accepts(officer models.Actor) error {
	return r.step(models.EventApproved, models.StatusActivation, acceptance(officer, r.b.caseNow()))
}

func (b *bundle) accountOf(caseID string) Account {
	b.t.Helper()
	var row Account
	require.NoError(b.t, b.read.Raw("select a.* from accounts a join registrations r on r.account_id = a.id where r.case_id = ?", caseID).Take(&row).Error)
	return row
}

func TestRegistrationLook(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		first, turned := b.registers("dewi@niaga.example")
		require.Empty(t, turned)
		proof := b.waiting(registrationProof, "dewi@niaga.example")
		link, err := b.MintRegistration(t.Context(), proof)
		require.NoError(t, err)
		token := filepath.Base(link["link"])
		found, err := b.RegistrationByToken(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, first.id, found)

		_, turned = b.registers("dewi@niaga.example")
		require.Equal(t, models.RegisteredTooOften, turned, "a stranger must not fill a mailbox")
		b.wall.pass(2 * time.Minute)
		second, turned := b.registers("dewi@niaga.example")
		require.Equal(t, models.RegisteredOpen, turned)
		require.Equal(t, models.StatusRefused, second.last.After.Status)
		again, err := b.MintRegistration(t.Context(), b.waiting("registration_open", "dewi@niaga.example"))
		require.NoError(t, err)
		for _, l := range []string{token, filepath.Base(again["link"])} {
			found, err = b.RegistrationByToken(t.Context(), l)
			require.NoError(t, err, "each message's own link lives")
			require.Equal(t, first.id, found)
		}

		b.trades("pemilik", "023456789012000", true)
		_, turned = b.registers("pemilik@niaga.example")
		require.Equal(t, models.RegisteredAccount, turned)
		require.Equal(t, "pemilik", b.waiting("registration_known", "pemilik@niaga.example").Data["username"])

		b.wall.pass(24*time.Hour + time.Second)
		_, err = b.RegistrationByToken(t.Context(), token)
		require.ErrorIs(t, err, models.ErrLinkSpent, "the proof has its time, whoever keeps the clock")
		_, err = b.MintRegistration(t.Context(), proof)
		require.ErrorIs(t, err, ErrTooLate, "its reader heard nothing")
		require.NoError(t, first.step(models.EventExpired, models.StatusExpired, func(c *models.Change) { c.After.Due = nil }))
		require.Equal(t, 1, b.count("select count(*) from registrations where case_id = ? and name = '' and form = '{}'", first.id), "nothing is kept of whom nobody proved to be")
		require.NoError(t, b.ForgetRegistrations(t.Context()))
		require.Zero(t, b.count("select count(*) from registrations where case_id = ? and email <> ''", first.id))
	})
}

func TestRegistrationForm(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		r, _ := b.registers("dewi@niaga.example")
		_, err := b.SaveRegistration(t.Context(), applies(), r.id, registrationForm("dewi.kartika"), 0)
		require.ErrorIs(t, err, models.ErrNotNow, "the address is not proven")
		r.written("dewi.kartika")
		page, err := b.RegistrationPage(t.Context(), applies(), r.id)
		require.NoError(t, err)
		require.Equal(t, firmNPWP, page.Form.NPWP)
		_, err = b.SaveRegistration(t.Context(), applies(), r.id, registrationForm("dewi"), page.Version-1)
		require.ErrorIs(t, err, models.ErrStale)
		require.NoError(t, b.AddPaper(t.Context(), applies(), r.id, aPaper("a")), "the same paper again")
		for _, sum := range []string{"b", "c", "d", "e"} {
			require.NoError(t, b.AddPaper(t.Context(), applies(), r.id, aPaper(sum)))
		}
		require.ErrorContains(t, b.AddPaper(t.Context(), applies(), r.id, aPaper("f")), "papers_too_many")
		page, err = b.RegistrationPage(t.Context(), applies(), r.id)
		require.NoError(t, err)
		require.Len(t, page.Papers, 5)
		require.NoError(t, b.RemovePaper(t.Context(), applies(), r.id, page.Papers[1].ID))
		require.ErrorIs(t, b.RemovePaper(t.Context(), applies(), r.id, page.Papers[1].ID), models.ErrNotFound)
		b.wall.pass(models.StagedLife + time.Hour)
		doomed, err := b.DoomBlobs(t.Context())
		require.NoError(t, err)
		require.ElementsMatch(t, []string{strings.Repeat("b", 64), strings.Repeat("f", 64)}[:len(doomed)], doomed, "what a registration refers to is kept")
		require.Contains(t, doomed, strings.Repeat("b", 64))

		taken := b.trades("sudah.ada", "023456789012000", true)
		require.NotEmpty(t, taken.Company)
		_, err = b.SaveRegistration(t.Context(), applies(), r.id, registrationForm("sudah.ada"), 0)
		require.NoError(t, err)
		require.ErrorContains(t, r.sends(), "username: username_taken")
		_, err = b.SaveRegistration(t.Context(), applies(), r.id, registrationForm("dewi.kartika"), 0)
		require.NoError(t, err)
		require.NoError(t, r.sends())
		require.ErrorIs(t, b.AddPaper(t.Context(), applies(), r.id, aPaper("b")), models.ErrNotNow, "officers look at it")
		_, err = b.CreateAccount(t.Context(), models.Actor{}, NewAccount{Username: "dewi.kartika", Name: "Orang Lain"})
		require.ErrorIs(t, err, models.ErrDuplicate, "a held username is nobody else's")

		officer := b.holder(models.RoleOfficer, "")
		due := b.caseNow().Add(240 * time.Hour)
		r.must(models.EventReturned, models.StatusReturned, func(c *models.Change) {
			c.Actor, c.Outcome, c.Reason, c.After.Due, c.After.Candidates = officer, "returned", "NPWP tidak terbaca", &due, nil
			c.Notes = []models.FieldNote{{Field: "papers", Note: "Unggah lagi"}}
			c.Notices = []models.NoticeSpec{{Kind: "registration_returned", To: models.Recipient{Party: models.PartyApplicant}}}
		})
		form := registrationForm("dewi.kartika")
		form.Address = "Jl. Pelabuhan 2"
		_, err = b.SaveRegistration(t.Context(), applies(), r.id, form, 0)
		require.NoError(t, err)
		page, err = b.RegistrationPage(t.Context(), applies(), r.id)
		require.NoError(t, err)
		require.Equal(t, "NPWP tidak terbaca", page.Reason)
		require.Equal(t, "papers", page.Notes[0].Field)
		require.Equal(t, "address", page.Changes[0].Field)
	})
}

func TestAcceptRegistration(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		officer := b.holder(models.RoleOfficer, "")
		r, _ := b.registers("dewi@niaga.example")
		r.sent("dewi.kartika")
		require.Equal(t, []string{r.id}, b.tab(officer, models.WorkQuery{WorkFilter: models.WorkFilter{Kind: models.WorkRegistration}}))
		require.Empty(t, b.tab(officer, models.WorkQuery{WorkFilter: models.WorkFilter{Kind: models.WorkAccess}}))
		require.NoError(t, r.accepts(officer))
		account := b.accountOf(r.id)
		require.Equal(t, AccountPending, account.Status)
		require.Equal(t, []any{"dewi.kartika", "dewi@niaga.example", "0812 555 0101", true}, []any{account.Username, account.Email, account.Phone, account.Responsible})
		require.Equal(t, b.wallNow().Add(models.TraderValidity), account.EndsAt.UTC())
		require.Equal(t, 1, b.count("select count(*) from companies where npwp = ? and created_by_case = ?", firmNPWP, r.id))
		require.Zero(t, b.count("select count(*) from username_holds where case_id = ?", r.id))

		minted, err := b.Mint(t.Context(), b.waiting("registration_accepted", "dewi@niaga.example"))
		require.NoError(t, err)
		used, err := b.RegistrationLinkUsed(t.Context(), r.id)
		require.NoError(t, err)
		require.False(t, used)
		spent, err := b.SpendLink(t.Context(), tokenOf(t, minted), "hash", models.Origin{Channel: "portal"})
		require.NoError(t, err)
		require.Equal(t, []string{r.id}, spent.Registrations)
		used, err = b.RegistrationLinkUsed(t.Context(), r.id)
		require.NoError(t, err)
		require.True(t, used)
		r.must(models.EventDone, models.StatusDone, func(c *models.Change) { c.After.Due = nil })
		require.Equal(t, 1, b.count("select count(*) from registration_papers where case_id = ?", r.id), "the papers of who was accepted are kept")

		t.Run("a later one joins the company and is told of", func(t *testing.T) {
			b := &bundle{Store: b.Store, t: t, url: b.url, wall: b.wall}
			r, _ := b.registers("eko@niaga.example")
			r.written("eko.prasetyo")
			form := registrationForm("eko.prasetyo")
			form.NPWP, form.Company = "0"+firmNPWP, "Nama Lain"
			_, err := b.SaveRegistration(t.Context(), applies(), r.id, form, 0)
			require.NoError(t, err)
			require.NoError(t, r.sends())
			require.NoError(t, r.accepts(officer))
			newcomer := b.accountOf(r.id)
			require.Equal(t, account.CompanyID, newcomer.CompanyID, "15 digits and 16 are one number")
			require.False(t, newcomer.Responsible)
			require.Equal(t, 1, b.count("select count(*) from companies where name = 'PT Laut Biru'"), "a company that is there keeps its data")
			require.Equal(t, "Dewi Kartika", b.waiting("registration_newcomer", "dewi@niaga.example").Data["person"])
			minted, err := b.Mint(t.Context(), b.waiting("registration_accepted", "eko@niaga.example"))
			require.NoError(t, err)
			_, err = b.SpendLink(t.Context(), tokenOf(t, minted), "hash", models.Origin{})
			require.NoError(t, err)
			boss, colleague := b.actor(account.ID), b.actor(newcomer.ID)
			c, err := b.Case(t.Context(), models.DefaultAgency, r.id)
			require.NoError(t, err)
			for who, sees := range map[*models.Actor]bool{&boss: true, &colleague: true} {
				listed, decided, err := b.Standing(t.Context(), r.id, *who)
				require.NoError(t, err)
				who.Listed = listed
				require.Equal(t, sees, models.Sees(c, *who, decided))
				page, err := b.Cases(t.Context(), *who, CaseQuery{})
				require.NoError(t, err)
				require.NotEmpty(t, page.Items)
				require.Equal(t, r.id, page.Items[0].ID)
			}
			stranger := b.trades("orang.lain", "098765432109000", true)
			require.False(t, models.Sees(c, stranger, false))
			page, err := b.Cases(t.Context(), stranger, CaseQuery{})
			require.NoError(t, err)
			require.Empty(t, page.Items)
		})
		t.Run("not with an address that has become somebody's", func(t *testing.T) {
			b := &bundle{Store: b.Store, t: t, url: b.url, wall: b.wall}
			r, _ := b.registers("fitri@niaga.example")
			r.sent("fitri.ayu")
			b.tamper("update accounts set email = 'fitri@niaga.example' where id = ?", account.ID)
			require.ErrorContains(t, r.accepts(officer), "email: email_taken")
			require.Equal(t, models.StatusVerification, b.statusOf(r.id))
			b.tamper("update accounts set email = 'dewi@niaga.example' where id = ?", account.ID)
			require.NoError(t, r.accepts(officer))
		})
		t.Run("a closed account opens again, with its old username", func(t *testing.T) {
			b := &bundle{Store: b.Store, t: t, url: b.url, wall: b.wall}
			old := b.trades("lama", "087654321098000", true)
			b.tamper("update accounts set status = 'disabled', ends_at = ? where id = ?", b.wallNow().Add(-31*24*time.Hour), old.AccountID)
			b.tamper("insert into second_factors (account_id, agency_id, sealed_by, sealed, created, confirmed) values (?, ?, '', '', ?, ?)",
				old.AccountID, models.DefaultAgency, b.caseNow(), b.caseNow())
			r, turned := b.registers("lama@niaga.example")
			require.Empty(t, turned)
			r.sent("lama")
			require.NoError(t, r.accepts(officer))
			again := b.accountOf(r.id)
			require.Equal(t, old.AccountID, again.ID)
			require.Equal(t, []any{"lama", AccountPending, ""}, []any{again.Username, again.Status, again.PasswordHash})
			require.Equal(t, account.CompanyID, again.CompanyID)
			require.Zero(t, b.count("select count(*) from second_factors where account_id = ?", old.AccountID))
			_, err := b.Mint(t.Context(), b.waiting("registration_accepted", "lama@niaga.example"))
			require.NoError(t, err)
		})
		survey, err := b.SurveyAccounts(t.Context())
		require.NoError(t, err)
		require.Empty(t, survey.Findings)
		b.tamper("update registrations set account_id = null where case_id = ?", r.id)
		survey, err = b.SurveyAccounts(t.Context())
		require.NoError(t, err)
		require.Len(t, survey.Findings, 3, "%v", survey.Findings)
		require.Equal(t, "registration "+r.id, survey.Findings[0].Where)
	})
}

func (b *bundle) statusOf(caseID string) models.Status {
	b.t.Helper()
	c, err := b.Case(b.ctx(), models.DefaultAgency, caseID)
	require.NoError(b.t, err)
	return c.Status
}

func TestRegistrationsThatComeToNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		officer := b.holder(models.RoleOfficer, "")
		for i, end := range []struct {
			event  models.EventType
			status models.Status
		}{{models.EventRefused, models.StatusRefused}, {models.EventExpired, models.StatusExpired}, {models.EventWithdrawn, models.StatusWithdrawn}} {
			r, _ := b.registers(fmt.Sprintf("orang%d@niaga.example", i))
			r.sent("orang.kedua")
			r.must(end.event, end.status, func(c *models.Change) {
				c.Outcome, c.Reason, c.After.Due, c.After.Candidates = string(end.event), "Alasan", nil, nil
				if end.event == models.EventRefused {
					c.Actor = officer
				}
				c.Notices = []models.NoticeSpec{{Kind: "registration_" + string(end.status), To: models.Recipient{Party: models.PartyApplicant}}}
			})
			require.Zero(t, b.count("select count(*) from registration_papers where case_id = ?", r.id))
			require.Zero(t, b.count("select count(*) from username_holds where case_id = ?", r.id), "the username is free again")
			require.Zero(t, b.count("select count(*) from accounts where created_by_case = ?", r.id))
		}
		r, _ := b.registers("dewi@niaga.example")
		r.sent("dewi.kartika")
		require.NoError(t, r.accepts(officer))
		minted, err := b.Mint(t.Context(), b.waiting("registration_accepted", "dewi@niaga.example"))
		require.NoError(t, err)
		b.wall.pass(models.CredentialLife + time.Second)
		r.must(models.EventRegistrationLapsed, models.StatusDone, func(c *models.Change) {
			c.After.Due = nil
			c.Notices = []models.NoticeSpec{{Kind: "registration_lapsed", To: models.Recipient{Party: models.PartyApplicant}}}
		})
		_, err = b.SpendLink(t.Context(), tokenOf(t, minted), "hash", models.Origin{})
		require.ErrorIs(t, err, models.ErrLinkSpent)
		require.Equal(t, "/activate-trader", strings.TrimPrefix(b.waiting("registration_lapsed", "dewi@niaga.example").Data["link"], "https://loket.kem.example"))
		require.Equal(t, AccountPending, b.accountOf(r.id).Status, "the account waits for its owner to ask again")
	})
}

func TestCompanyRegistration(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		officer, boss := b.holder(models.RoleOfficer, ""), b.trades("pemilik", firmNPWP, true)
		other := b.trades("saingan", "098765432109000", true)
		form := companyForm()
		form.NPWP, form.Company = "076543210987000", "PT Laut Biru Jaya"
		begin := func() registering {
			id, err := b.AskCompanyChange(t.Context(), boss, uuid.NewString(), form)
			require.NoError(t, err)
			var events []eventRow
			require.NoError(t, b.read.Where("case_id = ?", id).Find(&events).Error)
			require.Len(t, events, 1)
			r := registering{b: b, id: id}
			changes, err := b.Events(t.Context(), id)
			require.NoError(t, err)
			r.last = changes[0]
			require.NoError(t, r.sends())
			return r
		}
		r := begin()
		_, err := b.AskCompanyChange(t.Context(), boss, uuid.NewString(), form)
		require.ErrorIs(t, err, models.ErrNotNow, "one at a time")
		page, err := b.RegistrationPage(t.Context(), officer, r.id)
		require.NoError(t, err)
		require.Equal(t, boss.Company, page.Known.ID)
		require.Equal(t, 1, page.People)
		var changed []string
		for _, c := range page.Changes {
			changed = append(changed, c.Field)
		}
		require.Contains(t, changed, "npwp")
		require.Contains(t, changed, "company")
		accept := func(r *registering) error {
			return r.step(models.EventApproved, models.StatusDone, func(c *models.Change) {
				c.Actor, c.Outcome, c.After.Due, c.After.Candidates = officer, "approved", nil, nil
				c.Notices = []models.NoticeSpec{{Kind: "registration_company_changed", To: models.Recipient{Party: models.PartyResponsible}}}
			})
		}
		require.NoError(t, accept(&r))
		company, err := b.Company(t.Context(), boss)
		require.NoError(t, err)
		require.Equal(t, []any{"076543210987000", "PT Laut Biru Jaya", 2}, []any{company.NPWP, company.Name, company.Version})
		b.waiting("registration_company_changed", "pemilik@niaga.example")

		form.NPWP = "0098765432109000"
		r = begin()
		require.ErrorContains(t, accept(&r), "npwp: npwp_taken", "another company has it, %s", other.Company)
		require.Equal(t, models.StatusVerification, b.statusOf(r.id))
	})
}

func TestAcceptedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		officer := b.holder(models.RoleOfficer, "")
		r, _ := b.registers("dewi@niaga.example")
		r.sent("dewi.kartika")
		base := b.follow(r.last, models.EventApproved, models.StatusActivation)
		acceptance(officer, b.caseNow())(&base)
		won := make(chan bool, 100)
		for _, err := range atOnce(100, func(i int) error {
			c := base
			c.EventID = fmt.Sprintf("accept:%d", i)
			rec, err := b.Record(t.Context(), c)
			won <- err == nil && !rec.ByOther
			return err
		}) {
			require.NoError(t, err)
		}
		close(won)
		n := 0
		for w := range won {
			if w {
				n++
			}
		}
		require.Equal(t, 1, n)
		require.Equal(t, 1, b.count("select count(*) from accounts where created_by_case = ?", r.id))
		require.Equal(t, 1, b.count("select count(*) from companies where npwp = ?", firmNPWP))
		require.Equal(t, 1, b.count("select count(*) from notices where case_id = ? and kind = 'registration_accepted'", r.id))
	})
}
