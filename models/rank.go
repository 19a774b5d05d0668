package models

import (
	"slices"
	"strings"
)

// Ranks lists the ranks (golongan) of civil servants from the lowest to the highest, as they are stored.
func Ranks() []string {
	return []string{"I/a", "I/b", "I/c", "I/d", "II/a", "II/b", "II/c", "II/d",
		"III/a", "III/b", "III/c", "III/d", "IV/a", "IV/b", "IV/c", "IV/d", "IV/e"}
}

// ParseRank gives a rank the one way it is stored, from any case and spacing: "iii / B" is III/b.
func ParseRank(field, s string) (string, []FieldFault) {
	typed := withoutSpaces(s)
	if typed == "" {
		return "", []FieldFault{Fault(field, "required")}
	}
	for _, r := range Ranks() {
		if strings.EqualFold(r, typed) {
			return r, nil
		}
	}
	return typed, []FieldFault{Fault(field, "rank_unknown")}
}

// parseContractRank reads the grade of PPPK, which is a plain Roman number from I to XVII.
func parseContractRank(field, s string) (string, []FieldFault) {
	grade := strings.ToUpper(withoutSpaces(s))
	grades := strings.Fields("I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII")
	if !slices.Contains(grades, grade) {
		return grade, []FieldFault{Fault(field, "rank_unknown")}
	}
	return grade, nil
}

// CheckRankDate refuses a TMT (the day from which a rank holds) that is missing or lies after today.
func CheckRankDate(field string, effective, today Date) []FieldFault {
	if effective.IsZero() {
		return []FieldFault{Fault(field, "required")}
	}
	if effective.After(today) {
		return []FieldFault{Fault(field, "date_in_future")}
	}
	return nil
}
