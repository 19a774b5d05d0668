package mailbox

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"loket/internal/i18n"
)

//go:embed pages
var pages embed.FS

// The policies of the pages. A mail's own HTML may carry inline style and nothing else: no script, no image from
// elsewhere, no form, and it is shut into a frame that can only follow a link when a person clicks it.
const (
	pagePolicy = "default-src 'none'; style-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; " +
		"frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)

var opening = regexp.MustCompile(`(?i)<head[^>]*>`)

// Page shows a mailbox under /mailbox: the list, one message, its HTML part, one style sheet. Messages hold live
// links, so only a demo mounts it.
type Page struct {
	mailbox *Mailbox
	catalog *i18n.Catalog
	zone    *time.Location
	views   *template.Template
	mux     *http.ServeMux
}

// NewPage makes the handler; it answers the whole paths /mailbox, /mailbox/{id}, /mailbox/{id}/html and
// /mailbox/mailbox.css. Times are shown in zone.
func NewPage(m *Mailbox, catalog *i18n.Catalog, zone *time.Location) (*Page, error) {
	views, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the mailbox pages: %w", err)
	}
	p := &Page{mailbox: m, catalog: catalog, zone: zone, views: views, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /mailbox", p.list)
	p.mux.HandleFunc("GET /mailbox/{$}", p.list)
	p.mux.HandleFunc("GET /mailbox/mailbox.css", p.style)
	p.mux.HandleFunc("GET /mailbox/{id}", p.show)
	p.mux.HandleFunc("GET /mailbox/{id}/html", p.part)
	return p, nil
}

// ServeHTTP answers one request.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", pagePolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

// words are the texts of one request: T and the dates are called from the pages.
type words struct {
	i18n.Printer
}

func (p *Page) words(r *http.Request) words { return words{p.catalog.For(p.language(r)).In(p.zone)} }

// language is what was chosen in the portal, else the browser's.
func (p *Page) language(r *http.Request) string {
	if c, err := r.Cookie(i18n.LanguageCookie); err == nil && slices.Contains(i18n.Languages(), c.Value) {
		return c.Value
	}
	return p.catalog.Match(r.Header.Get("Accept-Language"))
}

func (p *Page) list(w http.ResponseWriter, r *http.Request) {
	to := strings.TrimSpace(r.URL.Query().Get("to"))
	letters := p.mailbox.List(to)
	p.render(w, http.StatusOK, "list.html", map[string]any{
		"W": p.words(r), "To": to, "Recipients": p.mailbox.Recipients(), "Letters": letters, "Count": len(letters),
	})
}

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	letter, ok := p.letter(w, r)
	if !ok {
		return
	}
	p.render(w, http.StatusOK, "show.html", map[string]any{"W": p.words(r), "Letter": letter, "Pieces": pieces(letter.Text)})
}

// part serves a mail's own HTML. Links open in the whole window: a frame would only show them shut in.
func (p *Page) part(w http.ResponseWriter, r *http.Request) {
	letter, ok := p.letter(w, r)
	if !ok {
		return
	}
	html := letter.HTML
	const base = `<base target="_top">`
	if at := opening.FindStringIndex(html); at != nil {
		html = html[:at[1]] + base + html[at[1]:]
	} else {
		html = base + html
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(html))
}

func (p *Page) style(w http.ResponseWriter, _ *http.Request) {
	css, err := pages.ReadFile("pages/mailbox.css")
	if err != nil {
		http.Error(w, "mailbox.css", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(css)
}

func (p *Page) letter(w http.ResponseWriter, r *http.Request) (Letter, bool) {
	letter, err := p.mailbox.Get(r.PathValue("id"))
	if err == nil {
		return letter, true
	}
	status := http.StatusInternalServerError
	if errors.Is(err, ErrNotFound) {
		status = http.StatusNotFound
	}
	p.render(w, status, "missing.html", map[string]any{"W": p.words(r)})
	return Letter{}, false
}

func (p *Page) render(w http.ResponseWriter, status int, view string, data any) {
	var body bytes.Buffer
	if err := p.views.ExecuteTemplate(&body, view, data); err != nil {
		http.Error(w, "mailbox", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// piece is a stretch of plain text, or a link in it.
type piece struct{ Text, Link string }

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces cuts plain text into pieces, so that the page can make web addresses clickable.
func pieces(text string) []piece {
	var cut []piece
	for {
		at := webAddress.FindStringIndex(text)
		if at == nil {
			return append(cut, piece{Text: text})
		}
		cut = append(cut, piece{Text: text[:at[0]]}, piece{Text: text[at[0]:at[1]], Link: text[at[0]:at[1]]})
		text = text[at[1]:]
	}
}
