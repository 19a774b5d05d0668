package models

import "time"

// RowResult is what came of an officer's word on one row: State is where the row stands now. Done is false where
// somebody else, By, had decided it before.
type RowResult struct {
	No    int      `json:"no"`
	State RowState `json:"state"`
	Done  bool     `json:"done"`
	By    string   `json:"by,omitempty"`
}

// DecidedRow is a row that an officer has decided: with what outcome, who (by account and name) and when.
type DecidedRow struct {
	No    int
	State RowState
	ByID  string
	By    string
	At    time.Time
}
