package auth

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/store"
	"loket/models"
)

func (w *walk) ctx() context.Context { return w.bench.t.Context() }

// asks has somebody ask for an account, with the right data or not, and looks at it as the workflow does.
func (w *walk) asks(p *walker) outcome {
	form := models.ActivationForm{NIP: p.nip, Rank: "III/a", Effective: "2020-01-01", Email: p.email}
	switch w.one(6) {
	case 0:
		form.Rank = "I/a"
	case 1:
		form.Email = "pencuri@mail.example"
	}
	return w.asksBy(p, form)
}

func (w *walk) asksBy(p *walker, form models.ActivationForm) outcome {
	id, err := w.store.AskActivation(w.ctx(), form, "id", portal)
	require.NoError(w.t, err)
	found, err := w.store.LookAtActivation(w.ctx(), id)
	require.NoError(w.t, err)
	c, err := w.store.Case(w.ctx(), models.DefaultAgency, id)
	require.NoError(w.t, err)
	_, err = w.store.Record(w.ctx(), models.OpenActivation(c, found, w.wall.Now()))
	require.NoError(w.t, err)
	if found.Turned != "" {
		return outcome{deed: "turned away"}
	}
	require.Equal(w.t, "III/a", form.Rank)
	require.Empty(w.t, p.account, "nobody gets two accounts")
	require.False(w.t, slices.ContainsFunc(w.flows, func(f *walkedFlow) bool { return f.who == p && f.came == "" }), "one request at a time")
	w.flows = append(w.flows, &walkedFlow{id: id, who: p, ends: found.Ends})
	return outcome{deed: "asked"}
}

func (w *walk) mail(*walker) outcome {
	w.relay()
	return outcome{deed: "mailed"}
}

// relay sends what waits, and so makes what it bears.
func (w *walk) relay() {
	notices, err := w.store.ClaimNotices(w.ctx(), 1000, time.Second)
	require.NoError(w.t, err)
	for _, n := range notices {
		at := slices.IndexFunc(w.flows, func(f *walkedFlow) bool { return f.id == n.SecretOf })
		switch {
		case n.Kind == "activation" && at >= 0:
			w.sendsCode(n, w.flows[at])
		case n.Kind == "activation_warning" && len(w.people) > 0:
			w.warns(n, at)
		case store.BearsReset(n):
			w.sendsLink(n)
		}
		require.NoError(w.t, w.store.NoticeSent(w.ctx(), n.ID, w.wall.Now()))
	}
}

func (w *walk) sendsCode(n models.Notice, f *walkedFlow) {
	data, err := w.store.MintActivation(w.ctx(), n)
	if f.came != "" || !w.wall.Now().Before(f.ends) {
		require.ErrorIs(w.t, err, models.ErrLinkSpent, "no code once it is over")
		return
	}
	require.NoError(w.t, err)
	f.tries, f.live = 0, &sentCode{flow: f, code: models.ReadCode(data["code"]), secret: models.ReadSecret(data["secret"]), names: strings.Split(data["candidates"], ", ")}
	w.letters = append(w.letters, f.live)
}

func (w *walk) warns(n models.Notice, at int) {
	data, err := w.store.MintActivation(w.ctx(), n)
	require.NoError(w.t, err)
	warning := &sentWarning{token: filepath.Base(data["link"])}
	if at >= 0 {
		warning.flow = w.flows[at]
	}
	w.warned = append(w.warned, warning)
}

func (w *walk) sendsLink(n models.Notice) {
	at := slices.IndexFunc(w.people, func(p *walker) bool { return p.account != "" && p.account == n.SecretFor })
	if at < 0 {
		return
	}
	p := w.people[at]
	data, err := w.store.MintReset(w.ctx(), n)
	if err != nil {
		require.ErrorIs(w.t, err, models.ErrLinkSpent)
		return
	}
	require.False(w.t, p.disabled)
	w.kill(p)
	w.links = append(w.links, &sentLink{who: p, token: filepath.Base(data["link"]), expires: w.wall.Now().Add(time.Hour)})
}

// complete tries a code: all of one letter, or parts of several.
func (w *walk) complete(*walker) outcome {
	if len(w.letters) == 0 {
		return outcome{deed: "nothing"}
	}
	draw := func() *sentCode { return w.letters[w.one(len(w.letters))] }
	l := draw()
	in := store.Completion{Username: l.names[0], Code: l.code, Secret: l.secret, Locale: "id"}
	switch w.one(10) {
	case 0:
		in.Code = draw().code
	case 1:
		in.Secret = draw().secret
	case 2:
		in.Username = draw().names[0]
	case 3:
		in.Code, in.Case = "00000000", draw().flow.id
	case 4:
		in.Code = "00000000"
	case 5:
		in.Case = draw().flow.id
	}
	password := w.fresh()
	var err error
	in.PasswordHash, err = w.HashNew(w.ctx(), in.Username, password, password)
	require.NoError(w.t, err)
	won := w.judges(in)
	err = w.store.CompleteActivation(w.ctx(), in, portal)
	if won == nil {
		require.ErrorIs(w.t, err, models.ErrActivationRefused)
		return outcome{deed: "refused"}
	}
	require.NoError(w.t, err, "the right code of a request that is open")
	acc, err := w.store.AccountByUsername(w.ctx(), models.DefaultAgency, in.Username)
	require.NoError(w.t, err)
	won.who.account, won.who.username = acc.ID, in.Username
	return outcome{"activated", won.who, password}
}

// judges counts a try against every request whose message it knows a part of, and gives the one that it opens.
func (w *walk) judges(in store.Completion) *walkedFlow {
	var touched []*walkedFlow
	for _, f := range w.flows {
		if f.came != "" || f.live == nil || f.tries >= 5 || w.wall.Now().After(f.ends.Add(time.Second)) {
			continue
		}
		if in.Case == f.id || in.Code == f.live.code || in.Secret == f.live.secret {
			f.tries++
			touched = append(touched, f)
		}
	}
	if len(touched) == 1 {
		if f := touched[0]; in.Code == f.live.code && in.Secret == f.live.secret && slices.Contains(f.live.names, in.Username) {
			f.came = models.ActivatedSpent
			return f
		}
	}
	for _, f := range touched {
		if f.tries >= 5 {
			f.came = models.ActivatedVoided
		}
	}
	return nil
}

func (w *walk) resend(*walker) outcome {
	id := "nobody"
	if len(w.flows) > 0 {
		id = w.flows[w.one(len(w.flows))].id
	}
	require.NoError(w.t, w.store.ResendActivation(w.ctx(), id, portal))
	return outcome{deed: "asked again"}
}

func (w *walk) disown(*walker) outcome {
	if len(w.warned) == 0 {
		require.ErrorIs(w.t, w.store.DisownActivation(w.ctx(), "nobody's", portal), models.ErrLinkSpent)
		return outcome{deed: "nothing"}
	}
	said := w.warned[w.one(len(w.warned))]
	err := w.store.DisownActivation(w.ctx(), said.token, portal)
	if errors.Is(err, models.ErrLinkSpent) {
		return outcome{deed: "too late to disown"}
	}
	require.NoError(w.t, err)
	if f := said.flow; f != nil && !said.said {
		switch f.came {
		case "":
			f.came = models.ActivatedDisowned
		case models.ActivatedSpent:
			f.who.disabled = true
			w.kill(f.who)
		}
	}
	said.said = true
	return outcome{deed: "disowned"}
}

// settle ends what is over, as workflows do.
func (w *walk) settle(*walker) outcome {
	for _, f := range w.flows {
		late := w.wall.Now().After(f.ends.Add(time.Second))
		if f.settled || f.came == "" && !late {
			continue
		}
		came, err := w.store.SettleActivation(w.ctx(), f.id, late)
		require.NoError(w.t, err)
		if f.came == "" {
			require.Equal(w.t, models.ActivatedExpired, came)
		}
		f.came, f.settled = came, true
		c, err := w.store.Case(w.ctx(), models.DefaultAgency, f.id)
		require.NoError(w.t, err)
		event, status := came.Ending()
		after := c
		after.Status, after.Due, after.Seq = status, nil, c.Seq+1
		_, err = w.store.Record(w.ctx(), models.Change{CaseID: f.id, Kind: models.KindActivation, Seq: after.Seq, EventID: "ended", Type: event, At: w.wall.Now(), After: after})
		require.NoError(w.t, err)
	}
	return outcome{deed: "settled"}
}

// forgot fills in the form, at times with a number that is not theirs.
func (w *walk) forgot(p *walker) outcome {
	nik := p.nik
	if w.one(4) == 0 {
		nik = "1111111111111111"
	}
	return w.forgets(p, nik)
}

func (w *walk) forgets(p *walker, nik string) outcome {
	form := models.ForgottenForm{Username: p.username, NIK: nik, BirthPlace: "Jakarta", BirthDate: "1990-01-01", Email: p.email}
	nonce := form.Username + w.wall.Now().String()
	require.NoError(w.t, w.store.AskReset(w.ctx(), store.ResetRequest{Form: form, Lang: "id", Nonce: nonce, NonceExpires: w.wall.Now().Add(time.Hour), Origin: portal}))
	_, err := w.store.LookAtResets(w.ctx(), 100)
	require.NoError(w.t, err)
	return outcome{deed: "forgot"}
}

func (w *walk) helped(p *walker) outcome {
	if p.account == "" {
		return outcome{deed: "nothing"}
	}
	err := w.store.ResetFor(w.ctx(), models.Actor{Agency: models.DefaultAgency, AccountID: w.budi, Origin: portal}, p.account, "KTP asli")
	switch {
	case p.disabled:
		require.ErrorIs(w.t, err, models.ErrNotNow)
	case err != nil:
		require.ErrorIs(w.t, err, models.ErrTooSoon)
	}
	return outcome{deed: "helped"}
}

// spend tries a link, any that was ever sent, or at the wrong door.
func (w *walk) spend(p *walker) outcome {
	if len(w.links) == 0 {
		err := w.ResetPassword(w.ctx(), "nobody's", NewPassword{w.fresh(), w.fresh(), true}, portal)
		require.ErrorIs(w.t, err, models.ErrLinkSpent)
		return outcome{deed: "refused"}
	}
	late := w.links[max(0, len(w.links)-6):]
	l := late[w.one(len(late))]
	password := w.any(l.who)
	if w.one(8) == 0 {
		_, err := w.SetPassword(w.ctx(), l.token, password, password, portal)
		require.ErrorIs(w.t, err, models.ErrLinkSpent, "a link is of one purpose")
		return outcome{deed: "refused"}
	}
	err := w.ResetPassword(w.ctx(), l.token, NewPassword{password, password, true}, portal)
	if l.dead || !w.wall.Now().Before(l.expires) || l.who.disabled {
		require.ErrorIs(w.t, err, models.ErrLinkSpent)
		return outcome{deed: "refused"}
	}
	if l.who.recalls(password, w.wall.Now()) {
		require.ErrorIs(w.t, err, models.ErrInvalid)
		return outcome{deed: "recalled"}
	}
	require.NoError(w.t, err, "the live link of that very account")
	return outcome{"reset", l.who, password}
}

// tries signs in, which succeeds by the password that the account has, unless a lock holds.
func (w *walk) tries(p *walker, password string) bool {
	signed, err := w.SignIn(w.ctx(), SignIn{Username: p.username, Password: password, Origin: portal})
	may := p.account != "" && !p.disabled && !p.locked(w.wall.Now())
	if !may || password != p.password {
		require.ErrorIs(w.t, err, models.ErrWrongCredentials)
		if may {
			p.fails(w.wall.Now())
		}
		return false
	}
	require.NoError(w.t, err)
	p.failed, p.locks = 0, 0
	require.Equal(w.t, w.wall.Now().Sub(p.changed) >= 90*24*time.Hour, signed.Identity.Account.MustChangePassword)
	return true
}

// signsIn tries one password; whoever owes another changes it there and then, or goes away.
func (w *walk) signsIn(p *walker) outcome {
	password := w.any(p)
	if p.password != "" && w.one(2) == 0 {
		password = p.password
	}
	if !w.tries(p, password) {
		return outcome{deed: "refused"}
	}
	if w.wall.Now().Sub(p.changed) < 90*24*time.Hour || w.one(4) == 0 {
		return outcome{deed: "signed in"}
	}
	return w.replaces(p, p.password, w.any(p), "rotated")
}

func (w *walk) changes(p *walker) outcome {
	if p.account == "" || p.disabled {
		return outcome{deed: "nothing"}
	}
	old := p.password
	if w.one(4) == 0 {
		old = w.any(p)
	}
	return w.replaces(p, old, w.any(p), "changed")
}

// replaces asks for another password, as somebody who is signed in does.
func (w *walk) replaces(p *walker, old, password, deed string) outcome {
	who, err := w.identify(w.ctx(), p.account, portal)
	require.NoError(w.t, err)
	_, err = w.ChangePassword(w.ctx(), who, old, password, password)
	now, age := w.wall.Now(), w.wall.Now().Sub(p.changed)
	switch {
	case old != p.password || p.locked(now):
		require.ErrorIs(w.t, err, models.ErrInvalid)
		p.fails(now)
		return outcome{deed: "refused"}
	case age < 24*time.Hour:
		require.ErrorIs(w.t, err, models.ErrInvalid)
		return outcome{deed: "too soon"}
	case p.recalls(password, now):
		require.ErrorIs(w.t, err, models.ErrInvalid)
		return outcome{deed: "recalled"}
	}
	require.NoError(w.t, err)
	return outcome{deed, p, password}
}

// hammer tries wrong ones until the lock falls, and then the right one.
func (w *walk) hammer(p *walker) outcome {
	if p.account == "" || p.disabled {
		return outcome{deed: "nothing"}
	}
	for range 5 {
		w.tries(p, "Salah*Sekali*9*Kali")
	}
	require.True(w.t, p.locked(w.wall.Now()))
	require.False(w.t, w.tries(p, p.password))
	return outcome{deed: "locked"}
}

func (w *walk) waits(*walker) outcome {
	spans := []time.Duration{61 * time.Second, 61 * time.Second, 10 * time.Minute, 16 * time.Minute, 59 * time.Minute, time.Hour, 20 * time.Hour, 25 * time.Hour, 30 * 24 * time.Hour, 91 * 24 * time.Hour}
	w.wall.pass(spans[w.one(len(spans))])
	return outcome{deed: "waited"}
}

// reopen is the service desk, which has looked at an account that its owner did not know.
func (w *walk) reopen(p *walker) outcome {
	if p.disabled {
		w.exec("update accounts set status = 'active' where id = ?", p.account)
		p.disabled = false
	}
	return outcome{deed: "reopened"}
}
