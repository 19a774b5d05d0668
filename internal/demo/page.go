package demo

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"loket/internal/i18n"
)

// Facts are what the start page tells of this very demo. Temporal is the address of the engine's own pages, empty in a
// build that has none.
type Facts struct {
	Agency, Folder, Temporal string
	Speed                    int
}

// Page is the start page, for GET /demo, /demo/progress and /demo/recap-….csv.
type Page struct {
	seeder *Seeder
	words  *i18n.Catalog
	asset  func(name string) string
	facts  Facts
	views  *template.Template
	mux    *http.ServeMux
}

// NewPage parses the page. asset gives the address of one of the portal's static files.
func NewPage(s *Seeder, words *i18n.Catalog, asset func(name string) string, facts Facts) (*Page, error) {
	views, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the demo's pages: %w", err)
	}
	p := &Page{seeder: s, words: words, asset: asset, facts: facts, views: views, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /demo", func(w http.ResponseWriter, r *http.Request) { p.render(w, r, "start") })
	p.mux.HandleFunc("GET /demo/progress", func(w http.ResponseWriter, r *http.Request) { p.render(w, r, "progress") })
	p.mux.HandleFunc("GET /demo/{file}", p.recap)
	return p, nil
}

// ServeHTTP answers one request.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// view is what the page shows.
type view struct {
	W              i18n.Printer
	Asset          func(name string) string
	Agency, Folder string
	Password, Pace string
	Progress       Progress
	Groups         []groupView
	Applicant      Applicant
	Login          loginView
	Newcomer       newcomer
	Links          []linkView
	Lists          []linkView
	Tour           []string
}

// loginView is how somebody tries out linking.
type loginView struct{ App, Username, Password string }

// newcomer is somebody of a company that nobody knows yet, with what the form for registering asks for.
type newcomer struct{ Name, Email, Username, NPWP, Company string }

func somebodyNew() newcomer {
	return newcomer{Name: "Yuni Lestari", Email: "yuni.lestari@rempah.example", Username: "yuni.lestari", NPWP: "04.567.890.1-092.000", Company: "PT Rempah Jaya Contoh"}
}

type groupView struct {
	Title, Lead string
	SignIns     []signInView
}

type signInView struct{ Name, Username, Role, Unit string }

type linkView struct{ Href, File, Text, What string }

func (p *Page) render(w http.ResponseWriter, r *http.Request, name string) {
	say := p.words.For(p.language(r))
	v := view{W: say, Asset: p.asset, Agency: p.facts.Agency, Folder: p.facts.Folder, Password: Password, Progress: p.seeder.Progress(), Applicant: p.seeder.Applicant(),
		Login: loginView{LoginApp, LoginUser, LoginPassword}, Newcomer: somebodyNew(),
		Groups: p.groups(say), Links: p.links(say), Lists: lists(say)}
	for i := 1; i <= 6; i++ {
		v.Tour = append(v.Tour, say.T(fmt.Sprintf("demo.tour.%d", i)))
	}
	v.Pace = say.T("demo.pace.real")
	if p.facts.Speed > 1 {
		v.Pace = say.T("demo.pace.fast", "speed", say.Number(p.facts.Speed))
	}
	var body bytes.Buffer
	if err := p.views.ExecuteTemplate(&body, name, v); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes())
}

func (p *Page) language(r *http.Request) string {
	if c, err := r.Cookie(i18n.LanguageCookie); err == nil && slices.Contains(i18n.Languages(), c.Value) {
		return c.Value
	}
	return p.words.Match(r.Header.Get("Accept-Language"))
}

func (p *Page) groups(say i18n.Printer) []groupView {
	var all []groupView
	signIns := p.seeder.SignIns()
	for _, name := range groups() {
		g := groupView{Title: say.T("demo.group." + name), Lead: say.T("demo.group." + name + ".lead")}
		for _, in := range signIns {
			if in.Group != name {
				continue
			}
			role := string(in.Role)
			if role == "" {
				role = "employee"
			}
			word := "role." + role
			if in.Trades {
				word = "demo.trade.role"
			}
			g.SignIns = append(g.SignIns, signInView{Name: in.Name, Username: in.Username, Role: say.T(word), Unit: in.Unit})
		}
		if len(g.SignIns) > 0 {
			all = append(all, g)
		}
	}
	return all
}

func (p *Page) links(say i18n.Printer) []linkView {
	list := []linkView{{Href: "/mailbox", Text: say.T("demo.link.mailbox"), What: say.T("demo.link.mailbox.what")},
		{Href: "/docs", Text: say.T("demo.link.docs"), What: say.T("demo.link.docs.what")}}
	if p.facts.Temporal != "" {
		list = append(list, linkView{Href: p.facts.Temporal, Text: say.T("demo.link.temporal"), What: say.T("demo.link.temporal.what")})
	}
	return list
}

// recaps are the lists that can be tried out.
func recaps() []string { return []string{"clean", "defects", "500"} }

func lists(say i18n.Printer) []linkView {
	var all []linkView
	for _, name := range recaps() {
		all = append(all, linkView{File: "recap-" + name + ".csv", Text: say.T("demo.recap." + name)})
	}
	return all
}

func (p *Page) recap(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSuffix(strings.TrimPrefix(r.PathValue("file"), "recap-"), ".csv")
	if !slices.Contains(recaps(), name) {
		http.NotFound(w, r)
		return
	}
	body, err := Recap(name)
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="recap-`+name+`.csv"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
