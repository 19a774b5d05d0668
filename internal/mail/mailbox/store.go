package mailbox

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jhillyerd/enmime/v2"
)

// ErrNotFound is given for an id that no message has.
var ErrNotFound = errors.New("no such message")

// deliveredTo is the header under which the envelope's recipient stands in the file, as mail servers write it.
const deliveredTo = "Delivered-To"

const suffix = ".eml"

// idForm is the form of the ids that this package gives; nothing else ever reaches the file system.
var idForm = regexp.MustCompile(`^[0-9]{20}-[A-Z2-7]{26}$`)

// Summary is one line of the list. To is the recipient of the envelope, in lower case.
type Summary struct {
	ID        string
	MessageID string
	To        string
	From      string
	Subject   string
	Received  time.Time
}

// Letter is one message in full. HTML is as it came, to be shown only where it can do no harm.
type Letter struct {
	Summary
	Text string
	HTML string
}

// Mailbox keeps messages in a folder. It is safe for concurrent use, by one process at a time.
type Mailbox struct {
	dir string

	mu    sync.RWMutex
	index []Summary // oldest first
}

// Open reads the folder, making it when absent. Files half written when a process died are removed: their sender was
// never told 250 and comes again.
func Open(dir string) (*Mailbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the mailbox folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the mailbox folder: %w", err)
	}
	m := &Mailbox{dir: dir}
	for _, entry := range entries {
		if err := m.take(entry); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(m.index, func(a, b Summary) int { return cmp.Compare(a.ID, b.ID) })
	return m, nil
}

func (m *Mailbox) take(entry fs.DirEntry) error {
	name := entry.Name()
	path := filepath.Join(m.dir, name)
	if strings.HasPrefix(name, ".new-") {
		return os.Remove(path)
	}
	id, found := strings.CutSuffix(name, suffix)
	if !found || !idForm.MatchString(id) {
		return nil
	}
	letter, err := m.Get(id)
	if err != nil {
		return err
	}
	m.index = append(m.index, letter.Summary)
	return nil
}

// add stores one message for one recipient and returns once it is on disk.
func (m *Mailbox) add(to string, text []byte) error {
	now := time.Now().UTC()
	id := fmt.Sprintf("%020d-%s", now.UnixNano(), rand.Text())
	head := fmt.Sprintf("%s: %s\r\nReceived: by loket; %s\r\n", deliveredTo, strings.ToLower(to), now.Format(time.RFC1123Z))
	full := append([]byte(head), text...)
	letter, err := parse(id, full)
	if err != nil {
		return err
	}
	if err := m.write(id+suffix, full); err != nil {
		return fmt.Errorf("store a message: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.index = append(m.index, letter.Summary)
	return nil
}

// write leaves either the whole file or none, and has the file and its name on disk before it returns.
func (m *Mailbox) write(name string, text []byte) error {
	f, err := os.CreateTemp(m.dir, ".new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = io.Copy(f, bytes.NewReader(text))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(m.dir, name)); err != nil {
		return err
	}
	return syncFolder(m.dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// List gives the messages to an address, or all when it is empty, newest first.
func (m *Mailbox) List(to string) []Summary {
	to = strings.ToLower(strings.TrimSpace(to))
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []Summary
	for _, s := range slices.Backward(m.index) {
		if to == "" || s.To == to {
			found = append(found, s)
		}
	}
	return found
}

// Recipients lists every address that got a message, sorted.
func (m *Mailbox) Recipients() []string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var all []string
	for _, s := range m.index {
		all = append(all, s.To)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Get reads one message; ErrNotFound when there is none.
func (m *Mailbox) Get(id string) (Letter, error) {
	if !idForm.MatchString(id) {
		return Letter{}, ErrNotFound
	}
	text, err := os.ReadFile(filepath.Join(m.dir, id+suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return Letter{}, ErrNotFound
	}
	if err != nil {
		return Letter{}, fmt.Errorf("read a message: %w", err)
	}
	return parse(id, text)
}

func parse(id string, text []byte) (Letter, error) {
	envelope, err := enmime.ReadEnvelope(bytes.NewReader(text))
	if err != nil {
		return Letter{}, fmt.Errorf("read a message: %w", err)
	}
	s := Summary{
		ID:        id,
		MessageID: strings.Trim(envelope.GetHeader("Message-ID"), "<>"),
		To:        envelope.GetHeader(deliveredTo),
		From:      envelope.GetHeader("From"),
		Subject:   envelope.GetHeader("Subject"),
		Received:  receivedAt(id),
	}
	if from, err := mail.ParseAddress(s.From); err == nil && from.Name != "" {
		s.From = from.Name
	}
	return Letter{Summary: s, Text: envelope.Text, HTML: envelope.HTML}, nil
}

// receivedAt reads the instant that opens every id.
func receivedAt(id string) time.Time {
	var nanos int64
	_, _ = fmt.Sscanf(id, "%d-", &nanos)
	return time.Unix(0, nanos).UTC()
}
