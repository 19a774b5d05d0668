package models

import (
	"strconv"
	"strings"
)

const (
	longestAddress   = 300
	longestTelephone = 30
	longestReference = 40
)

// TraderProfile is what traders change of themselves at once. Phone may be empty.
type TraderProfile struct {
	Name   string `json:"name"`
	Phone  string `json:"phone"`
	Locale string `json:"locale"`
}

// ParseTraderProfile reads a profile, and says what is wrong with it.
func ParseTraderProfile(p TraderProfile) (TraderProfile, []FieldFault) {
	read := TraderProfile{Locale: p.Locale}
	var faults, found []FieldFault
	read.Name, faults = ParseName("name", p.Name)
	read.Phone, found = readTelephone("phone", p.Phone)
	faults = append(faults, found...)
	if Locale(p.Locale) != p.Locale {
		faults = append(faults, Fault("locale", "locale_unknown"))
	}
	return read, faults
}

// CompanyData is what whoever is responsible for a company changes of it at once; its NPWP and its name are the officers' to
// check. EDI number and customs registration number may be empty.
type CompanyData struct {
	Address       string `json:"address"`
	Postcode      string `json:"postcode"`
	Phone         string `json:"company_phone"`
	EDINumber     string `json:"edi_number"`
	CustomsNumber string `json:"customs_number"`
}

// ParseCompanyData reads a company's data, and says what is wrong with them.
func ParseCompanyData(d CompanyData) (CompanyData, []FieldFault) {
	var read CompanyData
	var faults, found []FieldFault
	read.Address, faults = parseLine("address", d.Address, longestAddress)
	read.Postcode, found = readPostcode("postcode", d.Postcode)
	faults = append(faults, found...)
	if read.Phone, found = readTelephone("company_phone", d.Phone); read.Phone == "" && len(found) == 0 {
		found = []FieldFault{Fault("company_phone", "required")}
	}
	faults = append(faults, found...)
	read.EDINumber, found = readReference("edi_number", d.EDINumber)
	faults = append(faults, found...)
	read.CustomsNumber, found = readReference("customs_number", d.CustomsNumber)
	return read, append(faults, found...)
}

// readPostcode asks for the five digits of an Indonesian postcode.
func readPostcode(field, s string) (string, []FieldFault) {
	s = withoutSpaces(s)
	switch {
	case s == "":
		return s, []FieldFault{Fault(field, "required")}
	case len(s) != 5 || !digits(s):
		return s, []FieldFault{Fault(field, "postcode_digits")}
	}
	return s, nil
}

// readTelephone takes a number as people write it: digits with blanks, hyphens, dots, parentheses and a plus in front. An
// empty one is no fault.
func readTelephone(field, s string) (string, []FieldFault) {
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for _, r := range strings.TrimPrefix(s, "+") {
		switch {
		case '0' <= r && r <= '9':
			n++
		case !strings.ContainsRune(" -.()", r):
			n = -len(s)
		}
	}
	switch {
	case s == "":
		return s, nil
	case len(s) > longestTelephone:
		return s, []FieldFault{Fault(field, "text_too_long", "max", strconv.Itoa(longestTelephone))}
	case n < 6 || n > 15:
		return s, []FieldFault{Fault(field, "telephone_shape")}
	}
	return s, nil
}

// readReference takes a number that somebody else gave out, of which no more is known than that it is one short line.
func readReference(field, s string) (string, []FieldFault) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	return parseLine(field, s, longestReference)
}
