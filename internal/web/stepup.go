package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"loket/internal/edge"
	"loket/models"
)

// proofField is the field by which a form brings the password along, codeField the code of a second factor.
const (
	proofField = "step_up"
	codeField  = "step_up_code"
)

// proofPart is what the part "step-up" of a form shows: nothing while the password was just given.
type proofPart struct {
	Asked           bool
	Username, Error string
	Coded           bool   // a code is asked for too
	CodeError       string // what was wrong with it
}

// proof is the part of a page's form that asks for the password, with what was wrong with it.
func (v *visit) proof(lines []faultLine) proofPart {
	return proofPart{Asked: v.who.FreshUntil.IsZero(), Username: v.who.Account.Username, Error: of(lines, proofField),
		Coded: v.who.Factor, CodeError: of(lines, codeField)}
}

// answer lets in whom the route admits. Where it asks for a fresh password, the form may have brought it.
func (v *visit) answer(r route) error {
	err := r.Admits(edge.Visitor{SignedIn: v.in, MustChangePassword: v.who.Account.MustChangePassword, OwesFactor: v.who.OwesFactor, Ended: v.who.Account.Ended, Actor: v.who.Actor,
		Fresh: !v.who.FreshUntil.IsZero()})
	if errors.Is(err, models.ErrStepUpNeeded) {
		if err = v.stepUp(); err != nil {
			return v.askProof(r, err)
		}
	}
	if err != nil {
		return err
	}
	return r.handle(v)
}

// stepUp gives the password that came with the form. The session goes on under a new id.
func (v *visit) stepUp() error {
	password := v.PostForm(proofField)
	if password == "" {
		return models.Invalid(models.Fault(proofField, "step_up"))
	}
	signed, err := v.portal.Desk.StepUp(v.Request.Context(), v.who, password, v.form(codeField))
	if err != nil {
		return err
	}
	v.signedIn(signed)
	v.who = signed.Identity
	return nil
}

// askProof asks for the password, with what was wrong with the one that came; nothing else that was typed is lost.
func (v *visit) askProof(r route, err error) error {
	p, ok := formProblem(err)
	if !ok {
		return err
	}
	told := *p
	told.Faults = slices.Clone(p.Faults)
	for i, f := range told.Faults {
		switch f.Field {
		case "password":
			told.Faults[i].Field = proofField
		case "code":
			told.Faults[i].Field = codeField
		}
	}
	if r.again != nil {
		return r.again(v, &told)
	}
	return v.showProof(&told)
}

// kept is one posted value that goes on to where it was bound.
type kept struct{ Name, Value string }

// secretFields are those whose values no page repeats, not even in a hidden field.
func secretFields() []string { return []string{proofField, codeField, "old", "password", "again"} }

// posted is what the form brought, in a steady order, but for the fields named.
func (v *visit) posted(except ...string) []kept {
	var all []kept
	for _, name := range slices.Sorted(maps.Keys(v.Request.PostForm)) {
		if slices.Contains(except, name) {
			continue
		}
		for _, value := range v.Request.PostForm[name] {
			all = append(all, kept{name, value})
		}
	}
	return all
}

type proofForm struct {
	Action string
	Kept   []kept
	Proof  proofPart
}

// showProof is the page that asks for the password on behalf of a form without a part for it. It carries what was
// posted, but no files.
func (v *visit) showProof(p *models.Problem) error {
	lines := v.faultLines(p)
	_, tried := v.Request.PostForm[proofField]
	if !tried {
		lines = nil // the visitor has done nothing wrong yet
	}
	form := proofForm{Action: v.Request.URL.RequestURI(), Proof: v.proof(lines), Kept: v.posted(secretFields()...)}
	return v.showAs(http.StatusForbidden, "step-up", frame{Title: v.say.T("portal.step_up.title"), Body: form, Faults: lines, Path: "/"})
}
