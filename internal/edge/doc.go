// Package edge owns what every request passes before a counter sees it, and what every answer passes on its way out:
// the route table, request ids, the access log, panics, the Host check, trusted proxies, security headers, body
// limits, rates, cross-site requests, cookies, compression, strict JSON, metrics, health and the graceful stop.
//
// It knows no business: who is signed in and what they may do with a case belongs to internal/desk, the words and
// shapes of answers to api and internal/web, which hand in how a problem is written.
package edge
