package secret_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/secret"
)

func TestTyped(t *testing.T) {
	require.Regexp(t, `^Loket(-[a-hjkmnp-z2-9]{4}){4}$`, secret.Typed("Loket", 4))
	require.NotEqual(t, secret.Typed("Loket", 4), secret.Typed("Loket", 4))
}

func TestEachLetterIsAsLikelyAsTheOthers(t *testing.T) {
	const drawn = 62_000
	text := secret.Letters(drawn)
	require.Len(t, text, drawn)
	for _, letter := range "abcdefghjkmnpqrstuvwxyz23456789" { // 2,000 of each are to be expected, give or take 44
		require.InDelta(t, 2000, strings.Count(text, string(letter)), 400, "%c", letter)
	}
}
