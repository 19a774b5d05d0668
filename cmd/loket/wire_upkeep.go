package main

import (
	"context"
	"errors"
	"time"

	"loket/internal/auth"
	"loket/internal/mail"
	"loket/internal/store"
)

// chore is one thing that is done over and over beside the cases; what says in the log what it is about.
type chore struct {
	name   string
	period time.Duration
	what   string
	do     func(context.Context) error
}

// chores run in each process that works cases. Each may run in many processes: notices are claimed, one sealer works at a
// time, sweeping twice is sweeping once.
func (h *house) chores() []chore {
	s := h.store
	return []chore{
		{"audit seal", time.Second, "sealing the audit trail", uncounted(s.Seal)},
		{"audit checkpoints", time.Minute, "writing a checkpoint of the audit trail", func(ctx context.Context) error { return s.Checkpoint(ctx, h.cfg.AuditCheckpoints) }},
		{"sweep", time.Hour, "sweeping old sessions and keys", s.SweepSessions},
		{"activations sweep", time.Hour, "ending activations whose workflow is lost", s.SweepActivations},
		{"endings", endingsEvery, "ending access with the contracts", h.keepEndings},
		{"forgotten passwords", time.Second, "looking at requests for passwords", atOnce(s.LookAtResets)},
		{"forgotten passwords sweep", time.Hour, "sweeping requests for passwords", s.SweepResets},
		{"password ages", time.Minute, "telling whose passwords end", atOnce(func(ctx context.Context, limit int) (int, error) {
			return s.TellPasswordAges(ctx, h.passwords(), limit)
		})},
		{"old accounts", time.Second, "looking at requests for old accounts", atOnce(s.LookAtOldAccounts)},
		{"old accounts sweep", time.Hour, "sweeping requests for old accounts", s.SweepOldAccounts},
		{"registrations sweep", time.Hour, "forgetting unproven addresses", s.ForgetRegistrations},
		{"proofs sweep", time.Hour, "sweeping used proofs of work", s.SweepNonces},
		{"files sweep", time.Hour, "sweeping unused files", func(ctx context.Context) error { return h.files.Sweep(ctx, s) }},
	}
}

// atOnce bounds one round of what people wait for.
func atOnce(do func(ctx context.Context, limit int) (int, error)) func(context.Context) error {
	return uncounted(func(ctx context.Context) (int, error) { return do(ctx, askedAtOnce) })
}

// uncounted leaves out how much was done.
func uncounted[N any](do func(context.Context) (N, error)) func(context.Context) error {
	return func(ctx context.Context) error { _, err := do(ctx); return err }
}

// upkeep has all of that begun, the directory kept, and mail carried.
func (h *house) upkeep() error {
	for _, c := range h.chores() {
		h.stack.loop(c.name, func(ctx context.Context) { every(ctx, c.period, h.log, c.what, c.do) })
	}
	if err := h.keepDirectory(); err != nil {
		return err
	}
	return h.relay()
}

// askedAtOnce is how many of those are looked at in one round.
const askedAtOnce = 100

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
