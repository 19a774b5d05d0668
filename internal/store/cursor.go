package store

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"loket/models"
)

const (
	pageDefault = 25
	pageMost    = 200
)

// cursor is where a page ended: the values of the sort keys of its last row. List keeps a cursor of one list from
// being used in another.
type cursor struct {
	List string    `json:"l"`
	At   time.Time `json:"t,omitzero"`
	Name string    `json:"n,omitempty"`
	ID   string    `json:"i,omitempty"`
	No   int64     `json:"o,omitempty"`
}

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		return "" // cannot happen: strings, a number and an instant
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// page reads a page query: how many rows, and where the page before ended (nil for the first).
func page(q models.PageQuery, list string) (int, *cursor, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = pageDefault
	}
	limit = min(limit, pageMost)
	if q.Cursor == "" {
		return limit, nil, nil
	}
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || json.Unmarshal(b, &c) != nil || c.List != list || !c.storable() {
		return 0, nil, models.Invalid(models.Fault("cursor", "cursor_invalid"))
	}
	c.At = micro(c.At)
	return limit, &c, nil
}

// storable tells whether the databases take the values: a cursor comes back from outside.
func (c cursor) storable() bool {
	year := c.At.UTC().Year()
	return 0 <= year && year <= 9999 && !strings.ContainsRune(c.Name+c.ID, 0)
}

// cut makes a page of up to limit+1 rows: the one too many says that another page follows.
func cut[R, T any](rows []R, limit int, show func(R) T, mark func(R) cursor) models.Page[T] {
	p := models.Page[T]{Items: []T{}, Total: -1}
	if len(rows) > limit {
		rows = rows[:limit]
		p.Next = mark(rows[limit-1]).encode()
	}
	for _, r := range rows {
		p.Items = append(p.Items, show(r))
	}
	return p
}
