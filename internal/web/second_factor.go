package web

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// qrPixels is the side of the QR code of a key.
const qrPixels = 240

// securityRoutes are how an account is kept safe, in the order of its page.
func securityRoutes() []route {
	all, in, adding := edge.Public(), edge.SignedIn(), edge.Enrolment()
	return []route{
		get("/sign-in/code", all, (*visit).codePage, "The form for the code of a second factor"),
		post("/sign-in/code", all, (*visit).signInWithCode, "Sign in by a code").limited(edge.RateSignIn),
		get("/account/security", in, (*visit).securityPage, "How the own account is kept safe, and where it is open"),
		get("/account/security/second-factor", adding, (*visit).secondFactorPage, "What a second factor is, and how it stands"),
		post("/account/security/second-factor", adding, (*visit).beginSecondFactor, "Make a key for an authenticator app").proven(nil),
		post("/account/security/second-factor/confirm", adding, (*visit).confirmSecondFactor, "Add a second factor by its first code").proven(nil),
		post("/account/security/recovery-codes", in, (*visit).newRecoveryCodes, "Make new recovery codes").proven(nil),
		post("/account/security/second-factor/remove", in, (*visit).removeSecondFactor, "Remove the second factor").proven(nil),
		post("/account/devices/:id/forget", in, (*visit).forgetDevice, "Forget a known browser"),
	}
}

type codeForm struct{ Return string }

// codePage asks for the code once the password was right; whoever comes otherwise begins at the door.
func (v *visit) codePage() error {
	if v.portal.Cookies.Get(v.Request, codeCookie) == "" {
		return v.to("/sign-in", "")
	}
	return v.showCode(local(v.Query("return")), nil)
}

func (v *visit) showCode(way string, p *models.Problem) error {
	v.mayLeadTo(way)
	f := frame{Title: v.say.T("security.code.title"), Lead: v.say.T("security.code.lead"), Body: codeForm{Return: way}}
	if p == nil {
		return v.show("sign-in-code", f)
	}
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "sign-in-code", f)
}

// awaitCode leads a browser whose password was right to the form for the code.
func (v *visit) awaitCode(signed desk.Signed, way string) error {
	v.portal.Cookies.Set(v.Writer, codeCookie, signed.Challenge, time.Until(signed.ChallengeExpires))
	return v.to(onward("/sign-in/code", way), "")
}

func (v *visit) signInWithCode() error {
	way := local(v.form("return"))
	in := desk.SignInCode{Challenge: v.portal.Cookies.Get(v.Request, codeCookie), Code: v.PostForm("code"), Browser: true,
		LastDevice: v.portal.Cookies.Get(v.Request, deviceCookie), Origin: v.origin()}
	if strings.TrimSpace(in.Code) == "" {
		return v.showCode(way, models.Invalid(models.Fault("code", "code_missing")))
	}
	signed, err := v.portal.Desk.SignInWithCode(v.Request.Context(), in)
	switch {
	case errors.Is(err, models.ErrUnauthenticated):
		v.portal.Cookies.Clear(v.Writer, codeCookie)
		return v.to("/sign-in", "code_over")
	case errors.Is(err, models.ErrWrongCredentials):
		return v.showCode(way, models.Invalid(models.Fault("code", "code_wrong")))
	case err != nil:
		return err
	}
	v.portal.Cookies.Clear(v.Writer, codeCookie)
	return v.enter(signed, way)
}

// factorBody is the page about the second factor: Offer and QR while one is being added, Codes once it is.
type factorBody struct {
	Factor models.FactorView
	Owed   bool
	Return string
	Key    string // in groups of four, for typing
	QR     template.URL
	Codes  []string
	Error  string
	Proof  proofPart
}

func (v *visit) secondFactorPage() error {
	view, err := v.portal.Desk.SecondFactor(v.Request.Context(), v.who)
	if err != nil {
		return err
	}
	return v.showFactor(http.StatusOK, factorBody{Factor: view, Return: local(v.Query("return"))}, nil)
}

func (v *visit) showFactor(status int, body factorBody, lines []faultLine) error {
	body.Owed, body.Error, body.Proof = v.who.OwesFactor, of(lines, "code"), v.proof(lines)
	f := frame{Title: v.say.T("security.factor.title"), Faults: lines, Body: body, Path: "/account/security/second-factor"}
	if body.Owed {
		f.Lead = v.say.T("security.factor.owed")
	} else {
		f.Crumbs = []link{{v.say.T("portal.account.title"), "/account"}, {v.say.T("security.title"), "/account/security"}}
	}
	return v.showAs(status, "second-factor", f)
}

func (v *visit) beginSecondFactor() error {
	return v.offerFactor(http.StatusOK, nil)
}

// offerFactor shows the key that waits for its first code. It stands on answers to forms alone, never at an address.
func (v *visit) offerFactor(status int, lines []faultLine) error {
	offer, err := v.portal.Desk.BeginSecondFactor(v.Request.Context(), v.who)
	if err != nil {
		return err
	}
	picture, err := qrcode.Encode(offer.URI, qrcode.Medium, qrPixels)
	if err != nil {
		return errors.New("draw the QR code of a key") // the cause might repeat it
	}
	body := factorBody{Return: local(v.form("return")), Key: fours(offer.Key),
		QR: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture))}
	return v.showFactor(status, body, lines)
}

func fours(key string) string {
	var groups []string
	for ; len(key) > 4; key = key[4:] {
		groups = append(groups, key[:4])
	}
	return strings.Join(append(groups, key), " ")
}

func (v *visit) confirmSecondFactor() error {
	done, err := v.portal.Desk.ConfirmSecondFactor(v.Request.Context(), v.who, v.PostForm("code"))
	if p, ok := formProblem(err); ok && errors.Is(p, models.ErrInvalid) {
		return v.offerFactor(statusOf(p.Code), v.faultLines(p))
	}
	if errors.Is(err, models.ErrNotNow) { // the key waited for too long
		return v.to("/account/security/second-factor", "factor_over")
	}
	if err != nil {
		return err
	}
	v.signedIn(done.Signed)
	v.who = done.Identity
	return v.showCodes(done.Codes, local(v.form("return")))
}

// showCodes shows recovery codes on the page that answers the form: they are kept nowhere to be shown again.
func (v *visit) showCodes(codes []string, way string) error {
	return v.showFactor(http.StatusOK, factorBody{Codes: codes, Return: way}, nil)
}

func (v *visit) newRecoveryCodes() error {
	codes, err := v.portal.Desk.NewRecoveryCodes(v.Request.Context(), v.who)
	if err != nil {
		return fmt.Errorf("make recovery codes: %w", err)
	}
	return v.showCodes(codes, "/account/security")
}

func (v *visit) removeSecondFactor() error {
	if err := v.portal.Desk.RemoveSecondFactor(v.Request.Context(), v.who); err != nil {
		return err
	}
	return v.to("/account/security", "factor_removed")
}

func (v *visit) forgetDevice() error {
	if err := v.portal.Desk.ForgetDevice(v.Request.Context(), v.who, v.Param("id")); err != nil {
		return err
	}
	return v.to("/account/security#devices", "device_forgotten")
}
