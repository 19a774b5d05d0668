package models

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSearchText(t *testing.T) {
	for typed, sought := range map[string]string{
		"19850101 201001 1 001":                "198501012010011001",
		" 198501012010011001\t":                "198501012010011001",
		"19850101\u00a0201001\u00a01\u00a0001": "198501012010011001",
		"3174 0123 0991 0001":                  "3174012309910001",
		" akses  Flexiwork ":                   "akses  Flexiwork",
		"2025 2026":                            "2025 2026",
		"ND-14/KEM.1.2/2026 ":                  "ND-14/KEM.1.2/2026",
		"  ":                                   "",
	} {
		require.Equal(t, sought, SearchText(typed))
	}
}
