package main

import (
	"context"
	"errors"
	"time"

	"loket/internal/auth"
	"loket/internal/mail"
	"loket/internal/store"
)

// upkeep is what runs beside the cases, in each process that works them. Each part may run in many processes: notices
// are claimed, one sealer works at a time, sweeping twice is sweeping once.
func (h *house) upkeep() error {
	h.stack.loop("audit seal", func(ctx context.Context) {
		every(ctx, time.Second, h.log, "sealing the audit trail", func(ctx context.Context) error {
			_, err := h.store.Seal(ctx)
			return err
		})
	})
	h.stack.loop("audit checkpoints", func(ctx context.Context) {
		every(ctx, time.Minute, h.log, "writing a checkpoint of the audit trail", func(ctx context.Context) error {
			return h.store.Checkpoint(ctx, h.cfg.AuditCheckpoints)
		})
	})
	h.stack.loop("sweep", func(ctx context.Context) {
		every(ctx, time.Hour, h.log, "sweeping old sessions and keys", h.store.SweepSessions)
	})
	h.stack.loop("activations sweep", func(ctx context.Context) {
		every(ctx, time.Hour, h.log, "ending activations whose workflow is lost", h.store.SweepActivations)
	})
	h.stack.loop("endings", func(ctx context.Context) {
		every(ctx, endingsEvery, h.log, "ending access with the contracts", h.keepEndings)
	})
	h.keepPasswords()
	h.stack.loop("files sweep", func(ctx context.Context) {
		every(ctx, time.Hour, h.log, "sweeping unused files", func(ctx context.Context) error { return h.files.Sweep(ctx, h.store) })
	})
	if err := h.keepDirectory(); err != nil {
		return err
	}
	return h.relay()
}

// keepPasswords answers who forgot theirs, and tells whose will have to be changed.
func (h *house) keepPasswords() {
	h.stack.loop("forgotten passwords", func(ctx context.Context) {
		every(ctx, time.Second, h.log, "looking at requests for passwords", func(ctx context.Context) error {
			_, err := h.store.LookAtResets(ctx, passwordsAtOnce)
			return err
		})
	})
	h.stack.loop("old accounts", func(ctx context.Context) {
		every(ctx, time.Second, h.log, "looking at requests for old accounts", func(ctx context.Context) error {
			_, err := h.store.LookAtOldAccounts(ctx, passwordsAtOnce)
			return err
		})
	})
	h.stack.loop("old accounts sweep", func(ctx context.Context) {
		every(ctx, time.Hour, h.log, "sweeping requests for old accounts", h.store.SweepOldAccounts)
	})
	h.stack.loop("password ages", func(ctx context.Context) {
		every(ctx, time.Minute, h.log, "telling whose passwords end", func(ctx context.Context) error {
			_, err := h.store.TellPasswordAges(ctx, h.passwords(), passwordsAtOnce)
			return err
		})
	})
	h.stack.loop("forgotten passwords sweep", func(ctx context.Context) {
		every(ctx, time.Hour, h.log, "sweeping requests for passwords", h.store.SweepResets)
	})
	h.stack.loop("registrations sweep", func(ctx context.Context) {
		every(ctx, time.Hour, h.log, "forgetting unproven addresses", h.store.ForgetRegistrations)
	})
}

// passwordsAtOnce bounds one round of these.
const passwordsAtOnce = 100

// termsAtOnce bounds one round of telling and closing traders' accounts.
const termsAtOnce = 200

// endingsEvery is how long access may outlive its last day, in wall time.
const endingsEvery = 15 * time.Second

func (h *house) keepEndings(ctx context.Context) error {
	done, err := h.store.KeepEndings(ctx)
	if done != (store.Endings{}) {
		h.log.Info("contracts end", "told", done.Noticed, "ended", done.Ended)
	}
	terms, failed := h.store.KeepTerms(ctx, termsAtOnce)
	if terms != (store.Terms{}) {
		h.log.Info("accounts of traders end", "told", terms.Told, "closed", terms.Closed)
	}
	return errors.Join(err, failed)
}

// relay carries mail. Without a mail server it waits in the outbox.
func (h *house) relay() error {
	if h.cfg.SMTPURL == "" {
		h.log.Warn("no mail server is set (LOKET_SMTP_URL): messages wait in the outbox")
		return nil
	}
	cfg, err := mailConfig(h.cfg)
	if err != nil {
		return err
	}
	sender, err := mail.NewSender(cfg)
	if err != nil {
		return err
	}
	renderer, err := mail.NewRenderer(h.words, h.zone)
	if err != nil {
		return err
	}
	waiting := newOutbox(h.store, h.cfg.MailFrom)
	if h.cfg.Credentials == "password" {
		waiting.temporary = &auth.TemporaryPasswords{Store: h.store, Passwords: h.hasher}
	}
	relay := mail.NewRelay(waiting, waiting, renderer, sender, time.Now, h.log)
	h.stack.loop("mail", relay.Run)
	return nil
}
