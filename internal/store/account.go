package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"loket/models"
)

// The statuses of an account. A pending one waits for its owner to set a password; a disabled one lets nobody in.
const (
	AccountPending  = "pending"
	AccountActive   = "active"
	AccountDisabled = "disabled"
)

// Account is one account with what sign-in needs to know. PasswordHash is an encoded argon2id hash, empty while
// pending. Failures are those of browsers that are not known for the account; see Device.
type Account struct {
	ID                string `gorm:"primaryKey"`
	AgencyID          string
	Username          string
	Name              string
	Email             string
	EmployeeID        *string
	NIK               *string
	Status            string
	Locale            string
	Zone              string
	PasswordHash      string
	PasswordChangedAt *time.Time
	MustChange        bool
	Failures          `gorm:"embedded"`
	CreatedByCase     *string
	CompanyID         *string
	Responsible       bool
	EndsAt            *time.Time
	EndNoticed        *int
	Phone             string
	Created           time.Time
}

// TableName is the table's name.
func (Account) TableName() string { return "accounts" }

// NewAccount is what an admin knows of an account to be made. NIP ties it to a registry entry and is optional. With a
// PasswordHash the account is active at once. Grants are roles for an account that stands in no registry.
type NewAccount struct {
	Username, Name, Email string
	NIP                   string
	Locale                string // "id" where empty
	PasswordHash          string
	MustChange            bool
	Grants                []models.RoleGrant
}

// AccountByUsername finds an account whatever its status; models.ErrNotFound otherwise. Usernames are small letters.
func (s *Store) AccountByUsername(ctx context.Context, agency, username string) (Account, error) {
	var row Account
	err := s.reader(ctx).Where("agency_id = ? and username = ?", agency, username).Take(&row).Error
	return row, wrap(err, "find an account by username")
}

// AccountByID finds an account whatever its status; models.ErrNotFound otherwise.
func (s *Store) AccountByID(ctx context.Context, id string) (Account, error) {
	var row Account
	err := s.reader(ctx).Where("id = ?", id).Take(&row).Error
	return row, wrap(err, "find an account")
}

// CreateAccount makes an account and gives its id; models.ErrDuplicate when the username is taken or the employee has
// one, models.ErrNotFound when no employee has the NIP.
func (s *Store) CreateAccount(ctx context.Context, a models.Actor, in NewAccount) (string, error) {
	row := Account{
		ID: newID(), AgencyID: agencyOf(a), Username: in.Username, Name: in.Name, Email: in.Email, Status: AccountPending,
		Locale: in.Locale, Zone: "Asia/Jakarta", PasswordHash: in.PasswordHash, MustChange: in.MustChange, Created: s.caseNow(),
	}
	if row.Locale == "" {
		row.Locale = "id"
	}
	if in.PasswordHash != "" {
		now := s.wallNow()
		row.Status, row.PasswordChangedAt = AccountActive, &now
	}
	err := s.transact(ctx, "create an account", func(tx *gorm.DB) error {
		if err := row.tie(tx, in.NIP); err != nil {
			return err
		}
		if err := unheld(tx, row.AgencyID, row.Username); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return duplicate(err)
		}
		for _, g := range in.Grants {
			g.AccountID, g.EmployeeID = row.ID, ""
			if err := tx.Create(newGrantRow(row.AgencyID, "admin", g)).Error; err != nil {
				return err
			}
		}
		return s.note(tx, a, deed{stream: accountStream(row.ID), action: "account_created", object: "account:" + row.ID,
			after: map[string]any{"username": row.Username, "status": row.Status, "grants": in.Grants}})
	})
	return row.ID, err
}

// tie fills in from the registry what was not given.
func (r *Account) tie(tx *gorm.DB, nip string) error {
	if nip == "" {
		return nil
	}
	var e employeeRow
	if err := tx.Where("agency_id = ? and nip = ?", r.AgencyID, nip).Take(&e).Error; err != nil {
		return err
	}
	r.EmployeeID = &e.ID
	if r.Name == "" {
		r.Name = e.Name
	}
	if r.Email == "" {
		r.Email = e.ExternalEmail
	}
	return nil
}

// PasswordSet is a hash that takes the place of an account's last one. Checked is the last one, as whoever asks has proved to
// know it, empty where nobody asked them to. Where says in which session they did, which stays open, or by which token.
type PasswordSet struct {
	Account, Hash string
	MustChange    bool
	Checked       string
	Where         Proof
}

// SetPassword stores a hash, ends every session but the one it was asked in, forgets every device but that session's, kills
// open links, lifts a lock and tells the owner. a is whoever did it: where that is not the owner, personal tokens end as
// well. It gives the session's new token, "" without one. Checking and hashing take their time, in which the owner may have
// shut somebody out: models.ErrWrongCredentials where the password is no more what was checked, models.ErrUnauthenticated
// where the session or the token is over.
func (s *Store) SetPassword(ctx context.Context, a models.Actor, in PasswordSet) (string, error) {
	token := ""
	err := s.transact(ctx, "set a password", func(tx *gorm.DB) error {
		err := s.replacePassword(tx, newPassword{account: in.Account, hash: in.Hash, checked: in.Checked, mustChange: in.MustChange, keep: in.Where.SessionID,
			by: a.Origin, reset: a.AccountID != in.Account})
		if err != nil {
			return err
		}
		if token, err = s.stillOpen(tx, in.Account, in.Where); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(in.Account), action: "password_set", object: "account:" + in.Account,
			after: map[string]any{"must_change": in.MustChange}})
	})
	return token, err
}

// Rehash replaces the hash of an unchanged password, when the cost has been raised; false where the password is no more what
// was checked, or another sign-in has done so.
func (s *Store) Rehash(ctx context.Context, accountID, old, hash string) (bool, error) {
	done := s.write.WithContext(ctx).Exec("update accounts set password_hash = ? where id = ? and password_hash = ?", hash, accountID, old)
	return done.RowsAffected > 0, wrap(done.Error, "store a stronger hash")
}

// SetLocale stores the owner's language, "id" or "en".
func (s *Store) SetLocale(ctx context.Context, a models.Actor, locale string) error {
	if models.Locale(locale) != locale {
		return models.Invalid(models.Fault("locale", "locale_unknown"))
	}
	return s.transact(ctx, "set a language", func(tx *gorm.DB) error {
		if err := tx.Exec("update accounts set locale = ? where id = ?", locale, a.AccountID).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "locale_set", object: "account:" + a.AccountID,
			after: map[string]any{"locale": locale}})
	})
}

// unheld refuses a username that somebody may choose who activates their account.
func unheld(tx *gorm.DB, agency, username string) error {
	var held int64
	err := tx.Raw("select count(*) from username_holds where agency_id = ? and username = ?", agency, username).Scan(&held).Error
	if err == nil && held > 0 {
		err = models.ErrDuplicate
	}
	return err
}

func duplicate(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return models.ErrDuplicate
	}
	return err
}

// absent turns a broken reference into the public problem.
func absent(err error) error {
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return models.ErrNotFound
	}
	return err
}

// newID gives an id that sorts by time, which keeps indexes dense.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
