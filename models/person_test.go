package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Budi@Mail.Example ":       "budi@mail.example",
		"o'neil+a@sub.mail.example": "o'neil+a@sub.mail.example",
		"a@xn--bcher-kva.example":   "a@xn--bcher-kva.example",
	} {
		email, faults := models.ParseEmail("email", in)
		require.Empty(t, faults, in)
		require.Equal(t, want, email)
	}
	label := strings.Repeat("d", 63)
	long := strings.Repeat("a", 64) + "@" + label + "." + label + "." + strings.Repeat("e", 53) + ".example"
	require.Len(t, long, 254)
	_, faults := models.ParseEmail("email", long)
	require.Empty(t, faults)

	for in, want := range map[string]string{
		"":                                              "required",
		"bukan alamat":                                  "email_invalid",
		"a@mail.example\nBcc: x@mail.example":           "email_line_break",
		"a@mail.example\r":                              "email_line_break",
		"\na@mail.example":                              "email_line_break",
		"Budi <budi@mail.example>":                      "email_invalid",
		"budi@localhost":                                "email_invalid",
		"budi@127.0.0.1":                                "email_invalid",
		"budi@[127.0.0.1]":                              "email_invalid",
		"budi@mail..example":                            "email_invalid",
		"budi@-mail.example":                            "email_invalid",
		"budi@mail.example.":                            "email_invalid",
		".budi@mail.example":                            "email_invalid",
		"bu..di@mail.example":                           "email_invalid",
		"a@b@mail.example":                              "email_invalid",
		`"a b"@mail.example`:                            "email_invalid",
		"a@mail.example,b@mail.example":                 "email_invalid",
		"a@mäil.example":                                "email_invalid",
		"a@mail.example\x00":                            "email_invalid",
		"bu\u212adi@mail.example":                       "email_invalid", // the Kelvin sign lowers to k
		strings.Repeat("a", 65) + "@m.example":          "email_invalid",
		"a@" + strings.Repeat("d", 64) + ".example":     "email_invalid",
		"a@" + strings.Repeat("d.", 122) + "dd.example": "email_too_long",
	} {
		_, faults := models.ParseEmail("email", in)
		require.Equal(t, want, codes(faults), "%q", in)
	}
}

func TestParseName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Made   Surya Adi ":    "Made Surya Adi",
		"Nur'aini, S.E., M.M.":   "Nur'aini, S.E., M.M.",
		"Łukasz Müller":          "Łukasz Müller",
		"山田太郎":                   "山田太郎",
		strings.Repeat("é", 150): strings.Repeat("é", 150),
	} {
		name, faults := models.ParseName("name", in)
		require.Empty(t, faults, in)
		require.Equal(t, want, name)
	}
	for in, want := range map[string]string{
		" ":                      "required",
		strings.Repeat("é", 151): "text_too_long",
		"<b>Budi</b>":            "text_markup",
		"Budi\nSari":             "text_unseen_characters",
		"Budi\tSari":             "text_unseen_characters",
		"Budi\u202eiraS":         "text_unseen_characters",
		"Bu\u200bdi":             "text_unseen_characters",
		"Bu\u2066di":             "text_unseen_characters",
		"Bu\u00addi":             "text_unseen_characters",
		"\ufeffBudi":             "text_unseen_characters",
		"Budi\u3164":             "text_unseen_characters",
		"Budi\x00":               "text_unseen_characters",
		"Budi\u2028Sari":         "text_unseen_characters",
		"Budi\xff":               "text_unseen_characters",
		"12345":                  "name_no_letter",
		"...":                    "name_no_letter",
	} {
		_, faults := models.ParseName("name", in)
		require.Equal(t, want, codes(faults), "%q", in)
	}
}

func TestSameName(t *testing.T) {
	t.Parallel()
	same := [][2]string{
		{"Made Surya", "MADE  surya"}, {"Siti Aminah", "Siti Aminah, S.E., M.M."}, {"Siti Aminah", "Siti Aminah, SE, MM"},
		{"M. Yusuf", "M Yusuf"}, {"M.Yusuf", "M. Yusuf"}, {"Nur'aini", "Nuraini"}, {"Dr. Ir. Budi Hakim", "Budi Hakim"},
		{"Müller", "Muller"}, {"Muller", "Mu\u0308ller"}, {"Dr", "dr."},
	}
	for _, p := range same {
		require.True(t, models.SameName(p[0], p[1]), "%q and %q", p[0], p[1])
	}
	differ := [][2]string{
		{"Made Surya", "Surya Made"}, {"Made Surya", "Made Surya Adi"}, {"Lina", "Lina, Saraswati"}, {"Orang Lain", "Oka Fajar"},
		{"", ""}, {"...", "..."}, {"Budi", ""},
	}
	for _, p := range differ {
		require.False(t, models.SameName(p[0], p[1]), "%q and %q", p[0], p[1])
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		require.Equal(t, models.SameName(a, b), models.SameName(b, a))
	})
}

func TestUsernameCandidates(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"Made Surya Adi Wijaya":         {"made.surya", "surya.adi", "adi.wijaya"},
		"Lina":                          {"lina"},
		"Nyoman Nyoman Nyoman Sulistyo": {"nyoman.nyoman", "nyoman.sulistyo"},
		"Dr. Nur'aini Al-Farabi, M.Si.": {"nuraini.alfarabi"},
		"Łukasz Großmann-Ørsted":        {"lukasz.grossmannorsted"},
		"Nguyễn Thị Ánh":                {"nguyen.thi", "thi.anh"},
		"M. Yusuf":                      {"m.yusuf"},
		"Admin":                         {"pegawai"},
		"Help Desk Sari":                {"desk.sari"},
		"山田":                            {"pegawai"},
		"":                              {"pegawai"},
		"7 Sari":                        {"pegawai"},
	} {
		require.Equal(t, want, models.UsernameCandidates(name), name)
	}
}

func TestUsernameCandidatesAreAlwaysValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`([A-Za-z'.-]{1,90} ){0,5}`)).Draw(t, "name")
		candidates := models.UsernameCandidates(name)
		require.NotEmpty(t, candidates)
		for _, c := range candidates {
			require.True(t, models.ValidUsername(c), c)
			require.True(t, models.ValidUsername(models.WithNumber(c, rapid.IntRange(1, 1_000_000).Draw(t, "n"))))
		}
	})
}

func TestUsernames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "made.surya2", models.WithNumber("made.surya", 2))
	require.Equal(t, "made.surya", models.WithNumber("made.surya", 0))
	require.Len(t, models.WithNumber(strings.Repeat("a", 64), 12), 64)
	for _, s := range []string{"root", "Admin", "help.desk", "no.reply", "loket", "post.master"} {
		require.True(t, models.ReservedUsername(s), s)
		require.False(t, models.ValidUsername(s), s)
	}
	for _, s := range []string{"", "a", ".ab", "ab.", "a..b", "2ab", "Made", "ma-de", "ma de", "mаde", "ab\n", strings.Repeat("a", 65)} {
		require.False(t, models.ValidUsername(s), s)
	}
	for _, s := range []string{"ab", "surya.adi", "adi2", strings.Repeat("a", 64)} {
		require.True(t, models.ValidUsername(s), s)
	}
}
