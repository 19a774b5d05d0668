package models

import (
	"strings"
	"unicode"
)

// foldLatin gives small letters, Latin ones without accents: "Sørén" is "soren". Apostrophes and combining marks go.
// Letters of other scripts stay, lowered.
func foldLatin(s string) string {
	var b strings.Builder
	for _, r := range s {
		r = unicode.ToLower(r)
		switch {
		case r < unicode.MaxASCII && r != '\'' && r != '`':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || strings.ContainsRune("'`’‘ʼʻ´", r):
		default:
			b.WriteString(foldLetter(r))
		}
	}
	return b.String()
}

// foldLetter knows the accented letters of Latin-1, Latin Extended-A and Vietnamese, which is what names bring along.
func foldLetter(r rune) string {
	table := [...][2]string{
		{"àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "a"}, {"çćĉċč", "c"}, {"ďđð", "d"}, {"èéêëēĕėęěẹẻẽếềểễệ", "e"}, {"ĝğġģ", "g"}, {"ĥħ", "h"},
		{"ìíîïĩīĭįıǐỉị", "i"}, {"ĵ", "j"}, {"ķ", "k"}, {"ĺļľŀł", "l"}, {"ñńņňŋ", "n"}, {"òóôõöøōŏőơǒọỏốồổỗộớờởỡợ", "o"},
		{"ŕŗř", "r"}, {"śŝşšș", "s"}, {"ţťŧț", "t"}, {"ùúûüũūŭůűųưǔụủứừửữự", "u"}, {"ŵ", "w"}, {"ýÿŷỳỵỷỹ", "y"}, {"źżž", "z"},
		{"æ", "ae"}, {"œ", "oe"}, {"ß", "ss"}, {"þ", "th"},
	}
	for _, row := range table {
		if strings.ContainsRune(row[0], r) {
			return row[1]
		}
	}
	return string(r)
}
