package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func items(s *stage, t *testing.T, ids ...string) []desk.DecisionItem {
	t.Helper()
	list := make([]desk.DecisionItem, len(ids))
	for i, id := range ids {
		list[i] = desk.DecisionItem{CaseID: id}
		if v, err := s.store.Memo(t.Context(), id); err == nil {
			list[i].Seq = v.Seq
		}
	}
	return list
}

// codes are the problems' codes, empty where there is none.
func codes(outcomes []desk.Outcome) []string {
	list := make([]string, len(outcomes))
	for i, o := range outcomes {
		if o.Problem != nil {
			list[i] = o.Problem.Code
		}
	}
	return list
}

func TestDecideMany(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	d := s.on(models.Clock{Speed: 1})
	var memos []string
	for range 6 {
		memos = append(memos, s.sent(t, d))
	}
	yes := func(ids ...string) desk.Decisions {
		return desk.Decisions{Word: desk.WordApprove, Items: items(s, t, ids...)}
	}
	t.Run("what can be decided is, and the rest says why not, each by itself", func(t *testing.T) {
		_, err := d.DecideMemo(t.Context(), s.head, memos[1], desk.Decision{Reason: "Belum lengkap."}, "")
		require.NoError(t, err)
		in := yes(memos[0], memos[1], "0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081", memos[2])
		came, err := d.DecideMany(t.Context(), s.head, in, "many")
		require.NoError(t, err)
		require.Equal(t, []string{"", "already_decided", "not_found", ""}, codes(came))
		require.Equal(t, models.StatusVerification, came[0].Memo.Status)
		require.Equal(t, models.StatusRefused, came[1].Memo.Status)
		require.NotEmpty(t, came[1].Memo.Number)
		require.Empty(t, came[2].Memo.Number, "what may not be seen is not described")
		require.Equal(t, in.Items[2].CaseID, came[2].Memo.ID)

		again, err := d.DecideMany(t.Context(), s.head, in, "many")
		require.NoError(t, err)
		require.Equal(t, codes(came), codes(again), "a repeat converges")
		require.Equal(t, came[0].Memo.Status, again[0].Memo.Status)
		require.Len(t, s.view(t, memos[0]).Timeline, 3, "written, sent and decided once")
	})
	t.Run("the same key with another word changes nothing", func(t *testing.T) {
		in := yes(memos[3])
		_, err := d.DecideMany(t.Context(), s.head, in, "word")
		require.NoError(t, err)
		in.Word, in.Reason = desk.WordRefuse, "Berubah pikiran."
		came, err := d.DecideMany(t.Context(), s.head, in, "word")
		require.NoError(t, err)
		require.Equal(t, []string{"idempotency_conflict"}, codes(came))
	})
	t.Run("nobody decides more than one by one", func(t *testing.T) {
		came, err := d.DecideMany(t.Context(), s.sender, yes(memos[4]), "")
		require.NoError(t, err)
		require.Equal(t, []string{"not_yours"}, codes(came))
		came, err = d.DecideMany(t.Context(), s.officer, yes(memos[4]), "")
		require.NoError(t, err)
		require.Equal(t, []string{"not_found"}, codes(came))
	})
	t.Run("a page that does not show what happened since is stale", func(t *testing.T) {
		in := yes(memos[4], memos[5])
		_, err := d.WithdrawMemo(t.Context(), s.sender, memos[5], "Keliru.", "")
		require.NoError(t, err)
		came, err := d.DecideMany(t.Context(), s.head, in, "")
		require.NoError(t, err)
		require.Equal(t, []string{"", "already_decided"}, codes(came))
	})
	t.Run("an officer accepts every open row of many, or rejects with a reason", func(t *testing.T) {
		came, err := d.DecideMany(t.Context(), s.officer, desk.Decisions{Word: desk.WordAcceptAll, Items: items(s, t, memos[0], memos[2])}, "accept")
		require.NoError(t, err)
		require.Equal(t, []string{"", ""}, codes(came))
		s.awaits(t, memos[0], models.StatusActivation)
		_, err = d.DecideMany(t.Context(), s.officer, desk.Decisions{Word: desk.WordRejectAll, Items: items(s, t, memos[3])}, "")
		require.Equal(t, models.Invalid(models.Fault("reason", "required")), err)
		came, err = d.DecideMany(t.Context(), s.officer, desk.Decisions{Word: desk.WordRejectAll, Reason: "Data tidak cocok.", Items: items(s, t, memos[3])}, "")
		require.NoError(t, err)
		require.Equal(t, models.StatusRefused, came[0].Memo.Status)
	})
	t.Run("one memo named twice, none, and too many are refused as a whole", func(t *testing.T) {
		_, err := d.DecideMany(t.Context(), s.head, yes(memos[4], memos[4]), "")
		require.Equal(t, models.Invalid(models.Fault("items[1].case_id", "list_repeats")), err)
		_, err = d.DecideMany(t.Context(), s.head, yes(), "")
		require.Equal(t, models.Invalid(models.Fault("items", "required")), err)
		_, err = d.DecideMany(t.Context(), s.head, desk.Decisions{Items: make([]desk.DecisionItem, 101), Word: "maybe"}, "")
		require.ErrorIs(t, err, models.ErrInvalid)
	})
}

// colleague is another officer.
func (s *stage) colleague(t *testing.T) models.Actor {
	t.Helper()
	another := s.support
	_, err := s.store.Grant(t.Context(), models.Actor{AccountID: s.head.AccountID}, models.RoleGrant{EmployeeID: another.EmployeeID,
		Role: models.RoleOfficer, Unit: s.officer.Grants[0].Unit, From: time.Now().Add(-time.Hour)})
	require.NoError(t, err)
	another, err = s.store.ActorOf(t.Context(), another.AccountID, time.Now())
	require.NoError(t, err)
	return another
}

func TestVerifyBesideAColleague(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	d, other := s.on(models.Clock{Speed: 1}), s.colleague(t)
	memo := func() (string, int) {
		id := s.sent(t, d)
		_, err := d.DecideMemo(t.Context(), s.head, id, desk.Decision{Approve: true}, "")
		require.NoError(t, err)
		return id, s.view(t, id).Seq
	}
	accept := func(nos ...int) desk.Verification {
		var in desk.Verification
		for _, no := range nos {
			in.Rows = append(in.Rows, models.RowDecision{No: no, Accept: true})
		}
		return in
	}
	t.Run("a colleague's rows are theirs, the others can still be decided on the same page", func(t *testing.T) {
		id, seq := memo()
		_, err := d.VerifyMemo(t.Context(), other, id, accept(2), "")
		require.NoError(t, err)
		in := accept(1)
		in.Seq = seq
		v, err := d.VerifyMemo(t.Context(), s.officer, id, in, "k")
		require.NoError(t, err)
		require.Equal(t, []models.RowResult{{No: 1, State: models.RowAccepted, Done: true}}, v.RowResults)
		v, err = d.VerifyMemo(t.Context(), s.officer, id, in, "k")
		require.NoError(t, err)
		require.True(t, v.RowResults[0].Done, "a repeat hears the same")
	})
	t.Run("what both decided is named and nothing happens, until it is to be skipped", func(t *testing.T) {
		id, seq := memo()
		_, err := d.VerifyMemo(t.Context(), other, id, desk.Verification{Rows: []models.RowDecision{{No: 2, Reason: "Pindah."}}}, "")
		require.NoError(t, err)
		in := accept(1, 2)
		in.Seq = seq
		_, err = d.VerifyMemo(t.Context(), s.officer, id, in, "")
		var p *models.Problem
		require.ErrorAs(t, err, &p)
		require.Equal(t, "already_decided", p.Code)
		require.Len(t, p.Faults, 1)
		require.Equal(t, "rows[1].no", p.Faults[0].Field)
		require.Equal(t, "row_rejected", p.Faults[0].Code)
		require.Equal(t, "2", p.Faults[0].Params["no"])
		require.NotEmpty(t, p.Faults[0].Params["by"])
		require.Equal(t, 1, s.view(t, id).Rows.Pending)

		in.SkipDecided = true
		v, err := d.VerifyMemo(t.Context(), s.officer, id, in, "skip")
		require.NoError(t, err)
		want := []models.RowResult{{No: 1, State: models.RowAccepted, Done: true}, {No: 2, State: models.RowRejected, By: p.Faults[0].Params["by"]}}
		require.Equal(t, want, v.RowResults)
		v, err = d.VerifyMemo(t.Context(), s.officer, id, in, "skip")
		require.NoError(t, err)
		require.Equal(t, want, v.RowResults)
	})
	t.Run("all at once on a page that shows too many open rows is stale", func(t *testing.T) {
		id, seq := memo()
		_, err := d.VerifyMemo(t.Context(), other, id, accept(1), "")
		require.NoError(t, err)
		_, err = d.VerifyMemo(t.Context(), s.officer, id, desk.Verification{All: models.RowAccepted, Seq: seq}, "")
		require.ErrorIs(t, err, models.ErrStale)
	})
	t.Run("of ten words on one row at once one counts, and the others hear who was first", func(t *testing.T) {
		id, _ := memo()
		errs := make(chan error, 10)
		for i := range 10 {
			who := s.officer
			if i%2 == 1 {
				who = other
			}
			go func() {
				_, err := d.VerifyMemo(t.Context(), who, id, accept(1), "")
				errs <- err
			}()
		}
		done := 0
		for range 10 {
			var p *models.Problem
			if err := <-errs; err == nil {
				done++
			} else if require.ErrorAs(t, err, &p); p.Code == "already_decided" {
				require.Equal(t, "row_accepted", p.Faults[0].Code)
			} else {
				require.Equal(t, "unavailable", p.Code)
			}
		}
		require.Equal(t, 1, done)
	})
}
