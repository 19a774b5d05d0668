package pdf_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/pdf"
	"loket/models"
)

// pagesOf gives the text of each page, laid out as on paper.
func pagesOf(t testing.TB, file []byte) []string {
	t.Helper()
	text := poppler(t, file, "pdftotext", "-layout", "FILE", "-")
	require.NotContains(t, text, "Syntax Error")
	return strings.Split(strings.TrimSuffix(text, "\f"), "\f")
}

// words gives a letter's text with every run of blanks as one.
func words(t testing.TB, file []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(poppler(t, file, "pdftotext", "-raw", "FILE", "-")), " ")
}

func TestLongLists(t *testing.T) {
	t.Parallel()
	letters := map[string][]byte{
		"the memo's annex":    bytesOf(t, pdf.Memo, sampleMemo(t, "id", 500)),
		"the list of results": bytesOf(t, pdf.ResultList, sampleResults(t, "id", 500)),
	}
	for name, file := range letters {
		t.Run(name+" holds each of 500 people once", func(t *testing.T) {
			t.Parallel()
			text := words(t, file)
			for _, r := range sampleRows(500) {
				require.Equal(t, 1, strings.Count(text, r.Number), r.Number)
			}
		})
		t.Run(name+" repeats its headings and counts its pages", func(t *testing.T) {
			t.Parallel()
			pages := pagesOf(t, file)
			require.Greater(t, len(pages), 10)
			for i, page := range pages {
				require.Contains(t, page, "Halaman "+strconv.Itoa(i+1)+" dari "+strconv.Itoa(len(pages)))
				require.Contains(t, page, "3f2a 91bc 77de 0a12 c45d 68e1 900b 7af6")
				if strings.Contains(page, "19900101201501") {
					require.Equal(t, 1, strings.Count(page, "NIP atau NIK"), "page %d", i+1)
				}
				if i > 0 {
					require.Contains(t, page, "ND-12/KEM.1/2026", "the running head of page %d", i+1)
				}
			}
			require.Contains(t, poppler(t, file, "pdfinfo", "FILE"), "Pages:           "+strconv.Itoa(len(pages))+"\n")
		})
	}
	t.Run("a row higher than a page goes on over the next", func(t *testing.T) {
		t.Parallel()
		in := sampleResults(t, "id", 3)
		in.Rows[1].Reason = strings.Repeat("alasan panjang ", 400)
		pages := pagesOf(t, bytesOf(t, pdf.ResultList, in))
		require.Greater(t, len(pages), 3)
		require.Equal(t, 400, strings.Count(words(t, bytesOf(t, pdf.ResultList, in)), "panjang"))
	})
	t.Run("a memo without a list has no annex", func(t *testing.T) {
		t.Parallel()
		require.Len(t, pagesOf(t, bytesOf(t, pdf.Memo, sampleMemo(t, "id", 0))), 1)
	})
}

func TestWhatLettersSay(t *testing.T) {
	t.Parallel()
	t.Run("a memo tells its fields, its body and who sent it", func(t *testing.T) {
		t.Parallel()
		text := words(t, bytesOf(t, pdf.Memo, sampleMemo(t, "id", 40)))
		for _, want := range []string{
			"Kementerian Contoh", "NOTA DINAS", "ND-12/KEM.1/2026", "20 November 2026", "Kepala Biro Sumber Daya Manusia", "2. Daftar 40 pegawai",
			"1. Sekretaris Jenderal", "2. Inspektur Jenderal", "Narahubung: Ketut Lestari", "Dikirim oleh Kepala Subdirektorat Data Ni Luh Ayu Kusumawardhani",
			"20 November 2026, 09.17 WIB", "40 pegawai yang dimohonkan untuk akses Flexiwork", "José Ximenes da Conceição",
			"https://loket.kem.example/verify/", "3f2a 91bc 77de 0a12",
		} {
			require.Contains(t, text, want)
		}
	})
	t.Run("an approval sheet tells who decided for whom", func(t *testing.T) {
		t.Parallel()
		text := words(t, bytesOf(t, pdf.ApprovalSheet, sampleApproval(t, "en")))
		for _, want := range []string{
			"APPROVAL SHEET", "Approved in part", "40 employees: 37 accepted, 3 rejected", "Siti Rahmawati", "for Budi Santoso, Direktur Jenderal",
			"Checked by Petugas verifikasi Çağla Wijaya", "22 November 2026, 14:17 WIB", "Page 1 of 1",
		} {
			require.Contains(t, text, want)
		}
	})
	t.Run("the signature names the holder of the office", func(t *testing.T) {
		t.Parallel()
		in := sampleApproval(t, "id")
		in.Signed = &in.Acts[1]
		require.Contains(t, words(t, bytesOf(t, pdf.ApprovalSheet, in)),
			"Disetujui oleh Plh. Direktur Jenderal Perencanaan Siti Rahmawati NIP 199203142015022001 untuk Budi Santoso, Direktur Jenderal Perencanaan Tercatat")
	})
	t.Run("a deadline that passed is the system's act", func(t *testing.T) {
		t.Parallel()
		in := sampleApproval(t, "id")
		in.Outcome, in.Acts = models.OutcomeExpired, []pdf.Act{{Verb: models.EventExpired, At: in.Issued}}
		in.Signed = nil
		require.Contains(t, words(t, bytesOf(t, pdf.ApprovalSheet, in)), "Lewat batas waktu Sistem Loket")
	})
	t.Run("a file tells its title, author and language", func(t *testing.T) {
		t.Parallel()
		for _, lang := range i18n.Languages() {
			file := bytesOf(t, pdf.Memo, sampleMemo(t, lang, 1))
			info := poppler(t, file, "pdfinfo", "FILE")
			require.Regexp(t, `(?m)^Title: +(Nota dinas|Memo) ND-12/KEM.1/2026 · Direktur Jenderal Perencanaan$`, info)
			require.Regexp(t, `(?m)^Author: +Kementerian Contoh$`, info)
			require.Regexp(t, `(?m)^Page size: +.*A4`, info)
			require.Contains(t, string(file), "/Type /Catalog\n/Lang ("+lang+")\n")
		}
	})
}

func TestEveryWordIsKnown(t *testing.T) {
	t.Parallel()
	c, err := i18n.New()
	require.NoError(t, err)
	for _, lang := range i18n.Languages() {
		p := c.For(lang)
		for _, v := range pdf.Verbs() {
			p.T("pdf.did." + string(v))
			p.T("pdf.by." + string(v))
		}
		for _, o := range models.MemoOutcomes() {
			p.T("pdf.outcome." + string(o))
		}
		for _, r := range models.RowStates() {
			p.T("pdf.row." + string(r))
			p.N("pdf.count."+string(r), 2)
		}
		for _, k := range models.MemoKinds() {
			p.T("pdf.kind." + string(k))
		}
		for _, s := range []models.Stage{models.StageHead, models.StageOfficer} {
			p.T("pdf.stage." + string(s))
		}
		memo, approval, results := sampleMemo(t, lang, 9), sampleApproval(t, lang), sampleResults(t, lang, 9)
		memo.Printer, approval.Printer, results.Printer = p, p, p
		bytesOf(t, pdf.Memo, memo)
		bytesOf(t, pdf.ApprovalSheet, approval)
		bytesOf(t, pdf.ResultList, results)
	}
	require.Empty(t, c.Missing())
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	in := sampleMemo(t, "id", 60)
	in.Letterhead.Logo = logo(t)
	want := bytesOf(t, pdf.Memo, in)
	var group sync.WaitGroup
	got := make([]bytes.Buffer, 8)
	for i := range got {
		group.Go(func() { _ = pdf.Memo(&got[i], in) })
	}
	group.Wait()
	for i := range got {
		require.True(t, bytes.Equal(want, got[i].Bytes()), "letter %d differs", i)
	}
	t.Run("another time of issue is another letter", func(t *testing.T) {
		in := in
		in.Issued = in.Issued.Add(time.Second)
		require.False(t, bytes.Equal(want, bytesOf(t, pdf.Memo, in)))
	})
}

func logo(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA64(image.Rect(0, 0, 90, 60))
	for x := range 90 {
		for y := range 60 {
			img.Set(x, y, color.NRGBA{R: 0x0f, G: 0x4c, B: 0x5c, A: uint8(2 * x)})
		}
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, img))
	return out.Bytes()
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(*pdf.Paper)
		says  string
	}{
		{"a letter without a time", func(p *pdf.Paper) { p.Issued = time.Time{} }, "time of issue"},
		{"a code that is no web address", func(p *pdf.Paper) { p.Verification.URL = "javascript:alert(1)" }, "not one of the web"},
		{"a code without a host", func(p *pdf.Paper) { p.Verification.URL = "https:///x" }, "not one of the web"},
		{"an address that does not parse", func(p *pdf.Paper) { p.Verification.URL = "https://[x" }, "verification address"},
		{"an address too long to scan", func(p *pdf.Paper) { p.Verification.URL += strings.Repeat("x", 200) }, "longer than"},
		{"a logo that is no picture", func(p *pdf.Paper) { p.Letterhead.Logo = []byte("<svg/>") }, "letterhead's logo"},
		{"a logo cut short", func(p *pdf.Paper) { p.Letterhead.Logo = logo(t)[:80] }, "letterhead's logo"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			memo, approval, results := sampleMemo(t, "id", 1), sampleApproval(t, "id"), sampleResults(t, "id", 1)
			test.spoil(&memo.Paper)
			test.spoil(&approval.Paper)
			test.spoil(&results.Paper)
			var out bytes.Buffer
			require.ErrorContains(t, pdf.Memo(&out, memo), test.says)
			require.ErrorContains(t, pdf.ApprovalSheet(&out, approval), test.says)
			require.ErrorContains(t, pdf.ResultList(&out, results), test.says)
			require.Zero(t, out.Len(), "half a letter was written")
		})
	}
	t.Run("a disk that is full is told", func(t *testing.T) {
		t.Parallel()
		require.ErrorContains(t, pdf.Memo(fullDisk{}, sampleMemo(t, "id", 1)), "no space left")
	})
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"one endless word":          strings.Repeat("x", 5_000),
		"controls":                  "a\x00b\x07c\x1bd\x7fe\u0085f",
		"an override of direction":  "Budi \u202eosotnaS",
		"Arabic":                    "سيتي رحمواتي",
		"Balinese":                  "ᬫᬤᬾ ᬲᬸᬃᬬ",
		"emoji":                     "👩\u200d💼 disetujui ✅️",
		"the last code points":      "\uffff\U0010ffff\U0001f600",
		"broken bytes":              "Budi \xff\xc3\x28 \xf0\x9f",
		"PDF and template syntax":   `) Tj ET (\\ {{.x}} {nb} <</JS>> endobj`,
		"a thousand combined marks": "e" + strings.Repeat("\u0301", 1_000),
		"nothing but blanks":        " \t\u00a0\u3000\u2028",
		"a thousand empty lines":    strings.Repeat("\n", 1_000) + "akhir",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			memo := sampleMemo(t, "id", 2)
			memo.Subject, memo.Body, memo.From, memo.Copies, memo.Contact = text, text, text, []string{text, text}, text
			memo.Rows[0].Name, memo.Rows[0].Position, memo.Number, memo.Sent.By.Name = text, text, text, text
			memo.Letterhead.Agency, memo.Letterhead.Unit = text, text
			file := bytesOf(t, pdf.Memo, memo)
			require.Contains(t, words(t, file), memo.Rows[1].Number)
			approval := sampleApproval(t, "en")
			approval.Acts[1].Note, approval.Acts[1].By.Name, approval.Acts[1].For.Name = text, text, text
			require.Contains(t, words(t, bytesOf(t, pdf.ApprovalSheet, approval)), "APPROVAL SHEET")
			results := sampleResults(t, "id", 2)
			results.Rows[0].Reason, results.Rows[0].Username, results.Rows[0].Unit = text, text, text
			require.Contains(t, words(t, bytesOf(t, pdf.ResultList, results)), results.Rows[1].Number)
		})
	}
	t.Run("what the typeface lacks leaves a visible mark", func(t *testing.T) {
		t.Parallel()
		memo := sampleMemo(t, "id", 0)
		memo.Body = "Budi \u202eA\x00B سي 👍 C"
		require.Contains(t, words(t, bytesOf(t, pdf.Memo, memo)), "Budi □A□B □□ □ C")
	})
}

func BenchmarkResultList500(b *testing.B) {
	in := sampleResults(b, "id", 500)
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(bytesOf(b, pdf.ResultList, in))))
	}
}
