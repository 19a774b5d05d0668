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
	"text/template/parse"
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
		set, err := parsed(helpers(words, words.For(lang).In(zone), assets))
		if err != nil {
			return nil, fmt.Errorf("templates in %s: %w", lang, err)
		}
		pages.sets[lang] = set
	}
	return pages, nil
}

func parsed(funcs template.FuncMap) (map[string]*template.Template, error) {
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
		page, err := template.New(path.Base(name)).Funcs(funcs).Option("missingkey=zero").ParseFS(templateFiles, name)
		if err == nil {
			err = lend(page, base)
		}
		if err != nil {
			return nil, err
		}
		if err := whole(page); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		set[strings.TrimSuffix(path.Base(name), ".html")] = page
	}
	return set, nil
}

// lend gives a page what it needs of the layout and the parts, and no more: a copy of all of them for each page took most
// of the program's memory.
func lend(page, base *template.Template) error {
	wanted := []string{"layout"}
	for _, t := range page.Templates() {
		if t.Tree != nil {
			wanted = called(t.Tree.Root, wanted)
		}
	}
	for len(wanted) > 0 {
		name := wanted[0]
		wanted = wanted[1:]
		lent := base.Lookup(name)
		if page.Lookup(name) != nil || lent == nil || lent.Tree == nil {
			continue
		}
		if _, err := page.AddParseTree(name, lent.Tree.Copy()); err != nil {
			return fmt.Errorf("lend %s: %w", name, err)
		}
		wanted = called(lent.Tree.Root, wanted)
	}
	return nil
}

// whole tells of every template that a page calls and nobody defines; html/template would only notice when the page is
// asked for.
func whole(page *template.Template) error {
	var faults []error
	for _, t := range page.Templates() {
		if t.Tree == nil {
			continue
		}
		for _, name := range called(t.Tree.Root, nil) {
			if page.Lookup(name) == nil {
				faults = append(faults, fmt.Errorf("%s calls template %q, which is not there", t.Name(), name))
			}
		}
	}
	return errors.Join(faults...)
}

// called gathers the names of the templates that a tree calls.
func called(node parse.Node, names []string) []string {
	switch n := node.(type) {
	case *parse.TemplateNode:
		return append(names, n.Name)
	case *parse.ListNode:
		if n == nil {
			return names
		}
		for _, child := range n.Nodes {
			names = called(child, names)
		}
	case *parse.IfNode:
		return called(n.ElseList, called(n.List, names))
	case *parse.WithNode:
		return called(n.ElseList, called(n.List, names))
	case *parse.RangeNode:
		return called(n.ElseList, called(n.List, names))
	}
	return names
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
