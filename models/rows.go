package models

import (
	"strconv"
	"strings"
)

// CheckRowDecisions refuses decisions on rows that do not exist, are named twice, have been decided already, or are
// rejected without a reason. States holds the row's state at index No-1.
func CheckRowDecisions(states []RowState, decisions []RowDecision) error {
	if len(decisions) == 0 {
		return Invalid(Fault("rows", "required"))
	}
	var faults []FieldFault
	seen := make(map[int]bool, len(decisions))
	for i, d := range decisions {
		field := "rows[" + strconv.Itoa(i) + "]"
		switch {
		case d.No < 1 || d.No > len(states):
			faults = append(faults, Fault(field+".no", "row_unknown", "no", strconv.Itoa(d.No)))
		case seen[d.No]:
			faults = append(faults, Fault(field+".no", "row_twice", "no", strconv.Itoa(d.No)))
		case states[d.No-1] != RowPending:
			return ErrAlreadyDecided.With("row", strconv.Itoa(d.No), "status", string(states[d.No-1]))
		case !d.Accept:
			faults = append(faults, CheckReason(field+".reason", d.Reason)...)
		default:
			faults = append(faults, CheckWords(field+".reason", d.Reason)...)
		}
		seen[d.No] = true
	}
	if len(faults) > 0 {
		return Invalid(faults...)
	}
	return nil
}

// CheckReason asks for a reason of 1 to MaxReason characters, as every refusal needs one.
func CheckReason(field, reason string) []FieldFault {
	if strings.TrimSpace(reason) == "" {
		return []FieldFault{Fault(field, "required")}
	}
	return CheckWords(field, reason)
}

// CheckWords is CheckReason where nothing need be said. Forms end lines with CR LF.
func CheckWords(field, words string) []FieldFault {
	return bounded(field, strings.ReplaceAll(words, "\r\n", "\n"), MaxReason, true)
}

// ApplyRows gives the states after the decisions.
func ApplyRows(states []RowState, decisions []RowDecision) []RowState {
	next := append([]RowState(nil), states...)
	for _, d := range decisions {
		next[d.No-1] = RowRejected
		if d.Accept {
			next[d.No-1] = RowAccepted
		}
	}
	return next
}

// MoveRows gives the states after every row in one state has gone to another.
func MoveRows(states []RowState, m RowMove) []RowState {
	next := append([]RowState(nil), states...)
	for i, s := range next {
		if s == m.From {
			next[i] = m.To
		}
	}
	return next
}

// CountRows counts the rows in one state.
func CountRows(states []RowState, s RowState) int {
	n := 0
	for _, x := range states {
		if x == s {
			n++
		}
	}
	return n
}
