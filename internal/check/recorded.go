package check

import (
	"context"
	"fmt"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"

	"loket/models"
)

// recordActivity is the name under which workflows record; the SDK names an activity by its method.
const recordActivity = "Record"

// recorded gives every change that the workflow was told stands recorded, in order, over all runs of its chain.
func (r *run) recorded(ctx context.Context, id string) ([]models.Change, error) {
	bySeq := map[int]models.Change{}
	for runID := ""; ; {
		h, err := r.history(ctx, id, runID)
		if err != nil {
			return nil, err
		}
		for _, p := range answers(h) {
			var rec models.Recorded
			if err := r.Data.FromPayloads(p, &rec); err != nil {
				return nil, fmt.Errorf("read what %s recorded: %w", id, err)
			}
			bySeq[rec.Seq] = rec.Change
		}
		if runID = before(h); runID == "" {
			break
		}
	}
	changes := make([]models.Change, 0, len(bySeq))
	for _, c := range bySeq {
		changes = append(changes, c)
	}
	slices.SortFunc(changes, func(a, b models.Change) int { return a.Seq - b.Seq })
	return changes, nil
}

// answers are the results of recording: of normal activities, and of local ones, which leave a marker.
func answers(h *historypb.History) []*commonpb.Payloads {
	var found []*commonpb.Payloads
	asked := map[int64]bool{}
	for _, e := range h.GetEvents() {
		if s := e.GetActivityTaskScheduledEventAttributes(); s.GetActivityType().GetName() == recordActivity {
			asked[e.GetEventId()] = true
		}
		if c := e.GetActivityTaskCompletedEventAttributes(); c != nil && asked[c.GetScheduledEventId()] {
			found = append(found, c.GetResult())
		}
		// Recording is the only local activity.
		if m := e.GetMarkerRecordedEventAttributes(); m.GetMarkerName() == "LocalActivity" && m.GetFailure() == nil && m.GetDetails()["result"] != nil {
			found = append(found, m.GetDetails()["result"])
		}
	}
	return found
}
