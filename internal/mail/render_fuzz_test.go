package mail

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
)

// FuzzRender writes every kind of notice about whatever people are called: one header line, no markup of theirs, and no
// template of theirs run.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"Made Surya", "x\r\nBcc: a@b.example", "<script>alert(1)</script>", "{{.password}}", "\u202eairuS", "\" onload=\"x", "a\x00b", "\u2028x", "</title><b>", "\xff"} {
		f.Add(s)
	}
	catalog, err := i18n.New()
	require.NoError(f, err)
	r, err := NewRenderer(catalog, time.FixedZone("", 7*3600))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, s string) {
		data := sample()
		for key := range data {
			switch key {
			case "link", "due", "valid_until", "when", "ends", "left", "accepted", "rejected", "lapsed", "ending":
			default:
				data[key] = "Made " + s
			}
		}
		for _, kind := range r.Kinds() {
			subject, text, page, err := r.Render(kind, "id", data)
			require.NoError(t, err)
			require.Negative(t, strings.IndexFunc(subject, unicode.IsControl), "%q", subject)
			require.NotContains(t, subject, "\u2028")
			require.NotEmpty(t, text)
			plain, _, clean, err := r.Render(kind, "id", sample())
			require.NoError(t, err)
			require.NotEmpty(t, plain)
			for _, mark := range []string{"<", ">", "\""} {
				require.LessOrEqual(t, strings.Count(page, mark), strings.Count(clean, mark), "%s in %s of %q", mark, kind, s)
			}
		}
	})
}
