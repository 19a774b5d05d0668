// Package relying is a small application that signs people in through Loket, written as an agency would write its own:
// with a standard OpenID client library and nothing of Loket's. The demo runs two of them, so that one click shows
// single sign-on, and another single sign-out; a third has a user table of its own (Users), to which accounts are linked.
//
// It leaves being registered to whoever starts it, and keeps its sessions in memory: they are gone when it stops.
package relying
