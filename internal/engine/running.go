package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrInUse is wrapped where a folder's embedded server runs in another process.
var ErrInUse = errors.New("another process runs its engine")

// addressFile holds the address of the server that runs over a folder. It counts only while the folder is locked: a
// process that was killed leaves it behind.
const addressFile = "engine.address"

// Running gives the address of the server that another process runs over the folder. Ask it after StartEmbedded has
// answered ErrInUse: whoever takes the lock removes what an earlier one left.
func Running(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		return "", fmt.Errorf("looking for the engine that runs in %s: %w", dir, err)
	}
	return strings.TrimSpace(string(content)), nil
}
