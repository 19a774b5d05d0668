package pdf

import (
	"bytes"
	"image"
	_ "image/png" // what pdftoppm draws
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/sfnt"
	"pgregory.net/rapid"

	"loket/internal/i18n"
)

func TestTypeface(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"jakarta-regular", "jakarta-bold"} {
		face, err := loadTypeface(name)
		require.NoError(t, err)
		t.Run(name+" has figures of equal width", func(t *testing.T) {
			for r, want := range strings.Split("zero one two three four five six seven eight nine", " ") {
				require.Equal(t, 600, face.advance(rune('0'+r)))
				g, err := face.font.GlyphIndex(nil, rune('0'+r))
				require.NoError(t, err)
				got, err := face.font.GlyphName(nil, g)
				require.NoError(t, err)
				require.Equal(t, want+".tf", got)
			}
		})
		t.Run(name+" parts words visibly", func(t *testing.T) {
			require.Equal(t, blankWidth, face.advance(' '))
		})
		t.Run(name+" keeps the letters of names", func(t *testing.T) {
			for _, text := range []string{"Çağla José Ñ Øystein Łukasz Đặng Ngọc Ünal Ž É-ē'’ʼ", "I Gusti Ayu, S.Kom., M.T. & “CV”"} {
				require.Equal(t, strings.ReplaceAll(text, "ʼ", string(instead)), face.clean(text))
			}
			require.Equal(t, "é", face.clean("e\u0301"), "composed")
		})
	}
	t.Run("a font without what is changed is refused", func(t *testing.T) {
		t.Parallel()
		for _, table := range []string{"cmap", "hhea", "hmtx"} {
			b, err := fonts.ReadFile("font/jakarta-bold.ttf")
			require.NoError(t, err)
			require.Error(t, fitForPaper(bytes.Replace(b, []byte(table), []byte("none"), 1)), table)
		}
	})
	t.Run("the licence travels with the font", func(t *testing.T) {
		t.Parallel()
		licence, err := os.ReadFile("font/LICENSE")
		require.NoError(t, err)
		require.Contains(t, string(licence), "SIL OPEN FONT LICENSE Version 1.1")
		b, err := fonts.ReadFile("font/jakarta-regular.ttf")
		require.NoError(t, err)
		f, err := sfnt.Parse(b)
		require.NoError(t, err)
		family, err := f.Name(nil, sfnt.NameIDFamily)
		require.NoError(t, err)
		require.Equal(t, "Plus Jakarta Sans", family)
	})
}

func TestWrap(t *testing.T) {
	t.Parallel()
	face, err := loadTypeface("jakarta-regular")
	require.NoError(t, err)
	t.Run("no line is wider than it may be, and no character is lost", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			text := face.clean(rapid.StringOfN(rapid.RuneFrom([]rune("ab W.@-/\nÉ9□")), 0, 300, -1).Draw(t, "text"))
			width := rapid.Float64Range(5, 120).Draw(t, "width")
			lines := wrap(face, text, 10, width)
			for _, l := range lines {
				require.LessOrEqual(t, face.width(l, 10), width+0.01, l)
			}
			require.Equal(t, strings.Join(strings.Fields(text), ""), strings.Join(strings.Fields(strings.Join(lines, "")), ""))
		})
	})
	t.Run("an address breaks at its signs", func(t *testing.T) {
		require.Equal(t, []string{"kusumaningtyas@", "perencanaan.", "kem.example"}, wrap(face, "kusumaningtyas@perencanaan.kem.example", 10, 31))
	})
	t.Run("a width below one character still ends", func(t *testing.T) {
		require.Equal(t, []string{"W", "W"}, wrap(face, "WW", 10, 0.1))
	})
}

// TestCodeOnPaper draws the code, photographs the page and reads the modules back.
func TestCodeOnPaper(t *testing.T) {
	t.Parallel()
	const url = "https://loket.kem.example/verify/3f2a91bc77de0a12c45d68e1900b7af6"
	catalog, err := i18n.New()
	require.NoError(t, err)
	s, err := newSheet(Paper{Printer: catalog.For("id"), Verification: Verification{URL: url}, Issued: time.Unix(1, 0)}, false)
	require.NoError(t, err)
	s.firstPage()
	require.NoError(t, s.qrCode(40, 50, url))
	name := filepath.Join(t.TempDir(), "code")
	var file bytes.Buffer
	require.NoError(t, s.finish(&file))
	require.NoError(t, os.WriteFile(name+".pdf", file.Bytes(), 0o600))
	out, err := exec.Command("pdftoppm", "-r", "254", "-png", "-singlefile", name+".pdf", name).CombinedOutput()
	require.NoError(t, err, string(out))
	photo, err := os.Open(name + ".png")
	require.NoError(t, err)
	defer photo.Close()
	page, _, err := image.Decode(photo)
	require.NoError(t, err)

	code, err := qrcode.New(url, qrcode.Medium)
	require.NoError(t, err)
	modules := code.Bitmap()
	side := codeSide / float64(len(modules)) * 10 // 254 dots an inch are ten a millimetre
	require.GreaterOrEqual(t, side, 5.0, "a module is at least half a millimetre")
	for row := range modules {
		for column, want := range modules[row] {
			r, _, _, _ := page.At(int(400+(float64(column)+0.5)*side), int(500+(float64(row)+0.5)*side)).RGBA()
			require.Equal(t, want, r < 0x8000, "module %d, %d", row, column)
		}
	}
}

func TestCatalogueRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"", "%PDF", "/Type /Catalog\nstartxref\nx\n", "startxref\n9\n/Type /Catalog\n"} {
		_, err := withLanguage([]byte(file), "id")
		require.Error(t, err)
	}
}
