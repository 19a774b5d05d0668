package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

// OpenIDGrant is one opening of an application from one session; see the migration.
type OpenIDGrant struct {
	ID          string `gorm:"primaryKey"`
	AgencyID    string
	AccountID   string
	Application string
	SessionID   string
	Created     time.Time
	Expires     time.Time
	Ended       *time.Time
	Told        *time.Time
	Tries       int
	NextTry     *time.Time
}

// TableName is the table's name.
func (OpenIDGrant) TableName() string { return "openid_grants" }

// OpenIDToken is a code, a token, or what belongs to a code until it is exchanged. Name is its public half, of which a
// digest is kept; Body is the request that it stands for.
type OpenIDToken struct {
	Kind, Name, GrantID, Body string
	Expires                   time.Time
}

// OpenIDStored is a token as it was found. Spent says that it was used up; Live that its grant still counts.
type OpenIDStored struct {
	GrantID, Body string
	Spent, Live   bool
}

type openidTokenRow struct {
	AgencyID string
	Kind     string `gorm:"primaryKey"`
	Digest   string `gorm:"primaryKey"`
	GrantID  string
	Body     string
	Created  time.Time
	Expires  time.Time
}

// TableName is the table's name.
func (openidTokenRow) TableName() string { return "openid_tokens" }

func (s *Store) openidRows(agency string, tokens []OpenIDToken) []openidTokenRow {
	rows := make([]openidTokenRow, len(tokens))
	for i, t := range tokens {
		rows[i] = openidTokenRow{AgencyID: agency, Kind: t.Kind, Digest: s.digest("openid_"+t.Kind, t.Name), GrantID: t.GrantID, Body: t.Body,
			Created: s.wallNow(), Expires: micro(t.Expires)}
	}
	return rows
}

// OpenGrant begins a grant with its code. For a third party's application, scopes is what was consented to just now.
func (s *Store) OpenGrant(ctx context.Context, a models.Actor, g OpenIDGrant, tokens []OpenIDToken, consent string) error {
	return s.transact(ctx, "open an application", func(tx *gorm.DB) error {
		g.AgencyID, g.AccountID, g.Created, g.Expires = agencyOf(a), a.AccountID, s.wallNow(), micro(g.Expires)
		if err := tx.Create(&g).Error; err != nil {
			return err
		}
		if err := tx.Create(s.openidRows(g.AgencyID, tokens)).Error; err != nil {
			return err
		}
		if consent != "" {
			if err := s.consent(tx, a, g.Application, consent); err != nil {
				return err
			}
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "application_opened", object: "application:" + g.Application,
			after: map[string]any{"session": g.SessionID}})
	})
}

func (s *Store) consent(tx *gorm.DB, a models.Actor, application, scopes string) error {
	err := tx.Exec(`insert into openid_consents (agency_id, account_id, application, scopes, given) values (?, ?, ?, ?, ?)
		on conflict (agency_id, account_id, application) do update set scopes = excluded.scopes, given = excluded.given`,
		agencyOf(a), a.AccountID, application, scopes, s.wallNow()).Error
	if err != nil {
		return err
	}
	return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "application_consented", object: "application:" + application,
		after: map[string]any{"scopes": scopes}})
}

// Consented gives the scopes that an account once let an application have, separated by blanks.
func (s *Store) Consented(ctx context.Context, a models.Actor, application string) (string, error) {
	var scopes string
	err := s.reader(ctx).Raw("select scopes from openid_consents where agency_id = ? and account_id = ? and application = ?",
		agencyOf(a), a.AccountID, application).Scan(&scopes).Error
	return scopes, wrap(err, "read a consent")
}

// OpenIDFind looks a token up; models.ErrNotFound when there is none, or it is over. One that was spent is found as long
// as it is kept, so that a second use is seen.
func (s *Store) OpenIDFind(ctx context.Context, agency, kind, name string) (OpenIDStored, error) {
	var rows []struct {
		GrantID, Body string
		Spent         *time.Time
		Live          bool
	}
	err := s.reader(ctx).Raw(`select t.grant_id, t.body, t.spent,
			`+liveGrant+` as live
		from openid_tokens t join openid_grants g on g.id = t.grant_id
		where t.digest = @digest and t.kind = @kind and t.agency_id = @agency and (t.expires > @now or t.spent is not null)`,
		map[string]any{"digest": s.digest("openid_"+kind, name), "kind": kind, "agency": agency, "now": s.wallNow()}).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return OpenIDStored{}, wrap(err, "find a token")
	}
	return OpenIDStored{GrantID: rows[0].GrantID, Body: rows[0].Body, Spent: rows[0].Spent != nil, Live: rows[0].Live}, nil
}

// OpenIDSpend names a code or refresh token that is used up.
type OpenIDSpend struct{ Kind, Name string }

// OpenIDExchange uses up one token and keeps its successors, or neither. Of many at once one succeeds; the others get
// models.ErrAlreadyDecided.
func (s *Store) OpenIDExchange(ctx context.Context, agency string, spend *OpenIDSpend, tokens []OpenIDToken) error {
	return s.transact(ctx, "exchange a token", func(tx *gorm.DB) error {
		if spend != nil {
			done := tx.Exec(`update openid_tokens set spent = ? where digest = ? and kind = ? and agency_id = ? and spent is null
				and exists (select 1 from openid_grants g where g.id = openid_tokens.grant_id and g.ended is null)`,
				s.wallNow(), s.digest("openid_"+spend.Kind, spend.Name), spend.Kind, agency)
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected == 0 {
				return models.ErrAlreadyDecided
			}
		}
		if len(tokens) == 0 {
			return nil
		}
		return tx.Create(s.openidRows(agency, tokens)).Error
	})
}

// OpenIDForget deletes one token.
func (s *Store) OpenIDForget(ctx context.Context, agency, kind, name string) error {
	err := s.write.WithContext(ctx).Exec("delete from openid_tokens where digest = ? and kind = ? and agency_id = ?",
		s.digest("openid_"+kind, name), kind, agency).Error
	return wrap(err, "forget a token")
}

// EndGrant ends a grant with all its tokens, and says why. One that has ended already stays as it is.
func (s *Store) EndGrant(ctx context.Context, agency, id, why string) error {
	return s.transact(ctx, "end a grant", func(tx *gorm.DB) error {
		var g OpenIDGrant
		if err := tx.Clauses(forUpdate()).Where("id = ? and agency_id = ?", id, agency).Take(&g).Error; err != nil || g.Ended != nil {
			return err
		}
		now := s.wallNow()
		// Whoever revokes a token knows; only a session that ends is told to applications.
		if err := tx.Exec("update openid_grants set ended = ?, told = ? where id = ?", now, now, id).Error; err != nil {
			return err
		}
		if err := tx.Exec("delete from openid_tokens where grant_id = ? and kind in ('access', 'pkce', 'openid')", id).Error; err != nil {
			return err
		}
		owner := models.Actor{Agency: agency, AccountID: g.AccountID, Origin: models.Origin{Channel: "openid"}}
		return s.note(tx, owner, deed{stream: accountStream(g.AccountID), action: "application_closed", object: "application:" + g.Application,
			after: map[string]any{"why": why, "session": g.SessionID}})
	})
}

// liveGrant holds for a grant g whose session is there and whose account has not ended.
const liveGrant = `g.ended is null and g.expires > @now and exists (select 1 from sessions x where x.id = g.session_id and x.expires > @now)
	and not exists (select 1 from accounts a where a.id = g.account_id and a.ends_at <= @now)`

// gone holds for a grant g that has to end by its session or its account; shut, for one of whoever may not open the
// application any more, whoever saw to that.
const gone = `g.ended is null and not (` + liveGrant + `)`

func shut() string {
	return `g.ended is null and not exists (select 1 from applications p join accounts o on o.id = g.account_id and o.status = 'active'
		where p.agency_id = g.agency_id and p.id = g.application and` + strings.ReplaceAll(opensSQL, "@account", "g.account_id") + `)`
}

// EndGoneSessions ends grants whose session is gone or over. It gives how many.
func (s *Store) EndGoneSessions(ctx context.Context) (int64, error) { return s.endGrants(ctx, gone) }

// EndClosedAccess ends grants of whom may not open the application any more, which takes longer to find. It gives how many.
func (s *Store) EndClosedAccess(ctx context.Context) (int64, error) { return s.endGrants(ctx, shut()) }

// endGrants ends the grants for which over holds. Most often there are none, which it learns without writing.
func (s *Store) endGrants(ctx context.Context, over string) (int64, error) {
	now := s.wallNow()
	args := map[string]any{"now": now, "wall": now}
	var ids []string
	err := s.reader(ctx).Raw("select g.id from openid_grants g where "+over+" limit 500", args).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return 0, wrap(err, "look for what sessions opened")
	}
	args["ids"] = ids
	done := s.write.WithContext(ctx).Exec("update openid_grants as g set ended = @now, next_try = @now where g.id in @ids and "+over, args)
	return done.RowsAffected, wrap(done.Error, "end what sessions opened")
}

// OpenedIn lists the names of the applications that sessions have open.
func (s *Store) OpenedIn(ctx context.Context, sessions []string) ([]string, error) {
	var names []string
	err := s.reader(ctx).Raw(`select distinct p.name from openid_grants g join applications p on p.agency_id = g.agency_id and p.id = g.application
		where g.session_id in ? and g.ended is null order by p.name`, sessions).Scan(&names).Error
	return names, wrap(err, "list what sessions opened")
}

// SessionProved is when the owner of a session last gave their password in it.
func (s *Store) SessionProved(ctx context.Context, id string) (time.Time, error) {
	var row Session
	if err := s.reader(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return time.Time{}, wrap(err, "find a session")
	}
	if row.Proved != nil {
		return *row.Proved, nil
	}
	return row.Created, nil
}

// SweepOpenID deletes tokens that are over, grants a day later.
func (s *Store) SweepOpenID(ctx context.Context) error {
	return s.transact(ctx, "sweep tokens", func(tx *gorm.DB) error {
		now := s.wallNow()
		// A spent one stays as long as its grant, so that a second use of it is seen.
		err := tx.Exec(`delete from openid_tokens where expires < @now and (spent is null or not exists (select 1 from openid_grants g
			where g.id = openid_tokens.grant_id and g.ended is null))`, map[string]any{"now": now}).Error
		if err != nil {
			return err
		}
		day := now.Add(-24 * time.Hour)
		if err := tx.Exec("delete from openid_tokens where grant_id in (select id from openid_grants where told is not null and expires < ?)", day).Error; err != nil {
			return err
		}
		return tx.Exec("delete from openid_grants where told is not null and expires < ?", day).Error
	})
}

// OpenIDKey is a signing key at rest: sealed by a key of the keyring, which SealedBy names.
type OpenIDKey struct {
	ID       string `gorm:"primaryKey"`
	AgencyID string
	SealedBy string
	Sealed   string
	Created  time.Time
}

// TableName is the table's name.
func (OpenIDKey) TableName() string { return "openid_keys" }

// OpenIDKeys lists the signing keys, the newest first.
func (s *Store) OpenIDKeys(ctx context.Context, agency string) ([]OpenIDKey, error) {
	var rows []OpenIDKey
	err := s.reader(ctx).Where("agency_id = ?", agency).Order("created desc, id").Find(&rows).Error
	return rows, wrap(err, "list signing keys")
}

// AddOpenIDKey keeps a new signing key unless another process has just made one: none younger than since.
func (s *Store) AddOpenIDKey(ctx context.Context, key OpenIDKey, since time.Time) error {
	return s.transact(ctx, "keep a signing key", func(tx *gorm.DB) error {
		var have []OpenIDKey
		if !s.sqlite {
			if err := tx.Exec("lock table openid_keys in exclusive mode").Error; err != nil {
				return err
			}
		}
		if err := tx.Where("agency_id = ? and created > ?", key.AgencyID, micro(since)).Limit(1).Find(&have).Error; err != nil || len(have) > 0 {
			return err
		}
		key.Created = s.wallNow()
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&key).Error; err != nil {
			return err
		}
		system := models.Actor{Agency: key.AgencyID, Origin: models.Origin{Channel: "clock"}}
		return s.note(tx, system, deed{stream: "system", action: "openid_key_made", object: "key:" + key.ID})
	})
}
