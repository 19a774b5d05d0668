package store

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// longerAccess keeps what is there unless the new access outlasts it: what never ends stays, what has ended begins
// again, and a contract that was prolonged counts to its new end.
func longerAccess() clause.OnConflict {
	return clause.OnConflict{
		Columns: []clause.Column{{Name: "account_id"}, {Name: "application"}},
		DoUpdates: clause.Assignments(map[string]any{"case_id": gorm.Expr("excluded.case_id"), "created": gorm.Expr("excluded.created"),
			"ends": gorm.Expr("excluded.ends"), "ended_at": nil, "ended_by": nil, "ended_why": "", "noticed": 0}),
		Where: clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: `account_applications.ended_at is not null
			or account_applications.ends <> '' and (excluded.ends = '' or excluded.ends > account_applications.ends)`}}},
	}
}

// grant adds to what the chunk gives. One person in two rows gets what lasts longer: a statement may touch a row once.
func (p *provisioning) grant(a accessRow) {
	for i, given := range p.access {
		if given.AccountID == a.AccountID {
			if given.Ends != "" && (a.Ends == "" || a.Ends > given.Ends) {
				p.access[i] = a
			}
			return
		}
	}
	p.access = append(p.access, a)
}

// closed tells whether the person's account was closed: at the end of a contract, or since it was taken by a stranger.
func (r *provisioned) closed() bool { return r.FoundStatus == AccountDisabled }

// reopen has accounts that were closed wait for their owners again, at the address that the memo gives. Old passwords,
// second factors and known browsers are gone: whoever comes back begins anew.
func (p *provisioning) reopen() error {
	for i := range p.people {
		person := &p.people[i]
		if !person.closed() {
			continue
		}
		p.reopened = append(p.reopened, person.Found)
		if err := p.tx.Exec("update accounts set email = ? where id = ? and status = ?", person.FoundEmail, person.Found, AccountDisabled).Error; err != nil {
			return err
		}
	}
	if len(p.reopened) == 0 {
		return nil
	}
	if err := p.s.dropPasswords(p.tx, p.reopened...); err != nil {
		return err
	}
	if err := p.s.shutAway(p.tx, p.reopened, p.at); err != nil {
		return err
	}
	return p.tx.Exec("update accounts set status = ?, must_change = ? where id in ? and status = ?",
		AccountPending, false, p.reopened, AccountDisabled).Error
}
