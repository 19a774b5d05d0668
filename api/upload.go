package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"loket/internal/desk"
	"loket/models"
)

// uploadBody bounds a request that bears a file: the file and the form around it.
const uploadBody = models.MaxAttachmentBytes + 1<<20

// uploadType is the media type of an upload.
const uploadType = "multipart/form-data"

// uploadKey is where readUpload leaves the file in the context.
type uploadKey struct{}

// uploadRequest describes the form of an upload.
func uploadRequest(kinds []any) *huma.RequestBody {
	if kinds == nil {
		kinds = texts(models.AttachmentKinds())
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{uploadType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"kind", "file"}, AdditionalProperties: false, Properties: map[string]*huma.Schema{
			"kind": {Type: huma.TypeString, Enum: kinds, Description: "What the file is.", Examples: []any{kinds[0]}},
			"file": {Type: huma.TypeString, Format: "binary", Description: "The PDF."},
		}}}}}
}

// readUpload reads the form part by part, so that nothing is written to disk before it is judged: one kind, one file,
// nothing else.
func (s *service) readUpload(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	up, err := readForm(c.Writer, c.Request)
	if err != nil {
		s.write(c, s.problem(ctx.Context(), visitIn(ctx.Context()), err))
		return
	}
	next(huma.WithValue(ctx, uploadKey{}, up))
}

func readForm(w http.ResponseWriter, r *http.Request) (desk.Upload, error) {
	r.Body = http.MaxBytesReader(w, r.Body, uploadBody)
	form, err := r.MultipartReader()
	if err != nil {
		return desk.Upload{}, errMediaType
	}
	parts := map[string][]byte{}
	var up desk.Upload
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return up, unreadable(err)
		}
		if part.FormName() == "file" {
			up.Name = part.FileName()
		}
		if err := readPart(parts, part); err != nil {
			return up, err
		}
	}
	for _, name := range []string{"kind", "file"} {
		if _, ok := parts[name]; !ok {
			return up, models.Invalid(models.Fault(name, "required"))
		}
	}
	up.Kind, up.Body = models.AttachmentKind(parts["kind"]), bytes.NewReader(parts["file"])
	return up, nil
}

func readPart(parts map[string][]byte, part *multipart.Part) error {
	name := part.FormName()
	if name != "kind" && name != "file" {
		return models.Invalid(models.Fault(clip(name), "unknown_field"))
	}
	if _, twice := parts[name]; twice {
		return models.Invalid(models.Fault(name, "json_duplicate"))
	}
	body, err := io.ReadAll(part)
	if err != nil {
		return unreadable(err)
	}
	parts[name] = body
	return nil
}

func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge.With("max", fmt.Sprint(large.Limit))
	}
	return models.Invalid(models.Fault("body", "json_unreadable"))
}
