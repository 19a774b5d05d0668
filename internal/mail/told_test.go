package mail

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTold holds what the portal tells the people of a memo or a delegation beside the mail to have words there, too.
func TestTold(t *testing.T) {
	t.Parallel()
	r, catalog := newRenderer(t)
	for _, kind := range r.Kinds() {
		if about, _, _ := strings.Cut(kind, "_"); about == "memo" || about == "delegation" || about == "approver" || about == "operator" {
			require.True(t, catalog.Has("inbox.told."+kind), "%s", kind)
		}
	}
}
