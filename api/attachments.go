package api

import (
	"context"
	"mime"
	"net/http"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/files"
	"loket/models"
)

// AttachmentID names a file of a memo in the path.
type AttachmentID struct {
	MemoID
	File string `path:"file" maxLength:"64" doc:"The attachment's id."`
}

type attachmentOutput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" doc:"The file's name." example:"attachment; filename=SPTJM.pdf"`
	ETag        string `header:"ETag" doc:"The SHA-256 of the file."`
	Body        []byte
}

func (s *service) attachmentOperations() {
	register(s, operation{id: "add-attachment", method: http.MethodPost, path: "/memos/{id}/attachments", tag: tagMemos, summary: "Attach a file",
		access: edge.SignedIn(), scope: models.ScopeWrite, upload: true, refusals: []*models.Problem{models.ErrNotNow, models.ErrNotYours},
		text: "A PDF of at most 5 MB, at most five to a memo, while it is being written: `flexiwork` cannot be sent without its `sptjm`, " +
			"`sso_activation` not without its `activation_form`. Refused are files that are something else besides, are locked, or bear scripts or further files. " +
			"The same file of the same kind again changes nothing."}, s.addAttachment)
	register(s, operation{id: "remove-attachment", method: http.MethodDelete, path: "/memos/{id}/attachments/{file}", tag: tagMemos, summary: "Take a file out",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: []*models.Problem{models.ErrNotNow, models.ErrNotYours},
		text: "While the memo is being written."}, s.removeAttachment)
	register(s, operation{id: "get-attachment", method: http.MethodGet, path: "/memos/{id}/attachments/{file}", tag: tagMemos, summary: "Save a file",
		access: edge.SignedIn(), scope: models.ScopeRead, file: files.PDF,
		text: "The bytes as they were uploaded, which `draft.attachments` of the memo names with their SHA-256. Not for whoever is merely listed."}, s.attachment)
}

func (s *service) addAttachment(ctx context.Context, in *MemoID) (*memoOutput, error) {
	return answerMemo(s.desk.AddAttachment(ctx, actorIn(ctx), in.ID, uploadIn(ctx)))
}

func (s *service) removeAttachment(ctx context.Context, in *AttachmentID) (*memoOutput, error) {
	return answerMemo(s.desk.RemoveAttachment(ctx, actorIn(ctx), in.ID, in.File))
}

func (s *service) attachment(ctx context.Context, in *AttachmentID) (*attachmentOutput, error) {
	file, body, err := s.desk.Attachment(ctx, actorIn(ctx), in.ID, in.File)
	return &attachmentOutput{ContentType: file.Type, Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}),
		ETag: `"` + file.SHA256 + `"`, Body: body}, err
}

// uploadIn gives what readUpload left in the context.
func uploadIn(ctx context.Context) desk.Upload {
	up, _ := ctx.Value(uploadKey{}).(desk.Upload)
	return up
}
