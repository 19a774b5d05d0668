package engine_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"loket/internal/engine"
	"loket/internal/keyring"
)

const secret = "3174 0556 7890 0001"

func newRing(t *testing.T) *keyring.Ring {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "keyring.json"))
	require.NoError(t, err)
	return ring
}

func encoded(t *testing.T, ring *keyring.Ring) *commonpb.Payload {
	t.Helper()
	p, err := engine.DataConverter(ring).ToPayload(secret)
	require.NoError(t, err)
	return p
}

func TestCodec(t *testing.T) {
	t.Run("brings back what it hid, metadata included", func(t *testing.T) {
		ring := newRing(t)
		p := encoded(t, ring)
		raw, err := proto.Marshal(p)
		require.NoError(t, err)
		require.NotContains(t, string(raw), secret)
		require.NotContains(t, string(raw), "json/plain")
		var back string
		require.NoError(t, engine.DataConverter(ring).FromPayload(p, &back))
		require.Equal(t, secret, back)
	})

	t.Run("hides the same text differently each time", func(t *testing.T) {
		ring := newRing(t)
		require.False(t, bytes.Equal(encoded(t, ring).Data, encoded(t, ring).Data))
	})

	t.Run("reads under an old key and writes under the current", func(t *testing.T) {
		ring := newRing(t)
		old := encoded(t, ring)
		require.NoError(t, ring.Rotate(keyring.Codec))
		var back string
		require.NoError(t, engine.DataConverter(ring).FromPayload(old, &back))
		require.Equal(t, secret, back)
		id := encoded(t, ring).Metadata["encryption-key-id"]
		require.Equal(t, ring.Current(keyring.Codec).ID, string(id))
		require.NotEqual(t, string(old.Metadata["encryption-key-id"]), string(id))
	})

	t.Run("leaves alone what nobody hid", func(t *testing.T) {
		plain := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`1`)}
		back, err := engine.NewCodec(newRing(t)).Decode([]*commonpb.Payload{plain})
		require.NoError(t, err)
		require.True(t, proto.Equal(plain, back[0]))
	})
}

func TestCodecRefuses(t *testing.T) {
	ring := newRing(t)
	for name, tamper := range map[string]func(p *commonpb.Payload){
		"a changed byte":         func(p *commonpb.Payload) { p.Data[len(p.Data)/2] ^= 1 },
		"a changed nonce":        func(p *commonpb.Payload) { p.Data[0] ^= 1 },
		"a cut tail":             func(p *commonpb.Payload) { p.Data = p.Data[:len(p.Data)-1] },
		"less than a nonce":      func(p *commonpb.Payload) { p.Data = p.Data[:5] },
		"nothing":                func(p *commonpb.Payload) { p.Data = nil },
		"the key of another":     func(p *commonpb.Payload) { p.Metadata["encryption-key-id"] = []byte("codec-000000000000") },
		"a key of other purpose": func(p *commonpb.Payload) { p.Metadata["encryption-key-id"] = []byte(ring.Current(keyring.Audit).ID) },
	} {
		t.Run(name, func(t *testing.T) {
			p := encoded(t, ring)
			tamper(p)
			_, err := engine.NewCodec(ring).Decode([]*commonpb.Payload{p})
			require.ErrorIs(t, err, engine.ErrUndecodable)
		})
	}
}

func TestFailureConverter(t *testing.T) {
	ring := newRing(t)
	converter := engine.FailureConverter(ring)
	cause := temporal.NewApplicationErrorWithCause("no such person: "+secret, "not_found", errors.New("row "+secret))
	failure := converter.ErrorToFailure(cause)
	raw, err := proto.Marshal(failure)
	require.NoError(t, err)
	require.NotContains(t, string(raw), secret)

	var back *temporal.ApplicationError
	require.ErrorAs(t, converter.FailureToError(failure), &back)
	require.Equal(t, "not_found", back.Type(), "the type maps to a problem code and stays readable")
	require.Contains(t, back.Error(), secret)
}

func TestCodecHandler(t *testing.T) {
	const origin = "http://127.0.0.1:8233"
	ring := newRing(t)
	handler := engine.CodecHandler(engine.NewCodec(ring), origin)
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{encoded(t, ring)}})
	require.NoError(t, err)
	ask := func(method, path, origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, bytes.NewReader(body))
		r.Header.Set("Origin", origin)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}

	t.Run("decodes for the one origin", func(t *testing.T) {
		w := ask(http.MethodPost, "/codec/decode", origin)
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, origin, w.Header().Get("Access-Control-Allow-Origin"))
		require.NotContains(t, w.Body.String(), "binary/encrypted")
		require.True(t, strings.Contains(w.Body.String(), "payloads"))
	})
	t.Run("answers that origin's question beforehand", func(t *testing.T) {
		require.Equal(t, http.StatusNoContent, ask(http.MethodOptions, "/codec/decode", origin).Code)
	})
	t.Run("refuses other origins and encoding", func(t *testing.T) {
		require.Equal(t, http.StatusForbidden, ask(http.MethodPost, "/codec/decode", "http://evil.example").Code)
		require.Equal(t, http.StatusForbidden, ask(http.MethodPost, "/codec/decode", "").Code)
		require.Equal(t, http.StatusForbidden, ask(http.MethodPost, "/codec/encode", origin).Code)
	})
}
