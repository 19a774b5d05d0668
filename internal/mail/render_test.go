package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"loket/internal/i18n"
	"loket/models"
)

func newRenderer(t *testing.T) (*Renderer, *i18n.Catalog) {
	t.Helper()
	catalog, err := i18n.New()
	require.NoError(t, err)
	r, err := NewRenderer(catalog, time.FixedZone("", 7*3600))
	require.NoError(t, err)
	return r, catalog
}

// sample is data that satisfies every kind.
func sample() map[string]string {
	return map[string]string{
		"number": "LKT-2026-000123", "subject": "Akun bagi <pegawai> baru", "sender": "Sari Wulandari", "unit": "Biro SDM",
		"due": "2026-11-24T09:00:00Z", "link": "https://loket.kem.example/memo/1?a=b&c=d", "reason": "Lampiran kurang",
		"accepted": "36", "rejected": "1", "name": "Made Surya", "username": "made.surya",
		"valid_until": "2026-11-25T10:30:00+09:00", "application": "Arsip", "application_user": "P-0001", "lapsed": "3",
		"when": "2026-11-22T07:05:00Z", "where": "192.0.2.7", "what": "Direktori tidak menjawab",
		"password": "Loket-k7mq-x3fp-9wht-2rdn", "code": "K7MQ-X3FP", "secret": "Aktif-k7mq-x3fp-9wht", "candidates": "made.surya, surya.adi", "sent_to": "m***@kem.example", "delegate": "Ayu Lestari", "principal": "Budi Hartono",
		"acting": "Plh.", "decider": "Ayu Lestari", "behalf": "Budi Hartono", "author": "Sari Wulandari", "comment": "Lampiran menyusul besok.", "company": "PT Sumber Rezeki", "by": "Sari Wulandari", "ends": "2026-12-31", "left": "7", "new_email": "s***@niaga.example", "why": "Untuk rapat mingguan.", "ending": "2", "refusals": "LKT-2026-000007 rank_differs 2026-11-22T07:05:00Z", "person": "Made Surya, Sari Wulandari",
	}
}

func TestEveryKind(t *testing.T) {
	t.Parallel()
	r, catalog := newRenderer(t)
	require.NotEmpty(t, r.Kinds())
	for _, kind := range r.Kinds() {
		for _, lang := range i18n.Languages() {
			t.Run(kind+" is complete in "+lang, func(t *testing.T) {
				t.Parallel()
				subject, text, page, err := r.Render(kind, lang, sample())
				require.NoError(t, err)
				require.NotEmpty(t, subject)
				for _, bad := range []string{"{{", "<no value>", "mail.", "ZgotmplZ", " ,", ": \n"} {
					require.NotContains(t, subject+text, bad)
				}
				require.NotContains(t, page, "ZgotmplZ")
				require.Contains(t, page, `<html lang="`+lang+`">`)
				require.NotContains(t, page, "<img", "no remote images")
				require.NotContains(t, page, "<pegawai>", "what people typed is escaped")
				require.Equal(t, 1, strings.Count(page, "background-color:#0f4c5c"), "one clear button")
				require.Contains(t, text, sample()["link"])
				require.Contains(t, links(t, page), sample()["link"])
			})
		}
		t.Run(kind+" is refused when a datum is missing", func(t *testing.T) {
			t.Parallel()
			for _, key := range r.Needs(kind) {
				data := sample()
				delete(data, key)
				_, _, _, err := r.Render(kind, "id", data)
				require.ErrorContains(t, err, key)
			}
		})
	}
	t.Cleanup(func() { require.Empty(t, catalog.Missing()) })
}

func TestRender(t *testing.T) {
	t.Parallel()
	r, _ := newRenderer(t)

	t.Run("an unknown kind is refused", func(t *testing.T) {
		t.Parallel()
		_, _, _, err := r.Render("memo_mislaid", "id", sample())
		require.ErrorIs(t, err, ErrUnknownKind)
	})
	t.Run("the two languages differ", func(t *testing.T) {
		t.Parallel()
		for _, kind := range r.Kinds() {
			id, textID, _, err := r.Render(kind, "id", sample())
			require.NoError(t, err)
			en, textEN, _, err := r.Render(kind, "en", sample())
			require.NoError(t, err)
			require.NotEqual(t, id, en, kind)
			require.NotEqual(t, textID, textEN, kind)
		}
	})
	t.Run("an instant in UTC is told in the agency's zone and any other in its own", func(t *testing.T) {
		t.Parallel()
		_, text, _, err := r.Render("memo_waiting", "id", sample())
		require.NoError(t, err)
		require.Contains(t, text, "24 November 2026, 16.00 WIB")
		_, text, _, err = r.Render("credentials", "en", sample())
		require.NoError(t, err)
		require.Contains(t, text, "25 November 2026, 10:30 WIT")
	})
	t.Run("a date says what ends with it", func(t *testing.T) {
		t.Parallel()
		for kind, says := range map[string]string{"credentials": "Tautan berlaku sampai", "account_ending": "Masih dapat diperpanjang sampai", "password_ending": "Berlaku sampai"} {
			_, text, _, err := r.Render(kind, "id", sample())
			require.NoError(t, err)
			require.Contains(t, text, says, kind)
		}
	})
	t.Run("a number never stands alone", func(t *testing.T) {
		t.Parallel()
		_, text, _, err := r.Render("memo_done", "en", sample())
		require.NoError(t, err)
		require.Contains(t, text, "36 employees")
		require.Contains(t, text, "1 employee\n")
	})
	t.Run("a link that is no web address is refused and not repeated", func(t *testing.T) {
		t.Parallel()
		for _, link := range []string{"javascript:alert(1)", "/memo/secret", "https:secret", "ftp://kem.example/secret"} {
			data := sample()
			data["link"] = link
			_, _, _, err := r.Render("memo_sent", "id", data)
			require.ErrorContains(t, err, "not a web address")
			require.NotContains(t, err.Error(), "secret")
		}
	})
	t.Run("a subject is one line whatever was typed", func(t *testing.T) {
		t.Parallel()
		data := sample()
		data["number"] = "LKT-1\r\nBcc: thief@evil.example"
		subject, _, _, err := r.Render("memo_sent", "id", data)
		require.NoError(t, err)
		require.NotContains(t, subject, "\n")
		require.NotContains(t, subject, "\r")
	})
	t.Run("no button without a link", func(t *testing.T) {
		t.Parallel()
		data := sample()
		delete(data, "link")
		_, text, page, err := r.Render("password_changed", "id", data)
		require.NoError(t, err)
		require.NotContains(t, page, "<a ")
		require.NotContains(t, text, "http")
	})
}

// links lists the targets of the page's links.
func links(t *testing.T, page string) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var found []string
	for node := range doc.Descendants() {
		for _, a := range node.Attr {
			if node.Data == "a" && a.Key == "href" {
				found = append(found, a.Val)
			}
		}
	}
	return found
}

// TestRefusedActivations holds what the service desk is told of refused activations to be a ticket by itself.
func TestRefusedActivations(t *testing.T) {
	t.Parallel()
	r, catalog := newRenderer(t)
	data := sample()
	data["refusals"] = "LKT-2026-000007 rank_differs 2026-11-22T07:05:00Z\nLKT-2026-000009 rank_date_differs 2026-11-22T08:05:00Z"
	_, text, _, err := r.Render("activation_support", i18n.Indonesian, data)
	require.NoError(t, err)
	for _, part := range []string{"LKT-2026-000007", "22 November 2026", "14.05", "pangkat/golongan tidak sama", "LKT-2026-000009", "TMT pangkat tidak sama"} {
		require.Contains(t, text, part)
	}
	require.NotContains(t, text, "rank_differs")
	for _, code := range []string{models.TurnedUnknown, models.TurnedEmployment, models.TurnedInactive, models.TurnedRank, models.TurnedEffective, models.TurnedAccount,
		models.TurnedMemo, models.TurnedOpen} {
		require.True(t, catalog.Has("mail.refusal."+code), code)
	}
}
