package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// happened is a timeline of these events, each with the status after it.
func happened(events ...any) []models.TimelineEvent {
	var list []models.TimelineEvent
	for i := 0; i+1 < len(events); i += 2 {
		list = append(list, models.TimelineEvent{Seq: i/2 + 1, Type: events[i].(models.EventType), Status: events[i+1].(models.Status)})
	}
	return list
}

func TestLetters(t *testing.T) {
	sent := []any{models.EventDrafted, models.StatusDraft, models.EventSent, models.StatusApproval}
	approved := append(sent[:4:4], models.EventReminded, models.StatusApproval, models.EventApproved, models.StatusVerification)
	verified := append(approved[:8:8], models.EventRows, models.StatusVerification, models.EventVerified, models.StatusProvisioning)
	type editions = map[models.LetterKind]int
	for _, test := range []struct {
		name   string
		events []any
		want   editions
	}{
		{"a draft has no letters", sent[:2], editions{}},
		{"a memo under way has itself", sent, editions{"memo": 2}},
		{"a head's word earns the approval sheet", approved, editions{"memo": 2, "approval": 4}},
		{"a head's refusal earns no list of results", append(sent[:4:4], models.EventRefused, models.StatusRefused), editions{"memo": 2, "approval": 3}},
		{"the officers' word earns the list of results", verified, editions{"memo": 2, "approval": 6, "results": 6}},
		{"so does their refusal of everybody", append(approved[:8:8], models.EventRefused, models.StatusRefused), editions{"memo": 2, "approval": 5, "results": 5}},
		{"accounts made are a new edition of the results alone", append(verified[:12:12], models.EventProvision, models.StatusActivation, models.EventCredential, models.StatusActivation),
			editions{"memo": 2, "approval": 6, "results": 7}},
		{"a memo under revision has what was sent, and who returned it", append(approved[:8:8], models.EventReturned, models.StatusReturned), editions{"memo": 2, "approval": 5}},
		{"a new round is a new edition of both", append(approved[:8:8], models.EventReturned, models.StatusReturned, models.EventResent, models.StatusApproval),
			editions{"memo": 6, "approval": 6}},
		{"a memo that nobody answered has no approval sheet", append(sent[:4:4], models.EventExpired, models.StatusExpired), editions{"memo": 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, models.Letters(happened(test.events...)))
		})
	}
	t.Run("a letter holds until it is superseded or the memo withdrawn", func(t *testing.T) {
		timeline := happened(verified...)
		require.Empty(t, models.CheckLetter(models.StatusProvisioning, timeline, models.LetterApproval, 6))
		require.Equal(t, models.LetterSuperseded, models.CheckLetter(models.StatusProvisioning, timeline, models.LetterApproval, 4))
		require.Equal(t, models.LetterWithdrawn, models.CheckLetter(models.StatusWithdrawn, timeline, models.LetterMemo, 2))
	})
}

func TestOutcomeOf(t *testing.T) {
	for status, want := range map[models.Status]models.MemoOutcome{
		models.StatusApproval: "open", models.StatusReturned: "open", models.StatusVerification: "open", models.StatusActivation: "partly",
		models.StatusDone: "partly", models.StatusRefused: "refused", models.StatusWithdrawn: "withdrawn", models.StatusExpired: "expired",
	} {
		require.Equal(t, want, models.OutcomeOf(status, models.RowCounts{Total: 2, Rejected: 1, Activated: 1}), status)
	}
	require.Equal(t, models.OutcomeAccepted, models.OutcomeOf(models.StatusDone, models.RowCounts{Total: 2, Lapsed: 1, Activated: 1}))
}
