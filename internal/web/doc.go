// Package web is the counter for people: the portal's pages, forms and look, in Indonesian and English, whole without
// JavaScript. It turns forms into models inputs, asks desk, and renders what comes back.
//
// It leaves to others: whether something may be done and what follows (models, desk), who comes in and what headers
// every answer bears (internal/edge), the words (internal/i18n), and JSON (api).
package web
