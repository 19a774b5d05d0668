package mail

// registrationKinds are told to whoever registers, to the officers, and to whoever is responsible for a company. The links
// of those that bear one are made at the moment of sending.
func registrationKinds() map[string]kind {
	number := kind{needs: []string{"link", "number"}, facts: []string{"number"}}
	own := number.showing("company")
	officers := kind{needs: []string{"number", "company", "person", "link"}, facts: []string{"number", "company", "npwp", "person", "due"}}
	password := kind{needs: []string{"username", "link", "valid_until", "number"}, facts: []string{"username", "valid_until", "company", "ends", "number"}}
	return map[string]kind{
		"registration_link":              number.with("valid_until"),
		"registration_open":              number.showing("valid_until"),
		"registration_known":             {needs: []string{"link", "username"}, facts: []string{"username"}},
		"registration_waiting":           {needs: []string{"link", "username"}, facts: []string{"username"}},
		"registration_verification":      officers,
		"registration_reminder":          officers,
		"registration_withdrawn":         officers,
		"registration_approver_needed":   officers,
		"registration_sent":              own,
		"registration_vacant":            own,
		"registration_returned":          own.with("reason", "valid_until"),
		"registration_refused":           own.with("reason"),
		"registration_expired":           own,
		"registration_accepted":          password,
		"registration_accepted_reminder": password,
		"registration_lapsed":            {needs: []string{"link", "username", "number"}, facts: []string{"username", "company", "number"}},
		"registration_newcomer":          {needs: []string{"link", "person", "company", "number"}, facts: []string{"person", "company", "number"}},
		"registration_company_changed":   {needs: []string{"link", "company", "number"}, facts: []string{"company", "npwp", "number"}},
	}
}
