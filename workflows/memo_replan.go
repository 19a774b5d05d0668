package workflows

import (
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// findDecider looks anew who is to be asked, since an office may have lost its holder or a unit its place: the item
// goes to whoever the plan of today names next. Where nobody is left, an admin is told to appoint somebody; the clock
// goes on meanwhile, so that silence cannot last.
func (m *memo) findDecider(ctx workflow.Context) error {
	b, err := m.plan(ctx, activities.BriefInput{Sender: m.c.Sender, OnItsWay: true})
	if err != nil {
		return err
	}
	return m.inTurn(ctx, func() error {
		fresh := b.Head
		if m.c.Stage == models.StageOfficer {
			fresh = b.Officers
		}
		return m.reassign(ctx, freshPlan{place: b.Case, steps: fresh, calendar: b.Calendar, adopt: func(steps []models.Step) { m.adopt(b, steps) }})
	})
}

// adopt makes the steps that now hold the memo's own: those of the stage it stands in, and the officers to come.
func (m *memo) adopt(b activities.Brief, steps []models.Step) {
	if m.c.Stage == models.StageOfficer {
		m.s.Officers = steps
		return
	}
	m.s.Head, m.s.Officers = steps, b.Officers
}
