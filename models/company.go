package models

import "time"

// Company is whom traders' accounts belong to, known by its NPWP (15 or 16 digits) within the agency. What is not known is
// empty.
type Company struct {
	ID            string `json:"id"`
	NPWP          string `json:"npwp"`
	Name          string `json:"name"`
	Address       string `json:"address"`
	Postcode      string `json:"postcode"`
	Phone         string `json:"phone"`
	EDINumber     string `json:"edi_number"`
	CustomsNumber string `json:"customs_number"`
	Version       int    `json:"version"`
}

// The life of a trader's account, in wall time; PRODUCT 3.3 and decision 11.
const (
	TraderValidity = 365 * 24 * time.Hour
	RenewalBefore  = 30 * 24 * time.Hour // before the end, from when on it can be renewed
	RenewalAfter   = 30 * 24 * time.Hour // after the end, until when it still can
)
