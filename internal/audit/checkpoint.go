package audit

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"loket/internal/keyring"
)

// ErrCheckpoint is answered for a line that is no checkpoint, or one that was not signed by a key of the ring.
var ErrCheckpoint = errors.New("not a checkpoint of this trail")

// Checkpoint says how far the sealed chain went at an instant. Kept apart from the database, it shows a cut tail. Seq
// is the last sealed number, SealMAC that entry's seal.
type Checkpoint struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	SealMAC string    `json:"seal"`
	KeyID   string    `json:"key"`
	MAC     string    `json:"mac"`
}

// Sign fills in the key's id and the code.
func (c Checkpoint) Sign(keys Keys) Checkpoint {
	k := keys.Current(keyring.Audit)
	c.At = c.At.UTC().Truncate(time.Second)
	c.KeyID, c.MAC = k.ID, c.code(k)
	return c
}

// Line is the checkpoint as one line of a file, without the line's end.
func (c Checkpoint) Line() ([]byte, error) { return json.Marshal(c) }

// ReadCheckpoint reads one line and checks its code; ErrCheckpoint when it is not ours.
func ReadCheckpoint(keys Keys, line []byte) (Checkpoint, error) {
	var c Checkpoint
	if err := json.Unmarshal(line, &c); err != nil {
		return c, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	k, ok := keys.ByID(keyring.Audit, c.KeyID)
	if !ok || !hmac.Equal([]byte(c.code(k)), []byte(c.MAC)) {
		return c, ErrCheckpoint
	}
	return c, nil
}

func (c Checkpoint) code(k keyring.Key) string {
	return code(k, "checkpoint", strconv.FormatInt(c.Seq, 10), c.At.Format(time.RFC3339), c.SealMAC)
}
