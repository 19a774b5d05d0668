package api

import (
	"bufio"
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/edge"
	"loket/models"
)

const someDraft = `{"kind":"flexiwork","unit":"KEM.1","rows":[{"name":"Made","nip":"199002142015031002"}]}`

func TestDocument(t *testing.T) {
	b := setup(t)
	t.Run("is valid OpenAPI 3.1", func(t *testing.T) {
		_, err := apitest.NewValidator(t.Context(), b.api.OpenAPI())
		require.NoError(t, err)
	})
	doc := b.api.huma.OpenAPI()
	t.Run("says what every field means, with an example of it", func(t *testing.T) {
		for name, schema := range doc.Components.Schemas.Map() {
			for property, p := range schema.Properties {
				require.NotEmpty(t, p.Description, "%s.%s", name, property)
				of := p.Ref != "" || p.Type == huma.TypeObject || p.Type == huma.TypeArray && p.Items.Ref != ""
				require.True(t, of || len(p.Examples) > 0 || len(target(p).Enum) > 0 || p.Type == huma.TypeBoolean, "%s.%s has no example", name, property)
			}
		}
	})
	t.Run("says what every operation and parameter is for", func(t *testing.T) {
		for path, item := range doc.Paths {
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
				if op == nil {
					continue
				}
				require.NotEmpty(t, op.Summary, path)
				require.False(t, strings.HasPrefix(op.Description, "Token scope"), "%s has no description", op.OperationID)
				for _, p := range op.Parameters {
					require.NotEmpty(t, p.Description, "%s %s", op.OperationID, p.Name)
				}
			}
		}
	})
	t.Run("names no field that no schema has", func(t *testing.T) {
		schemas := doc.Components.Schemas.Map()
		names := slices.Sorted(maps.Keys(table(allWords)))
		for _, name := range append(names, slices.Sorted(maps.Keys(table(allExamples)))...) {
			schema, property, whole := strings.Cut(name, ".")
			if whole {
				require.Contains(t, schemas, schema, name)
				require.Contains(t, schemas[schema].Properties, property, name)
			}
		}
	})
	t.Run("says nothing twice", func(t *testing.T) {
		for _, text := range []string{allWords, allExamples} {
			said := map[string]bool{}
			for line := range strings.Lines(text) {
				if name, _, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
					require.False(t, said[name], name)
					said[name] = true
				}
			}
		}
	})
	b.client.HTTP = http.DefaultClient // the document does not describe itself
	t.Run("is served as JSON and YAML", func(t *testing.T) {
		require.JSONEq(t, string(b.api.OpenAPI()), string(b.client.Call(t, "GET", "/api/v1/openapi.json", nil).Body))
		require.Contains(t, string(b.client.Call(t, "GET", "/api/v1/openapi.yaml", nil).Body), "openapi: 3.1.0")
	})
	t.Run("its page has nothing inline and asks no other host", func(t *testing.T) {
		page := b.client.Call(t, "GET", "/docs", nil)
		require.Equal(t, 200, page.Status)
		require.NotRegexp(t, `<script>|<style|style=|onload=|https?://`, string(page.Body))
		for _, name := range []string{"init.js", "page.css", "swagger-ui.css", "swagger-ui-bundle.js"} {
			require.Contains(t, string(page.Body), "/docs/"+name)
			part := b.client.Call(t, "GET", "/docs/"+name, nil)
			require.Equal(t, 200, part.Status)
			again := b.client.Call(t, "GET", "/docs/"+name, nil, "If-None-Match", part.Header.Get("ETag"))
			require.Equal(t, 304, again.Status)
		}
	})
	t.Run("offers a body of its own where not every field goes with every other", func(t *testing.T) {
		sample := doc.Paths["/api/v1/memos/{id}/verification"].Post.RequestBody.Content["application/json"].Example
		require.Equal(t, map[string]any{"all": "accepted"}, sample)
	})
	t.Run("its page is found with a slash at the end too", func(t *testing.T) {
		page := b.client.Call(t, "GET", "/docs/", nil)
		require.Equal(t, 200, page.Status)
		require.Contains(t, string(page.Body), "/docs/init.js")
	})
}

func TestRoutes(t *testing.T) {
	b := setup(t)
	table := edge.NewTable(b.api.Routes()...)
	t.Run("everything served is declared", func(t *testing.T) {
		for _, fault := range table.Faults(b.engine) {
			require.Regexp(t, `^GET /(healthz|readyz|metrics): not declared$`, fault) // the edge's own, in its own table
		}
	})
	t.Run("only signing in, links, addresses, activations, registrations, forgotten passwords, letters' codes and the document are open to anybody", func(t *testing.T) {
		for _, r := range table.Routes() {
			open := r.Path == "/api/v1/sign-in" || strings.HasPrefix(r.Path, "/api/v1/links/") ||
				strings.HasPrefix(r.Path, "/api/v1/verifications/") || strings.HasPrefix(r.Path, "/api/v1/activations") ||
				strings.HasPrefix(r.Path, "/api/v1/password-resets") || r.Path == "/api/v1/captcha" || r.Path == "/api/v1/old-accounts" ||
				strings.HasPrefix(r.Path, "/api/v1/email-changes/") || strings.HasPrefix(r.Path, "/api/v1/email-undos/") || r.Path == "/api/v1/trader-password-resets" ||
				r.Path == "/api/v1/registrations" || strings.HasPrefix(r.Path, "/api/v1/registrations/by-link/") ||
				strings.HasPrefix(r.Path, "/api/v1/openapi.") || strings.HasPrefix(r.Path, "/docs")
			require.Equal(t, open, r.Access.IsPublic(), r.Path)
			require.Equal(t, open, r.Scope == "", r.Path)
		}
	})
	t.Run("whatever changes something needs more than the read scope", func(t *testing.T) {
		for _, r := range table.Routes() {
			if !r.Access.IsPublic() {
				require.Equal(t, r.Method == http.MethodGet, r.Scope == models.ScopeRead, "%s %s", r.Method, r.Path)
			}
		}
	})
	t.Run("an unknown path and a foreign method are problems", func(t *testing.T) {
		b.client.Call(t, "GET", "/api/v1/nowhere", nil).Refused(t, 404, "not_found")
		answer := b.client.Call(t, "PATCH", "/api/v1/me", nil)
		answer.Refused(t, 405, "method_not_allowed")
		require.Equal(t, "GET", answer.Header.Get("Allow"))
	})
}

func TestTokens(t *testing.T) {
	b := setup(t)
	stranger := b.client.As("")
	t.Run("no token is told how to come in", func(t *testing.T) {
		answer := stranger.Call(t, "GET", "/api/v1/me", nil)
		answer.Refused(t, 401, "unauthenticated")
		require.Contains(t, answer.Header.Get("WWW-Authenticate"), "Bearer")
	})
	t.Run("an unknown token and another scheme are no token", func(t *testing.T) {
		b.client.As("lkt_unknown").Call(t, "GET", "/api/v1/me", nil).Refused(t, 401, "unauthenticated")
		stranger.Call(t, "GET", "/api/v1/me", nil, "Authorization", "Basic bGt0X2FsbDo=").Refused(t, 401, "unauthenticated")
	})
	t.Run("a cookie is never read", func(t *testing.T) {
		stranger.Call(t, "GET", "/api/v1/me", nil, "Cookie", "session=lkt_all; token=lkt_all").Refused(t, 401, "unauthenticated")
	})
	t.Run("a token does not do more than its scopes", func(t *testing.T) {
		reader := b.client.As("lkt_read")
		require.Equal(t, 200, reader.Call(t, "GET", "/api/v1/me", nil).Status)
		reader.Call(t, "POST", "/api/v1/memos/"+memoID1+"/decision", `{"approve":true}`).Refused(t, 403, "token_scope")
	})
	t.Run("a token makes another with its own scopes, once the password was given", func(t *testing.T) {
		b.client.As("lkt_read").Call(t, "POST", "/api/v1/me/tokens", `{"name":"x","scopes":["read"],"days":1}`).Refused(t, 403, "step_up_required")
		id := b.counter.tokens["lkt_read"]
		id.FreshUntil = time.Now().Add(time.Minute)
		b.counter.tokens["lkt_read"] = id
		b.client.As("lkt_read").Call(t, "POST", "/api/v1/me/tokens", `{"name":"x","scopes":["decide"],"days":1}`).Refused(t, 403, "token_scope")
		answer := b.client.As("lkt_read").Call(t, "POST", "/api/v1/me/tokens", `{"name":"x","scopes":["read"],"days":1}`)
		require.Equal(t, 201, answer.Status, "%s", answer.Body)
		require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	})
	t.Run("a role that is missing is told apart from a scope", func(t *testing.T) {
		b.client.Call(t, "GET", "/api/v1/audit", nil).Refused(t, 403, "forbidden")
	})
	t.Run("an owed password change comes first", func(t *testing.T) {
		b.client.As("lkt_owing").Call(t, "GET", "/api/v1/me", nil).Refused(t, 403, "password_change_required")
	})
	t.Run("signing in makes a token and leaves no session", func(t *testing.T) {
		var made struct{ Token string }
		stranger.Call(t, "POST", "/api/v1/sign-in", `{"username":"surya","password":"right","token_name":"x","scopes":["read"],"days":3}`).Into(t, 201, &made)
		require.Equal(t, "lkt_new", made.Token)
		require.Contains(t, b.asked, "sign-out")
	})
	t.Run("an account makes 120 requests a minute", func(t *testing.T) {
		for range perMinute {
			_ = b.api.rate.Allow("a9")
		}
		b.tokens["lkt_busy"] = b.tokens["lkt_all"]
		busy := b.tokens["lkt_busy"]
		busy.Actor.AccountID = "a9"
		b.tokens["lkt_busy"] = busy
		answer := b.client.As("lkt_busy").Call(t, "GET", "/api/v1/me", nil)
		answer.Refused(t, 429, "too_many")
		require.NotEmpty(t, answer.Header.Get("Retry-After"))
	})
}

func TestStrictReading(t *testing.T) {
	b := setup(t)
	for _, c := range []struct{ name, body, field, code string }{
		{"an unknown name is refused", `{"kind":"flexiwork","unit":"K","colour":1}`, "colour", "unknown_field"},
		{"a name in another case is refused", `{"Kind":"flexiwork","unit":"K"}`, "Kind", "unknown_field"},
		{"an unknown name in a row is placed", `{"kind":"flexiwork","unit":"K","rows":[{},{"nipp":"1"}]}`, "rows[1].nipp", "unknown_field"},
		{"a name twice is refused", `{"kind":"flexiwork","unit":"K","unit":"L"}`, "unit", "json_duplicate"},
		{"two values are refused", `{"kind":"flexiwork","unit":"K"} {}`, "body", "json_trailing"},
		{"half a value is refused", `{"kind":`, "kind", "json_syntax"},
		{"no body is refused", ``, "body", "json_syntax"},
		{"bytes that are no UTF-8 are refused", "{\"kind\":\"flexiwork\",\"unit\":\"\xff\"}", "body", "json_utf8"},
		{"a missing name is told", `{"kind":"flexiwork"}`, "unit", "required"},
		{"a name left empty is told", `{"kind":"flexiwork","unit":""}`, "unit", "required"},
		{"a choice that is none is told", `{"kind":"holiday","unit":"K"}`, "kind", "choice_unknown"},
		{"another type is told", `{"kind":"flexiwork","unit":7}`, "unit", "wrong_type"},
		{"a list instead of an object is told", `[]`, "body", "wrong_type"},
		{"null instead of an object is told", `null`, "body", "wrong_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := b.client.Call(t, "POST", "/api/v1/memos", c.body).Refused(t, 422, "invalid")
			require.Equal(t, c.code, faults[c.field], "%v", faults)
		})
	}
	t.Run("501 rows are refused", func(t *testing.T) {
		rows := strings.TrimSuffix(strings.Repeat("{},", 501), ",")
		faults := b.client.Call(t, "POST", "/api/v1/memos", `{"kind":"flexiwork","unit":"K","rows":[`+rows+`]}`).Refused(t, 422, "invalid")
		require.Equal(t, "list_too_long", faults["rows"])
	})
	t.Run("more than a megabyte is refused", func(t *testing.T) {
		b.client.Call(t, "POST", "/api/v1/memos", `{"body":"`+strings.Repeat("a", edge.DefaultBody)+`"}`).Refused(t, 413, "too_large")
	})
	t.Run("another format is refused", func(t *testing.T) {
		b.client.Call(t, "POST", "/api/v1/memos", someDraft, "Content-Type", "text/plain").Refused(t, 415, "media_type")
	})
	t.Run("an unknown parameter and one out of bounds are told", func(t *testing.T) {
		faults := b.client.Call(t, "GET", "/api/v1/memos?colour=1", nil).Refused(t, 422, "invalid")
		require.Equal(t, "unknown_parameter", faults["colour"])
		faults = b.client.Call(t, "GET", "/api/v1/memos?limit=1000&status=lost", nil).Refused(t, 422, "invalid")
		require.Equal(t, map[string]string{"limit": "number_too_large", "status": "choice_unknown"}, faults)
	})
	t.Run("no refusal repeats a password", func(t *testing.T) {
		for _, body := range []string{
			`{"username":"s","password":"S3cret-Kopi","token_name":"x","scopes":["fly"],"days":0}`,
			`{"username":"s","password":"S3cret-Kopi","password":"S3cret-Kopi"}`,
			`{"username":"s","password":["S3cret-Kopi"],"token_name":"x","scopes":["read"],"days":1}`,
			`{"username":"s","passwort":"S3cret-Kopi"}`,
			`{"username":"s","password":"S3cret-Kopi","token_name":"x","scopes":["read"],"days":1}`,
		} {
			answer := b.client.As("").Call(t, "POST", "/api/v1/sign-in", body)
			require.GreaterOrEqual(t, answer.Status, 400)
			require.NotContains(t, string(answer.Body), "S3cret", body)
		}
		answer := b.client.As("").Call(t, "POST", "/api/v1/links/tok", `{"password":"S3cret-Kopi","again":"S3cret-Teh"}`)
		require.Equal(t, "password_again", answer.Refused(t, 422, "invalid")["again"])
		require.NotContains(t, string(answer.Body), "S3cret")
		require.NotContains(t, b.log.text(), "S3cret")
	})
}

func TestMemos(t *testing.T) {
	b := setup(t)
	path := "/api/v1/memos/" + memoID1
	t.Run("a draft is made once per key, and says where it is", func(t *testing.T) {
		answer := b.client.Call(t, "POST", "/api/v1/memos", someDraft, "Idempotency-Key", "k-1")
		require.Equal(t, 201, answer.Status, "%s", answer.Body)
		require.Equal(t, path, answer.Header.Get("Location"))
		require.Equal(t, `"7"`, answer.Header.Get("ETag"))
		require.Equal(t, "k-1", b.asked)
		require.Equal(t, "199002142015031002", b.draft.Rows[0].NIP)
	})
	t.Run("a key with spaces or beyond 255 characters is refused", func(t *testing.T) {
		for _, key := range []string{"a b", "é", strings.Repeat("k", 256)} {
			faults := b.client.Call(t, "POST", "/api/v1/memos", someDraft, "Idempotency-Key", key).Refused(t, 422, "invalid")
			require.Contains(t, faults, "Idempotency-Key")
		}
	})
	t.Run("the version that was read must still hold", func(t *testing.T) {
		require.Equal(t, 200, b.client.Call(t, "PUT", path, someDraft, "If-Match", `"7"`).Status)
		require.Equal(t, 7, b.version)
		for _, tag := range []string{`"6"`, `W/"7"`, `7`, `"seven"`, `"0"`} {
			b.client.Call(t, "PUT", path, someDraft, "If-Match", tag).Refused(t, 412, "stale")
		}
		require.Equal(t, 200, b.client.Call(t, "PUT", path, someDraft, "If-Match", "*").Status)
		require.Zero(t, b.version)
	})
	t.Run("throwing a draft away answers nothing", func(t *testing.T) {
		answer := b.client.Call(t, "DELETE", path, nil)
		require.Equal(t, 204, answer.Status)
		require.Empty(t, answer.Body)
	})
	t.Run("a page leads to the next, and an empty one is no null", func(t *testing.T) {
		answer := b.client.Call(t, "GET", "/api/v1/memos?box=mine&q=a%26b&limit=1", nil)
		require.Equal(t, "mine,a&b", b.asked)
		require.Equal(t, `</api/v1/memos?box=mine&cursor=a%2Bb&limit=1&q=a%26b>; rel="next"`, answer.Header.Get("Link"))
		last := b.client.Call(t, "GET", "/api/v1/memos?box=mine&cursor=a%2Bb&limit=1&q=a%26b", nil)
		require.Empty(t, last.Header.Get("Link"))
		require.JSONEq(t, `{"items":[],"total":0}`, string(last.Body))
	})
	t.Run("a deadline is reckoned from a time with a forgotten %2B too", func(t *testing.T) {
		for _, from := range []string{"2026-06-08T08:00:00%2B07:00", "2026-06-08T08:00:00+07:00", "2026-06-08T01:00:00Z"} {
			var due struct{ Due time.Time }
			b.client.Call(t, "GET", "/api/v1/calendars/id-wib/due?minutes=60&from="+from, nil).Into(t, 200, &due)
			require.Equal(t, "2026-06-08T02:00:00Z", due.Due.UTC().Format(time.RFC3339))
		}
		faults := b.client.Call(t, "GET", "/api/v1/calendars/id-wib/due?from=monday", nil).Refused(t, 422, "invalid")
		require.Equal(t, map[string]string{"from": "wrong_format", "minutes": "required"}, faults)
	})
}

func TestEvents(t *testing.T) {
	listen := func(t *testing.T, b *bundle) (*bufio.Scanner, context.CancelFunc) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		r, err := http.NewRequestWithContext(ctx, "GET", b.client.Base+"/api/v1/memos/"+memoID1+"/events", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer lkt_read")
		answer, err := b.client.HTTP.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = answer.Body.Close() })
		require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
		return bufio.NewScanner(answer.Body), stop
	}
	until := func(t *testing.T, lines *bufio.Scanner, want string) {
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		require.Fail(t, "the stream ended before "+want)
	}
	ended := func(t *testing.T, lines *bufio.Scanner) {
		for lines.Scan() {
			require.NotContains(t, lines.Text(), "error")
		}
		require.NoError(t, lines.Err())
	}
	t.Run("a change names its seq, and silence has a heartbeat", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.Pulse = 5 * time.Millisecond })
		lines, stop := listen(t, b)
		defer stop()
		until(t, lines, ": ")
		b.pings <- models.Ping{CaseID: memoID1, Seq: 3}
		until(t, lines, "id: 3")
		until(t, lines, "event: change")
		until(t, lines, `data: {"case_id":"`+memoID1+`","seq":3}`)
	})
	t.Run("a revoked token hears no more", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.Recheck = 5 * time.Millisecond })
		lines, stop := listen(t, b)
		defer stop()
		until(t, lines, ": connected")
		b.revoke("lkt_read")
		ended(t, lines)
	})
	t.Run("a stream ends after its time", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.StreamLife = 5 * time.Millisecond })
		lines, stop := listen(t, b)
		defer stop()
		ended(t, lines)
	})
	t.Run("a stream ends when the server stops", func(t *testing.T) {
		closing := make(chan struct{})
		b := setup(t, func(c *Config) { c.Closing = closing })
		lines, stop := listen(t, b)
		defer stop()
		until(t, lines, ": connected")
		close(closing)
		ended(t, lines)
	})
	t.Run("what may not be seen is refused before the stream", func(t *testing.T) {
		b := setup(t)
		b.err = models.ErrNotFound
		b.client.Call(t, "GET", "/api/v1/memos/"+memoID1+"/events", nil).Refused(t, 404, "not_found")
	})
}

func TestVendor(t *testing.T) {
	t.Run("the files of Swagger UI are those of the script", func(t *testing.T) {
		script, err := os.ReadFile(filepath.Join("..", "scripts", "vendor-swagger"))
		require.NoError(t, err)
		vendor, err := os.ReadFile(filepath.Join("docs", "VENDOR"))
		require.NoError(t, err)
		version, _, _ := strings.Cut(strings.TrimPrefix(string(vendor), "swagger-ui-dist "), "\n")
		require.Contains(t, string(script), "version="+version+"\n")
	})
}
