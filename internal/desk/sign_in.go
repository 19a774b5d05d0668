package desk

import (
	"context"

	"loket/models"
)

// SignIn takes a username alone or with the agency's domain, as the way to an account writes it.
func (d *Desk) SignIn(ctx context.Context, in SignIn) (Signed, error) {
	in.Username = models.WithoutDomain(in.Username, d.domain)
	return d.Service.SignIn(ctx, in)
}
