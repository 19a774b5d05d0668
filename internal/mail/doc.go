// Package mail owns how a message looks and how it leaves the house: it renders each kind of notice in the recipient's
// language, speaks SMTP, and carries waiting notices from the outbox to the server until they are accepted, refused
// or too old. Who is told what is decided by the case that writes the notice; where notices wait is the store's; the
// words are in the catalogue of internal/i18n. Addresses, texts and secrets never reach the log.
package mail
