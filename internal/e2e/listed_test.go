package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

// TestListedReadNoReasons has a memo returned and refused with words about others.
func TestListedReadNoReasons(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	d := s.on(models.Clock{Speed: 1})
	nip := s.rows[0].NIP
	id := s.sent(t, d)
	listed := s.joins(t, nip)
	_, err := d.DecideMemo(t.Context(), s.head, id, desk.Decision{Reason: "Kontrak orang kedua sudah berakhir."}, "")
	require.NoError(t, err)
	reasons := func(a models.Actor) (given []string) {
		v, err := d.Memo(t.Context(), a, id)
		require.NoError(t, err)
		for _, e := range v.Timeline {
			if e.Reason != "" {
				given = append(given, e.Reason)
			}
		}
		return given
	}
	require.Equal(t, []string{"Kontrak orang kedua sudah berakhir."}, reasons(s.sender))
	require.Empty(t, reasons(listed), "it is about somebody else")

	t.Run("but why their own row was rejected", func(t *testing.T) {
		nip := s.rows[0].NIP
		id := s.verified(t, d, desk.Verification{All: models.RowRejected, Reason: "Data tidak cocok."})
		listed := s.joins(t, nip)
		rows, err := d.MemoRows(t.Context(), listed, id, "", models.PageQuery{Limit: 10})
		require.NoError(t, err)
		require.Len(t, rows.Items, 1)
		require.Equal(t, "Data tidak cocok.", rows.Items[0].Reason)
	})
}
