package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Prefix begins the name of every variable; one that begins so and is none of ours is a fault, being a slip of the
// pen that would otherwise go unnoticed.
const Prefix = "LOKET_"

// FileSuffix is appended to the variable of a Secret to name a file that holds it.
const FileSuffix = "_FILE"

// Load reads the settings from environ, given as os.Environ gives it. An empty variable counts as not given. The
// error, when there is one, is a Faulty with everything that is wrong; the Config then still holds what could be
// read, so that `loket check config` can show it.
func Load(environ []string) (Config, error) {
	given := map[string]string{}
	for name, value := range env.ToMap(environ) {
		if strings.HasPrefix(name, Prefix) && value != "" {
			given[name] = value
		}
	}
	var c Config
	c.misread = append(c.misread, unknown(given)...)
	c.misread = append(c.misread, readSecretFiles(given)...)
	err := env.ParseWithOptions(&c, env.Options{Environment: given})
	c.misread = append(c.misread, unparsed(err)...)
	c.fill()
	if faults := c.Faults(); len(faults) > 0 {
		return c, Faulty(faults)
	}
	return c, nil
}

// fill gives the settings that follow from others.
func (c *Config) fill() {
	inData := func(field *string, name string) {
		if *field == "" {
			*field = filepath.Join(c.DataDir, name)
		}
	}
	if c.DatabaseURL == "" {
		c.DatabaseURL = Secret("sqlite:" + filepath.Join(c.DataDir, "loket.db"))
	}
	if c.FilesURL == "" {
		c.FilesURL = "file:" + filepath.Join(c.DataDir, "files")
	}
	inData(&c.DirectoryFolder, "directory")
	inData(&c.KeyringFile, "keyring.json")
	inData(&c.AuditCheckpoints, "audit-checkpoints.jsonl")
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	c.EmailDomains = trimmed(c.EmailDomains)
	c.Proxies = trimmed(c.Proxies)
}

func trimmed(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// readSecretFiles puts what the files hold in place of their names. One trailing line break is not part of a secret.
func readSecretFiles(given map[string]string) []Fault {
	var faults []Fault
	for _, s := range Describe() {
		name := s.Name + FileSuffix
		path, ok := given[name]
		if !s.Secret || !ok {
			continue
		}
		if _, both := given[s.Name]; both {
			faults = append(faults, Fault{name, "is given together with " + s.Name, "keep one of the two"})
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			faults = append(faults, Fault{name, reason(err), "name a file that this process may read"})
			continue
		}
		given[s.Name] = strings.TrimSuffix(strings.TrimSuffix(string(body), "\n"), "\r")
	}
	return faults
}

// reason is the cause of a file error without the path, which the operator knows.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return "cannot be read: " + p.Err.Error()
	}
	return "cannot be read: " + err.Error()
}

// unknown finds variables that no setting has.
func unknown(given map[string]string) []Fault {
	known := map[string]bool{}
	for _, s := range Describe() {
		known[s.Name] = true
		if s.Secret {
			known[s.Name+FileSuffix] = true
		}
	}
	var faults []Fault
	for name := range given {
		if !known[name] {
			faults = append(faults, Fault{name, "is no setting of Loket", "look for a slip in the name, or remove it"})
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
	return faults
}

// unparsed turns the parser's errors, which name fields, into faults that name variables. The value is not repeated:
// it may be a secret in the wrong place.
func unparsed(err error) []Fault {
	if err == nil {
		return nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []Fault{{Prefix + "*", err.Error(), "correct it"}}
	}
	var faults []Fault
	for _, e := range all.Errors {
		var p env.ParseError
		if !errors.As(e, &p) {
			faults = append(faults, Fault{Prefix + "*", e.Error(), "correct it"})
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(p.Name)
		faults = append(faults, Fault{field.Tag.Get("env"), fmt.Sprintf("is not a %s", p.Type), "write it like " + field.Tag.Get("envDefault")})
	}
	return faults
}
