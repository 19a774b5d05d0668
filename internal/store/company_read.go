package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type areaRow struct {
	AccountID string `gorm:"primaryKey"`
	Area      models.Area
	AgencyID  string
	CompanyID string
	Level     models.AreaLevel
	Granted   time.Time
}

// TableName is the table's name.
func (areaRow) TableName() string { return "company_areas" }

// personOfCompany is one of a company's people as the table has them.
type personOfCompany struct {
	ID, Username, Name, Email, Status string
	Responsible                       bool
	EndsAt                            *time.Time
	PeopleVersion                     int
	Held                              *string
}

const peopleSQL = `select a.id, a.username, a.name, a.email, a.status, a.responsible, a.ends_at, a.people_version,
		(select string_agg(x.area || ' ' || x.level, ',') from company_areas x where x.account_id = a.id and x.company_id = a.company_id) as held
	from accounts a where a.agency_id = @agency and a.company_id = @company`

func (p personOfCompany) person() models.CompanyPerson {
	return models.CompanyPerson{ID: p.ID, Username: p.Username, Name: p.Name, Email: p.Email, Status: p.Status, Responsible: p.Responsible,
		Ends: p.EndsAt, Areas: areasIn(p.Held), Version: p.PeopleVersion}
}

func areasIn(held *string) []models.AreaGrant {
	var list []models.AreaGrant
	for pair := range strings.SplitSeq(text(held), ",") {
		if area, level, ok := strings.Cut(pair, " "); ok {
			list = append(list, models.AreaGrant{Area: models.Area(area), Level: models.AreaLevel(level)})
		}
	}
	list, _ = models.ParseAreas(list)
	return list
}

// Staff gives a company with all of its people, whoever is responsible first; models.ErrNotFound otherwise.
func (s *Store) Staff(ctx context.Context, agency, id string) (models.StaffView, error) {
	var row companyRecord
	if err := s.reader(ctx).Where("agency_id = ? and id = ?", agency, id).Take(&row).Error; err != nil {
		return models.StaffView{}, wrap(err, "find a company")
	}
	view := models.StaffView{ID: row.ID, NPWP: row.NPWP, Name: row.Name, People: []models.CompanyPerson{}}
	var people []personOfCompany
	err := s.reader(ctx).Raw(peopleSQL+" order by case when a.status = 'disabled' then 2 when a.responsible then 0 else 1 end, lower(a.name), a.id",
		map[string]any{"agency": agency, "company": id}).Scan(&people).Error
	for _, p := range people {
		view.People = append(view.People, p.person())
	}
	if err == nil {
		err = s.signIns(ctx, agency, view.People)
	}
	return view, wrap(err, "read a company's people")
}

// signIns fills in the days of last sign-ins, as the audit trail has them.
func (s *Store) signIns(ctx context.Context, agency string, people []models.CompanyPerson) error {
	streams := make([]string, len(people))
	for i, p := range people {
		streams[i] = accountStream(p.ID)
	}
	var last []struct {
		Stream string
		At     time.Time
	}
	err := s.reader(ctx).Raw(`select e.stream, e.at from audit_entries e where e.agency_id = @agency and e.stream in @streams
		and e.stream_seq = (select max(x.stream_seq) from audit_entries x where x.agency_id = e.agency_id and x.stream = e.stream
			and x.action = 'sign_in' and x.outcome = 'ok')`, map[string]any{"agency": agency, "streams": append(streams, "")}).Scan(&last).Error
	for _, l := range last {
		for i := range people {
			if accountStream(people[i].ID) == l.Stream {
				people[i].LastSignIn = models.DateOf(l.At.In(agencyZone())).String()
			}
		}
	}
	return err
}

// CompanyPerson gives one of a company's people; models.ErrNotFound for anybody else.
func (s *Store) CompanyPerson(ctx context.Context, agency, company, id string) (models.CompanyPerson, error) {
	p, err := personIn(s.reader(ctx), agency, company, id)
	if err != nil {
		return p, wrap(err, "find one of a company's people")
	}
	people := []models.CompanyPerson{p}
	err = s.signIns(ctx, agency, people)
	return people[0], wrap(err, "read a last sign-in")
}

func personIn(tx *gorm.DB, agency, company, id string) (models.CompanyPerson, error) {
	var found []personOfCompany
	err := tx.Raw(peopleSQL+" and a.id = @id", map[string]any{"agency": agency, "company": company, "id": id}).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return models.CompanyPerson{}, err
	}
	return found[0].person(), nil
}

type summaryRow struct {
	ID                  string
	NPWP                string `gorm:"column:npwp"`
	Name, Sort          string
	People, Responsible int
}

// Companies lists the agency's companies by name; words narrow to those whose name or NPWP holds them. Orphaned leaves only
// those for which nobody active answers.
func (s *Store) Companies(ctx context.Context, agency, words string, orphaned bool, q models.PageQuery) (models.Page[models.CompanySummary], error) {
	const list = "companies"
	limit, after, err := page(q, list)
	if err != nil {
		return models.Page[models.CompanySummary]{}, err
	}
	args := map[string]any{"agency": agency, "like": "%" + literally(strings.ToLower(words)) + "%", "npwp": "%" + literally(models.NormalizeNPWP(words)) + "%", "now": s.wallNow(), "limit": limit + 1}
	where := " where (lower(c.name) like @like escape '!' or c.npwp like @npwp escape '!') and c.agency_id = @agency"
	if after != nil {
		where += " and (lower(c.name) > @name or lower(c.name) = @name and c.id > @id)"
		args["name"], args["id"] = after.Name, after.ID
	}
	var rows []summaryRow
	sql := `select * from (select c.id, c.npwp, c.name, lower(c.name) as sort,
		(select count(*) from accounts a where a.company_id = c.id and a.status <> 'disabled') as people,
		(select count(*) from accounts a where a.company_id = c.id and ` + answersSQL + `) as responsible
		from companies c` + where + ") t"
	if orphaned {
		sql += " where t.responsible = 0"
	}
	err = s.reader(ctx).Raw(sql+" order by t.sort, t.id limit @limit", args).Scan(&rows).Error
	return cut(rows, limit, func(r summaryRow) models.CompanySummary {
		return models.CompanySummary{ID: r.ID, NPWP: r.NPWP, Name: r.Name, People: r.People, Responsible: r.Responsible}
	}, func(r summaryRow) cursor { return cursor{List: list, Name: r.Sort, ID: r.ID} }), wrap(err, "list companies")
}

// answersSQL holds for an account a that can answer for its company now.
const answersSQL = "a.responsible and a.status = 'active' and (a.ends_at is null or a.ends_at > @now)"

// AreaApplications lists the enabled applications that areas open.
func (s *Store) AreaApplications(ctx context.Context, agency string) ([]models.AreaApplication, error) {
	list := []models.AreaApplication{}
	err := s.reader(ctx).Raw("select id, name, area from applications where agency_id = ? and access = ? and enabled order by lower(name), id",
		agency, models.AccessByCompany).Scan(&list).Error
	return list, wrap(err, "list applications by area")
}

// CompanyStanding tells what an account is within its company; the zero value for who has none.
func (s *Store) CompanyStanding(ctx context.Context, accountID string) (models.CompanyStanding, error) {
	var found []struct {
		ID, Name    string
		Responsible bool
		Held        *string
	}
	err := s.reader(ctx).Raw(`select c.id, c.name, a.responsible,
			(select string_agg(x.area || ' ' || x.level, ',') from company_areas x where x.account_id = a.id and x.company_id = a.company_id) as held
		from accounts a join companies c on c.id = a.company_id where a.id = ?`, accountID).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return models.CompanyStanding{}, wrap(err, "read what somebody is in a company")
	}
	f := found[0]
	return models.CompanyStanding{ID: f.ID, Name: f.Name, Responsible: f.Responsible, Areas: areasIn(f.Held)}, nil
}
