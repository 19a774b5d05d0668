package store

import (
	"context"

	"loket/models"
)

// openMemo are the statuses in which a memo holds its people back from another: it is sent and not over.
const openMemo = "('approval', 'returned', 'verification', 'provisioning', 'activation')"

// people are what the entries of a recap list are read from.
type people struct {
	rows          []models.RecapRow
	nips, niks    []string
	args          map[string]any
	found, others []entryRow
	held          []struct{ NIP, NIK, Number string }
}

// knownPeople are the registry's rows, the accounts and the memos of a recap list, by NIP and by NIK.
type knownPeople struct {
	registry  map[string]entryRow
	strangers map[string]entryRow
	memos     map[string]string
}

type entryRow struct {
	NIP, NIK, Name, UnitCode, Position, ExternalEmail, EmploymentType, Status string
	HasAccount, HasAccess, Activating                                         bool
	AccessEnds                                                                string
}

// RegistryEntries gives for each row what the registry, the accounts, the open memos and activations know of its person; nil for a
// stranger. It reads for the whole list in three statements. exceptCase is the memo that the rows stand in. Rows are
// normalised already.
func (s *Store) RegistryEntries(ctx context.Context, agency, exceptCase string, kind models.MemoKind, rows []models.RecapRow) ([]*models.RegistryEntry, error) {
	p := s.peopleOf(agency, exceptCase, kind, rows)
	if len(rows) > 0 {
		err := s.together(ctx, p.wants()...)
		if err == nil {
			err = s.together(ctx, p.heldBack())
		}
		if err != nil {
			return nil, wrap(err, "look people up in the registry")
		}
	}
	return p.entries(), nil
}

func (s *Store) peopleOf(agency, exceptCase string, kind models.MemoKind, rows []models.RecapRow) *people {
	p := &people{rows: rows, nips: []string{""}, niks: []string{""}}
	for _, r := range rows {
		p.nips, p.niks = append(p.nips, r.NIP), append(p.niks, r.NIK)
	}
	p.args = map[string]any{"agency": agency, "nips": p.nips, "niks": p.niks, "case": exceptCase, "app": Application(kind), "now": s.caseNow()}
	return p
}

// wants asks the registry, and for people without an entry who got an account by an earlier memo.
func (p *people) wants() []want {
	return []want{{`
		select coalesce(e.nip, '') as nip, e.nik, e.name, e.unit_code, e.position, e.external_email, e.employment_type, e.status,
			a.id is not null as has_account, aa.account_id is not null as has_access, coalesce(aa.ends, '') as access_ends,
			exists (select 1 from activations o where o.agency_id = e.agency_id and o.employee_id = e.id and o.held and o.ends > @now) as activating
		from employees e
		left join accounts a on a.agency_id = e.agency_id and a.employee_id = e.id and a.status = 'active'
		left join account_applications aa on aa.account_id = a.id and aa.application = @app and aa.ended_at is null
		where e.agency_id = @agency and (e.nip in @nips or e.nik in @niks)`, p.args, &p.found}, {`
		select '' as nip, a.nik, a.name, '' as unit_code, 'contract' as employment_type, 'active' as status,
			a.status = 'active' as has_account, a.status = 'active' and aa.account_id is not null as has_access, coalesce(aa.ends, '') as access_ends
		from accounts a left join account_applications aa on aa.account_id = a.id and aa.application = @app and aa.ended_at is null
		where a.agency_id = @agency and a.nik in @niks`, p.args, &p.others}}
}

// heldBack asks for the other open memos that hold the people, under whichever number.
func (p *people) heldBack() want {
	nips, niks := p.nips, p.niks
	for _, e := range p.found {
		nips, niks = append(nips, e.NIP), append(niks, e.NIK)
	}
	return want{`
		select r.nip, r.nik, c.number from memo_rows r join cases c on c.id = r.case_id
		where r.agency_id = @agency and (r.nip in @nips and r.nip <> '' or r.nik in @niks and r.nik <> '')
			and c.id <> @case and c.status in ` + openMemo + ` and r.state in ('pending', 'accepted', 'provisioned')
		order by c.number`, map[string]any{"agency": p.args["agency"], "nips": nips, "niks": niks, "case": p.args["case"]}, &p.held}
}

func (p *people) entries() []*models.RegistryEntry {
	k := knownPeople{registry: map[string]entryRow{}, strangers: map[string]entryRow{}, memos: map[string]string{}}
	for _, e := range p.found {
		k.registry[e.NIK] = e
		if e.NIP != "" {
			k.registry[e.NIP] = e
		}
	}
	for _, e := range p.others {
		k.strangers[e.NIK] = e
	}
	for _, r := range p.held {
		for _, number := range []string{r.NIP, r.NIK} {
			if number != "" {
				k.memos[number] = r.Number
			}
		}
	}
	entries := make([]*models.RegistryEntry, len(p.rows))
	for i, r := range p.rows {
		entries[i] = k.entry(r)
	}
	return entries
}

func (p knownPeople) entry(r models.RecapRow) *models.RegistryEntry {
	e, known := p.registry[r.NIP]
	if r.NIP == "" {
		e, known = p.registry[r.NIK]
	}
	memo := p.memos[r.NIP] + ""
	for _, number := range []string{r.NIK, e.NIP, e.NIK} {
		if memo == "" {
			memo = p.memos[number]
		}
	}
	if !known && r.NIP == "" {
		e, known = p.stranger(r, memo)
	}
	if !known {
		return nil
	}
	return &models.RegistryEntry{NIP: e.NIP, NIK: e.NIK, Name: e.Name, UnitCode: e.UnitCode, Position: e.Position,
		ExternalEmail: e.ExternalEmail, EmploymentType: models.EmploymentType(e.EmploymentType), Status: models.EmployeeStatus(e.Status), HasAccount: e.HasAccount, HasAccess: e.HasAccess, AccessEnds: e.AccessEnds,
		InOtherOpenMemo: memo, Activating: e.Activating}
}

// stranger is somebody without an entry whom an account or another open memo knows. The row itself is all there is to
// compare it with.
func (p knownPeople) stranger(r models.RecapRow, memo string) (entryRow, bool) {
	e, known := p.strangers[r.NIK]
	if !known && memo == "" {
		return e, false
	}
	e.NIK, e.Name, e.UnitCode = r.NIK, r.Name, r.UnitCode
	e.EmploymentType, e.Status = string(models.EmploymentContract), string(models.EmployeeActive)
	return e, true
}
