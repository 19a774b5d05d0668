package web_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/files/filestest"
	"loket/models"
)

func sampleRegistration() models.RegistrationView {
	return models.RegistrationView{ID: "reg-1", Number: "LKT-2026-000212", Sort: models.RegistrationAccount, Status: models.StatusForm, Round: 1, Seq: 3, Version: 4,
		Opened: ago(50 * time.Hour), Due: at(later(300 * time.Hour)), Email: "sari.wibowo@sumber-rezeki.example",
		Form: models.RegistrationForm{Name: "Sari Wibowo", Phone: "0812 5550 0101", Username: "sari.wibowo", CompanyForm: models.CompanyForm{NPWP: "012345678901000", Company: "PT Sumber Rezeki Contoh",
			Address: "Jalan Pelabuhan Raya 12, Jakarta Utara", Postcode: "14310", CompanyPhone: "021 555 0101", EDINumber: "EDI-000417"}},
		Papers: []models.Paper{{ID: "p-1", Position: 1, Kind: models.PaperNPWP, Name: "NPWP PT Sumber Rezeki Contoh.pdf", Size: 184_000},
			{ID: "p-2", Position: 2, Kind: models.PaperLetter, Name: "Surat kuasa.pdf", Size: 96_000}},
		Timeline: []models.TimelineEvent{{Seq: 1, Type: models.EventRegistrationAsked, At: ago(50 * time.Hour), Status: models.StatusAsked},
			{Seq: 2, Type: models.EventRegistrationLink, At: ago(50 * time.Hour), Status: models.StatusProof},
			{Seq: 3, Type: models.EventRegistrationProven, At: ago(49 * time.Hour), Status: models.StatusForm}},
		Actions: []models.Action{models.ActionEdit, models.ActionSend, models.ActionWithdraw}}
}

// stand has the sample's registration stand elsewhere, with one more event.
func stand(s models.Status, e models.EventType, may ...models.Action) func(*counter) {
	return func(c *counter) {
		c.registration.Status, c.registration.Actions = s, may
		c.registration.Timeline = append(c.registration.Timeline, models.TimelineEvent{Seq: 4, Type: e, At: ago(time.Hour), Status: s})
	}
}

func waitsForOfficers(c *counter) {
	stand(models.StatusVerification, models.EventRegistrationSent, models.ActionApprove, models.ActionRefuse, models.ActionReturn)(c)
	c.registration.Stage, c.registration.Due = models.StageOfficer, at(later(29*time.Hour))
	c.registration.Known, c.registration.People = &models.Company{NPWP: "012345678901000", Name: "PT Sumber Rezeki Contoh", Address: "Jalan Pelabuhan Raya 9, Jakarta Utara",
		Postcode: "14310", Phone: "021 555 0101"}, 2
}

func wasReturned(c *counter) {
	stand(models.StatusReturned, models.EventReturned, models.ActionEdit, models.ActionResubmit, models.ActionWithdraw)(c)
	c.registration.Reason, c.registration.Notes = "Surat kuasa belum ditandatangani.", []models.FieldNote{{Field: "papers", Note: "Surat kuasa halaman 2 kosong."},
		{Field: "address", Note: "Tulis alamat sesuai NIB."}}
}

func (c *counter) CheckRegister(_ context.Context, in desk.Registration) error {
	_, faults := models.ParseName("name", in.Name)
	_, wrong := models.ParseEmail("email", in.Email)
	faults = append(faults, wrong...)
	if in.Proof.Answer == "" && in.Proof.Work == "" {
		faults = append(faults, models.Fault("captcha", "captcha_needed"))
	}
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return c.fail
}

func (c *counter) Register(ctx context.Context, in desk.Registration) error {
	if err := c.CheckRegister(ctx, in); err != nil {
		return err
	}
	return c.ask("register " + in.Email)
}

func (c *counter) RegistrationByLink(_ context.Context, token string) (models.RegistrationView, error) {
	if token != "fresh" {
		return models.RegistrationView{}, models.ErrLinkSpent
	}
	return c.registration, c.fail
}

func (c *counter) ProveRegistration(_ context.Context, _ string, _ models.Origin) (models.RegistrationView, error) {
	return c.registration, c.ask("prove")
}

func (c *counter) SaveRegistration(_ context.Context, _ string, form models.RegistrationForm, version int, _ models.Origin) (models.RegistrationView, error) {
	if faults := models.CheckRegistrationDraft(form); len(faults) > 0 {
		return models.RegistrationView{}, models.Invalid(faults...)
	}
	if version != c.registration.Version {
		return models.RegistrationView{}, models.ErrStale
	}
	c.registration.Form = form
	return c.registration, c.ask("save")
}

func (c *counter) SubmitRegistration(_ context.Context, _ string, form models.RegistrationForm, _ int, _ models.Origin) (models.RegistrationView, error) {
	if form.Username == "taken" {
		return models.RegistrationView{}, models.Invalid(models.Fault("username", "taken"))
	}
	return c.registration, c.ask("submit " + form.Company)
}

func (c *counter) WithdrawRegistration(context.Context, string, models.Origin) (models.RegistrationView, error) {
	return c.registration, c.ask("withdraw registration")
}

func (c *counter) AddPaper(_ context.Context, _ string, up desk.PaperUpload, _ models.Origin) (models.RegistrationView, error) {
	body, err := io.ReadAll(up.Body)
	if err != nil || !bytes.HasPrefix(body, []byte("%PDF")) {
		return models.RegistrationView{}, models.Invalid(models.Fault("file", "pdf_only"))
	}
	return c.registration, c.ask("add " + string(up.Kind) + " " + up.Name)
}

func (c *counter) RemovePaper(_ context.Context, _, id string, _ models.Origin) (models.RegistrationView, error) {
	return c.registration, c.ask("remove " + id)
}

func (c *counter) PaperByLink(_ context.Context, _, id string) (models.Paper, []byte, error) {
	return models.Paper{ID: id, Name: "NPWP.pdf"}, filestest.PDF("NPWP"), c.fail
}

func (c *counter) Paper(_ context.Context, _ models.Actor, _, id string) (models.Paper, []byte, error) {
	return models.Paper{ID: id, Name: "NPWP.pdf"}, filestest.PDF("NPWP"), c.fail
}

func (c *counter) Registration(_ context.Context, _ models.Actor, id string) (models.RegistrationView, error) {
	if id != c.registration.ID {
		return models.RegistrationView{}, models.ErrNotFound
	}
	return c.registration, c.fail
}

func (c *counter) DecideRegistration(_ context.Context, _ models.Actor, _ string, in desk.RegistrationDecision, _ string) (models.RegistrationView, error) {
	if faults := models.CheckRegistrationReturn(in.Reason, in.Notes); in.Action != models.ActionApprove && len(faults) > 0 {
		return c.registration, models.Invalid(faults...)
	}
	return c.registration, c.ask(in)
}

func registrationScenes() []scene {
	return []scene{
		{name: "register", path: "/register", stranger: true},
		{name: "register-sent", path: "/register/sent", stranger: true},
		{name: "registration-unknown", path: "/register/used", stranger: true, status: 410},
		{name: "registration-prove", path: "/register/fresh", stranger: true, set: stand(models.StatusProof, models.EventRegistrationLink, models.ActionProve)},
		{name: "registration-form", path: "/register/fresh", stranger: true},
		{name: "registration-form-empty", path: "/register/fresh", stranger: true, set: func(c *counter) {
			c.registration.Form, c.registration.Papers = models.RegistrationForm{Name: "Sari Wibowo"}, nil
		}},
		{name: "registration-returned", path: "/register/fresh", stranger: true, set: wasReturned},
		{name: "registration-checked", path: "/register/fresh", stranger: true, set: stand(models.StatusVerification, models.EventRegistrationSent, models.ActionWithdraw)},
		{name: "registration-accepted", path: "/register/fresh", stranger: true, set: stand(models.StatusActivation, models.EventApproved)},
		{name: "registration-withdraw", path: "/register/fresh/withdraw", stranger: true},
		{name: "registration-case", path: "/registrations/reg-1?in=tab%3Dclaimable", set: waitsForOfficers},
		{name: "registration-case-unknown", path: "/registrations/reg-1", set: func(c *counter) { waitsForOfficers(c); c.registration.Known = nil }},
		{name: "registration-case-done", path: "/registrations/reg-1", set: stand(models.StatusDone, models.EventDone)},
		{name: "registration-case-lapsed", path: "/registrations/reg-1", set: stand(models.StatusDone, models.EventRegistrationLapsed)},
		{name: "registration-case-refused", path: "/registrations/reg-1", set: func(c *counter) {
			stand(models.StatusRefused, models.EventRefused)(c)
			c.registration.Reason, c.registration.Papers, c.registration.Form = "NPWP bukan milik perusahaan ini.", nil, models.RegistrationForm{}
		}},
		{name: "registration-decide", path: "/registrations/reg-1/decide", set: waitsForOfficers},
	}
}

// typed is the sample's form as a browser sends it, with what is otherwise.
func typed(c *counter, change url.Values) url.Values {
	f := c.registration.Form
	form := url.Values{"version": {"4"}, "name": {f.Name}, "phone": {f.Phone}, "username": {f.Username}, "npwp": {"01.234.567.8-901.000"}, "company": {f.Company}, "address": {f.Address},
		"postcode": {f.Postcode}, "company_phone": {f.CompanyPhone}, "do": {"save"}}
	for name, values := range change {
		form[name] = values
	}
	return form
}

func TestRegistrationPages(t *testing.T) {
	stranger := map[string]string{}
	t.Run("the public form tells what is wrong before it asks, and asks before it sends", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, page := askAs(t, server, stranger, http.MethodPost, "/register", url.Values{"name": {""}, "email": {"sari"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="name-error"`)
		require.Contains(t, page, `id="email-error"`)
		require.Contains(t, page, `value="sari"`)
		good := url.Values{"name": {"Sari Wibowo"}, "email": {"sari@mail.example"}, "captcha": {"7"}, "question": {"q"}}
		unproven := maps.Clone(good)
		unproven.Del("captcha")
		res, page = askAs(t, server, stranger, http.MethodPost, "/register", unproven)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode, "what is wrong with the proof is told before anybody is sure")
		require.NotContains(t, page, `name="sure" value="yes"`)
		_, page = askAs(t, server, stranger, http.MethodPost, "/register", good)
		require.Contains(t, page, `name="captcha" value="7"`)
		require.Empty(t, c.asked)
		good.Set("sure", "yes")
		res, _ = askAs(t, server, stranger, http.MethodPost, "/register", good)
		require.Equal(t, "/register/sent", res.Header.Get("Location"))
		require.Equal(t, []any{"register sari@mail.example"}, c.asked)
	})
	t.Run("looking at the link begins nothing", func(t *testing.T) {
		c := newCounter()
		stand(models.StatusProof, models.EventRegistrationLink, models.ActionProve)(c)
		server, _ := serve(t, c)
		res, page := askAs(t, server, stranger, http.MethodGet, "/register/fresh", nil)
		require.Equal(t, "no-referrer", res.Header.Get("Referrer-Policy"))
		require.Equal(t, "noindex", res.Header.Get("X-Robots-Tag"))
		require.Contains(t, page, `value="prove"`)
		require.Empty(t, c.asked)
		res, _ = askAs(t, server, stranger, http.MethodPost, "/register/fresh", url.Values{"do": {"prove"}})
		require.Equal(t, "/register/fresh", res.Header.Get("Location"))
		require.Equal(t, []any{"prove"}, c.asked)
	})
	t.Run("what is typed is kept first, then shown, then sent by whoever is sure", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, page := askAs(t, server, stranger, http.MethodPost, "/register/fresh", typed(c, url.Values{"do": {"send"}, "npwp": {"123"}, "username": {"Sari Wibowo"}, "postcode": {"1"}}))
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		for _, field := range []string{"npwp", "username", "postcode"} {
			require.Contains(t, page, `id="`+field+`-error"`)
		}
		require.Contains(t, page, `value="Sari Wibowo"`)
		c.registration = sampleRegistration()
		_, page = askAs(t, server, stranger, http.MethodPost, "/register/fresh", typed(c, url.Values{"do": {"send"}}))
		require.Contains(t, page, "01.234.567.8-901.000")
		require.Contains(t, page, `name="sure" value="yes"`)
		require.Equal(t, []any{"save", "save"}, c.asked)
		res, _ = askAs(t, server, stranger, http.MethodPost, "/register/fresh", url.Values{"sure": {"yes"}, "version": {"4"}})
		require.Equal(t, "/register/fresh", res.Header.Get("Location"))
		require.Equal(t, "submit PT Sumber Rezeki Contoh", c.asked[2])
		c.registration.Form.Username = "taken"
		res, page = askAs(t, server, stranger, http.MethodPost, "/register/fresh", url.Values{"sure": {"yes"}, "version": {"4"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="username-error"`)
	})
	t.Run("another tab that saved meanwhile is told of, and nothing typed is lost", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, page := askAs(t, server, stranger, http.MethodPost, "/register/fresh", typed(c, url.Values{"version": {"3"}, "company": {"PT Yang Baru"}}))
		require.Equal(t, http.StatusConflict, res.StatusCode)
		require.Contains(t, page, `value="PT Yang Baru"`)
		require.Contains(t, page, `name="version" value="4"`)
	})
	t.Run("a chosen paper is added whichever button is pressed, and refused beside its field", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		require.Equal(t, http.StatusSeeOther, postPaper(t, server.URL, typed(c, url.Values{"kind": {"deed"}}), filestest.PDF("Akta")))
		require.Equal(t, []any{"save", "add deed akta.pdf"}, c.asked)
		require.Equal(t, http.StatusUnprocessableEntity, postPaper(t, server.URL, typed(c, nil), []byte("PK")))
		_, page := askAs(t, server, stranger, http.MethodPost, "/register/fresh", typed(c, url.Values{"do": {"attach"}}))
		require.Contains(t, page, `id="file-error"`)
		_, _ = askAs(t, server, stranger, http.MethodPost, "/register/fresh", typed(c, url.Values{"do": {"detach:p-2"}}))
		require.Contains(t, c.asked, "remove p-2")
	})
	t.Run("a number is read as it is typed", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := askAs(t, server, stranger, http.MethodPost, "/register/fresh/npwp", url.Values{"npwp": {"012345678901000"}})
		require.Contains(t, page, "01.234.567.8-901.000")
		_, page = askAs(t, server, stranger, http.MethodPost, "/register/fresh/npwp", url.Values{"npwp": {"0123456789010"}})
		require.NotContains(t, page, "01.234")
	})
	t.Run("papers are shown in a sandbox", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		for _, path := range []string{"/register/fresh/papers/p-1/view", "/registrations/reg-1/papers/p-1/view"} {
			res, _ := ask(t, server, http.MethodGet, path, nil)
			require.Contains(t, res.Header.Get("Content-Security-Policy"), "sandbox")
		}
	})
}

func postPaper(t *testing.T, base string, form url.Values, file []byte) int {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		require.NoError(t, w.WriteField(name, values[0]))
	}
	part, err := w.CreateFormFile("file", "akta.pdf")
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/register/fresh", &body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}

func TestRegistrationDecisionPages(t *testing.T) {
	form := func(verdict string) url.Values {
		return url.Values{"verdict": {verdict}, "reason": {""}, "note-papers": {"Halaman 2 kosong."}, "seq": {"4"}, "key": {"k"}}
	}
	c := newCounter()
	waitsForOfficers(c)
	server, words := serve(t, c)
	t.Run("a return needs a reason, and its notes stay where they were typed", func(t *testing.T) {
		res, page := ask(t, server, http.MethodPost, "/registrations/reg-1/decide", form("return"))
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="reason-error"`)
		require.Contains(t, page, "Halaman 2 kosong.")
	})
	t.Run("no verdict is none", func(t *testing.T) {
		_, page := ask(t, server, http.MethodPost, "/registrations/reg-1/decide", form("maybe"))
		require.Contains(t, page, `id="verdict-error"`)
	})
	t.Run("a word is taken as it was given", func(t *testing.T) {
		in := form("return")
		in.Set("reason", "Kurang.")
		res, _ := ask(t, server, http.MethodPost, "/registrations/reg-1/decide", in)
		require.Equal(t, "/registrations/reg-1", res.Header.Get("Location"))
		require.Equal(t, []any{desk.RegistrationDecision{Action: models.ActionReturn, Reason: "Kurang.", Notes: []models.FieldNote{{Field: "papers", Note: "Halaman 2 kosong."}}, Seq: 4}}, c.asked)
		in = form("approve")
		in.Set("in", "tab=claimable")
		res, _ = ask(t, server, http.MethodPost, "/registrations/reg-1/decide", in)
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, desk.RegistrationDecision{Action: models.ActionApprove, Seq: 4}, c.asked[1])
	})
	t.Run("what names a case by its id alone finds it", func(t *testing.T) {
		res, _ := ask(t, server, http.MethodGet, "/memos/reg-1/turn?in=tab%3Dclaimable", nil)
		require.Equal(t, "/registrations/reg-1/decide?in=tab%3Dclaimable", res.Header.Get("Location"))
	})
	require.Empty(t, words.Missing())
}
