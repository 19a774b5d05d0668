package models

// recapCheck gathers the findings of one normalised row, in the order of its columns.
type recapCheck struct {
	row      RecapRow
	kind     MemoKind
	found    *RegistryEntry
	ctx      RecapContext
	findings []RowFinding
}

func (c *recapCheck) check() {
	c.person()
	c.name()
	c.unit()
	_, faults := textUpTo(maxUnitName)("position", c.row.Position)
	c.failAll(faults)
	c.contract()
	c.address()
}

// contractStaff are listed by NIK, everybody else by NIP.
func (c *recapCheck) contractStaff() bool { return c.row.NIP == "" }

// who is the column that names the person.
func (c *recapCheck) who() string {
	if c.contractStaff() && c.row.NIK != "" {
		return "nik"
	}
	return "nip"
}

func (c *recapCheck) person() {
	faults := c.numberFaults()
	c.failAll(faults)
	switch {
	case len(faults) > 0:
	case c.found != nil:
		c.registered()
	case c.contractStaff():
		c.warn("nik", "new_person")
	default:
		c.fail("nip", "not_in_registry")
	}
}

// numberFaults reads the numbers without an employment type: a NIP that stands in the registry was checked by its
// type when it was imported.
func (c *recapCheck) numberFaults() []FieldFault {
	if c.row.NIP == "" && c.row.NIK == "" {
		return []FieldFault{Fault("nip", "nip_or_nik_required")}
	}
	var faults []FieldFault
	if c.row.NIP != "" {
		_, faults = ParseNIP("nip", c.row.NIP, "")
	}
	if c.row.NIK != "" {
		_, more := ParseNIK("nik", c.row.NIK)
		faults = append(faults, more...)
	}
	return faults
}

// registered checks a row against the person's entry in the registry.
func (c *recapCheck) registered() {
	if c.contractStaff() && c.found.EmploymentType != EmploymentContract {
		c.fail("nip", "nip_required")
	}
	if c.row.NIP != "" && c.row.NIK != "" && c.found.NIK != "" && c.row.NIK != c.found.NIK {
		c.fail("nik", "nik_differs")
	}
	switch c.found.Status {
	case EmployeeRetired:
		c.fail(c.who(), "retired")
	case EmployeeOnLeave:
		c.warn(c.who(), "on_leave")
	}
	switch {
	case c.prolongs():
		c.warn(c.who(), "access_prolonged", "date", formDay(c.found.AccessEnds))
	case c.hasAlready():
		c.fail(c.who(), "has_access")
	}
	if c.found.InOtherOpenMemo != "" {
		c.fail(c.who(), "in_other_memo", "number", c.found.InOtherOpenMemo)
	}
	if c.found.Activating {
		c.fail(c.who(), "in_open_activation")
	}
}

// hasAlready: a Flexiwork memo adds access to an existing account, the other kind asks for the account itself.
func (c *recapCheck) hasAlready() bool {
	return c.found.HasAccess || c.kind == MemoSSOActivation && c.found.HasAccount
}

// prolongs tells whether the row gives longer what the person has until a contract ends.
func (c *recapCheck) prolongs() bool {
	ends := c.found.AccessEnds
	return c.found.HasAccess && ends != "" && (c.row.ContractEnd == "" || c.row.ContractEnd > ends)
}

// formDay writes a stored day as people read it.
func formDay(day string) string {
	d, err := ParseDate(day)
	if err != nil {
		return day
	}
	return d.FormString()
}

func (c *recapCheck) name() {
	name, faults := ParseName("name", c.row.Name)
	c.failAll(faults)
	if len(faults) == 0 && c.found != nil && !SameName(name, c.found.Name) {
		c.fail("name", "name_differs")
	}
}

func (c *recapCheck) unit() {
	switch {
	case c.row.UnitCode == "":
		c.fail("unit_code", "required")
	case c.ctx.KnownUnit != nil && !c.ctx.KnownUnit(c.row.UnitCode):
		c.fail("unit_code", "unit_unknown", "code", c.row.UnitCode)
	case c.found != nil && c.found.UnitCode != c.row.UnitCode:
		c.fail("unit_code", "unit_differs")
	}
}

// contract needs both dates of contract staff and reads them where others give them.
func (c *recapCheck) contract() {
	start := c.date("contract_start", c.row.ContractStart)
	end := c.date("contract_end", c.row.ContractEnd)
	if end.IsZero() {
		return
	}
	switch {
	case end.Before(start):
		c.fail("contract_end", "period_reversed")
	case end.Before(c.ctx.Today):
		c.fail("contract_end", "contract_over")
	}
}

func (c *recapCheck) date(field, s string) Date {
	if s == "" {
		if c.contractStaff() && c.row.NIK != "" {
			c.fail(field, "required")
		}
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		c.fail(field, "date_invalid")
	}
	return d
}

// address: the credentials go there, so Flexiwork needs it of whoever has no account yet, the other kind of all.
func (c *recapCheck) address() {
	if c.row.ExternalEmail == "" {
		if c.kind == MemoFlexiwork && c.found != nil && c.found.HasAccount {
			return
		}
		c.fail("external_email", "required")
		return
	}
	_, faults := ParseEmail("external_email", c.row.ExternalEmail)
	c.failAll(faults)
}

func (c *recapCheck) fail(field, code string, kv ...string) {
	c.findings = append(c.findings, RowFinding{FieldFault: Fault(field, code, kv...), Severity: SeverityError})
}

func (c *recapCheck) warn(field, code string, kv ...string) {
	c.findings = append(c.findings, RowFinding{FieldFault: Fault(field, code, kv...), Severity: SeverityWarning})
}

func (c *recapCheck) failAll(faults []FieldFault) {
	for _, f := range faults {
		c.findings = append(c.findings, RowFinding{FieldFault: f, Severity: SeverityError})
	}
}
