package mail

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	texttemplate "text/template"
	"time"

	"loket/internal/i18n"
	"loket/models"
)

//go:embed templates
var templates embed.FS

// ErrUnknownKind is given for a notice kind that has no template.
var ErrUnknownKind = errors.New("unknown kind of notice")

// Renderer writes notices in the portal's face. It is safe for concurrent use.
type Renderer struct {
	catalog *i18n.Catalog
	zone    *time.Location
	kinds   map[string]kind
	html    *htmltemplate.Template
	text    *texttemplate.Template
}

// page is what both layouts show.
type page struct {
	Lang, Subject, Tagline, Greeting, Title, Intro string
	Facts                                          []fact
	Button, Link, Fallback, Note, Footer           string
}

type fact struct{ Label, Value string }

// NewRenderer parses the layouts. Instants in a notice that are given in UTC are shown in zone.
func NewRenderer(catalog *i18n.Catalog, zone *time.Location) (*Renderer, error) {
	html, err := htmltemplate.New("layout.html").Option("missingkey=error").ParseFS(templates, "templates/layout.html")
	if err != nil {
		return nil, fmt.Errorf("parse the HTML layout of mail: %w", err)
	}
	text, err := texttemplate.New("layout.txt").Option("missingkey=error").ParseFS(templates, "templates/layout.txt")
	if err != nil {
		return nil, fmt.Errorf("parse the text layout of mail: %w", err)
	}
	return &Renderer{catalog: catalog, zone: zone, kinds: kinds(), html: html, text: text}, nil
}

// Kinds lists the kinds of notice that can be rendered, sorted.
func (r *Renderer) Kinds() []string { return slices.Sorted(maps.Keys(r.kinds)) }

// Needs lists the data that a kind cannot do without; nil for an unknown kind. Any kind may bear "name" for the
// greeting and "link" for the button besides.
func (r *Renderer) Needs(kind string) []string { return slices.Clone(r.kinds[kind].needs) }

// Render writes a notice in a language ("id" or "en"). Instants (due, valid_until, when) may be given as RFC 3339 and
// are then written as a date in words; ends as a day (YYYY-MM-DD); accepted, rejected, lapsed, ending and left as plain numbers; refusals as lines of a request's
// number, the code of why it was refused, and when (RFC 3339). The link must be http or https, built
// by the caller from the public address. An unknown kind, a missing or empty datum and a wrong link are errors.
func (r *Renderer) Render(kind, lang string, data map[string]string) (subject, text, html string, err error) {
	p, err := r.page(kind, lang, data)
	if err != nil {
		return "", "", "", fmt.Errorf("render notice %s: %w", kind, err)
	}
	var asText, asHTML strings.Builder
	if err := r.text.Execute(&asText, p); err != nil {
		return "", "", "", fmt.Errorf("render notice %s as text: %w", kind, err)
	}
	if err := r.html.Execute(&asHTML, p); err != nil {
		return "", "", "", fmt.Errorf("render notice %s as HTML: %w", kind, err)
	}
	return p.Subject, asText.String(), asHTML.String(), nil
}

func (r *Renderer) page(name, lang string, data map[string]string) (page, error) {
	k, ok := r.kinds[name]
	if !ok {
		return page{}, ErrUnknownKind
	}
	if err := check(k, data); err != nil {
		return page{}, err
	}
	words := r.catalog.For(lang)
	shown := r.shown(words, data)
	part := func(part string) string { return words.T("mail."+name+"."+part, only(shown, r.catalog, name, part)) }
	p := page{
		Lang:     words.Lang(),
		Subject:  oneLine(part("subject")),
		Tagline:  words.T("mail.tagline"),
		Greeting: greeting(words, data["name"]),
		Title:    part("title"),
		Intro:    part("intro"),
		Note:     part("note"),
		Footer:   words.T("mail.footer"),
		Link:     data["link"],
	}
	if p.Link != "" {
		p.Button, p.Fallback = part("button"), words.T("mail.fallback")
	}
	for _, key := range k.facts {
		if shown[key] == "" {
			continue
		}
		p.Facts = append(p.Facts, fact{Label: words.T(r.factKey(name, key)), Value: shown[key]})
	}
	return p, nil
}

// factKey names the label of a fact: the message's own, where it has one.
func (r *Renderer) factKey(kind, fact string) string {
	if own := "mail." + kind + ".fact." + fact; r.catalog.Has(own) {
		return own
	}
	return "mail.fact." + fact
}

// only passes on what the message names, so that a secret cannot slip into words that do not ask for it.
func only(data map[string]string, catalog *i18n.Catalog, kind, part string) map[string]string {
	picked := map[string]string{}
	for _, field := range catalog.Fields("mail." + kind + "." + part) {
		if value, ok := data[field]; ok {
			picked[field] = value
		}
	}
	return picked
}

func check(k kind, data map[string]string) error {
	for _, key := range k.needs {
		if strings.TrimSpace(data[key]) == "" {
			return fmt.Errorf("no %q given", key)
		}
	}
	link, given := data["link"]
	if !given || link == "" {
		return nil
	}
	// The link itself stays out of the error, since it may bear a secret.
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return errors.New("the link is not a web address")
	}
	return nil
}

// shown puts instants and counts into the reader's words.
func (r *Renderer) shown(words i18n.Printer, data map[string]string) map[string]string {
	shown := maps.Clone(data)
	for _, key := range []string{"due", "valid_until", "when"} {
		if t, err := time.Parse(time.RFC3339Nano, data[key]); err == nil {
			shown[key] = r.moment(words, t)
		}
	}
	if day, err := models.ParseDate(data["ends"]); err == nil {
		shown["ends"] = words.In(time.UTC).Date(day.At(time.UTC))
	}
	if days, err := strconv.Atoi(data["left"]); err == nil {
		shown["left"] = left(words, days)
	}
	if list := data["refusals"]; list != "" {
		shown["refusals"] = r.refusals(words, list)
	}
	for _, key := range []string{"accepted", "rejected", "lapsed", "ending"} {
		if n, err := strconv.Atoi(data[key]); err == nil {
			shown[key] = words.N("mail.people", n)
		}
	}
	return shown
}

// refusals puts into words, a line each, which requests were refused, when and why.
func (r *Renderer) refusals(words i18n.Printer, list string) string {
	lines := strings.Split(list, "\n")
	for i, line := range lines {
		part := strings.Fields(line)
		if len(part) != 3 {
			continue
		}
		if at, err := time.Parse(time.RFC3339, part[2]); err == nil {
			lines[i] = part[0] + ", " + r.moment(words, at) + ": " + words.T("mail.refusal."+part[1])
		}
	}
	return strings.Join(lines, "\n")
}

// left tells how many days remain; the last day is one of them.
func left(words i18n.Printer, days int) string {
	if days == 0 {
		return words.T("mail.last_day")
	}
	return words.N("mail.days_left", days)
}

func (r *Renderer) moment(words i18n.Printer, t time.Time) string {
	if _, offset := t.Zone(); offset == 0 && r.zone != nil {
		t = t.In(r.zone)
	}
	return words.DateTime(t)
}

func greeting(words i18n.Printer, name string) string {
	if strings.TrimSpace(name) == "" {
		return words.T("mail.greeting_unnamed")
	}
	return words.T("mail.greeting", "name", name)
}

// oneLine makes any text fit a header: control characters become spaces.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
