// Package audit owns the arithmetic of the audit trail: which bytes of an entry are bound by its code, how entries are
// chained, what is masked before anything is written, and how a checkpoint is signed.
//
// It reads no database and no clock. Where entries and heads are stored, when they are sealed and how tampering is
// searched for belongs to internal/store; which keys there are, to internal/keyring.
package audit
