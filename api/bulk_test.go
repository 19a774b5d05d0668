package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

// bulkCounter takes words on many memos, and passwords.
type bulkCounter struct {
	*counter
	decided desk.Decisions
	key     string
	came    []desk.Outcome
}

func (f *bulkCounter) DecideMany(_ context.Context, _ models.Actor, in desk.Decisions, key string) ([]desk.Outcome, error) {
	f.decided, f.key = in, key
	return f.came, f.err
}

func (f *bulkCounter) StepUp(_ context.Context, id desk.Identity, password, _ string) (desk.Signed, error) {
	if password != "right" {
		return desk.Signed{}, models.Invalid(models.Fault("password", "password_wrong"))
	}
	id.FreshUntil = time.Date(2026, 11, 23, 3, 20, 0, 0, time.UTC)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tokens["lkt_all"] = id
	return desk.Signed{Identity: id}, nil
}

func (f *bulkCounter) Grant(_ context.Context, _ models.Actor, g models.RoleGrant) (models.RoleGrant, error) {
	return g, nil
}

func bulk(t *testing.T) (*bundle, *bulkCounter) {
	t.Helper()
	f := &bulkCounter{}
	b := setup(t, func(c *Config) {
		f.counter, _ = c.Desk.(*counter)
		c.Desk = f
	})
	return b, f
}

func TestStepUp(t *testing.T) {
	b, f := bulk(t)
	body := map[string]any{"decision": "approve", "items": []map[string]any{{"case_id": memoID1, "seq": 2}}}
	f.came = []desk.Outcome{{Memo: models.CaseSummary{ID: memoID1, Number: "LKT-2026-000001", Status: models.StatusVerification}}}
	t.Run("a token alone is told how to go on, and nothing happens", func(t *testing.T) {
		b.client.Call(t, http.MethodPost, "/api/v1/inbox/decisions", body).Refused(t, 403, "step_up_required")
		require.Empty(t, f.decided)
	})
	t.Run("a token without the scope is told that instead", func(t *testing.T) {
		b.client.As("lkt_read").Call(t, http.MethodPost, "/api/v1/inbox/decisions", body).Refused(t, 403, "token_scope")
	})
	t.Run("a wrong password is a fault of its field, never repeated", func(t *testing.T) {
		answer := b.client.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": "s3cret-typed"})
		require.Equal(t, map[string]string{"password": "password_wrong"}, answer.Refused(t, 422, "invalid"))
		require.NotContains(t, string(answer.Body), "s3cret-typed")
	})
	t.Run("any token may give it, whatever its scopes", func(t *testing.T) {
		b.client.As("lkt_read").Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": "wrong"}).Refused(t, 422, "invalid")
		b.client.As("").Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": "right"}).Refused(t, 401, "unauthenticated")
	})
	t.Run("the password opens what asks for it", func(t *testing.T) {
		answer := b.client.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": "right"})
		answer.Is(t, 200)
		require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
		require.Contains(t, string(answer.Body), `"fresh_until":"2026-11-23T03:20:00Z"`)
		b.client.Call(t, http.MethodPost, "/api/v1/inbox/decisions", body).Is(t, 200)
	})
}

func TestRolesAskForStepUp(t *testing.T) {
	b, _ := bulk(t)
	b.tokens["lkt_all"] = desk.Identity{Actor: models.Actor{AccountID: "a1", Grants: []models.Grant{{Role: models.RoleAdmin}}}, Scopes: models.Scopes()}
	grant := map[string]any{"employee_id": "e1", "role": "unit_head", "unit": "KEM.1", "from": "2026-11-23T00:00:00+07:00"}
	b.client.Call(t, http.MethodPost, "/api/v1/grants", grant).Refused(t, 403, "step_up_required")
	b.client.Call(t, http.MethodDelete, "/api/v1/grants/g1", nil).Refused(t, 403, "step_up_required")
	b.client.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": "right"}).Is(t, 200)
	b.client.Call(t, http.MethodPost, "/api/v1/grants", grant).Is(t, 201)
}

func TestDecideMany(t *testing.T) {
	b, f := bulk(t)
	b.tokens["lkt_all"] = desk.Identity{Actor: models.Actor{AccountID: "a1"}, Scopes: models.Scopes(), FreshUntil: time.Now()}
	item := func(id string) map[string]any { return map[string]any{"case_id": id, "seq": 2} }
	t.Run("each memo has its outcome, in the order asked", func(t *testing.T) {
		f.came = []desk.Outcome{{Memo: models.CaseSummary{ID: "m1", Number: "LKT-2026-000001", Status: models.StatusRefused}},
			{Memo: models.CaseSummary{ID: "m2"}, Problem: models.ErrNotFound},
			{Memo: models.CaseSummary{ID: "m3", Number: "LKT-2026-000003", Status: models.StatusRefused}, Problem: models.ErrAlreadyDecided.With("status", "refused")}}
		var got struct {
			Items []struct {
				CaseID  string `json:"case_id"`
				Outcome string
				Status  string
				Problem struct {
					Code   string
					Status int
				}
			}
			Done, Failed int
		}
		b.client.Call(t, http.MethodPost, "/api/v1/inbox/decisions", map[string]any{"decision": "refuse", "reason": "Belum lengkap.",
			"items": []any{item("m1"), item("m2"), item("m3")}}, "Idempotency-Key", "k").Into(t, 200, &got)
		require.Equal(t, 1, got.Done)
		require.Equal(t, 2, got.Failed)
		require.Equal(t, []string{"ok", "problem", "problem"}, []string{got.Items[0].Outcome, got.Items[1].Outcome, got.Items[2].Outcome})
		require.Equal(t, "not_found", got.Items[1].Problem.Code)
		require.Equal(t, 409, got.Items[2].Problem.Status)
		require.Equal(t, "refused", got.Items[2].Status)
		require.Equal(t, "k", f.key)
		require.Equal(t, desk.Decisions{Word: desk.WordRefuse, Reason: "Belum lengkap.", Items: []desk.DecisionItem{{CaseID: "m1", Seq: 2}, {CaseID: "m2", Seq: 2}, {CaseID: "m3", Seq: 2}}}, f.decided)
	})
	t.Run("more than a hundred, none, and an unknown word are refused", func(t *testing.T) {
		many := make([]any, 101)
		for i := range many {
			many[i] = item("m")
		}
		for field, body := range map[string]map[string]any{"items": {"decision": "approve", "items": many}, "decision": {"decision": "maybe", "items": []any{item("m")}}} {
			require.Contains(t, b.client.Call(t, http.MethodPost, "/api/v1/inbox/decisions", body).Refused(t, 422, "invalid"), field)
		}
		b.client.Call(t, http.MethodPost, "/api/v1/inbox/decisions", map[string]any{"decision": "approve", "items": []any{}}).Refused(t, 422, "invalid")
	})
}
