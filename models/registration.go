package models

import "time"

// KindRegistration is how somebody outside the registry comes to a trader's account, or a company to another NPWP or name;
// PRODUCT 3.3 and decision 11.
const KindRegistration Kind = "registration"

// RegistrationSort tells what a registration is to come to.
type RegistrationSort string

// The sorts of registrations.
const (
	RegistrationAccount RegistrationSort = "account" // a trader's account
	RegistrationCompany RegistrationSort = "company" // another NPWP or name of a company that is there
)

// The statuses that a registration has besides asked, returned, verification, activation, done, refused, withdrawn and
// expired.
const (
	StatusProof Status = "proof" // a link is on its way, by which the address is proven
	StatusForm  Status = "form"  // the address is proven, and the applicant fills in
)

// The events of a registration that no memo has.
const (
	EventRegistrationAsked    EventType = "registration_requested"
	EventRegistrationLink     EventType = "registration_link_sent"
	EventRegistrationTurned   EventType = "registration_turned_away"
	EventRegistrationProven   EventType = "registration_proven"
	EventRegistrationSent     EventType = "registration_sent"
	EventRegistrationResent   EventType = "registration_resent"
	EventRegistrationAccepted EventType = "registration_accepted"
	EventRegistrationNote     EventType = "registration_link_reminded"
	EventRegistrationLapsed   EventType = "registration_link_lapsed"
)

// ActionProve is the applicant's word that the link reached them.
const ActionProve Action = "prove"

// The life of a registration, in wall time, but for RegistrationRevision, which is business minutes: ten working days.
const (
	RegistrationProofLife = 24 * time.Hour
	RegistrationFormLife  = 14 * 24 * time.Hour
	RegistrationRevision  = 10 * 450
)
