package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"loket/internal/calendar"
	"loket/internal/desk"
	"loket/internal/i18n"
	"loket/internal/pdf"
	"loket/models"
)

// A scene takes as long as its workflow does; the expired one waits for its deadlines to run out.
const (
	scenePatience = 2 * time.Minute
	lookAgain     = 150 * time.Millisecond
)

// The past clock runs through its days while it catches up with the present.
const (
	pastDays    = 14
	catchUpTime = 10 * time.Second
	pastSpeed   = pastDays * 24 * int(time.Hour/time.Second) / int(catchUpTime/time.Second)
)

// play takes a scene's case from where it is to where the plot wants it, unless people took it elsewhere.
func (s *Seeder) play(ctx context.Context, sc scene) error {
	ctx, cancel := context.WithTimeout(ctx, scenePatience)
	defer cancel()
	p := &player{Seeder: s, scene: sc, memos: s.Desk, clock: s.Clock}
	if sc.past {
		p.clock = models.Clock{Epoch: s.Now().Add(catchUpTime), Speed: pastSpeed}
		p.memos = s.Past(p.clock)
	}
	var err error
	if p.sender, err = s.actor(ctx, sc.sender); err != nil {
		return err
	}
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		done, err := p.advance(ctx)
		if done || err != nil && !passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the case got no further: %w", errors.Join(err, ctx.Err()))
		case <-tick.C:
		}
	}
}

// player is one scene being played.
type player struct {
	*Seeder
	scene
	memos  desk.Memos
	clock  models.Clock
	sender models.Actor
	id     string
}

// advance looks where the case is and makes the next move.
func (p *player) advance(ctx context.Context) (done bool, err error) {
	v, err := p.look(ctx)
	if err != nil {
		return false, err
	}
	if p.past(v) {
		return true, p.finish(ctx, v)
	}
	switch v.Status {
	case models.StatusDraft:
		return p.target == models.StatusDraft, p.sent(ctx, v)
	case models.StatusApproval:
		return p.target == models.StatusApproval, p.headStage(ctx, v)
	case models.StatusVerification:
		if p.target == models.StatusVerification && (p.decided == 0 || v.Rows.Pending < v.Rows.Total) {
			return true, nil
		}
		return false, p.verify(ctx, v)
	case models.StatusActivation:
		if p.target == models.StatusActivation && v.Rows.Activated >= p.activated {
			return true, nil
		}
		return false, p.openLinks(ctx, v)
	}
	return false, nil
}

// past tells whether the case is over, or further than the plot wants it. One that came back is its sender's to send
// again.
func (p *player) past(v models.MemoView) bool {
	order := models.Statuses()
	return v.Status.Final() || v.Status == models.StatusReturned || v.Round > 1 || slices.Index(order, v.Status) > slices.Index(order, p.target)
}

// look finds the case, or begins it.
func (p *player) look(ctx context.Context) (models.MemoView, error) {
	if p.id != "" {
		return p.memos.Memo(ctx, p.sender, p.id)
	}
	draft, err := p.draft()
	if err != nil {
		return models.MemoView{}, err
	}
	v, err := p.memos.CreateMemo(ctx, p.sender, draft, "demo-"+p.key)
	p.id = v.ID
	return v, err
}

// draft is the same at each start, so that the same key finds the same case. Its date is that of the first start.
func (p *player) draft() (models.MemoDraft, error) {
	cal, err := calendar.BuiltIn()
	if err != nil {
		return models.MemoDraft{}, err
	}
	day := models.DateOf(p.Seeder.Clock.Epoch.In(cal.Location()))
	if p.scene.past {
		day = day.AddDays(-pastDays - 1)
	}
	d := models.MemoDraft{Kind: p.kind, Unit: p.unit, Date: day.String(), Addressee: "Kepala Pusat Layanan Informasi", Subject: p.subject,
		Body: p.body, Contact: "Tata usaha, pesawat 1234", Copies: []string{"Kepala Biro Sumber Daya Manusia"}}
	for _, who := range p.listed(p.scene) {
		d.Rows = append(d.Rows, who.row())
	}
	return d, nil
}

// listed picks idle staff, nobody twice in the whole plot.
func (s *Seeder) listed(wanted scene) []person {
	taken := map[string]bool{}
	for _, sc := range plot() {
		var list []person
		for _, who := range s.idle {
			if len(list) < sc.rows && within(who.unit, sc.below) && !taken[who.nip] {
				list, taken[who.nip] = append(list, who), true
			}
		}
		if sc.key == wanted.key {
			return list
		}
	}
	return nil
}

func (p *player) sent(ctx context.Context, v models.MemoView) error {
	if p.target == models.StatusDraft {
		return nil
	}
	if err := p.attached(ctx, v); err != nil {
		return err
	}
	_, err := p.memos.SendMemo(ctx, p.sender, v.ID, 0, "demo-send-"+p.key)
	return err
}

// attached fills the place of the signed form by a blank one, in Indonesian as the memos are.
func (p *player) attached(ctx context.Context, v models.MemoView) error {
	if len(v.Draft.Attachments) > 0 {
		return nil
	}
	kind := models.RequiredAttachment(p.kind)
	var form bytes.Buffer
	if err := pdf.Form(&form, pdf.BlankForm{Printer: p.Words.For(i18n.Indonesian), Letterhead: pdf.Letterhead{Agency: p.Agency}, Kind: kind}); err != nil {
		return err
	}
	_, err := p.memos.AddAttachment(ctx, p.sender, v.ID, desk.Upload{Kind: kind, Name: p.Words.For(i18n.Indonesian).T("form."+string(kind)+".title") + ".pdf", Body: &form})
	return err
}

func (p *player) headStage(ctx context.Context, v models.MemoView) error {
	switch p.target {
	case models.StatusApproval, models.StatusExpired:
		return nil
	case models.StatusWithdrawn:
		_, err := p.memos.WithdrawMemo(ctx, p.sender, v.ID, p.reason, "demo-withdraw-"+p.key)
		return err
	}
	head, err := p.actor(ctx, p.approver)
	if err != nil {
		return err
	}
	if p.target == models.StatusReturned {
		_, err = p.memos.ReturnMemo(ctx, head, v.ID, desk.Return{Reason: p.reason, Notes: p.notes}, "demo-return-"+p.key)
		return err
	}
	word := desk.Decision{Approve: p.target != models.StatusRefused, Reason: p.reason}
	_, err = p.memos.DecideMemo(ctx, head, v.ID, word, "demo-decide-"+p.key)
	return err
}

func (p *player) verify(ctx context.Context, v models.MemoView) error {
	who, err := p.actor(ctx, officer)
	if err != nil {
		return err
	}
	word := desk.Verification{All: models.RowAccepted}
	if p.decided > 0 {
		word = desk.Verification{Rows: []models.RowDecision{{No: 1, Reason: "Sudah pindah unit menurut data kepegawaian terbaru."}}}
		for no := 2; no <= p.decided; no++ {
			word.Rows = append(word.Rows, models.RowDecision{No: no, Accept: true})
		}
	}
	_, err = p.memos.VerifyMemo(ctx, who, v.ID, word, "demo-verify-"+p.key)
	return err
}

// token finds the secret of a one-use link at the end of its address.
var token = regexp.MustCompile(`https?://\S+/([A-Za-z0-9_-]{32,})`)

// openLinks reads the mail of the people who are to set their password, and sets it.
func (p *player) openLinks(ctx context.Context, v models.MemoView) error {
	rows, err := p.memos.MemoRows(ctx, p.sender, v.ID, models.RowProvisioned, models.PageQuery{Limit: 200})
	if err != nil {
		return err
	}
	for _, row := range rows.Items[:min(len(rows.Items), max(0, p.activated-v.Rows.Activated))] {
		secret, err := p.secret(row.ExternalEmail)
		if err != nil || secret == "" {
			return err
		}
		if err := p.Desk.SetPassword(ctx, secret, Password, Password, "", models.Origin{Channel: "cli"}); err != nil {
			return err
		}
	}
	return nil
}

// secret is the token of the newest link that was mailed to an address; empty while there is none.
func (p *player) secret(address string) (string, error) {
	for _, l := range p.Mail.List(address) {
		letter, err := p.Mail.Get(l.ID)
		if err != nil {
			return "", err
		}
		if found := token.FindStringSubmatch(letter.Text); found != nil {
			return found[1], nil
		}
	}
	return "", nil
}

// finish lists the people who got an account, so that one can look at a case with their eyes.
func (p *player) finish(ctx context.Context, v models.MemoView) error {
	if p.target != models.StatusDone {
		return nil
	}
	rows, err := p.memos.MemoRows(ctx, p.sender, v.ID, models.RowActivated, models.PageQuery{Limit: 200})
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range rows.Items {
		if r.Username != "" {
			p.follow = append(p.follow, SignIn{Group: groupFollow, Username: r.Username, Name: r.Name, Unit: p.crowd.units[r.UnitCode]})
		}
	}
	return nil
}
