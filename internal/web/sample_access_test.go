package web_test

import (
	"context"
	"strings"
	"time"

	"loket/internal/desk"
	"loket/models"
)

// sampleAccess is Bayu Yanti's request for the archive, which waits for the head of the unit.
func sampleAccess() models.AccessCaseView {
	return models.AccessCaseView{
		CaseSummary: models.CaseSummary{ID: "access-1", Kind: models.KindAccess, Number: "LKT-2026-000321", Subject: "Arsip Dokumen", Status: models.StatusApproval,
			Stage: models.StageHead, Unit: "KEM.1.2", UnitName: "Direktorat Perencanaan 2", SenderName: "Hana Novi Yulianti", Opened: ago(3 * time.Hour), Due: at(noon().Add(30 * time.Hour))},
		Request: models.AccessRequest{Application: "arsip", Reason: "Saya menata arsip kegiatan unit dan perlu membaca surat masuk sejak 2020.", Ends: "2026-12-31"},
		AppName: "Arsip Dokumen", AppAbout: "Surat masuk dan keluar beserta disposisinya.", OwnerName: "Ningsih Hidayat", Position: "Staf", Seq: 2,
		Timeline: []models.TimelineEvent{{Seq: 1, Type: models.EventDrafted, At: ago(3 * time.Hour), ActorName: "Hana Novi Yulianti", Status: models.StatusDraft},
			{Seq: 2, Type: models.EventSent, At: ago(3 * time.Hour), ActorName: "Hana Novi Yulianti", Status: models.StatusApproval}},
		Steps: []models.StepView{{Stage: models.StageHead, Role: models.RoleHead, Unit: "KEM.1.2", UnitName: "Direktorat Perencanaan 2", Names: []string{"Bayu Yanti Suryadi"},
			Current: true, Due: at(noon().Add(30 * time.Hour))}},
		Actions: []models.Action{models.ActionApprove, models.ActionRefuse, models.ActionAsk},
		Case:    models.Case{ID: "access-1", Kind: models.KindAccess, Status: models.StatusApproval},
	}
}

func sampleCatalogue() []models.CatalogEntry {
	users, none := 37, 0
	tiles := sampleTiles()
	return []models.CatalogEntry{
		{ApplicationTile: tiles[1], State: models.AccessOpen, Ends: "2026-12-31", Users: &users},
		{ApplicationTile: models.ApplicationTile{ID: "arsip", Name: "Arsip Dokumen", About: "Surat masuk dan keluar beserta disposisinya.", Provider: "Kementerian Contoh", Icon: "archive"},
			State: models.AccessAskable, Owner: "Ningsih Hidayat", Owns: true, Users: &none},
		{ApplicationTile: models.ApplicationTile{ID: "kinerja", Name: "Kinerja Pegawai", About: "Sasaran dan penilaian kinerja.", Provider: "Kementerian Contoh", Icon: "chart"},
			State: models.AccessAsked, CaseID: "access-1", Number: "LKT-2026-000321"},
		{ApplicationTile: models.ApplicationTile{ID: "flexiwork", Name: "Flexiwork", About: "Bekerja dari luar kantor.", Provider: "Kementerian Contoh", Icon: "window"}, State: models.AccessByMemo},
		{ApplicationTile: models.ApplicationTile{ID: "mitra", Name: "Portal Mitra", About: "Data bersama antarinstansi.", Provider: "Lembaga Mitra", Icon: "people"}, State: models.AccessClosed},
	}
}

func (c *counter) Catalog(_ context.Context, _ models.Actor, text string) ([]models.CatalogEntry, error) {
	if c.empty || strings.Contains(text, "gaji") {
		return nil, c.fail
	}
	return sampleCatalogue(), nil
}

func (c *counter) CatalogEntry(_ context.Context, _ models.Actor, id string) (models.CatalogEntry, error) {
	for _, e := range sampleCatalogue() {
		if e.ID == id {
			return e, nil
		}
	}
	return models.CatalogEntry{}, models.ErrNotFound
}

func (c *counter) AccessCase(_ context.Context, _ models.Actor, id string) (models.AccessCaseView, error) {
	if id != "access-1" {
		return models.AccessCaseView{}, models.ErrNotFound
	}
	if c.access.ID == "" {
		return sampleAccess(), nil
	}
	return c.access, nil
}

func (c *counter) AskAccess(_ context.Context, _ models.Actor, in models.AccessRequest, _ string) (models.AccessCaseView, error) {
	c.asked = append(c.asked, in)
	if faults := models.CheckAccess(in, models.DateOf(noon())); len(faults) > 0 {
		return models.AccessCaseView{}, models.Invalid(faults...)
	}
	return sampleAccess(), c.fail
}

func (c *counter) DecideAccess(_ context.Context, _ models.Actor, _ string, in desk.AccessDecision, _ string) (models.AccessCaseView, error) {
	c.asked = append(c.asked, in)
	if faults := models.CheckReason("reason", in.Reason); !in.Approve && faults != nil {
		return models.AccessCaseView{}, models.Invalid(faults...)
	}
	return sampleAccess(), c.fail
}

func (c *counter) AccessHolders(context.Context, models.Actor, string, models.PageQuery) (models.Page[models.AccessHolder], error) {
	if c.empty {
		return models.Page[models.AccessHolder]{}, c.fail
	}
	return models.Page[models.AccessHolder]{Items: []models.AccessHolder{sampleHolder(),
		{AccountID: "a2", Username: "siti.cahyono", Name: "Siti Cahyono", UnitName: "Sekretariat", Since: ago(2000 * time.Hour), Kind: models.KindMemo, CaseID: "memo-1", Number: "LKT-2026-000042"},
		{AccountID: "a3", Username: "wulan.fauzi", Name: "Wulan Fauzi", Since: ago(3000 * time.Hour)}}}, c.fail
}

func sampleHolder() models.AccessHolder {
	return models.AccessHolder{AccountID: "a1", Username: "hana.novi", Name: "Hana Novi Yulianti", UnitName: "Direktorat Perencanaan 2", Since: ago(300 * time.Hour), Ends: "2026-12-31",
		Kind: models.KindAccess, CaseID: "access-1", Number: "LKT-2026-000321"}
}

func (c *counter) AccessHolder(context.Context, models.Actor, string, string) (models.AccessHolder, error) {
	return sampleHolder(), c.fail
}

func accessScenes() []scene {
	as := func(change func(*models.AccessCaseView)) func(*counter) {
		return func(c *counter) {
			c.access = sampleAccess()
			change(&c.access)
		}
	}
	return []scene{
		{name: "access-catalogue", path: "/applications/catalogue"},
		{name: "access-catalogue-none-found", path: "/applications/catalogue?q=gaji"},
		{name: "access-request", path: "/applications/request/arsip"},
		{name: "access-case-head", path: "/access/access-1"},
		{name: "access-case-requester", path: "/access/access-1", set: as(func(m *models.AccessCaseView) {
			asked := ago(time.Hour)
			m.Asked, m.Due, m.Actions = &asked, nil, []models.Action{models.ActionAnswer, models.ActionWithdraw}
			m.Timeline = append(m.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventAsked, At: asked, ActorName: "Bayu Yanti Suryadi", Reason: "Cukup membaca, atau perlu mengubah?", Status: models.StatusApproval})
		})},
		{name: "access-case-granted", path: "/access/access-1", set: as(func(m *models.AccessCaseView) {
			m.Status, m.Stage, m.Due, m.Steps, m.Actions = models.StatusGranted, models.StageOwner, nil, nil, nil
			m.Timeline = append(m.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventApproved, At: ago(2 * time.Hour), ActorName: "Fajar Anggraini", OnBehalfOfName: "Bayu Yanti Suryadi",
				Acting: models.ActingDaily, Status: models.StatusOwner}, models.TimelineEvent{Seq: 4, Type: models.EventApproved, At: ago(time.Hour), ActorName: "Ningsih Hidayat", Reason: "Selamat bekerja.", Status: models.StatusGranted})
		})},
		{name: "access-case-expired", path: "/access/access-1", set: as(func(m *models.AccessCaseView) {
			m.Status, m.Due, m.Steps, m.Actions = models.StatusExpired, nil, nil, []models.Action{models.ActionCopy}
			m.Timeline = append(m.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventExpired, At: ago(time.Hour), Status: models.StatusExpired})
		})},
		{name: "access-case-vacant", path: "/access/access-1", set: func(c *counter) {
			as(func(m *models.AccessCaseView) {
				m.Status, m.Stage, m.Trouble, m.Actions, m.Steps = models.StatusOwner, models.StageOwner, models.TroubleApprover, nil, nil
			})(c)
			c.who.Actor.Grants = append(c.who.Actor.Grants, grants(models.RoleAdmin)...)
		}},
		{name: "access-decide", path: "/access/access-1/decide"},
		{name: "access-ask", path: "/access/access-1/ask"},
		{name: "access-answer", path: "/access/access-1/answer", set: as(func(m *models.AccessCaseView) { m.Actions = []models.Action{models.ActionAnswer} })},
		{name: "access-withdraw", path: "/access/access-1/withdraw", set: as(func(m *models.AccessCaseView) { m.Actions = []models.Action{models.ActionWithdraw} })},
		{name: "access-users", path: "/applications/users/arsip"},
		{name: "access-users-empty", path: "/applications/users/arsip", set: func(c *counter) { c.empty = true }},
		{name: "access-revoke", path: "/applications/users/arsip/a1/revoke"},
	}
}
