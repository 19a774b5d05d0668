package files

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/gabriel-vasile/mimetype"

	"loket/models"
)

// PDF is the one type that is let in.
const PDF = "application/pdf"

// tail is how much of a file's end is looked at for the marks that end a PDF.
const tail = 2048

// Read takes an upload whole and judges it. A refusal is a *models.Problem with a fault of the field "file": file_empty,
// file_too_large, pdf_only, pdf_unreadable, pdf_encrypted or pdf_active. Other errors are the reader's own.
//
// This keeps ordinary mischief out; it is no proof that every program shows the file harmlessly. So nothing here ever
// opens it, and it is served to be saved, or to be looked at in a sandbox.
func Read(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, models.MaxAttachmentBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read an upload: %w", err)
	case len(body) == 0:
		return nil, refused("file_empty")
	case len(body) > models.MaxAttachmentBytes:
		return nil, refused("file_too_large", "max", strconv.Itoa(models.MaxAttachmentBytes>>20))
	case !bytes.HasPrefix(body, []byte("%PDF-")) || !mimetype.Detect(body).Is(PDF) || archive(body):
		return nil, refused("pdf_only")
	case !ended(body):
		return nil, refused("pdf_unreadable")
	}
	if code := hidden(body); code != "" {
		return nil, refused(code)
	}
	return body, nil
}

func refused(code string, params ...string) error {
	return models.Invalid(models.Fault("file", code, params...))
}

// archive tells whether a file is an archive as well: what one program shows as a letter, another unpacks.
func archive(body []byte) bool {
	_, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	return err == nil
}

// ended tells whether the file is there to its end, and nothing comes after it.
func ended(body []byte) bool {
	end := body[max(0, len(body)-tail):]
	at := bytes.LastIndex(end, []byte("%%EOF"))
	return at >= 0 && bytes.Contains(end[:at], []byte("startxref")) && len(bytes.Trim(end[at+len("%%EOF"):], " \t\r\n\f\x00")) == 0
}
