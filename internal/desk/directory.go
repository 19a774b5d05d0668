package desk

import (
	"context"

	"loket/models"
)

// Directories is how accounts reach the directory besides Loket; the service desk looks after what it refused.
type Directories interface {
	DirectoryState(ctx context.Context, a models.Actor) (models.DirectoryState, error)
	DirectoryFailures(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.DirectoryFailure], error)
	// RetryDirectory carries an account again, or with an empty id every one that failed; ErrNotFound when there is none.
	RetryDirectory(ctx context.Context, a models.Actor, account string) error
	// LeaveOutOfDirectory settles that what failed is not carried; the account's next change is tried again.
	LeaveOutOfDirectory(ctx context.Context, a models.Actor, account string) error
}

// DirectoryState tells what waits and what failed. Where there is no directory, nothing waits for it.
func (d *Desk) DirectoryState(ctx context.Context, a models.Actor) (models.DirectoryState, error) {
	if err := d.only(ctx, a, "directory_read", "system", lookAfterMail...); err != nil {
		return models.DirectoryState{}, err
	}
	if d.directory == "" || d.directory == models.DirectoryBuiltIn {
		return models.DirectoryState{Kind: models.DirectoryBuiltIn}, nil
	}
	state, err := d.store.DirectoryState(ctx, a.Agency)
	state.Kind = d.directory
	return state, err
}

// DirectoryFailures lists what the directory refused for good, and what was left out.
func (d *Desk) DirectoryFailures(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.DirectoryFailure], error) {
	if err := d.only(ctx, a, "directory_read", "system", lookAfterMail...); err != nil {
		return models.Page[models.DirectoryFailure]{}, err
	}
	return d.store.DirectoryFailures(ctx, a.Agency, q)
}

// RetryDirectory has accounts carried again.
func (d *Desk) RetryDirectory(ctx context.Context, a models.Actor, account string) error {
	if err := d.only(ctx, a, "directory_retried", "account:"+account, lookAfterMail...); err != nil {
		return err
	}
	return d.store.RetryDirectory(ctx, a, account)
}

// LeaveOutOfDirectory settles that an account stays as the directory has it.
func (d *Desk) LeaveOutOfDirectory(ctx context.Context, a models.Actor, account string) error {
	if err := d.only(ctx, a, "directory_left_out", "account:"+account, lookAfterMail...); err != nil {
		return err
	}
	return d.store.LeaveOutOfDirectory(ctx, a, account)
}
