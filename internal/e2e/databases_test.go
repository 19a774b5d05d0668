package e2e_test

import "testing"

// onBoth runs a test on either database, SQLite (no address) and PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, "") })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgres.NewDatabase(t)) })
}
