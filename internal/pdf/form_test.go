package pdf_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/files"
	"loket/internal/i18n"
	"loket/internal/pdf"
	"loket/models"
)

func TestForms(t *testing.T) {
	for _, lang := range i18n.Languages() {
		for _, kind := range pdf.FormKinds() {
			t.Run(string(kind)+" in "+lang, func(t *testing.T) {
				in := pdf.BlankForm{Printer: printer(t, lang), Letterhead: pdf.Letterhead{Agency: "Kementerian Contoh"}, Kind: kind}
				var first, second bytes.Buffer
				require.NoError(t, pdf.Form(&first, in))
				require.NoError(t, pdf.Form(&second, in))
				require.Equal(t, first.Bytes(), second.Bytes(), "the same form is the same file")
				_, err := files.Read(bytes.NewReader(first.Bytes()))
				require.NoError(t, err, "our own form may be attached")
				text := words(t, first.Bytes())
				say := printer(t, lang)
				require.Contains(t, text, say.T("form."+string(kind)+".title"))
				require.Contains(t, text, say.T("form.field.unit"))
				require.Contains(t, text, say.T("pdf.page", "page", "1", "total", "1"), "one page")
			})
		}
	}
	t.Run("every kind that a memo needs has a form", func(t *testing.T) {
		for _, k := range models.MemoKinds() {
			require.Contains(t, pdf.FormKinds(), models.RequiredAttachment(k))
		}
	})
}
