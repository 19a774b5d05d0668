package store

import (
	"context"

	"loket/models"
)

// openMemo are the statuses in which a memo holds its people back from another: it is sent and not over.
const openMemo = "('approval', 'returned', 'verification', 'provisioning', 'activation')"

// people are the registry's rows and the accounts of a recap list, by NIP and by NIK.
type people struct {
	registry  map[string]entryRow
	strangers map[string]entryRow
	memos     map[string]string
}

type entryRow struct {
	NIP, NIK, Name, UnitCode, Position, ExternalEmail, EmploymentType, Status string
	HasAccount, HasAccess                                                     bool
	AccessEnds                                                                string
}

// RegistryEntries gives for each row what the registry, the accounts and the open memos know of its person; nil for a
// stranger. It reads for the whole list in three statements. exceptCase is the memo that the rows stand in. Rows are
// normalised already.
func (s *Store) RegistryEntries(ctx context.Context, agency, exceptCase string, kind models.MemoKind, rows []models.RecapRow) ([]*models.RegistryEntry, error) {
	entries := make([]*models.RegistryEntry, len(rows))
	if len(rows) == 0 {
		return entries, nil
	}
	p, err := s.people(ctx, agency, exceptCase, kind, rows)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		entries[i] = p.entry(r)
	}
	return entries, nil
}

func (s *Store) people(ctx context.Context, agency, exceptCase string, kind models.MemoKind, rows []models.RecapRow) (people, error) {
	p := people{registry: map[string]entryRow{}, strangers: map[string]entryRow{}, memos: map[string]string{}}
	nips, niks := []string{""}, []string{""}
	for _, r := range rows {
		nips, niks = append(nips, r.NIP), append(niks, r.NIK)
	}
	args := map[string]any{"agency": agency, "nips": nips, "niks": niks, "case": exceptCase, "app": Application(kind)}
	var found []entryRow
	err := s.reader(ctx).Raw(`
		select coalesce(e.nip, '') as nip, e.nik, e.name, e.unit_code, e.position, e.external_email, e.employment_type, e.status,
			a.id is not null as has_account, aa.account_id is not null as has_access, coalesce(aa.ends, '') as access_ends
		from employees e
		left join accounts a on a.agency_id = e.agency_id and a.employee_id = e.id and a.status = 'active'
		left join account_applications aa on aa.account_id = a.id and aa.application = @app and aa.ended_at is null
		where e.agency_id = @agency and (e.nip in @nips or e.nik in @niks)`, args).Scan(&found).Error
	if err != nil {
		return p, wrap(err, "look people up in the registry")
	}
	for _, e := range found {
		p.registry[e.NIK] = e
		if e.NIP != "" {
			p.registry[e.NIP] = e
		}
	}
	if err := s.strangers(ctx, args, p.strangers); err != nil {
		return p, err
	}
	return p, s.heldBack(ctx, args, found, p.memos)
}

// strangers are people without an entry who got an account by an earlier memo.
func (s *Store) strangers(ctx context.Context, args map[string]any, into map[string]entryRow) error {
	var found []entryRow
	err := s.reader(ctx).Raw(`
		select '' as nip, a.nik, a.name, '' as unit_code, 'contract' as employment_type, 'active' as status,
			a.status = 'active' as has_account, a.status = 'active' and aa.account_id is not null as has_access, coalesce(aa.ends, '') as access_ends
		from accounts a left join account_applications aa on aa.account_id = a.id and aa.application = @app and aa.ended_at is null
		where a.agency_id = @agency and a.nik in @niks`, args).Scan(&found).Error
	for _, e := range found {
		into[e.NIK] = e
	}
	return wrap(err, "look people up among the accounts")
}

// heldBack finds the other open memos that hold the people, under whichever number.
func (s *Store) heldBack(ctx context.Context, args map[string]any, found []entryRow, into map[string]string) error {
	nips, _ := args["nips"].([]string)
	niks, _ := args["niks"].([]string)
	for _, e := range found {
		nips, niks = append(nips, e.NIP), append(niks, e.NIK)
	}
	args["nips"], args["niks"] = nips, niks
	var rows []struct{ NIP, NIK, Number string }
	err := s.reader(ctx).Raw(`
		select r.nip, r.nik, c.number from memo_rows r join cases c on c.id = r.case_id
		where r.agency_id = @agency and (r.nip in @nips and r.nip <> '' or r.nik in @niks and r.nik <> '')
			and c.id <> @case and c.status in `+openMemo+` and r.state in ('pending', 'accepted', 'provisioned')
		order by c.number`, args).Scan(&rows).Error
	for _, r := range rows {
		for _, number := range []string{r.NIP, r.NIK} {
			if number != "" {
				into[number] = r.Number
			}
		}
	}
	return wrap(err, "look for other open memos")
}

func (p people) entry(r models.RecapRow) *models.RegistryEntry {
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
		InOtherOpenMemo: memo}
}

// stranger is somebody without an entry whom an account or another open memo knows. The row itself is all there is to
// compare it with.
func (p people) stranger(r models.RecapRow, memo string) (entryRow, bool) {
	e, known := p.strangers[r.NIK]
	if !known && memo == "" {
		return e, false
	}
	e.NIK, e.Name, e.UnitCode = r.NIK, r.Name, r.UnitCode
	e.EmploymentType, e.Status = string(models.EmploymentContract), string(models.EmployeeActive)
	return e, true
}
