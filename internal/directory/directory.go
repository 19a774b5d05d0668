package directory

import (
	"context"
	"errors"

	"loket/models"
)

// Directory is where accounts are known besides Loket. Put makes it agree with an account, whatever stood there: it
// creates, changes, disables and enables, sets the password and the groups, and may be repeated at any time. Errors are
// *Fault or, where nobody knows, anything else, which is tried again.
type Directory interface {
	Put(ctx context.Context, e models.DirectoryEntry) error
	// Differences says in words what Put would change; nothing where the directory agrees.
	Differences(ctx context.Context, e models.DirectoryEntry) ([]string, error)
	// Known lists every entry that stands for an account of Loket.
	Known(ctx context.Context) ([]Known, error)
	Close() error
}

// Known is an entry of a directory, by the account that it stands for and where it is found.
type Known struct{ AccountID, Where string }

// Fault is why a directory did not take an account. Away says that it can take none now: it is not reached, or refuses
// Loket itself. Final says that trying the same again is of no use.
type Fault struct {
	Away, Final bool
	Reason      string
}

// Error is the reason.
func (f *Fault) Error() string { return f.Reason }

func away(reason string) error  { return &Fault{Away: true, Reason: reason} }
func final(reason string) error { return &Fault{Final: true, Reason: reason} }

// faultOf gives what kind of error it is; the zero Fault with its reason where nobody knows.
func faultOf(err error) Fault {
	var f *Fault
	if errors.As(err, &f) {
		return *f
	}
	return Fault{Reason: err.Error()}
}

// BuiltIn is the directory of an installation that has none besides Loket: it agrees with everything.
type BuiltIn struct{}

// Put does nothing.
func (BuiltIn) Put(context.Context, models.DirectoryEntry) error { return nil }

// Differences finds none.
func (BuiltIn) Differences(context.Context, models.DirectoryEntry) ([]string, error) { return nil, nil }

// Known lists nothing.
func (BuiltIn) Known(context.Context) ([]Known, error) { return nil, nil }

// Close does nothing.
func (BuiltIn) Close() error { return nil }
