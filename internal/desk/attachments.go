package desk

import (
	"context"
	"io"

	"loket/internal/files"
	"loket/models"
)

// Attachments are the files of a memo.
type Attachments interface {
	// AddAttachment judges a file and attaches it to what is being written. The same file again changes nothing. Faults
	// name the fields file and kind.
	AddAttachment(ctx context.Context, a models.Actor, id string, up Upload) (models.MemoView, error)
	// RemoveAttachment takes a file from what is being written.
	RemoveAttachment(ctx context.Context, a models.Actor, id, fileID string) (models.MemoView, error)
	// Attachment gives a file and its content to whoever may read the whole memo.
	Attachment(ctx context.Context, a models.Actor, id, fileID string) (models.Attachment, []byte, error)
}

// Upload is a file on its way to a memo. Name is what it calls itself.
type Upload struct {
	Kind models.AttachmentKind
	Name string
	Body io.Reader
}

// Vault keeps the contents of files by their SHA-256; *files.Vault is one.
type Vault interface {
	Put(ctx context.Context, sum string, body []byte) error
	Get(ctx context.Context, sum string) ([]byte, error)
}

// AddAttachment notes the file before it keeps the content, and attaches it last: whatever fails on the way leaves a
// staged file that is swept, never a memo with a file that is not there.
func (d *Desk) AddAttachment(ctx context.Context, a models.Actor, id string, up Upload) (models.MemoView, error) {
	if _, _, err := d.may(ctx, a, id, models.ActionEdit); err != nil {
		return models.MemoView{}, err
	}
	v, err := d.store.Memo(ctx, id)
	if err != nil {
		return models.MemoView{}, err
	}
	if faults := models.CheckAttachmentKind(v.Draft.Kind, up.Kind); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	body, err := files.Read(up.Body)
	if err != nil {
		return models.MemoView{}, err
	}
	file := models.Attachment{Kind: up.Kind, Name: files.CleanName(up.Name), Size: int64(len(body)), Type: files.PDF, SHA256: files.Sum(body)}
	if file.ID, err = d.store.StageFile(ctx, a, file); err != nil {
		return models.MemoView{}, err
	}
	if err := d.files.Put(ctx, file.SHA256, body); err != nil {
		return models.MemoView{}, err
	}
	if err := d.store.AttachFile(ctx, a, id, file.ID, file.Kind); err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, id)
}

// RemoveAttachment takes a file from what is being written.
func (d *Desk) RemoveAttachment(ctx context.Context, a models.Actor, id, fileID string) (models.MemoView, error) {
	if _, _, err := d.may(ctx, a, id, models.ActionEdit); err != nil {
		return models.MemoView{}, err
	}
	if err := d.store.DetachFile(ctx, a, id, fileID); err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, id)
}

// Attachment gives a file. Whoever is merely listed does not read it: it may speak of other people.
func (d *Desk) Attachment(ctx context.Context, a models.Actor, id, fileID string) (models.Attachment, []byte, error) {
	c, err := d.store.Case(ctx, a.Agency, id)
	if err != nil {
		return models.Attachment{}, nil, err
	}
	_, decided, err := d.store.Standing(ctx, id, a)
	if err == nil && !models.Sees(c, a, decided) {
		err = d.denied(ctx, a, "attachment_read", "memo:"+id, models.ErrNotFound)
	}
	if err != nil {
		return models.Attachment{}, nil, err
	}
	file, err := d.store.Attachment(ctx, id, fileID)
	if err != nil {
		return models.Attachment{}, nil, err
	}
	body, err := d.files.Get(ctx, file.SHA256)
	return file, body, err
}

// copyAttachments attaches to a new draft what another memo had: the contents are kept once anyway.
func (d *Desk) copyAttachments(ctx context.Context, a models.Actor, id string, list []models.Attachment) error {
	for _, f := range list {
		staged, err := d.store.StageFile(ctx, a, f)
		if err != nil {
			return err
		}
		if err := d.store.AttachFile(ctx, a, id, staged, f.Kind); err != nil {
			return err
		}
	}
	return nil
}
