package models

import (
	"context"
	"time"
)

type arrivalKey struct{}

// WithArrival notes when a request came in: how long somebody waits is counted from there, whatever it was spent on.
func WithArrival(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, arrivalKey{}, at)
}

// Arrival is when the request came in, or now where nobody noted it.
func Arrival(ctx context.Context) time.Time {
	if at, ok := ctx.Value(arrivalKey{}).(time.Time); ok {
		return at
	}
	return time.Now()
}
