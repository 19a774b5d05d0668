package bench

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"

	"github.com/jackc/pgx/v5/pgproto3"
)

// tap stands between a program and PostgreSQL and writes down what the program asks: counted from outside, whatever
// library asks it.
type tap struct {
	on       net.Listener
	upstream string

	mu    sync.Mutex
	trips []trip
	next  trip
}

// trip is what goes to the database before the program waits for its answers.
type trip []statement

// statement is one execution: its text, and its arguments as they went over the wire.
type statement struct {
	sql     string
	args    [][]byte
	formats []int16
}

// tapOn listens before the server that url names. The second answer is the url of the tap.
func tapOn(address string) (*tap, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", fmt.Errorf("read the database address: %w", err)
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	t := &tap{on: on, upstream: u.Host}
	if u.Port() == "" {
		t.upstream = net.JoinHostPort(u.Hostname(), "5432")
	}
	u.Host = on.Addr().String()
	q := u.Query()
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	go t.serve()
	return t, u.String(), nil
}

func (t *tap) close() { _ = t.on.Close() }

func (t *tap) serve() {
	for {
		client, err := t.on.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			server, err := net.Dial("tcp", t.upstream)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() {
				_, _ = io.Copy(client, server)
				_ = client.Close()
			}()
			_ = t.listen(bufio.NewReader(client), server)
			_ = server.Close()
		}()
	}
}

// listen passes a client's messages on and reads those that ask something.
func (t *tap) listen(from *bufio.Reader, to io.Writer) error {
	named := map[string]string{}
	bound := statement{}
	for kind := byte(0); ; {
		head := make([]byte, 4)
		if _, err := io.ReadFull(from, head); err != nil {
			return err
		}
		body := make([]byte, int(binary.BigEndian.Uint32(head))-4)
		if _, err := io.ReadFull(from, body); err != nil {
			return err
		}
		if err := t.hear(kind, body, named, &bound); err != nil {
			return err
		}
		message := append(head, body...)
		if kind != 0 {
			message = append([]byte{kind}, message...)
		}
		if _, err := to.Write(message); err != nil {
			return err
		}
		var err error
		if kind, err = from.ReadByte(); err != nil {
			return err
		}
	}
}

// hear takes one message in. Names of statements belong to the connection.
func (t *tap) hear(kind byte, body []byte, named map[string]string, bound *statement) error {
	switch kind {
	case 'P':
		var m pgproto3.Parse
		if err := m.Decode(body); err != nil {
			return err
		}
		named[m.Name] = m.Query
	case 'B':
		var m pgproto3.Bind
		if err := m.Decode(body); err != nil {
			return err
		}
		*bound = statement{sql: named[m.PreparedStatement], args: m.Parameters, formats: m.ParameterFormatCodes}
	case 'E':
		t.note(*bound)
	case 'Q':
		t.note(statement{sql: string(body[:max(len(body)-1, 0)])})
		t.end()
	case 'S':
		t.end()
	}
	return nil
}

func (t *tap) note(s statement) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = append(t.next, s)
}

// end closes a trip; one that only prepared a statement is left out, since a running program has them prepared.
func (t *tap) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.next) > 0 {
		t.trips, t.next = append(t.trips, t.next), nil
	}
}

// during gives what was asked while do ran. Nothing else may ask meanwhile.
func (t *tap) during(ctx context.Context, do func(context.Context) error) ([]trip, error) {
	t.mu.Lock()
	t.trips = nil
	t.mu.Unlock()
	if err := do(ctx); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.trips) == 0 {
		return nil, errors.New("the program asked the database nothing")
	}
	return t.trips, nil
}

func statements(trips []trip) int {
	n := 0
	for _, one := range trips {
		n += len(one)
	}
	return n
}
