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
			"ends": gorm.Expr("excluded.ends"), "ended_at": nil, "noticed": 0}),
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

// reopen has accounts that were closed at the end of a contract wait for their owners again. Their old passwords are
// gone: whoever comes back sets a new one.
func (p *provisioning) reopen() error {
	for i := range p.people {
		if person := &p.people[i]; person.FoundStatus == AccountDisabled {
			p.reopened = append(p.reopened, person.Found)
		}
	}
	if len(p.reopened) == 0 {
		return nil
	}
	return p.tx.Exec("update accounts set status = ?, password_hash = '', must_change = ? where id in ? and status = ?",
		AccountPending, false, p.reopened, AccountDisabled).Error
}
