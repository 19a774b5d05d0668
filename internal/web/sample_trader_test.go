package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func sampleCompany() models.CompanyView {
	return models.CompanyView{Company: models.Company{ID: "co-1", NPWP: "012345678901000", Name: "PT Sumber Rezeki Contoh", Address: "Jl. Gatot Subroto Kav. 18, Jakarta Selatan", Postcode: "12710",
		Phone: "021 555 0101", EDINumber: "EDI-0012345", Version: 3}, Changed: at(ago(50 * time.Hour)), ChangedBy: "Budi Santoso", Editable: true}
}

// trading makes the reader a company's person whose account ends after so long.
func trading(left time.Duration) func(*counter) {
	return func(c *counter) {
		ends := later(left)
		c.who.Actor = models.Actor{Agency: models.DefaultAgency, AccountID: "acc-1", Company: "co-1", Responsible: true}
		c.who.Account.Username, c.who.Account.Name, c.who.Account.Email = "sari.wibowo", "Sari Wibowo", "sari.wibowo@niaga.example"
		c.who.Account.Ends, c.who.Account.Ended, c.who.Account.Roles, c.who.Account.Unit, c.who.Account.UnitName = &ends, left <= 0, nil, "", ""
	}
}

const farAway = 200 * 24 * time.Hour

func (c *counter) Trader(context.Context, models.Actor) (models.TraderView, error) {
	if c.who.Actor.Company == "" {
		return models.TraderView{}, models.ErrNotFound
	}
	view := models.TraderView{Username: c.who.Account.Username, Name: c.who.Account.Name, Phone: "0812 5550 101", Email: c.who.Account.Email, Locale: "id", Responsible: c.who.Actor.Responsible,
		Term: models.TermOf(c.who.Account.Ends, noon())}
	if c.awaits {
		view.Awaited = &models.EmailAwaited{Email: "sari@alamat-baru-yang-agak-panjang.example", Expires: later(20 * time.Hour)}
	}
	return view, c.fail
}

func (c *counter) OwnCompany(context.Context, models.Actor) (models.CompanyView, error) {
	company := sampleCompany()
	company.Editable = c.who.Actor.Responsible
	return company, c.fail
}

func (c *counter) SetProfile(_ context.Context, _ models.Actor, p models.TraderProfile) (models.TraderView, error) {
	if _, faults := models.ParseTraderProfile(p); len(faults) > 0 {
		return models.TraderView{}, models.Invalid(faults...)
	}
	return models.TraderView{}, c.ask(p)
}

func (c *counter) ChangeCompanyData(_ context.Context, _ models.Actor, d models.CompanyData, version int) (models.CompanyView, error) {
	if _, faults := models.ParseCompanyData(d); len(faults) > 0 {
		return models.CompanyView{}, models.Invalid(faults...)
	}
	if version != sampleCompany().Version {
		return models.CompanyView{}, models.ErrStale.With("by", "Budi Santoso")
	}
	return sampleCompany(), c.ask(d)
}

func (c *counter) Renew(_ context.Context, _ models.Actor, in desk.Renewal) (models.Term, error) {
	if !in.Confirmed {
		return models.Term{}, models.Invalid(models.Fault("confirmed", "sure_needed"))
	}
	return models.Term{}, c.ask(in)
}

func (c *counter) AskEmailChange(_ context.Context, _ models.Actor, email string) error {
	if _, faults := models.ParseEmail("email", email); len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return c.ask("email " + email)
}

func (c *counter) EmailProof(_ context.Context, token string) (models.EmailLink, error) {
	if token != "fresh" {
		return models.EmailLink{}, models.SpentLink(models.LinkEmail, models.ErrLinkSpent)
	}
	return models.EmailLink{Username: "sari.wibowo", Name: "Sari Wibowo", Email: "sari@baru.example", Expires: later(20 * time.Hour)}, nil
}

func (c *counter) EmailUndo(ctx context.Context, token string) (models.EmailLink, error) {
	link, err := c.EmailProof(ctx, token)
	link.Email, link.Instead = "sari.wibowo@niaga.example", "s***@baru.example"
	return link, err
}

func (c *counter) ProveEmail(ctx context.Context, token string, _ models.Origin) error {
	if _, err := c.EmailProof(ctx, token); err != nil {
		return err
	}
	return c.ask("prove")
}

func (c *counter) UndoEmail(ctx context.Context, token string, _ models.Origin) error {
	if _, err := c.EmailProof(ctx, token); err != nil {
		return err
	}
	return c.ask("undo")
}

func traderScenes() []scene {
	far, soon, over := trading(farAway), trading(10*24*time.Hour), trading(-48*time.Hour)
	other := func(set func(*counter)) func(*counter) {
		return func(c *counter) { set(c); c.who.Actor.Responsible = false }
	}
	return []scene{
		{name: "trader-home", path: "/", set: soon},
		{name: "profile", path: "/profile", set: func(c *counter) { far(c); c.awaits = true }},
		{name: "profile-other", path: "/profile", set: other(soon)},
		{name: "profile-edit", path: "/profile/edit", set: far},
		{name: "profile-company", path: "/profile/company", set: far},
		{name: "profile-identity", path: "/profile/identity", set: far},
		{name: "profile-email", path: "/profile/email", set: func(c *counter) { far(c); c.awaits = true; c.who.FreshUntil = time.Time{} }},
		{name: "renewal", path: "/profile/renewal", set: soon},
		{name: "renewal-ended", path: "/profile/renewal", set: over},
		{name: "renewal-other", path: "/profile/renewal", set: other(over)},
		{name: "renewal-later", path: "/profile/renewal", set: far},
		{name: "email-confirm", path: "/email/confirm/fresh", stranger: true},
		{name: "email-spent", path: "/email/confirm/used", stranger: true, status: 410},
		{name: "email-undo", path: "/email/undo/fresh", stranger: true},
		{name: "email-spent", path: "/email/undo/used", stranger: true, status: 410},
		{name: "forgotten-trader", path: "/forgotten?who=trader", stranger: true},
		{name: "forgotten-trader-sent", path: "/forgotten/sent?who=trader", stranger: true},
	}
}

func TestTraderPages(t *testing.T) {
	data := url.Values{"address": {"Jl. Baru 2"}, "postcode": {"40111"}, "company_phone": {"022 555 0102"}, "edi_number": {""}, "customs_number": {""}, "version": {"3"}}
	t.Run("what somebody else changed meanwhile is told, and nothing typed is lost", func(t *testing.T) {
		c := newCounter()
		trading(farAway)(c)
		server, _ := serve(t, c)
		stale := url.Values{}
		for name, values := range data {
			stale[name] = values
		}
		stale.Set("version", "2")
		res, text := ask(t, server, http.MethodPost, "/profile/company", stale)
		require.Equal(t, http.StatusConflict, res.StatusCode)
		for _, part := range []string{"Budi Santoso", `value="Jl. Baru 2"`, `name="version" value="3"`, "Jl. Gatot Subroto"} {
			require.Contains(t, text, part)
		}
		require.Empty(t, c.asked)
		res, _ = ask(t, server, http.MethodPost, "/profile/company", data)
		require.Equal(t, "/profile#company", res.Header.Get("Location"))
	})
	t.Run("an account that has ended opens its renewal alone, and leads on from there", func(t *testing.T) {
		c := newCounter()
		trading(-time.Hour)(c)
		server, _ := serve(t, c)
		for _, path := range []string{"/", "/profile", "/profile/edit", "/account", "/account/password", "/account/security", "/applications", "/notifications"} {
			res, _ := ask(t, server, http.MethodGet, path, nil)
			require.Equal(t, http.StatusSeeOther, res.StatusCode, path)
			require.Contains(t, res.Header.Get("Location"), "/profile/renewal", path)
		}
		res, _ := ask(t, server, http.MethodGet, "/oidc/authorize?client_id=mitra", nil)
		require.Equal(t, "/profile/renewal?return=%2Foidc%2Fauthorize%3Fclient_id%3Dmitra", res.Header.Get("Location"), "no application is opened")
		res, _ = ask(t, server, http.MethodPost, "/profile/email", url.Values{"email": {"x@baru.example"}})
		require.Equal(t, "/profile/renewal", res.Header.Get("Location"))
		form := url.Values{"edited": {"yes"}, "return": {"/applications"}}
		for name, values := range data {
			form[name] = values
		}
		res, text := ask(t, server, http.MethodPost, "/profile/renewal", form)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		for _, part := range []string{`href="#confirmed"`, `value="Jl. Baru 2"`, `name="return" value="/applications"`} {
			require.Contains(t, text, part)
		}
		form.Set("confirmed", "yes")
		res, _ = ask(t, server, http.MethodPost, "/profile/renewal", form)
		require.Equal(t, "/applications", res.Header.Get("Location"))
		require.Equal(t, []any{desk.Renewal{Confirmed: true, Version: 3, Data: &models.CompanyData{Address: "Jl. Baru 2", Postcode: "40111", Phone: "022 555 0102"}}}, c.asked)
		res, _ = ask(t, server, http.MethodPost, "/profile/renewal?return=//evil.example", form)
		require.NotContains(t, res.Header.Get("Location"), "evil")
	})
	t.Run("a new address asks for a fresh password, and keeps what was typed", func(t *testing.T) {
		c := newCounter()
		trading(farAway)(c)
		c.who.FreshUntil = time.Time{}
		server, _ := serve(t, c)
		res, text := ask(t, server, http.MethodPost, "/profile/email", url.Values{"email": {"sari@baru.example"}})
		require.NotEqual(t, http.StatusSeeOther, res.StatusCode)
		require.Contains(t, text, `value="sari@baru.example"`)
		require.Contains(t, text, `href="#step_up"`)
		require.Empty(t, c.asked)
	})
	t.Run("looking at a link spends nothing, and a spent one of either kind says the same", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		var texts []string
		for _, path := range []string{"/email/confirm/", "/email/undo/"} {
			res, _ := askAs(t, server, nil, http.MethodGet, path+"fresh", nil)
			require.Equal(t, http.StatusOK, res.StatusCode)
			require.Empty(t, c.asked)
			res, text := askAs(t, server, nil, http.MethodGet, path+"used", nil)
			require.Equal(t, http.StatusGone, res.StatusCode)
			texts = append(texts, text)
			res, _ = askAs(t, server, nil, http.MethodPost, path+"used", url.Values{})
			require.Equal(t, http.StatusGone, res.StatusCode)
		}
		require.Len(t, texts[0], len(texts[1])+len("confirm")-len("undo"), "but for the way back of the language switch")
		res, _ := askAs(t, server, nil, http.MethodPost, "/email/undo/fresh", url.Values{})
		require.Equal(t, "/sign-in", res.Header.Get("Location"))
	})
	t.Run("a trader who forgot their password gives an address alone", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		form := url.Values{"who": {"trader"}, "email": {"Sari.Wibowo@niaga.example"}, "question": {"token"}, "captcha": {"12"}}
		_, text := askAs(t, server, nil, http.MethodPost, "/forgotten", form)
		require.Contains(t, text, "Ya, saya yakin")
		require.Contains(t, text, `name="who" value="trader"`)
		require.NotContains(t, text, "NIK")
		form.Set("sure", "yes")
		res, _ := askAs(t, server, nil, http.MethodPost, "/forgotten", form)
		require.Equal(t, "/forgotten/sent?who=trader", res.Header.Get("Location"))
		require.Equal(t, []any{models.ForgottenForm{Trader: true, Email: "Sari.Wibowo@niaga.example"}}, c.asked)
	})
}
