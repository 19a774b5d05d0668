package e2e_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestOperator has one person's account fail to be made, over HTTP: support has it tried again in vain, then with success,
// and leaves somebody out of another memo, whose others are served all the same.
func TestOperator(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	as := s.counter(t)
	sender, head, officer, support := as(s.sender), as(s.head), as(s.officer), as(s.support)
	verified := func(t *testing.T, failing int64) (id, path string) {
		id = s.sent(t, s.on(models.Clock{Speed: 1}))
		path = "/api/v1/memos/" + id
		s.faulty.row.Store(failing)
		head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
		officer.Call(t, http.MethodPost, path+"/verification", map[string]any{"all": "accepted"}).Is(t, http.StatusOK)
		return id, path
	}
	troubled := func(t *testing.T, id string, times int) conversation {
		t.Helper()
		require.Eventually(t, func() bool {
			c := sender.conversation(t, id)
			seen := 0
			for _, e := range c.History {
				if e.Type == "operator_needed" {
					seen++
				}
			}
			return c.Trouble != "" && seen == times
		}, patience, calmly)
		return support.conversation(t, id)
	}

	t.Run("tried again until it works", func(t *testing.T) {
		id, path := verified(t, 2)
		c := troubled(t, id, 1)
		require.Equal(t, "provisioning", c.Status)
		require.Equal(t, 1, c.Rows.Provisioned, "the other person is served")
		require.Subset(t, c.Actions, []string{"retry", "skip"})
		for _, p := range []person{sender, head, officer} {
			require.NotContains(t, p.memo(t, id).Actions, "retry")
			p.Call(t, http.MethodPost, path+"/retry", nil).Refused(t, http.StatusForbidden, "not_yours")
		}
		support.Call(t, http.MethodPost, path+"/retry", nil).Is(t, http.StatusOK)
		troubled(t, id, 2)
		s.faulty.row.Store(0)
		support.Call(t, http.MethodPost, path+"/retry", nil, "Idempotency-Key", "again").Is(t, http.StatusOK)
		done := sender.await(t, id, "activation")
		require.Equal(t, 2, done.Rows.Provisioned)
		require.Equal(t, []string{"operator_needed", "operator_retried", "operator_needed", "operator_retried", "provisioned"}, done.types("drafted", "sent", "approved", "verified"))
		support.Call(t, http.MethodPost, path+"/retry", nil, "Idempotency-Key", "again").Is(t, http.StatusOK)
		require.Len(t, sender.memo(t, id).Timeline, len(done.Timeline), "the same word again is the same word")
		support.Call(t, http.MethodPost, path+"/retry", nil).Refused(t, http.StatusConflict, "not_now")
		require.Len(t, s.links(t, id), 2, "one message each")
	})
	t.Run("one is left out, the other is served", func(t *testing.T) {
		id, path := verified(t, 1)
		troubled(t, id, 1)
		s.faulty.row.Store(0) // the word of support counts, and not that it would work by now
		support.Call(t, http.MethodPost, path+"/skip", map[string]any{"reason": "Tidak dikenal direktori"}).Is(t, http.StatusOK)
		done := sender.await(t, id, "activation")
		require.Equal(t, 1, done.Rows.Provisioned)
		require.Equal(t, 1, done.Rows.Rejected)
		require.Len(t, s.links(t, id), 1)
		support.Call(t, http.MethodPost, path+"/skip", map[string]any{"reason": "Sekali lagi"}).Refused(t, http.StatusConflict, "not_now")
	})
	t.Run("nobody is left: the memo is refused", func(t *testing.T) {
		s.faulty.refuse.Store(true)
		defer s.faulty.refuse.Store(false)
		id, path := verified(t, 0)
		troubled(t, id, 1)
		support.Call(t, http.MethodPost, path+"/skip", map[string]any{"reason": "Data ganda"}).Is(t, http.StatusOK)
		refused := sender.await(t, id, "refused")
		require.Equal(t, "Data ganda", refused.Timeline[len(refused.Timeline)-1].Reason)
		require.Empty(t, s.links(t, id), "nobody is written to")
	})
}
