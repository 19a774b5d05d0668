package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestReturnedAfterTheDelegationEnded has an acting head send a memo, which comes back when the head is in office again:
// the head corrects it and sends it on as its sender.
func TestReturnedAfterTheDelegationEnded(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	as := s.counter(t)
	head, above := as(s.sender), as(s.head)
	stand := s.joins(t, s.rows[len(s.rows)-1].NIP)
	today := models.DateOf(time.Now().In(s.paper.Zone))
	var made models.DelegationView
	admin := as(s.joins(t, adminNIP))
	admin.stepUp(t)
	admin.Call(t, http.MethodPost, "/api/v1/delegations", map[string]any{"kind": "plh", "role": "unit_head", "unit": "KEM.1.2", "delegate_id": stand.EmployeeID,
		"principal_id": s.sender.EmployeeID, "from": today.String(), "until": today.AddDays(3).String(), "reason": "Dinas luar"}).Into(t, http.StatusCreated, &made)
	acting := as(stand)
	body := draft(recap(t, "recap-clean.csv")[:2])
	var m memo
	acting.Call(t, http.MethodPost, "/api/v1/memos", body).Into(t, http.StatusCreated, &m)
	acting.attaches(t, m.ID)
	path := "/api/v1/memos/" + m.ID
	acting.Call(t, http.MethodPost, path+"/send", nil).Is(t, http.StatusOK)
	admin.Call(t, http.MethodDelete, "/api/v1/delegations/"+made.ID, nil).Is(t, http.StatusNoContent)
	above.Call(t, http.MethodPost, path+"/return", map[string]any{"reason": "Perihal kurang jelas"}).Is(t, http.StatusOK)

	seen := head.memo(t, m.ID)
	require.ElementsMatch(t, []string{"edit", "resubmit"}, seen.Actions)
	require.NotContains(t, acting.memo(t, m.ID).Actions, "resubmit")
	acting.Call(t, http.MethodPost, path+"/resubmission", nil).Refused(t, http.StatusForbidden, "not_yours")
	body["subject"] = "Akses Flexiwork Subdirektorat"
	head.Call(t, http.MethodPut, path, body, "If-Match", quoted(seen.Version)).Into(t, http.StatusOK, &seen)
	var again memo
	head.Call(t, http.MethodPost, path+"/resubmission", nil, "If-Match", quoted(seen.Version)).Into(t, http.StatusOK, &again)
	require.Equal(t, "approval", again.Status)
	last := again.Timeline[len(again.Timeline)-1]
	require.Equal(t, []string{"resubmitted", head.name(t)}, []string{last.Type, last.ActorName})
	require.Contains(t, head.memo(t, m.ID).Actions, "withdraw")
	above.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
}

func (p person) name(t *testing.T) string {
	t.Helper()
	var me struct{ Name string }
	p.Call(t, http.MethodGet, "/api/v1/me", nil).Into(t, http.StatusOK, &me)
	return me.Name
}
