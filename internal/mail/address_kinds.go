package mail

// addressKinds are told about a trader's address and the end of their account.
func addressKinds() map[string]kind {
	own := kind{needs: []string{"name", "username", "link", "valid_until"}, facts: []string{"username", "valid_until"}}
	term := kind{needs: []string{"name", "username", "valid_until", "link"}, facts: []string{"username", "valid_until"}}
	return map[string]kind{
		"email_change_proof": own,
		"email_changed":      own.with("new_email", "when"),
		"email_undone":       own,
		"email_change_asked": {needs: []string{"name", "username", "new_email", "when", "where", "link"}, facts: []string{"username", "new_email", "when", "where"}},
		"email_taken":        {needs: []string{"name", "username", "link"}, facts: []string{"username"}},
		"email_waiting":      {needs: []string{"name", "username", "link"}, facts: []string{"username"}},
		"account_ending":     term.with("left", "due"),
		"account_ended":      term.with("due"),
		"account_closed":     term,
		"account_renewed":    term,
	}
}
