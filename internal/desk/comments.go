package desk

import (
	"context"

	"loket/models"
)

// Comments are what people say about a memo beside its decisions.
type Comments interface {
	// Comments lists them, the oldest first, and tells whether the actor may add one. Whoever is merely listed reads none.
	Comments(ctx context.Context, a models.Actor, id string) (list []models.Comment, may bool, err error)
	// AddComment adds one; the field of its faults is text. ErrForbidden to whoever may only read, ErrNotNow once the memo is over.
	AddComment(ctx context.Context, a models.Actor, id, text, key string) (models.Comment, error)
}

// Comments lists what was said about a memo.
func (d *Desk) Comments(ctx context.Context, a models.Actor, id string) ([]models.Comment, bool, error) {
	c, a, decided, err := d.standing(ctx, a, id)
	if err != nil {
		return nil, false, err
	}
	if !models.ReadsComments(c, a, decided) {
		return []models.Comment{}, false, nil
	}
	list, err := d.store.Comments(ctx, id, a.AccountID)
	return list, models.MayComment(c, a, decided) == nil, err
}

// standing gives a case that the actor sees, and what it is to them.
func (d *Desk) standing(ctx context.Context, a models.Actor, id string) (models.Case, models.Actor, bool, error) {
	c, err := d.memo(ctx, a, id)
	if err != nil {
		return c, a, false, err
	}
	listed, decided, err := d.store.Standing(ctx, id, a)
	if err != nil {
		return c, a, false, err
	}
	a.Listed = listed
	if !models.Sees(c, a, decided) {
		return c, a, decided, models.ErrNotFound
	}
	return c, a, decided, nil
}

// AddComment keeps a comment. The same key converges on the same one.
func (d *Desk) AddComment(ctx context.Context, a models.Actor, id, text, key string) (models.Comment, error) {
	text = models.NormalizeComment(text)
	c, a, decided, err := d.standing(ctx, a, id)
	if err == nil && key != "" { // what stands already is answered though the memo is over by now
		first, failed := d.comment(ctx, a, id, idOf(a, commentRoute(id), key))
		if failed == nil {
			return first, d.remember(ctx, a, "comments", ask{caseID: id, key: key, words: text})
		}
	}
	if err == nil {
		err = models.MayComment(c, a, decided)
	}
	if err != nil {
		return models.Comment{}, d.denied(ctx, a, "commented", "memo:"+id, err)
	}
	if faults := models.CheckComment(text); faults != nil {
		return models.Comment{}, models.Invalid(faults...)
	}
	comment := models.Comment{ID: idOf(a, commentRoute(id), key), At: d.now(), Own: true, Text: text}
	if err := d.remember(ctx, a, "comments", ask{caseID: id, key: key, words: text}); err != nil {
		return models.Comment{}, err
	}
	if err := d.store.AddComment(ctx, a, id, comment); err != nil {
		return models.Comment{}, err
	}
	return d.comment(ctx, a, id, comment.ID)
}

// commentRoute tells the comments on one memo from those on another.
func commentRoute(id string) string { return "comments\x00" + id }

// comment reads one comment back, with its author's name.
func (d *Desk) comment(ctx context.Context, a models.Actor, id, commentID string) (models.Comment, error) {
	list, err := d.store.Comments(ctx, id, a.AccountID)
	for _, c := range list {
		if c.ID == commentID {
			return c, nil
		}
	}
	if err == nil {
		err = models.ErrNotFound
	}
	return models.Comment{}, err
}
