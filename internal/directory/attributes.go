package directory

import (
	"fmt"
	"regexp"
	"strings"

	"loket/models"
)

// Attributes names the attributes of an entry. Username is the one by which an entry is named, ID the one by which it is
// known as Loket's. The others are left out where they are empty.
type Attributes struct {
	Username, ID, Name, Surname, Email, Kind string
}

// DefaultAttributes are those of inetOrgPerson.
const DefaultAttributes = "username=uid,id=employeeNumber,name=cn,surname=sn,email=mail,kind=employeeType"

var attributeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// ParseAttributes reads pairs such as username=uid, separated by commas; what is not named is left out of entries.
func ParseAttributes(text string) (Attributes, error) {
	var a Attributes
	fields := map[string]*string{"username": &a.Username, "id": &a.ID, "name": &a.Name, "surname": &a.Surname, "email": &a.Email, "kind": &a.Kind}
	given := map[string]bool{}
	for _, pair := range strings.Split(text, ",") {
		what, attribute, _ := strings.Cut(strings.TrimSpace(pair), "=")
		field := fields[what]
		switch {
		case field == nil:
			return a, fmt.Errorf("%q is nothing that an account has", what)
		case !attributeForm.MatchString(attribute):
			return a, fmt.Errorf("%q is the name of no attribute", attribute)
		case *field != "" || given[strings.ToLower(attribute)]:
			return a, fmt.Errorf("%q is named twice", pair)
		}
		*field, given[strings.ToLower(attribute)] = attribute, true
	}
	if a.Username == "" || a.ID == "" || a.Name == "" || a.Surname == "" {
		return a, fmt.Errorf("username, id, name and surname are needed")
	}
	return a, nil
}

// value is one attribute as it shall be, with a word for people.
type value struct{ attribute, word, text string }

// values are the attributes of an account, but for its password.
func (a Attributes) values(e models.DirectoryEntry) []value {
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
