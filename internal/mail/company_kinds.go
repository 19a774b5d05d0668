package mail

// traderKinds are told to a company's people: how to get in, and what whoever is responsible says of them.
func traderKinds() map[string]kind {
	linked := kind{needs: []string{"name", "username", "company", "link", "valid_until"}, facts: []string{"username", "company", "valid_until"}}
	told := kind{needs: []string{"name", "company", "link"}, facts: []string{"company", "by"}}
	return map[string]kind{
		"trader_old":         linked,
		"trader_invited":     linked.showing("by"),
		"trader_reopened":    linked.showing("by"),
		"trader_known":       {needs: []string{"name", "username", "link"}, facts: []string{"username"}},
		"trader_waiting":     {needs: []string{"name", "username", "link"}, facts: []string{"username"}},
		"trader_areas":       told,
		"trader_responsible": told,
		"trader_released":    told,
		"trader_closed":      {needs: []string{"name", "company"}, facts: []string{"company", "by"}},
	}
}
