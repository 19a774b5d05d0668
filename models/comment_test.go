package models

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMayComment(t *testing.T) {
	c := Case{ID: "c", Status: StatusApproval, Stage: StageHead, Requester: "writer", Sender: "sender", Unit: "KEM.1", UnitPath: "/KEM/KEM.1/",
		Candidates: []Candidate{{Role: RoleHead, Unit: "KEM.1"}}}
	head := Actor{AccountID: "head", Grants: []Grant{{Role: RoleHead, Unit: "KEM.1", UnitPath: "/KEM/KEM.1/"}}}
	auditor := Actor{AccountID: "auditor", Grants: []Grant{{Role: RoleAuditor, Unit: "KEM", UnitPath: "/KEM/"}}}
	listed := Actor{AccountID: "listed", Listed: true}
	for name, x := range map[string]struct {
		actor   Actor
		decided bool
		reads   bool
		refused error
	}{
		"the sender may":                         {Actor{AccountID: "sender"}, false, true, nil},
		"the writer may":                         {Actor{AccountID: "writer"}, false, true, nil},
		"whoever is asked may":                   {head, false, true, nil},
		"whoever decided before may":             {Actor{AccountID: "before"}, true, true, nil},
		"somebody merely listed neither reads":   {listed, false, false, ErrForbidden},
		"an auditor reads and says nothing":      {auditor, false, true, ErrForbidden},
		"an auditor who heads the unit may":      {Actor{AccountID: "both", Grants: append(auditor.Grants, head.Grants...)}, false, true, nil},
		"somebody listed who decided before may": {Actor{AccountID: "both", Listed: true}, true, true, nil},
		"a stranger neither reads":               {Actor{AccountID: "nobody"}, false, false, ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, x.reads, ReadsComments(c, x.actor, x.decided))
			require.ErrorIs(t, MayComment(c, x.actor, x.decided), x.refused)
		})
	}
	t.Run("nobody once it is over", func(t *testing.T) {
		for _, s := range Statuses() {
			c := c
			c.Status = s
			err := MayComment(c, Actor{AccountID: "sender"}, false)
			require.Equal(t, s.Final(), err != nil, s)
			if err != nil {
				require.ErrorIs(t, err, ErrNotNow)
			}
		}
	})
}

func TestCheckComment(t *testing.T) {
	for name, x := range map[string]struct{ text, code string }{
		"nothing":              {"", "required"},
		"the longest":          {strings.Repeat("é", MaxComment), ""},
		"one more":             {strings.Repeat("é", MaxComment+1), "text_too_long"},
		"lines":                {"satu\ndua", ""},
		"what cannot be seen":  {"a\u202eb", "text_unseen_characters"},
		"a zero byte":          {"a\x00b", "text_unseen_characters"},
		"broken text":          {"a\xffb", "text_unseen_characters"},
		"markup is plain text": {"<b>tebal</b>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			faults := CheckComment(x.text)
			if x.code == "" {
				require.Empty(t, faults)
				return
			}
			require.Equal(t, x.code, faults[0].Code)
			require.Equal(t, "text", faults[0].Field)
		})
	}
	require.Equal(t, "satu\ndua", NormalizeComment("  satu\r\ndua \n"))
}
