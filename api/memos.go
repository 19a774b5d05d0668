package api

import (
	"context"
	"net/http"
	"net/url"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// draftBody is a memo as its writer sends it. Every field but kind and unit may be missing in a draft; what sending
// asks for is told by GET /memos/{id}/check.
type draftBody struct {
	Kind      models.MemoKind `json:"kind" enum:"flexiwork,sso_activation" example:"flexiwork" doc:"What the memo asks for: access to flexible working, or the account with its official mailbox."`
	Unit      string          `json:"unit" minLength:"1" maxLength:"50" example:"KEM.1.2" doc:"Code of the sending unit; GET /api/v1/sending-units lists yours."`
	Date      string          `json:"date,omitempty" example:"2026-11-23" doc:"Date of the memo, YYYY-MM-DD."`
	Addressee string          `json:"addressee,omitempty" example:"Head of the Centre for Data and Information" doc:"To whom it is addressed."`
	Reference string          `json:"reference,omitempty" example:"ND-12/KEM.1.2/2026" doc:"Number of an earlier memo, if any."`
	Subject   string          `json:"subject,omitempty" example:"Accounts for new staff" doc:"At most 200 characters."`
	Body      string          `json:"body,omitempty" example:"Please open accounts for the staff listed." doc:"Plain text, at most 10,000 characters."`
	Contact   string          `json:"contact,omitempty" example:"Rina, ext. 1204" doc:"Whom to ask."`
	Copies    []string        `json:"copies,omitempty" nullable:"false" maxItems:"20" example:"[\"Bureau of Personnel\"]" doc:"Who gets a copy (tembusan)."`
	Rows      []rowBody       `json:"rows,omitempty" nullable:"false" maxItems:"500" doc:"The recap list: 1 to 500 persons at sending. A draft that is saved without it keeps its list; an empty list empties it."`
}

// rowBody is one person of the recap list.
type rowBody struct {
	NIP           string `json:"nip,omitempty" example:"199002142015031002" doc:"Employee number, 18 digits. Leave out for contract staff."`
	NIK           string `json:"nik,omitempty" example:"3174011402900001" doc:"Citizen number, 16 digits, for contract staff. Once sent, answers mask it."`
	Name          string `json:"name,omitempty" example:"Made Surya Adi Wijaya" doc:"As in the registry."`
	UnitCode      string `json:"unit_code,omitempty" example:"KEM.1.2" doc:"Code of the person's unit."`
	Position      string `json:"position,omitempty" example:"Analyst" doc:"What the person does."`
	ContractStart string `json:"contract_start,omitempty" example:"2026-01-01" doc:"First day of the contract, YYYY-MM-DD; contract staff only."`
	ContractEnd   string `json:"contract_end,omitempty" example:"2026-12-31" doc:"Last day of the contract, YYYY-MM-DD; contract staff only."`
	ExternalEmail string `json:"external_email,omitempty" example:"made.surya@mail.example" doc:"Where the credentials message goes while there is no official mailbox."`
}

func (b draftBody) draft() models.MemoDraft {
	d := models.MemoDraft{Kind: b.Kind, Unit: b.Unit, Date: b.Date, Addressee: b.Addressee, Reference: b.Reference,
		Subject: b.Subject, Body: b.Body, Contact: b.Contact, Copies: b.Copies}
	if b.Rows == nil {
		return d
	}
	d.Rows = make([]models.RecapRow, len(b.Rows))
	for i, r := range b.Rows {
		d.Rows[i] = models.RecapRow(r)
	}
	return d
}

// MemoID names a memo in the path. It is exported, as are all parts that operations share, because huma reads
// embedded structs only then.
type MemoID struct {
	ID string `path:"id" maxLength:"64" doc:"The memo's id."`
}

type createMemoInput struct {
	Keyed
	Body draftBody
}

type saveMemoInput struct {
	MemoID
	Versioned
	Body draftBody
}

type memoOutput struct {
	ETag string `header:"ETag" doc:"The memo's version; send it back as If-Match."`
	Body models.MemoView
}

type createdMemoOutput struct {
	ETag     string `header:"ETag" doc:"The memo's version; send it back as If-Match."`
	Location string `header:"Location" doc:"Where the memo is."`
	Body     models.MemoView
}

type memosInput struct {
	Box    string        `query:"box" enum:"mine,decided,unit,all" default:"all" doc:"mine: I wrote or sent them; decided: I decided on them; unit: of the units that I head; all: whatever I may see."`
	Status models.Status `query:"status" enum:"draft,approval,returned,verification,provisioning,activation,done,refused,withdrawn,expired,discarded" doc:"Only memos that stand here."`
	Text   string        `query:"q" maxLength:"200" doc:"Searches number, subject, name and NIP." example:"LKT-2026"`
	Paging
}

type rowsInput struct {
	MemoID
	State models.RowState `query:"state" enum:"pending,accepted,rejected,provisioned,activated,lapsed" doc:"Only rows that stand here."`
	Paging
}

type reportOutput struct{ Body models.RecapReport }

func (s *service) memoOperations() {
	register(s, operation{id: "list-sending-units", method: http.MethodGet, path: "/sending-units", tag: tagMemos, summary: "Units I may write for",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "For each unit the kinds of memo that I may write, and those that I may also send."}, s.sendingUnits)
	register(s, operation{id: "create-memo", method: http.MethodPost, path: "/memos", tag: tagMemos, summary: "Write a draft", status: created,
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: []*models.Problem{models.ErrForbidden, models.ErrIdempotencyConflict},
		text: "A draft may be incomplete. Nothing happens to it until it is sent."}, s.createMemo)
	register(s, operation{id: "list-memos", method: http.MethodGet, path: "/memos", tag: tagMemos, summary: "List memos",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "Newest first."}, s.memos)
	register(s, operation{id: "get-memo", method: http.MethodGet, path: "/memos/{id}", tag: tagMemos, summary: "Read a memo",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "Where it stands, its timeline, who is asked, how many rows stand where, and in `actions` what you may do with it now. Its rows are a list of their own."}, s.memo)
	register(s, operation{id: "save-memo", method: http.MethodPut, path: "/memos/{id}", tag: tagMemos, summary: "Replace a draft, or what was returned",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: []*models.Problem{models.ErrStale, models.ErrNotNow, models.ErrForbidden, models.ErrNotYours},
		text: "The whole draft: what is left out is emptied, but for the rows. They stay as they are when `rows` is left out, and an empty list empties them. What was returned keeps its unit, whose number it has."}, s.saveMemo)
	register(s, operation{id: "discard-memo", method: http.MethodDelete, path: "/memos/{id}", tag: tagMemos, summary: "Throw a draft away",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: []*models.Problem{models.ErrNotNow, models.ErrNotYours},
		text: "A memo that was sent is withdrawn instead."}, s.discardMemo)
	register(s, operation{id: "list-memo-rows", method: http.MethodGet, path: "/memos/{id}/rows", tag: tagMemos, summary: "List a memo's rows",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "By number, with what the registry says and what the checks found. NIK is masked."}, s.rows)
	register(s, operation{id: "check-memo", method: http.MethodGet, path: "/memos/{id}/check", tag: tagMemos, summary: "Check a draft",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "Runs the checks of sending without sending: what is wrong with the memo and with each row, and who will be asked. `errors` is 0 when it can be sent."}, s.checkMemo)
}

func (s *service) sendingUnits(ctx context.Context, _ *nothing) (*plain[desk.SendingUnit], error) {
	units, err := s.desk.SendingUnits(ctx, actorIn(ctx))
	return whole(units), err
}

func (s *service) createMemo(ctx context.Context, in *createMemoInput) (*createdMemoOutput, error) {
	return answerNew(s.desk.CreateMemo(ctx, actorIn(ctx), in.Body.draft(), in.Key))
}

// answerNew answers with a memo that was made, and where it is.
func answerNew(m models.MemoView, err error) (*createdMemoOutput, error) {
	return &createdMemoOutput{ETag: etag(m.Version), Location: Prefix + "/memos/" + m.ID, Body: m}, err
}

func (s *service) memos(ctx context.Context, in *memosInput) (*listed[models.CaseSummary], error) {
	page, err := s.desk.Cases(ctx, actorIn(ctx), desk.CaseQuery{Box: in.Box, Kind: models.KindMemo, Status: in.Status, Text: in.Text, PageQuery: in.query()})
	kept := url.Values{"box": {in.Box}, "status": {string(in.Status)}, "q": {in.Text}}
	return list("/memos", page, in.Limit, kept), err
}

func (s *service) memo(ctx context.Context, in *MemoID) (*memoOutput, error) {
	return answerMemo(s.desk.Memo(ctx, actorIn(ctx), in.ID))
}

// answerMemo answers with the memo as it now stands, and its version.
func answerMemo(m models.MemoView, err error) (*memoOutput, error) {
	return &memoOutput{ETag: etag(m.Version), Body: m}, err
}

func (s *service) saveMemo(ctx context.Context, in *saveMemoInput) (*memoOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return answerMemo(s.desk.SaveMemo(ctx, actorIn(ctx), in.ID, in.Body.draft(), version))
}

func (s *service) discardMemo(ctx context.Context, in *MemoID) (*empty, error) {
	return nil, s.desk.DiscardMemo(ctx, actorIn(ctx), in.ID)
}

func (s *service) rows(ctx context.Context, in *rowsInput) (*listed[models.RowView], error) {
	page, err := s.desk.MemoRows(ctx, actorIn(ctx), in.ID, in.State, in.query())
	return list("/memos/"+url.PathEscape(in.ID)+"/rows", page, in.Limit, url.Values{"state": {string(in.State)}}), err
}

func (s *service) checkMemo(ctx context.Context, in *MemoID) (*reportOutput, error) {
	report, err := s.desk.CheckMemo(ctx, actorIn(ctx), in.ID)
	return &reportOutput{report}, err
}
