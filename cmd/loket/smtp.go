package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"loket/internal/auth"
	"loket/internal/config"
	"loket/internal/mail"
	"loket/internal/store"
	"loket/models"
)

// mailConfig reads the mail server out of the settings.
func mailConfig(cfg config.Config) (mail.Config, error) {
	u, err := url.Parse(cfg.SMTPURL.Reveal())
	if err != nil {
		return mail.Config{}, errors.New("LOKET_SMTP_URL is no address") // the parser's error would repeat the password
	}
	password, _ := u.User.Password()
	if cfg.SMTPPassword != "" {
		password = cfg.SMTPPassword.Reveal()
	}
	m := mail.Config{Host: u.Hostname(), TLS: mail.TLSMode(u.Query().Get("tls")), Username: u.User.Username(), Password: password, From: cfg.MailFrom}
	if u.Port() != "" {
		if m.Port, err = strconv.Atoi(u.Port()); err != nil {
			return mail.Config{}, errors.New("LOKET_SMTP_URL has no port that is a number")
		}
	}
	if cfg.DKIMKeyFile == "" {
		return m, nil
	}
	key, err := os.ReadFile(cfg.DKIMKeyFile)
	if err != nil {
		return mail.Config{}, fmt.Errorf("read the DKIM key: %w", err)
	}
	m.DKIM = &mail.DKIM{Domain: cfg.DKIMDomain, Selector: cfg.DKIMSelector, Key: key}
	return m, nil
}

// outbox fits the store to the relay: a message's id is of the domain that sends it, and a message whose link is spent
// is obsolete.
type outbox struct {
	*store.Store
	domain string
	// temporary is given where messages bear temporary passwords in place of links.
	temporary *auth.TemporaryPasswords
}

func newOutbox(s *store.Store, from string) outbox {
	_, domain, _ := strings.Cut(strings.TrimRight(from, "> "), "@")
	return outbox{Store: s, domain: domain}
}

// ClaimNotices completes the ids, alike on every try.
func (o outbox) ClaimNotices(ctx context.Context, limit int, lease time.Duration) ([]models.Notice, error) {
	list, err := o.Store.ClaimNotices(ctx, limit, lease)
	for i := range list {
		if !strings.Contains(list[i].MessageID, "@") {
			list[i].MessageID += "@" + o.domain
		}
		if o.temporary != nil {
			list[i] = o.temporary.Reword(list[i])
		}
	}
	return list, err
}

// Mint makes the link of a message, its temporary password, or the code of an activation.
func (o outbox) Mint(ctx context.Context, n models.Notice) (map[string]string, error) {
	mint := o.Store.Mint
	switch {
	case store.BearsRegistration(n):
		mint = o.MintRegistration
	case n.SecretOf != "":
		mint = o.MintActivation
	case store.BearsReset(n):
		mint = o.MintReset
	case store.BearsEmailLink(n):
		mint = o.MintEmailLink
	case o.temporary != nil && !store.ForTrader(n):
		mint = o.temporary.Mint
	}
	data, err := mint(ctx, n)
	return data, unmade(err)
}

// unmade is what the relay is told where a secret was not made.
func unmade(err error) error {
	switch {
	case errors.Is(err, store.ErrTooLate):
		return mail.ErrTooLate
	case errors.Is(err, models.ErrLinkSpent):
		return mail.ErrObsolete
	}
	return err
}
