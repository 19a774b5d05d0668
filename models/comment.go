package models

import (
	"strings"
	"time"
)

// MaxComment bounds a comment, in characters.
const MaxComment = 2000

// CommentPause is how long nobody gets another mail about comments on one case.
const CommentPause = 15 * time.Minute

// Comment is what somebody concerned says about a case beside its decisions. It is plain text.
type Comment struct {
	ID         string    `json:"id"`
	AuthorName string    `json:"author_name"`
	Own        bool      `json:"own"` // written by whoever reads it
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
}

// NormalizeComment gives a comment as it is kept: without blanks around it, line breaks written one way.
func NormalizeComment(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

// CheckComment asks for 1 to MaxComment characters of plain text.
func CheckComment(text string) []FieldFault {
	if text == "" {
		return []FieldFault{Fault("text", "required")}
	}
	return bounded("text", text, MaxComment, true)
}

// ReadsComments tells whether the actor, whose standing the caller knows, reads what is said about a case: everybody who
// sees it on other grounds than being listed in it, since it may be about the others.
func ReadsComments(c Case, a Actor, decided bool) bool {
	a.Listed = false
	return Sees(c, a, decided)
}

// MayComment refuses whoever sees the case merely as somebody listed or as an auditor, and everybody once it is over.
func MayComment(c Case, a Actor, decided bool) error {
	var grants []Grant
	for _, g := range a.Grants {
		if g.Role != RoleAuditor {
			grants = append(grants, g)
		}
	}
	a.Grants = grants
	switch {
	case !ReadsComments(c, a, decided):
		return ErrForbidden
	case c.Status.Final():
		return ErrNotNow.With("status", string(c.Status))
	}
	return nil
}
