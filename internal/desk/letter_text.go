package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"loket/internal/i18n"
	"loket/internal/pdf"
	"loket/internal/store"
	"loket/models"
)

// letterFacts is all that a memo's letters tell, as it is recorded.
type letterFacts struct {
	view   models.MemoView
	sent   models.MemoDraft // as it was sent in the present round
	acts   []pdf.Act
	signed *pdf.Act // whose decision the approval sheet bears
	rows   []pdf.Row
	units  map[string]string
	people map[string]store.LetterPerson
}

// makeLetter draws up a letter that tells of everything up to the event seq.
func (d *Desk) makeLetter(ctx context.Context, v models.MemoView, k models.LetterKind, seq int) (store.Letter, error) {
	f, err := d.letterFacts(ctx, v, k)
	if err != nil {
		return store.Letter{}, err
	}
	id := newLetterID()
	l := store.Letter{ID: hex.EncodeToString(id[:]), CaseID: v.ID, Kind: k, Round: v.Round, Seq: seq, Made: v.Seq, Subject: f.sent.Subject,
		Issued: d.now().Truncate(time.Second)}
	p := pdf.Paper{Printer: d.printer(), Issued: l.Issued.In(d.paper.Zone), Verification: pdf.Verification{ID: id, URL: d.verifyURL(l.ID)},
		Letterhead: pdf.Letterhead{Agency: d.paper.Agency, Unit: f.unitAbove(d.paper.Agency), Address: d.paper.Address, Contact: d.paper.Contact}}
	var out bytes.Buffer
	signed, err := f.write(&out, k, p)
	if err != nil {
		return l, err
	}
	l.Signed = l.Issued
	if signed != nil {
		l.Signer, l.Signed = signed.By.Name, signed.At
		if signed.For != nil {
			l.SignerFor = signed.For.Name
		}
	}
	sum := sha256.Sum256(out.Bytes())
	l.Body, l.SHA256 = out.Bytes(), hex.EncodeToString(sum[:])
	return l, nil
}

func (d *Desk) printer() i18n.Printer {
	return d.paper.Words.For(i18n.Indonesian).In(d.paper.Zone)
}

// letterFacts reads what the letter tells. Rows are as they were sent; the results' are as they stand.
func (d *Desk) letterFacts(ctx context.Context, v models.MemoView, k models.LetterKind) (*letterFacts, error) {
	f := &letterFacts{view: v}
	var err error
	if f.sent, err = d.store.Revision(ctx, v.ID, v.Round); err != nil {
		return nil, err
	}
	changes, err := d.store.Events(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	if f.people, err = d.store.LetterPeople(ctx, whoActed(changes)); err != nil {
		return nil, err
	}
	if f.units, err = d.store.UnitNames(ctx, whereActed(changes, f.sent.Unit)); err != nil {
		return nil, err
	}
	f.tell(changes, models.SignedBy(v.Timeline), d.printer())
	if k == models.LetterResults {
		f.rows, err = d.resultRows(ctx, v.ID)
		return f, err
	}
	for i, r := range f.sent.Rows {
		r.NIK = models.MaskNIK(r.NIK)
		f.rows = append(f.rows, letterRow(models.RowView{No: i + 1, RecapRow: r}))
	}
	return f, nil
}

func (d *Desk) resultRows(ctx context.Context, id string) (rows []pdf.Row, err error) {
	q := store.RowQuery{PageQuery: models.PageQuery{Limit: 200}}
	for {
		page, err := d.store.MemoRows(ctx, id, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Items {
			rows = append(rows, letterRow(r))
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return rows, nil
		}
	}
}

// letterRow is a row whose NIK is masked already.
func letterRow(r models.RowView) pdf.Row {
	number := r.NIP
	if number == "" {
		number = r.NIK
	}
	from, _ := models.ParseDate(r.ContractStart) // what is no day was refused at sending
	until, _ := models.ParseDate(r.ContractEnd)
	return pdf.Row{No: r.No, Name: r.Name, Number: number, Unit: r.UnitCode, Position: r.Position, Email: r.ExternalEmail, From: from, Until: until,
		State: r.State, Username: r.Username, Reason: r.Reason}
}

func whoActed(changes []models.Change) []string {
	var ids []string
	for _, c := range changes {
		if c.Type.Act() {
			ids = append(ids, c.Actor.AccountID, c.OnBehalfOf)
		}
	}
	return ids
}

func whereActed(changes []models.Change, unit string) []string {
	codes := []string{unit}
	for _, c := range changes {
		for _, g := range c.Actor.Grants {
			codes = append(codes, g.Unit)
		}
	}
	return codes
}

// tell turns what is recorded into the acts of a letter, in their order, and finds the one that signs its approval sheet.
func (f *letterFacts) tell(changes []models.Change, signed int, say i18n.Printer) {
	var before models.Case
	for _, c := range changes {
		if c.Type.Act() {
			a := f.act(c, before, say)
			f.acts = append(f.acts, a)
			if c.Seq == signed {
				f.signed = &a
			}
		}
		before = c.After
	}
}

func (f *letterFacts) act(c models.Change, before models.Case, say i18n.Printer) pdf.Act {
	a := pdf.Act{Verb: c.Type, At: c.At, Note: c.Reason}
	rules := before.Candidates
	switch c.Type {
	case models.EventSent, models.EventResent:
		a.Verb, rules = models.EventSent, models.DraftCandidates(f.sent.Kind, f.sent.Unit)
	case models.EventWithdrawn:
		rules = models.DraftCandidates(f.sent.Kind, f.sent.Unit)
	case models.EventSkipped:
		if c.After.Status == models.StatusRefused {
			a.Verb = models.EventRefused // by the system, since nobody is left
		}
	default:
		a.Stage = before.Stage
	}
	if who, ok := f.people[c.Actor.AccountID]; ok {
		a.By = pdf.Person{Name: who.Name, Number: who.NIP, Office: f.office(c.Actor, rules, who, say)}
	}
	if c.OnBehalfOf != "" {
		holder := f.people[c.OnBehalfOf]
		a.For = &pdf.Person{Name: holder.Name, Office: holder.Position}
	}
	return a
}

// office is in which office somebody acted: that of the grant which let them. A head's is called as the registry calls
// it.
func (f *letterFacts) office(a models.Actor, rules []models.Candidate, who store.LetterPerson, say i18n.Printer) string {
	for _, rule := range rules {
		g, ok := rule.Admits(a)
		if !ok {
			continue
		}
		if title := g.ActingAs().Abbreviation(); title != "" {
			return title + " " + f.title(g, say)
		}
		role := say.T("role." + string(g.Role))
		switch {
		case g.Role == models.RoleHead && who.Position != "":
			return who.Position
		case rule.Unit == "" || f.units[g.Unit] == "":
			return role
		}
		return role + ", " + f.units[g.Unit]
	}
	return who.Position
}

// title is what the office is called in which somebody acts: as the registry calls its holder's, else by its unit.
func (f *letterFacts) title(g models.Grant, say i18n.Printer) string {
	if holder := f.people[g.OnBehalfOf]; holder.Position != "" {
		return holder.Position
	}
	role := g.Role
	if role == models.RoleActingHead {
		role = models.RoleHead
	}
	if f.units[g.Unit] == "" {
		return say.T("role." + string(role))
	}
	return say.T("role."+string(role)) + ", " + f.units[g.Unit]
}

// unitAbove is the sending unit, unless the letterhead names it already.
func (f *letterFacts) unitAbove(agency string) string {
	if unit := f.units[f.sent.Unit]; unit != agency {
		return unit
	}
	return ""
}

func (f *letterFacts) heading() pdf.Heading {
	date, _ := models.ParseDate(f.sent.Date) // what is no day was refused at sending
	from := f.units[f.sent.Unit]
	if s := f.sending(); s.By.Office != "" {
		from = s.By.Office
	}
	return pdf.Heading{Number: f.view.MemoNumber, CaseNumber: f.view.Number, Kind: f.sent.Kind, Date: date, Addressee: f.sent.Addressee,
		From: from, Subject: f.sent.Subject}
}

// sending is the last act of sending.
func (f *letterFacts) sending() pdf.Act {
	for _, a := range slices.Backward(f.acts) {
		if a.Verb == models.EventSent {
			return a
		}
	}
	return pdf.Act{}
}

// write writes the letter and gives the act that signs it, nil for one that the system draws up.
func (f *letterFacts) write(w io.Writer, k models.LetterKind, p pdf.Paper) (*pdf.Act, error) {
	switch k {
	case models.LetterMemo:
		s := f.sending()
		return &s, pdf.Memo(w, pdf.MemoLetter{Paper: p, Heading: f.heading(), Reference: f.sent.Reference, Body: f.sent.Body,
			Contact: f.sent.Contact, Copies: f.sent.Copies, Attachments: f.attached(), Rows: f.rows, Sent: s})
	case models.LetterApproval:
		digest, err := models.ContentDigest(f.sent)
		if err != nil {
			return nil, err
		}
		return f.signed, pdf.ApprovalSheet(w, pdf.ApprovalLetter{Paper: p, Heading: f.heading(), Round: f.view.Round, Outcome: f.outcome(),
			Rows: f.counts(), Acts: f.acts, Signed: f.signed, Content: digest})
	}
	return nil, pdf.ResultList(w, pdf.ResultsLetter{Paper: p, Heading: f.heading(), Outcome: f.outcome(), Counts: f.counts(), Rows: f.rows})
}

// attached names the memo's files.
func (f *letterFacts) attached() []string {
	var names []string
	for _, a := range f.sent.Attachments {
		names = append(names, a.Name)
	}
	return names
}

func (f *letterFacts) outcome() models.MemoOutcome {
	return models.OutcomeOf(f.view.Status, f.view.Rows)
}

// counts are how the rows stand. While a memo is being revised its rows are whatever has been typed so far; then the
// letter counts those that were sent.
func (f *letterFacts) counts() models.RowCounts {
	if f.view.Status == models.StatusReturned {
		return models.RowCounts{Total: len(f.sent.Rows), Pending: len(f.sent.Rows)}
	}
	return f.view.Rows
}
