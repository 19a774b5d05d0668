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
