package check

import "context"

// secrets is R5.
func (r *run) secrets(ctx context.Context) error {
	found, err := r.Store.SurveySecrets(ctx)
	return r.survey("R5", found, err)
}
