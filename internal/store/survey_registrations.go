package store

// registrationQuestions ask whether who was accepted has an account, and nobody else, and whether usernames are held as they
// should be; @after are the statuses past acceptance.
func registrationQuestions() []question {
	return []question{
		{"registration", "was accepted without one account, or has one without that:", `
			select g.case_id as id, c.status as more from registrations g join cases c on c.id = g.case_id where g.sort = 'account'
				and exists (select 1 from events e where e.case_id = g.case_id and e.type = 'approved')
					<> exists (select 1 from accounts a where a.id = g.account_id and a.company_id is not null)`},
		{"registration", "made an account that it does not know:", `
			select g.case_id as id, a.id as more from registrations g join accounts a on a.created_by_case = g.case_id where coalesce(g.account_id, '') <> a.id`},
		{"registration", "is past acceptance without an account, or not and has one:", `
			select g.case_id as id, c.status as more from registrations g join cases c on c.id = g.case_id where g.sort = 'account'
				and (c.status in @after) <> (g.account_id is not null)`},
		{"registration", "is over and still holds the username", `
			select g.case_id as id, h.username as more from username_holds h join registrations g on g.case_id = h.case_id where g.closed is not null`},
		{"registration", "came to nothing and its papers are kept", `
			select distinct p.case_id as id, c.status as more from registration_papers p join cases c on c.id = p.case_id
			where c.closed is not null and c.status <> 'done'`},
		{"activation", "is over and still holds the username", `
			select v.case_id as id, h.username as more from username_holds h join activations v on v.case_id = h.case_id where v.came <> '' or not v.held`},
		{"account", "has a username that is held for somebody by", `
			select a.id, h.case_id as more from username_holds h join accounts a on a.agency_id = h.agency_id and a.username = h.username`},
	}
}
