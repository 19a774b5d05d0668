package store

import (
	"context"

	"gorm.io/gorm"

	"loket/models"
)

// EmployeeQuery narrows the registry. Paths are unit paths, what lies below included; none means everywhere. Text
// searches name, NIP and NIK.
type EmployeeQuery struct {
	Text  string
	Paths []string
	models.PageQuery
}

type employeeFacts struct {
	Row                employeeRow `gorm:"embedded"`
	UnitName, Username string
}

// Employees lists the registry by name. NIKs are masked.
func (s *Store) Employees(ctx context.Context, agency string, q EmployeeQuery) (models.Page[models.EmployeeView], error) {
	limit, after, err := page(q.PageQuery, "employees")
	if err != nil {
		return models.Page[models.EmployeeView]{}, err
	}
	db := s.employeeFacts(ctx).Where("e.agency_id = ?", agency)
	if len(q.Paths) > 0 {
		under := s.reader(ctx)
		for _, path := range q.Paths {
			under = under.Or("u.path >= ? and u.path < ?", path, path[:max(len(path)-1, 0)]+"0")
		}
		db = db.Where(under)
	}
	if q.Text != "" {
		db = db.Where("(lower(e.name) like ? escape '!' or e.nip = ? or e.nik = ?)", "%"+likeText(q.Text)+"%", q.Text, q.Text)
	}
	if after != nil {
		db = db.Where("(e.name, e.id) > (?, ?)", after.Name, after.ID)
	}
	var rows []employeeFacts
	err = db.Order("e.name, e.id").Limit(limit + 1).Find(&rows).Error
	return cut(rows, limit, employeeFacts.view, func(r employeeFacts) cursor {
		return cursor{List: "employees", Name: r.Row.Name, ID: r.Row.ID}
	}), wrap(err, "list employees")
}

// Employee gives one person of the registry, the NIK masked.
func (s *Store) Employee(ctx context.Context, agency, id string) (models.EmployeeView, error) {
	var row employeeFacts
	err := s.employeeFacts(ctx).Where("e.agency_id = ? and e.id = ?", agency, id).Take(&row).Error
	view := row.view()
	if err == nil {
		view.Access, err = s.accessOf(ctx, id)
	}
	return view, wrap(err, "read an employee")
}

// accessOf lists what an employee's account may use, or could until a contract ended.
func (s *Store) accessOf(ctx context.Context, employeeID string) ([]models.AccessView, error) {
	var list []models.AccessView
	err := s.reader(ctx).Raw(`select x.application, x.ends, x.ended_at is not null as ended
		from account_applications x join accounts a on a.id = x.account_id where a.employee_id = ? order by x.application`, employeeID).Scan(&list).Error
	return list, err
}

func (s *Store) employeeFacts(ctx context.Context) *gorm.DB {
	return s.reader(ctx).Table("employees e").
		Select("e.*, coalesce(u.name, '') as unit_name, coalesce(a.username, '') as username").
		Joins("left join units u on u.agency_id = e.agency_id and u.code = e.unit_code").
		Joins("left join accounts a on a.agency_id = e.agency_id and a.employee_id = e.id")
}

func (r employeeFacts) view() models.EmployeeView {
	e := r.Row
	return models.EmployeeView{ID: e.ID, NIP: text(e.NIP), NIK: models.MaskNIK(e.NIK), Name: e.Name, Unit: e.UnitCode,
		UnitName: r.UnitName, Position: e.Position, EmploymentType: e.EmploymentType, Rank: e.Rank, Status: e.Status,
		OfficialEmail: e.OfficialEmail, Username: r.Username}
}
