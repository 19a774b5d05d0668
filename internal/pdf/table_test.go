package pdf

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
)

func TestTableAtTheFootOfAPage(t *testing.T) {
	t.Parallel()
	sheetAt := func(y float64) *sheet {
		catalog, err := i18n.New()
		require.NoError(t, err)
		s, err := newSheet(Paper{Printer: catalog.For("id"), Verification: Verification{URL: "https://loket.kem.example/v"}, Issued: time.Unix(1, 0)}, false)
		require.NoError(t, err)
		s.firstPage()
		s.y = y
		return s
	}
	rows := func(texts ...string) func(func([]cell) bool) {
		return func(yield func([]cell) bool) {
			for _, text := range texts {
				if !yield([]cell{{text: text}}) {
					return
				}
			}
		}
	}
	cols := []col{{"Nama", 60}}
	t.Run("headings go to the next page with their first row", func(t *testing.T) {
		s := sheetAt(longSide - marginBottom - 10)
		s.table(cols, rows("satu"))
		require.Equal(t, 2, s.doc.PageCount())
	})
	t.Run("a row that still fits stays", func(t *testing.T) {
		s := sheetAt(longSide - marginBottom - 20)
		s.table(cols, rows("satu"))
		require.Equal(t, 1, s.doc.PageCount())
	})
	t.Run("a table of one giant row begins on a page of its own and ends", func(t *testing.T) {
		s := sheetAt(200)
		s.table(cols, rows(strings.Repeat("kata ", 2_000)))
		require.Greater(t, s.doc.PageCount(), 3)
		require.NoError(t, s.finish(&bytes.Buffer{}))
	})
	t.Run("no rows, no headings", func(t *testing.T) {
		s := sheetAt(100)
		s.table(cols, rows())
		require.InDelta(t, 100, s.y, 0)
	})
	t.Run("a paragraph leaves no line alone on either page", func(t *testing.T) {
		st := style{points: 10}
		for lines := 3; lines < 7; lines++ {
			for room := 1; room <= lines; room++ {
				s := sheetAt(longSide - marginBottom - float64(room)*st.leading() - 0.1)
				before := s.y
				s.flow(strings.TrimSpace(strings.Repeat(strings.Repeat("x", 60)+" "+strings.Repeat("y", 30)+" ", lines)), st, 0)
				moved := s.y - runningTop
				if s.doc.PageCount() == 1 {
					moved = s.y - before
				}
				require.Greater(t, moved, 1.5*st.leading(), "%d lines, room for %d", lines, room)
			}
		}
	})
}
