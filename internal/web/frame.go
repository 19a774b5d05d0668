package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"loket/models"
)

// frame is a whole page: what stands around it, and Body, which is the page's own.
type frame struct {
	Title, Lead string
	Crumbs      []link
	Faults      []faultLine
	Body        any

	// Beside leads through the list from which the reader came; Phrases are what a reason may be made of. Stream is what
	// the page hears of changes by.
	Beside  *beside
	Phrases []option
	Stream  string

	// Path is where the language switch returns to; given only by a page that answers a form at another address.
	Path string

	// furnished from the visit
	Agency string
	Faulty bool
	Flash  *flash
	Bell   bell
	Sought string // what was searched for
	Finds  bool   // cases can be searched for, which companies' people have none of
	Viewer *models.AccountView
	Nav    []navLink
	Links  []link
}

type link struct{ Text, Href string }

// navLink is one window of the counter. Exact says that it leads to this very page, not only to its part of the portal.
type navLink struct {
	link
	Current, Exact bool
	Count          int
}

type flash struct {
	Text string
	Warn bool
}

// faultLine is one line of the summary on top: Field as the form calls it, Name as people do, Href where to jump, Do the
// button of the form "composer" that leads there by saving first.
type faultLine struct{ Field, Name, Href, Do, Text string }

func (v *visit) furnish(f *frame) {
	f.Agency, f.Faulty = v.portal.Agency, len(f.Faults) > 0
	if f.Path == "" {
		f.Path = v.Request.URL.Path
	}
	if v.Request.Method == http.MethodGet {
		f.Path = v.Request.URL.RequestURI()
	}
	if v.in {
		f.Viewer = &v.who.Account
		if !v.who.Account.Ended && !v.who.Account.MustChangePassword && !v.who.OwesFactor {
			f.Nav, f.Links = v.nav(), []link{{v.say.T("inbox.track.title"), "/track"}}
			if f.Finds = v.who.Actor.Company == ""; f.Finds {
				f.Links = append(f.Links, link{v.say.T("portal.footer.calendar"), "/calendar"}, link{v.say.T("inbox.phrases.title"), "/phrases"})
			}
			f.Bell, f.Sought = v.bell(), v.sought()
			if f.Stream == "" {
				f.Stream = "/events"
			}
		}
	}
	f.Flash = v.takeFlash()
}

// window is a part of the portal and who has business there; nobody named means everybody who is signed in. A house window
// is for the agency's own people alone, a company's one for those of companies.
type window struct {
	word, href     string
	roles          []models.Role
	house, company bool
}

func windows() []window {
	return []window{
		{word: "home", href: "/"},
		{word: "applications", href: "/applications"},
		{word: "inbox", href: "/inbox", roles: []models.Role{models.RoleHead, models.RoleActingHead, models.RoleSubstitute, models.RoleOfficer, models.RoleOfficerLead,
			models.RolePPK, models.RoleHRHead, models.RoleDrafter}},
		{word: "memos", href: "/memos", house: true},
		{word: "dashboard", href: "/dashboard", roles: models.DashboardRoles()},
		{word: "delegations", href: "/delegations", roles: []models.Role{models.RoleHead, models.RoleActingHead, models.RoleSubstitute,
			models.RoleOfficerLead, models.RoleAuditor, models.RoleAdmin}},
		{word: "units", href: "/units", house: true},
		{word: "employees", href: "/employees", house: true},
		{word: "company", href: "/company/people", company: true},
		{word: "profile", href: "/profile", company: true},
		{word: "companies", href: "/companies", roles: models.CompanyReaderRoles()},
		{word: "support", href: "/support", roles: supportRoles()},
		{word: "audit", href: "/audit", roles: auditRoles()},
	}
}

func supportRoles() []models.Role {
	return []models.Role{models.RoleSupport1, models.RoleSupport2, models.RoleSupport3, models.RoleSupportLead, models.RoleAdmin}
}

func auditRoles() []models.Role { return []models.Role{models.RoleAuditor, models.RoleAdmin} }

func (v *visit) nav() []navLink {
	var nav []navLink
	path, trader := v.Request.URL.Path, v.who.Actor.Company != ""
	for _, w := range windows() {
		if trader && w.house || !trader && w.company {
			continue
		}
		if w.roles != nil && !v.who.Actor.Has(w.roles...) {
			continue
		}
		exact := path == w.href
		nav = append(nav, navLink{link: link{v.say.T("portal.nav." + w.word), w.href}, Exact: exact,
			Current: exact || w.href != "/" && strings.HasPrefix(path, w.href+"/")})
	}
	return nav
}

// takeFlash reads and forgets the sentence that the last form left. The cookie holds a word's name only.
func (v *visit) takeFlash() *flash {
	done := v.portal.Cookies.Get(v.Request, flashCookie)
	if done == "" {
		return nil
	}
	v.portal.Cookies.Clear(v.Writer, flashCookie)
	if code, warn := strings.CutPrefix(done, "warn."); warn {
		p := &models.Problem{Code: code}
		return &flash{Text: v.problemText(p) + ". " + v.problemDetail(p), Warn: true}
	}
	if moved, ok := strings.CutPrefix(done, movedFlash); ok {
		if text := v.movedText(moved); text != "" {
			return &flash{Text: text}
		}
		return nil
	}
	if key := "portal.flash." + done; v.portal.Words.Has(key) {
		return &flash{Text: v.say.T(key)}
	}
	return nil
}

// faultLines turns a problem's faults into lines. Fields keep their names; anchors are the ids of the inputs.
func (v *visit) faultLines(p *models.Problem) []faultLine {
	var lines []faultLine
	for _, f := range p.Faults {
		lines = append(lines, v.faultLine(f))
	}
	if len(lines) == 0 {
		lines = append(lines, faultLine{Text: v.problemText(p)})
	}
	return lines
}

// faultLine is the line of one fault. What must be filled in can have a sentence of its own, which says it all.
func (v *visit) faultLine(f models.FieldFault) faultLine {
	f.Code = v.datedAs(f)
	line := faultLine{Field: f.Field, Href: "#" + anchor(f.Field)}
	if key := "fault.required." + f.Field; f.Code == "required" && v.portal.Words.Has(key) {
		line.Text = v.say.T(key)
		return line
	}
	line.Name, line.Text = v.fieldName(f.Field), faultText(v.portal.Words, v.say, f)
	return line
}

// calledAs gives a field the name that a form's label has for it, where that is another than in most forms.
func calledAs(lines []faultLine, field, name string) []faultLine {
	for i, l := range lines {
		if l.Field == field && l.Name != "" {
			lines[i].Name = name
		}
	}
	return lines
}

// datedAs tells a date that is not written like one from one that there is not.
func (v *visit) datedAs(f models.FieldFault) string {
	typed := cmp.Or(v.form(f.Field), strings.TrimSpace(v.Query(f.Field)))
	if f.Code == "date_invalid" && typed != "" && !models.FormDateShaped(dashed(typed)) {
		return "date_shape"
	}
	return f.Code
}

// fieldName is what people call a field: its label, or the row and the column.
func (v *visit) fieldName(field string) string {
	if no, column, ok := rowField(field); ok {
		return v.rowName(no, column)
	}
	if no, ok := strings.CutPrefix(field, "reason-"); ok {
		return v.rowName(atoi(no), "") + " · " + v.say.T("portal.field.reason")
	}
	name, _, _ := strings.Cut(field, "[")
	if key := "portal.field." + name; v.portal.Words.Has(key) {
		return v.say.T(key)
	}
	return ""
}

// anchor is the id of a field's input: rows[3].nip is row-4-nip, since people count from one.
func anchor(field string) string {
	if no, name, ok := rowField(field); ok {
		return rowAnchor(no, name)
	}
	name, _, _ := strings.Cut(field, "[")
	return strings.ReplaceAll(name, ".", "-")
}

// of finds the text for one field among the lines, for the sentence beside the input.
func of(lines []faultLine, field string) string {
	for _, l := range lines {
		if l.Field == field || strings.HasPrefix(l.Field, field+"[") && !strings.Contains(l.Field, ".") {
			return l.Text
		}
	}
	return ""
}

// with gives a local address with one parameter of the query changed; an empty value leaves it out.
func with(u *url.URL, name, value string) string {
	q := u.Query()
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return u.Path
	}
	return u.Path + "?" + q.Encode()
}
