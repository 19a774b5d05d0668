package web

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"loket/internal/files"
	"loket/models"
)

// comparedBody bounds the file that a visitor compares with a letter, and the form around it.
const (
	comparedFile = 10 << 20
	comparedBody = comparedFile + 64<<10
)

// letterPolicy is the Content-Security-Policy of a PDF: the browser's own viewer styles it, nothing else is loaded.
const letterPolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// letter answers one letter of a memo, to be read in the browser.
func (v *visit) letter() error {
	l, err := v.portal.Desk.Letter(v.Request.Context(), v.actor(), v.Param("id"), models.LetterKind(v.Param("kind")))
	if err != nil {
		return err
	}
	v.Header("Content-Security-Policy", letterPolicy)
	v.Header("Content-Disposition", `inline; filename="`+l.Name+`"`)
	v.Data(http.StatusOK, files.PDF, l.Body)
	return nil
}

// letterCheck is the page that a letter's QR code leads to. Compared is nil until a file was compared.
type letterCheck struct {
	models.LetterVerification
	ID       string
	Compared *bool
	Lines    []faultLine
}

// Error is the sentence beside one field.
func (c letterCheck) Error(field string) string { return of(c.Lines, field) }

// State names how the letter stands: valid, or why it is not.
func (c letterCheck) State() string {
	if c.Valid {
		return "valid"
	}
	return string(c.Why)
}

// Tone is the colour that goes with the state's words.
func (c letterCheck) Tone() string {
	if c.Valid {
		return "ok"
	}
	return "warning"
}

// Same tells whether the compared file is the letter.
func (c letterCheck) Same() bool { return c.Compared != nil && *c.Compared }

// Digest is the fingerprint in groups that can be read out.
func (c letterCheck) Digest() []string {
	var groups []string
	for at := 0; at+8 <= len(c.SHA256); at += 8 {
		groups = append(groups, c.SHA256[at:at+8])
	}
	return groups
}

func (v *visit) letterCheckPage() error {
	found, err := v.portal.Desk.VerifyLetter(v.Request.Context(), v.Param("id"))
	if err != nil {
		return v.unknownLetter(err)
	}
	return v.showLetterCheck(letterCheck{LetterVerification: found}, nil)
}

func (v *visit) showLetterCheck(c letterCheck, p *models.Problem) error {
	c.ID = v.Param("id")
	state := "letter.verify." + c.State()
	f := frame{Title: v.say.T(state), Lead: v.say.T(state + ".lead"), Path: "/verify/" + c.ID}
	status := http.StatusOK
	if p != nil {
		status, f.Faults = statusOf(p.Code), v.faultLines(p)
		c.Lines = f.Faults
	}
	f.Body = c
	v.Header("X-Robots-Tag", "noindex")
	return v.showAs(status, "letter", f)
}

// compareLetter tells whether an uploaded file is the letter. The file is read once and kept nowhere.
func (v *visit) compareLetter() error {
	ctx, id := v.Request.Context(), v.Param("id")
	digest, err := v.digestOfFile()
	if p, ok := formProblem(err); ok {
		found, err := v.portal.Desk.VerifyLetter(ctx, id)
		if err != nil {
			return v.unknownLetter(err)
		}
		return v.showLetterCheck(letterCheck{LetterVerification: found}, p)
	}
	if err != nil {
		return err
	}
	found, same, err := v.portal.Desk.CompareLetter(ctx, id, digest)
	if err != nil {
		return v.unknownLetter(err)
	}
	return v.showLetterCheck(letterCheck{LetterVerification: found, Compared: &same}, nil)
}

// digestOfFile hashes the form's file as it comes in.
func (v *visit) digestOfFile() (digest [sha256.Size]byte, err error) {
	form, err := v.Request.MultipartReader()
	if err != nil {
		return digest, models.Invalid(models.Fault("file", "pdf_needed"))
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return digest, models.Invalid(models.Fault("file", "pdf_needed"))
		}
		if err != nil {
			return digest, unread(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return hashed(part)
		}
	}
}

func hashed(part *multipart.Part) (digest [sha256.Size]byte, err error) {
	sum := sha256.New()
	n, err := io.Copy(sum, part)
	switch {
	case err != nil:
		return digest, unread(err)
	case n > comparedFile:
		return digest, tooLarge()
	}
	return [sha256.Size]byte(sum.Sum(nil)), nil
}

// unread is why a form could not be read to its end: it is too large, or it is broken off or none at all.
func unread(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) {
		return tooLarge()
	}
	return fmt.Errorf("read a form: %w: %w", models.Invalid(models.Fault("file", "file_broken")), err)
}

func tooLarge() error {
	return models.Invalid(models.Fault("file", "file_too_large", "max", fmt.Sprint(comparedFile>>20)))
}
