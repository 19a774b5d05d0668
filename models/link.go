package models

import "errors"

// The kinds of one-use links whose end leads its reader somewhere of their own.
const (
	LinkFirstPassword = "password"
	LinkReset         = "reset"
	LinkEmail         = "email"
)

// SpentLink tells of a link that opens nothing any more which kind it is, since what to do then differs; any other error
// stays as it is.
func SpentLink(kind string, err error) error {
	if errors.Is(err, ErrLinkSpent) {
		return ErrLinkSpent.With("link", kind)
	}
	return err
}

// DetailKey names the words that say what to do about a refusal.
func (p *Problem) DetailKey() string {
	if kind := p.Params["link"]; p.Code == ErrLinkSpent.Code && kind != "" {
		return "problem." + p.Code + "." + kind + ".detail"
	}
	return "problem." + p.Code + ".detail"
}
