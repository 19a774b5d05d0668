// Package api is the JSON counter: it owns the routes under /api/v1, binding and strict reading of bodies, bearer
// tokens, RFC 9457 problems, the OpenAPI 3.1 document and its page at /docs.
//
// What may be asked, and by whom in which case, belongs to internal/desk; rules to models; words to internal/i18n;
// what every request passes before it comes here to internal/edge. A comparison of statuses here is a defect.
package api
