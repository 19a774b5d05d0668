package archtest

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// requirements holds a heading for every rule that is cited by its number.
const requirements = "docs/requirements.md"

var (
	// lineBreaks are those of prose and of comments, which a citation may stand astride.
	lineBreaks = regexp.MustCompile(`\s*\n\s*(?://|--|>)?\s*`)
	cited      = regexp.MustCompile(`\b(PRODUCT|TIMING|QUALITY|ARCHITECTURE|ENGINE),? (?:section |rule )?(\d[\da-z.]*(?: and \d[\da-z.]*)*|'[^']+')`)
	headed     = regexp.MustCompile(`(?m)^#+ (PRODUCT|TIMING|QUALITY|ARCHITECTURE|ENGINE) (\d[\da-z.]*|'[^']+')`)
)

// citationsIn gives every rule that a text cites, as PRODUCT 3.1.4 or TIMING 'Approvals'.
func citationsIn(text string) []string {
	var list []string
	for _, m := range cited.FindAllStringSubmatch(lineBreaks.ReplaceAllString(text, " "), -1) {
		for rule := range strings.SplitSeq(m[2], " and ") {
			list = append(list, m[1]+" "+strings.TrimRight(rule, "."))
		}
	}
	return list
}

func TestCitationsIn(t *testing.T) {
	require.Equal(t, []string{"PRODUCT 3.1.4", "PRODUCT 3.1.5", "TIMING 'Approvals'", "QUALITY 3", "TIMING 10", "ARCHITECTURE 3a"},
		citationsIn("(PRODUCT 3.1.4 and 3.1.5, TIMING\n// 'Approvals'), QUALITY section 3. TIMING, rule 10; PRODUCT as such; (ARCHITECTURE\n\t// 3a)"))
}

func TestCitations(t *testing.T) {
	var headings []string
	for _, m := range headed.FindAllStringSubmatch(string(contents(t, requirements)), -1) {
		rule := m[1] + " " + strings.TrimRight(m[2], ".")
		require.NotContains(t, headings, rule, "a rule has one heading")
		headings = append(headings, rule)
	}
	found := 0
	for _, name := range trackedFiles(t) {
		if !slices.Contains([]string{".go", ".md", ".sql"}, filepath.Ext(name)) || name == "internal/archtest/citations_test.go" {
			continue
		}
		for _, rule := range citationsIn(string(contents(t, name))) {
			found++
			require.Contains(t, headings, rule, "%s cites what %s does not tell", name, requirements)
		}
	}
	require.Greater(t, found, 50, "citations are found at all")
}
