package oidc

import (
	"context"
	"slices"

	"github.com/ory/fosite"

	"loket/models"
)

// The claims of somebody in an application's own user table. They are told to that application alone, and stay as they
// were when it was opened: another directorate is another opening.
const (
	claimUser     = "application_user"
	claimPart     = "directorate_code"
	claimPartName = "directorate_name"
	claimCompany  = "company_npwp"
)

func placeClaims() []string { return []string{claimUser, claimPart, claimPartName, claimCompany} }

// place tells where the visitor stands in the application; false where it does not ask, or has no login of its own. A request
// asks once: an application that is away is waited for each time.
func (p *Provider) place(ctx context.Context, a *Ask, v Visitor) (models.LinkPlace, bool, error) {
	if p.cfg.Links == nil || a.Application.Linking == "" || !a.wants(scopeLink) && !a.wants(scopePart) {
		return models.LinkPlace{}, false, nil
	}
	if a.place == nil {
		place, err := p.cfg.Links.LinkPlace(ctx, v.Actor, a.Application.ID, v.SessionID)
		if err != nil {
			return models.LinkPlace{}, false, err
		}
		a.place = &place
	}
	return *a.place, true, nil
}

// Place tells where the visitor stands in the application, if Next had to know.
func (a *Ask) Place() (models.LinkPlace, bool) {
	if a.place == nil {
		return models.LinkPlace{}, false
	}
	return *a.place, true
}

func (a *Ask) wants(scope string) bool { return slices.Contains(a.Scopes, scope) }

// placed gives the step that is missing before the application knows whom it opens for, and in which directorate.
func (p *Provider) placed(ctx context.Context, a *Ask, v Visitor) (Step, error) {
	place, asked, err := p.place(ctx, a, v)
	if err != nil || !asked {
		return "", err
	}
	if a.wants(scopeLink) && !place.Known() {
		return a.unless(StepLink, "interaction_required", "The account is not linked to a user of the application yet.")
	}
	if _, settled := place.Settled(); a.wants(scopePart) && !settled {
		return a.unless(StepPart, "interaction_required", "The account's owner has not chosen a directorate yet.")
	}
	return "", nil
}

// tellPlace puts into the ID token who the visitor is in the application.
func (p *Provider) tellPlace(ctx context.Context, a *Ask, v Visitor, who *session) error {
	place, asked, err := p.place(ctx, a, v)
	if err != nil || !asked {
		return err
	}
	if a.wants(scopeLink) && place.User != "" {
		who.Claims.Add(claimUser, place.User)
	}
	if !a.wants(scopePart) {
		return nil
	}
	if d, _ := place.Settled(); d.Code != "" {
		who.Claims.Add(claimPart, d.Code)
		who.Claims.Add(claimPartName, d.Name)
	}
	if place.NPWP != "" {
		who.Claims.Add(claimCompany, place.NPWP)
	}
	return nil
}

// addPlace repeats to userinfo what the ID token told.
func addPlace(out map[string]any, asked fosite.Requester) {
	who, ok := asked.GetSession().(*session)
	if !ok || who.DefaultSession == nil || who.Claims == nil {
		return
	}
	for _, name := range placeClaims() {
		if told, ok := who.Claims.Extra[name]; ok {
			out[name] = told
		}
	}
}
