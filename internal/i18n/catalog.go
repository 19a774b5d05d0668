package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// The languages that the program speaks.
const (
	Indonesian = "id" // the default
	English    = "en"
)

//go:embed locales
var locales embed.FS

// maxMissing bounds what is remembered of wrong look-ups, since a key may be built from what a stranger sent.
const maxMissing = 100

// Languages lists the languages of the catalogue, the default first.
func Languages() []string { return []string{Indonesian, English} }

// Catalog holds every message in every language. It is safe for concurrent use.
type Catalog struct {
	bundle   *goi18n.Bundle
	messages map[string]map[string]entry // language, key
	printers map[string]Printer
	matcher  language.Matcher

	mu      sync.Mutex
	missing map[string]bool
}

// New loads the built-in catalogue. It fails when a file or key is in one language only, when a key is in two files,
// when a template does not parse, or when the two languages of a message use different placeholders.
func New() (*Catalog, error) {
	files, err := fs.Sub(locales, "locales")
	if err != nil {
		return nil, fmt.Errorf("open locales: %w", err)
	}
	return load(files)
}

func load(files fs.FS) (*Catalog, error) {
	c := &Catalog{
		bundle:   goi18n.NewBundle(language.Indonesian),
		messages: map[string]map[string]entry{},
		printers: map[string]Printer{},
		matcher:  language.NewMatcher([]language.Tag{language.Indonesian, language.English}),
		missing:  map[string]bool{},
	}
	for _, lang := range Languages() {
		if err := c.loadLanguage(files, lang); err != nil {
			return nil, err
		}
	}
	if err := c.compare(); err != nil {
		return nil, err
	}
	for _, lang := range Languages() {
		c.printers[lang] = Printer{
			catalog:   c,
			lang:      lang,
			localizer: goi18n.NewLocalizer(c.bundle, lang),
			numbers:   message.NewPrinter(language.MustParse(lang)),
		}
	}
	return c, nil
}

// For returns the printer of a language; Indonesian when the language is unknown or empty.
func (c *Catalog) For(lang string) Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	return c.printers[Indonesian]
}

// Match picks "id" or "en" for an Accept-Language header; Indonesian when it names neither or cannot be read.
func (c *Catalog) Match(acceptLanguage string) string {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Indonesian
	}
	_, index, confidence := c.matcher.Match(tags...)
	if confidence == language.No {
		return Indonesian
	}
	return Languages()[index]
}

// Has tells whether the catalogue has the key (in both languages, which New made sure of).
func (c *Catalog) Has(key string) bool {
	_, ok := c.messages[Indonesian][key]
	return ok
}

// Keys lists all keys, sorted.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.messages[Indonesian]))
	for key := range c.messages[Indonesian] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Fields lists the placeholders of a message, sorted; nil for an unknown key. The count of a plural is not among them.
func (c *Catalog) Fields(key string) []string {
	return c.messages[Indonesian][key].fields
}

// Missing lists what was asked for and not found, sorted: a key alone, or "key:placeholder" where an argument was not
// given. Tests of pages and mail expect it empty. At most 100 are kept.
func (c *Catalog) Missing() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.missing))
	for key := range c.missing {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (c *Catalog) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.missing) < maxMissing {
		c.missing[what] = true
	}
}
