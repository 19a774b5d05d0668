package linking_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/demo"
	"loket/internal/demo/relying"
	"loket/internal/linking"
	"loket/models"
)

// canary is a password that must be found nowhere.
const canary = "Kenari*Rahasia*99"

// login is the demo's application with its own login, on a listener of its own.
func login(t *testing.T) linking.Endpoint {
	t.Helper()
	users, err := demo.Login()
	require.NoError(t, err)
	users.Secret = "s3cret"
	app, err := relying.New(relying.Config{ID: demo.LoginApp, Name: "E-Rekomendasi", Issuer: "http://localhost", Users: users})
	require.NoError(t, err)
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return linking.Endpoint{Address: server.URL + "/loket", Secret: "s3cret"}
}

func proof(username, password string) models.LinkProof {
	return models.LinkProof{Username: username, Password: password}
}

func TestTheDemosApplication(t *testing.T) {
	to, asker := login(t), linking.NewHTTP(nil)
	t.Run("a right proof tells who it is and for which directorates", func(t *testing.T) {
		user, err := asker.Verify(t.Context(), to, proof(demo.LoginUser, demo.LoginPassword))
		require.NoError(t, err)
		require.Equal(t, "P-0001", user.ID)
		require.Equal(t, []models.Directorate{{Code: "PANGAN", Name: "Direktorat Sertifikasi Pangan"}, {Code: "OBAT", Name: "Direktorat Sertifikasi Obat"}}, user.Directorates)
	})
	t.Run("a wrong password and an unknown user are answered alike", func(t *testing.T) {
		for _, p := range []models.LinkProof{proof(demo.LoginUser, canary), proof("siapa", demo.LoginPassword), proof("usr_terkunci", canary)} {
			_, err := asker.Verify(t.Context(), to, p)
			require.Equal(t, linking.ErrWrong, err)
		}
	})
	t.Run("that a user is locked hears who has the password", func(t *testing.T) {
		_, err := asker.Verify(t.Context(), to, proof("usr_terkunci", demo.LoginPassword))
		require.Equal(t, linking.ErrLocked, err)
	})
	t.Run("directorates are told of a user, and of a company by its NPWP", func(t *testing.T) {
		list, err := asker.Lookup(t.Context(), to, models.LinkSubject{User: "P-0002"})
		require.NoError(t, err)
		require.Len(t, list, 1)
		list, err = asker.Lookup(t.Context(), to, models.LinkSubject{NPWP: demo.CompanyNPWP})
		require.NoError(t, err)
		require.Len(t, list, 3)
		for _, who := range []models.LinkSubject{{User: "P-9"}, {NPWP: "999999999999999"}, {}} {
			_, err = asker.Lookup(t.Context(), to, who)
			require.Equal(t, linking.ErrUnknown, err)
		}
	})
	t.Run("without the secret nothing is told", func(t *testing.T) {
		for _, secret := range []string{"", "guess"} {
			_, err := asker.Verify(t.Context(), linking.Endpoint{Address: to.Address, Secret: secret}, proof(demo.LoginUser, demo.LoginPassword))
			require.ErrorIs(t, err, linking.ErrAway)
		}
	})
}

// TestApplicationsInTrouble: whatever an application answers, it is away, soon, and no error repeats what was sent.
func TestApplicationsInTrouble(t *testing.T) {
	asJSON := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		}
	}
	many, err := json.Marshal(map[string]any{"result": "ok", "user": map[string]string{"id": "P-1"}, "directorates": make([]models.Directorate, 51)})
	require.NoError(t, err)
	leaving := make(chan struct{})
	t.Cleanup(func() { close(leaving) })
	cases := map[string]http.HandlerFunc{
		"garbage":                asJSON("<html>"),
		"half an answer":         asJSON(`{"result":"o`),
		"5 MB":                   asJSON(`{"result":"ok","user":{"id":"` + strings.Repeat("P", 5<<20) + `"}}`),
		"an id too long":         asJSON(`{"result":"ok","user":{"id":"` + strings.Repeat("P", 300) + `"}}`),
		"an id with a line":      asJSON(`{"result":"ok","user":{"id":"P\n1"}}`),
		"no id":                  asJSON(`{"result":"ok"}`),
		"fifty-one directorates": asJSON(string(many)),
		"a directorate twice":    asJSON(`{"result":"ok","user":{"id":"P-1"},"directorates":[{"code":"A","name":"A"},{"code":"A","name":"B"}]}`),
		"another result":         asJSON(`{"result":"perhaps"}`),
		"a page":                 func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"result":"ok"}`)) },
		"an error":               func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"what was sent": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"result": ` + canary + r.Header.Get("Authorization")))
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:9/", http.StatusTemporaryRedirect)
		},
		"silence": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-leaving:
			case <-r.Context().Done():
			}
		},
		"drop by drop": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for {
				select {
				case <-leaving:
					return
				case <-r.Context().Done():
					return
				case <-time.After(100 * time.Millisecond):
					_, _ = w.Write([]byte(" "))
					_ = http.NewResponseController(w).Flush()
				}
			}
		},
	}
	for name, handler := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(handler)
			t.Cleanup(server.CloseClientConnections)
			to := linking.Endpoint{Address: server.URL, Secret: "s3cret"}
			began := time.Now()
			_, err := linking.NewHTTP(nil).Verify(t.Context(), to, proof("kenari", canary))
			require.ErrorIs(t, err, linking.ErrAway)
			require.NotContains(t, err.Error(), canary)
			require.NotContains(t, err.Error(), "s3cret")
			require.Less(t, time.Since(began), 10*time.Second)
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		_, err := linking.NewHTTP(nil).Lookup(t.Context(), linking.Endpoint{Address: "http://127.0.0.1:9"}, models.LinkSubject{User: "P-1"})
		require.ErrorIs(t, err, linking.ErrAway)
	})
	t.Run("where machines keep their metadata, nothing is sent", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for _, address := range []string{"http://169.254.169.254", "http://[fe80::1]", "http://0.0.0.0:80", "http://224.0.0.1", "http://[::ffff:169.254.169.254]"} {
			_, err := linking.NewHTTP(nil).Verify(ctx, linking.Endpoint{Address: address}, proof("kenari", canary))
			require.ErrorIs(t, err, linking.ErrAway)
			require.ErrorContains(t, err, "no application is asked at", address)
		}
	})
	t.Run("a certificate of nobody is not trusted", func(t *testing.T) {
		server := httptest.NewTLSServer(asJSON(`{"result":"wrong"}`))
		t.Cleanup(server.Close)
		_, err := linking.NewHTTP(nil).Verify(t.Context(), linking.Endpoint{Address: server.URL}, proof("kenari", canary))
		require.ErrorIs(t, err, linking.ErrAway)
		trusting := server.Client().Transport.(*http.Transport).TLSClientConfig
		_, err = linking.NewHTTP(trusting).Verify(t.Context(), linking.Endpoint{Address: server.URL}, proof("kenari", canary))
		require.Equal(t, linking.ErrWrong, err)
	})
}
