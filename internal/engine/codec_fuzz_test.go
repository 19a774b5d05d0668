package engine_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"loket/internal/engine"
	"loket/internal/keyring"
)

// FuzzCodec brings back whatever it hid, hides it each time anew, and opens nothing that was touched.
func FuzzCodec(f *testing.F) {
	ring, err := keyring.Open(filepath.Join(f.TempDir(), "keyring.json"))
	require.NoError(f, err)
	codec := engine.NewCodec(ring)
	f.Add([]byte(secret), []byte("json/plain"), 3)
	f.Add([]byte{}, []byte("binary/encrypted"), -1)
	f.Fuzz(func(t *testing.T, data, kind []byte, at int) {
		in := &commonpb.Payload{Metadata: map[string][]byte{"encoding": kind}, Data: data}
		hidden, err := codec.Encode([]*commonpb.Payload{in, in})
		require.NoError(t, err)
		require.NotEqual(t, hidden[0].Data, hidden[1].Data)
		shown, err := codec.Decode(hidden)
		require.NoError(t, err)
		require.True(t, proto.Equal(in, shown[0]))
		if at >= 0 && at < len(hidden[0].Data) {
			hidden[0].Data[at] ^= 1
			_, err := codec.Decode(hidden[:1])
			require.ErrorIs(t, err, engine.ErrUndecodable)
		}
		forged := &commonpb.Payload{Metadata: hidden[1].Metadata, Data: data}
		_, err = codec.Decode([]*commonpb.Payload{forged})
		require.ErrorIs(t, err, engine.ErrUndecodable)
	})
}
