package mail

import (
	"errors"
	"fmt"
	"regexp"

	gomail "github.com/wneessen/go-mail"
)

// DeliveryError says why a message was not taken. Code is the server's reply (4xx or 5xx), 0 when there was none.
// Permanent means that the same message will be refused again. Reason is for support: it is shortened, and addresses
// and links that a server repeats are cut out, since a link may bear a live secret.
type DeliveryError struct {
	Code      int
	Permanent bool
	Reason    string
}

// Error gives the reason.
func (e *DeliveryError) Error() string { return e.Reason }

// Temporary tells whether trying again may help. It is true for 4xx replies and for any trouble before the server was
// offered the message: a network that fails, a server that is silent, lacks TLS or refuses our sign-in says nothing
// about the message. It is false for 5xx replies to the message, and for a message that is not well formed.
func Temporary(err error) bool {
	var delivery *DeliveryError
	return !errors.As(err, &delivery) || !delivery.Permanent
}

const maxReason = 300

var (
	linkLike    = regexp.MustCompile(`\S*://\S*`)
	addressLike = regexp.MustCompile(`[^\s<>"]*@[^\s<>"]*`)
)

func redact(reason string) string {
	reason = linkLike.ReplaceAllString(oneLine(reason), "[link]")
	reason = addressLike.ReplaceAllString(reason, "[address]")
	if runes := []rune(reason); len(runes) > maxReason {
		return string(runes[:maxReason]) + "…"
	}
	return reason
}

func classify(err error) error {
	if err == nil {
		return errors.New("the server's answer was not understood")
	}
	var send *gomail.SendError
	if !errors.As(err, &send) {
		return &DeliveryError{Reason: redact(err.Error())}
	}
	e := &DeliveryError{Code: send.ErrorCode(), Reason: redact(err.Error())}
	if e.Code != 0 {
		e.Reason = redact(fmt.Sprintf("the server answered %d: %s", e.Code, err))
	}
	switch send.Reason {
	case gomail.ErrGetSender, gomail.ErrGetRcpts, gomail.ErrNoUnencoded:
		e.Permanent = true
	default:
		e.Permanent = e.Code >= 500
	}
	return e
}
