// Package oidc owns the OpenID provider: what an application may ask for, the codes and tokens it gets, the keys that
// sign them, and telling applications that a session has ended. The protocol's grammar is ory/fosite's, which nobody
// outside this package sees.
//
// It leaves who is asking to internal/auth, every page that a person sees to internal/web, and rows to internal/store.
// Only digests of codes and tokens are stored.
package oidc
