package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"time"

	"loket/internal/i18n"
)

//go:embed templates
var templateFiles embed.FS

// Pages holds every page in every language, parsed once at start: a page that does not parse, or calls what is not
// there, keeps the program from starting.
type Pages struct {
	sets map[string]map[string]*template.Template // language, page
}

// NewPages parses templates/pages/*.html, each upon the layout and the parts, for each language.
func NewPages(words *i18n.Catalog, assets *Assets, zone *time.Location) (*Pages, error) {
	pages := &Pages{sets: map[string]map[string]*template.Template{}}
	for _, lang := range i18n.Languages() {
		set, err := parse(helpers(words, words.For(lang).In(zone), assets))
		if err != nil {
			return nil, fmt.Errorf("templates in %s: %w", lang, err)
		}
		pages.sets[lang] = set
	}
	return pages, nil
}

func parse(funcs template.FuncMap) (map[string]*template.Template, error) {
	base, err := template.New("base").Funcs(funcs).Option("missingkey=zero").ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	set := map[string]*template.Template{}
	for _, name := range names {
		clone, err := base.Clone()
		if err != nil {
			return nil, err
		}
		page, err := clone.ParseFS(templateFiles, name)
		if err != nil {
			return nil, err
		}
		set[strings.TrimSuffix(path.Base(name), ".html")] = page
	}
	return set, nil
}

// write renders one template of a page ("layout" for all of it, another name for a part that htmx swaps in). Nothing
// is returned of a page that fails half way.
func (p *Pages) write(lang, page, part string, data any) ([]byte, error) {
	set, ok := p.sets[lang]
	if !ok {
		set = p.sets[i18n.Indonesian]
	}
	t, ok := set[page]
	if !ok {
		return nil, errors.New("no page " + page)
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, part, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", page, err)
	}
	return out.Bytes(), nil
}
