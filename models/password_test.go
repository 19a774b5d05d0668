package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func TestPasswordPolicies(t *testing.T) {
	t.Parallel()
	ctx := models.PasswordContext{Username: "made.surya", Name: "Made Surya Adi",
		Blocklisted: func(pw string) bool { return pw == "kataSandi#2026" || strings.HasPrefix(pw, "katasandi") }}
	agency, nist := models.AgencyPolicy(), models.NISTPolicy()
	cases := []struct {
		name, pw string
		policy   models.PasswordPolicy
		want     string
	}{
		{"agency: all rules met", "Teh-Poci#2026", agency, ""},
		{"agency: twelve characters are enough", "Abcdefghij1!", agency, ""},
		{"agency: eleven are not", "Abcdefghi1!", agency, "password_min_length"},
		{"agency: characters count, not bytes", "Äbcdéfghi1!", agency, "password_min_length"},
		{"agency: each class is asked for", "            ", agency, "password_lower password_upper password_digit password_symbol"},
		{"agency: other symbols are allowed but do not count", "Teh-Poci+2026", agency, "password_symbol"},
		{"agency: a common one", "KataSandi#2026", agency, "password_common"},
		{"agency: the username", "X1!made.surya!", agency, "password_contains_username"},
		{"agency: a word of the name", "SURYAku!2026x", agency, "password_contains_name"},
		{"agency: a short word of the name may occur", "Tradisi!2026x", agency, ""},
		{"nothing", "", agency, "required"},
		{"a control character", "Teh-Poci#2026\x00", agency, "password_characters"},
		{"broken text", "Teh-Poci#2026\xff", agency, "password_characters"},
		{"far too long", strings.Repeat("Teh-Poci#2026", 20), agency, "password_too_long"},
		{"nist: no classes", "teh poci hangat", nist, ""},
		{"nist: fourteen are too few", "teh poci hanga", nist, "password_min_length"},
		{"nist: a common one", "katasandikatasandi", nist, "password_common"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, codes(tc.policy.Check(tc.pw, ctx)))
		})
	}
	require.Equal(t, 5, agency.History)
	require.Zero(t, nist.MaxAge)
}

func TestPasswordRulesAgreeWithTheCheck(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pw := rapid.StringMatching(`[a-zA-Z0-9!@+ ]{1,30}`).Draw(t, "pw")
		policy := rapid.SampledFrom([]models.PasswordPolicy{models.AgencyPolicy(), models.NISTPolicy()}).Draw(t, "policy")
		var unmet []models.FieldFault
		for _, r := range policy.Rules(pw) {
			if !r.Met {
				unmet = append(unmet, models.FieldFault{Field: "password", Code: r.Code, Params: r.Params})
			}
		}
		require.Equal(t, unmet, policy.Check(pw, models.PasswordContext{}))
	})
}
