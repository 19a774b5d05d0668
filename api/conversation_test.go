package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func (f *counter) AskSender(_ context.Context, _ models.Actor, _ string, in desk.Message, key string) (models.MemoView, error) {
	if faults := models.CheckReason("text", in.Text); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	f.said, f.asked = in, key
	return f.memo(), f.err
}

func (f *counter) AnswerMemo(ctx context.Context, a models.Actor, id string, in desk.Message, key string) (models.MemoView, error) {
	return f.AskSender(ctx, a, id, in, key)
}

func (f *counter) ReissueMemo(_ context.Context, _ models.Actor, _ string, rows []int, key string) (models.MemoView, error) {
	f.rows, f.asked = rows, key
	return f.memo(), f.err
}

func (f *counter) SkipRows(_ context.Context, _ models.Actor, _, reason, _ string) (models.MemoView, error) {
	if faults := models.CheckReason("reason", reason); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	f.asked = reason
	return f.memo(), f.err
}

func (f *counter) DecideMemo(_ context.Context, _ models.Actor, _ string, in desk.Decision, _ string) (models.MemoView, error) {
	f.decided = in
	return f.memo(), f.err
}

func TestConversation(t *testing.T) {
	b := setup(t)
	path := "/api/v1/memos/" + memoID1
	post := func(what, body string, headers ...string) int {
		return b.client.Call(t, http.MethodPost, path+what, body, headers...).Status
	}
	for _, way := range []string{"/question", "/answer"} {
		t.Run("words go to the desk with what was seen and the key: "+way, func(t *testing.T) {
			require.Equal(t, http.StatusOK, post(way, `{"text":"Sampai kapan?","seq":3}`, "Idempotency-Key", "k-1"))
			require.Equal(t, desk.Message{Text: "Sampai kapan?", Seq: 3}, b.said)
			require.Equal(t, "k-1", b.asked)
		})
		t.Run("none and too many are refused by the field: "+way, func(t *testing.T) {
			for body, code := range map[string]string{`{}`: "required", `{"text":" "}`: "required", `{"text":"` + strings.Repeat("é", models.MaxReason+1) + `"}`: "text_too_long"} {
				require.Equal(t, code, b.client.Call(t, http.MethodPost, path+way, body).Refused(t, http.StatusUnprocessableEntity, "invalid")["text"])
			}
		})
		t.Run("whoever may not, or saw too little, is told so: "+way, func(t *testing.T) {
			for status, err := range map[int]*models.Problem{http.StatusForbidden: models.ErrNotYours, http.StatusNotFound: models.ErrNotFound,
				http.StatusConflict: models.ErrNotNow, http.StatusPreconditionFailed: models.ErrStale} {
				b.err = err
				b.client.Call(t, http.MethodPost, path+way, `{"text":"x"}`).Refused(t, status, err.Code)
			}
			b.err = nil
		})
	}
	t.Run("a question needs the scope to decide, an answer the scope to write", func(t *testing.T) {
		writer := b.client.As("lkt_read")
		writer.Call(t, http.MethodPost, path+"/question", `{"text":"x"}`).Refused(t, http.StatusForbidden, "token_scope")
		require.Equal(t, http.StatusOK, writer.Call(t, http.MethodPost, path+"/answer", `{"text":"x"}`).Status)
		writer.Call(t, http.MethodPost, path+"/skip", `{"reason":"x"}`).Refused(t, http.StatusForbidden, "token_scope")
	})
	t.Run("links are sent again by the numbers of their rows", func(t *testing.T) {
		require.Equal(t, http.StatusOK, post("/reissue", `{"rows":[1,4]}`))
		require.Equal(t, []int{1, 4}, b.rows)
		for _, body := range []string{`{}`, `{"rows":[]}`, `{"rows":["1"]}`} {
			require.Contains(t, strings.Join(keys(b.client.Call(t, http.MethodPost, path+"/reissue", body).Refused(t, http.StatusUnprocessableEntity, "invalid")), " "), "rows", body)
		}
		b.err = models.Invalid(models.Fault("rows", "no_open_link"))
		require.Equal(t, "no_open_link", b.client.Call(t, http.MethodPost, path+"/reissue", `{"rows":[1]}`).Refused(t, http.StatusUnprocessableEntity, "invalid")["rows"])
		b.err = nil
	})
	t.Run("leaving out needs a reason", func(t *testing.T) {
		require.Equal(t, http.StatusOK, post("/skip", `{"reason":"Tidak dikenal direktori"}`))
		require.Equal(t, "Tidak dikenal direktori", b.asked)
		require.Equal(t, "required", b.client.Call(t, http.MethodPost, path+"/skip", `{"reason":""}`).Refused(t, http.StatusUnprocessableEntity, "invalid")["reason"])
		b.err = models.ErrNotYours
		b.client.Call(t, http.MethodPost, path+"/skip", `{"reason":"x"}`).Refused(t, http.StatusForbidden, "not_yours")
		b.err = nil
	})
	t.Run("a decision names what it is about", func(t *testing.T) {
		require.Equal(t, http.StatusOK, post("/decision", `{"approve":true,"content":"9f86d081"}`))
		require.Equal(t, desk.Decision{Approve: true, Content: "9f86d081"}, b.decided)
		require.Equal(t, http.StatusOK, post("/return", `{"reason":"x","content":"9f86d081"}`))
		require.Equal(t, "9f86d081", b.returned.Content)
	})
}

func keys(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	return list
}
