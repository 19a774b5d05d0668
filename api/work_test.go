package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func (f *counter) Work(_ context.Context, _ models.Actor, q models.WorkQuery) (models.WorkPage, error) {
	f.worked = q
	if faults := q.Check(); len(faults) > 0 {
		return models.WorkPage{}, models.Invalid(faults...)
	}
	item := models.WorkItemView{CaseSummary: f.memo().CaseSummary, ItemID: "0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7082", Queue: "verification", Since: time.Now().UTC(), ItemDue: time.Now().UTC(),
		Claim: &models.Claim{By: "Surya", Mine: true, Until: time.Now().UTC()}}
	returned := models.WorkItemView{CaseSummary: f.memo().CaseSummary, Since: time.Now().UTC(), Decision: models.EventApproved}
	return models.WorkPage{Page: models.Page[models.WorkItemView]{Items: []models.WorkItemView{item, returned}, Next: "n", Total: -1},
		Tabs: map[models.Tab]int{models.TabMine: 2}}, nil
}

func (f *counter) Beside(context.Context, models.Actor, models.WorkQuery, string) (string, string, error) {
	return "", memoID1, nil
}

func (f *counter) Claim(_ context.Context, _ models.Actor, _ string, takeOver bool) (models.Claim, error) {
	if !takeOver {
		return models.Claim{}, models.ErrClaimed.With("by", "Surya", "until", "2026-11-23T16:00:00Z")
	}
	return models.Claim{By: "Surya", Mine: true, Until: time.Now().UTC()}, nil
}

func (f *counter) Release(context.Context, models.Actor, string) error { return models.ErrNotNow }

func (f *counter) Track(_ context.Context, _ models.Actor, number string) (models.CaseSummary, error) {
	if number != f.memo().Number {
		return models.CaseSummary{}, models.ErrNotFound
	}
	return f.memo().CaseSummary, nil
}

func (f *counter) SavedViews(context.Context, models.Actor) ([]models.SavedView, error) {
	return nil, nil
}

func (f *counter) SaveView(_ context.Context, _ models.Actor, v models.SavedView) (models.SavedView, error) {
	if v.Name == "taken" {
		return v, models.Invalid(models.Fault("name", "name_taken"))
	}
	v.ID = "v1"
	return v, nil
}

func (f *counter) DropView(context.Context, models.Actor, string) error { return models.ErrNotFound }

func (f *counter) Phrases(context.Context, models.Actor) ([]models.Phrase, error) {
	return []models.Phrase{{ID: "p1", Text: "NIP differs."}}, nil
}

func (f *counter) SavePhrase(_ context.Context, _ models.Actor, p models.Phrase) (models.Phrase, error) {
	if p.Shared {
		return p, models.ErrForbidden
	}
	p.ID = "p2"
	return p, nil
}

func (f *counter) DropPhrase(context.Context, models.Actor, string) error { return nil }

func (f *counter) Notifications(context.Context, models.Actor, models.PageQuery) (models.Page[models.Notification], error) {
	return models.Page[models.Notification]{Items: []models.Notification{{ID: "n1", Kind: "memo_waiting", CaseID: memoID1, CaseKind: models.KindMemo, Number: "LKT-2026-000001", At: time.Now().UTC()}}, Total: -1}, nil
}

func (f *counter) Unseen(context.Context, models.Actor) (int, error) { return 1, nil }

func (f *counter) SeeNotification(_ context.Context, _ models.Actor, id string) (string, error) {
	f.asked = "seen " + id
	return memoID1, nil
}

func (f *counter) SeeNotifications(context.Context, models.Actor) (int, error) {
	f.asked = "seen all"
	return 1, nil
}

func TestWork(t *testing.T) {
	b := setup(t)
	call := func(method, path string, body any) int { return b.client.Call(t, method, Prefix+path, body).Status }
	t.Run("a tab with its filter, and the link to its next page", func(t *testing.T) {
		res := b.client.Call(t, http.MethodGet, Prefix+"/inbox?tab=claimable&due=today&unit=KEM.1&q=data&limit=10", nil)
		require.Equal(t, http.StatusOK, res.Status)
		require.Equal(t, models.WorkQuery{Tab: models.TabClaimable, PageQuery: models.PageQuery{Limit: 10},
			WorkFilter: models.WorkFilter{Due: models.DueToday, Unit: "KEM.1", Text: "data"}}, b.worked)
		require.Equal(t, `</api/v1/inbox?cursor=n&due=today&limit=10&q=data&tab=claimable&unit=KEM.1>; rel="next"`, res.Header.Get("Link"))
		require.Equal(t, http.StatusUnprocessableEntity, call(http.MethodGet, "/inbox?tab=others", nil))
		require.Equal(t, http.StatusOK, call(http.MethodGet, "/memos/"+memoID1+"/neighbours?tab=mine", nil))
	})
	t.Run("a colleague's claim is named, and taken over by name", func(t *testing.T) {
		require.Equal(t, http.StatusConflict, call(http.MethodPost, "/memos/"+memoID1+"/claim", map[string]any{}))
		require.Equal(t, http.StatusOK, call(http.MethodPost, "/memos/"+memoID1+"/claim", map[string]any{"take_over": true}))
		require.Equal(t, http.StatusConflict, call(http.MethodPost, "/memos/"+memoID1+"/release", nil))
	})
	t.Run("a number leads to its case, or to nothing", func(t *testing.T) {
		require.Equal(t, http.StatusOK, call(http.MethodGet, "/track?number=LKT-2026-000001", nil))
		require.Equal(t, http.StatusNotFound, call(http.MethodGet, "/track?number=LKT-1999-000001", nil))
		require.Equal(t, http.StatusUnprocessableEntity, call(http.MethodGet, "/track", nil))
	})
	t.Run("views, reasons and notifications are kept, changed, dropped and seen", func(t *testing.T) {
		view := map[string]any{"name": "Late", "query": "due=late", "opens": true}
		require.Equal(t, http.StatusOK, call(http.MethodGet, "/inbox/views", nil))
		require.Equal(t, http.StatusCreated, call(http.MethodPost, "/inbox/views", view))
		require.Equal(t, http.StatusOK, call(http.MethodPut, "/inbox/views/v1", view))
		require.Equal(t, http.StatusUnprocessableEntity, call(http.MethodPost, "/inbox/views", map[string]any{"name": "taken"}))
		require.Equal(t, http.StatusNotFound, call(http.MethodDelete, "/inbox/views/v9", nil))
		phrase := map[string]any{"text": "NIP differs."}
		require.Equal(t, http.StatusOK, call(http.MethodGet, "/phrases", nil))
		require.Equal(t, http.StatusCreated, call(http.MethodPost, "/phrases", phrase))
		require.Equal(t, http.StatusOK, call(http.MethodPut, "/phrases/p1", phrase))
		require.Equal(t, http.StatusForbidden, call(http.MethodPost, "/phrases", map[string]any{"text": "x", "shared": true}))
		require.Equal(t, http.StatusNoContent, call(http.MethodDelete, "/phrases/p1", nil))
		require.Equal(t, http.StatusOK, call(http.MethodGet, "/notifications", nil))
		require.Equal(t, http.StatusNoContent, call(http.MethodPost, "/notifications/n1/seen", nil))
		require.Equal(t, "seen n1", b.asked)
		require.Equal(t, http.StatusNoContent, call(http.MethodPost, "/notifications/seen", nil))
		require.Equal(t, "seen all", b.asked)
	})
	t.Run("deciding takes its scope", func(t *testing.T) {
		b.client.Token = "lkt_read"
		require.Equal(t, http.StatusForbidden, call(http.MethodPost, "/memos/"+memoID1+"/claim", map[string]any{}))
	})
}
