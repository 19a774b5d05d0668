package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

// importBatch rows go in one statement; SQLite takes at most 32,766 parameters.
const importBatch = 1000

// Registry is what an import brings. A nil part is left as it is. Rows are valid already: models checks them.
type Registry struct {
	Units        []models.UnitRow
	Employees    []models.EmployeeRow
	Appointments []models.AppointmentRow
}

// ImportCount says what became of one part's rows. Only appointments are ever removed: people and units that a file
// leaves out may be named in old cases.
type ImportCount struct {
	Added, Changed, Unchanged, Removed int
}

// ImportResult counts each part.
type ImportResult struct {
	Units, Employees, Appointments ImportCount
}

// importer is one run within its transaction.
type importer struct {
	tx       *gorm.DB
	agency   string
	at       time.Time  // of case time
	lost     []grantRow // offices that nobody holds by it any more
	progress func(done, total int)
	done     int
	total    int
}

// ImportRegistry brings units, employees and appointments up to what the files say: all of it or nothing, and nothing
// the second time. at is the instant of the import, progress (may be nil) counts rows.
func (s *Store) ImportRegistry(ctx context.Context, a models.Actor, r Registry, at time.Time, progress func(done, total int)) (ImportResult, error) {
	var result ImportResult
	err := s.transact(ctx, "import the registry", func(tx *gorm.DB) error {
		im := &importer{tx: tx, agency: agencyOf(a), at: s.caseNow(), progress: progress, total: len(r.Units) + len(r.Employees) + len(r.Appointments)}
		var err error
		if result.Units, err = im.units(r.Units); err != nil {
			return fmt.Errorf("units: %w", err)
		}
		if result.Employees, err = im.employees(r.Employees); err != nil {
			return fmt.Errorf("employees: %w", err)
		}
		if result.Appointments, err = im.appointments(r.Appointments); err != nil {
			return fmt.Errorf("appointments: %w", err)
		}
		if err = im.endLost(s, a); err != nil {
			return fmt.Errorf("delegations: %w", err)
		}
		return s.note(tx, a, deed{stream: "system", action: "registry_imported", object: "registry", at: micro(at),
			after: map[string]any{"units": result.Units, "employees": result.Employees, "appointments": result.Appointments}})
	})
	return result, err
}

func (im *importer) units(rows []models.UnitRow) (ImportCount, error) {
	paths, err := unitPaths(rows)
	if err != nil || rows == nil {
		return ImportCount{}, err
	}
	next := make([]unitRow, len(rows))
	for i, r := range rows {
		next[i] = unitRow{AgencyID: im.agency, Code: r.Code, ParentCode: optional(r.ParentCode), Name: r.Name, Kind: string(r.Kind),
			Path: paths[r.Code], Zone: "Asia/Jakarta"}
	}
	var stored []unitRow
	if err := im.tx.Where("agency_id = ?", im.agency).Find(&stored).Error; err != nil {
		return ImportCount{}, err
	}
	key := func(r unitRow) string { return r.Code }
	same := func(old, r unitRow) bool {
		return text(old.ParentCode) == text(r.ParentCode) && old.Name == r.Name && old.Kind == r.Kind && old.Path == r.Path
	}
	count, changed := compare(stored, next, key, same)
	return count, upsert(im, changed, len(next), []string{"agency_id", "code"}, []string{"parent_code", "name", "kind", "path"})
}

func (im *importer) employees(rows []models.EmployeeRow) (ImportCount, error) {
	if rows == nil {
		return ImportCount{}, nil
	}
	next := make([]employeeRow, len(rows))
	for i, r := range rows {
		next[i] = newEmployeeRow(im.agency, r)
	}
	var stored []employeeRow
	if err := im.tx.Where("agency_id = ?", im.agency).Find(&stored).Error; err != nil {
		return ImportCount{}, err
	}
	count, changed := compare(stored, next, func(r employeeRow) string { return r.ID }, employeeRow.equal)
	return count, upsert(im, changed, len(next), []string{"id"}, []string{"nik", "name", "birth_place", "birth_date", "sex",
		"employment_type", "rank", "rank_effective_date", "unit_code", "position", "official_email", "external_email", "status"})
}

// appointments are grants whose source is the import; those that the file no longer names are removed. What somebody
// ended by hand stays ended, whatever the file says.
func (im *importer) appointments(rows []models.AppointmentRow) (ImportCount, error) {
	if rows == nil {
		return ImportCount{}, nil
	}
	heads := headsOf(im.agency, rows)
	next := map[string]grantRow{}
	for _, r := range rows {
		g := im.appointment(r, heads)
		next[g.ID] = g
	}
	var stored []grantRow
	if err := im.tx.Where("agency_id = ? and source = 'import'", im.agency).Find(&stored).Error; err != nil {
		return ImportCount{}, err
	}
	im.lost = lostOffices(stored, next, im.at)
	var gone []string
	for _, old := range stored {
		if _, ok := next[old.ID]; !ok && old.Ended == nil {
			gone = append(gone, old.ID)
		}
	}
	same := func(old, r grantRow) bool {
		return old.Ended != nil || text(old.OnBehalfOf) == text(r.OnBehalfOf) && sameInstant(old.ValidUntil, r.ValidUntil)
	}
	list := slices.SortedFunc(maps.Values(next), func(a, b grantRow) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) })
	count, changed := compare(stored, list, func(r grantRow) string { return r.ID }, same)
	count.Removed = len(gone)
	for batch := range slices.Chunk(gone, importBatch) {
		if err := im.tx.Where("id in ?", batch).Delete(&grantRow{}).Error; err != nil {
			return count, err
		}
	}
	return count, upsert(im, changed, len(rows), []string{"id"}, []string{"valid_until", "on_behalf_of"})
}

// appointment makes a grant of an office. A daily acting head decides for the unit's head, one for a vacancy for nobody.
func (im *importer) appointment(r models.AppointmentRow, heads map[string]string) grantRow {
	zone := agencyZone()
	employee := employeeID(im.agency, r.NIP, "")
	g := models.RoleGrant{
		ID:         derivedID("grant", im.agency, r.UnitCode, string(r.Office), r.NIP, r.ValidFrom.String()),
		EmployeeID: employee, Role: r.Office.Role(), Unit: r.UnitCode, From: r.ValidFrom.At(zone),
	}
	if !r.ValidUntil.IsZero() {
		until := r.ValidUntil.AddDays(1).At(zone) // the last day is part of the period
		g.Until = &until
	}
	if r.Office == models.OfficeActingHeadDaily {
		g.OnBehalfOf = heads[r.UnitCode]
	}
	return *newGrantRow(im.agency, "import", g)
}

func headsOf(agency string, rows []models.AppointmentRow) map[string]string {
	heads := map[string]string{}
	for _, r := range rows {
		if r.Office == models.OfficeHead {
			heads[r.UnitCode] = employeeID(agency, r.NIP, "")
		}
	}
	return heads
}

// compare sorts rows into new, changed and unchanged ones, and gives the first two.
func compare[R any](stored, next []R, key func(R) string, same func(old, r R) bool) (ImportCount, []R) {
	var count ImportCount
	old := make(map[string]R, len(stored))
	for _, r := range stored {
		old[key(r)] = r
	}
	var changed []R
	for _, r := range next {
		before, known := old[key(r)]
		switch {
		case !known:
			count.Added++
		case same(before, r):
			count.Unchanged++
			continue
		default:
			count.Changed++
		}
		changed = append(changed, r)
	}
	return count, changed
}

func upsert[R any](im *importer, changed []R, all int, keys, columns []string) error {
	conflict := clause.OnConflict{DoUpdates: clause.AssignmentColumns(columns)}
	for _, k := range keys {
		conflict.Columns = append(conflict.Columns, clause.Column{Name: k})
	}
	for batch := range slices.Chunk(changed, importBatch) {
		if err := im.tx.Clauses(conflict).Create(&batch).Error; err != nil {
			return absent(duplicate(err))
		}
		im.step(len(batch))
	}
	im.step(all - len(changed))
	return nil
}

func (im *importer) step(n int) {
	im.done += n
	if im.progress != nil && n > 0 {
		im.progress(im.done, im.total)
	}
}

// unitPaths gives each unit's codes from the root, whatever the order of the rows.
func unitPaths(rows []models.UnitRow) (map[string]string, error) {
	parents := make(map[string]string, len(rows))
	for _, r := range rows {
		parents[r.Code] = r.ParentCode
	}
	paths := make(map[string]string, len(rows))
	for _, r := range rows {
		path := "/"
		steps := 0
		for code := r.Code; code != ""; code = parents[code] {
			if _, known := parents[code]; !known || steps > len(rows) {
				return nil, models.Invalid(models.Fault("parent_code", "unit_unknown", "code", code))
			}
			path, steps = "/"+code+path, steps+1
		}
		paths[r.Code] = path
	}
	return paths, nil
}

// agencyZone is where civil dates of appointments begin.
func agencyZone() *time.Location { return time.FixedZone("WIB", 7*60*60) }

func sameInstant(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// derivedID is the same for the same parts, so that an import finds its own rows again.
func derivedID(parts ...string) string {
	name := ""
	for _, p := range parts {
		name += p + "|"
	}
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("loket|"+name)).String()
}

// employeeID is the id of whoever has the NIP, else the NIK.
func employeeID(agency, nip, nik string) string {
	if nip != "" {
		return derivedID("employee", agency, nip)
	}
	return derivedID("employee", agency, nik)
}
