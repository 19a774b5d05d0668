package web

import (
	"slices"

	"loket/models"
)

// registrationBody is a registration as its pages show it, to the applicant at Action, or to officers.
type registrationBody struct {
	models.RegistrationView
	Action, Key string
	In          string // the list from which an officer came, as an address takes it on
	Reads       string // how the number that was typed is read
	Kinds       []option
	Steps       []step
	History     []registrationEvent
	Facts       []registrationFact
	Compared    []registrationCompared
	Choices     []option
	Notes       []noteInput
	Typed       string // an officer's reason
	Lines       []faultLine
}

// registrationEvent is one line of the history, in words.
type registrationEvent struct {
	models.TimelineEvent
	What, Who string
}

// registrationFact is one line of the data. Note says what it was before.
type registrationFact struct{ Field, Text, Note string }

// registrationCompared is where what the applicant says of a company differs from what the house knows.
type registrationCompared struct {
	Field, Typed, Known string
}

// Error is the sentence beside one field.
func (b registrationBody) Error(field string) string { return of(b.Lines, field) }

// Note is what an officer wrote beside one field when they returned it.
func (b registrationBody) Note(field string) string { return noteOn(b.Returned(), field) }

// May tells whether the reader may take an action.
func (b registrationBody) May(a models.Action) bool { return slices.Contains(b.Actions, a) }

// Decides tells whether it waits for the reader's word.
func (b registrationBody) Decides() bool { return b.May(models.ActionApprove) }

// Full tells whether no more papers can be added.
func (b registrationBody) Full() bool { return len(b.Papers) >= models.MaxPapers }

// Stopped tells whether it waits for the applicant, or went wrong.
func (b registrationBody) Stopped() bool {
	return b.Status == models.StatusReturned || b.Status == models.StatusRefused || b.Status == models.StatusExpired || b.Trouble != ""
}

// Returned is how it came back, while it has not been sent again.
func (b registrationBody) Returned() *models.TimelineEvent {
	if b.Status != models.StatusReturned {
		return nil
	}
	e := models.TimelineEvent{Type: models.EventReturned, Reason: b.Reason, Notes: b.RegistrationView.Notes, At: b.Opened}
	for _, line := range b.Timeline {
		if line.Type == models.EventReturned {
			e.At, e.ActorName, e.Acting, e.OnBehalfOfName = line.At, line.ActorName, line.Acting, line.OnBehalfOfName
		}
	}
	return &e
}

// Word is the key of the sentence that says where it stands.
func (b registrationBody) Word() string {
	if n := len(b.Timeline); n > 0 && b.Timeline[n-1].Type == models.EventRegistrationLapsed {
		return b.words() + "lapsed"
	}
	return b.words() + string(b.Status)
}

// words begins the sentences that speak to the reader: the applicant's page has somewhere to send them to.
func (b registrationBody) words() string {
	if b.Action == "" {
		return "registration.office."
	}
	return "registration.told."
}

// registrationBody lays out what every reader sees of a registration.
func (v *visit) registrationBody(r models.RegistrationView) registrationBody {
	body := registrationBody{RegistrationView: r, Reads: v.npwpReads(r.Form.NPWP), Steps: v.registrationSteps(r), Facts: v.registrationFacts(r)}
	for _, e := range slices.Backward(r.Timeline) {
		line := registrationEvent{TimelineEvent: e, What: word(v.portal.Words, v.say, "portal.event", string(e.Type)), Who: e.ActorName}
		if e.OnBehalfOfName != "" {
			line.Who += " " + v.say.T("portal.on_behalf") + " " + e.OnBehalfOfName
		}
		body.History = append(body.History, line)
	}
	if r.Known != nil {
		f, k := r.Form.CompanyForm, *r.Known
		for _, c := range []registrationCompared{{"npwp", models.FormatNPWP(f.NPWP), models.FormatNPWP(k.NPWP)}, {"company", f.Company, k.Name}, {"address", f.Address, k.Address},
			{"postcode", f.Postcode, k.Postcode}, {"company_phone", f.CompanyPhone, k.Phone}, {"edi_number", f.EDINumber, k.EDINumber}, {"customs_number", f.CustomsNumber, k.CustomsNumber}} {
			if c.Typed != c.Known {
				body.Compared = append(body.Compared, c)
			}
		}
	}
	return body
}

// registrationFacts are the data, each with what it was the round before where that differs.
func (v *visit) registrationFacts(r models.RegistrationView) []registrationFact {
	f := r.Form
	if f == (models.RegistrationForm{}) { // an applicant's data go when nothing came of them
		return nil
	}
	facts := []registrationFact{{Field: "npwp", Text: models.FormatNPWP(f.NPWP)}, {Field: "company", Text: f.Company}, {Field: "address", Text: f.Address},
		{Field: "postcode", Text: f.Postcode}, {Field: "company_phone", Text: f.CompanyPhone}, {Field: "edi_number", Text: f.EDINumber}, {Field: "customs_number", Text: f.CustomsNumber}}
	if r.Sort != models.RegistrationCompany {
		facts = append([]registrationFact{{Field: "name", Text: f.Name}, {Field: "email", Text: r.Email}, {Field: "phone", Text: f.Phone}, {Field: "username", Text: f.Username}}, facts...)
	}
	for i, fact := range facts {
		for _, c := range r.Changes {
			if c.Field == fact.Field && c.Before != "" {
				facts[i].Note = v.say.T("registration.case.before", "before", c.Before)
			}
		}
	}
	return facts
}

// registrationWay is the way of a registration that nothing stops, as applicants know it.
func registrationWay() []models.Status {
	return []models.Status{models.StatusProof, models.StatusForm, models.StatusVerification, models.StatusActivation, models.StatusDone}
}

// registrationSteps draws the way of a registration.
func (v *visit) registrationSteps(r models.RegistrationView) []step {
	stations := registrationWay()
	if r.Sort == models.RegistrationCompany { // asked by somebody who has an account
		stations = []models.Status{models.StatusForm, models.StatusVerification, models.StatusDone}
	}
	if r.Status == models.StatusReturned {
		stations = slices.Insert(stations, slices.Index(stations, models.StatusVerification), r.Status)
	}
	return v.along(way{stations, "registration.way.", "registration.round"}, r.Status, r.Round, r.Timeline)
}
