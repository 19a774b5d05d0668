// Package check proves, after any trouble, that what the service promises still holds: R1 to R9, a file or a few each. It
// compares the database with the engine's histories and each with itself, reports what contradicts, and on request
// brings the projection back to what the workflows say.
//
// It owns the questions. How the database answers is the store's, what a case comes to is the workflows' (their
// histories are replayed, so that no worker need run), and where database and engine are is the command's.
package check
