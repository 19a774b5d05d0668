package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

// LinkFacts are what is known of an account in an application: its link, and its company as the application knew it.
type LinkFacts struct {
	User, NPWP, Company       string
	UserDirectorates          []models.Directorate
	CompanyDirectorates       []models.Directorate
	UserLooked, CompanyLooked *time.Time
	Chosen                    string
}

// LinkFacts reads them, with the directorate that was chosen in a session.
func (s *Store) LinkFacts(ctx context.Context, a models.Actor, application, sessionID string) (LinkFacts, error) {
	var row struct {
		ApplicationUser, Directorates, Npwp, CompanyID, CompanyDirectorates, Chosen *string
		Looked, CompanyLooked                                                       *time.Time
	}
	err := s.reader(ctx).Raw(`select l.application_user, l.directorates, l.looked, c.npwp, c.id as company_id, d.directorates as company_directorates,
			d.looked as company_looked, x.code as chosen
		from accounts a
		left join application_links l on l.agency_id = a.agency_id and l.application = @application and l.account_id = a.id
		left join companies c on c.id = a.company_id
		left join company_directorates d on d.agency_id = a.agency_id and d.application = @application and d.company_id = a.company_id
		left join directorate_choices x on x.session_id = @session and x.application = @application and x.account_id = a.id
		where a.id = @account`, map[string]any{"application": application, "session": sessionID, "account": a.AccountID}).Take(&row).Error
	f := LinkFacts{User: text(row.ApplicationUser), NPWP: text(row.Npwp), Company: text(row.CompanyID), UserLooked: row.Looked, CompanyLooked: row.CompanyLooked,
		Chosen: text(row.Chosen)}
	if err == nil {
		f.UserDirectorates, err = directorates(text(row.Directorates))
	}
	if err == nil {
		f.CompanyDirectorates, err = directorates(text(row.CompanyDirectorates))
	}
	return f, wrap(err, "read what is known of somebody in an application")
}

func directorates(text string) ([]models.Directorate, error) {
	if text == "" {
		return nil, nil
	}
	var list []models.Directorate
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("read directorates: %w", err)
	}
	return list, nil
}

// LookedAtUser keeps what an application just told of a linked user.
func (s *Store) LookedAtUser(ctx context.Context, a models.Actor, application string, list []models.Directorate) error {
	text, err := directorateText(list)
	if err != nil {
		return err
	}
	err = s.write.WithContext(ctx).Exec("update application_links set directorates = ?, looked = ? where agency_id = ? and application = ? and account_id = ?",
		text, s.wallNow(), agencyOf(a), application, a.AccountID).Error
	return wrap(err, "keep a user's directorates")
}

// LookedAtCompany keeps what an application just told of a company; nothing where it does not know it.
func (s *Store) LookedAtCompany(ctx context.Context, agency, application, companyID string, list []models.Directorate) error {
	text, err := directorateText(list)
	if err != nil {
		return err
	}
	err = s.write.WithContext(ctx).Exec(`insert into company_directorates (agency_id, application, company_id, directorates, looked) values (?, ?, ?, ?, ?)
		on conflict (agency_id, application, company_id) do update set directorates = excluded.directorates, looked = excluded.looked`,
		agency, application, companyID, text, s.wallNow()).Error
	return wrap(err, "keep a company's directorates")
}

type choiceRow struct {
	SessionID   string `gorm:"primaryKey"`
	Application string `gorm:"primaryKey"`
	AgencyID    string
	AccountID   string
	Code        string
	Chosen      time.Time
}

// TableName is the table's name.
func (choiceRow) TableName() string { return "directorate_choices" }

// ChooseDirectorate remembers for which directorate somebody opens an application, until their session ends;
// models.ErrNotFound where the session is not theirs. Whether the directorate is theirs is for the caller to ask.
func (s *Store) ChooseDirectorate(ctx context.Context, a models.Actor, sessionID, application, code string) error {
	return s.transact(ctx, "choose a directorate", func(tx *gorm.DB) error {
		var session Session
		if err := tx.Clauses(forUpdate()).Where("id = ? and account_id = ? and expires > ?", sessionID, a.AccountID, s.wallNow()).Take(&session).Error; err != nil {
			return err
		}
		err := tx.Exec("delete from directorate_choices where account_id = ? and not exists (select 1 from sessions x where x.id = directorate_choices.session_id)", a.AccountID).Error
		if err != nil {
			return err
		}
		var had []choiceRow
		if err := tx.Where("session_id = ? and application = ?", sessionID, application).Find(&had).Error; err != nil {
			return err
		}
		row := choiceRow{SessionID: sessionID, Application: application, AgencyID: agencyOf(a), AccountID: a.AccountID, Code: code, Chosen: s.wallNow()}
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
		d := deed{stream: accountStream(a.AccountID), action: "directorate_chosen", object: "application:" + application, after: map[string]any{"directorate": code, "session": sessionID}}
		if len(had) > 0 {
			d.before = map[string]any{"directorate": had[0].Code, "session": sessionID}
		}
		return s.note(tx, a, d)
	})
}
