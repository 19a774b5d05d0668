package api

import (
	"context"
	"net/http"

	"loket/models"
)

type directoryAccountID struct {
	ID string `path:"id" maxLength:"64" doc:"The account's id, as listed."`
}

type directoryState struct {
	Body models.DirectoryState
}

func (s *service) directoryOperations() {
	register(s, operation{id: "show-directory", method: http.MethodGet, path: "/directory", tag: tagDesk, summary: "How the directory stands",
		access: deskRoles(), scope: models.ScopeRead, text: "Accounts are carried to the agency's directory as they change, and for as long as it is away they wait. " +
			"Where no directory is set, `kind` is `builtin` and nothing waits."}, s.directory)
	register(s, operation{id: "list-directory-failures", method: http.MethodGet, path: "/directory/failures", tag: tagDesk, summary: "Accounts that the directory refused",
		access: deskRoles(), scope: models.ScopeRead, text: "The longest first, with those that were left out."}, s.directoryFailures)
	register(s, operation{id: "retry-directory", method: http.MethodPost, path: "/directory/failures/retry", tag: tagDesk, summary: "Carry every refused account again",
		access: deskRoles(), scope: models.ScopeAdmin, text: "What was left out stays so. No body."}, s.retryDirectory)
	register(s, operation{id: "retry-directory-account", method: http.MethodPost, path: "/directory/failures/{id}/retry", tag: tagDesk, summary: "Carry an account again",
		access: deskRoles(), scope: models.ScopeAdmin, text: "One that was refused or left out. No body."}, s.retryDirectoryAccount)
	register(s, operation{id: "leave-out-of-directory", method: http.MethodPost, path: "/directory/failures/{id}/leave-out", tag: tagDesk, summary: "Leave an account out",
		access: deskRoles(), scope: models.ScopeAdmin, text: "What was refused is not tried again; the account's next change is. No body."}, s.leaveOutOfDirectory)
}

func (s *service) directory(ctx context.Context, _ *empty) (*directoryState, error) {
	state, err := s.desk.DirectoryState(ctx, actorIn(ctx))
	return &directoryState{state}, err
}

func (s *service) directoryFailures(ctx context.Context, in *Paging) (*listed[models.DirectoryFailure], error) {
	page, err := s.desk.DirectoryFailures(ctx, actorIn(ctx), in.query())
	return list("/directory/failures", page, in.Limit, nil), err
}

func (s *service) retryDirectory(ctx context.Context, _ *empty) (*empty, error) {
	return nil, s.desk.RetryDirectory(ctx, actorIn(ctx), "")
}

func (s *service) retryDirectoryAccount(ctx context.Context, in *directoryAccountID) (*empty, error) {
	return nil, s.desk.RetryDirectory(ctx, actorIn(ctx), in.ID)
}

func (s *service) leaveOutOfDirectory(ctx context.Context, in *directoryAccountID) (*empty, error) {
	return nil, s.desk.LeaveOutOfDirectory(ctx, actorIn(ctx), in.ID)
}
