package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // serves s3:// addresses
	"gocloud.dev/gcerrors"

	"loket/models"
)

// Vault keeps contents by their SHA-256, given as small hexadecimal letters. It is safe for concurrent use.
type Vault struct {
	bucket *blob.Bucket
	folder string // "" in a bucket of a cloud
}

// Open opens file:path, whose folder is made when it is not there, or s3://bucket?region=… with the usual parameters of
// gocloud.dev. Nothing is asked of a cloud before the first use.
func Open(ctx context.Context, address string) (*Vault, error) {
	path, ok := strings.CutPrefix(address, "file:")
	if !ok {
		bucket, err := blob.OpenBucket(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("open the store of files: %w", err)
		}
		return &Vault{bucket: bucket}, nil
	}
	path = strings.TrimPrefix(path, "//")
	// What is half written lies beside its place, so that it is renamed within one file system.
	bucket, err := fileblob.OpenBucket(filepath.FromSlash(path), &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true,
		Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	return &Vault{bucket: bucket, folder: filepath.FromSlash(path)}, nil
}

// Close ends its connections.
func (v *Vault) Close() error { return v.bucket.Close() }

// Sum is the name of a content.
func Sum(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// key spreads contents over folders, since some file systems are slow with many names in one.
func key(sum string) string { return sum[:2] + "/" + sum }

// Put keeps a content; it is there whole or not at all, and on the disk when Put returns. Keeping it again changes
// nothing. A store that is away is models.ErrUnavailable.
func (v *Vault) Put(ctx context.Context, sum string, body []byte) error {
	err := v.bucket.WriteAll(ctx, key(sum), body, &blob.WriterOptions{ContentType: PDF})
	if err == nil && v.folder != "" {
		err = v.settle(sum)
	}
	return away(err, "keep a file")
}

// settle waits for the disk: the file first, then the names that lead to it.
func (v *Vault) settle(sum string) error {
	path := filepath.Join(v.folder, filepath.FromSlash(key(sum)))
	for _, name := range []string{path, filepath.Dir(path), v.folder} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Get reads a content and makes sure that it is still the one that was judged.
func (v *Vault) Get(ctx context.Context, sum string) ([]byte, error) {
	r, err := v.bucket.NewReader(ctx, key(sum), nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("file %s is lost", sum)
	}
	if err != nil {
		return nil, away(err, "open a file")
	}
	defer func() { _ = r.Close() }()
	var body bytes.Buffer
	if _, err := io.Copy(&body, io.LimitReader(r, models.MaxAttachmentBytes+1)); err != nil {
		return nil, away(err, "read a file")
	}
	if Sum(body.Bytes()) != sum {
		return nil, fmt.Errorf("file %s was changed where it lies", sum)
	}
	return body.Bytes(), nil
}

// Has tells whether a content is there, without reading it.
func (v *Vault) Has(ctx context.Context, sum string) (bool, error) {
	there, err := v.bucket.Exists(ctx, key(sum))
	return there, away(err, "look for a file")
}

// Delete forgets a content; one that is not there is forgotten already.
func (v *Vault) Delete(ctx context.Context, sum string) error {
	err := v.bucket.Delete(ctx, key(sum))
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	return away(err, "delete a file")
}

// Check tells whether the store can be reached.
func (v *Vault) Check(ctx context.Context) error {
	ok, err := v.bucket.IsAccessible(ctx)
	if err == nil && !ok {
		err = errors.New("the store of files is not there")
	}
	return err
}

// away makes of a store that fails the refusal that people wait out; the cause stays beside it for the log.
func away(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w: %w", what, models.ErrUnavailable, err)
}
