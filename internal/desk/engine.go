package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"loket/models"
	"loket/workflows"
)

// ask is one update of a case: its name, its payload, and the key under which it may be repeated. id, in and agency are
// filled in when it is asked. still is asked again where others went first; nil where it makes no difference.
type ask struct {
	kind    models.Kind // of the case; a memo where none is given
	agency  string      // of whoever asks
	caseID  string
	act     models.Action
	update  string
	key     string
	words   any                       // the asker's own, for telling a repeat from another request under the same key
	seq     int                       // of the case as the asker saw it; 0 does not compare
	content string                    // what a decider saw, see Decision; "" does not compare
	payload func(workflows.Asked) any // what the workflow is told
	in      any                       // payload's answer
	id      string
	still   func(context.Context, models.Case) error
}

// of is the kind of the case that is asked.
func (a ask) of() models.Kind { return cmp.Or(a.kind, models.KindMemo) }

// refused is what the rules say to this ask as the case stands by now.
func (a ask) refused(ctx context.Context, c models.Case) error {
	if a.still == nil {
		return nil
	}
	return a.still(ctx, c)
}

// updateID is the engine's and the timeline's id of an ask: the same for a repeat by the same account with the same
// key, and random without one.
func updateID(account string, a ask) string {
	if a.key == "" {
		return uuid.NewString()
	}
	sum := sha256.Sum256([]byte(account + "\x00" + a.caseID + "\x00" + a.update + "\x00" + a.key))
	return hex.EncodeToString(sum[:16])
}

// caseSpace is the namespace of ids that are made of an Idempotency-Key.
var caseSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:loket:case"))

// idOf is the id of what is begun under a key on a route: the same for a repeat by the same account, and random without a
// key.
func idOf(a models.Actor, route, key string) string {
	if key == "" {
		return uuid.NewString()
	}
	return uuid.NewSHA1(caseSpace, []byte(a.AccountID+"\x00"+route+"\x00"+key)).String()
}

// idUnder is idOf for a case. It refuses a key that began something else; words are the caller's own.
func (d *Desk) idUnder(ctx context.Context, a models.Actor, route, key string, words any) (string, error) {
	id := idOf(a, route, key)
	return id, d.remember(ctx, a, route, ask{caseID: id, key: key, words: words})
}

// remember refuses a key that was used for something else. Without a key nothing is remembered.
func (d *Desk) remember(ctx context.Context, actor models.Actor, route string, a ask) error {
	if a.key == "" {
		return nil
	}
	body, err := json.Marshal(a.words)
	if err != nil {
		return fmt.Errorf("reading the request's own words: %w", err)
	}
	sum := sha256.Sum256(append([]byte(a.caseID+"\x00"), body...))
	_, err = d.store.Remember(ctx, actor, route, a.key, sum[:], a.caseID)
	return err
}

// startOnce are the options by which a case's workflow starts, if it never did.
func startOnce(kind models.Kind, caseID string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                    models.WorkflowID(kind, caseID),
		TaskQueue:             workflows.TaskQueue,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(temporal.NewSearchAttributeKeyKeyword(workflows.AttributeKind).ValueSet(string(kind))),
	}
}

// unlessStarted takes a workflow that runs already, or is over, for started.
func unlessStarted(err error) error {
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &already) {
		return nil
	}
	return err
}

// send has the workflow start and take the send update in one call; a repeat joins the one that runs.
func (d *Desk) send(ctx context.Context, actor models.Actor, a ask) error {
	kind, name, in := a.of(), workflows.MemoWorkflow, any(workflows.MemoInput{CaseID: a.caseID, Agency: actor.Agency, Clock: d.clock})
	if kind == models.KindAccess {
		name, in = workflows.AccessWorkflow, workflows.AccessInput{CaseID: a.caseID, Agency: actor.Agency, Clock: d.clock}
	}
	options := startOnce(kind, a.caseID)
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	options.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY
	start := d.engine.NewWithStartWorkflowOperation(options, name, in)
	a.id, a.agency = updateID(actor.AccountID, a), actor.Agency
	return d.inQueue(ctx, a, func(ctx context.Context) (client.WorkflowUpdateHandle, error) {
		return d.engine.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{StartWorkflowOperation: start,
			UpdateOptions: client.UpdateWorkflowOptions{UpdateID: a.id, WorkflowID: models.WorkflowID(kind, a.caseID),
				UpdateName: a.update, Args: []any{a.in}, WaitForStage: client.WorkflowUpdateStageCompleted}})
	})
}

// update has the case's workflow take one update.
func (d *Desk) update(ctx context.Context, actor models.Actor, a ask) error {
	a.id, a.agency = updateID(actor.AccountID, a), actor.Agency
	return d.inQueue(ctx, a, func(ctx context.Context) (client.WorkflowUpdateHandle, error) {
		return d.engine.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{UpdateID: a.id,
			WorkflowID: models.WorkflowID(a.of(), a.caseID), UpdateName: a.update, Args: []any{a.in},
			WaitForStage: client.WorkflowUpdateStageCompleted})
	})
}

// inQueue waits for the case's turn, asks, and waits for the answer: all that no longer than patience allows. Whoever
// would be sent away is told instead what has come of it meanwhile, if anything has.
func (d *Desk) inQueue(ctx context.Context, a ask, call func(context.Context) (client.WorkflowUpdateHandle, error)) error {
	within, cancel := d.waiting(ctx)
	defer cancel()
	leave, err := d.queues.enter(within, place{a.agency, a.caseID}, func(c models.Case) error { return a.refused(ctx, c) })
	if err == nil {
		err = d.talk(within, a, call)
		leave()
	}
	return d.onRecord(ctx, a, err)
}

func (d *Desk) talk(ctx context.Context, a ask, call func(context.Context) (client.WorkflowUpdateHandle, error)) error {
	handle, err := call(ctx)
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	return d.refusal(ctx, a, err)
}

// onRecord looks once more before somebody who waited is sent away: what they asked may stand on record, because it
// took the engine longer or because their own repeat was first, and so may what somebody else did.
func (d *Desk) onRecord(ctx context.Context, a ask, err error) error {
	var p *models.Problem
	if !errors.As(err, &p) {
		return err
	}
	ctx, cancel := d.looking(ctx)
	defer cancel()
	refused := err
	if errors.Is(err, models.ErrUnavailable) {
		if c, failed := d.store.Case(ctx, a.agency, a.caseID); failed == nil {
			refused = cmp.Or(a.refused(ctx, c), err)
		}
	}
	if done, failed := d.store.HasEvent(ctx, a.caseID, a.id); failed == nil && done {
		return nil
	}
	return refused
}

// refusal maps what the engine says to a problem. A case that the engine does not know is one that has ended, if the
// projection says so, or one that it has yet to hear of.
func (d *Desk) refusal(ctx context.Context, a ask, err error) error {
	var app *temporal.ApplicationError
	var gone *serviceerror.NotFound
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	switch {
	case err == nil:
		return nil
	case errors.As(err, &app):
		return asProblem(app)
	case errors.As(err, &gone), errors.As(err, &started):
		ctx, cancel := d.looking(ctx)
		defer cancel()
		return d.ended(ctx, a)
	}
	d.log.WarnContext(ctx, "the engine did not answer", "update", a.update, "case", a.caseID, "error", err)
	return models.ErrUnavailable
}

// asProblem reads the problem out of an application error; its type is the code.
func asProblem(app *temporal.ApplicationError) error {
	var p models.Problem
	if app.HasDetails() && app.Details(&p) == nil && p.Code != "" {
		return &p
	}
	return fmt.Errorf("the case's workflow: %w", app)
}

func (d *Desk) ended(ctx context.Context, a ask) error {
	c, err := d.store.Case(ctx, a.agency, a.caseID)
	switch {
	case err != nil:
		return err
	case !c.Status.Final():
		return models.ErrUnavailable
	case a.update == workflows.UpdateDecide || a.update == workflows.UpdateVerify:
		return models.ErrAlreadyDecided.With("status", string(c.Status))
	}
	return models.ErrNotNow.With("status", string(c.Status))
}
