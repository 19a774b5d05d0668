package check

import (
	"context"
	"errors"
	"time"
)

// directoryPatience is how long a change may wait for the directory; an outage of an hour is none of Loket's faults.
const directoryPatience = 2 * time.Hour

// accounts is R4.
func (r *run) accounts(ctx context.Context) error {
	found, err := r.Store.SurveyAccounts(ctx)
	err = r.survey("R4", found, err)
	heard, failed := r.Store.SurveyDirectory(ctx, r.Directory, directoryPatience)
	return errors.Join(err, r.survey("R4", heard, failed))
}
