package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// messageIDs admits what a Message-ID may hold, without its angle brackets (RFC 5322, the dot-atom form).
var messageIDs = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+$")

// Message is one mail ready to go. MessageID is given by the caller, with or without angle brackets, and is the same
// on every try, so that a repeat can be told from a second message. Date is when the message came to be.
type Message struct {
	MessageID string
	To        string // the address alone
	ToName    string
	Lang      string // "id" or "en"
	Subject   string
	Text      string
	HTML      string
	Date      time.Time
}

// build makes the MIME message. Addresses and the Message-ID are refused unless they are well formed, names and
// subjects are made one line: nothing that people typed can open a header.
func (m Message) build(from *mail.Address) (*gomail.Msg, error) {
	to, err := address(m.To, m.ToName)
	if err != nil {
		return nil, err
	}
	id := strings.TrimSuffix(strings.TrimPrefix(m.MessageID, "<"), ">")
	if !messageIDs.MatchString(id) {
		return nil, errors.New("the Message-ID is not well formed")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	msg.SetMessageIDWithValue(id)
	msg.SetDateWithValue(m.Date)
	msg.Subject(oneLine(m.Subject))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader("Content-Language", oneLine(m.Lang))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

func address(addr, name string) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(addr)
	if err != nil || parsed.Address != addr || strings.ContainsFunc(addr, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		// The parser's words would repeat the address, which stays out of errors.
		return nil, errors.New("the recipient's address is not well formed")
	}
	return &mail.Address{Name: oneLine(name), Address: addr}, nil
}

func parseFrom(from string) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("sender address: %w", err)
	}
	return parsed, nil
}
