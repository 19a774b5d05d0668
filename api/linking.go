package api

import (
	"context"
	"net/http"
	"net/url"

	"loket/internal/edge"
	"loket/models"
)

type proofInput struct {
	ApplicationID
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"200" example:"usr_pangan" doc:"The username in the application's own login."`
		Password string `json:"password" minLength:"1" maxLength:"1024" writeOnly:"true" example:"Nanas*Segar*2026" doc:"Its password there. It goes to the application and is kept nowhere."`
	}
}

type linkedOutput struct{ Body models.ApplicationLink }

type placeInput struct {
	ApplicationID
	Session string `query:"session" maxLength:"64" doc:"One of your sessions of the portal, to see what is chosen in it." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
}

type chooseInput struct {
	ApplicationID
	Body struct {
		Session     string `json:"session" minLength:"1" maxLength:"64" example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081" doc:"The session of the portal in which the application is opened, as /me/sessions lists it."`
		Directorate string `json:"directorate" minLength:"1" maxLength:"64" example:"PANGAN" doc:"The code of one of the directorates."`
	}
}

type placeOutput struct{ Body models.LinkPlace }

type linksInput struct {
	ApplicationID
	Paging
	Text string `query:"q" maxLength:"100" doc:"Only those whose owner or user holds this." example:"surya"`
}

type endLinkInput struct {
	ApplicationID
	Account string `path:"account" maxLength:"64" doc:"The linked account's id." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
}

type linkingSecretOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Secret string `json:"linking_secret" doc:"The new secret, shown this once; Loket shows the application no other from now on." example:"kJ2xQ7v0o3mM"`
	}
}

func (s *service) linkingOperations() {
	in, admin := edge.SignedIn(), edge.Roles(models.RoleAdmin)
	refusals := []*models.Problem{models.ErrLinkLocked, models.ErrLinkAway, models.ErrLinkTaken, models.ErrLinked}
	register(s, operation{id: "link-application", method: http.MethodPost, path: "/me/applications/{id}/link", tag: tagMe, summary: "Link my user of an application", status: created,
		access: in, scope: models.ScopeWrite, rate: edge.RateSignIn, refusals: refusals,
		text: "For an application that has its own login: proves the username and the password there once, and keeps the link alone. Five wrong tries close it for a quarter of an hour."}, s.linkUser)
	register(s, operation{id: "unlink-application", method: http.MethodDelete, path: "/me/applications/{id}/link", tag: tagMe, summary: "Unlink my user of an application",
		access: in, scope: models.ScopeWrite, text: "What is open by it is closed, of which the application is told."}, s.unlinkUser)
	register(s, operation{id: "list-directorates", method: http.MethodGet, path: "/me/applications/{id}/directorates", tag: tagMe, summary: "My directorates in an application",
		access: in, scope: models.ScopeRead, text: "As the application tells of the linked user, or of the trader's company by its NPWP. `stale` says that it does not answer, so that they are those of `looked`."}, s.directorates)
	register(s, operation{id: "choose-directorate", method: http.MethodPut, path: "/me/applications/{id}/directorate", tag: tagMe, summary: "Choose a directorate",
		access: in, scope: models.ScopeWrite, text: "For one session of the portal, until it ends. The application hears it when it is opened next."}, s.chooseDirectorate)
	register(s, operation{id: "renew-linking-secret", method: http.MethodPost, path: "/applications/{id}/linking-secret", tag: tagDesk, summary: "Make the secret for an application's own login",
		access: admin, scope: models.ScopeAdmin, stepUp: true, text: "An application without a linking address is not found."}, s.renewLinkingSecret)
	register(s, operation{id: "list-links", method: http.MethodGet, path: "/applications/{id}/links", tag: tagDesk, summary: "Who is linked to an application",
		access: admin, scope: models.ScopeRead, text: "The newest first."}, s.links)
	register(s, operation{id: "end-link", method: http.MethodDelete, path: "/applications/{id}/links/{account}", tag: tagDesk, summary: "Unlink somebody",
		access: admin, scope: models.ScopeAdmin, stepUp: true, text: "The owner is told."}, s.endLink)
}

// counted tells for each tile who else has the application.
func (s *service) counted(ctx context.Context, tiles []models.ApplicationTile) error {
	ids := make([]string, len(tiles))
	for i, t := range tiles {
		ids[i] = t.ID
	}
	users, err := s.desk.ApplicationUsers(ctx, actorIn(ctx), ids)
	for i := range tiles {
		tiles[i].Users = users[tiles[i].ID]
	}
	return err
}

func (s *service) linkUser(ctx context.Context, in *proofInput) (*linkedOutput, error) {
	link, err := s.desk.LinkApplication(ctx, actorIn(ctx), in.ID, models.LinkProof{Username: in.Body.Username, Password: in.Body.Password})
	return &linkedOutput{link}, err
}

func (s *service) unlinkUser(ctx context.Context, in *ApplicationID) (*empty, error) {
	return nil, s.desk.UnlinkApplication(ctx, actorIn(ctx), in.ID)
}

func (s *service) directorates(ctx context.Context, in *placeInput) (*placeOutput, error) {
	place, err := s.desk.Directorates(ctx, actorIn(ctx), in.ID, in.Session)
	return &placeOutput{place}, err
}

func (s *service) chooseDirectorate(ctx context.Context, in *chooseInput) (*placeOutput, error) {
	place, err := s.desk.ChooseDirectorate(ctx, actorIn(ctx), in.ID, in.Body.Session, in.Body.Directorate)
	return &placeOutput{place}, err
}

func (s *service) renewLinkingSecret(ctx context.Context, in *ApplicationID) (*linkingSecretOutput, error) {
	secret, err := s.desk.RenewLinkingSecret(ctx, actorIn(ctx), in.ID)
	out := &linkingSecretOutput{CacheControl: "no-store"}
	out.Body.Secret = secret
	return out, err
}

func (s *service) links(ctx context.Context, in *linksInput) (*listed[models.ApplicationLink], error) {
	page, err := s.desk.ApplicationLinks(ctx, actorIn(ctx), in.ID, in.Text, in.query())
	if err != nil {
		return nil, err
	}
	return list("/applications/"+in.ID+"/links", page, in.Limit, url.Values{"q": {in.Text}}), nil
}

func (s *service) endLink(ctx context.Context, in *endLinkInput) (*empty, error) {
	return nil, s.desk.EndLink(ctx, actorIn(ctx), in.ID, in.Account)
}
