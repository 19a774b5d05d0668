package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/internal/desk"
	"loket/internal/files/filestest"
	"loket/internal/store"
	"loket/models"
	"loket/workflows"
)

// registrant is somebody outside the registry, at their registration.
type registrant struct {
	s     *stage
	t     *testing.T
	d     *desk.Desk
	email string
	id    string
	token string
}

// registers asks for a registration; what comes of it is the caller's to await.
func (s *stage) registers(t *testing.T, d *desk.Desk, email string) *registrant {
	t.Helper()
	require.NoError(t, s.store.AskRegistration(t.Context(), store.RegistrationRequest{Name: "Dewi Kartika", Email: email, Lang: "id", Nonce: uuid.NewString(),
		NonceExpires: time.Now().Add(time.Hour), Origin: models.Origin{Channel: "test"}}))
	return &registrant{s: s, t: t, d: d, email: email}
}

// message waits for one to the registrant and gives its notice.
func (r *registrant) message(kind string) models.Notice {
	r.t.Helper()
	var found models.Notice
	require.Eventually(r.t, func() bool {
		notices, err := r.s.store.ClaimNotices(r.t.Context(), 100, time.Hour)
		require.NoError(r.t, err)
		for _, n := range notices {
			if n.Kind == kind && n.To == r.email {
				found = n
			}
		}
		return found.ID != ""
	}, time.Minute, 50*time.Millisecond, "no %s came to %s", kind, r.email)
	r.id = found.CaseID
	return found
}

// follows opens the link of a message.
func (r *registrant) follows(kind string) models.RegistrationView {
	r.t.Helper()
	link, err := r.s.store.MintRegistration(r.t.Context(), r.message(kind))
	require.NoError(r.t, err)
	r.token = filepath.Base(link["link"])
	v, err := r.d.RegistrationByLink(r.t.Context(), r.token)
	require.NoError(r.t, err)
	require.Equal(r.t, r.id, v.ID)
	return v
}

func (r *registrant) form(username string) models.RegistrationForm {
	return models.RegistrationForm{Name: "Dewi Kartika", Phone: "0812 555 0101", Username: username, CompanyForm: models.CompanyForm{NPWP: "01.234.567.8-901.000",
		Company: "PT Laut Biru", Address: "Jl. Pelabuhan 1", Postcode: "14310", CompanyPhone: "021 555 0101"}}
}

// applies takes a registration to the officers.
func (r *registrant) applies(username string) {
	r.t.Helper()
	ctx, o := r.t.Context(), models.Origin{Channel: "test"}
	require.Equal(r.t, []models.Action{models.ActionProve}, r.follows("registration_link").Actions)
	v, err := r.d.ProveRegistration(ctx, r.token, o)
	require.NoError(r.t, err)
	require.Equal(r.t, models.StatusForm, v.Status)
	again, err := r.d.ProveRegistration(ctx, r.token, o)
	require.NoError(r.t, err, "a repeat is no mistake")
	require.Equal(r.t, v.Seq, again.Seq)
	_, err = r.d.SubmitRegistration(ctx, r.token, r.form("x"), v.Version, o)
	require.ErrorContains(r.t, err, "username_shape")
	require.ErrorContains(r.t, err, "papers_needed")
	v, err = r.d.AddPaper(ctx, r.token, desk.PaperUpload{Kind: models.PaperNPWP, Name: "NPWP.pdf", Body: bytes.NewReader(filestest.PDF("NPWP"))}, o)
	require.NoError(r.t, err)
	require.Equal(r.t, "x", v.Form.Username, "what was typed is kept")
	_, body, err := r.d.PaperByLink(ctx, r.token, v.Papers[0].ID)
	require.NoError(r.t, err)
	require.NotEmpty(r.t, body)
	_, err = r.d.SaveRegistration(ctx, r.token, r.form(username), v.Version-1, o)
	require.ErrorIs(r.t, err, models.ErrStale)
	v, err = r.d.SubmitRegistration(ctx, r.token, r.form(username), v.Version, o)
	require.NoError(r.t, err)
	require.Equal(r.t, models.StatusVerification, v.Status)
	require.Equal(r.t, []models.Action{models.ActionWithdraw}, v.Actions)
	require.Empty(r.t, v.Steps, "an applicant hears no names")
}

func (r *registrant) decided(act models.Action, status models.Status) {
	r.t.Helper()
	ctx, officer := r.t.Context(), r.s.officer
	page, _, err := r.d.Inbox(ctx, officer, models.QueueRegistration, models.PageQuery{})
	require.NoError(r.t, err)
	require.Equal(r.t, r.id, page.Items[len(page.Items)-1].ID)
	v, err := r.d.Registration(ctx, officer, r.id)
	require.NoError(r.t, err)
	require.NotEmpty(r.t, v.Steps)
	_, err = r.d.Registration(ctx, r.s.sender, r.id)
	require.ErrorIs(r.t, err, models.ErrNotFound)
	in := desk.RegistrationDecision{Action: act, Reason: "NPWP tidak terbaca", Seq: v.Seq}
	if act == models.ActionReturn {
		in.Notes = []models.FieldNote{{Field: "papers", Note: "Unggah lagi"}}
	}
	v, err = r.d.DecideRegistration(ctx, officer, r.id, in, "keputusan-"+r.id)
	require.NoError(r.t, err)
	require.Equal(r.t, status, v.Status)
	again, err := r.d.DecideRegistration(ctx, officer, r.id, in, "keputusan-"+r.id)
	require.NoError(r.t, err, "a repeat is the same decision")
	require.Equal(r.t, v.Seq, again.Seq)
	found, err := r.d.Track(ctx, officer, v.Number)
	require.NoError(r.t, err)
	require.Equal(r.t, "PT Laut Biru", found.Subject)
}

// TestRegistrationHistories plays every outcome of a registration on a real engine and a real database, and replays what the
// engine then remembers, in which nothing stands of what was typed. With -update it saves the histories.
func TestRegistrationHistories(t *testing.T) {
	s := newStage(t)
	for name, play := range map[string]func(t *testing.T, r *registrant) models.Status{
		"done": func(t *testing.T, r *registrant) models.Status {
			r.applies("dewi.kartika")
			r.decided(models.ActionApprove, models.StatusActivation)
			minted, err := s.store.Mint(t.Context(), r.message("registration_accepted"))
			require.NoError(t, err)
			require.NoError(t, r.d.SetPassword(t.Context(), filepath.Base(minted["link"]), password, password, "id", models.Origin{Channel: "test"}))
			s.ends(t, r.id, models.StatusDone)
			_, err = r.d.RegistrationByLink(t.Context(), r.token)
			require.ErrorIs(t, err, models.ErrLinkSpent, "the link has ended with the registration")
			return models.StatusDone
		},
		"returned": func(t *testing.T, r *registrant) models.Status {
			r.applies("orang.kembali")
			r.decided(models.ActionReturn, models.StatusReturned)
			v := r.follows("registration_returned")
			require.Equal(t, "papers", v.Notes[0].Field)
			v, err := r.d.SubmitRegistration(t.Context(), r.token, r.form("orang.kembali"), v.Version, models.Origin{Channel: "test"})
			require.NoError(t, err)
			require.Equal(t, 2, v.Round)
			_, err = r.d.DecideRegistration(t.Context(), s.officer, r.id, desk.RegistrationDecision{Action: models.ActionRefuse, Reason: "masih tidak terbaca"}, "")
			require.NoError(t, err)
			return models.StatusRefused
		},
		"withdrawn": func(t *testing.T, r *registrant) models.Status {
			r.applies("orang.batal")
			_, err := r.d.WithdrawRegistration(t.Context(), r.token, models.Origin{Channel: "test"})
			require.NoError(t, err)
			return models.StatusWithdrawn
		},
		"turned-away": func(t *testing.T, r *registrant) models.Status {
			r.message("registration_known")
			return models.StatusRefused
		},
		"unproven": func(t *testing.T, r *registrant) models.Status {
			r.message("registration_link")
			return models.StatusExpired
		},
		"lapsed": func(t *testing.T, r *registrant) models.Status {
			r.applies("orang.lewat")
			r.decided(models.ActionApprove, models.StatusActivation)
			r.message("registration_lapsed")
			return models.StatusDone
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock, email := models.Clock{Speed: 1}, name+"@niaga.example"
			switch name {
			case "unproven":
				clock = models.Clock{Epoch: time.Now(), Speed: 100_000} // a day in a second
			case "lapsed":
				clock = models.Clock{Epoch: time.Now(), Speed: 20_000} // three days in 13
			case "turned-away":
				_, err := s.store.AddTrader(t.Context(), models.Actor{}, store.NewTrader{Company: models.Company{NPWP: "098765432109000", Name: "PT Lain"},
					Username: "sudah.ada", Name: "Sari", Email: email, PasswordHash: "unused", Ends: time.Now().Add(models.TraderValidity)})
				require.NoError(t, err)
			}
			r := s.registers(t, s.open(t, clock), email)
			status := play(t, r)
			s.ends(t, r.id, status)
			s.replaysRegistration(t, name, r)
		})
	}
	t.Run("a hundred yeses make one account", func(t *testing.T) {
		r := s.registers(t, s.open(t, models.Clock{Speed: 1}), "seratus@niaga.example")
		r.applies("seratus")
		var all sync.WaitGroup
		errs := make([]error, 100)
		for i := range errs {
			all.Go(func() {
				for { // who waits too long is told to come again
					_, errs[i] = r.d.DecideRegistration(t.Context(), s.officer, r.id, desk.RegistrationDecision{Action: models.ActionApprove}, fmt.Sprint("k", i))
					if !models.ErrUnavailable.Is(errs[i]) && !models.ErrTooMany.Is(errs[i]) {
						return
					}
				}
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.ErrorIs(t, err, models.ErrAlreadyDecided)
		}
		require.Equal(t, 1, won)
	})
	t.Run("company", func(t *testing.T) {
		d := s.open(t, models.Clock{Speed: 1})
		id, err := s.store.AddTrader(t.Context(), models.Actor{}, store.NewTrader{Company: models.Company{NPWP: "087654321098000", Name: "PT Lama"},
			Username: "pemilik", Name: "Sari", Email: "pemilik@niaga.example", PasswordHash: "unused", Responsible: true, Ends: time.Now().Add(models.TraderValidity)})
		require.NoError(t, err)
		boss, err := s.store.ActorOf(t.Context(), id, time.Now())
		require.NoError(t, err)
		r := &registrant{s: s, t: t, d: d, email: "pemilik@niaga.example"}
		form := r.form("").CompanyForm
		form.NPWP, form.Company = "076543210987000", "PT Laut Biru"
		v, err := d.ChangeCompany(t.Context(), boss, form, "ubah")
		require.NoError(t, err)
		require.Equal(t, models.StatusVerification, v.Status)
		again, err := d.ChangeCompany(t.Context(), boss, form, "ubah")
		require.NoError(t, err)
		require.Equal(t, v.ID, again.ID)
		_, err = d.ChangeCompany(t.Context(), boss, form, "lain")
		require.ErrorIs(t, err, models.ErrNotNow)
		r.id = v.ID
		r.decided(models.ActionApprove, models.StatusDone)
		boss.Responsible = false
		_, err = d.ChangeCompany(t.Context(), boss, form, "")
		require.ErrorIs(t, err, models.ErrForbidden)
		s.replaysRegistration(t, "company", r)
	})
	t.Run("a company's change that nobody answers for any more", func(t *testing.T) {
		d := s.open(t, models.Clock{Speed: 1})
		var bosses []models.Actor
		for _, name := range []string{"mantan", "pengganti"} {
			id, err := s.store.AddTrader(t.Context(), models.Actor{}, store.NewTrader{Company: models.Company{NPWP: "065432109876000", Name: "PT Ganti"},
				Username: name, Name: "Sari", Email: name + "@niaga.example", PasswordHash: "unused", Responsible: true, Ends: time.Now().Add(models.TraderValidity)})
			require.NoError(t, err)
			boss, err := s.store.ActorOf(t.Context(), id, time.Now())
			require.NoError(t, err)
			bosses = append(bosses, boss)
		}
		r := &registrant{s: s, t: t, d: d, email: "mantan@niaga.example"}
		form := r.form("").CompanyForm
		form.NPWP, form.Company = "065432109876000", "PT Ganti Nama"
		old, err := d.ChangeCompany(t.Context(), bosses[0], form, "")
		require.NoError(t, err)
		_, err = d.ChangeCompany(t.Context(), bosses[1], form, "")
		require.ErrorIs(t, err, models.ErrNotNow)
		in := store.PersonChange{Company: bosses[1].Company, Person: bosses[0].AccountID}
		require.NoError(t, s.store.SetResponsible(t.Context(), bosses[1], in, false))
		anew, err := d.ChangeCompany(t.Context(), bosses[1], form, "")
		require.NoError(t, err)
		require.NotEqual(t, old.ID, anew.ID)
		was, err := s.store.Case(t.Context(), models.DefaultAgency, old.ID)
		require.NoError(t, err)
		require.Equal(t, models.StatusWithdrawn, was.Status)
	})
	t.Run("what is kept contradicts itself nowhere", func(t *testing.T) {
		for _, survey := range []func(context.Context) (store.Survey, error){s.store.SurveyAccounts, s.store.SurveyOutcomes, s.store.SurveyDecisions,
			s.store.SurveyTrail, s.store.SurveySecrets} {
			found, err := survey(t.Context())
			require.NoError(t, err)
			require.Empty(t, found.Findings)
		}
	})
}

// replaysRegistration holds the workflow to the history of a case, and saves it when asked to.
func (s *stage) replaysRegistration(t *testing.T, name string, r *registrant) {
	t.Helper()
	id := models.WorkflowID(models.KindRegistration, r.id)
	require.NoError(t, s.engine.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
	events := s.engine.GetWorkflowHistory(context.Background(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var history historypb.History
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, e)
	}
	require.Less(t, len(history.Events), 150)
	body, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
	require.NoError(t, err)
	for _, e := range history.Events {
		for _, typed := range []string{r.email, "Laut Biru", "Dewi Kartika", "012345678901000", "0812 555 0101"} {
			require.NotContains(t, e.String(), typed)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("..", "..", "workflows", "testdata", "histories", "registration-"+name+".json"), body, 0o644))
	}
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(workflows.Registration, workflow.RegisterOptions{Name: workflows.RegistrationWorkflow})
	require.NoError(t, replayer.ReplayWorkflowHistory(nil, &history))
}
