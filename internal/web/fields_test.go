package web_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/models"
)

// TestFieldsHaveNames holds every field that a form shows a fault beside to a name for the summary on top.
func TestFieldsHaveNames(t *testing.T) {
	words, err := i18n.New()
	require.NoError(t, err)
	named := regexp.MustCompile(`(?:\.Error|\bof [$.A-Za-z]+) "([a-z_]+)"`)
	seen := map[string]bool{}
	require.NoError(t, fs.WalkDir(os.DirFS("templates"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(os.DirFS("templates"), path)
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			seen[m[1]] = true
		}
		return err
	}))
	require.Greater(t, len(seen), 50)
	for field := range seen {
		require.True(t, words.Has("portal.field."+field), field)
	}
}

func TestOwnAccount(t *testing.T) {
	t.Run("applications go by their names", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodGet, "/account", nil)
		require.Contains(t, page, `<a class="govuk-link" href="/applications">Arsip Surat, Jadwal Rapat`)
	})
	t.Run("a company's person is no employee", func(t *testing.T) {
		c := newCounter()
		trading(farAway)(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/account", nil)
		require.Contains(t, page, "Pengguna jasa")
		require.NotContains(t, page, ">Pegawai")
	})
}

func TestFaultsSayWhere(t *testing.T) {
	t.Run("a rejection without a reason names row and column", func(t *testing.T) {
		c := newCounter()
		verifying(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodPost, "/memos/memo-1/verify", url.Values{"do": {"rows"}, "row": {"1", "2"}, "row-1": {"rejected"}})
		require.Contains(t, page, "Baris 1 · Alasan: Tulis alasan penolakan.")
	})
	t.Run("rows picked but not answered lead to the button for them", func(t *testing.T) {
		c := newCounter()
		verifying(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodPost, "/memos/memo-1/verify", url.Values{"do": {"rows"}, "row": {"1", "2"}, "pick": {"1"}})
		require.Contains(t, page, "gunakan ‘Putuskan yang dipilih’ di bawah.")
	})
	t.Run("a return asks for what its label says", func(t *testing.T) {
		c := newCounter()
		verifying(c)
		c.memo.Actions = append(c.memo.Actions, models.ActionReturn)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodPost, "/memos/memo-1/return", url.Values{})
		require.Contains(t, page, "Apa yang perlu diperbaiki: Wajib diisi.")
	})
	t.Run("an answer that was not given is asked for in a sentence", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodPost, "/memos/memo-1/decide", url.Values{})
		require.Contains(t, page, "Pilih keputusan Anda.")
		require.NotContains(t, page, "Keputusan: ")
	})
	t.Run("an empty delegation is told everything at once", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodPost, "/delegations/new", url.Values{"until": {"besok"}})
		for _, says := range []string{"Unit kerja: Wajib diisi.", "Yang ditunjuk: Wajib diisi.", "Dari tanggal: Wajib diisi.", "Sampai tanggal: Tulis tanggal seperti 01-10-2016.", "Alasan: Wajib diisi."} {
			require.Contains(t, page, says)
		}
	})
}
