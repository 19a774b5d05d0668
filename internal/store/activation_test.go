package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// applicants are employees who may activate, with the form that each would fill in.
func (b *bundle) applicants(n int) []models.ActivationForm {
	b.t.Helper()
	var rows []employeeRow
	require.NoError(b.t, b.read.Raw(`select * from employees where employment_type in ('pns', 'cpns') and status = 'active' and external_email <> ''
		and id not in (select employee_id from accounts where employee_id is not null) order by nip limit ?`, n).Scan(&rows).Error)
	require.Len(b.t, rows, n)
	forms := make([]models.ActivationForm, n)
	for i, e := range rows {
		forms[i] = models.ActivationForm{NIP: text(e.NIP), Rank: e.Rank, Effective: e.RankEffectiveDate, Email: e.ExternalEmail}
	}
	return forms
}

// asks keeps a request, looks at it and records what came of it, as its workflow would.
func (b *bundle) asks(form models.ActivationForm) (string, models.Looked) {
	b.t.Helper()
	id, err := b.AskActivation(b.ctx(), form, "id", models.Origin{Channel: "portal", IP: "192.0.2.9"})
	require.NoError(b.t, err)
	found, err := b.LookAtActivation(b.ctx(), id)
	require.NoError(b.t, err)
	again, err := b.LookAtActivation(b.ctx(), id)
	require.NoError(b.t, err)
	require.Equal(b.t, found, again, "a look that is repeated answers the same")
	c, err := b.Case(b.ctx(), models.DefaultAgency, id)
	require.NoError(b.t, err)
	b.record(models.OpenActivation(c, found, b.caseNow()))
	return id, found
}

// letter mints what the newest message of a kind bears.
func (b *bundle) letter(caseID, kind string) map[string]string {
	b.t.Helper()
	var rows []noticeRow
	require.NoError(b.t, b.read.Where("case_id = ? and kind = ?", caseID, kind).Order("created desc, id desc").Find(&rows).Error)
	require.NotEmpty(b.t, rows, kind)
	n, err := rows[0].notice()
	require.NoError(b.t, err)
	data, err := b.MintActivation(b.ctx(), n)
	require.NoError(b.t, err)
	return data
}

func completion(letter map[string]string) Completion {
	return Completion{Username: strings.Split(letter["candidates"], ", ")[0], Code: models.ReadCode(letter["code"]), Secret: models.ReadSecret(letter["secret"]),
		PasswordHash: "hash", Locale: "id"}
}

func (b *bundle) completes(c Completion) error {
	return b.CompleteActivation(b.ctx(), c, models.Origin{Channel: "portal", IP: "192.0.2.9"})
}

// ended records what came of an activation.
func (b *bundle) ended(id string, expire bool) models.Status {
	b.t.Helper()
	came, err := b.SettleActivation(b.ctx(), id, expire)
	require.NoError(b.t, err)
	c, err := b.Case(b.ctx(), models.DefaultAgency, id)
	require.NoError(b.t, err)
	if came == "" {
		return c.Status
	}
	event, status := came.Ending()
	after := c
	after.Status, after.Due, after.Seq = status, nil, c.Seq+1
	b.record(models.Change{CaseID: id, Kind: models.KindActivation, Seq: after.Seq, EventID: "ended", Type: event, At: b.caseNow(), After: after})
	return status
}

func TestActivation(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		forms := b.applicants(14)
		t.Run("the right data get a code, and the code an account", func(t *testing.T) {
			id, found := b.asks(forms[0])
			require.Empty(t, found.Turned)
			require.False(t, found.Warn)
			require.Zero(t, b.count("select count(*) from activations where form <> ''"), "what was typed is gone")
			require.Equal(t, 1, b.count("select count(*) from notices where case_id = ? and kind = 'activation' and to_address = ?", id, forms[0].Email))
			letter := b.letter(id, "activation")
			names := strings.Split(letter["candidates"], ", ")
			_, err := b.CreateAccount(b.ctx(), models.Actor{}, NewAccount{Username: names[0], Name: "Orang Lain"})
			require.ErrorIs(t, err, models.ErrDuplicate, "a held username is nobody else's")
			require.NoError(t, b.completes(completion(letter)))
			require.Equal(t, models.StatusDone, b.ended(id, false))
			account, err := b.AccountByUsername(b.ctx(), models.DefaultAgency, names[0])
			require.NoError(t, err)
			require.Equal(t, AccountActive, account.Status)
			require.Equal(t, forms[0].Email, account.Email)
			require.Equal(t, 1, b.count("select count(*) from account_applications where account_id = ? and application = 'sso'", account.ID))
			require.Zero(t, b.count("select count(*) from username_holds where case_id = ?", id))
			require.ErrorIs(t, b.completes(completion(letter)), models.ErrActivationRefused, "a code is spent once")
			_, found = b.asks(forms[0])
			require.Equal(t, models.TurnedAccount, found.Turned)
			require.True(t, found.Warn)
		})
		t.Run("wrong data get nothing, their owner a warning, and at the third the service desk", func(t *testing.T) {
			support := b.holder(models.RoleSupport1, "")
			form := forms[1]
			form.Rank = "I/a"
			for n := 1; n <= 4; n++ {
				id, found := b.asks(form)
				require.Equal(t, models.TurnedRank, found.Turned)
				require.Equal(t, n == 3, found.Tell)
				require.Equal(t, n == 3, b.count("select count(*) from notices where case_id = ? and kind = 'activation_support' and account_id = ?", id, support.AccountID) == 1)
				require.Zero(t, b.count("select count(*) from notices where case_id = ? and kind = 'activation'", id))
				require.Positive(t, b.count("select count(*) from notices where case_id = ? and kind = 'activation_warning'", id))
				require.Equal(t, models.StatusRefused, b.ended(id, true))
				b.wall.pass(2 * time.Minute)
			}
			told := b.waiting("activation_support", b.email(support))
			for n, line := range strings.Split(told.Data["refusals"], "\n") {
				require.Regexp(t, `^LKT-2026-\d{6} rank_differs 2026-11-2\dT[\d:]+Z$`, line, "what was wrong, of which request, and when")
				require.Less(t, n, 3)
			}
			require.Len(t, strings.Split(told.Data["refusals"], "\n"), 3)
			_, found := b.asks(models.ActivationForm{NIP: "199001012015011999", Rank: "III/a", Effective: "2020-01-01", Email: "a@mail.example"})
			require.Equal(t, models.Looked{Turned: models.TurnedUnknown}, found)
		})
		t.Run("five wrong tries void a code however many come at once", func(t *testing.T) {
			id, _ := b.asks(forms[2])
			wrong := completion(b.letter(id, "activation"))
			wrong.Secret = "aktifsalah"
			for _, err := range atOnce(200, func(int) error { return b.completes(wrong) }) {
				require.ErrorIs(t, err, models.ErrActivationRefused)
			}
			require.Equal(t, 5, b.count("select tries from activation_codes where case_id = ?", id))
			require.Equal(t, 5, b.count("select count(*) from audit_entries where stream = ? and action = 'activation_tried'", caseStream(id)))
			require.Equal(t, models.StatusVoided, b.ended(id, false))
			b.wall.pass(2 * time.Minute)
			next, found := b.asks(forms[2])
			require.Empty(t, found.Turned, "another request may follow")
			require.Equal(t, models.StatusExpired, b.ended(next, true))
		})
		t.Run("a stranger who guesses the username voids nothing; whoever came by the link does", func(t *testing.T) {
			id, _ := b.asks(forms[6])
			right := completion(b.letter(id, "activation"))
			tries := func() int { return b.count("select tries from activation_codes where case_id = ?", id) }
			for range 6 {
				require.ErrorIs(t, b.completes(Completion{Username: right.Username, Code: "00000000", Secret: "x", PasswordHash: "hash"}), models.ErrActivationRefused)
			}
			require.Zero(t, tries())
			wrong := Completion{Case: id, Username: right.Username, Code: "00000000", Secret: "x", PasswordHash: "hash"}
			for range models.ActivationMost {
				require.ErrorIs(t, b.completes(wrong), models.ErrActivationRefused)
			}
			require.Equal(t, models.ActivationMost, tries())
			require.ErrorIs(t, b.completes(right), models.ErrActivationRefused)
			require.Equal(t, models.StatusVoided, b.ended(id, false))
		})
		t.Run("a hundred right ones at once make one account", func(t *testing.T) {
			id, _ := b.asks(forms[3])
			right := completion(b.letter(id, "activation"))
			won := 0
			for _, err := range atOnce(100, func(int) error { return b.completes(right) }) {
				if err == nil {
					won++
				} else {
					require.ErrorIs(t, err, models.ErrActivationRefused)
				}
			}
			require.Equal(t, 1, won)
			require.Equal(t, 1, b.count("select count(*) from accounts where created_by_case = ?", id))
			require.Equal(t, models.StatusDone, b.ended(id, true), "it was not late")
		})
		t.Run("a code that is replaced, expired or of another request is refused alike", func(t *testing.T) {
			id, _ := b.asks(forms[4])
			first := completion(b.letter(id, "activation"))
			second := completion(b.letter(id, "activation"))
			require.ErrorIs(t, b.completes(first), models.ErrActivationRefused)
			other, _ := b.asks(forms[5])
			foreign := completion(b.letter(other, "activation"))
			mixed := second
			mixed.Code = foreign.Code
			require.ErrorIs(t, b.completes(mixed), models.ErrActivationRefused)
			require.Equal(t, 1, b.count("select tries from activation_codes where case_id = ? and voided_at is null", other), "it counts against both")
			b.wall.pass(models.ActivationLife + 2*time.Second)
			require.ErrorIs(t, b.completes(second), models.ErrActivationRefused)
			require.Equal(t, models.StatusExpired, b.ended(id, true))
			require.Equal(t, models.StatusExpired, b.ended(other, true))
			require.Zero(t, b.count("select count(*) from username_holds"), "all are released")
		})
		t.Run("what is out may be asked for again, at its pace", func(t *testing.T) {
			id, _ := b.asks(forms[6])
			o := models.Origin{Channel: "portal"}
			sent := func() int {
				return b.count("select count(*) from notices where case_id = ? and kind = 'activation'", id)
			}
			require.NoError(t, b.ResendActivation(b.ctx(), id, o))
			require.Equal(t, 1, sent(), "not within a minute")
			b.wall.pass(time.Minute)
			require.NoError(t, b.ResendActivation(b.ctx(), id, o))
			require.Equal(t, 2, sent())
			b.wall.pass(time.Minute)
			_, found := b.asks(forms[6])
			require.Equal(t, models.Looked{Turned: models.TurnedAgain}, found, "whoever asks anew at the same address gets another code of the same request")
			require.Equal(t, 3, sent())
			elsewhere := forms[6]
			elsewhere.Email = "lain@mail.example"
			_, found = b.asks(elsewhere)
			require.Equal(t, models.TurnedOpen, found.Turned)
			require.NoError(t, b.ResendActivation(b.ctx(), "nobody", o))
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'activation_resend' and outcome = 'not_found'"))
		})
		t.Run("whoever is warned says that it was not them, and it is over", func(t *testing.T) {
			form := forms[7]
			form.Email = "pencuri@mail.example"
			id, found := b.asks(form)
			require.Empty(t, found.Turned)
			require.True(t, found.Warn)
			right := completion(b.letter(id, "activation"))
			_, token, _ := strings.Cut(b.letter(id, "activation_warning")["link"], "/disown/")
			for range 2 {
				w, err := b.ActivationWarning(b.ctx(), token)
				require.NoError(t, err)
				require.False(t, w.Disowned, "looking changes nothing")
			}
			for range 2 {
				require.NoError(t, b.DisownActivation(b.ctx(), token, models.Origin{Channel: "portal"}))
			}
			require.ErrorIs(t, b.completes(right), models.ErrActivationRefused)
			require.Equal(t, models.StatusDisowned, b.ended(id, false))
			require.ErrorIs(t, b.DisownActivation(b.ctx(), "other", models.Origin{}), models.ErrLinkSpent)
		})
		t.Run("an account that its owner does not know lets nobody in", func(t *testing.T) {
			form := forms[8]
			form.Email = "pencuri@mail.example"
			id, _ := b.asks(form)
			require.NoError(t, b.completes(completion(b.letter(id, "activation"))))
			require.Equal(t, models.StatusDone, b.ended(id, false))
			_, token, _ := strings.Cut(b.letter(id, "activation_warning")["link"], "/disown/")
			b.tamper("insert into one_use_links (id, agency_id, purpose, account_id, digest, created, expires) select 'left', agency_id, 'set_password', id, ?, ?, ? from accounts where created_by_case = ?",
				b.digest(purposeSetPassword, "left"), b.caseNow(), b.caseNow().Add(time.Hour), id)
			_, err := b.LinkInfo(b.ctx(), "left")
			require.NoError(t, err)
			require.NoError(t, b.DisownActivation(b.ctx(), token, models.Origin{Channel: "portal"}))
			for _, voided := range []bool{true, false} { // nor would one that somebody made meanwhile
				_, err = b.SpendLink(b.ctx(), "left", "hash", models.Origin{})
				require.ErrorIs(t, err, models.ErrLinkSpent, "voided %t", voided)
				b.tamper("update one_use_links set voided_at = null where id = 'left'")
			}
			require.Equal(t, 1, b.count("select count(*) from accounts where created_by_case = ? and status = 'disabled'", id))
			require.Positive(t, b.count("select count(*) from notices where case_id = ? and kind = 'activation_disowned'", id), "the service desk looks who it is")
			require.Zero(t, b.count("select count(*) from notices where case_id = ? and kind = 'activation_support'", id), "nothing was refused")
		})
		t.Run("two requests at once are one", func(t *testing.T) {
			turned := make([]string, 8)
			errs := atOnce(8, func(i int) error {
				id, err := b.AskActivation(b.ctx(), forms[9], "id", models.Origin{})
				if err != nil {
					return err
				}
				found, err := b.LookAtActivation(b.ctx(), id)
				turned[i] = found.Turned
				return err
			})
			require.NoError(t, errors.Join(errs...))
			slices.Sort(turned)
			require.Empty(t, turned[0])
			for _, s := range turned[1:] {
				require.Equal(t, models.TurnedAgain, s)
			}
		})
		t.Run("a memo takes no username that is held", func(t *testing.T) {
			id, _ := b.asks(forms[10])
			held, err := heldBy(b.read, id)
			require.NoError(t, err)
			taken, err := takenUsernames(b.read, models.DefaultAgency, held)
			require.NoError(t, err)
			for _, name := range held {
				require.True(t, taken[name], "%s", name)
			}
		})
		t.Run("whoever stands in an open memo waits for that", func(t *testing.T) {
			sender := b.holder(models.RoleHead, "KEM.1.2")
			memo := b.memo(sender, "KEM.1.2", []models.RecapRow{{NIP: forms[11].NIP, Name: "X", UnitCode: "KEM.1.2", ExternalEmail: forms[11].Email}})
			b.record(b.sending(memo, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM"}))
			_, found := b.asks(forms[11])
			require.Equal(t, models.TurnedMemo, found.Turned)
		})
		t.Run("what workflows have yet to hear of is listed until they have", func(t *testing.T) {
			list, err := b.UnheardActivations(b.ctx(), 100)
			require.NoError(t, err)
			require.NotEmpty(t, list)
			for _, u := range list {
				require.NoError(t, b.ActivationHeard(b.ctx(), u))
			}
			list, err = b.UnheardActivations(b.ctx(), 100)
			require.NoError(t, err)
			require.Empty(t, list)
		})
		t.Run("what contradicts itself is found", func(t *testing.T) {
			surveys := []func(context.Context) (Survey, error){b.SurveyOutcomes, b.SurveyDecisions, b.SurveyAccounts, b.SurveySecrets, b.SurveyTrail}
			found := func() []Finding {
				var all []Finding
				for _, survey := range surveys {
					s, err := survey(b.ctx())
					require.NoError(t, err)
					all = append(all, s.Findings...)
				}
				return all
			}
			require.Empty(t, found())
			for name, c := range map[string]struct{ tamper, undo string }{
				"an account without a spent code": {"update activations set came = 'voided' where came = 'spent'", "update activations set came = 'spent' where came = 'voided' and account_id is not null"},
				"a code that lives on":            {"update activation_codes set voided_at = null where id = (select min(k.id) from activation_codes k join activations a on a.case_id = k.case_id where a.came = 'voided')", "update activation_codes set voided_at = created where used_at is null and case_id in (select case_id from activations where came <> '')"},
				"a username held for nobody":      {"update activations set held = false, turned = 'x' where held", "update activations set held = true, turned = '' where turned = 'x'"},
			} {
				b.tamper(c.tamper)
				require.NotEmpty(t, found(), name)
				b.tamper(c.undo)
				require.Empty(t, found(), name)
			}
		})
		t.Run("the trail holds neither codes nor what was typed", func(t *testing.T) {
			require.Zero(t, b.count("select count(*) from audit_entries where became like ?", "%"+forms[0].NIP+"%"))
			require.Zero(t, b.count("select count(*) from events where body like ?", fmt.Sprintf("%%%s%%", forms[0].Email)))
			_, err := b.VerifyAudit(b.ctx(), "")
			require.NoError(t, err)
		})
		t.Run("usernames of a request whose workflow is lost are free an hour after its end", func(t *testing.T) {
			id, _ := b.asks(forms[12])
			require.NoError(t, b.ActivationHeard(b.ctx(), Unheard{CaseID: id, Asked: true}))
			b.wall.pass(models.ActivationLife + 59*time.Minute)
			require.NoError(t, b.SweepActivations(b.ctx()))
			require.Positive(t, b.count("select count(*) from username_holds where case_id = ?", id), "it may be late")
			b.wall.pass(2 * time.Minute)
			require.NoError(t, b.SweepActivations(b.ctx()))
			require.Zero(t, b.count("select count(*) from username_holds where case_id = ?", id))
			var code noticeRow
			require.NoError(t, b.read.Where("case_id = ? and kind = 'activation'", id).Take(&code).Error)
			late, err := code.notice()
			require.NoError(t, err)
			_, err = b.MintActivation(b.ctx(), late)
			require.ErrorIs(t, err, ErrTooLate, "its reader heard nothing")
			list, err := b.UnheardActivations(b.ctx(), 100)
			require.NoError(t, err)
			require.Contains(t, list, Unheard{CaseID: id, Agency: models.DefaultAgency}, "a workflow is to record it")
			require.Equal(t, models.StatusExpired, b.ended(id, false))
		})
		t.Run("a warning's link is over a week after the end", func(t *testing.T) {
			form := forms[13]
			form.Email = "pencuri@mail.example"
			id, _ := b.asks(form)
			require.NoError(t, b.completes(completion(b.letter(id, "activation"))))
			require.Equal(t, models.StatusDone, b.ended(id, false))
			b.tamper("update activations set closed = ? where case_id = ?", b.caseNow(), id)
			_, token, _ := strings.Cut(b.letter(id, "activation_warning")["link"], "/disown/")
			b.wall.pass(disownLife - time.Minute)
			_, err := b.ActivationWarning(b.ctx(), token)
			require.NoError(t, err)
			b.wall.pass(2 * time.Minute)
			_, err = b.ActivationWarning(b.ctx(), token)
			require.ErrorIs(t, err, models.ErrLinkSpent)
			require.ErrorIs(t, b.DisownActivation(b.ctx(), token, models.Origin{}), models.ErrLinkSpent)
			require.Equal(t, 1, b.count("select count(*) from accounts where created_by_case = ? and status = 'active'", id))
		})
	})
}
