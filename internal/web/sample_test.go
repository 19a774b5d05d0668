package web_test

import (
	"context"
	"sync"
	"time"

	"loket/internal/desk"
	"loket/models"
)

// counter answers like a desk with a small office behind it, so that pages can be looked at without one. What a test
// wants otherwise it sets in the fields; rules come from models.
type counter struct {
	desk.Counter
	who     desk.Identity
	memo    models.MemoView
	rows    []models.RowView
	report  models.RecapReport
	letter  models.LetterVerification
	said    []models.Comment
	mute    bool // the reader may not comment
	reads   bool // the reader may begin no memo
	rests   time.Time
	empty   bool
	agent   string // of the reader's own session
	came    []desk.Outcome
	until   []time.Time       // by when many decisions were to be asked
	beside  []models.MemoView // other memos, found by their ids
	fail    error
	unsent  error // answers a sending, else fail
	saved   []models.MemoDraft
	asked   []any
	watched chan models.Ping
	away    bool  // the registry has people on leave
	unfit   error // answers a delegation
	mine    chan models.Ping
	worked  []models.WorkQuery
	opens   bool // a view opens the inbox
	rung    int  // how often the bell rang
	awaits  bool // a new address waits for its proof
	mu      sync.Mutex

	directory models.DirectoryState

	registration models.RegistrationView // behind the link "fresh"
	access       models.AccessCaseView   // instead of the sample
}

// noon is the instant at which the samples are looked at: Monday 23 November 2026, 10.15 WIB.
func noon() time.Time { return time.Date(2026, 11, 23, 3, 15, 0, 0, time.UTC) }

func ago(d time.Duration) time.Time   { return noon().Add(-d) }
func later(d time.Duration) time.Time { return noon().Add(d) }
func at(t time.Time) *time.Time       { return &t }

func grants(roles ...models.Role) []models.Grant {
	var list []models.Grant
	for _, r := range roles {
		list = append(list, models.Grant{Role: r, Unit: "KEM.1", UnitPath: "/KEM/KEM.1/"})
	}
	return list
}

func sampleIdentity() desk.Identity {
	roles := grants(models.RoleHead, models.RoleOfficer, models.RoleSupport1, models.RoleAuditor)
	return desk.Identity{
		Actor: models.Actor{Agency: models.DefaultAgency, AccountID: "acc-1", EmployeeID: "emp-1", Unit: "KEM.1", Grants: roles},
		Account: models.AccountView{ID: "acc-1", Username: "ratna.wulandari", Name: "Ratna Wulandari", Email: "ratna.wulandari@kem.example", Unit: "KEM.1",
			UnitName: "Direktorat Jenderal Perencanaan", Roles: roles, Applications: []string{"Flexiwork"}, PasswordChangedAt: at(ago(240 * time.Hour))},
		SessionID: "ses-1", Expires: time.Now().Add(8 * time.Hour), FreshUntil: time.Now().Add(5 * time.Minute),
	}
}

func sampleSummary() models.CaseSummary {
	return models.CaseSummary{ID: "memo-1", Kind: models.KindMemo, Number: "LKT-2026-000123", Subject: "Permohonan akses Flexiwork bagi pegawai Direktorat Perencanaan Umum",
		MemoKind: models.MemoFlexiwork, Status: models.StatusApproval, Stage: models.StageHead, Unit: "KEM.1.2", UnitName: "Direktorat Perencanaan Umum", SenderName: "Bagus Pratama",
		Opened: ago(26 * time.Hour), Due: at(later(29 * time.Hour)), Rows: models.RowCounts{Total: 4, Pending: 4}}
}

func sampleMemo() models.MemoView {
	return models.MemoView{CaseSummary: sampleSummary(), MemoNumber: "ND-14/KEM.1.2/2026", Seq: 2, Round: 1, Version: 5, Requester: "Sekar Anggraini",
		Draft: models.MemoDraft{Kind: models.MemoFlexiwork, Unit: "KEM.1.2", Date: "2026-11-22", Addressee: "Kepala Pusat Data dan Informasi", Reference: "ND-9/KEM.1/2026",
			Subject: sampleSummary().Subject, Contact: "Sekar Anggraini, pesawat 1204", Copies: []string{"Direktur Jenderal Perencanaan", "Kepala Biro SDM"},
			Attachments: []models.Attachment{sampleAttachment()},
			Body:        "Sehubungan dengan pelaksanaan kerja fleksibel pada triwulan pertama, bersama ini kami mohon pemberian akses Flexiwork bagi pegawai yang tercantum dalam daftar.\n\nAtas perhatian dan kerja sama Saudara, kami ucapkan terima kasih."},
		Timeline: []models.TimelineEvent{
			{Seq: 1, Type: models.EventSent, At: ago(26 * time.Hour), ActorName: "Bagus Pratama", Status: models.StatusApproval},
			{Seq: 2, Type: models.EventReminded, At: ago(2 * time.Hour), Status: models.StatusApproval}},
		Steps: sampleSteps(), Actions: []models.Action{models.ActionApprove, models.ActionRefuse}}
}

func sampleSteps() []models.StepView {
	return []models.StepView{
		{Stage: models.StageHead, Role: models.RoleHead, Unit: "KEM.1", UnitName: "Direktorat Jenderal Perencanaan", Names: []string{"Ratna Wulandari"}, Minutes: 900, Current: true, Due: at(later(29 * time.Hour))},
		{Stage: models.StageHead, Role: models.RoleHead, Unit: "KEM", UnitName: "Kementerian Contoh", Names: []string{"Hendra Gunawan"}, Minutes: 450}}
}

func sampleRecap() []models.RecapRow {
	return []models.RecapRow{
		{NIP: "199503252022041500", Name: "Dewi Yusuf Saputra", UnitCode: "KEM.1.2", Position: "Analis Perencanaan", ExternalEmail: "dewi.yusuf@mail.example"},
		{NIP: "199502202024012703", Name: "Fajar Anggraini", UnitCode: "KEM.1.2", Position: "Perencana Ahli Pertama", ExternalEmail: "fajar.anggraini@mail.example"},
		{NIK: "3174012309910001", Name: "Made Surya Adi Wijaya", UnitCode: "KEM.1.2.1", Position: "Tenaga Ahli Data", ContractStart: "2026-01-02", ContractEnd: "2026-12-31", ExternalEmail: "made.surya@mail.example"},
		{NIP: "196906291993051964", Name: "Tri Wijaya", UnitCode: "KEM.1.3", Position: "Staf"}}
}

func sampleReport() models.RecapReport {
	rows := sampleRecap()
	known := rows[3]
	known.Name, known.UnitCode, known.ExternalEmail = "Tri Wijayanto", "KEM.1.2", "tri.wijayanto@mail.example"
	report := models.RecapReport{Steps: sampleSteps(), Errors: 2}
	for i, r := range rows {
		report.Rows = append(report.Rows, models.RowView{No: i + 1, RecapRow: r, State: models.RowPending})
	}
	report.Rows[2].Findings = []models.RowFinding{{FieldFault: models.Fault("nik", "new_person"), Severity: models.SeverityWarning}}
	report.Rows[3].Registry = &known
	report.Rows[3].Findings = []models.RowFinding{{FieldFault: models.Fault("name", "name_differs"), Severity: models.SeverityError},
		{FieldFault: models.Fault("external_email", "required"), Severity: models.SeverityError}}
	return report
}

func sampleRows() []models.RowView {
	rows := sampleReport().Rows
	for i := range rows {
		if rows[i].NIK != "" {
			rows[i].NIK = models.MaskNIK(rows[i].NIK)
		} else if rows[i].Registry == nil {
			known := rows[i].RecapRow
			rows[i].Registry = &known
		}
	}
	return rows
}

func newCounter() *counter {
	return &counter{agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", who: sampleIdentity(), memo: sampleMemo(), registration: sampleRegistration(), rows: sampleRows(), report: sampleReport(), letter: sampleLetter(), watched: make(chan models.Ping, 1), mine: make(chan models.Ping, 1)}
}

func (c *counter) ask(what any) error { c.asked = append(c.asked, what); return c.fail }

func (c *counter) Session(_ context.Context, token string, _ models.Origin) (desk.Identity, error) {
	if token != "good" {
		return desk.Identity{}, models.ErrUnauthenticated
	}
	return c.who, nil
}

func (c *counter) SignIn(_ context.Context, in desk.SignIn) (desk.Signed, error) {
	switch in.Password {
	case "right":
	case "temporary":
		return desk.Signed{Change: "fresh", ChangeExpires: later(30 * time.Minute)}, nil
	case "coded":
		return desk.Signed{Challenge: "half", ChallengeExpires: time.Now().Add(5 * time.Minute)}, nil
	default:
		return desk.Signed{}, models.ErrWrongCredentials
	}
	signed := desk.Signed{Token: "good", Identity: c.who}
	if in.Browser {
		signed.Device, signed.DeviceExpires = "after-"+in.LastDevice, time.Now().Add(180*24*time.Hour)
	}
	return signed, nil
}

func (c *counter) SignOut(_ context.Context, token string) error { return c.ask("sign out " + token) }
func (c *counter) Leaving(context.Context, desk.Departure) ([]string, error) {
	return []string{"ses-1"}, nil
}

func (c *counter) LinkInfo(_ context.Context, token string) (desk.Link, error) {
	if token != "fresh" {
		return desk.Link{}, models.SpentLink(models.LinkFirstPassword, models.ErrLinkSpent)
	}
	return desk.Link{Username: "dewi.yusuf", Name: "Dewi Yusuf Saputra", Purpose: "set_password", Expires: later(60 * time.Hour)}, nil
}

func (c *counter) SetPassword(_ context.Context, token, password, again, locale string, _ models.Origin) error {
	if password != again {
		return models.Invalid(models.Fault("again", "password_again"))
	}
	return c.ask("set password by " + token + " in " + locale)
}

func (c *counter) PasswordRests(models.AccountView) time.Time { return c.rests }

func (c *counter) PasswordRules(_ context.Context, _, password string) []models.RuleState {
	return append(models.AgencyPolicy().Rules(password), models.RuleState{Code: "password_reused", Params: map[string]string{"last": "5"}})
}

func (c *counter) Home(context.Context, models.Actor) (models.Home, error) {
	if c.empty {
		return models.Home{}, c.fail
	}
	mine := sampleSummary()
	mine.ID, mine.Number, mine.Status, mine.Subject = "memo-2", "LKT-2026-000098", models.StatusActivation, "Akun dan surel resmi bagi pegawai baru Biro Umum"
	done := mine
	done.ID, done.Number, done.Status = "memo-3", "LKT-2026-000077", models.StatusVerification
	back := mine
	back.ID, back.Number, back.Status, back.Subject = "memo-5", "LKT-2026-000064", models.StatusReturned, "Akses bagi tim audit internal"
	return models.Home{WaitsForMe: models.Page[models.WorkItemView]{Items: c.items(), Total: 2}, IWaitFor: models.Page[models.CaseSummary]{Items: []models.CaseSummary{back, mine, done}, Total: 3}, Drafts: 1, Trouble: 2}, c.fail
}

func (c *counter) Inbox(_ context.Context, _ models.Actor, _ string, _ models.PageQuery) (models.Page[models.WorkItemView], map[string]int, error) {
	if c.empty {
		return models.Page[models.WorkItemView]{}, map[string]int{}, c.fail
	}
	return models.Page[models.WorkItemView]{Items: c.items(), Next: "more", Total: -1}, map[string]int{"approval": 1, "verification": 1}, c.fail
}

func (c *counter) Cases(_ context.Context, _ models.Actor, q desk.CaseQuery) (models.Page[models.CaseSummary], error) {
	if c.empty {
		return models.Page[models.CaseSummary]{}, c.ask(q)
	}
	var list []models.CaseSummary
	for _, s := range models.Statuses() {
		one := sampleSummary()
		one.Status = s
		list = append(list, one)
	}
	return models.Page[models.CaseSummary]{Items: list, Next: "more", Total: -1}, c.ask(q)
}

func (c *counter) SendingUnits(context.Context, models.Actor) ([]desk.SendingUnit, error) {
	if c.reads {
		return nil, c.fail
	}
	return []desk.SendingUnit{{Code: "KEM.1.2", Name: "Direktorat Perencanaan Umum", Kinds: models.MemoKinds(), MaySend: []models.MemoKind{models.MemoFlexiwork}}}, c.fail
}
