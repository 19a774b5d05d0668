package directory

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"loket/internal/sheet"
	"loket/models"
)

// Files writes down how accounts change, for whoever feeds another system by hand: a CSV file a day, to which lines are
// only ever added. The processes that share its folder take turns by a lock.
type Files struct {
	folder string
	now    func() time.Time
	zone   *time.Location
	lock   *flock.Flock
	seen   day
}

// day is a file as it was last left; nobody else has written since where its size is still the same.
type day struct {
	path string
	size int64
	last map[string][]string // by account
}

const (
	fileStart  = "accounts-"
	fileEnd    = ".csv"
	lockEvery  = 20 * time.Millisecond
	timeLayout = time.RFC3339
)

// header names the columns. Each line is an account as it was then; the last one of an account counts.
func header() []string {
	return []string{"written", "account_id", "username", "name", "email", "kind", "status", "password_set", "applications"}
}

// NewFiles makes the folder. Days begin in the zone.
func NewFiles(folder string, zone *time.Location, now func() time.Time) (*Files, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of changes: %w", err)
	}
	return &Files{folder: folder, now: now, zone: zone, lock: flock.New(filepath.Join(folder, ".lock"))}, nil
}

// cells are a line but for when it was written.
func (f *Files) cells(e models.DirectoryEntry) []string {
	status, set := "open", ""
	if e.Disabled {
		status = "disabled"
	}
	if e.PasswordSet != nil {
		set = e.PasswordSet.In(f.zone).Format(timeLayout)
	}
	return []string{e.AccountID, e.Username, e.Name, e.Email, string(e.Kind), status, set, strings.Join(e.Applications, " ")}
}

// Put adds a line, unless the last one of the account today says the same: a repeat after a stop adds nothing.
func (f *Files) Put(ctx context.Context, e models.DirectoryEntry) error {
	return f.alone(ctx, func() error {
		now := f.now().In(f.zone)
		return f.add(filepath.Join(f.folder, fileStart+now.Format(time.DateOnly)+fileEnd), now.Format(timeLayout), f.cells(e))
	})
}

// alone runs what no other process may do at the same time.
func (f *Files) alone(ctx context.Context, do func() error) error {
	if _, err := f.lock.TryLockContext(ctx, lockEvery); err != nil {
		return away("the folder of changes cannot be locked: " + reasonOf(err))
	}
	err := errors.Join(do(), f.lock.Unlock())
	if err != nil {
		return away("the folder of changes cannot be used: " + reasonOf(err))
	}
	return nil
}

// reasonOf leaves out the path, which the operator knows.
func reasonOf(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// add writes a whole line or none: what a full disk or a power cut left of one is cut off.
func (f *Files) add(path, written string, cells []string) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := f.read(file); err != nil {
		return err
	}
	end, row := f.seen.size, shown(cells)
	if last := f.seen.last[cells[0]]; last != nil && slices.Equal(last[1:], row) {
		return nil
	}
	line, err := lineOf(append([]string{written}, cells...), end == 0)
	if err != nil {
		return err
	}
	f.seen.path = "" // until the line is known to stand
	if _, err := file.WriteAt(line, end); err != nil {
		return errors.Join(err, file.Truncate(end))
	}
	if err := file.Sync(); err != nil {
		return err
	}
	f.seen.path, f.seen.size = path, end+int64(len(line))
	f.seen.last[cells[0]] = append([]string{written}, row...)
	return nil
}

// read looks at a file unless it is as it was left, and cuts off half a line at its end.
func (f *Files) read(file *os.File) error {
	info, err := file.Stat()
	if err != nil || f.seen.path == file.Name() && f.seen.size == info.Size() {
		return err
	}
	body, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	whole := wholeLines(body)
	rows, err := readRows(body[:whole])
	if err != nil {
		return err
	}
	f.seen = day{path: file.Name(), size: int64(whole), last: map[string][]string{}}
	keepLast(f.seen.last, rows)
	return file.Truncate(int64(whole))
}

// keepLast keeps the last line of each account.
func keepLast(last map[string][]string, rows [][]string) {
	for i, row := range rows {
		if i > 0 && len(row) == len(header()) {
			last[row[1]] = row
		}
	}
}

// wholeLines is how much of a file is lines with their ends. Line breaks within quotes do not count: an odd number of
// quotes before them says so.
func wholeLines(body []byte) int {
	for end := bytes.LastIndex(body, []byte("\r\n")); end >= 0; end = bytes.LastIndex(body[:end], []byte("\r\n")) {
		if bytes.Count(body[:end], []byte{'"'})%2 == 0 {
			return end + 2
		}
	}
	return 0
}

// lineOf is one line as it stands in the file, with the header before the first.
func lineOf(cells []string, begin bool) ([]byte, error) {
	var all, head bytes.Buffer
	if err := sheet.WriteCSV(&all, header(), [][]string{cells}); err != nil || begin {
		return all.Bytes(), err
	}
	err := sheet.WriteCSV(&head, header(), nil)
	return all.Bytes()[head.Len():], err
}

// shown are cells as they are read back from a file.
func shown(cells []string) []string {
	line, err := lineOf(cells, false)
	if err != nil {
		return nil
	}
	rows, err := readRows(line)
	if err != nil || len(rows) != 1 {
		return nil
	}
	return rows[0]
}

func readRows(body []byte) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	return r.ReadAll()
}

// Differences compares an account with its last line.
func (f *Files) Differences(ctx context.Context, e models.DirectoryEntry) ([]string, error) {
	last, err := f.last(ctx)
	if err != nil {
		return nil, err
	}
	row := last[e.AccountID]
	if row == nil {
		return []string{"is missing"}, nil
	}
	var words []string
	for i, cell := range shown(f.cells(e)) {
		if cell != row[i+1] {
			words = append(words, "has another "+header()[i+1])
		}
	}
	return words, nil
}

// Known lists the accounts of all files.
func (f *Files) Known(ctx context.Context) ([]Known, error) {
	last, err := f.last(ctx)
	known := make([]Known, 0, len(last))
	for id, row := range last {
		known = append(known, Known{AccountID: id, Where: row[2]})
	}
	slices.SortFunc(known, func(a, b Known) int { return strings.Compare(a.AccountID, b.AccountID) })
	return known, err
}

// last gives the last line of each account over all days.
func (f *Files) last(ctx context.Context) (map[string][]string, error) {
	all := map[string][]string{}
	err := f.alone(ctx, func() error {
		files, err := filepath.Glob(filepath.Join(f.folder, fileStart+"*"+fileEnd))
		slices.Sort(files)
		for _, path := range files {
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rows, err := readRows(body[:wholeLines(body)])
			if err != nil {
				return err
			}
			keepLast(all, rows)
		}
		return err
	})
	return all, err
}

// Close does nothing: no file stays open.
func (f *Files) Close() error { return nil }
