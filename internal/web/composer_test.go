package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// long gives the draft a list of 120 people, those in faulty with an address that is none.
func long(c *counter, faulty ...int) {
	draft(c)
	c.report = models.RecapReport{Steps: sampleSteps()}
	for no := 1; no <= 120; no++ {
		row := sampleRecap()[0]
		row.Name, row.NIP = fmt.Sprintf("Pegawai Nomor %d", no), fmt.Sprintf("19950325202204%04d", no)
		c.report.Rows = append(c.report.Rows, models.RowView{No: no, RecapRow: row, State: models.RowPending})
	}
	for _, no := range faulty {
		c.report.Rows[no-1].ExternalEmail = "bukan alamat"
		c.report.Rows[no-1].Findings = []models.RowFinding{{FieldFault: models.Fault("external_email", "email_invalid"), Severity: models.SeverityError}}
		c.report.Errors++
	}
}

func longScenes() []scene {
	return []scene{
		{name: "compose-long", path: "/memos/memo-1/edit?open=60", set: func(c *counter) { long(c) }},
		{name: "compose-long-checked", path: "/memos/memo-1/edit?check=1", set: func(c *counter) { long(c, to(48, 70)...) }},
		{name: "compose-long-fix", path: "/memos/memo-1/edit?show=fix&from=101", set: func(c *counter) { long(c, to(1, 120)...) }},
	}
}

func to(from, until int) (all []int) {
	for i := from; i <= until; i++ {
		all = append(all, i)
	}
	return all
}

func TestComposerBeyondOnePage(t *testing.T) {
	const edit = "/memos/memo-1/edit"
	look := func(t *testing.T, query string, faulty ...int) string {
		t.Helper()
		c := newCounter()
		long(c, faulty...)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodGet, edit+query, nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		return page
	}
	press := func(t *testing.T, form url.Values, set func(*counter)) (*counter, answer, string) {
		t.Helper()
		c := newCounter()
		long(c, 60, 70)
		if set != nil {
			set(c)
		}
		server, _ := serve(t, c)
		form.Set("version", "5")
		form.Set("subject", "Perihal")
		res, page := ask(t, server, http.MethodPost, edit, form)
		return c, res, page
	}
	typed := func(do string, more ...string) url.Values {
		form := url.Values{"do": {do}, "from": {"51"}, "row": {"60"}, "row-60-name": {"Diketik Tangan"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	t.Run("a row is opened on whatever page it stands", func(t *testing.T) {
		page := look(t, "?open=60")
		require.Contains(t, page, `id="row-60-nip"`)
		require.Contains(t, page, `id="row-51"`)
		require.NotContains(t, page, `id="row-50"`)
		require.Contains(t, page, `name="from" value="51"`)
		require.Contains(t, page, "Halaman 2 dari 3")
	})
	t.Run("a new person comes at the end of the list", func(t *testing.T) {
		page := look(t, "?add=1")
		require.Contains(t, page, `id="row-121-name"`)
		require.Contains(t, page, `id="row-120"`)
		require.NotContains(t, page, `id="row-100"`)
	})
	t.Run("each button leads back to where it was pressed", func(t *testing.T) {
		for do, want := range map[string]string{
			"save": edit + "?from=51", "check": edit + "?check=1&from=51", "open:61": edit + "?open=61#row-61-nip", "drop:60": edit + "?from=51#rows",
			"turn:101": edit + "?from=101#rows", "fix": edit + "?show=fix#rows", "all": edit + "#rows", "row:60-nip": edit + "?check=1&open=60#row-60-nip", "clear": edit + "#rows", "add": edit + "?add=1#new-row",
		} {
			c, res, _ := press(t, typed(do), nil)
			require.Equal(t, http.StatusSeeOther, res.StatusCode, do)
			require.Equal(t, want, res.Header.Get("Location"), do)
			require.Len(t, c.saved, 1, do)
			if do != "drop:60" && do != "clear" {
				require.Equal(t, "Diketik Tangan", c.saved[0].Rows[59].Name, do)
			}
		}
		_, res, _ := press(t, typed("turn:101", "show", "fix", "check", "1"), nil)
		require.Equal(t, edit+"?check=1&from=101&show=fix#rows", res.Header.Get("Location"))
		_, res, _ = press(t, typed("paste", "pasted", "NIP\tNama\tKode unit\n199503252022041599\tSari Dewi\tKEM.1.2\n"), nil)
		require.Equal(t, edit+"?from=121#rows", res.Header.Get("Location"), "what was added is shown")
	})
	t.Run("a refused save keeps every row that was typed", func(t *testing.T) {
		stale := func(c *counter) { c.fail = models.ErrStale }
		for name, refused := range map[string]func(*testing.T) (*counter, answer, string){
			"nothing pasted": func(t *testing.T) (*counter, answer, string) { return press(t, typed("paste"), nil) },
			"a paste unread": func(t *testing.T) (*counter, answer, string) {
				return press(t, typed("paste", "pasted", "nip\tnip\n1\t2\n"), nil)
			},
			"no file": func(t *testing.T) (*counter, answer, string) { return press(t, typed("upload"), nil) },
			"too long a cell": func(t *testing.T) (*counter, answer, string) {
				return press(t, typed("turn:101", "row-60-position", strings.Repeat("x", 400)), nil)
			},
			"somebody else saved": func(t *testing.T) (*counter, answer, string) { return press(t, typed("save"), stale) },
			"while mending":       func(t *testing.T) (*counter, answer, string) { return press(t, typed("save", "show", "fix"), stale) },
			"from another page":   func(t *testing.T) (*counter, answer, string) { return press(t, typed("save", "from", "1"), stale) },
			"too long, in a paste": func(t *testing.T) (*counter, answer, string) {
				return press(t, typed("paste", "pasted", "NIP\tNama\tKode unit\n199503252022041599\t"+strings.Repeat("Sari ", 80)+"\tKEM.1.2\n"), nil)
			},
		} {
			t.Run(name, func(t *testing.T) {
				_, res, page := refused(t)
				require.GreaterOrEqual(t, res.StatusCode, 400)
				require.Contains(t, page, `name="row-60-name" type="text" value="Diketik Tangan"`)
				require.Contains(t, page, "govuk-error-summary")
			})
		}
	})
	t.Run("a new row of a refused save is kept, wherever it was typed", func(t *testing.T) {
		form := typed("save")
		form["row"] = append(form["row"], "121")
		form.Set("row-121-name", "Orang Baru")
		_, _, page := press(t, form, func(c *counter) { c.fail = models.ErrStale })
		require.Contains(t, page, `value="Orang Baru"`)
		require.Contains(t, page, `value="Diketik Tangan"`)
	})
	t.Run("a list that cannot be kept is told by its own rows, and not mixed with those on the page", func(t *testing.T) {
		_, _, page := press(t, typed("paste", "pasted", "NIP\tNama\tKode unit\n199503252022041599\t"+strings.Repeat("Sari ", 80)+"\tKEM.1.2\n"), nil)
		require.Contains(t, page, `<a href="#rows">Baris 1 · Nama`)
		require.NotContains(t, page, `id="row-121`)
		require.Contains(t, page, "199503252022041599\tSari", "the paste is still there")
	})
	t.Run("mending goes on page by page among the rows to be mended", func(t *testing.T) {
		page := look(t, "?show=fix", to(1, 120)...)
		require.Contains(t, page, `value="turn:51"`)
		require.Contains(t, page, `name="show" value="fix"`)
		page = look(t, "?show=fix&from=51", to(11, 120)...)
		require.Contains(t, page, `id="row-51-nip"`)
		require.NotContains(t, page, `id="row-10"`)
		page = look(t, "?show=fix&from=119", 60, 70)
		require.Contains(t, page, `id="row-70-nip"`, "the last page when none is left beyond")
		page = look(t, "?show=fix")
		require.Contains(t, page, `id="row-1"`, "everything, once nothing is left to be mended")
	})
	t.Run("the faults of a refused send are few, and lead to their rows", func(t *testing.T) {
		_, res, page := press(t, typed("send", "from", "1"), func(c *counter) {
			long(c, to(40, 120)...)
			faults := []models.FieldFault{models.Fault("addressee", "required")}
			for no := 40; no <= 120; no++ {
				faults = append(faults, models.Fault("rows["+strconv.Itoa(no-1)+"].external_email", "email_invalid"))
			}
			c.unsent = models.Invalid(faults...)
		})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		summary, _, _ := strings.Cut(page, "<form method=\"post\" action=\""+edit)
		_, summary, _ = strings.Cut(summary, "govuk-error-summary__list")
		require.Equal(t, 1+15+1, strings.Count(summary, "<li>"))
		require.Contains(t, summary, `href="#addressee"`)
		require.Contains(t, summary, `href="#row-50-external_email"`)
		require.NotContains(t, summary, `href="#row-51-external_email"`)
		require.Contains(t, summary, `<button class="lk-link-button" form="composer" name="do" value="row:51-external_email">`)
	})
	t.Run("the number of pages is told as it is", func(t *testing.T) {
		c := newCounter()
		long(c)
		c.report.Rows = c.report.Rows[:50]
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, edit+"?from=99", nil)
		require.Contains(t, page, `id="row-50"`)
		require.NotContains(t, page, "govuk-pagination")
	})
}
