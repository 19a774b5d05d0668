package api

import (
	"net/url"
	"strconv"
	"strings"

	"loket/models"
)

// Paging is the part of a list's query that every list has.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"Where the page begins: next of the page before. Opaque."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"25" doc:"Items on a page." example:"50"`
}

func (p Paging) query() models.PageQuery { return models.PageQuery{Cursor: p.Cursor, Limit: p.Limit} }

// listed is one page as it is answered.
type listed[T any] struct {
	Link string `header:"Link" doc:"The following page as rel=\"next\"; absent on the last."`
	Body models.Page[T]
}

// list answers a page, with the link to the one that follows. kept are the query's other parameters, by name.
func list[T any](path string, p models.Page[T], limit int, kept url.Values) *listed[T] {
	if p.Items == nil {
		p.Items = []T{} // an empty list, never null
	}
	return &listed[T]{Link: nextLink(path, p.Next, limit, kept), Body: p}
}

func nextLink(path, next string, limit int, kept url.Values) string {
	if next == "" {
		return ""
	}
	q := url.Values{"cursor": {next}, "limit": {strconv.Itoa(limit)}}
	for name, values := range kept {
		if len(values) > 0 && values[0] != "" {
			q[name] = values
		}
	}
	return "<" + Prefix + path + "?" + q.Encode() + `>; rel="next"`
}

// plain is a list that always comes whole.
type plain[T any] struct {
	Body struct {
		Items []T `json:"items"`
	}
}

func whole[T any](items []T) *plain[T] {
	out := &plain[T]{}
	out.Body.Items = append([]T{}, items...)
	return out
}

// Keyed is an operation that can be repeated without happening twice.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"255" pattern:"^[!-~]{1,255}$" doc:"Your own name for this request, 1 to 255 visible ASCII characters. The same key and content converge on the first outcome for 30 days." example:"7f0c2c9e-memo-1"`
}

// Versioned is an operation that is refused when the memo changed since it was read.
type Versioned struct {
	IfMatch string `header:"If-Match" maxLength:"64" doc:"The ETag as you read it. Without it, nothing is compared." example:"\"7\""`
}

// version gives the number behind If-Match; 0 for none and for *, which compare nothing. Only strong tags are ours.
func (v Versioned) version() (int, error) {
	tag := strings.TrimSpace(v.IfMatch)
	if tag == "" || tag == "*" {
		return 0, nil
	}
	inner, ok := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	n, err := strconv.Atoi(inner)
	if !ok || !closed || err != nil || n < 1 {
		return 0, models.ErrStale
	}
	return n, nil
}

func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }
