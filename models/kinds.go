package models

// TransitionsOf gives the whole life of a kind of case. Each kind brings its own table; Allowed and May read no other.
func TransitionsOf(k Kind) []Transition {
	switch k {
	case KindActivation:
		return ActivationTransitions()
	case KindAccess:
		return AccessTransitions()
	case KindRegistration:
		return RegistrationTransitions()
	}
	return Transitions()
}

// StatusesOf lists every status of a kind once, in the order of its life.
func StatusesOf(k Kind) []Status {
	switch k {
	case KindActivation:
		return ActivationStatuses()
	case KindAccess:
		return AccessStatuses()
	case KindRegistration:
		return RegistrationStatuses()
	}
	return Statuses()
}

// Kinds lists every kind once.
func Kinds() []Kind { return []Kind{KindMemo, KindAccess, KindRegistration, KindActivation} }

// WorkKinds lists the kinds that wait in inboxes and have pages of their own.
func WorkKinds() []Kind { return []Kind{KindMemo, KindAccess, KindRegistration} }

// CasePath is where the portal shows a case.
func CasePath(k Kind, id string) string {
	switch k {
	case KindAccess:
		return "/access/" + id
	case KindRegistration:
		return "/registrations/" + id
	}
	return "/memos/" + id
}

// Asks tells whether a case at this status waits for a decider.
func (s Status) Asks() bool {
	return s == StatusApproval || s == StatusVerification || s == StatusOwner
}
