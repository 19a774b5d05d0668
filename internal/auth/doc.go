// Package auth owns who is asking: passwords and their hashing, sign-in and its lock, sessions, personal tokens and
// one-use links. It answers alike, in the same time, for people it knows and people it does not.
//
// It leaves what the person may then do to models and internal/desk, cookies and rates by address to internal/edge,
// and rows to internal/store, which also keeps the digests: no token is stored anywhere.
package auth
