package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"loket/internal/auth"
	"loket/internal/bench"
	"loket/internal/captcha"
	"loket/internal/mail/mailbox"
)

type benchDoor struct {
	benchOn
	AtOnce      int           `default:"200" help:"Sign-ins at the same moment, for the look at memory."`
	Period      time.Duration `default:"15s" help:"How long to sign in flat out."`
	Activations int           `default:"100" help:"Accounts to activate from form to password."`
	Samples     int           `default:"150" help:"Answers to compare for each way to be asked for."`
}

// Run measures what strangers meet, with the counters and the engine as processes of their own.
func (c *benchDoor) Run(p *process) error {
	if c.AtOnce < 1 || c.Activations < 1 || c.Samples < 1 {
		return misuse("--at-once, --activations and --samples are at least 1")
	}
	return c.on(p, func(s *site) (r *bench.Report, err error) {
		office, err := s.office(2)
		if err != nil {
			return nil, err
		}
		letters, err := mailbox.Open(filepath.Join(s.dir, "mail"))
		if err != nil {
			return nil, err
		}
		server, err := letters.Listen("127.0.0.1:0", slog.New(slog.DiscardHandler))
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, server.Close()) }()
		loket, stop, err := s.apart("LOKET_TRUSTED_PROXIES=127.0.0.1", "LOKET_MAIL_FROM=Loket <loket@uji.example>",
			fmt.Sprintf("LOKET_SMTP_URL=smtp://%s?tls=none", server.Addr()))
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, stop()) }()
		door := bench.Door{Office: office, DatabaseURL: s.url, Base: loket.base, Loket: loket.pid, Password: "Kopi*Tubruk*7*Gelas", AtOnce: c.AtOnce,
			Period: c.Period, Activations: c.Activations, Samples: c.Samples, Letter: latest(letters), Solve: solve, Tell: p.tell}
		hasher, err := auth.NewHasher(1)
		if err == nil {
			door.Hash, err = hasher.Hash(p.ctx, door.Password)
		}
		if err != nil {
			return nil, err
		}
		return door.Run(p.ctx)
	})
}

// latest gives the text of the newest message to an address.
func latest(letters *mailbox.Mailbox) func(string) (string, error) {
	return func(address string) (string, error) {
		list := letters.List(address)
		if len(list) == 0 {
			return "", nil
		}
		letter, err := letters.Get(list[0].ID)
		return letter.Text, err
	}
}

func solve(challenge []byte) (string, error) {
	var c captcha.Challenge
	if err := json.Unmarshal(challenge, &c); err != nil {
		return "", fmt.Errorf("read a challenge: %w", err)
	}
	return captcha.Solve(c)
}
