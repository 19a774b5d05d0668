// Package models owns the vocabulary and the rules of Loket: what a case is, what may happen to it, who may ask for
// it, which fields are well formed, and when something falls due. Everything here is pure: standard library only, no
// clock, no database, no network. Workflows, both counters and the store ask these functions instead of deciding
// for themselves, so that a rule lives in one place.
//
// It leaves order and waiting to workflows, the touching of the world to activities, SQL to internal/store, and
// words for people to internal/i18n: problems and faults carry codes, not sentences.
package models
