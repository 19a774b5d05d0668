package api

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// The media types of exports.
const (
	csvType  = "text/csv"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

type exportOutput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" doc:"The file's name." example:"attachment; filename=memo-20261123-1015.csv"`
	Lines       string `header:"X-Total-Count" doc:"How many lines the file has, its header left out." example:"412"`
	Cut         string `header:"X-Truncated" doc:"true where there was more than a file holds, 50,000 lines; its last line says so too." example:"false"`
	Body        func(huma.Context)
}

type memosExportInput struct {
	Box    string        `query:"box" enum:"mine,decided,unit,all" default:"all" doc:"mine: I wrote or sent them; decided: I decided on them; unit: of the units that I head; all: whatever I may see."`
	Status models.Status `query:"status" enum:"draft,approval,returned,verification,provisioning,activation,done,refused,withdrawn,expired,discarded" doc:"Only memos that stand here."`
	Text   string        `query:"q" maxLength:"200" doc:"Searches number, subject, name and NIP." example:"LKT-2026"`
}

type rowsExportInput struct {
	MemoID
	State models.RowState `query:"state" enum:"pending,accepted,rejected,provisioned,activated,lapsed" doc:"Only rows that stand here."`
}

type auditExportInput struct {
	Stream string  `query:"stream" maxLength:"100" doc:"Only this chain: case:<id>, account:<id> or system."`
	Actor  string  `query:"actor" maxLength:"100" doc:"Only what this account did: its id, its username, or a name that only one has; system and clock for what no person did."`
	Action string  `query:"action" maxLength:"100" doc:"Only this action." example:"approved"`
	From   instant `query:"from" doc:"From this instant on, RFC 3339. Has to be given." example:"2026-11-01T00:00:00Z"`
	Until  instant `query:"until" doc:"Before this instant, RFC 3339, at most 366 days later. Has to be given." example:"2026-12-01T00:00:00Z"`
}

// exportText says what all exports have in common.
const exportText = " Headings are in the language of Accept-Language, codes as they are, instants RFC 3339. CSV is UTF-8 with a byte order mark, parted by commas; " +
	"a cell that a spreadsheet would take for a formula begins with an apostrophe. NIK is masked. At most 50,000 lines. " +
	"It changes nothing, and yet it is audited: it takes personal data out."

func (s *service) exportOperations() {
	for _, f := range []struct{ end, name, media string }{{"csv", "CSV", csvType}, {"xlsx", "XLSX", xlsxType}} {
		xlsx := f.media == xlsxType
		register(s, operation{id: "export-memos-" + f.end, method: http.MethodGet, path: "/memos/export." + f.end, tag: tagMemos, summary: "Export memos as " + f.name,
			access: edge.SignedIn(), scope: models.ScopeRead, stream: true, file: f.media, text: "What GET /api/v1/memos lists with the same query, all pages of it." + exportText},
			func(ctx context.Context, in *memosExportInput) (*exportOutput, error) {
				return s.export(ctx)(s.desk.ExportMemos(ctx, actorIn(ctx), desk.CaseQuery{Box: in.Box, Kind: models.KindMemo, Status: in.Status, Text: in.Text}, style(ctx, xlsx)))
			})
		register(s, operation{id: "export-memo-rows-" + f.end, method: http.MethodGet, path: "/memos/{id}/rows." + f.end, tag: tagMemos, summary: "Export a memo's rows as " + f.name,
			access: edge.SignedIn(), scope: models.ScopeRead, stream: true, file: f.media, text: "Each row with where it stands, and why it was rejected." + exportText},
			func(ctx context.Context, in *rowsExportInput) (*exportOutput, error) {
				return s.export(ctx)(s.desk.ExportRows(ctx, actorIn(ctx), in.ID, in.State, style(ctx, xlsx)))
			})
		register(s, operation{id: "export-audit-" + f.end, method: http.MethodGet, path: "/audit/export." + f.end, tag: tagDesk, summary: "Export the audit trail as " + f.name,
			access: edge.Roles(models.RoleAuditor, models.RoleAdmin), scope: models.ScopeRead, stream: true, file: f.media, text: "The entries of a period, the newest first." + exportText},
			func(ctx context.Context, in *auditExportInput) (*exportOutput, error) {
				q := desk.AuditQuery{Stream: in.Stream, Actor: in.Actor, Action: in.Action, From: in.From.Time, Until: in.Until.Time}
				return s.export(ctx)(s.desk.ExportAudit(ctx, actorIn(ctx), q, style(ctx, xlsx)))
			})
	}
}

// style is how programs get files.
func style(ctx context.Context, xlsx bool) desk.FileStyle {
	return desk.FileStyle{XLSX: xlsx, Plain: true, Lang: visitIn(ctx).lang}
}

// export answers with a file that is written as it is read. When that fails half way, the connection is cut: a file that
// merely ends would pass for a whole one.
func (s *service) export(ctx context.Context) func(desk.Export, error) (*exportOutput, error) {
	return func(e desk.Export, err error) (*exportOutput, error) {
		if err != nil {
			return nil, err
		}
		return &exportOutput{ContentType: e.Type, Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": e.Name}),
			Lines: strconv.Itoa(e.Lines), Cut: strconv.FormatBool(e.Cut), Body: func(c huma.Context) {
				if err := e.Write(ctx, edge.Patient(humagin.Unwrap(c).Writer)); err != nil {
					s.log.ErrorContext(ctx, "an export broke off", slog.Any("error", err))
					panic(http.ErrAbortHandler)
				}
			}}, nil
	}
}
