// Package linking asks applications that have their own login about their users: whether a username and a password are
// right, and which directorates somebody belongs to. Asker is the port; HTTP speaks the one protocol that applications
// have to serve (docs/decisions/0014-linking.md), and Service knows where each application is asked, and with which secret.
//
// It leaves counting wrong tries, and keeping links, to internal/desk and internal/store. A password goes through and
// stays nowhere: no error and no log line of this package holds what was sent.
package linking
