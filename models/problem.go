package models

import (
	"fmt"
	"maps"
	"strings"
)

// Problem is a refusal that a person may read. Code is stable and snake_case; Params fill the translated sentence;
// Faults name fields. Two problems are the same to errors.Is when their codes are equal.
type Problem struct {
	Code       string            `json:"code"`
	Params     map[string]string `json:"params,omitempty"`
	Faults     []FieldFault      `json:"faults,omitempty"`
	RetryAfter int               `json:"retry_after,omitempty"` // seconds; 0 when waiting does not help
}

// FieldFault says what is wrong with one field: Field is its JSON name (rows as rows[3].nip), Code is stable.
type FieldFault struct {
	Field  string            `json:"field"`
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

// The refusals that any counter can give. Rules add parameters with With.
var (
	ErrInvalid              = &Problem{Code: "invalid"}
	ErrUnauthenticated      = &Problem{Code: "unauthenticated"}
	ErrWrongCredentials     = &Problem{Code: "wrong_credentials"}
	ErrPasswordChangeNeeded = &Problem{Code: "password_change_required"}
	ErrStepUpNeeded         = &Problem{Code: "step_up_required"}
	ErrLinkSpent            = &Problem{Code: "link_spent"}
	ErrForbidden            = &Problem{Code: "forbidden"}
	ErrScope                = &Problem{Code: "token_scope"}
	ErrNotFound             = &Problem{Code: "not_found"}
	ErrAlreadyDecided       = &Problem{Code: "already_decided"}
	ErrNotNow               = &Problem{Code: "not_now"}
	ErrNotYours             = &Problem{Code: "not_yours"}
	ErrNoApprover           = &Problem{Code: "no_approver"}
	ErrTooSoon              = &Problem{Code: "too_soon"}
	ErrClaimed              = &Problem{Code: "claimed"} // a colleague works on it; taking over is asked for by name
	ErrStale                = &Problem{Code: "stale"}
	ErrDuplicate            = &Problem{Code: "duplicate"}
	ErrIdempotencyConflict  = &Problem{Code: "idempotency_conflict"}
	ErrTooMany              = &Problem{Code: "too_many", RetryAfter: 60}
	ErrUnavailable          = &Problem{Code: "unavailable", RetryAfter: 5}
	ErrInternal             = &Problem{Code: "internal"}
	ErrMethod               = &Problem{Code: "method_not_allowed"} // the address is known, what was asked of it is not
	ErrAskUnknown           = &Problem{Code: "sign_on_unknown"}    // an application asked to sign somebody in, and is not registered so
)

// Error gives the code and the faults' codes, for logs and tests; people read the translation.
func (p *Problem) Error() string {
	if len(p.Faults) == 0 {
		return p.Code
	}
	parts := make([]string, len(p.Faults))
	for i, f := range p.Faults {
		parts[i] = f.Field + ": " + f.Code
	}
	return fmt.Sprintf("%s (%s)", p.Code, strings.Join(parts, ", "))
}

// Is makes errors.Is compare problems by code, so that parameters do not matter.
func (p *Problem) Is(target error) bool {
	t, ok := target.(*Problem)
	return ok && t.Code == p.Code
}

// With returns a copy that carries the parameters, given as key, value pairs.
func (p *Problem) With(kv ...string) *Problem {
	q := *p
	q.Params = maps.Clone(p.Params)
	if q.Params == nil {
		q.Params = make(map[string]string, len(kv)/2)
	}
	for i := 0; i+1 < len(kv); i += 2 {
		q.Params[kv[i]] = kv[i+1]
	}
	return &q
}

// Invalid is the problem of one or more bad fields.
func Invalid(faults ...FieldFault) *Problem {
	return &Problem{Code: ErrInvalid.Code, Faults: faults}
}

// Fault builds one field's fault; params are key, value pairs.
func Fault(field, code string, kv ...string) FieldFault {
	f := FieldFault{Field: field, Code: code}
	if len(kv) > 1 {
		f.Params = make(map[string]string, len(kv)/2)
		for i := 0; i+1 < len(kv); i += 2 {
			f.Params[kv[i]] = kv[i+1]
		}
	}
	return f
}
