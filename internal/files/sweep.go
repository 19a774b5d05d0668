package files

import (
	"context"
	"errors"
	"time"
)

// Ledger knows which contents somebody still refers to. DoomBlobs takes away what was staged and never linked, and
// claims the contents that nothing refers to any more, for an hour: meanwhile nobody may begin to refer to them, and no
// other process claims them. BlobGone ends a claim once the content is deleted.
type Ledger interface {
	DoomBlobs(ctx context.Context) ([]string, error)
	BlobGone(ctx context.Context, sum string) error
}

// sweepTime ends a sweep well before its claims do.
const sweepTime = 30 * time.Minute

// Sweep deletes the contents that the ledger gives up. What cannot be deleted now is claimed again later.
func (v *Vault) Sweep(ctx context.Context, l Ledger) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTime)
	defer cancel()
	sums, err := l.DoomBlobs(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, sum := range sums {
		err := v.Delete(ctx, sum)
		if err == nil {
			err = l.BlobGone(ctx, sum)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}
