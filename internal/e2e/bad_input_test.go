package e2e_test

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/files/filestest"
	"loket/models"
)

// boundedTime is how long any answer to bad input may take, on a busy machine.
const boundedTime = 10 * time.Second

// intruder is a person of the house who sends what no program of ours would.
type intruder struct {
	*house
	*asker
	id string // of a draft of theirs
}

// TestBadInput sends both counters what they must refuse: each answer is a refusal of the client's, comes in time, and
// leaves every table of the office as it was.
func TestBadInput(t *testing.T) {
	h := newHouse(t)
	head := &asker{name: "head", actor: h.sender, nip: senderNIP}
	head.token, head.session = h.credentials(t, head)
	m, err := h.desk.CreateMemo(t.Context(), h.sender, models.MemoDraft{Kind: models.MemoFlexiwork, Unit: oneUnit, Subject: "Akses"}, "")
	require.NoError(t, err)
	in := &intruder{h, head, m.ID}
	t.Run("JSON", in.badJSON)
	t.Run("addresses", in.badAddresses)
	t.Run("forms", in.badForms)
	t.Run("uploads", in.badUploads)
	t.Run("markup is shown and not run", in.markup)
	t.Run("hosts", in.badHosts)
	t.Run("other sites", in.otherSites)
	t.Run("sessions", in.plantedSession)
}

// rows counts what the office holds.
func (in *intruder) rows(t *testing.T) map[string]int {
	raw, err := sql.Open("sqlite", "file:"+in.file+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer raw.Close()
	counts := map[string]int{}
	for _, table := range []string{"cases", "memos", "memo_revisions", "memo_rows", "events", "work_items", "notices", "files", "attachments", "letters", "role_grants",
		"saved_views", "phrases", "comments", "accounts", "personal_tokens", "delegations"} {
		var n int
		require.NoError(t, raw.QueryRowContext(t.Context(), "select count(*) from "+table).Scan(&n))
		counts[table] = n
	}
	return counts
}

// refused sends a request of which nothing may come.
func (in *intruder) refused(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	before, seen, began := in.rows(t), in.view(t, in.id), time.Now()
	got, err := in.client.Do(r)
	require.NoError(t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Less(t, time.Since(began), boundedTime)
	require.GreaterOrEqual(t, got.StatusCode, 400, "%s", text)
	require.Less(t, got.StatusCode, 500, "%s", text)
	require.Equal(t, before, in.rows(t))
	require.Equal(t, seen.Version, in.view(t, in.id).Version)
	if strings.HasPrefix(r.URL.Path, "/api/") && got.StatusCode != http.StatusMisdirectedRequest {
		require.Equal(t, "application/problem+json", got.Header.Get("Content-Type"))
	}
	return got.StatusCode, string(text)
}

func (in *intruder) request(t *testing.T, method, path, kind string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, in.base+path, bytes.NewReader(body))
	require.NoError(t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Authorization", "Bearer "+in.token)
	} else {
		r.AddCookie(&http.Cookie{Name: "loket", Value: in.session})
	}
	return r
}

func (in *intruder) badJSON(t *testing.T) {
	draft := func(more string) string { return `{"kind":"flexiwork","unit":"KEM.1.2"` + more + `}` }
	deep := strings.Repeat("[", 33) + strings.Repeat("]", 33)
	for name, body := range map[string]string{
		"a name twice":             draft(`,"subject":"a","subject":"b"`),
		"a name in another case":   draft(`,"Subject":"a"`),
		"two values":               draft("") + draft(""),
		"depth 33":                 draft(`,"copies":` + deep),
		"a megabyte and one":       draft(`,"body":"` + strings.Repeat("x", 1<<20) + `"`),
		"broken UTF-8":             draft(",\"subject\":\"\xff\""),
		"a null character":         draft(`,"subject":"a\u0000b"`),
		"half a surrogate":         draft(`,"subject":"\ud800"`),
		"a number for a string":    draft(`,"subject":1`),
		"a string for a list":      draft(`,"rows":"198501012010011999"`),
		"a number for a NIP":       draft(`,"rows":[{"nip":198501012010011999}]`),
		"null for a row":           draft(`,"rows":[null]`),
		"an id of its own":         draft(`,"id":"` + in.id + `"`),
		"a sender of its own":      draft(`,"sender":"x"`),
		"a status of its own":      draft(`,"status":"approval"`),
		"an agency of its own":     draft(`,"agency_id":"other"`),
		"a state in a row":         draft(`,"rows":[{"name":"Ana","state":"accepted"}]`),
		"an account in a row":      draft(`,"rows":[{"name":"Ana","account_id":"x"}]`),
		"a prototype":              draft(`,"__proto__":{"admin":true}`),
		"another's unit":           `{"kind":"flexiwork","unit":"KEM.2.1"}`,
		"the direction turned":     draft(`,"subject":"\u202etxt.exe"`),
		"an invisible sign":        draft(`,"subject":"Ak\u200bses"`),
		"a line break in a line":   draft(`,"subject":"a\r\nBcc: x@y.example"`),
		"a direction turned below": draft(`,"rows":[{"name":"\u2066Ana\u2069"}]`),
		"nothing":                  "",
		"no JSON":                  "kind=flexiwork",
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			in.refused(t, in.request(t, http.MethodPost, "/api/v1/memos", "application/json", []byte(body)))
			in.refused(t, in.request(t, http.MethodPut, "/api/v1/memos/"+in.id, "application/json", []byte(body)))
		})
	}
	t.Run("words with hidden signs are refused wherever people write", func(t *testing.T) {
		for _, path := range []string{"/memos/" + in.id + "/comments", "/phrases"} {
			for _, text := range []string{`\u202eabc`, `a\u200bb`, `a\u0007b`, strings.Repeat("a", 3000)} {
				in.refused(t, in.request(t, http.MethodPost, "/api/v1"+path, "application/json", []byte(`{"text":"`+text+`"}`)))
			}
		}
	})
}

func (in *intruder) badAddresses(t *testing.T) {
	for _, address := range []string{"a@b.example\nBcc: c@d.example", "a@b.example,c@d.example", "A <a@b.example>", "a@b", "\"a b\"@c.example", "a@b.example%0aBcc:x",
		"ａ@b.example", "a@b..example", strings.Repeat("a", 250) + "@b.example"} {
		t.Run(fmt.Sprintf("%.20q is refused before sending", address), func(t *testing.T) {
			row := rowOf(in.people["199711152021052699"])
			row.ExternalEmail = address
			draft, err := json.Marshal(map[string]any{"kind": "flexiwork", "unit": oneUnit, "date": "2026-06-08", "addressee": "A", "subject": "B", "body": "C", "contact": "D",
				"rows": []any{map[string]string{"nip": row.NIP, "name": row.Name, "unit_code": row.UnitCode, "position": row.Position, "external_email": address}}})
			require.NoError(t, err)
			got, err := in.client.Do(in.request(t, http.MethodPut, "/api/v1/memos/"+in.id, "application/json", draft))
			require.NoError(t, err)
			require.NoError(t, got.Body.Close())
			require.Less(t, got.StatusCode, 500)
			status, text := in.refused(t, in.request(t, http.MethodPost, "/api/v1/memos/"+in.id+"/send", "", nil))
			require.Equal(t, http.StatusUnprocessableEntity, status)
			require.NotContains(t, text, "Bcc")
		})
	}
}

func (in *intruder) badForms(t *testing.T) {
	forms := "application/x-www-form-urlencoded"
	for name, r := range map[string]*http.Request{
		"a null character in a field":   in.request(t, http.MethodPost, "/phrases", forms, []byte("text=a%00b")),
		"broken UTF-8 in a field":       in.request(t, http.MethodPost, "/phrases", forms, []byte("text=%ff%fe")),
		"a hidden sign in a reason":     in.request(t, http.MethodPost, "/phrases", forms, []byte("text="+url.QueryEscape("\u202eabc"))),
		"a null character at the door":  in.request(t, http.MethodPost, "/sign-in", forms, []byte("username=a%00b&password=x")),
		"a null character in a query":   in.request(t, http.MethodGet, "/memos?q=a%00b", "", nil),
		"broken UTF-8 in a query":       in.request(t, http.MethodGet, "/employees?q=%ff", "", nil),
		"a null character in a path":    in.request(t, http.MethodGet, "/memos/a%00b", "", nil),
		"a null character in an API":    in.request(t, http.MethodGet, "/api/v1/memos?q=a%00b", "", nil),
		"a null character in an id":     in.request(t, http.MethodGet, "/api/v1/memos/a%00b", "", nil),
		"a cursor of somebody's making": in.request(t, http.MethodGet, "/api/v1/memos?cursor=eyJsIjoiY2FzZXMiLCJpIjoiXHUwMDAwIn0", "", nil),
		"two megabytes of form":         in.request(t, http.MethodPost, "/phrases", forms, []byte("text="+strings.Repeat("x", 2<<20))),
		"a path out of the files":       in.request(t, http.MethodGet, "/static/x/..%2f..%2fetc%2fpasswd", "", nil),
		"a unit that walks":             in.request(t, http.MethodGet, "/units/..%2f..%2fetc", "", nil),
	} {
		t.Run(name+" is refused", func(t *testing.T) { in.refused(t, r) })
	}
}

// list is the composer's form with a recap list.
func (in *intruder) list(t *testing.T, name string, file []byte) *http.Request {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, w.WriteField("do", "upload"))
	require.NoError(t, w.Close())
	return in.request(t, http.MethodPost, "/memos/"+in.id+"/edit", w.FormDataContentType(), form.Bytes())
}

// workbook is an XLSX file whose sheet is what it says.
func workbook(t *testing.T, sheet func(io.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
		{"_rels/.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
	} {
		w, err := z.Create(part[0])
		require.NoError(t, err)
		_, err = io.WriteString(w, part[1])
		require.NoError(t, err)
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	require.NoError(t, err)
	_, err = io.WriteString(w, `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	require.NoError(t, err)
	sheet(w)
	_, err = io.WriteString(w, `</sheetData></worksheet>`)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

func (in *intruder) badUploads(t *testing.T) {
	million := func(w io.Writer) {
		_, err := io.WriteString(w, `<row r="1"><c r="A1" t="inlineStr"><is><t>nip</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c><c r="C1" t="inlineStr"><is><t>unit</t></is></c></row>`+
			strings.Repeat(`<row><c><v>1</v></c></row>`, 1_000_000))
		require.NoError(t, err)
	}
	for name, list := range map[string]struct {
		name string
		body []byte
	}{
		"a million lines of CSV":       {"x.csv", []byte("nip,name,unit\n" + strings.Repeat("1,a\n", 1_000_000))},
		"a million rows of a workbook": {"x.xlsx", workbook(t, million)},
		"a bomb of a workbook": {"x.xlsx", workbook(t, func(w io.Writer) {
			_, err := io.Copy(w, io.LimitReader(blanks{}, 200<<20))
			require.NoError(t, err)
		})},
		"a sheet that is none":         {"x.csv", []byte("%PDF-1.7")},
		"nulls in a sheet":             {"x.csv", []byte("nip,name,unit\n\x00,a,b")},
		"a sheet in another encoding":  {"x.csv", []byte("nip,name,unit\n1,Jos\xe9,KEM")},
		"a column twice":               {"x.csv", []byte("nip,nip,name,unit\n1,2,3,4")},
		"an entity in a workbook":      {"x.xlsx", workbook(t, func(w io.Writer) { _, _ = io.WriteString(w, `<row r="1"><c r="A1"><v>&lol;</v></c></row>`) })},
		"a workbook that is cut short": {"x.xlsx", workbook(t, million)[:200]},
	} {
		t.Run(name+" is refused", func(t *testing.T) { in.refused(t, in.list(t, list.name, list.body)) })
	}
	for name, file := range map[string][]byte{"a page for a PDF": []byte("<html><script>x</script>"), "a script in a PDF": filestest.Build("<< /Type /Catalog /OpenAction << /S /JavaScript /JS (x) >> >>"), "nothing": {}} {
		t.Run(name+" is refused", func(t *testing.T) {
			body, kind := uploadForm(t, "sptjm", "x.pdf", file)
			in.refused(t, in.request(t, http.MethodPost, "/api/v1/memos/"+in.id+"/attachments", kind, body))
		})
	}
	t.Run("a path in a name stays outside", func(t *testing.T) {
		body, kind := uploadForm(t, "sptjm", `..\..\/etc/cron.d/x.pdf`, filestest.PDF("Surat"))
		got, err := in.client.Do(in.request(t, http.MethodPost, "/api/v1/memos/"+in.id+"/attachments", kind, body))
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		kept := in.view(t, in.id).Draft.Attachments
		require.Len(t, kept, 1)
		require.Equal(t, "x.pdf", kept[0].Name)
	})
}

// blanks never ends.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func (in *intruder) markup(t *testing.T) {
	subject := `=1+1 <script>alert(1)</script> "'&`
	m, err := in.desk.CreateMemo(t.Context(), in.sender, models.MemoDraft{Kind: models.MemoFlexiwork, Unit: oneUnit, Subject: subject,
		Rows: []models.RecapRow{{Name: "<b onmouseover=x>Ana", UnitCode: oneUnit}}}, "")
	require.NoError(t, err)
	for _, path := range []string{"/memos/" + m.ID, "/memos/" + m.ID + "/edit", "/memos", "/", "/search?q=" + url.QueryEscape("<script>alert(1)")} {
		_, page := in.get(t, path)
		require.NotContains(t, page, "<script>alert", path)
		require.NotContains(t, page, "<b onmouseover", path)
	}
	status, list := in.get(t, "/memos/export.csv")
	require.Equal(t, http.StatusOK, status)
	for line := range strings.Lines(list) {
		for cell := range strings.SplitSeq(line, ",") {
			require.NotRegexp(t, `^"?[=+@-]`, cell)
		}
	}
	require.Contains(t, list, "'=1+1")
}

func (in *intruder) get(t *testing.T, path string) (int, string) {
	t.Helper()
	got, err := in.client.Do(in.request(t, http.MethodGet, path, "", nil))
	require.NoError(t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Less(t, got.StatusCode, 500)
	return got.StatusCode, string(text)
}

// badHosts names other hosts in every way that some server believes.
func (in *intruder) badHosts(t *testing.T) {
	for _, host := range []string{"evil.example", "evil.example:8080", "localhost.evil.example", "evil.example.localhost", "localhost:8080.evil.example", "localhost@evil.example", "evil.example#localhost",
		"localhost,evil.example", "localhost evil.example", "127.0.0.1.evil.example", "192.0.2.1", "[2001:db8::1]", "0x7f.1", "2130706433", "localhost.", "localhost:x", "localhost:", "loca1host"} {
		t.Run(host, func(t *testing.T) {
			r := in.request(t, http.MethodPost, "/sign-in", "application/x-www-form-urlencoded", []byte("username=a&password=b"))
			r.Host = host
			status, text := in.refused(t, r)
			require.Contains(t, []int{http.StatusMisdirectedRequest, http.StatusBadRequest}, status)
			require.NotContains(t, text, "evil")
		})
	}
	for _, header := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "X-HTTP-Host-Override", "Forwarded", "X-Original-URL", "X-Rewrite-URL",
		"X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Path", "X-Real-IP"} {
		t.Run(header+" is ignored", func(t *testing.T) {
			for _, path := range []string{"/memos/" + in.id, "/account/password", "/sign-in?return=//evil.example"} {
				r := in.request(t, http.MethodGet, path, "", nil)
				r.Header.Set(header, map[string]string{"Forwarded": "host=evil.example"}[header]+"evil.example")
				got, err := in.client.Do(r)
				require.NoError(t, err)
				text, err := io.ReadAll(got.Body)
				require.NoError(t, err)
				require.NoError(t, got.Body.Close())
				require.NotContains(t, string(text)+got.Header.Get("Location"), "evil")
			}
		})
	}
}

// otherSites has a browser send our forms from elsewhere.
func (in *intruder) otherSites(t *testing.T) {
	for name, headers := range map[string][]string{
		"another site": {"Sec-Fetch-Site", "cross-site"}, "a neighbouring host": {"Sec-Fetch-Site", "same-site"}, "an old browser elsewhere": {"Origin", "https://evil.example"},
		"a sandbox": {"Origin", "null"}, "another port": {"Origin", "http://localhost:9"}, "another scheme": {"Origin", "https://localhost:8080"},
	} {
		t.Run(name+" sends no form of ours", func(t *testing.T) {
			for _, path := range []string{"/phrases", "/sign-out", "/memos/" + in.id + "/discard", "/account/tokens", "/sign-in"} {
				r := in.request(t, http.MethodPost, path, "application/x-www-form-urlencoded", []byte("text=a&name=a&days=1&scopes=read"))
				r.Header.Set(headers[0], headers[1])
				status, _ := in.refused(t, r)
				require.Equal(t, http.StatusForbidden, status)
			}
		})
	}
	status, _ := in.get(t, "/account")
	require.Equal(t, http.StatusOK, status, "still signed in")
}

// plantedSession has a session that somebody planted before the sign-in open nothing after it.
func (in *intruder) plantedSession(t *testing.T) {
	id := in.account(t, in.nip)
	signIn := func(session string) *http.Cookie {
		r, err := http.NewRequest(http.MethodPost, in.base+"/sign-in", strings.NewReader(url.Values{"username": {"uji." + in.nip[8:]}, "password": {password}}.Encode()))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "loket", Value: session})
		got, err := in.client.Do(r)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		for _, c := range got.Cookies() {
			if c.Name == "loket" {
				require.True(t, c.HttpOnly)
				require.Equal(t, http.SameSiteLaxMode, c.SameSite)
				return c
			}
		}
		require.Fail(t, "no session", "%d for %s", got.StatusCode, id)
		return nil
	}
	planted := strings.Repeat("A", 43)
	first := signIn(planted)
	require.NotEqual(t, planted, first.Value)
	second := signIn(first.Value)
	require.NotEqual(t, first.Value, second.Value)
	in.session = planted
	status, _ := in.get(t, "/account")
	require.Equal(t, http.StatusSeeOther, status)
	in.session = second.Value
	status, _ = in.get(t, "/account")
	require.Equal(t, http.StatusOK, status)
}
