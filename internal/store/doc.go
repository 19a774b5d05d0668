// Package store owns SQL: the tables, their migrations, and every statement on PostgreSQL and on SQLite. It is the
// projection that people read, and the one place where a change of a case becomes a row, an event, a work item,
// notices and an audit entry together.
//
// It decides nothing: whether something may happen is asked of models before it gets here, and the order of steps
// belongs to workflows. It makes no network call but to the database. Files are named by noun and verb.
package store
