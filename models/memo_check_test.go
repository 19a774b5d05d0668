package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestDraftsKeepWhatIsBeingCorrected(t *testing.T) {
	draft := func(rows ...models.RecapRow) models.MemoDraft {
		return models.MemoDraft{Kind: models.MemoFlexiwork, Unit: "KEM.1", Rows: rows}
	}
	t.Run("a line break in a cell is kept for the check to find", func(t *testing.T) {
		row := models.RecapRow{NIK: "3174012309910002", Name: "Budi", UnitCode: "KEM.1", ExternalEmail: "a@mail.example\nBcc: x@mail.example"}
		require.Empty(t, models.CheckMemoDraft(draft(row)))
		findings := models.CheckRecapRow(row, models.MemoFlexiwork, nil, models.RecapContext{})
		require.Contains(t, findings, models.RowFinding{FieldFault: models.Fault("external_email", "email_line_break"), Severity: models.SeverityError})
	})
	t.Run("what cannot be seen is not", func(t *testing.T) {
		for _, name := range []string{"Bu\x00di", "Bu\u202edi", "Bu\xffdi"} {
			faults := models.CheckMemoDraft(draft(models.RecapRow{}, models.RecapRow{Name: name}))
			require.Equal(t, []models.FieldFault{models.Fault("rows[1].name", "text_unseen_characters")}, faults, "%q", name)
		}
	})
}
