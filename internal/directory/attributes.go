package directory

import (
	"strings"

	"loket/models"
)

// value is one attribute as it shall be, with a word for people.
type value struct{ attribute, word, text string }

// values are the attributes of an account, but for its password.
func values(a models.DirectoryAttributes, e models.DirectoryEntry) []value {
	name := strings.Join(strings.Fields(e.Name), " ")
	if name == "" {
		name = e.Username
	}
	list := []value{{a.Username, "username", e.Username}, {a.ID, "id", e.AccountID}, {a.Name, "name", name}, {a.Surname, "surname", name[strings.LastIndex(name, " ")+1:]}}
	if a.Email != "" {
		list = append(list, value{a.Email, "address", e.Email})
	}
	if a.Kind != "" {
		list = append(list, value{a.Kind, "kind", string(e.Kind)})
	}
	return list
}
