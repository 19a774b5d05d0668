package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestMemoPage(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		plh := b.colleague("KEM.1")
		b.delegate(o.above, b.delegation(o.above, plh, "KEM.1", 10))
		rows := recap(t, "recap-clean.csv")[:2]
		same := func(t *testing.T, id string, a models.Actor) MemoPage {
			t.Helper()
			p, err := b.MemoPage(b.ctx(), a, id)
			require.NoError(t, err)
			v, err := b.Memo(b.ctx(), id)
			require.NoError(t, err)
			steps := p.Steps
			p.Steps = nil
			require.Equal(t, v, p.MemoView)
			actor, decided, err := b.Facing(b.ctx(), id, a)
			require.NoError(t, err)
			require.Equal(t, actor, p.Actor)
			require.Equal(t, decided, p.Decided)
			c, actor, decided, err := b.CaseFor(b.ctx(), a, id)
			require.NoError(t, err)
			require.Equal(t, p.Actor, actor)
			require.Equal(t, p.Decided, decided)
			require.Equal(t, v.Case, c)
			p.Steps = steps
			return p
		}
		named := func(t *testing.T, id string, p MemoPage) {
			t.Helper()
			c, err := b.Case(b.ctx(), models.DefaultAgency, id)
			require.NoError(t, err)
			require.Len(t, c.Candidates, 1)
			want, err := b.NameSteps(b.ctx(), c, []models.Step{{Stage: c.Stage, Candidate: c.Candidates[0]}})
			require.NoError(t, err)
			want[0].Current, want[0].Due = true, c.Due
			require.Equal(t, want, p.Steps)
			require.NotEmpty(t, p.Steps[0].Names)
		}
		head := models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}
		id := b.memo(o.head, "KEM.1.2", rows)
		t.Run("a draft asks nobody", func(t *testing.T) { require.Empty(t, same(t, id, o.head).Steps) })
		sent := b.sending(id, o.head, head)
		b.record(sent)
		for name, a := range map[string]models.Actor{"its sender": o.head, "the head who is asked": o.above, "whoever acts for the head": b.actor(plh.AccountID)} {
			t.Run("it is one page for "+name, func(t *testing.T) { named(t, id, same(t, id, a)) })
		}
		t.Run("officers are asked in any unit", func(t *testing.T) {
			ch := b.follow(sent, models.EventApproved, models.StatusVerification)
			ch.Actor, ch.After.Stage = o.above, models.StageOfficer
			officers := models.Candidate{Role: models.RoleOfficer}
			ch.After.Candidates = []models.Candidate{officers}
			ch.Item = &models.WorkItem{Stage: models.StageOfficer, Round: 1, Queue: "verification", Candidate: officers, Due: ch.At}
			b.record(ch)
			p := same(t, id, o.above)
			require.True(t, p.Decided)
			named(t, id, p)
		})
		t.Run("what is not there is not found", func(t *testing.T) {
			_, err := b.MemoPage(b.ctx(), o.head, "nothing")
			require.ErrorIs(t, err, models.ErrNotFound)
		})
	})
}
