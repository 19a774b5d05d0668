package models

// CheckRecapRow checks one row by itself; found is nil for a person that the registry does not know.
func CheckRecapRow(row RecapRow, kind MemoKind, found *RegistryEntry, ctx RecapContext) []RowFinding {
	return CheckRecap([]RecapRow{row}, kind, func(RecapRow) *RegistryEntry { return found }, ctx)[0]
}
