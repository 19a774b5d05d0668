package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"

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

// outbox fits the store to the relay: what bears no link any more is obsolete to it.
type outbox struct{ *store.Store }

// Mint makes the link of a message.
func (o outbox) Mint(ctx context.Context, n models.Notice) (map[string]string, error) {
	data, err := o.Store.Mint(ctx, n)
	if errors.Is(err, models.ErrLinkSpent) {
		return nil, mail.ErrObsolete
	}
	return data, err
}
