package e2e_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api"
	"loket/api/apitest"
	"loket/internal/auth"
	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/internal/store"
	"loket/models"
)

// ministerNIP is the head of KEM, above the head whom the memos of these tests ask.
const ministerNIP = "199912092025052509"

// conversation is the part of a memo's answer that these tests look at.
type conversation struct {
	memo
	Asked   *time.Time
	Due     *time.Time
	Content string
	Trouble string
	History []struct {
		Type, Reason, Content string
		Notes                 []models.FieldNote
	} `json:"timeline"`
}

func (p person) conversation(t *testing.T, id string) conversation {
	t.Helper()
	var c conversation
	p.Call(t, http.MethodGet, "/api/v1/memos/"+id, nil).Into(t, http.StatusOK, &c)
	return c
}

// last is the newest event of the history.
func (c conversation) last() string { return c.History[len(c.History)-1].Type }

// counter serves the API over the stage's own desk, whose loops run, to whoever is given a token.
func (s *stage) counter(t *testing.T) func(models.Actor) person {
	t.Helper()
	d := s.on(models.Clock{Speed: 1})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	words, err := i18n.New()
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	counter := api.New(api.Config{Desk: d, Catalog: words, Version: "test", Log: quiet})
	door, err := edge.New(edge.Config{PublicURL: "http://localhost:8080", Table: edge.NewTable(counter.Routes()...), Refuse: counter.Refuse, Log: quiet})
	require.NoError(t, err)
	engine, err := door.Engine()
	require.NoError(t, err)
	counter.Mount(engine)
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	client := apitest.NewClient(t, server.URL)
	return func(a models.Actor) person {
		_, secret, err := d.CreateToken(t.Context(), a, "test", models.Scopes(), 1)
		require.NoError(t, err)
		return person{Client: client.As(secret)}
	}
}

// joins opens the account of somebody more, who knows their password.
func (s *stage) joins(t *testing.T, nip string) models.Actor {
	t.Helper()
	hasher, err := auth.NewHasher(1)
	require.NoError(t, err)
	hash, err := hasher.Hash(t.Context(), password)
	require.NoError(t, err)
	id, err := s.store.CreateAccount(t.Context(), models.Actor{}, store.NewAccount{Username: "uji." + nip[8:], NIP: nip, PasswordHash: hash})
	require.NoError(t, err)
	a, err := s.store.ActorOf(t.Context(), id, time.Now())
	require.NoError(t, err)
	return a
}

// verification is what stands behind the code of a letter.
func (p person) verification(t *testing.T, l letter) (v verification) {
	t.Helper()
	p.As("").Call(t, http.MethodGet, "/api/v1/verifications/"+filepath.Base(l.page), nil).Into(t, http.StatusOK, &v)
	return v
}

// links mints the links that a memo's messages would bear now, by the account's username.
func (s *stage) links(t *testing.T, id string) []string {
	t.Helper()
	notices, err := s.store.ClaimNotices(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	var links []string
	for _, n := range notices {
		if n.SecretFor == "" || n.CaseID != id {
			continue
		}
		secret, err := s.store.Mint(t.Context(), n)
		require.NoError(t, err)
		links = append(links, filepath.Base(secret["link"]))
	}
	return links
}

// TestConversation asks the sender and lets them answer, at both stages; sends links again; and leaves out what fails.
func TestConversation(t *testing.T) {
	s := newStage(t)
	as := s.counter(t)
	sender, head, officer, support := as(s.sender), as(s.head), as(s.officer), as(s.support)
	says := func(text string, seq int) map[string]any { return map[string]any{"text": text, "seq": seq} }

	t.Run("a question stops the clock, its answer lets it go on, and the decision tells what it was about", func(t *testing.T) {
		id := s.sent(t, s.on(models.Clock{Speed: 1}))
		path := "/api/v1/memos/" + id
		seen := head.conversation(t, id)
		require.NotNil(t, seen.Due)
		require.Len(t, seen.Content, 64)

		sender.Call(t, http.MethodPost, path+"/question", says("Boleh?", 0)).Refused(t, http.StatusForbidden, "not_yours")
		officer.Call(t, http.MethodPost, path+"/question", says("Boleh?", 0)).Refused(t, http.StatusNotFound, "not_found")
		require.Equal(t, "required", head.Call(t, http.MethodPost, path+"/question", says("  ", 0)).Refused(t, http.StatusUnprocessableEntity, "invalid")["text"])
		sender.Call(t, http.MethodPost, path+"/answer", says("Ya.", 0)).Refused(t, http.StatusConflict, "not_now")
		head.Call(t, http.MethodPost, path+"/question", says("Kontrak mana yang berlaku?", seen.Seq), "Idempotency-Key", "q").Is(t, http.StatusOK)
		head.Call(t, http.MethodPost, path+"/question", says("Kontrak mana yang berlaku?", seen.Seq), "Idempotency-Key", "q").Is(t, http.StatusOK)
		head.Call(t, http.MethodPost, path+"/question", says("Dan satu lagi?", 0)).Refused(t, http.StatusConflict, "not_now")

		asked := sender.conversation(t, id)
		require.NotNil(t, asked.Asked)
		require.Nil(t, asked.Due, "no clock runs")
		require.Contains(t, asked.Actions, "answer")
		require.NotContains(t, asked.Actions, "nudge")
		require.Equal(t, "information_asked", asked.last())
		require.Equal(t, "Kontrak mana yang berlaku?", asked.History[len(asked.History)-1].Reason)

		head.Call(t, http.MethodPost, path+"/answer", says("Ya.", 0)).Refused(t, http.StatusForbidden, "not_yours")
		officer.Call(t, http.MethodPost, path+"/answer", says("Ya.", 0)).Refused(t, http.StatusNotFound, "not_found")
		sender.Call(t, http.MethodPost, path+"/answer", says("Ya.", seen.Seq)).Refused(t, http.StatusPreconditionFailed, "stale")
		sender.Call(t, http.MethodPost, path+"/answer", says("Yang kedua.", asked.Seq)).Is(t, http.StatusOK)
		answered := head.conversation(t, id)
		require.Nil(t, answered.Asked)
		require.NotNil(t, answered.Due)
		require.Equal(t, "information_given", answered.last())
		require.Equal(t, "Yang kedua.", answered.History[len(answered.History)-1].Reason)

		other := "00" + answered.Content[2:]
		head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true, "content": other}).Refused(t, http.StatusPreconditionFailed, "stale")
		head.Call(t, http.MethodPost, path+"/return", map[string]any{"reason": "x", "content": other}).Refused(t, http.StatusPreconditionFailed, "stale")
		head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true, "seq": answered.Seq, "content": answered.Content}).Is(t, http.StatusOK)
		approved := officer.conversation(t, id)
		require.Equal(t, answered.Content, approved.History[len(approved.History)-1].Content)

		officer.Call(t, http.MethodPost, path+"/question", says("Siapa narahubungnya?", approved.Seq)).Is(t, http.StatusOK)
		for _, word := range []map[string]any{{"all": "accepted", "content": other}, {"rows": []map[string]any{{"no": 1, "accept": true}}, "content": other}} {
			officer.Call(t, http.MethodPost, path+"/verification", word).Refused(t, http.StatusPreconditionFailed, "stale")
		}
		officer.Call(t, http.MethodPost, path+"/verification", map[string]any{"all": "accepted", "content": approved.Content}).Is(t, http.StatusOK)
		sender.await(t, id, "activation")
		s.reissues(t, id, sender, head)
	})
	t.Run("what keeps failing is left out by support alone, with a reason", func(t *testing.T) {
		s.faulty.refuse.Store(true)
		id := s.verified(t, s.on(models.Clock{Speed: 1}), acceptAll())
		path := "/api/v1/memos/" + id
		require.Eventually(t, func() bool { return s.view(t, id).Trouble == models.TroubleAccounts }, time.Minute, 50*time.Millisecond)
		stuck := support.conversation(t, id)
		require.Subset(t, stuck.Actions, []string{"retry", "skip"})
		require.NotEmpty(t, stuck.History[len(stuck.History)-1].Reason, "support sees why")
		told := sender.conversation(t, id)
		require.Empty(t, told.History[len(told.History)-1].Reason)
		sender.Call(t, http.MethodPost, path+"/skip", map[string]any{"reason": "x"}).Refused(t, http.StatusForbidden, "not_yours")
		require.Equal(t, "required", support.Call(t, http.MethodPost, path+"/skip", map[string]any{"reason": " "}).Refused(t, http.StatusUnprocessableEntity, "invalid")["reason"])
		results, sheet := sender.opens(t, id, "results"), sender.opens(t, id, "approval")
		require.Equal(t, "accepted", sender.verification(t, results).Decision)
		support.Call(t, http.MethodPost, path+"/skip", map[string]any{"reason": "Tidak dikenal direktori"}).Is(t, http.StatusOK)
		s.faulty.refuse.Store(false)
		s.awaits(t, id, models.StatusRefused)
		done := sender.conversation(t, id)
		require.Equal(t, "refused", done.Status, "no account was made")
		require.Equal(t, "rows_left_out", done.last())
		require.Equal(t, "Tidak dikenal direktori", done.History[len(done.History)-1].Reason)
		for _, old := range []letter{results, sheet} {
			require.Equal(t, "superseded", sender.verification(t, old).Why, "it says that people were accepted")
		}
		require.True(t, sender.verification(t, sender.opens(t, id, "results")).Valid)
		text := sender.opens(t, id, "approval").says(t)
		for _, told := range []string{"Dikeluarkandaridaftar", "Tidakdikenaldirektori", "Diperiksaoleh"} {
			require.Contains(t, text, told)
		}
	})
	t.Run("a note stays with its person when somebody before them is taken out", func(t *testing.T) {
		id := s.sent(t, s.on(models.Clock{Speed: 1}))
		path := "/api/v1/memos/" + id
		head.Call(t, http.MethodPost, path+"/return", map[string]any{"reason": "Satu sudah pindah", "notes": []map[string]string{{"field": "rows[1].unit_code", "note": "Sudah pindah"}}}).Is(t, http.StatusOK)
		back := sender.conversation(t, id)
		note := back.History[len(back.History)-1].Notes[0]
		require.Equal(t, "rows[1].unit_code", note.Field)
		draft, err := s.store.DraftOf(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, draft.Rows[1].Name, note.Person)
		people := draft.Rows
		draft.Rows, draft.Attachments = people[1:], nil
		sender.Call(t, http.MethodPut, path, draftOf(draft)).Is(t, http.StatusOK)
		back = sender.conversation(t, id)
		require.Equal(t, models.FieldNote{Field: "rows[0].unit_code", Note: "Sudah pindah", Person: people[1].Name}, back.History[len(back.History)-1].Notes[0])
		draft.Rows = people[:1]
		sender.Call(t, http.MethodPut, path, draftOf(draft)).Is(t, http.StatusOK)
		back = sender.conversation(t, id)
		require.Equal(t, models.FieldNote{Field: "rows", Note: "Sudah pindah", Person: people[1].Name}, back.History[len(back.History)-1].Notes[0])
	})
}

// draftOf is a draft as its writer sends it.
func draftOf(d models.MemoDraft) map[string]any {
	return map[string]any{"kind": d.Kind, "unit": d.Unit, "date": d.Date, "addressee": d.Addressee, "subject": d.Subject, "body": d.Body, "contact": d.Contact, "rows": d.Rows}
}

// reissues sends a link again, which kills the one before, until everybody has used theirs.
func (s *stage) reissues(t *testing.T, id string, sender, head person) {
	t.Helper()
	path, own := "/api/v1/memos/"+id, map[string]string{"password": password, "again": password}
	rows := func(nos ...int) map[string]any { return map[string]any{"rows": nos} }
	first := s.links(t, id)
	require.Len(t, first, 2)
	head.Call(t, http.MethodPost, path+"/reissue", rows(1)).Refused(t, http.StatusForbidden, "not_yours")
	head.Call(t, http.MethodPost, path+"/reissue", rows()).Refused(t, http.StatusUnprocessableEntity, "invalid")
	sender.Call(t, http.MethodPost, path+"/reissue", rows(1, 2)).Is(t, http.StatusOK)
	require.Equal(t, "credentials_reissued", sender.conversation(t, id).last())
	stranger := sender.As("")
	for _, link := range first {
		stranger.Call(t, http.MethodPost, "/api/v1/links/"+link, own).Refused(t, http.StatusGone, "link_spent")
	}
	second := s.links(t, id)
	require.Len(t, second, 2)
	stranger.Call(t, http.MethodPost, "/api/v1/links/"+second[0], own).Is(t, http.StatusNoContent)
	active := s.activated(t, id)
	require.Equal(t, "no_open_link", sender.Call(t, http.MethodPost, path+"/reissue", rows(active)).Refused(t, http.StatusUnprocessableEntity, "invalid")["rows"])
	sender.Call(t, http.MethodPost, path+"/reissue", rows(9)).Refused(t, http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "activation", sender.memo(t, id).Status, "a refusal moves nothing")
	stranger.Call(t, http.MethodPost, "/api/v1/links/"+second[1], own).Is(t, http.StatusNoContent)
	sender.await(t, id, "done")
	sender.Call(t, http.MethodPost, path+"/reissue", rows(1)).Refused(t, http.StatusConflict, "not_now")
}

// activated is the number of the row whose person has signed on.
func (s *stage) activated(t *testing.T, id string) int {
	t.Helper()
	page, err := s.store.MemoRows(t.Context(), id, store.RowQuery{State: models.RowActivated})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	return page.Items[0].No
}

// TestHeadIsRelieved revokes the grant of a head while a memo waits for them: they decide no more, and the memo comes to
// the head above.
func TestHeadIsRelieved(t *testing.T) {
	s := newStage(t)
	as := s.counter(t)
	minister, admin := as(s.joins(t, ministerNIP)), as(s.joins(t, adminNIP))
	sender, head := as(s.sender), as(s.head)
	id := s.sent(t, s.on(models.Clock{Speed: 1}))
	path := "/api/v1/memos/" + id
	waits := func(p person) bool {
		var inbox struct{ Items []memo }
		p.Call(t, http.MethodGet, "/api/v1/inbox", nil).Into(t, http.StatusOK, &inbox)
		return slices.ContainsFunc(inbox.Items, func(m memo) bool { return m.ID == id })
	}
	require.True(t, waits(head))
	require.False(t, waits(minister))

	var grants struct{ Items []models.RoleGrant }
	admin.Call(t, http.MethodGet, "/api/v1/grants?unit=KEM.1", nil).Into(t, http.StatusOK, &grants)
	at := slices.IndexFunc(grants.Items, func(g models.RoleGrant) bool { return g.Role == models.RoleHead })
	require.GreaterOrEqual(t, at, 0)
	admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
	admin.Call(t, http.MethodDelete, "/api/v1/grants/"+grants.Items[at].ID, nil).Is(t, http.StatusNoContent)
	relieved := time.Now()
	head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Refused(t, http.StatusNotFound, "not_found")
	require.Less(t, time.Since(relieved), time.Second)
	require.False(t, waits(head))
	require.Eventually(t, func() bool { return waits(minister) }, 5*time.Second, 50*time.Millisecond)
	t.Logf("with the head above after %s", time.Since(relieved))
	moved := sender.conversation(t, id)
	require.Equal(t, "reassigned", moved.last())
	require.Equal(t, "approval", moved.Status)
	require.Empty(t, moved.Trouble)
	minister.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true, "seq": moved.Seq}).Is(t, http.StatusOK)
	require.Equal(t, "verification", sender.memo(t, id).Status)
}
