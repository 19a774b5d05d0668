package pdf

import "strings"

// wrap breaks a clean text into lines of at most width millimetres, at blanks where it can. A word wider than a line is
// broken after a sign that addresses and numbers break at, else wherever it must. Blank lines stay; an empty text has
// no lines.
func wrap(t *typeface, text string, points, width float64) []string {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapParagraph(t, paragraph, points, width)...)
	}
	return lines
}

func wrapParagraph(t *typeface, text string, points, width float64) []string {
	var lines []string
	line, used := "", 0.0
	blank := t.width(" ", points)
	for _, word := range strings.Fields(text) {
		w := t.width(word, points)
		if line != "" && used+blank+w <= width {
			line, used = line+" "+word, used+blank+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		var whole []string
		whole, line = splitWord(t, word, points, width)
		lines = append(lines, whole...)
		used = t.width(line, points)
	}
	return append(lines, line)
}

// splitWord cuts full lines off a word until the rest fits. Each line holds at least one character.
func splitWord(t *typeface, word string, points, width float64) (lines []string, rest string) {
	for {
		cut := cutAt(t, word, points, width)
		if cut == len(word) {
			return lines, word
		}
		lines = append(lines, word[:cut])
		word = word[cut:]
	}
}

// cutAt is how many bytes of a word fit on a line, at least a character.
func cutAt(t *typeface, word string, points, width float64) int {
	used, soft, most := 0, 0, int(width/points/pointMM*1000)
	for at, r := range word {
		used += max(0, t.advance(r))
		if used > most && at > 0 {
			if soft > at/2 {
				return soft
			}
			return at
		}
		if strings.ContainsRune("/@.-_?&=,", r) {
			soft = at + 1
		}
	}
	return len(word)
}
