// Package calendar holds the business calendar that an installation begins with: the working week, holidays and joint
// leave of the central government in western Indonesia. What an office makes of it, and every other calendar, is in the
// database; the arithmetic is in models.
package calendar

import (
	_ "embed"

	"loket/models"
)

//go:embed id-2026.json
var builtIn []byte

// BuiltIn is the calendar of a new installation.
func BuiltIn() (models.Calendar, error) { return models.ParseCalendar(builtIn) }
