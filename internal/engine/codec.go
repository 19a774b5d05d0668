package engine

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"loket/internal/keyring"
)

// Metadata of an encrypted payload. The encoding is the one that Temporal's own
// samples use, so that its web pages know such a payload as encrypted.
const (
	encodingKey       = "encoding"
	encodingEncrypted = "binary/encrypted"
	keyIDKey          = "encryption-key-id"
)

// maxCodecBody bounds a request to the codec endpoint: a page of history.
const maxCodecBody = 8 << 20

// ErrUndecodable is wrapped by every failure to decrypt a payload.
var ErrUndecodable = errors.New("engine: payload cannot be decrypted")

// Codec encrypts payloads with AES-256-GCM under the current key of the ring and
// decrypts them under the key whose id they bear. A payload is a marshalled
// Payload message, encrypted as nonce (12 bytes) and sealed text; the key id is
// authenticated along. It is safe for concurrent use.
type Codec struct {
	ring *keyring.Ring
}

// NewCodec returns a codec over the ring's codec keys.
func NewCodec(ring *keyring.Ring) *Codec { return &Codec{ring: ring} }

// Encode encrypts each payload with its metadata.
func (c *Codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	key := c.ring.Current(keyring.Codec)
	aead, err := seal(key)
	if err != nil {
		return nil, err
	}
	encoded := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("marshalling a payload: %w", err)
		}
		nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
		_, _ = rand.Read(nonce) // never fails: it ends the program instead
		encoded[i] = &commonpb.Payload{
			Metadata: map[string][]byte{encodingKey: []byte(encodingEncrypted), keyIDKey: []byte(key.ID)},
			Data:     aead.Seal(nonce, nonce, plain, additional(key.ID)),
		}
	}
	return encoded, nil
}

// Decode decrypts each payload that is encrypted and returns the others as they
// are: the server makes some of its own. Failures wrap ErrUndecodable.
func (c *Codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	decoded := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if string(p.GetMetadata()[encodingKey]) != encodingEncrypted {
			decoded[i] = p
			continue
		}
		plain, err := c.open(p)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUndecodable, err)
		}
		decoded[i] = plain
	}
	return decoded, nil
}

func (c *Codec) open(p *commonpb.Payload) (*commonpb.Payload, error) {
	id := string(p.GetMetadata()[keyIDKey])
	key, ok := c.ring.ByID(keyring.Codec, id)
	if !ok {
		return nil, fmt.Errorf("the keyring has no codec key %q", id)
	}
	aead, err := seal(key)
	if err != nil {
		return nil, err
	}
	if len(p.GetData()) < aead.NonceSize() {
		return nil, errors.New("it is too short")
	}
	nonce, sealed := p.GetData()[:aead.NonceSize()], p.GetData()[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, sealed, additional(id))
	if err != nil {
		return nil, fmt.Errorf("opening it: %w", err)
	}
	var out commonpb.Payload
	if err := proto.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("unmarshalling it: %w", err)
	}
	return &out, nil
}

func seal(key keyring.Key) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key.Secret)
	if err != nil {
		return nil, fmt.Errorf("making a cipher of %s: %w", key, err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making a cipher of %s: %w", key, err)
	}
	return aead, nil
}

func additional(keyID string) []byte { return []byte(encodingEncrypted + "\x00" + keyID) }

// DataConverter is JSON under encryption, for clients, workers and replayers.
func DataConverter(ring *keyring.Ring) converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), NewCodec(ring))
}

// FailureConverter encrypts the message and stack of failures too: an error text
// may quote what a person entered.
func FailureConverter(ring *keyring.Ring) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          DataConverter(ring),
		EncodeCommonAttributes: true,
	})
}

// CodecHandler lets Temporal's web pages, at allowedOrigin alone, show payloads
// in the clear: it answers POST <prefix>/decode and nothing else. Whoever reaches
// it reads every payload they can name, so it belongs to demos on loopback.
func CodecHandler(codec converter.PayloadCodec, allowedOrigin string) http.Handler {
	decode := converter.NewPayloadCodecHTTPHandler(codec)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if r.Header.Get("Origin") != allowedOrigin || !strings.HasSuffix(r.URL.Path, "/decode") {
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", allowedOrigin)
		w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace")
		w.Header().Set("Cache-Control", "no-store")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxCodecBody)
		decode.ServeHTTP(w, r)
	})
}
