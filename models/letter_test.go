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
		{"a new round that waits for a head has no approval sheet yet", append(approved[:8:8], models.EventReturned, models.StatusReturned, models.EventResent, models.StatusApproval),
			editions{"memo": 6}},
		{"a round that goes on with the officers keeps the head's word", append(approved[:8:8], models.EventReturned, models.StatusReturned, models.EventResent, models.StatusVerification),
			editions{"memo": 6, "approval": 6}},
		{"people left out are a new edition of the results and of the sheet",
			append(verified[:12:12], models.EventTrouble, models.StatusProvisioning, models.EventSkipped, models.StatusProvisioning, models.EventSkipped, models.StatusRefused),
			editions{"memo": 2, "approval": 9, "results": 9}},
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

func TestSignedBy(t *testing.T) {
	sent := []any{models.EventDrafted, models.StatusDraft, models.EventSent, models.StatusApproval}
	approved := append(sent[:4:4], models.EventApproved, models.StatusVerification)
	returned := append(approved[:6:6], models.EventReturned, models.StatusReturned)
	for _, test := range []struct {
		name   string
		events []any
		want   int
	}{
		{"nobody while no one has decided", sent, 0},
		{"the head who approved", approved, 3},
		{"the officer after the head", append(approved[:6:6], models.EventVerified, models.StatusProvisioning, models.EventProvision, models.StatusActivation), 4},
		{"who returned it, while it is being revised", returned, 4},
		{"nobody once it is sent again to the head", append(returned[:8:8], models.EventResent, models.StatusApproval), 0},
		{"the head still, once it is sent again to the officers", append(returned[:8:8], models.EventResent, models.StatusVerification), 3},
		{"the head, when the officers let the time pass", append(approved[:6:6], models.EventExpired, models.StatusExpired), 3},
		{"the head, when the sender withdraws", append(approved[:6:6], models.EventWithdrawn, models.StatusWithdrawn), 3},
	} {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, models.SignedBy(happened(test.events...))) })
	}
	t.Run("a sheet whose round was begun anew holds no more", func(t *testing.T) {
		timeline := happened(append(returned[:8:8], models.EventResent, models.StatusApproval)...)
		require.Equal(t, models.LetterSuperseded, models.CheckLetter(models.StatusApproval, timeline, models.LetterApproval, 3))
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
