package models

// Locale gives the language in which somebody is written to who asked for one: "en", or "id" for anything else. A language is
// known where it is its own.
func Locale(asked string) string {
	if asked == "en" {
		return asked
	}
	return "id"
}
