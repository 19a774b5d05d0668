// Package e2e holds the tests that stand outside: they run the built program as a process, use the portal in a real
// browser and the API over the wire, read the mail from the SMTP side, and kill the process when it hurts. It owns no
// code that ships.
package e2e
