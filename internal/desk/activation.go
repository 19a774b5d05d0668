package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/serviceerror"

	"loket/internal/store"
	"loket/models"
	"loket/workflows"
)

// Activating is an employee's own way to an account. Nobody is signed in, and no answer tells whether a person exists,
// what was wrong, or what is open.
type Activating interface {
	// RequestActivation keeps a request and gives the reference by which its code is asked for again. Its faults are of the
	// form's shape alone.
	RequestActivation(ctx context.Context, form models.ActivationForm, locale string, o models.Origin) (string, error)
	// ResendActivation has another code sent where that may be. It answers alike for any reference.
	ResendActivation(ctx context.Context, reference string, o models.Origin) error
	// CompleteActivation makes the account and gives its username. Faults of password and again are told before anything
	// counts as a try; whatever else is wrong is ErrActivationRefused.
	CompleteActivation(ctx context.Context, in Completion, locale string, o models.Origin) (string, error)
	// ActivationWarning looks at the link of a warning; ErrLinkSpent when it is unknown.
	ActivationWarning(ctx context.Context, token string) (Warning, error)
	// DisownActivation says by that link that a request was not the owner's.
	DisownActivation(ctx context.Context, token string, o models.Origin) error
	// AccountDomain is what stands behind the @ of a username.
	AccountDomain() string
}

// Completion is the activation form: what the message said, and the own password, typed twice.
type Completion struct {
	// Reference is of the request, as the message's link brings it; a try counts against a request that is named, and
	// against one of whose code and secret either is right.
	Reference string
	Username  string // alone or with the agency's domain
	Secret    string
	Code      string
	Password  string
	Again     string
}

// Warning is what the page of a warning's link tells.
type Warning = store.Warning

// AccountDomain is what stands behind the @ of a username.
func (d *Desk) AccountDomain() string { return d.domain }

// RequestActivation keeps the request; its workflow looks at it once the answer is gone, and the answer takes the same
// time for everybody.
func (d *Desk) RequestActivation(ctx context.Context, form models.ActivationForm, locale string, o models.Origin) (string, error) {
	read, faults := models.ParseActivationForm(form, models.DateOf(d.now().In(d.zone())))
	if len(faults) > 0 {
		return "", models.Invalid(faults...)
	}
	id, err := d.store.AskActivation(ctx, read, models.Locale(locale), o)
	d.hear()
	return id, err
}

// zone is where the agency's days begin.
func (d *Desk) zone() *time.Location {
	if d.paper.Zone != nil {
		return d.paper.Zone
	}
	return time.UTC
}

// ResendActivation has another code sent.
func (d *Desk) ResendActivation(ctx context.Context, reference string, o models.Origin) error {
	id, err := uuid.Parse(reference)
	if err != nil {
		id = uuid.Nil // nobody's
	}
	return d.store.ResendActivation(ctx, id.String(), o)
}

// CompleteActivation hashes the password whatever else was given, so that a wrong code takes as long as a right one.
func (d *Desk) CompleteActivation(ctx context.Context, in Completion, locale string, o models.Origin) (string, error) {
	username := models.ReadUsername(in.Username, d.domain)
	hash, err := d.HashNew(ctx, username, in.Password, in.Again)
	if err != nil {
		return "", err
	}
	named := ""
	if id, err := uuid.Parse(in.Reference); err == nil {
		named = id.String()
	}
	err = d.store.CompleteActivation(ctx, store.Completion{Case: named, Username: username, Code: models.ReadCode(in.Code), Secret: models.ReadSecret(in.Secret),
		PasswordHash: hash, Locale: models.Locale(locale)}, o)
	d.hear()
	return username, err
}

// ActivationWarning looks at the link of a warning.
func (d *Desk) ActivationWarning(ctx context.Context, token string) (Warning, error) {
	return d.store.ActivationWarning(ctx, token)
}

// DisownActivation says that a request was not the owner's.
func (d *Desk) DisownActivation(ctx context.Context, token string, o models.Origin) error {
	err := d.store.DisownActivation(ctx, token, o)
	d.hear()
	return err
}

// hear has workflows told at once of what came of activations.
func (d *Desk) hear() {
	select {
	case d.heard <- struct{}{}:
	default:
	}
}

// hearEvery is how soon the workflow hears of an activation that another process kept and then died.
const hearEvery = 2 * time.Second

// unheardMost is how many are told in one round.
const unheardMost = 200

// keepActivations starts workflows for requests that are kept, and tells them what came of codes, until ctx ends. What the
// engine does not take now is found again at the next look: no request that was acknowledged is lost.
func (d *Desk) keepActivations(ctx context.Context) {
	tick := time.NewTicker(hearEvery)
	defer tick.Stop()
	for told := false; ; {
		err := errors.Join(d.tellActivations(ctx), d.tellRegistrations(ctx))
		if err != nil && !told && ctx.Err() == nil {
			d.log.WarnContext(ctx, "workflows cannot be told of activations or registrations", "error", err)
		}
		told = err != nil
		select {
		case <-ctx.Done():
			return
		case <-d.heard:
		case <-tick.C:
		}
	}
}

func (d *Desk) tellActivations(ctx context.Context) error {
	list, err := d.store.UnheardActivations(ctx, unheardMost)
	if err != nil {
		return err
	}
	_, err = store.EachOf(list, silent, func(u store.Unheard) error {
		if err := d.tellActivation(ctx, u); err != nil {
			return fmt.Errorf("tell of activation %s: %w", u.CaseID, err)
		}
		return d.store.ActivationHeard(ctx, u)
	})
	return err
}

// silent tells of an engine, or a database, that does not answer.
func silent(err error) bool {
	var away *serviceerror.Unavailable
	var late *serviceerror.DeadlineExceeded
	return errors.As(err, &away) || errors.As(err, &late) || store.Unavailable(err)
}

// tellActivation starts the workflow or signals it. One that runs already, or is over, has heard.
func (d *Desk) tellActivation(ctx context.Context, u store.Unheard) error {
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	start := startOnce(models.KindActivation, u.CaseID)
	in := workflows.ActivationInput{CaseID: u.CaseID, Clock: d.clock}
	var err error
	if u.Asked {
		_, err = d.engine.ExecuteWorkflow(ctx, start, workflows.ActivationWorkflow, in)
	} else {
		_, err = d.engine.SignalWithStartWorkflow(ctx, start.ID, workflows.SignalSettled, nil, start, workflows.ActivationWorkflow, in)
	}
	return unlessStarted(err)
}
