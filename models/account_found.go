package models

// AccountFound is an account as the service desk finds it. Email is the registered address, masked; Status is pending,
// active or disabled.
type AccountFound struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
	NIP      string `json:"nip"`
	UnitName string `json:"unit_name"`
	Status   string `json:"status"`
	Email    string `json:"email"`
}

// HelpRoles may have a link for a new password sent to somebody whose identity they checked (PRODUCT 3.4).
func HelpRoles() []Role {
	return []Role{RoleSupport1, RoleSupport2, RoleSupport3, RoleSupportLead}
}
