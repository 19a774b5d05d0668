package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// countField is the placeholder that N fills; a language may leave it out ("one day left").
const countField = "count"

// entry is what is known of one message in one language: its file, its placeholders, whether it has plural forms.
type entry struct {
	file   string
	fields []string
	plural bool
}

func (c *Catalog) loadLanguage(files fs.FS, lang string) error {
	names, err := fs.Glob(files, lang+"/*.json")
	if err != nil {
		return fmt.Errorf("list locale %s: %w", lang, err)
	}
	c.messages[lang] = map[string]entry{}
	for _, name := range names {
		if err := c.loadFile(files, lang, name); err != nil {
			return fmt.Errorf("locale file %s: %w", name, err)
		}
	}
	return nil
}

func (c *Catalog) loadFile(files fs.FS, lang, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	tag := language.MustParse(lang)
	messages, err := c.bundle.ParseMessageBytes(tag, text, json.Unmarshal)
	if err != nil {
		return err
	}
	var faults []error
	for _, m := range messages {
		if other, twice := c.messages[lang][m.ID]; twice {
			faults = append(faults, fmt.Errorf("%s is in %s too", m.ID, other.file))
		}
		e, err := inspect(m)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", m.ID, err))
		}
		e.file = path.Base(name)
		c.messages[lang][m.ID] = e
	}
	return errors.Join(faults...)
}

// inspect parses each plural form and gathers the placeholders of all.
func inspect(m *goi18n.Message) (entry, error) {
	e := entry{plural: m.One != ""}
	if m.Other == "" {
		return e, errors.New("no text")
	}
	for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		t, err := template.New(m.ID).Parse(form)
		if err != nil {
			return e, err
		}
		if t.Tree != nil {
			e.fields = collect(e.fields, t.Root)
		}
	}
	slices.Sort(e.fields)
	e.fields = slices.Compact(e.fields)
	return e, nil
}

// collect walks what catalogue messages may hold: text and plain placeholders. Logic in a message is not understood
// by translators, so any other node is left to fail in the tests as a placeholder that nobody fills.
func collect(fields []string, list *parse.ListNode) []string {
	for _, node := range list.Nodes {
		if node.Type() == parse.NodeText {
			continue
		}
		name := strings.Trim(node.String(), "{} ")
		name = strings.TrimPrefix(name, ".")
		if name != countField {
			fields = append(fields, name)
		}
	}
	return fields
}

// compare reports every difference between the two languages at once.
func (c *Catalog) compare() error {
	var faults []error
	for key, id := range c.messages[Indonesian] {
		en, ok := c.messages[English][key]
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("%s (id/%s) is missing in en", key, id.file))
		case en.file != id.file:
			faults = append(faults, fmt.Errorf("%s is in id/%s and in en/%s", key, id.file, en.file))
		case !slices.Equal(id.fields, en.fields):
			faults = append(faults, fmt.Errorf("%s has placeholders %v in id and %v in en", key, id.fields, en.fields))
		}
	}
	for key, en := range c.messages[English] {
		if _, ok := c.messages[Indonesian][key]; !ok {
			faults = append(faults, fmt.Errorf("%s (en/%s) is missing in id", key, en.file))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}
