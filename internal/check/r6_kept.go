package check

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"loket/models"
)

// Files keeps the contents that cases refer to, by their SHA-256; *files.Vault is one. Get refuses a content that is
// lost or was changed; models.ErrUnavailable says that nothing can be told now.
type Files interface {
	Has(ctx context.Context, sum string) (bool, error)
	Get(ctx context.Context, sum string) ([]byte, error)
}

// kept is the part of R6 that asks for letters and files: what was issued or attached is there, and as it was.
func (r *run) kept(ctx context.Context) error {
	result := r.results["R6"]
	err := r.Store.EachLetter(ctx, func(id, caseID, sum string, body []byte) {
		result.Checked++
		if found := sha256.Sum256(body); hex.EncodeToString(found[:]) != sum {
			result.blame("letter "+id+" of case "+caseID, "was changed after it was issued")
		}
	})
	if err != nil || r.Files == nil {
		return err
	}
	return r.Store.EachLinkedSum(ctx, func(sum string) error {
		result.Checked++
		what, err := r.lacks(ctx, sum)
		if what != "" {
			result.blame("file "+sum, what)
		}
		return err
	})
}

// lacks tells what is wrong with a content. Strictly, it is read to its end.
func (r *run) lacks(ctx context.Context, sum string) (string, error) {
	there, err := r.Files.Has(ctx, sum)
	switch {
	case err != nil:
		return "", fmt.Errorf("look for a file: %w", err)
	case !there:
		return "is lost, and a case refers to it", nil
	case !r.Strict:
		return "", nil
	}
	_, err = r.Files.Get(ctx, sum)
	if errors.Is(err, models.ErrUnavailable) {
		return "", err
	}
	if err != nil {
		return "was changed where it lies", nil
	}
	return "", nil
}
