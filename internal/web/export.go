package web

import (
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// exportRoutes are lists as files. Each is a GET that leaves an audit entry: it takes personal data out, and changes
// nothing.
func exportRoutes() []route {
	in, audit := edge.SignedIn(), edge.Roles(auditRoles()...)
	var routes []route
	for _, end := range []string{"csv", "xlsx"} {
		routes = append(routes,
			get("/memos/export."+end, in, (*visit).exportMemos, "The list of memos as a file; audited").streaming(),
			get("/memos/:id/rows."+end, in, (*visit).exportRows, "The rows of a memo as a file; audited").streaming(),
			get("/audit/export."+end, audit, (*visit).exportAudit, "A period of the audit trail as a file; audited").streaming())
	}
	return routes
}

// fileStyle is how people get files: in their language, as the address ends.
func (v *visit) fileStyle() desk.FileStyle {
	return desk.FileStyle{XLSX: strings.HasSuffix(v.Request.URL.Path, ".xlsx"), Lang: v.lang}
}

func (v *visit) exportMemos() error {
	q := desk.CaseQuery{Box: v.Query("box"), Kind: models.KindMemo, Status: models.Status(v.Query("status")), Text: strings.TrimSpace(v.Query("q"))}
	if q.Box == "" {
		q.Box = "mine"
	}
	return v.file(v.portal.Desk.ExportMemos(v.Request.Context(), v.actor(), q, v.fileStyle()))
}

func (v *visit) exportRows() error {
	return v.file(v.portal.Desk.ExportRows(v.Request.Context(), v.actor(), v.Param("id"), models.RowState(v.Query("state")), v.fileStyle()))
}

// exportAudit answers what is wrong with the period on the page where it was asked for.
func (v *visit) exportAudit() error {
	body, q, p := v.auditQuery()
	if p != nil {
		return v.showAudit(body, p)
	}
	e, err := v.portal.Desk.ExportAudit(v.Request.Context(), v.actor(), q, v.fileStyle())
	if p, ok := formProblem(err); ok {
		return v.showAudit(body, p)
	}
	return v.file(e, err)
}

// file answers with a file as it is written. When that fails half way, the connection is cut: a file that merely ends
// would pass for a whole one.
func (v *visit) file(e desk.Export, err error) error {
	if err != nil {
		return err
	}
	v.Header("Content-Type", e.Type)
	v.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.Name}))
	v.Status(http.StatusOK)
	ctx := v.Request.Context()
	if err := e.Write(ctx, edge.Patient(v.Writer)); err != nil {
		v.portal.Log.ErrorContext(ctx, "an export broke off", slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}
