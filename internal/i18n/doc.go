// Package i18n owns the program's words: the catalogue of Indonesian and English messages, plural forms, dates, zone
// names and counts of working time. Every file under locales/ is loaded; a file has the same name and the same keys in
// both languages. What to say, and when, is left to the counters and to mail; escaping is left to the templates.
package i18n
