package oidc

import (
	"context"

	"github.com/ory/fosite"

	"loket/models"
)

// role is one appointment as an application hears of it.
type role struct {
	Role string `json:"role"`
	Unit string `json:"unit"`
}

// claims are what the granted scopes tell of the account now. models.ErrUnauthenticated when it cannot sign in any more,
// or may not open the application.
func (p *Provider) claims(ctx context.Context, asked fosite.Requester) (map[string]any, error) {
	subject := asked.GetSession().GetSubject()
	may, err := p.cfg.Store.MayOpen(ctx, p.cfg.Agency, subject, asked.GetClient().GetID())
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, models.ErrUnauthenticated
	}
	actor, account, err := p.cfg.Store.Identity(ctx, subject, p.cfg.CaseNow())
	if err != nil {
		return nil, err
	}
	out := map[string]any{"sub": account.ID}
	addPlace(out, asked)
	for _, scope := range asked.GetGrantedScopes() {
		switch scope {
		case scopeProfile:
			out["name"], out["preferred_username"], out["locale"] = account.Name, account.Username, account.Locale
			if account.PasswordChangedAt != nil {
				out["updated_at"] = account.PasswordChangedAt.Unix()
			}
		case scopeEmail:
			out["email"] = account.Email
		case scopeUnit:
			out["unit_code"], out["unit_name"] = account.Unit, account.UnitName
		case scopeRoles:
			out["roles"] = roles(actor)
		case scopeCompany:
			if err := p.companyClaim(ctx, out, account.ID); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// companyClaim tells what a trader is in their company: never its NPWP. Nobody else has the claim.
func (p *Provider) companyClaim(ctx context.Context, out map[string]any, account string) error {
	standing, err := p.cfg.Store.CompanyStanding(ctx, account)
	if err == nil && standing.ID != "" {
		out["company"] = standing
	}
	return err
}

func roles(a models.Actor) []role {
	list := []role{}
	for _, g := range a.Grants {
		if g.OnBehalfOf == "" && g.Role != models.RoleOwner {
			list = append(list, role{string(g.Role), g.Unit})
		}
	}
	return list
}
