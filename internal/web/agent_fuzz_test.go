package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
)

// FuzzAgent says of any browser only words of our own.
func FuzzAgent(f *testing.F) {
	for _, s := range []string{"", "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0", "curl/8", "<script>", "Firefox/\u202e Windows{{.}}", "\xff"} {
		f.Add(s)
	}
	words, err := i18n.New()
	require.NoError(f, err)
	v := visit{say: words.For(i18n.English)}
	ours := map[string]bool{"Unknown browser": true}
	for _, b := range append(browsers(), token{}) {
		for _, s := range append(systems(), token{}) {
			ours[b.name+" on "+s.name], ours[b.name+s.name] = true, true
		}
	}
	f.Fuzz(func(t *testing.T, agent string) { require.True(t, ours[v.agent(agent)], "%q", v.agent(agent)) })
}

// FuzzLocal keeps the way back inside the portal, whatever a link or a form says.
func FuzzLocal(f *testing.F) {
	for _, s := range []string{"/memos", "//evil.example", "/\\evil.example", "https://evil.example", "/%2f%2fevil.example", "/\tevil", "/sign-in?return=/x", "javascript:x", "/@evil", "/memos\r\nX: y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := local(path)
		require.Equal(t, got, local(got))
		require.Regexp(t, `^/([^/\\]|$)`, got)
		require.NotContains(t, got, "\n")
	})
}
