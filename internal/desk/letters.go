package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"loket/internal/i18n"
	"loket/internal/store"
	"loket/models"
)

// Letters are the letters of memos, for those who see the memo, and their verification, for everybody.
type Letters interface {
	// Letter gives a memo's letter, made when first asked for and the same bytes ever after, until an event that it tells
	// of makes a new edition. ErrNotNow while the memo has not earned it; ErrNotFound for who may not see it: letters that
	// name people are not for somebody who is merely one of them.
	Letter(ctx context.Context, a models.Actor, memoID string, k models.LetterKind) (Letter, error)
	// VerifyLetter tells whoever holds a letter's id what the letter is and whether it still holds. Blanks and dashes in
	// the id do not count, nor does case. Everything else than the id of a letter is ErrNotFound.
	VerifyLetter(ctx context.Context, id string) (models.LetterVerification, error)
	// CompareLetter tells also whether a file with this digest is the letter.
	CompareLetter(ctx context.Context, id string, digest [sha256.Size]byte) (models.LetterVerification, bool, error)
}

// Letter is a letter's file. Name is made of plain ASCII and needs no escaping.
type Letter struct {
	Name      string
	Body      []byte // PDF
	SHA256    string
	VerifyURL string
}

// Stationery is what the office's letters are written on. They are written in Indonesian, whoever asks.
type Stationery struct {
	Words                    *i18n.Catalog
	Zone                     *time.Location
	Agency, Address, Contact string
	PublicURL                string
}

// Letter is described by Letters.
func (d *Desk) Letter(ctx context.Context, a models.Actor, memoID string, k models.LetterKind) (Letter, error) {
	v, err := d.store.Memo(ctx, memoID)
	if err != nil {
		return Letter{}, err
	}
	if a, err = d.sees(ctx, a, v.Case); err != nil {
		return Letter{}, err
	}
	if k.NamesPeople() && a.Listed {
		whole, err := d.seesWhole(ctx, a, v.Case)
		if err == nil && !whole {
			err = models.ErrNotFound
		}
		if err != nil {
			return Letter{}, err
		}
	}
	l, err := d.issued(ctx, a, v, k)
	if err != nil {
		return Letter{}, err
	}
	return Letter{Name: d.fileName(k, v.MemoNumber), Body: l.Body, SHA256: l.SHA256, VerifyURL: d.verifyURL(l.ID)}, nil
}

// seesWhole tells whether somebody who is listed in a case would see it on other grounds too.
func (d *Desk) seesWhole(ctx context.Context, a models.Actor, c models.Case) (bool, error) {
	_, decided, err := d.store.Standing(ctx, c.ID, a)
	a.Listed = false
	return models.Sees(c, a, decided), err
}

// letterKinds lists the letters that the actor may open, in their order.
func (d *Desk) letterKinds(ctx context.Context, a models.Actor, v models.MemoView) ([]models.LetterKind, error) {
	whole := true
	if a.Listed {
		var err error
		if whole, err = d.seesWhole(ctx, a, v.Case); err != nil {
			return nil, err
		}
	}
	var kinds []models.LetterKind
	earned := models.Letters(v.Timeline)
	for _, k := range models.LetterKinds() {
		if earned[k] != 0 && (whole || !k.NamesPeople()) {
			kinds = append(kinds, k)
		}
	}
	return kinds, nil
}

// mostMakings bounds how often a letter is made again because the case moved on meanwhile.
const mostMakings = 3

// issued gives the newest edition of a letter, making it when nobody has asked for it before.
func (d *Desk) issued(ctx context.Context, a models.Actor, v models.MemoView, k models.LetterKind) (l store.Letter, err error) {
	for range mostMakings {
		seq := models.Letters(v.Timeline)[k]
		if seq == 0 {
			return l, models.ErrNotNow.With("status", string(v.Status))
		}
		if l, err = d.store.Letter(ctx, v.ID, k, seq); !errors.Is(err, models.ErrNotFound) {
			return l, err
		}
		if l, err = d.makeLetter(ctx, v, k, seq); err != nil {
			return l, err
		}
		if l, err = d.store.IssueLetter(ctx, a, l); !errors.Is(err, models.ErrStale) {
			return l, err
		}
		if v, err = d.store.Memo(ctx, v.ID); err != nil {
			return l, err
		}
	}
	return l, models.ErrUnavailable
}

// VerifyLetter is described by Letters.
func (d *Desk) VerifyLetter(ctx context.Context, id string) (models.LetterVerification, error) {
	id = strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(id))
	if bits, err := hex.DecodeString(id); err != nil || len(bits) != len([16]byte{}) {
		return models.LetterVerification{}, models.ErrNotFound
	}
	l, err := d.store.LetterByID(ctx, id)
	if err != nil {
		return models.LetterVerification{}, err
	}
	v, err := d.store.Memo(ctx, l.CaseID)
	if err != nil {
		return models.LetterVerification{}, err
	}
	why := models.CheckLetter(v.Status, v.Timeline, l.Kind, l.Seq)
	return models.LetterVerification{Kind: l.Kind, Number: v.Number, MemoNumber: v.MemoNumber, Subject: l.Subject,
		Decision: models.OutcomeOf(v.Status, v.Rows), Signer: l.Signer, SignerFor: l.SignerFor, At: l.Signed, Issued: l.Issued,
		SHA256: l.SHA256, Valid: why == "", Why: why}, nil
}

// CompareLetter is described by Letters.
func (d *Desk) CompareLetter(ctx context.Context, id string, digest [sha256.Size]byte) (models.LetterVerification, bool, error) {
	v, err := d.VerifyLetter(ctx, id)
	return v, err == nil && v.SHA256 == hex.EncodeToString(digest[:]), err
}

func (d *Desk) verifyURL(id string) string {
	return strings.TrimRight(d.paper.PublicURL, "/") + "/verify/" + id
}

// fileName is nota-dinas-ND-14-KEM.1.2-2026.pdf.
func (d *Desk) fileName(k models.LetterKind, number string) string {
	plain := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}
	return strings.Map(plain, d.paper.Words.For(i18n.Indonesian).T("letter.file."+string(k))+"-"+number) + ".pdf"
}

// newLetterID gives 128 random bits.
func newLetterID() (id [16]byte) {
	_, _ = rand.Read(id[:]) // never fails; the runtime ends the process instead
	return id
}
