package files_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/internal/files"
	"loket/internal/files/filestest"
	"loket/models"
)

const catalogue = "<< /Type /Catalog /Pages 2 0 R "

func pages() string { return "<< /Type /Pages /Kids [] /Count 0 >>" }

// stream is an object whose content is deflated.
func stream(t testing.TB, dictionary, content string) string {
	t.Helper()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, err := w.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return fmt.Sprintf("<< %s /Filter /FlateDecode /Length %d >>\nstream\r\n%s\nendstream", dictionary, packed.Len(), packed.String())
}

func archive(t testing.TB, prefix []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	out.Write(prefix)
	w := zip.NewWriter(&out)
	w.SetOffset(int64(len(prefix)))
	f, err := w.Create("setup.exe")
	require.NoError(t, err)
	_, err = f.Write([]byte("MZ"))
	require.NoError(t, err)
	require.NoError(t, w.SetComment("\nstartxref\n0\n%%EOF"))
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestRead(t *testing.T) {
	whole := filestest.PDF("Surat pernyataan")
	script := "<< /S /JavaScript /JS (app.alert(1)) >>"
	for name, c := range map[string]struct {
		body []byte
		code string
	}{
		"nothing":                              {nil, "file_empty"},
		"more than 5 MB":                       {append(bytes.Clone(whole), make([]byte, models.MaxAttachmentBytes)...), "file_too_large"},
		"an archive called .pdf":               {archive(t, nil), "pdf_only"},
		"an archive behind a letter":           {archive(t, whole), "pdf_only"},
		"a page of the web":                    {[]byte("<html>%PDF-1.7 startxref %%EOF"), "pdf_only"},
		"a picture":                            {[]byte("\x89PNG\r\n\x1a\n%PDF-1.7"), "pdf_only"},
		"a file that was cut off":              {whole[:len(whole)-40], "pdf_unreadable"},
		"a file with something behind its end": {append(bytes.Clone(whole), "<script>alert(1)</script>"...), "pdf_unreadable"},
		"a locked file":                        {filestest.BuildWith("/Encrypt 3 0 R ", catalogue+">>", pages(), "<< /Filter /Standard >>"), "pdf_encrypted"},
		"a script":                             {filestest.Build(catalogue+"/OpenAction 3 0 R >>", pages(), script), "pdf_active"},
		"a script under a disguised name":      {filestest.Build(catalogue+"/OpenAction 3 0 R >>", pages(), "<</S/J#61vaScr#69pt/JS 4 0 R>>"), "pdf_active"},
		"a program that is to be started":      {filestest.Build(catalogue+"/OpenAction 3 0 R >>", pages(), "<< /S /Launch /F (cmd.exe) >>"), "pdf_active"},
		"a file within the file": {filestest.Build(catalogue+"/Names << /EmbeddedFiles 3 0 R >> >>", pages(),
			"<< /Names [(a) << /F (a.exe) /EF << /F 4 0 R >> >>] >>", "<< /Length 2 >>\nstream\nMZ\nendstream"), "pdf_active"},
		"a file within, packed away": {filestest.Build(catalogue+"/Names << /EmbeddedFiles 3 0 R >> >>", pages(),
			stream(t, "/Type /ObjStm /N 1 /First 4", "9 0 << /F (a.exe) /EF << /F 4 0 R >> >>")), "pdf_active"},
		"a script among packed objects": {filestest.Build(catalogue+">>", pages(), stream(t, "/Type /ObjStm /N 1 /First 4", "9 0 "+script)), "pdf_active"},
		"a script in what calls itself a picture": {filestest.Build(catalogue+">>", pages(),
			stream(t, "/Subtype /Image", strings.Repeat("x", 70_000)+script)), "pdf_active"},
		"objects packed behind a predictor": {filestest.Build(catalogue+">>", pages(),
			stream(t, "/Type /ObjStm /N 1 /First 4 /DecodeParms << /Predictor 12 >>", "9 0 <<>>")), "pdf_unreadable"},
		"objects packed in an unusual way": {filestest.Build(catalogue+">>", pages(),
			"<< /Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode /Length 2 >>\nstream\n2F\nendstream"), "pdf_unreadable"},
		"a bomb": {filestest.Build(catalogue+">>", pages(), stream(t, "", strings.Repeat("0", 130<<20))), "pdf_unreadable"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := files.Read(bytes.NewReader(c.body))
			require.ErrorIs(t, err, models.ErrInvalid)
			var p *models.Problem
			require.ErrorAs(t, err, &p)
			require.Equal(t, "file", p.Faults[0].Field)
			require.Equal(t, c.code, p.Faults[0].Code)
		})
	}
	for name, body := range map[string][]byte{
		"a plain letter":                         whole,
		"a letter with packed objects":           filestest.Build(catalogue+">>", pages(), stream(t, "/Type /ObjStm /N 1 /First 4", "9 0 << /S /GoTo >>")),
		"a letter with an empty place for files": filestest.Build(catalogue+"/Names << /EmbeddedFiles << /Names [] >> >> >>", pages()),
		"a letter that speaks of scripts":        filestest.PDF("JavaScript, Launch dan Encrypt"),
		"a letter with a table of differences": filestest.Build(catalogue+">>", pages(), stream(t, "/Type /ObjStm /N 1 /First 4", "9 0 <<>>"),
			stream(t, "/Type /XRef /DecodeParms << /Predictor 12 >>", "\x02\x00\x00")),
	} {
		t.Run("takes "+name, func(t *testing.T) {
			got, err := files.Read(bytes.NewReader(body))
			require.NoError(t, err)
			require.Equal(t, body, got)
		})
	}
}

func TestCleanName(t *testing.T) {
	for given, want := range map[string]string{
		"SPTJM Direktorat.pdf":           "SPTJM Direktorat.pdf",
		"SPTJM.PDF":                      "SPTJM.pdf",
		"../../etc/passwd":               "passwd.pdf",
		`C:\Users\sekar\SPTJM.pdf`:       "SPTJM.pdf",
		"surat\r\nContent-Type: x.pdf":   "suratContent-Type_ x.pdf",
		"surat\u202efdp.exe":             "suratfdp.exe.pdf",
		"a\u200bb\ufeff\x00\x1b[31m.pdf": "ab[31m.pdf",
		`a"b<c>|d?.pdf`:                  "a_b_c__d_.pdf",
		"  . .pdf":                       "dokumen.pdf",
		"":                               "dokumen.pdf",
		"/":                              "dokumen.pdf",
		".pdf":                           "dokumen.pdf",
		"pernyataan.pdf.exe":             "pernyataan.pdf.exe.pdf",
		"Su\u0301rat.pdf":                "Súrat.pdf",
		"\xff\xfe.pdf":                   "dokumen.pdf",
		strings.Repeat("é", 300):         strings.Repeat("é", 116) + ".pdf",
	} {
		t.Run(fmt.Sprintf("%.30q", given), func(t *testing.T) { require.Equal(t, want, files.CleanName(given)) })
	}
	t.Run("whatever comes, the name is harmless and stays as it is", rapid.MakeCheck(func(t *rapid.T) {
		name := files.CleanName(rapid.String().Draw(t, "name"))
		require.True(t, utf8.ValidString(name))
		require.LessOrEqual(t, utf8.RuneCountInString(name), models.MaxFileName)
		require.NotContains(t, name, "/")
		require.NotContains(t, name, `\`)
		for _, r := range name {
			require.False(t, unicode.IsControl(r) || unicode.Is(unicode.Cf, r), "%q", name)
		}
		require.Equal(t, name, files.CleanName(name))
	}))
}

func FuzzRead(f *testing.F) {
	f.Add(filestest.PDF("benih"))
	f.Add(filestest.Build(catalogue+">>", pages(), stream(f, "/Type /ObjStm", "9 0 <<>>")))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := files.Read(bytes.NewReader(body))
		if err == nil {
			require.Equal(t, body, got)
			require.NotContains(t, string(got), "/JavaScript ")
			return
		}
		require.ErrorIs(t, err, models.ErrInvalid)
	})
}
