package web

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"loket/internal/desk"
	"loket/internal/files"
	"loket/internal/pdf"
	"loket/internal/sheet"
	"loket/models"
)

// attachmentPolicy is the Content-Security-Policy of a file that somebody uploaded, looked at in the browser: what a
// letter may, in a sandbox that has no origin and runs nothing.
const attachmentPolicy = "sandbox; " + letterPolicy

// saveAttachment answers a file to be saved.
func (v *visit) saveAttachment() error { return v.attachment("attachment") }

// viewAttachment answers a file to be looked at.
func (v *visit) viewAttachment() error {
	v.Header("Content-Security-Policy", attachmentPolicy)
	return v.attachment("inline")
}

func (v *visit) attachment(how string) error {
	file, body, err := v.portal.Desk.Attachment(v.Request.Context(), v.actor(), v.Param("id"), v.Param("file"))
	if err != nil {
		return err
	}
	v.give(how, file.Name, file.Type, body)
	return nil
}

// give answers with a file. Its name is safe as it is quoted here, whatever letters it has.
func (v *visit) give(how, name, kind string, body []byte) {
	v.Header("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	v.Data(http.StatusOK, kind, body)
}

// attached takes out the file that the pressed button names, and attaches the one that came with the form, whichever
// button was pressed: what somebody chose is not to be lost.
func (v *visit) attached(memo models.MemoView, do, no string) (models.MemoView, error) {
	ctx := v.Request.Context()
	if do == "detach" {
		without, err := v.portal.Desk.RemoveAttachment(ctx, v.actor(), memo.ID, no)
		switch {
		case err == nil:
			memo = without
		case !errors.Is(err, models.ErrNotFound): // else it is out already
			return memo, err
		}
	}
	header, err := v.FormFile("attachment")
	switch {
	case do == "autosave", err != nil && do != "attach":
		return memo, nil
	case err != nil:
		return memo, models.Invalid(models.Fault("attachment", "required"))
	}
	file, err := header.Open()
	if err != nil {
		return memo, fmt.Errorf("open an attachment: %w", err)
	}
	defer func() { _ = file.Close() }()
	up := desk.Upload{Kind: models.AttachmentKind(v.form("attachment_kind")), Name: header.Filename, Body: file}
	with, err := v.portal.Desk.AddAttachment(ctx, v.actor(), memo.ID, up)
	if err != nil {
		return memo, renamed(renamed(err, "file", "attachment"), "kind", "attachment_kind")
	}
	return with, nil
}

// kindOptions are what a file can be to a memo; what is still missing is chosen.
func (v *visit) kindOptions(d models.MemoDraft, chosen string) []option {
	var options []option
	missing := len(models.CheckAttachments(d.Kind, d.Attachments)) > 0
	for i, k := range models.AttachmentKindsOf(d.Kind) {
		on := chosen == string(k) || chosen == "" && (i == 0) == missing
		options = append(options, option{Value: string(k), Text: v.say.T("portal.attach.kind." + string(k)), On: on})
	}
	return options
}

// blankForm answers the form that a kind of memo needs, to be filled in and signed.
func (v *visit) blankForm(k models.AttachmentKind) error {
	var out bytes.Buffer
	err := pdf.Form(&out, pdf.BlankForm{Printer: v.say, Letterhead: pdf.Letterhead{Agency: v.portal.Agency}, Kind: k})
	if err != nil {
		return err
	}
	v.give("attachment", v.say.T("form."+string(k)+".title")+".pdf", files.PDF, out.Bytes())
	return nil
}

// templateName is what a template of the list is called; its ending is that of the path.
const templateName = "loket-recap"

// recapTemplate answers an empty list: as a workbook with a sheet that explains the headings, or the headings alone.
func (v *visit) recapTemplate() error {
	var out bytes.Buffer
	header := models.RecapColumns()
	if strings.HasSuffix(v.FullPath(), ".csv") {
		if err := sheet.WriteCSV(&out, header, nil); err != nil {
			return err
		}
		v.give("attachment", templateName+".csv", "text/csv; charset=utf-8", out.Bytes())
		return nil
	}
	guide := sheet.Sheet{Name: v.say.T("portal.template.guide"), Header: []string{v.say.T("portal.template.heading"), v.say.T("portal.template.meaning")}}
	for _, c := range header {
		guide.Rows = append(guide.Rows, []string{c, v.say.T("portal.template.col." + c)})
	}
	if err := sheet.WriteXLSX(&out, header, nil, guide); err != nil {
		return err
	}
	v.give("attachment", templateName+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", out.Bytes())
	return nil
}
