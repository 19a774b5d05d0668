package models

import (
	"slices"
	"time"
)

// ActivationFlow is what a try is judged by: the usernames that a request holds, the digests of the code and the secret
// that are out (empty while none are), the tries that were counted, until when, and what came of it already.
type ActivationFlow struct {
	ID           string
	Held         []string
	Code, Secret string
	Tries        int
	Ends         time.Time
	Came         Activated
}

// ActivationTry is what somebody gave to activate an account: the flow that the link of the message names, empty without
// it, a username, and digests of code and secret.
type ActivationTry struct{ Flow, Username, Code, Secret string }

// Live tells whether the flow's code can be spent. What arrives in the very second of the end is on time.
func (f *ActivationFlow) Live(now time.Time) bool {
	return f.Came == "" && f.Code != "" && f.Tries < ActivationMost && !now.After(f.Ends.Add(time.Second))
}

// Touches tells whether a try is by who has the flow's message: it comes by its link, or knows a half of what it says. It
// then counts against the flow. A username is no such thing: whoever guesses one must not void another's code.
func (t ActivationTry) Touches(f *ActivationFlow) bool {
	return t.Flow != "" && t.Flow == f.ID || t.Code != "" && t.Code == f.Code || t.Secret != "" && t.Secret == f.Secret
}

// TakeTry counts a try against every live flow that it touches, and then compares. It gives the flow that is spent by it:
// the only one that it touches, all of whose parts are right; nil for anything else. A flow whose last try was wrong is
// voided.
func TakeTry(flows []*ActivationFlow, t ActivationTry, now time.Time) *ActivationFlow {
	var touched []*ActivationFlow
	for _, f := range flows {
		if f.Live(now) && t.Touches(f) {
			f.Tries++
			touched = append(touched, f)
		}
	}
	if len(touched) == 1 {
		f := touched[0]
		if slices.Contains(f.Held, t.Username) && t.Code == f.Code && t.Secret == f.Secret {
			f.Came = ActivatedSpent
			return f
		}
	}
	for _, f := range touched {
		if f.Tries >= ActivationMost {
			f.Came = ActivatedVoided
		}
	}
	return nil
}
