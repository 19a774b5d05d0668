package check

import "context"

// accounts is R4.
func (r *run) accounts(ctx context.Context) error {
	found, err := r.Store.SurveyAccounts(ctx)
	return r.survey("R4", found, err)
}
