package files_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"loket/internal/files"
	"loket/models"
)

// FuzzCleanName makes names that anybody can show and save, and leaves those as they are.
func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"SPTJM.pdf", "../../etc/passwd", `C:\temp\x.PDF`, "fdp.\u202etxt.pdf", "CON", "a\x00b.pdf", "..", ".pdf", "x.pdf.pdf", "\xff.pdf",
		"x\r\nContent-Type: text/html.pdf", strings.Repeat("é", 300) + ".pdf", "e\u0301.pdf", "a .pdf", "\"><script>.pdf", "%2e%2e%2f", "\u2028", "PDF.pdf ."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := files.CleanName(s)
		require.Equal(t, name, files.CleanName(name))
		require.True(t, utf8.ValidString(name))
		require.True(t, strings.HasSuffix(name, ".pdf"))
		require.False(t, strings.HasPrefix(name, "."))
		require.LessOrEqual(t, utf8.RuneCountInString(name), models.MaxFileName)
		require.False(t, strings.ContainsAny(name, "/\\<>:\"|?*\r\n\x00"), "%q", name)
		for _, r := range name {
			require.False(t, unicode.IsControl(r) || unicode.Is(unicode.Cf, r), "%q", name)
		}
	})
}
