package check

import "context"

// decisions is R3.
func (r *run) decisions(ctx context.Context) error {
	found, err := r.Store.SurveyDecisions(ctx)
	return r.survey("R3", found, err)
}
