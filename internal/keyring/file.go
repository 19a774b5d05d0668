package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The file: {"version":1,"keys":[{"id":…,"purpose":…,"secret":base64,"created":RFC 3339}]},
// keys of a purpose oldest first.
const fileVersion = 1

type document struct {
	Version int      `json:"version"`
	Keys    []record `json:"keys"`
}

type record struct {
	ID      string    `json:"id"`
	Purpose Purpose   `json:"purpose"`
	Secret  []byte    `json:"secret"`
	Created time.Time `json:"created"`
}

func read(path string) ([]byte, fs.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the keyring: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("looking at the keyring: %w", err)
	}
	// Reading by the group is let through: that is how secrets are mounted into containers.
	if mode := info.Mode().Perm(); mode&0o027 != 0 {
		return nil, nil, fmt.Errorf("keyring %s is open to others (mode %04o): run chmod 600 %s", path, mode, path)
	}
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the keyring: %w", err)
	}
	return content, info, nil
}

func decode(content []byte) ([]entry, error) {
	var d document
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("this is not a keyring: %w", err)
	}
	if d.Version != fileVersion {
		return nil, fmt.Errorf("keyring version %d is not known here, only %d", d.Version, fileVersion)
	}
	keys := make([]entry, 0, len(d.Keys))
	for _, each := range d.Keys {
		keys = append(keys, entry{key: Key{ID: each.ID, Secret: each.Secret}, purpose: each.Purpose, created: each.Created})
	}
	return keys, check(keys)
}

func check(keys []entry) error {
	ids, purposes := map[string]bool{}, map[Purpose]bool{}
	for _, e := range keys {
		switch {
		case !known(e.purpose):
			return fmt.Errorf("%w: %q", ErrUnknownPurpose, e.purpose)
		case e.key.ID == "" || ids[e.key.ID]:
			return fmt.Errorf("key id %q is empty or there twice", e.key.ID)
		case len(e.key.Secret) != secretSize:
			return fmt.Errorf("key %s has %d bytes instead of %d", e.key.ID, len(e.key.Secret), secretSize)
		}
		ids[e.key.ID], purposes[e.purpose] = true, true
	}
	for _, p := range Purposes() {
		if !purposes[p] {
			return fmt.Errorf("there is no key for purpose %q: restore the file from its backup", p)
		}
	}
	return nil
}

func encode(keys []entry) ([]byte, error) {
	d := document{Version: fileVersion}
	for _, e := range keys {
		d.Keys = append(d.Keys, record{ID: e.key.ID, Purpose: e.purpose, Secret: e.key.Secret, Created: e.created})
	}
	content, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the keyring: %w", err)
	}
	return append(content, '\n'), nil
}

// create writes a new file without ever replacing one: of two processes that
// start at once, the second finds the first one's keys.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the keyring's folder: %w", err)
	}
	var keys []entry
	for _, p := range Purposes() {
		keys = append(keys, generate(p))
	}
	temporary, err := draft(path, keys)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary) }()
	if err := os.Link(temporary, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("creating the keyring: %w", err)
	}
	return syncFolder(path)
}

// replace puts a new content in place of the old in one step.
func replace(path string, keys []entry) error {
	temporary, err := draft(path, keys)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(fmt.Errorf("replacing the keyring: %w", err), os.Remove(temporary))
	}
	return syncFolder(path)
}

// draft writes the keys to a new file beside path (CreateTemp makes it mode 0600).
func draft(path string, keys []entry) (string, error) {
	content, err := encode(keys)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keyring-*")
	if err != nil {
		return "", fmt.Errorf("writing the keyring: %w", err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(fmt.Errorf("writing the keyring: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncFolder makes the file's name as durable as its content.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("opening the keyring's folder: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing the keyring's folder: %w", err)
	}
	return nil
}

// lock keeps two rotations from losing each other's key.
func lock(path string) (func(), error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("another rotation of the keyring runs, or one was killed: if none runs, remove %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("locking the keyring: %w", err)
	}
	_ = f.Close()
	return func() { _ = os.Remove(name) }, nil
}
