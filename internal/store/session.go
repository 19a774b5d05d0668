package store

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"loket/models"
)

// touchEvery bounds how often a session's or a token's last use is written.
const touchEvery = time.Minute

// Session is one place where an account is signed in; its instants are wall time. DeviceID names the browser where it
// is known, else it is empty. Proved is when the password was last given, nil where nobody knows. Factor says that it was
// opened with a code, HasFactor that the account has a second factor by now.
type Session struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	Digest    string
	AccountID string
	IP        string
	UserAgent string
	Created   time.Time
	LastSeen  time.Time
	Expires   time.Time
	DeviceID  string
	Proved    *time.Time
	Factor    bool
	HasFactor bool `gorm:"->"`
}

// TableName is the table's name.
func (Session) TableName() string { return "sessions" }

const sessionUse = "session"

// NewSession says for how long somebody signs in, and from what. A Browser is remembered as a device of the account;
// LastDevice is the device token that it sent, if any. Factor says that a code was given. Checked is the hash against which the
// password was checked, empty where none was asked for.
type NewSession struct {
	Expires    time.Time
	Checked    string
	Browser    bool
	Factor     bool
	LastDevice string
}

// Opened is a session with what opens it. The tokens are kept nowhere; Device and DeviceExpires are empty unless it is
// a browser's.
type Opened struct {
	Session       Session
	Token, Device string
	DeviceExpires time.Time
}

// CreateSession signs an account in: models.ErrWrongCredentials where the password that was checked is no more the account's,
// or the account is closed. Whoever replaces a password and ends sessions has the account's row before or after, not between.
func (s *Store) CreateSession(ctx context.Context, a models.Actor, in NewSession) (Opened, error) {
	now, out := s.wallNow(), Opened{Token: newToken()}
	out.Session = Session{ID: newID(), AgencyID: agencyOf(a), Digest: s.digest(sessionUse, out.Token), AccountID: a.AccountID, IP: a.Origin.IP,
		UserAgent: plain(a.Origin.UserAgent), Created: now, LastSeen: now, Expires: micro(in.Expires), Proved: &now, Factor: in.Factor}
	err := s.transact(ctx, "create a session", func(tx *gorm.DB) error {
		if err := stillOpens(tx, a.AccountID, in.Checked); err != nil {
			return err
		}
		d := deed{stream: accountStream(a.AccountID), action: "sign_in", object: "session:" + out.Session.ID}
		if in.Browser {
			token, device, err := s.meetDevice(tx, a, in.LastDevice)
			if err != nil {
				return err
			}
			out.Device, out.DeviceExpires, out.Session.DeviceID = token, device.Expires, device.ID
			d.after = map[string]any{"device": device.ID}
			if err := s.tellNewBrowser(tx, a, device); err != nil {
				return err
			}
		}
		if err := tx.Create(&out.Session).Error; err != nil {
			return err
		}
		return s.note(tx, a, d)
	})
	return out, err
}

// stillOpens locks an account and looks whether the password that was checked opens it.
func stillOpens(tx *gorm.DB, accountID, checked string) error {
	if checked == "" {
		return nil
	}
	var owner Account
	err := tx.Clauses(forUpdate()).Where("id = ?", accountID).Take(&owner).Error
	if err == nil && !owner.opensBy(checked) {
		err = models.ErrWrongCredentials
	}
	return err
}

// plain makes of what a browser calls itself a line that can be stored and shown.
func plain(agent string) string {
	const most = 300
	if len(agent) > most {
		agent = agent[:most]
	}
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, agent)
}

// SessionByToken finds a session that is not over; models.ErrUnauthenticated otherwise. Whether it has been idle too
// long is the caller's to see by LastSeen.
func (s *Store) SessionByToken(ctx context.Context, token string) (Session, error) {
	var rows []Session
	err := s.reader(ctx).Select("sessions.*, "+hasFactor("sessions")).
		Where("digest = ? and expires > ?", s.digest(sessionUse, token), s.wallNow()).Limit(1).Find(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.ErrUnauthenticated
	}
	if err != nil {
		return Session{}, wrap(err, "find a session")
	}
	return rows[0], nil
}

// TouchSession renews the last use, at most once a minute.
func (s *Store) TouchSession(ctx context.Context, session Session) error {
	now := s.wallNow()
	if now.Sub(session.LastSeen) < touchEvery {
		return nil
	}
	err := s.write.WithContext(ctx).Exec("update sessions set last_seen = ? where id = ? and last_seen < ?",
		now, session.ID, now.Add(-touchEvery)).Error
	return wrap(err, "renew a session")
}

// stillOpen answers models.ErrUnauthenticated for a session or token that is over, and gives a session another token: the old
// one opens nothing any more.
func (s *Store) stillOpen(tx *gorm.DB, accountID string, where Proof) (string, error) {
	var open []string
	token, query, id := "", "", ""
	switch {
	case where.SessionID != "":
		token, query, id = newToken(), "update sessions set digest = @digest where id = @id and account_id = @account returning id", where.SessionID
	case where.TokenID != "":
		query, id = "select id from personal_tokens where id = @id and account_id = @account and revoked is null"+s.forUpdateSQL(), where.TokenID
	default:
		return "", nil
	}
	err := tx.Raw(query, map[string]any{"id": id, "account": accountID, "digest": s.digest(sessionUse, token)}).Scan(&open).Error
	if err == nil && len(open) == 0 {
		err = models.ErrUnauthenticated
	}
	return token, err
}

// Proof says where somebody gave their password again: in a session, or else with a personal token. DeviceID names the
// session's browser, if it is known.
type Proof struct{ SessionID, TokenID, DeviceID string }

// Prove notes that the actor gave their password again. A session gets a new token, and the old one opens nothing any
// more: whoever had planted or copied it is not lifted along. A personal token stays as it is, and "" is answered.
func (s *Store) Prove(ctx context.Context, a models.Actor, p Proof) (string, error) {
	token := ""
	err := s.transact(ctx, "note a step-up", func(tx *gorm.DB) error {
		now, done, object := s.wallNow(), (*gorm.DB)(nil), "token:"+p.TokenID
		if p.SessionID != "" {
			token, object = newToken(), "session:"+p.SessionID
			done = tx.Exec("update sessions set digest = ?, proved = ? where id = ? and account_id = ?",
				s.digest(sessionUse, token), now, p.SessionID, a.AccountID)
		} else {
			done = tx.Exec("update personal_tokens set proved = ? where id = ? and account_id = ? and revoked is null", now, p.TokenID, a.AccountID)
		}
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrUnauthenticated
		}
		if err := forgive(tx, a.AccountID, p.DeviceID, now); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "step_up", object: object})
	})
	return token, err
}

// forgive forgets a known browser's failures, as signing in from it does. A lock that holds stays.
func forgive(tx *gorm.DB, accountID, deviceID string, now time.Time) error {
	return tx.Exec(`update known_devices set failed_count = 0, failed_since = null, lock_count = 0, locked_until = null
		where id = ? and account_id = ? and (locked_until is null or locked_until <= ?)`, deviceID, accountID, now).Error
}

// Sessions lists where the account is signed in, the newest first. Current is left to the caller.
func (s *Store) Sessions(ctx context.Context, accountID string) ([]models.SessionView, error) {
	var rows []Session
	err := s.reader(ctx).Where("account_id = ? and expires > ?", accountID, s.wallNow()).Order("created desc, id desc").Find(&rows).Error
	views := make([]models.SessionView, len(rows))
	for i, r := range rows {
		views[i] = models.SessionView{ID: r.ID, IP: r.IP, UserAgent: r.UserAgent, Created: r.Created, LastSeen: r.LastSeen, Expires: r.Expires}
	}
	return views, wrap(err, "list sessions")
}

// EndSession signs one of the actor's own sessions out; models.ErrNotFound when it is not theirs.
func (s *Store) EndSession(ctx context.Context, a models.Actor, id string) error {
	return s.transact(ctx, "end a session", func(tx *gorm.DB) error {
		done := tx.Exec("delete from sessions where id = ? and account_id = ?", id, a.AccountID)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotFound
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "sign_out", object: "session:" + id})
	})
}

// sameBrowser are the sessions of an account that end with one of them: itself, and those in the same browser, of before
// its owner signed in again.
const sameBrowser = `account_id = @account and expires > @now and exists (select 1 from sessions x where x.id = @id and x.account_id = @account
	and (x.id = sessions.id or x.device_id <> '' and x.device_id = sessions.device_id))`

// BesideSession lists a session and the account's others in the same browser, the newest first; none where it is over, or
// not theirs. How long they have lain idle does not matter.
func (s *Store) BesideSession(ctx context.Context, accountID, id string) ([]string, error) {
	var ids []string
	err := s.reader(ctx).Raw("select id from sessions where "+sameBrowser+" order by created desc, id desc",
		map[string]any{"account": accountID, "id": id, "now": s.wallNow()}).Scan(&ids).Error
	return ids, wrap(err, "list what ends with a session")
}

// LeaveBrowser ends one of the actor's sessions with their others in the same browser; models.ErrNotFound when it is over,
// or not theirs.
func (s *Store) LeaveBrowser(ctx context.Context, a models.Actor, id string) error {
	return s.transact(ctx, "leave a browser", func(tx *gorm.DB) error {
		var ended []string
		err := tx.Raw("delete from sessions where "+sameBrowser+" returning id", map[string]any{"account": a.AccountID, "id": id, "now": s.wallNow()}).Scan(&ended).Error
		if err == nil && len(ended) == 0 {
			err = models.ErrNotFound
		}
		if err != nil {
			return err
		}
		d := deed{stream: accountStream(a.AccountID), action: "sign_out", object: "session:" + id}
		if len(ended) > 1 {
			d.after = map[string]any{"ended": len(ended)}
		}
		return s.note(tx, a, d)
	})
}

// EndOtherSessions signs the actor out everywhere but in one session.
func (s *Store) EndOtherSessions(ctx context.Context, a models.Actor, keep string) error {
	return s.transact(ctx, "end other sessions", func(tx *gorm.DB) error {
		done := tx.Exec("delete from sessions where account_id = ? and id <> ?", a.AccountID, keep)
		if done.Error != nil {
			return done.Error
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "sign_out_elsewhere", object: "account:" + a.AccountID,
			after: map[string]any{"ended": done.RowsAffected}})
	})
}

// SweepSessions deletes sessions and devices that are over, idempotency keys older than 30 days and notifications older
// than 180.
func (s *Store) SweepSessions(ctx context.Context) error {
	return s.transact(ctx, "sweep what is over", func(tx *gorm.DB) error {
		for _, table := range []string{"sessions", "known_devices", "sign_in_challenges"} {
			if err := tx.Exec("delete from "+table+" where expires < ?", s.wallNow()).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec("delete from notifications where at < ?", s.caseNow().Add(-notificationLife)).Error; err != nil {
			return err
		}
		return tx.Exec("delete from idempotency_keys where created < ?", s.wallNow().Add(-keyLife)).Error
	})
}
