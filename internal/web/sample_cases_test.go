package web_test

import (
	"context"
	"time"

	"loket/internal/desk"
	"loket/models"
)

func (c *counter) CreateMemo(_ context.Context, _ models.Actor, d models.MemoDraft, _ string) (models.MemoView, error) {
	c.saved = append(c.saved, d)
	return c.memo, c.fail
}

func (c *counter) SaveMemo(_ context.Context, _ models.Actor, _ string, d models.MemoDraft, _ int) (models.MemoView, error) {
	if faults := models.CheckMemoDraft(d); len(faults) > 0 {
		return models.MemoView{}, models.Invalid(faults...)
	}
	c.saved = append(c.saved, d)
	if c.fail != nil {
		return models.MemoView{}, c.fail
	}
	c.memo.Draft = d
	c.memo.Version++
	return c.memo, nil
}

func (c *counter) Memo(_ context.Context, _ models.Actor, id string) (models.MemoView, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.beside {
		if m.ID == id {
			return m, nil
		}
	}
	if id != c.memo.ID {
		return models.MemoView{}, models.ErrNotFound
	}
	return c.memo, nil
}

func (c *counter) MemoRows(context.Context, models.Actor, string, models.RowState, models.PageQuery) (models.Page[models.RowView], error) {
	return models.Page[models.RowView]{Items: c.rows, Total: len(c.rows)}, nil
}

func (c *counter) CheckMemo(context.Context, models.Actor, string) (models.RecapReport, error) {
	return c.report, nil
}

func (c *counter) SendMemo(_ context.Context, _ models.Actor, id string, _ int, _ string) (models.MemoView, error) {
	if c.unsent != nil {
		return models.MemoView{}, c.unsent
	}
	return c.memo, c.ask("send " + id)
}

func (c *counter) DecideMemo(_ context.Context, _ models.Actor, _ string, in desk.Decision, _ string) (models.MemoView, error) {
	return c.memo, c.ask(in)
}

func (c *counter) VerifyMemo(_ context.Context, _ models.Actor, _ string, in desk.Verification, _ string) (models.MemoView, error) {
	return c.memo, c.ask(in)
}

func (c *counter) WithdrawMemo(_ context.Context, _ models.Actor, _, reason, _ string) (models.MemoView, error) {
	if faults := models.CheckReason("reason", reason); len(faults) > 0 {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return c.memo, c.ask("withdraw: " + reason)
}

func (c *counter) DiscardMemo(_ context.Context, _ models.Actor, id string) error {
	return c.ask("discard " + id)
}

func (c *counter) RetryMemo(_ context.Context, _ models.Actor, id, _ string) (models.MemoView, error) {
	return c.memo, c.ask("retry " + id)
}

func (c *counter) Watch(_ context.Context, _ models.Actor, id string) (<-chan models.Ping, error) {
	if id == "" {
		return c.mine, nil
	}
	return c.watched, nil
}

func (c *counter) Units(context.Context, models.Actor) (models.UnitView, error) {
	leaf := models.UnitView{Code: "KEM.1.2", Name: "Direktorat Perencanaan Umum", Kind: "directorate", Parent: "KEM.1", Count: 37}
	branch := models.UnitView{Code: "KEM.1", Name: "Direktorat Jenderal Perencanaan", Parent: "KEM", Count: 12, Children: []models.UnitView{leaf}}
	return models.UnitView{Code: "KEM", Name: "Kementerian Contoh", Kind: "ministry", Count: 4, Children: []models.UnitView{branch, {Code: "KEM.2", Name: "Sekretariat Jenderal", Parent: "KEM", Count: 21}}}, c.fail
}

func (c *counter) Unit(ctx context.Context, a models.Actor, _ string) (models.UnitView, error) {
	tree, err := c.Units(ctx, a)
	unit := tree.Children[0]
	unit.Offices = []models.OfficeView{{Role: models.RoleHead, Name: "Ratna Wulandari", From: ago(8000 * time.Hour)}, {Role: models.RoleActingHead, Name: "Bagus Pratama", From: ago(48 * time.Hour), Until: at(later(96 * time.Hour))}}
	return unit, err
}

func (c *counter) Employees(_ context.Context, _ models.Actor, q desk.EmployeeQuery) (models.Page[models.EmployeeView], error) {
	if c.empty {
		return models.Page[models.EmployeeView]{}, c.ask(q)
	}
	return models.Page[models.EmployeeView]{Items: []models.EmployeeView{sampleEmployee(), {ID: "e2", NIK: "3174********0001", Name: "Made Surya Adi Wijaya", UnitName: "Direktorat Perencanaan Umum", Position: "Tenaga Ahli Data", EmploymentType: "contract", Status: "leave"}}, Total: 2}, c.ask(q)
}

func sampleEmployee() models.EmployeeView {
	return models.EmployeeView{ID: "e1", NIP: "199503252022041500", NIK: "3130********6387", Name: "Dewi Yusuf Saputra", Unit: "KEM.1.2", UnitName: "Direktorat Perencanaan Umum", Position: "Analis Perencanaan", EmploymentType: "pns", Rank: "III/c", Status: "active", OfficialEmail: "dewi.yusuf@kem.example",
		Access: []models.AccessView{{Application: "flexiwork"}, {Application: "sso", Ends: "2026-12-31"}}}
}

func (c *counter) Employee(context.Context, models.Actor, string) (models.EmployeeView, error) {
	return sampleEmployee(), c.fail
}

func (c *counter) Due(context.Context, string, time.Time, int) (time.Time, error) {
	return later(29 * time.Hour), c.fail
}

func (c *counter) Account(context.Context, models.Actor) (models.AccountView, error) {
	return c.who.Account, nil
}

func (c *counter) SetLocale(_ context.Context, _ models.Actor, to string) error {
	return c.ask("locale " + to)
}

func (c *counter) ChangePassword(_ context.Context, _ desk.Identity, old, _, _ string) (desk.Signed, error) {
	if old != "right" {
		return desk.Signed{}, models.Invalid(models.Fault("old", "password_old_wrong"))
	}
	return desk.Signed{Token: "good", Identity: c.who}, nil
}

func (c *counter) Sessions(context.Context, desk.Identity) ([]models.SessionView, error) {
	return []models.SessionView{{ID: "ses-1", Current: true, IP: "10.2.3.4", UserAgent: c.agent, Created: ago(time.Hour), LastSeen: noon()}, {ID: "ses-2", Idle: true, IP: "10.9.8.7", UserAgent: "Mozilla/5.0 (Linux; Android 14) Chrome/131.0.0.0 Mobile Safari/537.36", Created: ago(9 * time.Hour), LastSeen: ago(3 * time.Hour)}}, nil
}

func (c *counter) EndSession(_ context.Context, _ desk.Identity, id string) error {
	return c.ask("end " + id)
}

func (c *counter) EndOtherSessions(context.Context, desk.Identity) error { return c.ask("end others") }

func (c *counter) Tokens(context.Context, models.Actor) ([]models.TokenView, error) {
	return []models.TokenView{{ID: "tok-1", Name: "Laporan bulanan", Scopes: []models.Scope{models.ScopeRead}, Created: ago(99 * time.Hour), Expires: later(999 * time.Hour)}}, nil
}

func (c *counter) CreateToken(_ context.Context, _ models.Actor, name string, scopes []models.Scope, days int) (models.TokenView, string, error) {
	if name == "" {
		return models.TokenView{}, "", models.Invalid(models.Fault("name", "required"))
	}
	return models.TokenView{ID: "tok-2", Name: name, Scopes: scopes, Expires: later(time.Duration(days) * 24 * time.Hour)}, "lkt_secret-shown-once", nil
}

func (c *counter) RevokeToken(_ context.Context, _ models.Actor, id string) error {
	return c.ask("revoke " + id)
}

func (c *counter) Audit(_ context.Context, _ models.Actor, q desk.AuditQuery) (models.Page[models.AuditEntry], error) {
	return models.Page[models.AuditEntry]{Items: []models.AuditEntry{
		{Seq: 42, Stream: "case:memo-1", StreamSeq: 3, At: noon(), Actor: "acc-1", ActorName: "Ratna Wulandari", Action: "approved", Object: "memo:memo-1", Origin: models.Origin{Channel: "portal", IP: "10.2.3.4"}, Before: `{"status":"approval"}`, After: `{"status":"verification"}`, Outcome: "ok"},
		{Stream: "account:acc-9", StreamSeq: 1, At: noon(), Actor: "acc-9", Action: "sign_in", Object: "username:dewi.yusuf", Origin: models.Origin{Channel: "api"}, Outcome: "wrong_credentials"}}}, c.ask(q)
}

func (c *counter) FailedNotices(context.Context, models.Actor, models.PageQuery) (models.Page[models.FailedNotice], error) {
	if c.empty {
		return models.Page[models.FailedNotice]{}, nil
	}
	return models.Page[models.FailedNotice]{Items: []models.FailedNotice{{ID: "n1", Kind: "memo_waiting", To: "r****@kem.example", CaseID: "memo-1", Number: "LKT-2026-000123", Reason: "550 mailbox unavailable", At: ago(time.Hour), Attempt: 4}}}, nil
}

func (c *counter) ResendNotice(_ context.Context, _ models.Actor, id string) error {
	return c.ask("resend " + id)
}
