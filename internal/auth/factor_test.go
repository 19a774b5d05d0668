package auth

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

// factored is a bench whose agency has second factors in a mode.
func factored(t *testing.T, mode models.FactorMode) *bench {
	t.Helper()
	keys, err := keyring.Open(filepath.Join(t.TempDir(), "factors.json"))
	require.NoError(t, err)
	return setup(t, func(c *Config) { c.SecondFactor, c.Keys, c.Issuer = mode, keys, "Kementerian: Contoh" })
}

// app is somebody's authenticator app.
type app struct {
	*bench
	key   string
	codes []string
}

func (a app) at(when time.Time) string {
	a.t.Helper()
	code, err := totp.GenerateCodeCustom(a.key, when, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	require.NoError(a.t, err)
	return code
}

// next is a code that was not used, after a while.
func (a app) next() string { a.wall.pass(time.Minute); return a.at(a.wall.Now()) }

// enrol signs budi in and adds a second factor.
func (b *bench) enrol() (app, Confirmed) {
	b.t.Helper()
	who := b.identity(b.signIn().Token)
	offer, err := b.BeginSecondFactor(b.t.Context(), who)
	require.NoError(b.t, err)
	a := app{bench: b, key: offer.Key}
	done, err := b.ConfirmSecondFactor(b.t.Context(), who, a.at(b.wall.Now()))
	require.NoError(b.t, err)
	a.codes = done.Codes
	return a, done
}

func (b *bench) identity(token string) Identity {
	b.t.Helper()
	id, err := b.Session(b.t.Context(), token, portal)
	require.NoError(b.t, err)
	return id
}

// browse sends the first form of a browser.
func (b *bench) browse(password, device string) (Signed, error) {
	return b.SignIn(b.t.Context(), SignIn{Username: "budi.santoso", Password: password, Browser: true, LastDevice: device, Origin: portal})
}

func (b *bench) withCode(challenge, code string) (Signed, error) {
	return b.SignInWithCode(b.t.Context(), SignInCode{Challenge: challenge, Code: code, Browser: true, Origin: portal})
}

func (b *bench) challenge() string {
	b.t.Helper()
	signed, err := b.browse(goodPassword, "")
	require.NoError(b.t, err)
	require.Empty(b.t, signed.Token, "a session exists only after the code")
	require.Empty(b.t, signed.Device)
	require.NotEmpty(b.t, signed.Challenge)
	return signed.Challenge
}

func TestAddingASecondFactor(t *testing.T) {
	t.Run("the key has 160 bits and an address for apps", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		who := b.identity(b.signIn().Token)
		offer, err := b.BeginSecondFactor(t.Context(), who)
		require.NoError(t, err)
		key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(offer.Key)
		require.NoError(t, err)
		require.Len(t, key, 20)
		require.Contains(t, offer.URI, "otpauth://totp/Kementerian%20%20Contoh:budi.santoso?")
		require.Contains(t, offer.URI, "secret="+offer.Key)
		again, err := b.BeginSecondFactor(t.Context(), who)
		require.NoError(t, err)
		require.Equal(t, offer, again, "a page that is loaded again shows the key that was scanned")
	})
	t.Run("it counts for nothing before its first code", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		who := b.identity(b.signIn().Token)
		_, err := b.BeginSecondFactor(t.Context(), who)
		require.NoError(t, err)
		_, err = b.ConfirmSecondFactor(t.Context(), who, "000000")
		require.ErrorIs(t, err, models.ErrInvalid)
		require.NotEmpty(t, b.signIn().Token)
	})
	t.Run("an offer is over after a quarter of an hour", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		who := b.identity(b.signIn().Token)
		offer, err := b.BeginSecondFactor(t.Context(), who)
		require.NoError(t, err)
		b.wall.pass(15 * time.Minute)
		_, err = b.ConfirmSecondFactor(t.Context(), who, app{bench: b, key: offer.Key}.at(b.wall.Now()))
		require.ErrorIs(t, err, models.ErrNotNow)
		other, err := b.BeginSecondFactor(t.Context(), who)
		require.NoError(t, err)
		require.NotEqual(t, offer.Key, other.Key)
	})
	t.Run("the session goes on under a new token, and every other one ends", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		elsewhere, here := b.signIn(), b.signIn()
		who := b.identity(here.Token)
		offer, err := b.BeginSecondFactor(t.Context(), who)
		require.NoError(t, err)
		done, err := b.ConfirmSecondFactor(t.Context(), who, app{bench: b, key: offer.Key}.at(b.wall.Now()))
		require.NoError(t, err)
		for _, over := range []string{elsewhere.Token, here.Token} {
			_, err = b.Session(t.Context(), over, portal)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		}
		require.True(t, b.identity(done.Token).Factor)
		require.Len(t, done.Codes, 10)
		require.Equal(t, 1, b.count("select count(*) from notices where kind = 'second_factor_added'"))
		_, err = b.BeginSecondFactor(t.Context(), b.identity(done.Token))
		require.ErrorIs(t, err, models.ErrSecondFactorSet)
	})
	t.Run("off, there is none to add, and none is asked for", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		b.enrol()
		b.cfg.SecondFactor = models.FactorOff
		require.NotEmpty(t, b.signIn().Token)
		_, err := b.BeginSecondFactor(t.Context(), b.identity(b.signIn().Token))
		require.ErrorIs(t, err, models.ErrSecondFactorOff)
	})
}

func TestSigningInWithACode(t *testing.T) {
	t.Run("the right password opens no session, the code does", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, done := b.enrol()
		require.NoError(t, b.SignOut(t.Context(), done.Token))
		challenge := b.challenge()
		require.Zero(t, b.count("select count(*) from sessions"))
		_, err := b.Session(t.Context(), challenge, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated, "the challenge is no session")
		signed, err := b.withCode(challenge, a.next())
		require.NoError(t, err)
		require.NotEqual(t, challenge, signed.Token)
		require.True(t, b.identity(signed.Token).Factor)
		require.NotEmpty(t, signed.Device)
		_, err = b.withCode(challenge, a.next())
		require.ErrorIs(t, err, models.ErrUnauthenticated, "a challenge is used once")
	})
	t.Run("a code is used once, and none older than it counts", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		code, older := a.next(), a.at(b.wall.Now().Add(-30*time.Second))
		_, err := b.withCode(b.challenge(), code)
		require.NoError(t, err)
		for _, spent := range []string{code, older} {
			_, err = b.withCode(b.challenge(), spent)
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		}
	})
	t.Run("of many at once with one code, one comes in", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		code, in := a.next(), make(chan error, 4)
		var all sync.WaitGroup
		for range 4 {
			challenge := b.challenge()
			all.Go(func() { _, err := b.withCode(challenge, code); in <- err })
		}
		all.Wait()
		close(in)
		var opened int
		for err := range in {
			if err == nil {
				opened++
			}
		}
		require.Equal(t, 1, opened)
	})
	t.Run("a clock may be a step off, and no more", func(t *testing.T) {
		for off, opens := range map[time.Duration]bool{-60: false, -30: true, 0: true, 30: true, 60: false} {
			b := factored(t, models.FactorOptional)
			a, _ := b.enrol()
			b.wall.pass(10 * time.Minute)
			_, err := b.withCode(b.challenge(), a.at(b.wall.Now().Add(off*time.Second)))
			require.Equal(t, opens, err == nil, "%d s: %v", off, err)
		}
	})
	t.Run("the edges of a step belong to it", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		begins := b.wall.Now().Truncate(30 * time.Second).Add(10 * time.Minute)
		b.wall.pass(begins.Sub(b.wall.Now()))
		code := a.at(begins)
		require.Equal(t, code, a.at(begins.Add(30*time.Second-1)))
		b.wall.pass(60*time.Second - 1) // the last instant of the step after it
		_, err := b.withCode(b.challenge(), code)
		require.NoError(t, err)
		later := a.at(b.wall.Now())
		b.wall.pass(30*time.Second + 1)
		b.wall.pass(30 * time.Second)
		_, err = b.withCode(b.challenge(), later)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("a known browser is asked for the code too", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		signed, err := b.withCode(b.challenge(), a.next())
		require.NoError(t, err)
		again, err := b.browse(goodPassword, signed.Device)
		require.NoError(t, err)
		require.Empty(t, again.Token)
		require.NotEmpty(t, again.Challenge)
	})
	t.Run("a program sends password and code together", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		in := SignIn{Username: "budi.santoso", Password: goodPassword, Origin: portal}
		_, err := b.SignIn(t.Context(), in)
		require.ErrorIs(t, err, models.ErrCodeNeeded)
		require.Equal(t, 1, b.audited("sign_in", "code_required"))
		in.Code = "000000"
		_, err = b.SignIn(t.Context(), in)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		in.Password, in.Code = "wrong", a.next()
		_, err = b.SignIn(t.Context(), in)
		require.ErrorIs(t, err, models.ErrWrongCredentials, "a wrong password is never asked for a code")
		in.Password = goodPassword
		signed, err := b.SignIn(t.Context(), in)
		require.NoError(t, err)
		require.True(t, signed.Identity.Actor.Factor)
	})
	t.Run("a challenge ends after five minutes, and with a new password", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		late := b.challenge()
		b.wall.pass(5 * time.Minute)
		_, err := b.withCode(late, a.next())
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		old := b.challenge()
		hash, err := b.hasher.Hash(t.Context(), otherPassword)
		require.NoError(t, err)
		_, err = b.store.SetPassword(t.Context(), models.Actor{}, store.PasswordSet{Account: b.budi, Hash: hash})
		require.NoError(t, err)
		_, err = b.withCode(old, a.next())
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("an account that was closed meanwhile stays shut", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		challenge := b.challenge()
		b.exec("update accounts set status = 'disabled' where id = ?", b.budi)
		_, err := b.withCode(challenge, a.next())
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("a session that was opened by the password alone ends when a second factor is there", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		_, done := b.enrol()
		b.exec("update sessions set factor = false")
		_, err := b.Session(t.Context(), done.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
}

func TestWrongCodesLock(t *testing.T) {
	t.Run("the fifth locks, the right one gets the same answer then, and passwords between do not help", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		for range 5 {
			_, err := b.withCode(b.challenge(), "000000")
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		}
		require.Equal(t, 1, b.count("select lock_count from accounts where id = ?", b.budi))
		_, err := b.browse(goodPassword, "")
		require.ErrorIs(t, err, models.ErrWrongCredentials, "the password hears nothing either")
		b.wall.pass(15 * time.Minute)
		_, err = b.withCode(b.challenge(), a.next())
		require.NoError(t, err)
		require.Zero(t, b.count("select lock_count from accounts where id = ?", b.budi))
	})
	t.Run("a lock that comes while a code is typed keeps it from counting", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		a, _ := b.enrol()
		challenge := b.challenge()
		for range 5 {
			require.Error(t, b.try("wrong"))
		}
		_, err := b.withCode(challenge, a.at(b.wall.Now().Add(30*time.Second)))
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("200 at once lock once", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		b.enrol()
		challenge := b.challenge()
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() { _, _ = b.withCode(challenge, fmt.Sprintf("%06d", i)) })
		}
		all.Wait()
		require.Equal(t, 1, b.count("select lock_count from accounts where id = ?", b.budi))
		require.Zero(t, b.count("select failed_count from accounts where id = ?", b.budi))
		require.Equal(t, 200, b.audited("sign_in", "wrong_credentials"), "each is written down")
	})
}

func TestRecoveryCodes(t *testing.T) {
	b := factored(t, models.FactorOptional)
	a, done := b.enrol()
	t.Run("each opens once, however it is typed", func(t *testing.T) {
		_, err := b.withCode(b.challenge(), " "+strings.ToUpper(strings.ReplaceAll(a.codes[0], "-", " ")))
		require.NoError(t, err)
		_, err = b.withCode(b.challenge(), a.codes[0])
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		view, err := b.SecondFactor(t.Context(), done.Identity)
		require.NoError(t, err)
		require.Equal(t, 9, view.CodesLeft)
		require.Equal(t, 1, b.count(`select count(*) from audit_entries where action = 'second_factor_used' and became like '%recovery%'`))
	})
	t.Run("new ones put an end to the old", func(t *testing.T) {
		fresh, err := b.NewRecoveryCodes(t.Context(), done.Identity)
		require.NoError(t, err)
		_, err = b.withCode(b.challenge(), a.codes[1])
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		_, err = b.withCode(b.challenge(), fresh[9])
		require.NoError(t, err)
	})
	t.Run("nobody else's opens", func(t *testing.T) {
		other := b.account("sari.dewi", goodPassword)
		b.exec("insert into recovery_codes select id || 'x', agency_id, ?, digest, created, null from recovery_codes where account_id = ?", other, b.budi)
		b.exec(`insert into second_factors select ?, agency_id, sealed_by, sealed, 0, created, confirmed from second_factors`, other)
		_, err := b.SignIn(t.Context(), SignIn{Username: "sari.dewi", Password: goodPassword, Code: a.codes[2], Origin: portal})
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		_, err = b.SignIn(t.Context(), SignIn{Username: "sari.dewi", Password: goodPassword, Code: a.next(), Origin: portal})
		require.ErrorContains(t, err, "open a second factor", "a key is sealed for its owner")
	})
}

func TestStepUpWithASecondFactor(t *testing.T) {
	b := factored(t, models.FactorOptional)
	a, done := b.enrol()
	id := done.Identity
	code := func(err error) string {
		var p *models.Problem
		require.True(t, errors.As(err, &p), "%v", err)
		return p.Faults[0].Field + " " + p.Faults[0].Code
	}
	t.Run("the password alone is not enough", func(t *testing.T) {
		_, err := b.StepUp(t.Context(), id, goodPassword, "")
		require.Equal(t, "code code_missing", code(err))
		_, err = b.StepUp(t.Context(), id, goodPassword, "000000")
		require.Equal(t, "code code_wrong", code(err))
		_, err = b.StepUp(t.Context(), id, "wrong", a.next())
		require.Equal(t, "password password_wrong", code(err))
	})
	t.Run("both are, and the session has a new token", func(t *testing.T) {
		risen, err := b.StepUp(t.Context(), id, goodPassword, a.next())
		require.NoError(t, err)
		require.NotEqual(t, done.Token, risen.Token)
		_, err = b.Session(t.Context(), done.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
	t.Run("wrong codes lock as at the door", func(t *testing.T) {
		for range 5 {
			_, err := b.StepUp(t.Context(), id, goodPassword, "000000")
			require.Equal(t, "code code_wrong", code(err))
		}
		require.Equal(t, 1, b.count("select lock_count from accounts where id = ?", b.budi))
	})
}

func TestRequiredSecondFactor(t *testing.T) {
	// officer signs in somebody whose role asks for a second factor.
	officer := func(t *testing.T, b *bench) Signed {
		t.Helper()
		b.exec("insert into units (agency_id, code, name, kind, path) values ('main', 'KEM', 'Kementerian Contoh', 'ministry', '/KEM/')")
		_, err := b.store.Grant(t.Context(), models.Actor{AccountID: "cli"}, models.RoleGrant{AccountID: b.budi, Role: models.RoleOfficer, Unit: "KEM", From: b.wall.Now()})
		require.NoError(t, err)
		return b.signIn()
	}
	t.Run("roles that are worth more must have one, others need not", func(t *testing.T) {
		require.True(t, models.FactorRequired.MustHaveFactor(models.Actor{Grants: []models.Grant{{Role: models.RoleOfficer}}}))
		require.True(t, models.FactorRequired.MustHaveFactor(models.Actor{Grants: []models.Grant{{Role: models.RoleDrafter}, {Role: models.RoleAdmin}}}))
		require.False(t, models.FactorRequired.MustHaveFactor(models.Actor{Grants: []models.Grant{{Role: models.RoleDrafter}, {Role: models.RoleAuditor}}}))
		require.False(t, models.FactorOptional.MustHaveFactor(models.Actor{Grants: []models.Grant{{Role: models.RoleAdmin}}}))
	})
	t.Run("who must and has none owes one until it is there", func(t *testing.T) {
		b := factored(t, models.FactorRequired)
		signed := officer(t, b)
		require.True(t, signed.Identity.OwesFactor)
		require.True(t, b.identity(signed.Token).OwesFactor)
		_, done := b.enrol()
		require.False(t, b.identity(done.Token).OwesFactor)
		require.NoError(t, b.RemoveSecondFactor(t.Context(), done.Identity))
		require.True(t, b.identity(done.Token).OwesFactor, "removing leads back to adding")
	})
	t.Run("tokens work on until it is required, then only those made behind a code", func(t *testing.T) {
		b := factored(t, models.FactorOptional)
		signed := officer(t, b)
		_, before, err := b.CreateToken(t.Context(), signed.Identity.Actor, "before", []models.Scope{models.ScopeRead}, 30)
		require.NoError(t, err)
		_, done := b.enrol()
		_, behind, err := b.CreateToken(t.Context(), b.identity(done.Token).Actor, "behind", []models.Scope{models.ScopeRead}, 30)
		require.NoError(t, err)
		owes := func(secret string) bool {
			id, err := b.Bearer(t.Context(), secret, portal)
			require.NoError(t, err)
			return id.OwesFactor
		}
		require.False(t, owes(before))
		b.cfg.SecondFactor = models.FactorRequired
		require.True(t, owes(before))
		require.False(t, owes(behind))
		id, err := b.Bearer(t.Context(), behind, portal)
		require.NoError(t, err)
		_, child, err := b.CreateToken(t.Context(), id.Actor, "child", []models.Scope{models.ScopeRead}, 1)
		require.NoError(t, err)
		require.False(t, owes(child), "a token passes on what it has")
		require.NoError(t, b.RemoveSecondFactor(t.Context(), done.Identity))
		require.True(t, owes(behind))
	})
}

// TestSecretsOfSecondFactors looks for the key and the codes wherever the database keeps anything.
func TestSecretsOfSecondFactors(t *testing.T) {
	b := factored(t, models.FactorOptional)
	a, _ := b.enrol()
	code := a.next()
	_, err := b.withCode(b.challenge(), code)
	require.NoError(t, err)
	_, err = b.withCode(b.challenge(), a.codes[0])
	require.NoError(t, err)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(a.key)
	require.NoError(t, err)
	kept := b.everything(t.Context())
	for _, secret := range []string{a.key, string(raw), a.codes[0], strings.ReplaceAll(a.codes[0], "-", ""), strings.ReplaceAll(a.codes[5], "-", ""), `"` + code + `"`} {
		require.NotContains(t, kept, secret)
	}
}

// everything is all text that the database has, tables and trail alike.
func (b *bench) everything(ctx context.Context) string {
	b.t.Helper()
	names, err := b.db.QueryContext(ctx, "select name from sqlite_master where type = 'table'")
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, names.Close()) }()
	var tables []string
	for names.Next() {
		var name string
		require.NoError(b.t, names.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(b.t, names.Err())
	var text strings.Builder
	for _, table := range tables {
		b.tell(&text, table)
	}
	return text.String()
}

// tell writes every cell of a table.
func (b *bench) tell(text *strings.Builder, table string) {
	b.t.Helper()
	rows, err := b.db.QueryContext(b.t.Context(), "select * from "+table)
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(b.t, err)
	for rows.Next() {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		require.NoError(b.t, rows.Scan(into...))
		fmt.Fprintln(text, cells...)
	}
	require.NoError(b.t, rows.Err())
}
