package mail

import (
	"maps"
	"slices"
)

// kind says what one kind of notice needs: the data it cannot do without, and which of it is listed below the text.
// The words are mail.<kind>.subject, title, intro, button and note in the catalogue.
type kind struct {
	needs []string
	facts []string
}

func kinds() map[string]kind {
	asked := kind{
		needs: []string{"number", "subject", "sender", "unit", "due", "link"},
		facts: []string{"number", "subject", "sender", "unit", "due"},
	}
	acting := kind{needs: []string{"delegate", "unit", "acting", "reason", "link"}, facts: []string{"delegate", "principal", "unit", "ends", "reason"}}
	told := kind{needs: []string{"number", "subject", "link"}, facts: []string{"number", "subject"}}
	all := map[string]kind{
		"memo_waiting":           asked,
		"memo_reminder":          asked,
		"memo_verification":      asked,
		"memo_sent":              told,
		"memo_approved":          told.showing("decider", "behalf"),
		"memo_expired":           told,
		"memo_withdrawn":         told,
		"memo_refused":           told.with("reason").showing("decider", "behalf"),
		"memo_returned":          told.with("reason").showing("decider", "behalf"),
		"memo_done":              told.with("accepted", "rejected"),
		"memo_question":          told.with("reason"),
		"memo_question_reminder": told,
		"memo_answered":          asked,
		"memo_unanswered":        told,
		"memo_vacant":            told,
		"memo_rows_left_out":     told.with("reason"),
		"approver_needed":        told.with("unit"),
		"credentials_lapsed":     told.with("lapsed"),
		"memo_comment": {
			needs: []string{"number", "subject", "author", "comment", "link"},
			facts: []string{"number", "subject", "author", "comment"},
		},
		"delegation_given":  acting,
		"delegation_begins": acting,
		"delegation_ends":   acting,
		"delegation_ended":  acting,
		"operator_needed":   {needs: []string{"number", "what", "link"}, facts: []string{"number", "what"}},
	}
	maps.Copy(all, accountKinds())
	maps.Copy(all, activationKinds())
	maps.Copy(all, registrationKinds())
	maps.Copy(all, accessKinds())
	maps.Copy(all, traderKinds())
	maps.Copy(all, addressKinds())
	return all
}

// accountKinds are told to the owner of an account, or about it.
func accountKinds() map[string]kind {
	security := kind{needs: []string{"when", "where", "link"}, facts: []string{"when", "where"}}
	return map[string]kind{
		"credentials": {
			needs: []string{"name", "username", "link", "valid_until", "number"},
			facts: []string{"username", "valid_until", "number"},
		},
		"credentials_reminder": {
			needs: []string{"name", "username", "link", "valid_until", "number"},
			facts: []string{"username", "valid_until", "number"},
		},
		"credentials_password": {
			needs: []string{"name", "username", "password", "link", "valid_until", "number"},
			facts: []string{"username", "password", "valid_until", "number"},
		},
		"credentials_password_reminder": {
			needs: []string{"name", "username", "link", "number"},
			facts: []string{"username", "number"},
		},
		"credentials_access": {
			needs: []string{"name", "application", "number"},
			facts: []string{"application", "number"},
		},
		"access_ending": {
			needs: []string{"name", "application", "ends", "left", "number"},
			facts: []string{"application", "ends", "left", "number"},
		},
		"access_ending_sender": {
			needs: []string{"application", "ends", "left", "ending", "person", "number", "link"},
			facts: []string{"ending", "person", "application", "ends", "left", "number"},
		},
		"access_prolonged": {
			needs: []string{"name", "application", "ends", "number"},
			facts: []string{"application", "ends", "number"},
		},
		"password_changed":         {needs: []string{"when", "where"}, facts: []string{"when", "where", "tokens"}},
		"second_factor_added":      security,
		"second_factor_removed":    security,
		"sign_in_new_browser":      security,
		"application_linked":       ofLink(),
		"application_unlinked":     ofLink(),
		"application_link_claimed": ofLink(),

		"password_reset":        {needs: []string{"name", "username", "link", "valid_until"}, facts: []string{"username", "valid_until"}},
		"password_reset_helped": {needs: []string{"name", "username", "link", "valid_until"}, facts: []string{"username", "valid_until"}},
		"password_ending":       {needs: []string{"name", "username", "left", "valid_until", "link"}, facts: []string{"username", "left", "valid_until"}},
	}
}

// ofLink is about a user of an application that has its own login.
func ofLink() kind {
	facts := []string{"application", "application_user", "when"}
	return kind{needs: append([]string{"link"}, facts...), facts: facts}
}

// activationKinds are told to whoever asks for an account, to whom the registry knows by their data, and to the service
// desk. A message of a kind whose needs hold a code is written with it at the moment of sending.
func activationKinds() map[string]kind {
	return map[string]kind{
		"activation": {
			needs: []string{"code", "secret", "candidates", "link", "valid_until", "number"},
			facts: []string{"code", "secret", "candidates", "valid_until", "number"},
		},
		"activation_reminder": {needs: []string{"link", "valid_until", "number"}, facts: []string{"valid_until", "number"}},
		"activation_warning":  {needs: []string{"link", "when", "number"}, facts: []string{"when", "sent_to", "number"}},
		"activation_support":  {needs: []string{"link", "refusals"}, facts: []string{"person", "unit", "refusals"}},
		"activation_disowned": {needs: []string{"link", "when", "number"}, facts: []string{"person", "unit", "username", "when", "number"}},
	}
}

func (k kind) with(facts ...string) kind {
	return kind{needs: slices.Concat(k.needs, facts), facts: slices.Concat(k.facts, facts)}
}

// showing lists facts that the message does without where they are not given.
func (k kind) showing(facts ...string) kind {
	return kind{needs: k.needs, facts: slices.Concat(k.facts, facts)}
}
