package store

import (
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

func onConflictNothing() clause.OnConflict { return clause.OnConflict{DoNothing: true} }

// nameAccounts makes an account for each person of the chunk who has none, with a username that nobody has. One person
// in two rows of a chunk gets one account.
func (p *provisioning) nameAccounts() error {
	var bases []string
	for _, person := range p.people {
		if person.Found == "" {
			bases = append(bases, models.UsernameCandidates(person.Row.Name)...)
		}
	}
	if len(bases) == 0 {
		return nil
	}
	taken, err := p.taken(bases)
	if err != nil {
		return err
	}
	made := map[string]int{}
	for i := range p.people {
		person := &p.people[i]
		if person.Found != "" {
			continue
		}
		who := text(person.Row.EmployeeID) + "|" + person.Row.NIK
		first, known := made[who]
		if !known {
			first = len(p.accounts)
			made[who] = first
			p.accounts = append(p.accounts, p.account(person, pick(taken, models.UsernameCandidates(person.Row.Name))))
		}
		a := p.accounts[first]
		person.Found, person.FoundName, person.FoundUsername, person.FoundEmail, person.FoundLocale, person.FoundStatus =
			a.ID, a.Name, a.Username, a.Email, a.Locale, a.Status
	}
	return nil
}

// taken reads which usernames begin like a candidate. Provisioning of one agency takes turns, so that two cases never
// pick the same name: a collision would fail a whole chunk.
func (p *provisioning) taken(bases []string) (map[string]bool, error) {
	if _, err := next(p.tx, p.row.AgencyID, "provisioning", 0); err != nil {
		return nil, err
	}
	return takenUsernames(p.tx, p.row.AgencyID, bases)
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
