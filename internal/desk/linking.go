package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"loket/internal/linking"
	"loket/internal/store"
	"loket/models"
)

// Linking is who the actor is in applications that have their own login, and for which directorate they open them.
type Linking interface {
	// ApplicationUsers counts who has each application, by its id.
	ApplicationUsers(ctx context.Context, a models.Actor, ids []string) (map[string]int, error)
	// LinkableApplication finds an application that has its own login and that the actor may open; ErrNotFound otherwise.
	LinkableApplication(ctx context.Context, a models.Actor, id string) (models.ApplicationTile, error)
	// LinkApplication proves one of the application's users and links it: a fault of the password or the username for a
	// wrong one, ErrLinkLocked after five within a quarter of an hour, ErrLinkAway, ErrLinkTaken, ErrLinked.
	LinkApplication(ctx context.Context, a models.Actor, id string, p models.LinkProof) (models.ApplicationLink, error)
	// UnlinkApplication forgets the link, and closes what was opened by it.
	UnlinkApplication(ctx context.Context, a models.Actor, id string) error
	Choosing
}

// Choosing is the choice of a directorate.
type Choosing interface {
	// Directorates tells where the actor stands in an application that has its own login, with what they chose in a
	// session; ErrNotFound for any other application.
	Directorates(ctx context.Context, a models.Actor, id, sessionID string) (models.LinkPlace, error)
	// ChooseDirectorate remembers a choice until one of the actor's sessions ends.
	ChooseDirectorate(ctx context.Context, a models.Actor, id, sessionID, code string) (models.LinkPlace, error)
}

// LinkUpkeep is what admins do about links.
type LinkUpkeep interface {
	// RenewLinkingSecret makes the secret that is shown to an application's own login, and answers it, this once.
	RenewLinkingSecret(ctx context.Context, a models.Actor, id string) (string, error)
	ApplicationLinks(ctx context.Context, a models.Actor, id, text string, q models.PageQuery) (models.Page[models.ApplicationLink], error)
	// EndLink unlinks somebody, who is told.
	EndLink(ctx context.Context, a models.Actor, id, accountID string) error
}

// Linker asks applications about their users; *linking.Service is one.
type Linker interface {
	Verify(ctx context.Context, agency, application string, p models.LinkProof) (models.ApplicationUser, error)
	Lookup(ctx context.Context, agency, application string, who models.LinkSubject) ([]models.Directorate, error)
	Renew(ctx context.Context, a models.Actor, application string) (string, error)
}

var (
	_ Linking    = (*Desk)(nil)
	_ LinkUpkeep = (*Desk)(nil)
)

// lookedFor is how long what an application told of directorates counts as known.
const lookedFor = 5 * time.Minute

// ApplicationUsers counts who has each application.
func (d *Desk) ApplicationUsers(ctx context.Context, a models.Actor, ids []string) (map[string]int, error) {
	return d.store.ApplicationUsers(ctx, a.Agency, ids)
}

// LinkableApplication finds an application with its own login among those that the actor may open.
func (d *Desk) LinkableApplication(ctx context.Context, a models.Actor, id string) (models.ApplicationTile, error) {
	return d.linkable(ctx, a, id, "application_linked")
}

func (d *Desk) linkable(ctx context.Context, a models.Actor, id, action string) (models.ApplicationTile, error) {
	tiles, err := d.store.ApplicationTiles(ctx, a, "")
	if err != nil {
		return models.ApplicationTile{}, err
	}
	at := slices.IndexFunc(tiles, func(t models.ApplicationTile) bool { return t.ID == id && t.Linking })
	if at < 0 {
		return models.ApplicationTile{}, d.denied(ctx, a, action, "application:"+id, models.ErrNotFound)
	}
	return tiles[at], nil
}

// LinkApplication proves a user of an application and links it. The try is counted before the application is asked, and
// taken back where it does not answer.
func (d *Desk) LinkApplication(ctx context.Context, a models.Actor, id string, p models.LinkProof) (models.ApplicationLink, error) {
	app, err := d.linkable(ctx, a, id, "application_linked")
	if err != nil {
		return models.ApplicationLink{}, err
	}
	p.Username = strings.TrimSpace(p.Username)
	if faults := models.CheckLinkProof(p); len(faults) > 0 {
		return models.ApplicationLink{}, models.Invalid(faults...)
	}
	if app.LinkedAs != "" {
		return models.ApplicationLink{}, models.ErrLinked
	}
	if err := d.store.BeginLinkTry(ctx, a, id); err != nil {
		return models.ApplicationLink{}, d.refusedLink(ctx, a, id, err)
	}
	user, err := d.linker.Verify(ctx, a.Agency, id, p)
	ctx = context.WithoutCancel(ctx) // what came of it is kept, whoever has gone
	if err != nil {
		return models.ApplicationLink{}, d.unproved(ctx, a, id, err)
	}
	return d.store.LinkApplication(ctx, a, id, user)
}

// unproved gives what somebody is told whose proof was not accepted.
func (d *Desk) unproved(ctx context.Context, a models.Actor, id string, err error) error {
	switch {
	case errors.Is(err, linking.ErrWrong):
		return d.refusedLink(ctx, a, id, models.Invalid(models.Fault("password", "link_wrong")))
	case errors.Is(err, linking.ErrLocked):
		return d.refusedLink(ctx, a, id, models.Invalid(models.Fault("username", "link_user_locked")))
	}
	if failed := d.store.ReturnLinkTry(ctx, a, id); failed != nil {
		return errors.Join(err, failed)
	}
	if errors.Is(err, linking.ErrAway) {
		return models.ErrLinkAway
	}
	return err
}

// refusedLink writes down why a proof was refused.
func (d *Desk) refusedLink(ctx context.Context, a models.Actor, id string, err error) error {
	var p *models.Problem
	why := models.ErrLinkLocked
	switch {
	case !errors.As(err, &p), len(p.Faults) == 0 && !errors.Is(p, models.ErrLinkLocked):
		return err
	case len(p.Faults) > 0 && p.Faults[0].Field == "username":
		why = models.ErrForbidden
	case len(p.Faults) > 0:
		why = models.ErrWrongCredentials
	}
	return errors.Join(err, d.store.RefuseLinkTry(ctx, a, id, why.Code))
}

// UnlinkApplication forgets the actor's own link.
func (d *Desk) UnlinkApplication(ctx context.Context, a models.Actor, id string) error {
	return d.denied(ctx, a, "application_unlinked", "application:"+id, d.store.UnlinkApplication(ctx, a, id, a.AccountID))
}

// Directorates is LinkPlace for an application that the actor may open.
func (d *Desk) Directorates(ctx context.Context, a models.Actor, id, sessionID string) (models.LinkPlace, error) {
	if _, err := d.linkable(ctx, a, id, "directorate_chosen"); err != nil {
		return models.LinkPlace{}, err
	}
	return d.LinkPlace(ctx, a, id, sessionID)
}

// LinkPlace tells where the actor stands in an application, asking it again where what it told has grown old.
func (d *Desk) LinkPlace(ctx context.Context, a models.Actor, id, sessionID string) (models.LinkPlace, error) {
	facts, err := d.store.LinkFacts(ctx, a, id, sessionID)
	if err != nil {
		return models.LinkPlace{}, err
	}
	byCompany, staleCompany, err := d.companyPlace(ctx, a, id, &facts)
	if err != nil {
		return models.LinkPlace{}, err
	}
	place := models.LinkPlace{User: facts.User, Chosen: facts.Chosen, Directorates: []models.Directorate{}}
	if len(byCompany) > 0 {
		place.NPWP, place.Directorates, place.Looked, place.Stale = facts.NPWP, byCompany, facts.CompanyLooked, staleCompany
		return place, nil
	}
	if facts.User == "" {
		return place, nil
	}
	list, stale, err := d.userPlace(ctx, a, id, &facts)
	place.Directorates, place.Looked, place.Stale = append(place.Directorates, list...), facts.UserLooked, stale
	return place, err
}

// companyPlace gives the directorates of the actor's company, none where the application does not know it.
func (d *Desk) companyPlace(ctx context.Context, a models.Actor, id string, f *store.LinkFacts) (list []models.Directorate, stale bool, err error) {
	if f.NPWP == "" || d.recent(f.CompanyLooked) {
		return f.CompanyDirectorates, false, nil
	}
	list, err = d.linker.Lookup(ctx, a.Agency, id, models.LinkSubject{NPWP: f.NPWP})
	switch {
	case errors.Is(err, linking.ErrAway):
		return f.CompanyDirectorates, true, nil
	case err != nil && !errors.Is(err, linking.ErrUnknown):
		return nil, false, err
	}
	now := d.wall()
	f.CompanyLooked = &now
	return list, false, d.store.LookedAtCompany(ctx, a.Agency, id, f.Company, list)
}

// userPlace gives the directorates of the user to whom the actor is linked. One whom the application does not know any
// more keeps those of before: the application itself judges its users when they come.
func (d *Desk) userPlace(ctx context.Context, a models.Actor, id string, f *store.LinkFacts) (list []models.Directorate, stale bool, err error) {
	if d.recent(f.UserLooked) {
		return f.UserDirectorates, false, nil
	}
	list, err = d.linker.Lookup(ctx, a.Agency, id, models.LinkSubject{User: f.User})
	switch {
	case errors.Is(err, linking.ErrAway), errors.Is(err, linking.ErrUnknown):
		return f.UserDirectorates, true, nil
	case err != nil:
		return nil, false, err
	}
	now := d.wall()
	f.UserLooked = &now
	return list, false, d.store.LookedAtUser(ctx, a, id, list)
}

func (d *Desk) recent(looked *time.Time) bool {
	return looked != nil && d.wall().Sub(*looked) < lookedFor
}

// ChooseDirectorate remembers one of the actor's directorates for a session.
func (d *Desk) ChooseDirectorate(ctx context.Context, a models.Actor, id, sessionID, code string) (models.LinkPlace, error) {
	place, err := d.Directorates(ctx, a, id, sessionID)
	if err != nil {
		return place, err
	}
	switch {
	case code == "":
		return place, models.Invalid(models.Fault("directorate", "directorate_required"))
	case !slices.ContainsFunc(place.Directorates, func(x models.Directorate) bool { return x.Code == code }):
		return place, models.Invalid(models.Fault("directorate", "choice_unknown"))
	}
	err = d.denied(ctx, a, "directorate_chosen", "application:"+id, d.store.ChooseDirectorate(ctx, a, sessionID, id, code))
	place.Chosen = code
	return place, err
}

// RenewLinkingSecret makes the secret that is shown to an application's own login.
func (d *Desk) RenewLinkingSecret(ctx context.Context, a models.Actor, id string) (string, error) {
	if err := d.only(ctx, a, "application_linking_secret_renewed", "application:"+id, models.RoleAdmin); err != nil {
		return "", err
	}
	if app, err := d.store.Application(ctx, a.Agency, id); err != nil || app.Linking == "" {
		return "", errors.Join(err, models.ErrNotFound)
	}
	return d.linker.Renew(ctx, a, id)
}

// ApplicationLinks lists who is linked to an application.
func (d *Desk) ApplicationLinks(ctx context.Context, a models.Actor, id, text string, q models.PageQuery) (models.Page[models.ApplicationLink], error) {
	if err := d.only(ctx, a, "application_links_read", "application:"+id, models.RoleAdmin); err != nil {
		return models.Page[models.ApplicationLink]{}, err
	}
	if _, err := d.store.Application(ctx, a.Agency, id); err != nil {
		return models.Page[models.ApplicationLink]{}, err
	}
	return d.store.ApplicationLinks(ctx, a.Agency, id, strings.TrimSpace(text), q)
}

// EndLink unlinks somebody else, or the admin's own.
func (d *Desk) EndLink(ctx context.Context, a models.Actor, id, accountID string) error {
	if err := d.only(ctx, a, "application_unlinked", "application:"+id, models.RoleAdmin); err != nil {
		return err
	}
	return d.denied(ctx, a, "application_unlinked", "application:"+id, d.store.UnlinkApplication(ctx, a, id, accountID))
}
