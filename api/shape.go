package api

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"loket/internal/edge"
	"loket/models"
)

// translate turns huma's own refusals, which repeat what was sent and speak English alone, into problems. It is a
// transformer: the last step before anything is written.
func (s *service) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := s.problem(ctx.Context(), visitIn(ctx.Context()), s.shapeProblem(m))
	// huma writes its own status after this; both stand for the same refusal.
	p.Status = m.Status
	for name, values := range p.headers {
		ctx.SetHeader(name, values[0])
	}
	return p, nil
}

func (s *service) shapeProblem(m *huma.ErrorModel) *models.Problem {
	switch m.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		var faults []models.FieldFault
		for _, e := range m.Errors {
			faults = append(faults, s.shapeFault(e.Location, e.Message))
		}
		return models.Invalid(faults...)
	case http.StatusRequestEntityTooLarge:
		return errTooLarge.With("max", fmt.Sprint(edge.DefaultBody))
	case http.StatusUnsupportedMediaType:
		return errMediaType
	case http.StatusRequestTimeout:
		return models.ErrUnavailable
	}
	return models.ErrInternal
}

// shapeFault gives the code of one of huma's messages and the limit that it names. The rest of the message is dropped.
func (s *service) shapeFault(location, message string) models.FieldFault {
	field := location
	for _, place := range []string{"body.", "query.", "path.", "header."} {
		field = strings.TrimPrefix(field, place)
	}
	for _, rule := range s.shapes {
		found := rule.pattern.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		if rule.code == "required" && len(found) > 1 {
			return models.Fault(join(strings.TrimPrefix(field, "body"), found[1]), rule.code)
		}
		if rule.param != "" {
			return models.Fault(field, rule.code, rule.param, found[1])
		}
		return models.Fault(field, rule.code)
	}
	return models.Fault(field, "wrong_format")
}

type shapeRule struct {
	pattern     *regexp.Regexp
	code, param string
}

// shapeRules reads huma's sentences (its package validation); what none of them matches is a wrong format.
func shapeRules() []shapeRule {
	rule := func(pattern, code, param string) shapeRule {
		return shapeRule{regexp.MustCompile("^" + pattern), code, param}
	}
	return []shapeRule{
		rule(`expected required property (\S+) to be present`, "required", ""),
		rule(`required \w+ parameter is missing`, "required", ""),
		rule(`request body is required`, "required", ""),
		rule(`unexpected property`, "unknown_field", ""),
		rule(`unknown query parameter`, "unknown_parameter", ""),
		rule(`expected length >= 1$`, "required", ""),
		rule(`expected length >= (\d+)`, "text_too_short", "min"),
		rule(`expected length <= (\d+)`, "text_too_long", "max"),
		rule(`expected array length >= (\d+)`, "list_too_short", "min"),
		rule(`expected array length <= (\d+)`, "list_too_long", "max"),
		rule(`expected number >= (\S+)`, "number_too_small", "min"),
		rule(`expected number <= (\S+)`, "number_too_large", "max"),
		rule(`expected value to be one of "(.*)"`, "choice_unknown", "allowed"),
		rule(`expected array items to be unique`, "list_repeats", ""),
		rule(`expected (boolean|number|integer|string|array|object)$`, "wrong_type", "type"),
		rule(`invalid (integer|float|boolean)`, "wrong_type", "type"),
	}
}
