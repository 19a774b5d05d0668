package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// memoFacts is a memo's page but for its timeline, read in one statement.
type memoFacts struct {
	Facts                                                       caseFacts `gorm:"embedded"`
	Memo                                                        memoRow   `gorm:"embedded;embeddedPrefix:m_"`
	UnitName                                                    string
	SenderName                                                  string
	RequesterName                                               string
	Pending, Accepted, Rejected, Provisioned, Activated, Lapsed int
	Attached                                                    *string
	Content                                                     string
	AskedName                                                   string // of the unit whose people are asked now
}

const memoFactsSQL = `
	select c.*, m.memo_kind, m.sending_unit, m.case_id as m_case_id, m.agency_id as m_agency_id, m.memo_kind as m_memo_kind,
		m.memo_number as m_memo_number, m.sending_unit as m_sending_unit, m.memo_date as m_memo_date, m.addressee as m_addressee,
		m.reference as m_reference, m.subject as m_subject, m.body as m_body, m.contact as m_contact, m.copies as m_copies,
		coalesce(w.candidate_role, '') as candidate_role, coalesce(w.candidate_unit, '') as candidate_unit,
		coalesce(u.name, m.sending_unit) as unit_name, coalesce(sender.name, '') as sender_name, coalesce(writer.name, '') as requester_name,
		n.*, n.pending as rows_open, coalesce(v.content, '') as content, coalesce(asked.name, '') as asked_name, ` + attachedSQL + `
	from cases c
	join memos m on m.case_id = c.id
	left join work_items w on w.agency_id = c.agency_id and w.case_id = c.id and w.state = 'open'
	left join units u on u.agency_id = c.agency_id and u.code = m.sending_unit
	left join units asked on asked.agency_id = c.agency_id and asked.code = w.candidate_unit
	left join memo_revisions v on v.case_id = c.id and v.round = c.round
	left join accounts writer on writer.id = c.requester_id
	left join accounts sender on sender.id = coalesce(c.sender_id, c.requester_id)
	cross join (
		select coalesce(sum(case when r.state = 'pending' then 1 else 0 end), 0) as pending,
			coalesce(sum(case when r.state = 'accepted' then 1 else 0 end), 0) as accepted,
			coalesce(sum(case when r.state = 'rejected' then 1 else 0 end), 0) as rejected,
			coalesce(sum(case when r.state = 'provisioned' then 1 else 0 end), 0) as provisioned,
			coalesce(sum(case when r.state = 'activated' then 1 else 0 end), 0) as activated,
			coalesce(sum(case when r.state = 'lapsed' then 1 else 0 end), 0) as lapsed
		from memo_rows r where r.case_id = @id) n
	where c.id = @id`

// Memo reads all that a memo's page shows in one round trip. Steps and Actions are left to whoever knows the actor (see
// MemoPage), rows to MemoRows. models.ErrNotFound when there is none.
func (s *Store) Memo(ctx context.Context, id string) (models.MemoView, error) {
	var facts []memoFacts
	var events []timelineRow
	args := map[string]any{"id": id}
	err := s.together(ctx, want{memoFactsSQL, args, &facts}, want{timelineSQL, args, &events})
	if err == nil && len(facts) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return models.MemoView{}, wrap(err, "read a memo")
	}
	return facts[0].view(events)
}

func (f memoFacts) view(events []timelineRow) (models.MemoView, error) {
	draft, err := f.Memo.draft()
	if err == nil {
		draft.Attachments, err = readAttached(f.Attached)
	}
	if err != nil {
		return models.MemoView{}, err
	}
	view := models.MemoView{CaseSummary: f.summary(), MemoNumber: text(f.Memo.MemoNumber), Draft: draft, Seq: f.Facts.Row.Seq, Round: f.Facts.Row.Round,
		Version: f.Facts.Row.Version, Requester: f.RequesterName, Content: f.Content, Case: f.Facts.rules()}
	view.Timeline, err = timeline(f.Facts.Row.ID, events)
	return view, err
}

func (f memoFacts) summary() models.CaseSummary {
	counts := models.RowCounts{Pending: f.Pending, Accepted: f.Accepted, Rejected: f.Rejected, Provisioned: f.Provisioned,
		Activated: f.Activated, Lapsed: f.Lapsed}
	counts.Total = counts.Pending + counts.Accepted + counts.Rejected + counts.Provisioned + counts.Activated + counts.Lapsed
	c := f.Facts.Row
	return models.CaseSummary{ID: c.ID, Kind: models.Kind(c.Kind), Number: c.Number, Subject: f.Memo.Subject,
		MemoKind: models.MemoKind(f.Memo.MemoKind), Status: models.Status(c.Status), Stage: models.Stage(c.Stage), Unit: f.Memo.SendingUnit,
		UnitName: f.UnitName, DueUnit: c.UnitCode, SenderName: f.SenderName, Opened: c.Opened, Closed: c.Closed, Due: c.NextDue, Rows: counts, Trouble: c.Trouble, Asked: c.Asked}
}

type timelineRow struct {
	Seq                                             int
	Type, ActorName, OnBehalfOfName, Reason, Status string
	Body, Content, Acting                           string
	At                                              time.Time
}

const timelineSQL = `
	select e.seq, e.type, e.at, e.reason, e.status, e.content, e.acting, case when e.type = 'returned' then e.body else '' end as body, coalesce(a.name, '') as actor_name, coalesce(p.name, '') as on_behalf_of_name
	from events e
	left join accounts a on a.id = e.actor_id
	left join employees p on p.id = e.on_behalf_of
	where e.case_id = @id order by e.seq`

func timeline(id string, rows []timelineRow) ([]models.TimelineEvent, error) {
	events := make([]models.TimelineEvent, len(rows))
	for i, r := range rows {
		events[i] = models.TimelineEvent{Seq: r.Seq, Type: models.EventType(r.Type), At: r.At, ActorName: r.ActorName,
			OnBehalfOfName: r.OnBehalfOfName, Reason: r.Reason, Status: models.Status(r.Status), Content: r.Content, Acting: models.ActingKind(r.Acting)}
		if r.Body == "" {
			continue
		}
		var c models.Change
		if err := json.Unmarshal([]byte(r.Body), &c); err != nil {
			return nil, fmt.Errorf("read event %d of case %s: %w", r.Seq, id, err)
		}
		events[i].Notes = c.Notes
	}
	return events, nil
}

// DraftOf gives what was written, with every row and what is attached.
func (s *Store) DraftOf(ctx context.Context, id string) (models.MemoDraft, error) {
	var p draftParts
	err := s.together(ctx, p.wants(id)...)
	if err != nil {
		return models.MemoDraft{}, wrap(err, "read a draft")
	}
	draft, err := p.draft()
	return draft, wrap(err, "read a draft")
}

// draftParts are what a draft is read from.
type draftParts struct {
	memos    []memoRow
	rows     []personRow
	attached []struct{ Attached *string }
}

func (p *draftParts) wants(id string) []want {
	args := map[string]any{"id": id}
	return []want{{"select m.* from memos m where m.case_id = @id", args, &p.memos},
		{"select r.* from memo_rows r where r.case_id = @id order by r.no", args, &p.rows},
		{"select " + attachedSQL + " from (select cast(@id as text) as id) c", args, &p.attached}}
}

func (p *draftParts) draft() (models.MemoDraft, error) {
	if len(p.memos) == 0 || len(p.attached) == 0 {
		return models.MemoDraft{}, gorm.ErrRecordNotFound
	}
	draft, err := p.memos[0].draft()
	if err != nil {
		return draft, err
	}
	draft.Rows = make([]models.RecapRow, len(p.rows))
	for i, r := range p.rows {
		draft.Rows[i] = r.recap()
	}
	draft.Attachments, err = readAttached(p.attached[0].Attached)
	return draft, err
}

func readDraft(db *gorm.DB, id string) (models.MemoDraft, error) {
	var memo memoRow
	if err := db.Where("case_id = ?", id).Take(&memo).Error; err != nil {
		return models.MemoDraft{}, err
	}
	draft, err := memo.draft()
	if err != nil {
		return draft, err
	}
	if draft.Attachments, err = attached(db, id); err != nil {
		return draft, err
	}
	var rows []personRow
	err = db.Where("case_id = ?", id).Order("no").Find(&rows).Error
	draft.Rows = make([]models.RecapRow, len(rows))
	for i, r := range rows {
		draft.Rows[i] = r.recap()
	}
	return draft, err
}

// RowQuery narrows the rows of a memo: State "" means all; Of, where given, only the rows about that person.
type RowQuery struct {
	State models.RowState
	Of    *models.Actor
	models.PageQuery
}

// MemoRows pages over a memo's rows by number. NIKs are masked, Registry says what the registry knows of the person.
// Total counts the rows in the state.
func (s *Store) MemoRows(ctx context.Context, id string, q RowQuery) (models.Page[models.RowView], error) {
	limit, after, err := page(q.PageQuery, "rows")
	if err != nil {
		return models.Page[models.RowView]{}, err
	}
	args := map[string]any{"id": id, "state": q.State, "after": int64(0), "limit": limit + 1,
		"ssokind": models.MemoSSOActivation, "sso": Application(models.MemoSSOActivation)}
	who := ""
	if q.Of != nil {
		who, args = " and (r.employee_id = @employee or r.account_id = @account)", standingArgs(*q.Of, args)
	}
	if after != nil {
		args["after"] = after.No
	}
	var rows []rowFacts
	err = s.reader(ctx).Raw(`
		select r.*, coalesce(a.username, '') as username, coalesce(e.id, '') as found, coalesce(e.nip, '') as found_nip, coalesce(e.nik, '') as found_nik,
			coalesce(e.name, '') as found_name, coalesce(e.unit_code, '') as found_unit, coalesce(e.position, '') as found_position,
			coalesce(e.external_email, '') as found_email, coalesce(x.application, '') as access_application, coalesce(x.ends, '') as access_ends, x.ended_at is not null as access_ended,
			(select count(*) from memo_rows t where t.case_id = @id and (@state = '' or t.state = @state)) as total
		from memo_rows r
		left join accounts a on a.id = r.account_id
		left join memos m on m.case_id = r.case_id
		left join account_applications x on x.account_id = r.account_id and x.application = case m.memo_kind when @ssokind then @sso else m.memo_kind end
		left join employees e on e.id = `+employeeOfRow+`
		where r.case_id = @id and r.no > @after and (@state = '' or r.state = @state)`+who+`
		order by r.no limit @limit`, args).Scan(&rows).Error
	p := cut(rows, limit, rowFacts.view, func(r rowFacts) cursor { return cursor{List: "rows", No: int64(r.Row.No)} })
	switch {
	case q.Of != nil:
		p.Total = -1
	case len(rows) > 0:
		p.Total = rows[0].Total
	}
	return p, wrap(err, "read the rows of a memo")
}

type rowFacts struct {
	Row                                                                        personRow `gorm:"embedded"`
	Username                                                                   string
	Found, FoundNIP, FoundNIK, FoundName, FoundUnit, FoundPosition, FoundEmail string
	AccessApplication, AccessEnds                                              string
	AccessEnded                                                                bool
	Total                                                                      int
}

func (r rowFacts) view() models.RowView {
	v := models.RowView{No: r.Row.No, RecapRow: r.Row.recap(), State: models.RowState(r.Row.State), Reason: r.Row.Reason, Username: r.Username}
	v.NIK = models.MaskNIK(v.NIK)
	if r.AccessEnds != "" {
		v.Access = &models.AccessView{Application: r.AccessApplication, Ends: r.AccessEnds, Ended: r.AccessEnded}
	}
	if r.Found != "" {
		v.Registry = &models.RecapRow{NIP: r.FoundNIP, NIK: models.MaskNIK(r.FoundNIK), Name: r.FoundName, UnitCode: r.FoundUnit,
			Position: r.FoundPosition, ExternalEmail: r.FoundEmail}
	}
	return v
}
