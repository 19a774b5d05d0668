package sheet

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStreams(t *testing.T) {
	header, rows := []string{"name", "note"}, [][]string{{"Dewi", "=1+1"}, {"Made; Surya", "@cmd"}, {"", "\tx"}}
	write := func(t *testing.T, w Writer) {
		t.Helper()
		require.NoError(t, w.Write(header))
		for _, r := range rows {
			require.NoError(t, w.Write(r))
		}
		require.NoError(t, w.Close())
	}
	t.Run("are the same CSV as one written at once", func(t *testing.T) {
		var whole, streamed bytes.Buffer
		require.NoError(t, WriteCSV(&whole, header, rows))
		write(t, NewCSV(&streamed, ','))
		require.Equal(t, whole.String(), streamed.String())
	})
	t.Run("part cells by a semicolon where asked to", func(t *testing.T) {
		var out bytes.Buffer
		write(t, NewCSV(&out, ';'))
		require.Equal(t, "\xef\xbb\xbfname;note\r\nDewi;'=1+1\r\n\"Made; Surya\";'@cmd\r\n;'\tx\r\n", out.String())
	})
	t.Run("are the same XLSX as one written at once", func(t *testing.T) {
		var whole, streamed bytes.Buffer
		require.NoError(t, WriteXLSX(&whole, header, rows))
		w, err := NewXLSX(&streamed)
		require.NoError(t, err)
		write(t, w)
		a, err := Read("a.xlsx", bytes.NewReader(whole.Bytes()), RecapLimits())
		require.NoError(t, err)
		b, err := Read("b.xlsx", bytes.NewReader(streamed.Bytes()), RecapLimits())
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}
