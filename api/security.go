package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type factorOutput struct{ Body models.FactorView }

type offerOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         models.FactorOffer
}

type firstCodeInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"64" doc:"The code that the app shows for the key." example:"492039"`
	}
}

type codesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		RecoveryCodes []string `json:"recovery_codes" nullable:"false" doc:"Each stands in for a code once. Shown this once." example:"[\"k7mqx-3fp9w\"]"`
	}
}

type deviceID struct {
	ID string `path:"id" maxLength:"64" doc:"The browser's id, as listed."`
}

func (s *service) securityOperations() {
	off, set := []*models.Problem{models.ErrSecondFactorOff, models.ErrNotNow}, []*models.Problem{models.ErrSecondFactorSet, models.ErrSecondFactorOff, models.ErrNotNow}
	register(s, operation{id: "get-second-factor", method: http.MethodGet, path: "/me/second-factor", tag: tagMe, summary: "Do I have a second factor",
		access: edge.Enrolment(), scope: models.ScopeRead, text: "Whether a code of an authenticator app is asked for besides the password, and whether the agency asks it of my roles."}, s.secondFactor)
	register(s, operation{id: "begin-second-factor", method: http.MethodPost, path: "/me/second-factor", tag: tagMe, summary: "Begin to add a second factor", status: created,
		access: edge.Enrolment(), scope: models.ScopeWrite, stepUp: true, refusals: set,
		text: "Answers a key for an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds), the same for a quarter of an hour. It counts for nothing before its first code, " +
			"see `POST /api/v1/me/second-factor/confirmation`."}, s.beginSecondFactor)
	register(s, operation{id: "confirm-second-factor", method: http.MethodPost, path: "/me/second-factor/confirmation", tag: tagMe, summary: "Add the second factor by its first code", status: created,
		access: edge.Enrolment(), scope: models.ScopeWrite, stepUp: true, refusals: set,
		text: "From now on signing in asks for a code. Every session in the portal ends, and the owner is told by mail. This token counts as made with a code."}, s.confirmSecondFactor)
	register(s, operation{id: "remove-second-factor", method: http.MethodDelete, path: "/me/second-factor", tag: tagMe, summary: "Remove my second factor",
		access: edge.SignedIn(), scope: models.ScopeWrite, stepUp: true, refusals: off,
		text: "No code is asked for any more; the owner is told by mail. Who must have one then owes another before anything else."}, s.removeSecondFactor)
	register(s, operation{id: "replace-recovery-codes", method: http.MethodPost, path: "/me/recovery-codes", tag: tagMe, summary: "Make new recovery codes", status: created,
		access: edge.SignedIn(), scope: models.ScopeWrite, stepUp: true, refusals: off, text: "The old ones are worth nothing from then on."}, s.replaceRecoveryCodes)
	register(s, operation{id: "list-sign-ins", method: http.MethodGet, path: "/me/sign-ins", tag: tagMe, summary: "Who tried to sign in to my account",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "The last 50 tries, the newest first, refused ones too. Addresses are shortened."}, s.signIns)
	register(s, operation{id: "list-devices", method: http.MethodGet, path: "/me/devices", tag: tagMe, summary: "Which browsers are known for my account",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "Browsers in which the owner signed in. What strangers get wrong does not lock these out."}, s.devices)
	register(s, operation{id: "forget-device", method: http.MethodDelete, path: "/me/devices/{id}", tag: tagMe, summary: "Forget a browser",
		access: edge.SignedIn(), scope: models.ScopeWrite, text: "Signs it out too."}, s.forgetDevice)
}

func (s *service) secondFactor(ctx context.Context, _ *nothing) (*factorOutput, error) {
	view, err := s.desk.SecondFactor(ctx, visitIn(ctx).identity)
	return &factorOutput{view}, err
}

func (s *service) beginSecondFactor(ctx context.Context, _ *nothing) (*offerOutput, error) {
	offer, err := s.desk.BeginSecondFactor(ctx, visitIn(ctx).identity)
	return &offerOutput{CacheControl: "no-store", Body: offer}, err
}

func (s *service) confirmSecondFactor(ctx context.Context, in *firstCodeInput) (*codesOutput, error) {
	done, err := s.desk.ConfirmSecondFactor(ctx, visitIn(ctx).identity, in.Body.Code)
	return codesAnswer(done.Codes), err
}

func codesAnswer(codes []string) *codesOutput {
	out := &codesOutput{CacheControl: "no-store"}
	out.Body.RecoveryCodes = codes
	return out
}

func (s *service) removeSecondFactor(ctx context.Context, _ *nothing) (*empty, error) {
	return nil, s.desk.RemoveSecondFactor(ctx, visitIn(ctx).identity)
}

func (s *service) replaceRecoveryCodes(ctx context.Context, _ *nothing) (*codesOutput, error) {
	codes, err := s.desk.NewRecoveryCodes(ctx, visitIn(ctx).identity)
	return codesAnswer(codes), err
}

func (s *service) signIns(ctx context.Context, _ *nothing) (*plain[models.SignInView], error) {
	tries, err := s.desk.SignIns(ctx, visitIn(ctx).identity)
	return whole(tries), err
}

func (s *service) devices(ctx context.Context, _ *nothing) (*plain[models.DeviceView], error) {
	devices, err := s.desk.Devices(ctx, visitIn(ctx).identity)
	return whole(devices), err
}

func (s *service) forgetDevice(ctx context.Context, in *deviceID) (*empty, error) {
	return nil, s.desk.ForgetDevice(ctx, visitIn(ctx).identity, in.ID)
}
