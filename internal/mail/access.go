package mail

// accessKinds are about requests for applications: whoever is asked, and whoever asked.
func accessKinds() map[string]kind {
	asked := kind{
		needs: []string{"number", "subject", "sender", "unit", "why", "due", "link"},
		facts: []string{"number", "application", "sender", "unit", "why", "ends", "due"},
	}
	told := kind{needs: []string{"number", "subject", "link"}, facts: []string{"number", "application"}}
	return map[string]kind{
		"access_waiting":           asked,
		"access_reminder":          asked,
		"access_answered":          asked,
		"access_sent":              told.showing("ends"),
		"access_approved":          told.showing("decider", "behalf"),
		"access_granted":           told.showing("ends", "decider"),
		"access_refused":           told.with("reason").showing("decider", "behalf"),
		"access_expired":           told,
		"access_withdrawn":         told.showing("sender"),
		"access_question":          told.with("reason"),
		"access_question_reminder": told,
		"access_unanswered":        told,
		"access_vacant":            told,
		"access_approver_needed":   told.showing("unit"),
		"access_revoked":           {needs: []string{"subject", "decider", "reason", "link"}, facts: []string{"application", "decider", "reason"}},
	}
}
