package web_test

import (
	"context"
	"time"

	"loket/internal/desk"
	"loket/models"
)

const (
	sampleKey  = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	sampleCode = "492039"
)

func (c *counter) SecondFactor(context.Context, desk.Identity) (models.FactorView, error) {
	view := models.FactorView{Mode: models.FactorOptional}
	if c.who.OwesFactor {
		view.Mode, view.Required = models.FactorRequired, true
	}
	if c.who.Factor {
		view.Active, view.Since, view.CodesLeft = true, at(ago(72*time.Hour)), 9
	}
	return view, c.fail
}

func (c *counter) BeginSecondFactor(context.Context, desk.Identity) (models.FactorOffer, error) {
	return models.FactorOffer{Key: sampleKey, URI: "otpauth://totp/Kementerian%20Contoh:ratna.wulandari?secret=" + sampleKey + "&issuer=Kementerian%20Contoh"}, c.fail
}

func (c *counter) ConfirmSecondFactor(_ context.Context, id desk.Identity, code string) (desk.Confirmed, error) {
	if code != sampleCode {
		return desk.Confirmed{}, models.Invalid(models.Fault("code", "code_wrong"))
	}
	id.Factor, id.OwesFactor = true, false
	return desk.Confirmed{Signed: desk.Signed{Token: "risen", Identity: id}, Codes: sampleCodes()}, nil
}

func sampleCodes() []string {
	return []string{"k7mqx-3fp9w", "ht2rd-nbc4v", "9gkwp-zx2mq", "h4trb-7ncde", "m3vfy-k8qsp", "c5jzt-w6nrd", "x9bhg-2pkmf", "q4wte-r7vcs", "n8dyj-3hzgb", "p6fkx-5mtqw"}
}

func (c *counter) NewRecoveryCodes(context.Context, desk.Identity) ([]string, error) {
	return sampleCodes(), c.ask("new codes")
}

func (c *counter) RemoveSecondFactor(context.Context, desk.Identity) error {
	return c.ask("remove factor")
}

func (c *counter) SignInWithCode(_ context.Context, in desk.SignInCode) (desk.Signed, error) {
	switch {
	case in.Challenge != "half":
		return desk.Signed{}, models.ErrUnauthenticated
	case in.Code != sampleCode:
		return desk.Signed{}, models.ErrWrongCredentials
	}
	return desk.Signed{Token: "good", Identity: c.who, Device: "after-" + in.LastDevice, DeviceExpires: later(time.Hour)}, nil
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func (c *counter) SignIns(context.Context, desk.Identity) ([]models.SignInView, error) {
	if c.empty {
		return nil, nil
	}
	return []models.SignInView{
		{At: ago(time.Hour), Outcome: "ok", Channel: "portal", Address: "10.2.3.x", UserAgent: firefox},
		{At: ago(2 * time.Hour), Outcome: "code_required", Channel: "portal", Address: "10.2.3.x", UserAgent: firefox},
		{At: ago(30 * time.Hour), Outcome: "wrong_credentials", Channel: "api", Address: "2001:db8:1::/48", UserAgent: "curl/8"}}, nil
}

func (c *counter) Devices(context.Context, desk.Identity) ([]models.DeviceView, error) {
	if c.empty {
		return nil, nil
	}
	return []models.DeviceView{{ID: "dev-1", Current: true, UserAgent: firefox, Created: ago(900 * time.Hour), LastSeen: at(ago(time.Hour))}, {ID: "dev-2", Created: ago(999 * time.Hour)}}, nil
}

func (c *counter) Consents(context.Context, models.Actor) ([]models.ConsentView, error) {
	if c.empty {
		return nil, nil
	}
	return []models.ConsentView{{Application: "mitra", Name: "Portal Mitra", Provider: "Lembaga Mitra", Scopes: []string{"openid", "profile", "email"}, Given: ago(900 * time.Hour)}}, nil
}

func (c *counter) WithdrawConsent(_ context.Context, _ models.Actor, application string) error {
	return c.ask("withdraw " + application)
}

func (c *counter) ForgetDevice(_ context.Context, _ desk.Identity, id string) error {
	return c.ask("forget " + id)
}

// securityScenes are the pages about an account's safety. Those that only answer a form are looked at by TestAddingAFactorInABrowser.
func securityScenes() []scene {
	return []scene{
		{name: "security", path: "/account/security"},
		{name: "security-empty", path: "/account/security", set: func(c *counter) { c.empty = true }},
		{name: "security-factor", path: "/account/security", set: func(c *counter) { c.who.Factor = true }},
		{name: "second-factor", path: "/account/security/second-factor"},
		{name: "second-factor-fresh", path: "/account/security/second-factor", set: func(c *counter) { c.who.FreshUntil = later(time.Minute) }},
		{name: "second-factor-owed", path: "/account/security/second-factor?return=/inbox", set: func(c *counter) { c.who.OwesFactor = true }},
		{name: "sign-in-code", path: "/sign-in/code", stranger: true, cookies: map[string]string{"loket_code": "half"}},
		{name: "bulk-code", path: chosen, set: func(c *counter) { unproven(c); c.who.Factor = true }},
	}
}
