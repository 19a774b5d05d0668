// Package workflows says what happens next to a case, and when: the order of its stages, the waiting, the reminders,
// the escalation. Nothing else owns sequence. What may happen is asked of models; what touches the world is an
// activity. A workflow is one file, the memo one for each of its parts, and reads as the office would tell it.
package workflows
