package web_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"loket/models"
)

// items are what waits: one late, one due today, one in some days, one that a colleague works on.
func (c *counter) items() []models.WorkItemView {
	late := sampleSummary()
	late.ID, late.Number, late.Subject, late.SenderName = "memo-4", "LKT-2026-000117", "Akses bagi tenaga ahli Pusat Data", "Yanti Hidayat"
	today, other := late, late
	today.ID, today.Number, today.Subject = "memo-6", "LKT-2026-000118", "Akun bagi pegawai pindahan Biro Umum"
	other.ID, other.Number, other.Subject = "memo-7", "LKT-2026-000121", "Akses Flexiwork Inspektorat"
	return []models.WorkItemView{
		{CaseSummary: late, ItemID: "i-2", Queue: "verification", Since: ago(50 * time.Hour), ItemDue: ago(time.Hour), Remaining: -60},
		{CaseSummary: today, ItemID: "i-3", Queue: "verification", Since: ago(20 * time.Hour), ItemDue: later(5 * time.Hour), Remaining: 240, DueToday: true,
			Claim: &models.Claim{By: "Sekar Anggraini", Until: later(3 * time.Hour)}},
		{CaseSummary: sampleSummary(), ItemID: "i-1", Queue: "approval", Since: ago(26 * time.Hour), ItemDue: later(29 * time.Hour), Remaining: 880},
		{CaseSummary: other, ItemID: "i-4", Queue: "verification", Since: ago(3 * time.Hour), ItemDue: later(60 * time.Hour), Remaining: 1100,
			Claim: &models.Claim{By: "Ratna Wulandari", Mine: true, Until: later(2 * time.Hour)}}}
}

func (c *counter) Work(_ context.Context, _ models.Actor, q models.WorkQuery) (models.WorkPage, error) {
	page := models.WorkPage{Tabs: map[models.Tab]int{}}
	if faults := q.Check(); len(faults) > 0 {
		return page, models.Invalid(faults...)
	}
	if c.empty || c.fail != nil {
		return page, c.fail
	}
	c.worked = append(c.worked, q)
	page.Items, page.Next = c.items(), "more"
	page.Tabs = map[models.Tab]int{models.TabMine: 2, models.TabSubstitute: 1, models.TabClaimable: models.CountedMost, models.TabReturned: 1, models.TabDecided: 14}
	for i := range page.Items {
		item := &page.Items[i]
		switch q.Tab {
		case models.TabSubstitute:
			item.InsteadOf, item.Claim = "Bagus Pratama", nil
		case models.TabReturned:
			item.Status, item.ItemID, item.Queue, item.ItemDue, item.Claim = models.StatusReturned, "", "", time.Time{}, nil
		case models.TabDecided:
			item.Status, item.ItemID, item.Queue, item.ItemDue, item.Claim = models.StatusActivation, "", "", time.Time{}, nil
			item.Decision = models.EventApproved
		}
	}
	return page, nil
}

func (c *counter) Beside(_ context.Context, _ models.Actor, q models.WorkQuery, id string) (string, string, error) {
	ids := []string{"memo-4", "memo-1", "memo-7"}
	if id == "reg-1" {
		return "memo-4", "memo-7", nil
	}
	at := slices.Index(ids, id)
	if at < 0 || !q.Tab.Asks() {
		return "", "", nil
	}
	if q.Due == models.DueLate { // the memo is the only late one
		return "", "", nil
	}
	return ids[at-1], append(ids, "")[at+1], nil
}

func (c *counter) Claim(_ context.Context, _ models.Actor, id string, takeOver bool) (models.Claim, error) {
	if id == "memo-6" && !takeOver {
		return models.Claim{}, models.ErrClaimed
	}
	return models.Claim{Mine: true}, c.ask("claim " + id)
}

func (c *counter) Release(_ context.Context, _ models.Actor, id string) error {
	return c.ask("release " + id)
}

func (c *counter) Track(_ context.Context, _ models.Actor, number string) (models.CaseSummary, error) {
	if strings.ToUpper(number) != c.memo.Number {
		return models.CaseSummary{}, models.ErrNotFound
	}
	return c.memo.CaseSummary, c.fail
}

func (c *counter) SavedViews(context.Context, models.Actor) ([]models.SavedView, error) {
	if c.empty {
		return nil, c.fail
	}
	return []models.SavedView{{ID: "v-1", Name: "Terlambat di Perencanaan", Query: "due=late&tab=mine&unit=KEM.1"},
		{ID: "v-2", Name: "Antrean Flexiwork", Query: "kind=flexiwork&tab=claimable", Opens: c.opens}}, c.fail
}

func (c *counter) SaveView(_ context.Context, _ models.Actor, v models.SavedView) (models.SavedView, error) {
	if faults := models.CheckView(v); len(faults) > 0 {
		return v, models.Invalid(faults...)
	}
	return v, c.ask(v)
}

func (c *counter) DropView(_ context.Context, _ models.Actor, id string) error {
	return c.ask("drop view " + id)
}

func (c *counter) Phrases(context.Context, models.Actor) ([]models.Phrase, error) {
	if c.empty {
		return nil, c.fail
	}
	return []models.Phrase{{ID: "p-1", Text: "NIP dan nama tidak cocok dengan data kepegawaian."},
		{ID: "p-2", Text: "SPTJM belum ditandatangani.", Shared: true}}, nil
}

func (c *counter) SavePhrase(_ context.Context, _ models.Actor, p models.Phrase) (models.Phrase, error) {
	if faults := models.CheckPhrase(p); len(faults) > 0 {
		return p, models.Invalid(faults...)
	}
	return p, c.ask(p)
}

func (c *counter) DropPhrase(_ context.Context, _ models.Actor, id string) error {
	return c.ask("drop phrase " + id)
}

func (c *counter) Notifications(context.Context, models.Actor, models.PageQuery) (models.Page[models.Notification], error) {
	if c.empty {
		return models.Page[models.Notification]{}, c.fail
	}
	memo := sampleSummary()
	return models.Page[models.Notification]{Items: []models.Notification{
		{ID: "n-1", Kind: "memo_waiting", CaseID: memo.ID, Number: memo.Number, Subject: memo.Subject, At: ago(time.Hour)},
		{ID: "n-2", Kind: "memo_returned", CaseID: "memo-5", Number: "LKT-2026-000064", Subject: "Akses bagi tim audit internal", At: ago(9 * time.Hour)},
		{ID: "n-3", Kind: "memo_approved", CaseID: "memo-2", Number: "LKT-2026-000098", Subject: "Akun pegawai baru", At: ago(30 * time.Hour), Seen: at(ago(29 * time.Hour))}}, Next: "more"}, nil
}

func (c *counter) Unseen(context.Context, models.Actor) (int, error) {
	if c.empty {
		return 0, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return 2 + c.rung, nil
}

func (c *counter) SeeNotification(_ context.Context, _ models.Actor, id string) (string, error) {
	return "memo-1", c.ask("seen " + id)
}

func (c *counter) SeeNotifications(context.Context, models.Actor) (int, error) {
	return 2, c.ask("seen all")
}
