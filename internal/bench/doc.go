// Package bench measures the figures of an installation against what a bare program needs for the same work: memos
// through REST beside a plain Temporal program, the status page beside a plain Gin handler, the inbox, the cost of
// waiting, and the door: sign-ins, activations, and how alike the answers of public forms are. Both sides run in one process
// against one PostgreSQL, in turns, so that a busy machine slows both; what counts is their ratio.
//
// It owns the invented office that is measured, the bare programs, the load and the report. It leaves starting an
// installation and its engine to the command.
package bench
