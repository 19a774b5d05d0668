package api

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"loket/models"
)

// describe finishes the schemas that huma made of the models' types: models knows nothing of OpenAPI, so what a
// field means and which values it can have is said here. A test fails while a field is left without a word.
func (s *service) describe() {
	schemas := s.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // huma's own problem, which translate replaces
	delete(schemas, "ErrorDetail")
	words, examples, choices := table(allWords), table(allExamples), fieldChoices()
	for name, schema := range schemas {
		for property, p := range schema.Properties {
			if p.Description == "" {
				p.Description = either(words, name, property)
			}
			if text := either(examples, name, property); text != "" && len(p.Examples) == 0 && p.Ref == "" {
				p.Examples = example(p, text)
			}
			if list := either(choices, name, property); list != nil && len(target(p).Enum) == 0 {
				target(p).Enum = list
				p.PrecomputeMessages()
			}
		}
		// Words next to a reference are read by OpenAPI 3.1.
		schema.PrecomputeMessages()
	}
}

// target is where a choice is checked: the items of a list, else the value itself.
func target(p *huma.Schema) *huma.Schema {
	if p.Type == huma.TypeArray && p.Items != nil {
		return p.Items
	}
	return p
}

// either looks up "Schema.property", then "property".
func either[T any](m map[string]T, schema, property string) T {
	if v, ok := m[schema+"."+property]; ok {
		return v
	}
	return m[property]
}

func texts[T ~string](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// fieldChoices are the values of fields that are closed lists in models.
func fieldChoices() map[string][]any {
	statuses, kinds := texts(models.Statuses()), texts(models.MemoKinds())
	stages := texts([]models.Stage{models.StageHead, models.StageOfficer, models.StageOwner})
	choices := map[string][]any{
		"memo_kind": kinds, "MemoDraft.kind": kinds, "SendingUnit.kinds": kinds, "SendingUnit.may_send": kinds,
		"role": texts(models.Roles()), "StepView.role": texts(models.HeldRoles()), "scopes": texts(models.Scopes()), "RowView.state": texts(models.RowStates()), "RowResult.state": texts(models.RowStates()),
		"UnitView.kind": texts(models.UnitKinds()), "EmployeeView.employment_type": texts(models.EmploymentTypes()),
		"EmployeeView.status":  texts(models.EmployeeStatuses()),
		"RowFinding.severity":  texts([]models.Severity{models.SeverityError, models.SeverityWarning}),
		"Holiday.kind":         texts([]models.HolidayKind{models.HolidayNational, models.HolidayJointLeave, models.HolidayLocal}),
		"MemoView.actions":     actions(models.KindMemo),
		"Attachment.kind":      texts(models.AttachmentKinds()),
		"Application.kind":     texts(models.ApplicationKinds()),
		"Application.access":   texts(models.ApplicationAccesses()),
		"icon":                 texts(models.ApplicationIcons()),
		"MemoView.letters":     texts(models.LetterKinds()),
		"TimelineEvent.type":   append(events(models.WorkKinds()...), string(models.EventRegistrationAsked)), // the one that no transition leads by
		"TimelineEvent.status": allStatuses(),
		"Paper.kind":           texts(models.PaperKinds()),
	}
	for _, name := range []string{"CaseSummary", "MemoView", "WorkItemView"} {
		choices[name+".status"], choices[name+".stage"] = statuses, stages
		choices[name+".trouble"] = texts([]string{models.TroubleAccounts, models.TroubleApprover})
		choices[name+".kind"] = texts(models.WorkKinds())
	}
	for _, name := range []string{"CaseSummary", "WorkItemView"} { // lists hold every kind of case
		choices[name+".status"] = allStatuses()
	}
	choices["CatalogEntry.state"], choices["case_kind"], choices["AccessHolder.kind"] = texts(models.AccessStates()), texts(models.Kinds()), texts(models.Kinds())
	choices["AccessCaseView.status"], choices["AccessCaseView.stage"], choices["AccessCaseView.actions"] = texts(models.AccessStatuses()), stages, actions(models.KindAccess)
	choices["AccessCaseView.kind"], choices["AccessCaseView.trouble"] = texts([]models.Kind{models.KindAccess}), texts([]string{models.TroubleApprover})
	registration := "RegistrationView"
	choices[registration+".status"], choices[registration+".stage"] = texts(models.RegistrationStatuses()), stages
	choices[registration+".actions"], choices[registration+".sort"] = actions(models.KindRegistration), texts([]models.RegistrationSort{models.RegistrationAccount, models.RegistrationCompany})
	choices["DirectoryState.kind"], choices["DirectoryFailure.state"] = texts(models.DirectoryKinds()), texts([]string{models.DirectoryFailed, models.DirectoryLeftOut})
	choices["StepView.stage"], choices["WorkItemView.decision"] = stages, events(models.WorkKinds()...)
	choices["StepPerson.acting"], choices["DelegationView.kind"] = texts(models.ActingKinds()), texts(models.ActingKinds())
	areaChoices(choices)
	choices["Absence.status"] = texts(models.EmployeeStatuses())
	choices["OpenCount.status"], choices["StageCount.stage"] = statuses, stages
	choices["LetterVerification.kind"], choices["LetterVerification.decision"] = texts(models.LetterKinds()), texts(models.MemoOutcomes())
	choices["LetterVerification.why"] = texts([]models.LetterInvalid{models.LetterWithdrawn, models.LetterSuperseded})
	return choices
}

// areaChoices are those of what a company's people may do.
func areaChoices(choices map[string][]any) {
	for _, name := range []string{"AreaGrant", "AreaEntry", "AreaApplication", "Application"} {
		choices[name+".area"] = texts(models.Areas())
	}
	choices["AreaGrant.level"], choices["AreaEntry.level"] = texts(models.AreaLevels()), texts(models.AreaLevels())
	choices["CompanyPerson.status"] = texts([]string{"pending", "active", "disabled"})
}

func actions(k models.Kind) []any {
	var list []models.Action
	for _, t := range models.TransitionsOf(k) {
		if t.Action != "" && !slices.Contains(list, t.Action) {
			list = append(list, t.Action)
		}
	}
	return texts(list)
}

func events(kinds ...models.Kind) []any {
	var list []models.EventType
	for _, k := range kinds {
		for _, t := range models.TransitionsOf(k) {
			if !slices.Contains(list, t.Event) {
				list = append(list, t.Event)
			}
		}
	}
	return texts(list)
}

func allStatuses() []any {
	var list []models.Status
	for _, k := range models.WorkKinds() {
		for _, s := range models.StatusesOf(k) {
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return texts(list)
}

// What is said of every field, and shown.
const (
	allWords    = wordTable + accessWords + traderWords + companyWords + registrationWords + applicationWords + linkingWords + securityWords
	allExamples = exampleTable + accessExamples + traderExamples + companyExamples + registrationExamples + applicationExamples + linkingExamples + securityExamples
)

// table reads allWords and allExamples.
func table(text string) map[string]string {
	entries := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			entries[name] = value
		}
	}
	return entries
}

// example reads one value of exampleTable: a number, a list or a truth as JSON, else plain text.
func example(p *huma.Schema, text string) []any {
	var value any
	if p.Type == huma.TypeString || json.Unmarshal([]byte(text), &value) != nil {
		value = text
	}
	return []any{value}
}
