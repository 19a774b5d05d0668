// Package directory owns how accounts reach a directory outside Loket: the port that every directory satisfies, the
// adapters behind it (LDAP, files of changes), and the carrier that brings waiting accounts to it for as long as it
// takes. What an account shall look like is the store's to say; a directory only makes it so. Password hashes pass
// through and are neither logged nor told in errors.
package directory
