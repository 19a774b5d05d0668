package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type sessionID struct {
	ID string `path:"id" maxLength:"64" doc:"The session's id, as listed."`
}

func (s *service) sessionOperations() {
	register(s, operation{id: "list-sessions", method: http.MethodGet, path: "/me/sessions", tag: tagMe, summary: "Where am I signed in",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "Sessions of the portal. Tokens are listed by themselves."}, s.sessions)
	register(s, operation{id: "end-sessions", method: http.MethodDelete, path: "/me/sessions", tag: tagMe, summary: "Sign out everywhere",
		access: edge.SignedIn(), scope: models.ScopeWrite, text: "Ends every session of the portal. Tokens stay."}, s.endSessions)
	register(s, operation{id: "end-session", method: http.MethodDelete, path: "/me/sessions/{id}", tag: tagMe, summary: "Sign out one place",
		access: edge.SignedIn(), scope: models.ScopeWrite, text: "Ends one session of the portal."}, s.endSession)
}

func (s *service) sessions(ctx context.Context, _ *nothing) (*plain[models.SessionView], error) {
	sessions, err := s.desk.Sessions(ctx, visitIn(ctx).identity)
	return whole(sessions), err
}

func (s *service) endSessions(ctx context.Context, _ *nothing) (*empty, error) {
	return nil, s.desk.EndOtherSessions(ctx, visitIn(ctx).identity)
}

func (s *service) endSession(ctx context.Context, in *sessionID) (*empty, error) {
	return nil, s.desk.EndSession(ctx, visitIn(ctx).identity, in.ID)
}
