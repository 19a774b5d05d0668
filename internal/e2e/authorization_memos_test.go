package e2e_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/files/filestest"
	"loket/models"
)

// situation is where a memo stands when it is asked for.
type situation string

// The situations: statuses, and what can be open within them.
const (
	noSituation situation = ""
	inDraft     situation = "draft"
	inApproval  situation = "approval"
	inQuestion  situation = "question"
	inReturn    situation = "returned"
	inChecking  situation = "verification"
	inTrouble   situation = "trouble"
	inLinks     situation = "activation"
	inPast      situation = "withdrawn"
)

// situationOf says where an action belongs; each action of the table has one.
func situationOf(act models.Action) situation {
	return map[models.Action]situation{
		models.ActionEdit: inDraft, models.ActionDiscard: inDraft, models.ActionSend: inDraft, models.ActionResubmit: inReturn,
		models.ActionNudge: inApproval, models.ActionApprove: inApproval, models.ActionRefuse: inApproval, models.ActionReturn: inApproval,
		models.ActionAsk: inApproval, models.ActionWithdraw: inApproval, models.ActionAnswer: inQuestion, models.ActionVerify: inChecking,
		models.ActionReissue: inLinks, models.ActionSkip: inTrouble, models.ActionRetry: inTrouble, models.ActionCopy: inPast,
	}[act]
}

// owner says whose memo it is: a asker's by name, that of everybody who writes none, or a unit's by somebody else.
type owner struct {
	name string
	in   situation
}

// listedIn owns the memos about those who write none.
const listedIn = "the listed"

// shelf holds a memo for each owner and situation, made when it is first asked for, and again when one was used up.
type shelf struct {
	h      *house
	t      *testing.T
	askers map[string]*asker
	ppk    map[string]models.Actor // who sends for a unit and plays no part
	top    models.Actor            // decides where nobody else can
	have   map[owner]string
	made   map[string]made // by the memo's id
}

// made is who sends a memo, and who is listed in it.
type made struct {
	sender models.Actor
	rows   []models.RecapRow
}

func (h *house) shelf(t *testing.T, askers []*asker) *shelf {
	s := &shelf{h: h, t: t, askers: map[string]*asker{}, ppk: map[string]models.Actor{}, have: map[owner]string{}, made: map[string]made{}}
	for _, p := range askers {
		s.askers[p.name] = p
	}
	for _, unit := range []string{oneUnit, elsewhere} {
		id := h.account(t, h.spare("KEM.3.")["nip"])
		h.appoints(t, id, models.RoleGrant{Role: models.RolePPK, Unit: unit})
		s.ppk[unit] = h.actor(t, id)
	}
	s.top = h.actor(t, h.account(t, ministerNIP))
	return s
}

// memo gives the id of the memo that is this to the asker, "" where there can be none.
func (s *shelf) memo(p *asker, r relation, in situation) string {
	o := owner{in: in}
	switch {
	case r == unknown:
		return "0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"
	case p.actor.Company != "" && r != otherUnit: // no memo is theirs, nor their unit's
		return ""
	case r == own && p.writes != "":
		o.name = p.name
	case r == own && (p.nobody() || in != inDraft && in != inApproval && in != inChecking):
		return ""
	case r == own:
		o.name = listedIn
	case r == ownUnit:
		o.name = p.home
	case p.home == elsewhere:
		o.name = oneUnit
	default:
		o.name = elsewhere
	}
	if p.nobody() && o.name == "" {
		o.name = oneUnit
	}
	if s.have[o] == "" {
		s.have[o] = s.make(o)
	}
	return s.have[o]
}

// spent takes a memo that is no longer what it was off the shelf, and lets its people be listed again where it is over.
func (s *shelf) spent(id string) {
	of, v := s.made[id], s.h.view(s.t, id)
	if slices.Contains(models.Allowed(v.Case, of.sender, time.Now()), models.ActionWithdraw) {
		_, err := s.h.desk.WithdrawMemo(s.t.Context(), of.sender, id, "", "")
		require.NoError(s.t, err)
		v.Status = models.StatusWithdrawn
	}
	for _, r := range of.rows {
		if one := s.h.people[r.NIP]; v.Status == models.StatusDraft || v.Status.Final() {
			delete(one, "taken")
		}
	}
	for o, have := range s.have {
		if have == id {
			delete(s.have, o)
		}
	}
}

// parties are who writes, who sends, for which unit, what, and about whom.
func (s *shelf) parties(o owner) (writer, sender models.Actor, draft models.MemoDraft) {
	draft = models.MemoDraft{Kind: models.MemoFlexiwork, Unit: oneUnit, Date: "2026-06-08", Addressee: "Kepala Pusat Data", Subject: "Akses",
		Body: "Mohon dibuatkan akun.", Contact: "Sekretariat"}
	from := "KEM.1."
	switch p := s.askers[o.name]; {
	case p != nil:
		writer, sender, draft.Unit, draft.Kind = p.actor, p.actor, p.writes, p.kind
		if p.name == "drafter" {
			sender = s.h.sender
		}
		if p.writes == elsewhere {
			from = "KEM.2."
		}
	case o.name == listedIn:
		writer, sender = s.h.sender, s.h.sender
		for _, p := range s.askers {
			if p.nip != "" && p.writes == "" {
				draft.Rows = append(draft.Rows, rowOf(s.h.people[p.nip]))
			}
		}
		return writer, sender, draft
	default:
		// People of the sending unit are its own head's to decide on, people beside it those of the head above.
		draft.Unit, from = o.name, o.name+"."
		if o.name == above {
			draft.Unit, from = oneUnit, "KEM.1.1."
		}
		writer, sender = s.ppk[draft.Unit], s.ppk[draft.Unit]
	}
	draft.Rows = []models.RecapRow{rowOf(s.h.spare(from))}
	return writer, sender, draft
}

func rowOf(e map[string]string) models.RecapRow {
	return models.RecapRow{NIP: e["nip"], Name: e["name"], UnitCode: e["unit_code"], Position: e["position"], ExternalEmail: e["external_email"]}
}

// make brings a new memo to where it is wanted. Nobody is listed in two open memos, so the last one about the listed is
// withdrawn.
func (s *shelf) make(o owner) string {
	ctx, t, d := s.t.Context(), s.t, s.h.desk
	if o.name == listedIn {
		for had, id := range s.have {
			if had.name != listedIn || had.in == inDraft {
				continue
			}
			s.spent(id)
		}
	}
	writer, sender, draft := s.parties(o)
	m, err := d.CreateMemo(ctx, writer, draft, "")
	require.NoError(t, err)
	if s.made[m.ID] = (made{sender: sender}); o.name != listedIn {
		s.made[m.ID] = made{sender, draft.Rows}
	}
	_, err = d.AddAttachment(ctx, writer, m.ID, desk.Upload{Kind: models.RequiredAttachment(draft.Kind), Name: "surat.pdf", Body: bytes.NewReader(filestest.PDF("Surat"))})
	require.NoError(t, err)
	if o.in == inDraft {
		return m.ID
	}
	_, err = d.SendMemo(ctx, sender, m.ID, 0, "")
	require.NoError(t, err, "%+v", draft)
	s.bring(m.ID, sender, o.in)
	return m.ID
}

// bring takes a memo that was sent on.
func (s *shelf) bring(id string, sender models.Actor, in situation) {
	ctx, t, d := s.t.Context(), s.t, s.h.desk
	var err error
	switch in {
	case inQuestion:
		_, err = d.AskSender(ctx, s.decider(id), id, desk.Message{Text: "Yang mana?"}, "")
	case inReturn:
		_, err = d.ReturnMemo(ctx, s.decider(id), id, desk.Return{Reason: "Perihal kurang jelas"}, "")
	case inPast:
		_, err = d.WithdrawMemo(ctx, sender, id, "", "")
	case inChecking, inTrouble, inLinks:
		_, err = d.DecideMemo(ctx, s.decider(id), id, desk.Decision{Approve: true}, "")
	}
	require.NoError(t, err)
	if in != inTrouble && in != inLinks {
		return
	}
	s.h.faulty.refuse.Store(in == inTrouble)
	defer s.h.faulty.refuse.Store(false)
	_, err = d.VerifyMemo(ctx, s.h.officer, id, acceptAll(), "")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		v := s.h.view(t, id)
		return in == inTrouble && v.Trouble != "" || in == inLinks && v.Status == models.StatusActivation
	}, 2*time.Minute, 20*time.Millisecond, "%s never came", in)
}

// decider is somebody who is asked to decide on a memo.
func (s *shelf) decider(id string) models.Actor {
	c, err := s.h.store.Case(s.t.Context(), models.DefaultAgency, id)
	require.NoError(s.t, err)
	candidates := []models.Actor{s.h.sender, s.h.head, s.askers["head elsewhere"].actor, s.top, s.h.actor(s.t, s.h.account(s.t, "199810202025062018"))}
	for _, a := range candidates {
		a, _, err := s.h.store.Facing(s.t.Context(), id, a)
		require.NoError(s.t, err)
		if _, ok := c.Decides(a); ok {
			return a
		}
	}
	require.Fail(s.t, "nobody decides", "%+v", c)
	return models.Actor{}
}
