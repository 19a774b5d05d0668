package web

import "loket/internal/edge"

// consentRoutes are what somebody lets applications of third parties know; the page of security lists it.
func consentRoutes() []route {
	return []route{
		post("/applications/consents/:id/withdraw", edge.SignedIn(), (*visit).withdrawConsent, "Withdraw what an application may know"),
	}
}

func (v *visit) withdrawConsent() error {
	if err := v.portal.Desk.WithdrawConsent(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/account/security#consents", "consent_withdrawn")
}
