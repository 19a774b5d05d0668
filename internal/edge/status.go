package edge

import (
	"net/http"

	"loket/models"
)

// Status gives the HTTP status of a problem's code; false for a code that has none. Both counters answer by it, and each
// names what it answers otherwise.
func Status(code string) (int, bool) {
	status, ok := map[string]int{
		models.ErrInvalid.Code:              http.StatusUnprocessableEntity,
		models.ErrUnauthenticated.Code:      http.StatusUnauthorized,
		models.ErrWrongCredentials.Code:     http.StatusUnauthorized,
		models.ErrPasswordChangeNeeded.Code: http.StatusForbidden,
		models.ErrStepUpNeeded.Code:         http.StatusForbidden,
		models.ErrCodeNeeded.Code:           http.StatusUnauthorized,
		models.ErrSecondFactorNeeded.Code:   http.StatusForbidden,
		models.ErrAccountEnded.Code:         http.StatusForbidden,
		models.ErrSecondFactorSet.Code:      http.StatusConflict,
		models.ErrSecondFactorOff.Code:      http.StatusConflict,
		models.ErrLinkSpent.Code:            http.StatusGone,
		models.ErrForbidden.Code:            http.StatusForbidden,
		models.ErrScope.Code:                http.StatusForbidden,
		models.ErrNotFound.Code:             http.StatusNotFound,
		models.ErrAlreadyDecided.Code:       http.StatusConflict,
		models.ErrNotNow.Code:               http.StatusConflict,
		models.ErrLastResponsible.Code:      http.StatusConflict,
		models.ErrHasResponsible.Code:       http.StatusConflict,
		models.ErrNotYours.Code:             http.StatusForbidden,
		models.ErrNoApprover.Code:           http.StatusConflict,
		models.ErrAskedAlready.Code:         http.StatusConflict,
		models.ErrHasAccess.Code:            http.StatusConflict,
		models.ErrNotRequestable.Code:       http.StatusConflict,
		models.ErrAccessVoid.Code:           http.StatusConflict,
		models.ErrTooSoon.Code:              http.StatusConflict,
		models.ErrClaimed.Code:              http.StatusConflict,
		models.ErrStale.Code:                http.StatusPreconditionFailed,
		models.ErrDuplicate.Code:            http.StatusConflict,
		models.ErrIdempotencyConflict.Code:  http.StatusUnprocessableEntity,
		models.ErrTooMany.Code:              http.StatusTooManyRequests,
		models.ErrUnavailable.Code:          http.StatusServiceUnavailable,
		models.ErrInternal.Code:             http.StatusInternalServerError,
		models.ErrLinkAway.Code:             http.StatusServiceUnavailable,
		models.ErrLinkLocked.Code:           http.StatusTooManyRequests,
		models.ErrLinkTaken.Code:            http.StatusConflict,
		models.ErrLinked.Code:               http.StatusConflict,
		models.ErrAskUnknown.Code:           http.StatusBadRequest,
		models.ErrMethod.Code:               http.StatusMethodNotAllowed,
		models.ErrActivationRefused.Code:    http.StatusUnprocessableEntity,
	}[code]
	return status, ok
}
