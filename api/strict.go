package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"loket/internal/edge"
	"loket/models"
)

// readStrictly reads the body before huma does, which would take repeated names, names in another case, invalid UTF-8
// and trailing values.
func (s *service) readStrictly(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().RequestBody == nil {
		next(ctx)
		return
	}
	if _, upload := ctx.Operation().RequestBody.Content[uploadType]; upload {
		s.readUpload(ctx, next)
		return
	}
	c := humagin.Unwrap(ctx)
	body, err := readJSON(c.Writer, c.Request, ctx.Operation().MaxBodyBytes)
	if err == nil {
		err = s.known(ctx.Operation(), body)
	}
	if err != nil {
		s.write(c, s.problem(ctx.Context(), visitIn(ctx.Context()), err))
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	next(ctx)
}

func readJSON(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errMediaType
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, errTooLarge.With("max", fmt.Sprint(large.Limit))
	}
	if err != nil {
		return nil, models.Invalid(models.Fault("body", "json_unreadable"))
	}
	if err := edge.StrictJSON(body); err != nil {
		return nil, err
	}
	return body, nil
}

// known refuses every name that the operation's schema does not spell exactly so.
func (s *service) known(op *huma.Operation, body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return models.Invalid(models.Fault("body", "json_syntax"))
	}
	faults := unknownNames(s.huma.OpenAPI().Components.Schemas, op.RequestBody.Content["application/json"].Schema, "", value)
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return nil
}

func unknownNames(r huma.Registry, schema *huma.Schema, path string, value any) []models.FieldFault {
	for schema != nil && schema.Ref != "" {
		schema = r.SchemaFromRef(schema.Ref)
	}
	if schema == nil {
		return nil
	}
	var faults []models.FieldFault
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			faults = append(faults, unknownNames(r, schema.Items, fmt.Sprintf("%s[%d]", path, i), item)...)
		}
	case map[string]any:
		if schema.Properties == nil {
			return nil
		}
		for _, name := range sortedNames(v) {
			field := join(path, name)
			property, ok := schema.Properties[name]
			if !ok {
				// The name is the sender's own words, so only a bounded piece of it goes back.
				faults = append(faults, models.Fault(clip(field), "unknown_field"))
				continue
			}
			faults = append(faults, unknownNames(r, property, field, v[name])...)
		}
	}
	return faults
}

func sortedNames(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// clip bounds what is repeated of a name.
func clip(name string) string {
	const most = 80
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return string(runes[:most]) + "…"
}
