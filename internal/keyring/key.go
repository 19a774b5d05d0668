package keyring

import (
	"fmt"
	"log/slog"
)

// Key is one key. The id is public and travels with what the key wrote; the
// secret shows in no log, format or encoding.
type Key struct {
	ID     string
	Secret []byte
}

// String names the key without its secret.
func (k Key) String() string { return "key(" + k.ID + ")" }

// Format names the key without its secret whatever the verb: without it %d and
// %#v would print the bytes.
func (k Key) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, k.String()) }

// LogValue names the key without its secret.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText names the key without its secret; encoding/json uses it too.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
