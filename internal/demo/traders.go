package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"loket/internal/store"
	"loket/models"
)

// trader is a ready-made sign-in of a company's person. Left is how long the account lives from the first start.
type trader struct {
	username, name string
	company        models.Company
	responsible    bool
	left           time.Duration
}

// traders are invented, as their companies are. The last one's account is due to be renewed.
func traders() []trader {
	importer := models.Company{NPWP: "012345678091000", Name: "PT Sumber Rezeki Contoh", Address: "Jl. Pelabuhan Raya 12, Jakarta Utara", Postcode: "14310", Phone: "021 555 0101",
		EDINumber: "EDI-0012345", CustomsNumber: "05.012345"}
	carrier := models.Company{NPWP: "023456789093000", Name: "PT Samudra Lintas Contoh", Address: "Jl. Dermaga 3, Semarang", Postcode: "50174", Phone: "024 555 0202"}
	return []trader{
		{"sari.wibowo", "Sari Wibowo", importer, true, models.TraderValidity},
		{"tono.gunawan", "Tono Gunawan", importer, false, models.TraderValidity},
		{"wati.kusuma", "Wati Kusuma", carrier, true, 10 * 24 * time.Hour},
	}
}

func (t trader) email() string { return t.username + "@niaga.example" }

func (t trader) signIn() SignIn {
	return SignIn{Group: groupTrade, Username: t.username, Name: t.name, Unit: t.company.Name, Trades: true}
}

// openTraders makes their accounts; what stands already is left alone.
func (s *Seeder) openTraders(ctx context.Context, first time.Time) error {
	hash := ""
	for _, t := range traders() {
		_, err := s.Store.AccountByUsername(ctx, models.DefaultAgency, t.username)
		if err == nil {
			continue
		}
		if !errors.Is(err, models.ErrNotFound) {
			return err
		}
		if hash == "" {
			if hash, err = s.Hash(ctx, Password); err != nil {
				return err
			}
		}
		id, err := s.Store.AddTrader(ctx, operator(), store.NewTrader{Company: t.company, Username: t.username, Name: t.name, Email: t.email(), PasswordHash: hash,
			Responsible: t.responsible, Ends: first.Add(t.left)})
		if errors.Is(err, models.ErrDuplicate) { // another process was here first
			continue
		}
		if err == nil {
			err = s.giveAreas(ctx, id)
		}
		if err != nil {
			return fmt.Errorf("open the account %s: %w", t.username, err)
		}
	}
	return nil
}
