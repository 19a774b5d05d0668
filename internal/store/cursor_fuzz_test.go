package store

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// FuzzCursor reads what clients send back: what we wrote comes back the same, anything else is refused or harmless.
func FuzzCursor(f *testing.F) {
	f.Add(cursor{List: "cases", At: time.Date(2026, 11, 22, 1, 2, 3, 4000, time.UTC), ID: "x"}.encode(), "nama", int64(3))
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"l":"cases","n":"a\u0000b","i":"\u0000"}`)), "\x00", int64(-1))
	f.Add("!!", "", int64(0))
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"l":"cases","t":"0001-01-01T00:00:00+23:59"}`)), "", int64(0))
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"l":"cases","t":"9999-12-31T23:59:59-23:59"}`)), "", int64(0))
	f.Fuzz(func(t *testing.T, text, name string, no int64) {
		limit, c, err := page(models.PageQuery{Cursor: text, Limit: int(no)}, "cases")
		if err != nil {
			require.ErrorIs(t, err, models.ErrInvalid)
		} else if c != nil {
			require.GreaterOrEqual(t, limit, 1)
			require.LessOrEqual(t, limit, pageMost)
			for _, s := range []string{c.Name, c.ID} {
				require.NotContains(t, s, "\x00", "no database takes it for text")
				require.True(t, utf8.ValidString(s))
			}
			require.True(t, c.At.Year() >= 0 && c.At.Year() <= 9999)
		}
		if !utf8.ValidString(name) || name == "" || len(name) > 1000 || strings.ContainsRune(name, 0) {
			return
		}
		ours := cursor{List: "cases", At: time.Date(2026, 11, 22, 1, 2, 3, 4000, time.UTC), Name: name, ID: name, No: no}
		_, again, err := page(models.PageQuery{Cursor: ours.encode()}, "cases")
		require.NoError(t, err)
		require.Equal(t, ours, *again)
		_, _, err = page(models.PageQuery{Cursor: ours.encode()}, "rows")
		require.ErrorIs(t, err, models.ErrInvalid)
	})
}
