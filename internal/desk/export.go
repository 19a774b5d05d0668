package desk

import (
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"loket/internal/i18n"
	"loket/internal/sheet"
	"loket/internal/store"
	"loket/models"
)

// Exports give lists as files. Each is audited before its first byte is written: it takes personal data out.
type Exports interface {
	// ExportMemos gives the cases that Cases would list, whatever page is asked for.
	ExportMemos(ctx context.Context, a models.Actor, q CaseQuery, as FileStyle) (Export, error)
	// ExportRows gives the rows of a memo that MemoRows would list.
	ExportRows(ctx context.Context, a models.Actor, id string, state models.RowState, as FileStyle) (Export, error)
	// ExportAudit gives the entries of a period of at most a year and a day; faults name from and until.
	ExportAudit(ctx context.Context, a models.Actor, q AuditQuery, as FileStyle) (Export, error)
}

// MostLines bounds a file; whoever needs more asks for less at a time.
const MostLines = 50_000

// mostPeriod bounds the period of an exported trail.
const mostPeriod = 366

// FileStyle is how a file is written. Plain is for programs: instants as RFC 3339, codes as they are, commas; otherwise
// words and dates are the reader's, and a semicolon parts the cells where the language's spreadsheets expect one.
type FileStyle struct {
	XLSX  bool
	Plain bool
	Lang  string
}

// Export is a file that is still to be written. Name is made of plain ASCII. Cut says that there was more than MostLines;
// the file's last line says so too. Write can be called once; a file whose writing failed is not whole.
type Export struct {
	Name  string
	Type  string
	Lines int
	Cut   bool
	Write func(ctx context.Context, w io.Writer) error
}

// tabler writes one kind of table in one style.
type tabler struct {
	FileStyle
	say  i18n.Printer
	word *i18n.Catalog
	zone *time.Location
	out  sheet.Writer
}

func (d *Desk) tabler(as FileStyle) *tabler {
	return &tabler{FileStyle: as, say: d.paper.Words.For(as.Lang).In(d.paper.Zone), word: d.paper.Words, zone: d.paper.Zone}
}

// export announces a file of so many lines. lines writes them, the header excepted.
func (d *Desk) export(name string, as FileStyle, header []string, n int, lines func(context.Context, *tabler) error) Export {
	t := d.tabler(as)
	e := Export{Name: name + "-" + d.now().In(d.paper.Zone).Format("20060102-1504"), Lines: min(n, MostLines), Cut: n > MostLines}
	e.Name, e.Type = e.Name+".csv", "text/csv; charset=utf-8"
	if as.XLSX {
		e.Name, e.Type = e.Name[:len(e.Name)-len("csv")]+"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	e.Write = func(ctx context.Context, w io.Writer) error {
		if err := t.begin(w, header); err != nil {
			return err
		}
		err := lines(ctx, t)
		if err == nil && e.Cut {
			err = t.out.Write([]string{t.say.T("export.cut", "count", t.say.Number(MostLines))})
		}
		if err != nil {
			return err
		}
		return t.out.Close()
	}
	return e
}

func (t *tabler) begin(w io.Writer, header []string) (err error) {
	if t.XLSX {
		t.out, err = sheet.NewXLSX(w)
	} else {
		t.out = sheet.NewCSV(w, t.separator())
	}
	if err != nil {
		return err
	}
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = t.say.T("export.col." + h)
	}
	return t.out.Write(names)
}

// separator is the list separator of the computers on which the language is read.
func (t *tabler) separator() rune {
	if t.Lang == i18n.Indonesian && !t.Plain {
		return ';'
	}
	return ','
}

// at writes an instant or a pointer to one; nothing for none.
func (t *tabler) at(instant *time.Time) string {
	switch {
	case instant == nil || instant.IsZero():
		return ""
	case t.Plain:
		return instant.In(t.zone).Format(time.RFC3339)
	}
	return instant.In(t.zone).Format("02-01-2006 15:04")
}

// code writes a code in words where people read the file.
func (t *tabler) code(prefix, code string) string {
	if key := prefix + "." + code; !t.Plain && t.word.Has(key) {
		return t.say.T(key)
	}
	return code
}

// chunk is how many lines are read at once.
const chunk = 500

// noted audits an export; without the entry there is none.
func (d *Desk) noted(ctx context.Context, a models.Actor, object string, e Export, filter map[string]string) (Export, error) {
	what := map[string]any{"file": e.Name, "lines": e.Lines}
	for name, value := range filter {
		if value != "" {
			what[name] = value
		}
	}
	return e, d.store.NoteExport(ctx, a, object, what)
}

// ExportMemos is described by Exports.
func (d *Desk) ExportMemos(ctx context.Context, a models.Actor, q CaseQuery, as FileStyle) (Export, error) {
	in, err := q.stored()
	if err != nil {
		return Export{}, err
	}
	ids, err := d.store.CaseIDs(ctx, a, in, MostLines+1)
	if err != nil {
		return Export{}, err
	}
	header := []string{"number", "subject", "kind", "status", "unit", "unit_name", "sender", "opened", "closed", "due",
		"people", "pending", "accepted", "rejected", "provisioned", "activated", "lapsed"}
	e := d.export("memo", as, header, len(ids), func(ctx context.Context, t *tabler) error {
		for some := range slices.Chunk(ids[:min(len(ids), MostLines)], chunk) {
			list, err := d.store.CaseLines(ctx, some)
			if err != nil {
				return err
			}
			for _, c := range list {
				if err := t.out.Write(t.memo(c)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return d.noted(ctx, a, "memos", e, map[string]string{"box": q.Box, "status": string(q.Status), "q": q.Text})
}

func (t *tabler) memo(c models.CaseSummary) []string {
	n := strconv.Itoa
	return []string{c.Number, c.Subject, t.code("portal.kind", string(c.MemoKind)), t.code("portal.status", string(c.Status)), c.Unit, c.UnitName,
		c.SenderName, t.at(&c.Opened), t.at(c.Closed), t.at(c.Due), n(c.Rows.Total), n(c.Rows.Pending), n(c.Rows.Accepted), n(c.Rows.Rejected),
		n(c.Rows.Provisioned), n(c.Rows.Activated), n(c.Rows.Lapsed)}
}

// ExportRows is described by Exports. A memo has few rows, so all are read before the first is written.
func (d *Desk) ExportRows(ctx context.Context, a models.Actor, id string, state models.RowState, as FileStyle) (Export, error) {
	if state != "" && !slices.Contains(models.RowStates(), state) {
		return Export{}, models.Invalid(models.Fault("state", "choice_unknown"))
	}
	v, err := d.Memo(ctx, a, id)
	if err != nil {
		return Export{}, d.denied(ctx, a, "exported", "memo:"+id, err)
	}
	var rows []models.RowView
	for q := (models.PageQuery{Limit: 200}); ; {
		page, err := d.MemoRows(ctx, a, id, state, q)
		if err != nil {
			return Export{}, err
		}
		rows = append(rows, page.Items...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	name := "memo"
	if v.Number != "" {
		name = v.Number
	}
	header := []string{"no", "nip", "nik", "name", "unit", "position", "contract_start", "contract_end", "external_email", "state", "reason", "username"}
	e := d.export(name, as, header, len(rows), func(_ context.Context, t *tabler) error {
		for _, r := range rows {
			if err := t.out.Write(t.row(r)); err != nil {
				return err
			}
		}
		return nil
	})
	return d.noted(ctx, a, "memo:"+id, e, map[string]string{"state": string(state)})
}

func (t *tabler) row(r models.RowView) []string {
	return []string{strconv.Itoa(r.No), r.NIP, models.MaskNIK(r.NIK), r.Name, r.UnitCode, r.Position, t.day(r.ContractStart), t.day(r.ContractEnd),
		r.ExternalEmail, t.code("portal.row", string(r.State)), r.Reason, r.Username}
}

// day writes a stored day; what is no day stays as it was typed.
func (t *tabler) day(s string) string {
	if d, err := models.ParseDate(s); err == nil && !t.Plain {
		return d.FormString()
	}
	return s
}

// ExportAudit is described by Exports.
func (d *Desk) ExportAudit(ctx context.Context, a models.Actor, q AuditQuery, as FileStyle) (Export, error) {
	if err := d.only(ctx, a, "exported", "audit", models.RoleAuditor, models.RoleAdmin); err != nil {
		return Export{}, err
	}
	if faults := checkPeriod(q); len(faults) > 0 {
		return Export{}, models.Invalid(faults...)
	}
	var err error
	if q.Actor, err = d.actorNamed(ctx, a.Agency, q.Actor); err != nil {
		return Export{}, err
	}
	in := store.AuditQuery{Stream: q.Stream, Actor: q.Actor, Action: q.Action, From: q.From, Until: q.Until}
	ids, err := d.store.AuditIDs(ctx, a.Agency, in, MostLines+1)
	if err != nil {
		return Export{}, err
	}
	header := []string{"seq", "at", "actor", "actor_id", "on_behalf_of", "action", "action_code", "object", "outcome", "channel", "ip",
		"before", "after", "stream", "stream_seq"}
	e := d.export("audit", as, header, len(ids), func(ctx context.Context, t *tabler) error {
		for some := range slices.Chunk(ids[:min(len(ids), MostLines)], chunk) {
			list, err := d.store.AuditLines(ctx, a.Agency, some)
			if err != nil {
				return err
			}
			for _, entry := range list {
				if err := t.out.Write(t.entry(entry)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return d.noted(ctx, a, "audit", e, map[string]string{"stream": q.Stream, "actor": q.Actor, "action": q.Action,
		"from": q.From.Format(time.RFC3339), "until": q.Until.Format(time.RFC3339)})
}

// checkPeriod asks for both ends of a period, and no more than a year and a day between them.
func checkPeriod(q AuditQuery) []models.FieldFault {
	var faults []models.FieldFault
	if q.From.IsZero() {
		faults = append(faults, models.Fault("from", "required"))
	}
	switch {
	case q.Until.IsZero():
		faults = append(faults, models.Fault("until", "required"))
	case q.From.IsZero():
	case !q.Until.After(q.From):
		faults = append(faults, models.Fault("until", "period_reversed"))
	case q.Until.Sub(q.From) > mostPeriod*24*time.Hour:
		faults = append(faults, models.Fault("until", "period_too_long", "max", strconv.Itoa(mostPeriod)))
	}
	return faults
}

func (t *tabler) entry(e models.AuditEntry) []string {
	seq, who := "", e.ActorName
	if e.Seq > 0 {
		seq = strconv.FormatInt(e.Seq, 10)
	}
	if who == "" {
		who = t.code("audit.actor", e.Actor)
	}
	return []string{seq, t.at(&e.At), who, e.Actor, e.OnBehalfOf, t.code("audit.action", e.Action), e.Action, e.Object,
		t.outcome(e.Outcome), t.code("audit.channel", e.Origin.Channel), e.Origin.IP, e.Before, e.After, e.Stream, strconv.FormatInt(e.StreamSeq, 10)}
}

func (t *tabler) outcome(code string) string {
	if code == "ok" {
		return t.code("portal.outcome", code)
	}
	return t.code("problem", code)
}
