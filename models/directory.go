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
	Entry     DirectoryEntry
	Version   int64
	Lease     string
	State     string
	Attempts  int
	Changed   time.Time // wall time of the oldest change that is not carried
	LastError string
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

// How an account stands with the directory: waiting to be carried there, carried, refused for good, or left out by the
// service desk.
const (
	DirectoryQueued  = "queued"
	DirectoryCarried = "carried"
	DirectoryFailed  = "failed"
	DirectoryLeftOut = "left_out"
)

// The kinds of directories; DirectoryBuiltIn is Loket alone.
const (
	DirectoryBuiltIn = "builtin"
	DirectoryLDAP    = "ldap"
	DirectoryCSV     = "csv"
)

// DirectoryKinds lists them.
func DirectoryKinds() []string { return []string{DirectoryBuiltIn, DirectoryLDAP, DirectoryCSV} }
