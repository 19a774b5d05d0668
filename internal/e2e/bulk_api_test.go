package e2e_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// TestBulkThroughTheAPI has a head approve several memos with one request, and an officer accept everybody in them,
// each after giving the password once more.
func TestBulkThroughTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
		rows := recap(t, "recap-clean.csv")
		var items []map[string]any
		for i := range 3 {
			var m memo
			sender.Call(t, http.MethodPost, "/api/v1/memos", draft(rows[2*i:2*i+2])).Into(t, http.StatusCreated, &m)
			sender.attaches(t, m.ID)
			sender.Call(t, http.MethodPost, "/api/v1/memos/"+m.ID+"/send", nil).Into(t, http.StatusOK, &m)
			items = append(items, map[string]any{"case_id": m.ID, "seq": m.Seq})
		}
		yes := map[string]any{"decision": "approve", "items": items}
		head.Call(t, http.MethodPost, "/api/v1/inbox/decisions", yes, "Idempotency-Key", "yes").Refused(t, http.StatusForbidden, "step_up_required")
		require.Equal(t, "approval", sender.memo(t, items[0]["case_id"].(string)).Status, "nothing has happened")
		head.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": "Bukan*Ini*7*Gelas"}).Refused(t, http.StatusUnprocessableEntity, "invalid")
		head.stepUp(t)
		for range 2 {
			var came outcomes
			head.Call(t, http.MethodPost, "/api/v1/inbox/decisions", yes, "Idempotency-Key", "yes").Into(t, http.StatusOK, &came)
			require.Equal(t, 3, came.Done, "%+v", came)
		}
		officer.Call(t, http.MethodPost, "/api/v1/inbox/decisions", map[string]any{"decision": "accept_all", "items": items}).
			Refused(t, http.StatusForbidden, "step_up_required")
		officer.stepUp(t)
		var came outcomes
		fresh := []map[string]any{{"case_id": items[0]["case_id"]}, {"case_id": "0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"}, {"case_id": items[1]["case_id"], "seq": 1}}
		officer.Call(t, http.MethodPost, "/api/v1/inbox/decisions", map[string]any{"decision": "accept_all", "items": fresh}).Into(t, http.StatusOK, &came)
		require.Equal(t, 1, came.Done)
		require.Equal(t, "not_found", came.Items[1].Problem.Code)
		require.Equal(t, "stale", came.Items[2].Problem.Code)
		sender.await(t, items[0]["case_id"].(string), "activation")
		require.Less(t, o.stop().Seconds(), 30.0)
		o.command("check", "audit")
	})
}

// outcomes is what came of many decisions.
type outcomes struct {
	Done, Failed int
	Items        []struct {
		Outcome, Status string
		Problem         struct{ Code string }
	}
}

// stepUp gives the password once more.
func (p person) stepUp(t testing.TB) {
	t.Helper()
	p.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
}
