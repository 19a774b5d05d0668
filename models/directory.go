package models

import "time"

// AccountKind is how the owner of an account belongs to the agency.
type AccountKind string

// The kinds of owners.
const (
	AccountOfEmployee AccountKind = "employee" // stands in the registry and is no contract staff
	AccountOfContract AccountKind = "contract"
	AccountOfCompany  AccountKind = "company" // a trader's
)

// DirectoryEntry is an account as a directory shall have it.
type DirectoryEntry struct {
	AccountID, Username, Name, Email string
	Kind                             AccountKind
	// Disabled accounts let nobody in: no password, no applications.
	Disabled bool
	// PasswordHash is an encoded argon2id hash; empty where no password opens the account, or none that its owner chose.
	PasswordHash string
	PasswordSet  *time.Time
	Applications []string // ids, sorted
}

// DirectoryTask is an account that is to be carried to the directory, with the newest state of it. Version is which of
// the account's changes that state holds; Lease proves that the task is still its carrier's.
type DirectoryTask struct {
	Entry          DirectoryEntry
	Version        int64
	Lease          string
	Attempts       int
	Changed        time.Time // wall time of the oldest change that is not carried
	LastError      string
	LeftOut, Stuck bool // by the service desk; refused for good
}

// DirectoryState is how an agency's directory stands. Kind is builtin where there is none besides Loket.
type DirectoryState struct {
	Kind    string     `json:"kind"`
	Waiting int        `json:"waiting"`
	Since   *time.Time `json:"since,omitempty"`
	Trouble string     `json:"trouble,omitempty"`
	Failed  int        `json:"failed"`
	LeftOut int        `json:"left_out"`
}

// DirectoryFailure is an account whose change the directory refused for good, or that was left out.
type DirectoryFailure struct {
	AccountID string    `json:"account_id"`
	Username  string    `json:"username"`
	Name      string    `json:"name"`
	State     string    `json:"state"`
	Reason    string    `json:"reason"`
	Since     time.Time `json:"since"`
	Attempts  int       `json:"attempts"`
}

// The states of a DirectoryFailure.
const (
	DirectoryFailed  = "failed"
	DirectoryLeftOut = "left_out"
)

// DirectoryBuiltIn is the kind of directory that is Loket alone.
const DirectoryBuiltIn = "builtin"
