package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestPapersFillNoDisk(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		r, _ := b.registers("dewi@niaga.example")
		require.ErrorIs(t, b.HoldPaper(t.Context(), r.id, aPaper("0").SHA256), models.ErrNotNow, "the address is not proven")
		r.written("dewi.kartika")
		blobs := func() int { return b.count("select count(*) from blobs") }
		numbered := func(i int) models.Paper {
			p := aPaper("0")
			p.SHA256 = strings.Repeat("0", 60) + fmt.Sprintf("%04d", i)
			return p
		}
		for i := range models.PapersPerDay {
			require.NoError(t, b.HoldPaper(t.Context(), r.id, numbered(i).SHA256))
			require.NoError(t, b.AddPaper(t.Context(), applies(), r.id, numbered(i)))
			page, err := b.RegistrationPage(t.Context(), applies(), r.id)
			require.NoError(t, err)
			require.NoError(t, b.RemovePaper(t.Context(), applies(), r.id, page.Papers[len(page.Papers)-1].ID))
		}
		kept := blobs()
		require.ErrorContains(t, b.HoldPaper(t.Context(), r.id, numbered(100).SHA256), "file: papers_too_often")
		require.NoError(t, b.HoldPaper(t.Context(), r.id, aPaper("a").SHA256), "one that is there is no upload")
		require.Equal(t, kept, blobs(), "nothing is kept of what is refused")

		b.wall.pass(24*time.Hour + time.Second)
		for i := range models.MaxPapers - 1 {
			require.NoError(t, b.HoldPaper(t.Context(), r.id, numbered(200+i).SHA256))
			require.NoError(t, b.AddPaper(t.Context(), applies(), r.id, numbered(200+i)))
		}
		kept = blobs()
		require.ErrorContains(t, b.HoldPaper(t.Context(), r.id, numbered(300).SHA256), "file: papers_too_many")
		require.Equal(t, kept, blobs())
	})
}
