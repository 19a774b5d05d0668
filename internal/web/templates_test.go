package web

import (
	"html/template"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/models"
)

func TestTemplates(t *testing.T) {
	t.Parallel()
	t.Run("a page that calls what is not there is found at start", func(t *testing.T) {
		t.Parallel()
		page := template.Must(template.New("page").Parse(`{{if .A}}{{range .B}}{{template "gone" .}}{{end}}{{else}}{{template "there"}}{{end}}{{define "there"}}{{end}}`))
		require.ErrorContains(t, whole(page), `page calls template "gone"`)
	})
	t.Run("every page is whole in every language", func(t *testing.T) {
		t.Parallel()
		words, err := i18n.New()
		require.NoError(t, err)
		assets, err := NewAssets()
		require.NoError(t, err)
		pages, err := NewPages(words, assets, time.UTC)
		require.NoError(t, err)
		for _, lang := range i18n.Languages() {
			require.NotEmpty(t, pages.sets[lang])
		}
	})
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/inbox?queue=approval": "/inbox?queue=approval", "/memos/1#rows": "/memos/1#rows", "": "/", "inbox": "/", "//evil.example/x": "/",
		"/\\evil.example": "/", "/%5Cevil.example": "/%5Cevil.example", "https://evil.example": "/", "/a\r\nSet-Cookie: x": "/", "/sign-in?return=/sign-in": "/",
		"/password/abc": "/", "/passwords": "/passwords", "/account/password": "/",
	} {
		require.Equal(t, want, local(path), path)
	}
}

func TestStoredDate(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"22-11-2026": "2026-11-22", " 22/11/2026 ": "2026-11-22", "22.11.2026": "2026-11-22", "31-02-2026": "31-02-2026", "besok": "besok", "": ""} {
		require.Equal(t, want, storedDate(typed), typed)
	}
	require.Equal(t, "22-11-2026", formDate("2026-11-22"))
	require.Equal(t, "besok", formDate("besok"), "what is no day stays as it was typed")
}

func TestWhoIsWaitedFor(t *testing.T) {
	asked := time.Now()
	b := homeBody{Home: models.Home{IWaitFor: models.Page[models.CaseSummary]{Items: []models.CaseSummary{{ID: "on its way", Status: models.StatusApproval},
		{ID: "returned", Status: models.StatusReturned}, {ID: "asked", Status: models.StatusApproval, Asked: &asked}}}}}
	require.Equal(t, []string{"returned", "asked"}, []string{b.Mine()[0].ID, b.Mine()[1].ID}, "what is the reader's to do")
	require.Len(t, b.Mine(), 2)
	require.Len(t, b.Others(), 1)
	require.Equal(t, "on its way", b.Others()[0].ID)
}
