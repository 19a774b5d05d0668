package models

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// DirectoryAttributes names the attributes of an entry in a directory. Username is the one by which an entry is named, ID
// the one by which it is known as Loket's. Email and Kind are left out of entries where they are empty.
type DirectoryAttributes struct {
	Username, ID, Name, Surname, Email, Kind string
}

var attributeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// ParseDirectoryAttributes reads pairs such as username=uid, separated by commas. Username, id, name and surname are
// needed: no inetOrgPerson is without them.
func ParseDirectoryAttributes(text string) (DirectoryAttributes, error) {
	var a DirectoryAttributes
	fields := map[string]*string{"username": &a.Username, "id": &a.ID, "name": &a.Name, "surname": &a.Surname, "email": &a.Email, "kind": &a.Kind}
	given := map[string]bool{}
	for pair := range strings.SplitSeq(text, ",") {
		what, attribute, _ := strings.Cut(strings.TrimSpace(pair), "=")
		field := fields[what]
		switch {
		case field == nil:
			return a, fmt.Errorf("%q is nothing that an account has", what)
		case !attributeForm.MatchString(attribute):
			return a, fmt.Errorf("%q is the name of no attribute", attribute)
		case *field != "" || given[strings.ToLower(attribute)]:
			return a, fmt.Errorf("%q is named twice", strings.TrimSpace(pair))
		}
		*field, given[strings.ToLower(attribute)] = attribute, true
	}
	if a.Username == "" || a.ID == "" || a.Name == "" || a.Surname == "" {
		return a, errors.New("username, id, name and surname are needed")
	}
	return a, nil
}
