package audit

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"loket/models"
)

// hidden stands where a secret would.
const hidden = "***"

// Mask hides what the trail must not hold: citizen numbers wherever they stand in the entry's text, and the values of
// JSON members that are named like a secret.
func Mask(e models.AuditEntry) models.AuditEntry {
	digits := regexp.MustCompile(`[0-9]+`)
	mask := func(s string) string { return digits.ReplaceAllStringFunc(s, maskNumber) }
	e.Object, e.Action = mask(e.Object), mask(e.Action)
	e.Before, e.After = mask(withoutSecrets(e.Before)), mask(withoutSecrets(e.After))
	e.Origin.UserAgent = mask(e.Origin.UserAgent)
	return e
}

// State is a state before or after, as compact JSON for an entry. Keys come out sorted, so that equal states are equal
// text.
func State(state map[string]any) (string, error) {
	if len(state) == 0 {
		return "", nil
	}
	b, err := json.Marshal(state)
	if err != nil {
		return "", fmt.Errorf("write a state for the audit trail: %w", err)
	}
	return string(b), nil
}

// maskNumber leaves every number alone but those of the length of a NIK; a NIP has 18 digits.
func maskNumber(digits string) string {
	if len(digits) == 16 {
		return models.MaskNIK(digits)
	}
	return digits
}

func withoutSecrets(text string) string {
	if text == "" {
		return ""
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber() // a long number must not come out rounded
	var v any
	if dec.Decode(&v) != nil {
		return text
	}
	clean, err := json.Marshal(scrub(v))
	if err != nil {
		return hidden
	}
	return string(clean)
}

func scrub(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if secretName(name) {
				v[name] = hidden
			} else {
				v[name] = scrub(member)
			}
		}
	case []any:
		for i := range v {
			v[i] = scrub(v[i])
		}
	}
	return v
}

func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"password", "secret", "token", "passphrase", "pin", "otp"} {
		if name == part || strings.HasPrefix(name, part+"_") || strings.HasSuffix(name, "_"+part) {
			return true
		}
	}
	return false
}
