package store

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

func onConflictNothing() clause.OnConflict { return clause.OnConflict{DoNothing: true} }

// mostNaming is how often a chunk looks for free names before it is begun anew. It does so again only where another
// chunk, at the same moment, took a name that it had picked.
const mostNaming = 5

var errNamesTaken = errors.New("others keep taking the usernames that were free")

// nameAccounts makes an account for each person of the chunk who has none, with a username that nobody has. One person
// in two rows of a chunk gets one account.
func (p *provisioning) nameAccounts() error {
	nameless := p.nameless()
	if len(nameless) == 0 {
		return nil
	}
	if err := p.turn(); err != nil {
		return err
	}
	for range mostNaming {
		made, err := p.makeAccounts(nameless)
		if err != nil {
			return err
		}
		p.assign(made)
		if nameless = p.nameless(); len(nameless) == 0 {
			return nil
		}
	}
	return errNamesTaken
}

// nameless gives the people without an account, each once.
func (p *provisioning) nameless() map[string]*provisioned {
	list := map[string]*provisioned{}
	for i := range p.people {
		if person := &p.people[i]; person.Found == "" && list[person.key()] == nil {
			list[person.key()] = person
		}
	}
	return list
}

// key tells people apart.
func (r *provisioned) key() string { return text(r.Row.EmployeeID) + "|" + r.Row.NIK }

// turn keeps everybody else from naming accounts or holding names, but for other chunks: whoever picks a name that one of
// them has just taken loses it when the account is written, and picks again.
func (p *provisioning) turn() error {
	var value int64
	found := p.tx.Raw("select value from counters where agency_id = ? and series = ? and year = 0"+p.s.share(), p.row.AgencyID, "provisioning").Scan(&value)
	if found.Error != nil || found.RowsAffected > 0 {
		return found.Error
	}
	_, err := next(p.tx, p.row.AgencyID, "provisioning", 0)
	return err
}

// makeAccounts writes an account for each of the people, but for those whose name is taken meanwhile. They are written in
// the order of their names, so that no two chunks wait for each other.
func (p *provisioning) makeAccounts(people map[string]*provisioned) (map[string]Account, error) {
	keys := slices.SortedFunc(maps.Keys(people), func(x, y string) int { return cmp.Compare(people[x].Row.No, people[y].Row.No) })
	var bases []string
	for _, k := range keys {
		bases = append(bases, models.UsernameCandidates(people[k].Row.Name)...)
	}
	taken, err := takenUsernames(p.tx, p.row.AgencyID, bases)
	if err != nil {
		return nil, err
	}
	made, rows := map[string]Account{}, []Account{}
	for _, k := range keys {
		made[k] = p.account(people[k], pick(taken, models.UsernameCandidates(people[k].Row.Name)))
		rows = append(rows, made[k])
	}
	slices.SortFunc(rows, func(x, y Account) int { return cmp.Compare(x.Username, y.Username) })
	result := p.tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "agency_id"}, {Name: "username"}}, DoNothing: true}).Create(&rows)
	if result.Error == nil && result.RowsAffected < int64(len(rows)) {
		err = p.dropLost(made)
	}
	return made, errors.Join(result.Error, err)
}

// dropLost forgets accounts that were not written.
func (p *provisioning) dropLost(made map[string]Account) error {
	var ids, written []string
	for _, a := range made {
		ids = append(ids, a.ID)
	}
	if err := p.tx.Raw("select id from accounts where id in ?", ids).Scan(&written).Error; err != nil {
		return err
	}
	maps.DeleteFunc(made, func(_ string, a Account) bool { return !slices.Contains(written, a.ID) })
	return nil
}

func (p *provisioning) assign(made map[string]Account) {
	for i := range p.people {
		person := &p.people[i]
		a, ok := made[person.key()]
		if !ok || person.Found != "" {
			continue
		}
		if !slices.ContainsFunc(p.accounts, func(known Account) bool { return known.ID == a.ID }) {
			p.accounts = append(p.accounts, a)
		}
		person.Found, person.FoundName, person.FoundUsername, person.FoundEmail, person.FoundLocale, person.FoundStatus =
			a.ID, a.Name, a.Username, a.Email, a.Locale, a.Status
	}
}

// takenUsernames gives those that begin like a base and are somebody's, or held for somebody who may choose them.
func takenUsernames(tx *gorm.DB, agency string, bases []string) (map[string]bool, error) {
	taken := map[string]bool{}
	bases = slices.Compact(slices.Sorted(slices.Values(bases)))
	// Each base looks up its own range of the index: joined with 'or' SQLite reads every account. Few names are held.
	for batch := range slices.Chunk(bases, 500) {
		var args []any
		for _, b := range batch {
			args = append(args, b, b+":") // ':' follows '9', so that this holds the base and its numbers
		}
		var names []string
		err := tx.Raw("with b (base, beyond) as (values (cast(? as text), cast(? as text))"+strings.Repeat(", (?, ?)", len(batch)-1)+`)
			select a.username from b cross join accounts a where a.agency_id = ? and a.username >= b.base and a.username < b.beyond
			union select h.username from b cross join username_holds h where h.agency_id = ? and substr(h.username, 1, length(b.base)) = b.base`,
			append(args, agency, agency)...).Scan(&names).Error
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			taken[n] = true
		}
	}
	return taken, nil
}

// pick takes the first candidate that is free, else the first with the lowest number that is.
func pick(taken map[string]bool, candidates []string) string {
	for _, c := range candidates {
		if !taken[c] && c != models.FallbackUsername {
			taken[c] = true
			return c
		}
	}
	for n := 2; ; n++ {
		if name := models.WithNumber(candidates[0], n); !taken[name] {
			taken[name] = true
			return name
		}
	}
}

func (p *provisioning) account(r *provisioned, username string) Account {
	a := Account{ID: newID(), AgencyID: p.row.AgencyID, Username: username, Name: r.Row.Name, Email: r.Row.ExternalEmail, EmployeeID: r.Row.EmployeeID,
		Status: AccountPending, Locale: "id", Zone: "Asia/Jakarta", CreatedByCase: &p.row.ID, Created: p.at}
	if r.Row.EmployeeID == nil {
		a.NIK = optional(r.Row.NIK)
	}
	return a
}
