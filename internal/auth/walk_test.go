package auth

import (
	"fmt"
	"math/bits"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/internal/store"
	"loket/models"
)

// walk is a few people of one office at random hours, and everything that was ever sent to them.
type walk struct {
	*bench
	t       *rapid.T
	people  []*walker
	flows   []*walkedFlow
	letters []*sentCode
	links   []*sentLink
	warned  []*sentWarning
	made    int // passwords
}

// walker is somebody of the registry, and what their account must be like.
type walker struct {
	nip, nik, email   string
	account, username string // empty before there is one
	password          string
	changed           time.Time
	earlier           []replaced // the newest first
	disabled          bool
	failed, locks     int
	since, until      time.Time
}

type replaced struct {
	password string
	at       time.Time
}

// walkedFlow is a request for an account. The code that is out is the last of its letters.
type walkedFlow struct {
	id      string
	who     *walker
	ends    time.Time
	came    models.Activated
	live    *sentCode
	tries   int
	settled bool
}

type sentCode struct {
	flow         *walkedFlow
	code, secret string
	names        []string
}

type sentLink struct {
	who     *walker
	token   string
	expires time.Time
	dead    bool
}

type sentWarning struct {
	token string
	flow  *walkedFlow // nil where nothing came of the request
	said  bool
}

// TestAccountWalk walks at random over activation, both resets, rotation, change, locks and time, on a real store: the
// password of an account changes by what was sent for that very purpose and still counts, or by the password before, and
// by nothing else; one secret is live at most; and none of the last five passwords comes back.
func TestAccountWalk(t *testing.T) {
	steps, length := 1_000, 10
	if os.Getenv("LOKET_TEST_THOROUGH") != "" {
		steps, length = 100_000, 50
	}
	walks, deeds := 0, map[string]int{}
	for walks*length < steps {
		b := setup(t, nil) // what lies about from thousands of walks makes each slower
		b.settles()
		rapid.Check(t, func(rt *rapid.T) {
			w := &walk{bench: b, t: rt}
			w.begins(walks * 3)
			walks++
			for range length {
				w.step(deeds)
			}
		})
	}
	t.Logf("%d steps: %v", walks*length, deeds)
	for _, deed := range []string{"activated", "reset", "changed", "rotated", "refused", "locked"} {
		require.Positive(t, deeds[deed], "%s never came about", deed)
	}
}

// settles makes the unit in which everybody works.
func (b *bench) settles() {
	b.t.Helper()
	unit, faults := models.ParseUnitRow(map[string]string{"code": "KEM", "name": "Kementerian Contoh", "kind": "ministry"})
	require.Empty(b.t, faults)
	_, err := b.store.ImportRegistry(b.t.Context(), models.Actor{}, store.Registry{Units: []models.UnitRow{unit}}, b.wall.Now(), nil)
	require.NoError(b.t, err)
}

// begins with two who have accounts, of whom the one owes a new password and the other, who may have had many, forgot
// theirs, and with somebody who has asked for an account.
func (w *walk) begins(n int) {
	w.relay() // of the walk before
	for i := range 3 {
		w.people = append(w.people, w.newcomer(n+i))
	}
	for n, p := range w.people[:2] {
		w.wall.pass(time.Duration(n) * 91 * 24 * time.Hour)
		p.username, p.password, p.changed = "pejalan.kaki"+p.nip[13:], w.fresh(), w.wall.Now()
		hash, err := w.hasher.Hash(w.ctx(), p.password)
		require.NoError(w.t, err)
		p.account, err = w.store.CreateAccount(w.ctx(), models.Actor{Origin: portal}, store.NewAccount{Username: p.username, NIP: p.nip, PasswordHash: hash})
		require.NoError(w.t, err)
	}
	for range 6 * (w.one(4) / 3) { // in one walk of four
		w.wall.pass(25 * time.Hour)
		w.had(w.people[1], w.fresh())
	}
	w.wall.pass(25 * time.Hour)
	w.forgets(w.people[1], w.people[1].nik)
	w.asksBy(w.people[2], models.ActivationForm{NIP: w.people[2].nip, Rank: "III/a", Effective: "2020-01-01", Email: w.people[2].email})
	w.relay()
	require.Len(w.t, w.links, 1)
	require.Len(w.t, w.letters, 1)
}

// had gives somebody another password, as at the terminal.
func (w *walk) had(p *walker, password string) {
	hash, err := w.hasher.Hash(w.ctx(), password)
	require.NoError(w.t, err)
	_, err = w.store.SetPassword(w.ctx(), models.Actor{AccountID: p.account, Origin: portal}, store.PasswordSet{Account: p.account, Hash: hash})
	require.NoError(w.t, err)
	w.keeps(p, password, hash)
}

func (w *walk) newcomer(n int) *walker {
	who := &walker{nip: fmt.Sprintf("1990010120150%05d", n), nik: fmt.Sprintf("31750101019%05d", n), email: fmt.Sprintf("pejalan%d@mail.example", n)}
	w.exec(`insert into employees (id, agency_id, nip, nik, name, birth_place, birth_date, sex, employment_type, rank, rank_effective_date, unit_code, position,
		official_email, external_email, status) values (?, ?, ?, ?, 'Anggun Pratiwi', 'Jakarta', '1990-01-01', 'female', 'pns', 'III/a', '2020-01-01', 'KEM', 'Staf', '', ?, 'active')`,
		"e"+who.nip, models.DefaultAgency, who.nip, who.nik, who.email)
	return who
}

// outcome is what a step must have come to: whose password is which from now on, nobody's where who is nil.
type outcome struct {
	deed     string
	who      *walker
	password string
}

// step takes one, and looks whether anybody's password changed who gave no reason to.
func (w *walk) step(deeds map[string]int) {
	w.wall.pass(time.Millisecond)
	before := w.hashes()
	who := w.people[w.one(len(w.people))]
	steps := map[string]func(*walker) outcome{"ask": w.asks, "mail": w.mail, "complete": w.complete, "again": w.resend, "disown": w.disown, "settle": w.settle, "forgot": w.forgot,
		"helped": w.helped, "spend": w.spend, "sign in": w.signsIn, "change": w.changes, "hammer": w.hammer, "wait": w.waits, "reopen": w.reopen}
	names := []string{"again", "ask", "ask", "change", "change", "change", "complete", "complete", "complete", "complete", "disown", "forgot", "forgot", "hammer", "helped", "mail",
		"mail", "mail", "mail", "reopen", "settle", "sign in", "sign in", "sign in", "spend", "spend", "spend", "spend", "wait", "wait", "wait", "wait"}
	came := steps[names[w.one(len(names))]](who)
	deeds[came.deed]++
	after := w.hashes()
	for _, p := range w.people {
		if p != came.who {
			require.Equal(w.t, before[p], after[p], "a password changed without a reason: %s", came.deed)
			continue
		}
		require.NotEqual(w.t, before[p], after[p])
		w.keeps(p, came.password, after[p])
	}
	w.alone()
}

// keeps writes down a new password: it is none of the last five, and what was sent before opens nothing.
func (w *walk) keeps(p *walker, password, hash string) {
	match, _, err := w.hasher.Check(w.ctx(), password, hash)
	require.NoError(w.t, err)
	require.True(w.t, match)
	require.False(w.t, p.recalls(password, w.wall.Now()), "%s came back", password)
	if p.password != "" {
		p.earlier = slices.Insert(p.earlier, 0, replaced{p.password, w.wall.Now()})
	}
	p.password, p.changed = password, w.wall.Now()
	p.failed, p.locks, p.until = 0, 0, time.Time{}
	w.kill(p)
}

// recalls tells whether a password may not be had again: one of the last five, or of this day.
func (p *walker) recalls(password string, now time.Time) bool {
	for n, e := range p.earlier {
		if e.password == password && (n < 5 || now.Sub(e.at) < 24*time.Hour) {
			return true
		}
	}
	return password == p.password
}

func (w *walk) kill(p *walker) {
	for _, l := range w.links {
		if l.who == p {
			l.dead = true
		}
	}
}

// hashes reads everybody's password as it is kept.
func (w *walk) hashes() map[*walker]string {
	found := map[*walker]string{}
	for _, p := range w.people {
		var accounts int
		var hash string
		require.NoError(w.t, w.db.QueryRowContext(w.ctx(), "select count(*), coalesce(max(password_hash), '') from accounts where employee_id = ?", "e"+p.nip).Scan(&accounts, &hash))
		require.LessOrEqual(w.t, accounts, 1)
		found[p] = hash
	}
	return found
}

// alone finds one live secret at most (R5).
func (w *walk) alone() {
	for _, p := range w.people {
		require.LessOrEqual(w.t, w.count("select count(*) from one_use_links where account_id = ? and used_at is null and voided_at is null and expires > ?", p.account, w.wall.Now()), 1)
		require.LessOrEqual(w.t, w.count(`select count(*) from activation_codes k join activations a on a.case_id = k.case_id
			where a.employee_id = ? and k.used_at is null and k.voided_at is null`, "e"+p.nip), 1)
	}
}

// one picks an index, each as likely as the next: what rapid draws of itself is mostly small.
func (w *walk) one(n int) int {
	drawn := 0
	for range bits.Len(uint(n-1)) + 3 {
		drawn *= 2
		if rapid.Bool().Draw(w.t, "bit") {
			drawn++
		}
	}
	return drawn % n
}

// fresh is a password that nobody had.
func (w *walk) fresh() string {
	w.made++
	return fmt.Sprintf("Soto*Lamongan*%d*Enak", w.made)
}

// any is a fresh password, one of the earlier ones, or somebody else's.
func (w *walk) any(p *walker) string {
	choices := []string{w.fresh(), w.fresh()}
	for _, e := range p.earlier[:min(8, len(p.earlier))] {
		choices = append(choices, e.password)
	}
	for _, other := range w.people {
		if other.password != "" {
			choices = append(choices, other.password)
		}
	}
	return choices[w.one(len(choices))]
}

func (p *walker) locked(now time.Time) bool { return now.Before(p.until) }

// fails counts as QUALITY 3 says: five in a quarter of an hour lock for one, doubling up to an hour.
func (p *walker) fails(now time.Time) {
	if p.locked(now) {
		return
	}
	if p.failed == 0 || now.Sub(p.since) > 15*time.Minute {
		p.failed, p.since = 0, now
	}
	if p.failed++; p.failed == 5 {
		p.until = now.Add(min(15*time.Minute<<p.locks, time.Hour))
		p.failed, p.locks = 0, min(p.locks+1, 8)
	}
}
