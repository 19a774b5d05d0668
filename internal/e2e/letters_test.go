package e2e_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// letter is a letter as it was opened, and the public page that checks it.
type letter struct {
	body []byte
	page string
}

var describedBy = regexp.MustCompile(`<([^>]+)>; rel="describedby"`)

// opens opens a memo's letter.
func (p person) opens(t *testing.T, id, kind string) letter {
	t.Helper()
	a := p.Call(t, http.MethodGet, "/api/v1/memos/"+id+"/letters/"+kind, nil)
	a.Is(t, http.StatusOK)
	require.Equal(t, "application/pdf", a.Header.Get("Content-Type"))
	link := describedBy.FindStringSubmatch(a.Header.Get("Link"))
	require.NotNil(t, link, "%v", a.Header)
	return letter{a.Body, link[1]}
}

// says gives what is printed on it, without blanks and line breaks.
func (l letter) says(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "letter.pdf")
	require.NoError(t, os.WriteFile(name, l.body, 0o600))
	if folder := os.Getenv("LOKET_SHOTS"); folder != "" {
		out, err := exec.Command("pdftoppm", "-png", "-r", "70", name, filepath.Join(folder, filepath.Base(l.page))).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	text, err := exec.Command("pdftotext", "-raw", name, "-").Output()
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(text)), "")
}

// verification is the part of a letter's verification that scenarios look at.
type verification struct {
	Kind, Number, Subject, Decision, Signer, SHA256, Why string
	MemoNumber                                           string `json:"memo_number"`
	Valid                                                bool
}

// checked asks, as anybody may, what stands behind the code of a letter, of the API and of the page.
func (l letter) checked(t *testing.T, c apitest.Client) (verification, string) {
	t.Helper()
	var v verification
	c.As("").Call(t, http.MethodGet, "/api/v1/verifications/"+filepath.Base(l.page), nil).Into(t, http.StatusOK, &v)
	answer, err := http.Get(l.page)
	require.NoError(t, err)
	return v, page(t, answer, http.StatusOK)
}

func page(t *testing.T, answer *http.Response, status int) string {
	t.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, status, answer.StatusCode, "%s", text)
	return string(text)
}

// compare uploads a file to the letter's page and gives what it says.
func (l letter) compare(t *testing.T, file []byte) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "surat.pdf")
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	answer, err := http.Post(l.page, form.FormDataContentType(), &body)
	require.NoError(t, err)
	return page(t, answer, http.StatusOK)
}

// TestLetters opens the letters of a memo at each turn, checks them by their codes as somebody who holds the paper would,
// and has them lose their validity, on both databases.
func TestLetters(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL)
		o.env = append(o.env, "LOKET_AGENCY_NAME=Badan Contoh", "LOKET_AGENCY_ADDRESS=Jalan Contoh Raya 1", "LOKET_AGENCY_CONTACT=surat@kem.example")
		o.start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer, stranger := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP), o.hire(c, supportNIP)
		rows := recap(t, "recap-clean.csv")

		t.Run("a withdrawn memo's letter holds no more", func(t *testing.T) { withdrawn(t, c, sender, head, stranger, rows) })
		id := write(t, sender, rows)
		sendMemo(t, sender, head, id)
		sent := sender.opens(t, id, "memo")
		t.Run("it is the same bytes for everybody, also after a power cut", func(t *testing.T) {
			o.kill()
			o.start()
			require.Equal(t, sent.body, head.opens(t, id, "memo").body)
		})
		approve(t, sender, head, officer, id)
		onlyHead := o.sheet(c, sender, head, officer, id)
		verify(t, officer, id, len(rows))
		sender.await(t, id, "activation")
		t.Run("what the officers decided makes a new edition, which the old one's page tells", func(t *testing.T) {
			v, shown := onlyHead.checked(t, c)
			require.Equal(t, "superseded", v.Why)
			require.Contains(t, shown, "Surat ini sudah diganti")
			newer := head.opens(t, id, "approval")
			require.NotEqual(t, onlyHead.page, newer.page)
			v, _ = newer.checked(t, c)
			require.True(t, v.Valid)
			require.Equal(t, "partly", v.Decision)
			v, _ = sent.checked(t, c)
			require.True(t, v.Valid, "the memo is what it was")
		})
		t.Run("the list of results names everybody with what became of them", func(t *testing.T) {
			text := sender.opens(t, id, "results").says(t)
			namesEverybody(t, text, rows)
			require.Contains(t, text, "sudahpindahunit")
		})
		t.Run("who is merely listed opens the approval sheet alone", func(t *testing.T) {
			o.welcome(c, sender, id, rows)
			listed := o.signIn(c, sender.usernameOf(t, id, 2), password)
			listed.opens(t, id, "approval")
			for _, kind := range []string{"memo", "results"} {
				listed.Call(t, http.MethodGet, "/api/v1/memos/"+id+"/letters/"+kind, nil).Refused(t, http.StatusNotFound, "not_found")
			}
		})
		o.command("check", "audit")
	})
}

func namesEverybody(t *testing.T, text string, rows []map[string]string) {
	t.Helper()
	for _, row := range rows {
		number := row["nip"]
		if number == "" {
			require.NotContains(t, text, row["nik"])
			number = row["nik"][:4] + "********" + row["nik"][12:]
		}
		require.Contains(t, text, number)
	}
}

// withdrawn opens the letter of a memo, checks it, and takes the memo back.
func withdrawn(t *testing.T, c apitest.Client, sender, head, stranger person, rows []map[string]string) {
	var m memo
	sender.Call(t, http.MethodPost, "/api/v1/memos", draft(rows)).Into(t, http.StatusCreated, &m)
	path := "/api/v1/memos/" + m.ID
	sender.Call(t, http.MethodGet, path+"/letters/memo", nil).Refused(t, http.StatusConflict, "not_now")
	sender.attaches(t, m.ID)
	sender.attaches(t, m.ID)
	sender.Call(t, http.MethodPost, path+"/send", nil).Into(t, http.StatusOK, &m)

	l := sender.opens(t, m.ID, "memo")
	text := l.says(t)
	namesEverybody(t, text, rows)
	for _, printed := range []string{"BadanContoh", "JalanContohRaya1", "surat@kem.example", m.MemoNumber, m.Number, "SPTJM.pdf", l.page} {
		require.Contains(t, text, printed)
	}
	head.Call(t, http.MethodGet, path+"/letters/approval", nil).Refused(t, http.StatusConflict, "not_now")
	stranger.Call(t, http.MethodGet, path+"/letters/memo", nil).Refused(t, http.StatusNotFound, "not_found")

	v, shown := l.checked(t, c)
	require.True(t, v.Valid)
	require.Equal(t, "open", v.Decision)
	require.Equal(t, m.MemoNumber, v.MemoNumber)
	require.NotEmpty(t, v.Signer)
	for _, told := range []string{"Surat ini asli dan masih berlaku", m.MemoNumber, v.Signer, v.SHA256[:8]} {
		require.Contains(t, shown, told)
	}
	require.NotContains(t, shown, rows[0]["name"], "who is listed is not told in public")
	require.Contains(t, l.compare(t, l.body), "sama persis")
	changed := bytes.Clone(l.body)
	changed[len(changed)/2] ^= 1
	require.Contains(t, l.compare(t, changed), "bukan surat yang diterbitkan")
	for _, number := range []string{m.Number, m.ID, strings.ReplaceAll(m.ID, "-", "")} {
		c.As("").Call(t, http.MethodGet, "/api/v1/verifications/"+number, nil).Refused(t, http.StatusNotFound, "not_found")
	}

	sender.Call(t, http.MethodPost, path+"/withdrawal", map[string]any{"reason": "salah daftar"}).Into(t, http.StatusOK, &m)
	v, shown = l.checked(t, c)
	require.False(t, v.Valid)
	require.Equal(t, "withdrawn", v.Why)
	require.Contains(t, shown, "Surat ini sudah tidak berlaku")
}

// sheet has several people ask for the approval sheet at once, who are all given the same.
func (o *office) sheet(c apitest.Client, sender, head, officer person, id string) letter {
	t := o.t
	t.Helper()
	letters := make([]letter, 6)
	var all sync.WaitGroup
	for i := range letters {
		all.Go(func() { letters[i] = []person{sender, head, officer}[i%3].opens(t, id, "approval") })
	}
	all.Wait()
	for _, l := range letters {
		require.Equal(t, letters[0], l)
	}
	text := letters[0].says(t)
	for _, printed := range []string{"Disetujui", "PimpinanDirektoratJenderalPerencanaan", headNIP, letters[0].page} {
		require.Contains(t, text, printed)
	}
	v, _ := letters[0].checked(t, c)
	require.True(t, v.Valid)
	return letters[0]
}

// usernameOf gives the username that the person of a row was given.
func (p person) usernameOf(t *testing.T, id string, no int) string {
	t.Helper()
	var list struct {
		Items []struct {
			No       int
			Username string
		}
	}
	p.Call(t, http.MethodGet, "/api/v1/memos/"+id+"/rows", nil).Into(t, http.StatusOK, &list)
	require.Equal(t, no, list.Items[no-1].No)
	return list.Items[no-1].Username
}
