package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

const (
	// deviceLife is how long a browser stays known after the last sign-in from it.
	deviceLife = 180 * 24 * time.Hour
	deviceUse  = "device"
)

// Device is a browser in which an account's owner has signed in. It is known by a token, of which a digest is kept; its
// instants are wall time. Failures are its own: strangers lock the account for every browser but the known ones, and
// what fails in a known one locks that one alone. UserAgent and LastSeen are of the
// last sign-in.
type Device struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	Digest    string
	AccountID string
	Created   time.Time
	Expires   time.Time
	UserAgent string
	LastSeen  *time.Time
	Failures  `gorm:"embedded"`

	isNew bool // met for the first time
}

// TableName is the table's name.
func (Device) TableName() string { return "known_devices" }

// KnownDevice finds the device of a token among those known for an account; none is the zero Device.
func (s *Store) KnownDevice(ctx context.Context, accountID, token string) (Device, error) {
	var rows []Device
	err := s.reader(ctx).Where("digest = ? and account_id = ? and expires > ?", s.digest(deviceUse, token), accountID, s.wallNow()).
		Limit(1).Find(&rows).Error
	return first(rows), wrap(err, "find a device")
}

// DeviceByID finds a device that is known for an account; none, as after a new password, is the zero Device.
func (s *Store) DeviceByID(ctx context.Context, accountID, id string) (Device, error) {
	device, err := deviceOf(s.reader(ctx), accountID, id)
	return device, wrap(err, "look at a device")
}

func deviceOf(tx *gorm.DB, accountID, id string) (Device, error) {
	if id == "" {
		return Device{}, nil
	}
	var rows []Device
	err := tx.Where("id = ? and account_id = ?", id, accountID).Limit(1).Find(&rows).Error
	return first(rows), err
}

func first(rows []Device) Device {
	if len(rows) == 0 {
		return Device{}
	}
	return rows[0]
}

// meetDevice makes the browser that sent the token last, if it did, known for the actor's account, forgives its
// failures, and gives it a new token: one that somebody planted or copied before is worth nothing from then on. Other
// accounts that know the browser go on knowing it, failures included.
func (s *Store) meetDevice(tx *gorm.DB, a models.Actor, last string) (string, Device, error) {
	token, now := newToken(), s.wallNow()
	digest := s.digest(deviceUse, token)
	if last != "" {
		err := tx.Exec("update known_devices set digest = ? where digest = ? and expires > ?", digest, s.digest(deviceUse, last), now).Error
		if err != nil {
			return "", Device{}, err
		}
	}
	var known []Device
	if err := tx.Where("digest = ? and account_id = ?", digest, a.AccountID).Limit(1).Find(&known).Error; err != nil {
		return "", Device{}, err
	}
	device := first(known)
	device.Expires, device.Failures = micro(now.Add(deviceLife)), Failures{}
	device.UserAgent, device.LastSeen = plain(a.Origin.UserAgent), &now
	if device.ID != "" {
		return token, device, tx.Save(&device).Error
	}
	device.ID, device.AgencyID, device.Digest, device.AccountID, device.Created = newID(), agencyOf(a), digest, a.AccountID, now
	device.isNew = true
	return token, device, tx.Create(&device).Error
}

// forgetDevices makes every browser a stranger to the account but the one of a session, if it has one.
func forgetDevices(tx *gorm.DB, accountID, keepSession string) error {
	return tx.Exec("delete from known_devices where account_id = ? and id not in (select device_id from sessions where id = ?)",
		accountID, keepSession).Error
}
