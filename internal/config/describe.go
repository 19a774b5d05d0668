package config

import (
	"reflect"
	"strings"
)

// Setting is one line of the list of settings, as the documentation and `loket check config` print it.
type Setting struct {
	Name    string // LOKET_…
	Default string // empty when there is none, or when it follows from another setting
	Doc     string // one sentence or two, in English
	Secret  bool   // may be given by file: Name + FileSuffix
}

// Describe lists every setting once, in the order of Config.
func Describe() []Setting {
	var all []Setting
	for field := range reflect.TypeFor[Config]().Fields() {
		name, ok := field.Tag.Lookup("env")
		if !ok {
			continue
		}
		all = append(all, Setting{
			Name: name, Default: field.Tag.Get("envDefault"), Doc: field.Tag.Get("doc"),
			Secret: field.Type == reflect.TypeFor[Secret](),
		})
	}
	return all
}

// Fault is one thing wrong with the settings: which variable, what is wrong, and what to do.
type Fault struct {
	Name   string
	Wrong  string
	Remedy string
}

// String reads "LOKET_LISTEN is not host:port: write it like 127.0.0.1:8080".
func (f Fault) String() string { return f.Name + " " + f.Wrong + ": " + f.Remedy }

// Faulty is the error of a configuration with faults; it lists them all, a line each.
type Faulty []Fault

// Error lists the faults, a line each.
func (f Faulty) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return "configuration:\n  " + strings.Join(lines, "\n  ")
}
