package store

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/mail"
	"loket/models"
)

// noticeForms find the kinds of notice that a workflow's source asks for: whole ones, and words that a flow's own name goes
// before.
var noticeForms = struct{ whole, needed, word *regexp.Regexp }{
	regexp.MustCompile(`"((?:memo|credentials|operator|approver)_[a-z_]+)"`),
	regexp.MustCompile(`needed: "([a-z_]+)"`),
	regexp.MustCompile(`(?:toSender|toDecider|message)\("([a-z_]+)"|notice :?= "([a-z_]+)"`),
}

// askedNotices are the kinds that the workflows of a flow ask for, read from their source, so that a new one is not
// forgotten here.
func askedNotices(t *testing.T, flow string) []string {
	t.Helper()
	files, err := filepath.Glob("../../workflows/*.go")
	require.NoError(t, err)
	shared := []string{"asking.go", "question.go", "replan.go"}
	var kinds []string
	add := func(kind string) {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	for _, name := range files {
		base := filepath.Base(name)
		if strings.HasSuffix(base, "_test.go") || !strings.HasPrefix(base, flow+"_") && !slices.Contains(shared, base) {
			continue
		}
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, found := range noticeForms.word.FindAllStringSubmatch(string(source), -1) {
			if word := found[1] + found[2]; word != "verification" || flow == "memo" {
				add(flow + "_" + word)
			}
		}
		for _, found := range noticeForms.needed.FindAllStringSubmatch(string(source), -1) {
			add(found[1])
		}
		if flow == "memo" {
			for _, found := range noticeForms.whole.FindAllStringSubmatch(string(source), -1) {
				add(found[1])
			}
		}
	}
	require.Greater(t, len(kinds), 10)
	return kinds
}

// TestNoticesCanBeWritten plays what workflows tell people, and has each message rendered with what is stored for it.
func TestNoticesCanBeWritten(t *testing.T) {
	catalog, err := i18n.New()
	require.NoError(t, err)
	letters, err := mail.NewRenderer(catalog, agencyZone())
	require.NoError(t, err)
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		b.refusedMemo(sender)
		b.provisionedMemo(sender)
		notices, err := b.ClaimNotices(b.ctx(), 1000, time.Minute)
		require.NoError(t, err)
		written := map[string]bool{}
		for _, n := range notices {
			data := maps.Clone(n.Data)
			if n.Kind == "credentials_reminder" {
				secret, err := b.Mint(b.ctx(), n)
				require.NoError(t, err)
				maps.Copy(data, secret)
			} else if n.SecretFor != "" {
				continue
			}
			for _, lang := range i18n.Languages() {
				_, _, _, err := letters.Render(n.Kind, lang, data)
				require.NoError(t, err)
			}
			written[n.Kind] = true
		}
		for _, kind := range askedNotices(t, "memo") {
			require.True(t, written[kind], "%s was never told", kind)
		}
	})
}

// refusedMemo plays a memo that is reminded of, returned, withdrawn and left to expire before officers reject everybody
// one by one: what matters is what each event tells, not that one case could go through all of them.
func (b *bundle) refusedMemo(sender models.Actor) {
	who := models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}
	b.holder(who.Role, who.Unit)
	id := b.memo(sender, "KEM.1.2", recap(b.t, "recap-clean.csv")[:2])
	sent := b.sending(id, sender, who)
	sent.Notices = append(sent.Notices, toSender("memo_sent", sender))
	c := b.record(sent).Change
	for _, e := range []struct {
		event  models.EventType
		status models.Status
		reason string
		notice models.NoticeSpec
	}{
		{models.EventReminded, models.StatusApproval, "", models.NoticeSpec{Kind: "memo_reminder", To: models.Recipient{Candidate: &who}}},
		{models.EventAsked, models.StatusApproval, "Untuk berapa lama?", toSender("memo_question", sender)},
		{models.EventAnswerNote, models.StatusApproval, "", toSender("memo_question_reminder", sender)},
		{models.EventAnswered, models.StatusApproval, "Setahun.", models.NoticeSpec{Kind: "memo_answered", To: models.Recipient{Candidate: &who}}},
		{models.EventUnanswered, models.StatusApproval, "", toSender("memo_unanswered", sender)},
		{models.EventTrouble, models.StatusApproval, "", toSender("memo_vacant", sender)},
		{models.EventReassigned, models.StatusApproval, "", models.NoticeSpec{Kind: "approver_needed", To: models.Recipient{Candidate: &who}}},
		{models.EventReturned, models.StatusReturned, "Mohon lengkapi.", toSender("memo_returned", sender)},
		{models.EventWithdrawn, models.StatusWithdrawn, "", models.NoticeSpec{Kind: "memo_withdrawn", To: models.Recipient{Candidate: &who}}},
		{models.EventExpired, models.StatusExpired, "", toSender("memo_expired", sender)},
		{models.EventApproved, models.StatusVerification, "", toSender("memo_approved", sender)},
		{models.EventEscalated, models.StatusVerification, "", models.NoticeSpec{Kind: "memo_verification", To: models.Recipient{Candidate: &who}}},
		{models.EventRefused, models.StatusRefused, "", toSender("memo_refused", sender)},
	} {
		c = b.follow(c, e.event, e.status)
		c.Reason, c.Notices, c.Actor = e.reason, []models.NoticeSpec{e.notice}, sender
		if e.event == models.EventRefused {
			c.Rows = []models.RowDecision{{No: 1, Reason: "Sudah pindah."}, {No: 2, Reason: "Pensiun."}}
		}
		c = b.record(c).Change
	}
	var data string
	require.NoError(b.t, b.read.Raw("select data from notices where kind = 'memo_refused'").Scan(&data).Error)
	require.Contains(b.t, data, "Sudah pindah., Pensiun.")
}

// provisionedMemo plays a memo whose accounts are made after some trouble, and whose links lapse.
func (b *bundle) provisionedMemo(sender models.Actor) {
	desk := models.Candidate{Role: models.RoleSupport1}
	b.holder(desk.Role, "")
	id := b.memo(sender, "KEM.1.2", recap(b.t, "recap-clean.csv")[2:4])
	c := b.accepted(id, sender)
	c = b.follow(c, models.EventSkipped, models.StatusProvisioning)
	c.Reason, c.Notices = "Data ganda.", []models.NoticeSpec{toSender("memo_rows_left_out", sender)}
	c = b.record(c).Change
	c = b.follow(c, models.EventTrouble, models.StatusProvisioning)
	c.After.Trouble, c.Notices = "provisioning", []models.NoticeSpec{{Kind: "operator_needed", To: models.Recipient{Candidate: &desk}}}
	c = b.record(c).Change
	_, err := b.ProvisionRows(b.ctx(), id, 1, 2, b.caseNow())
	require.NoError(b.t, err)
	c = b.follow(c, models.EventProvision, models.StatusActivation)
	c.Notices = []models.NoticeSpec{toSender("memo_done", sender)}
	c = b.record(c).Change
	b.tamper("update notices set state = 'sent' where kind = 'credentials'")
	c = b.follow(c, models.EventCredential, models.StatusActivation)
	c.At = c.At.Add(models.CredentialNote)
	c.Notices = []models.NoticeSpec{{Kind: "credentials_reminder", To: models.Recipient{Rows: models.RowProvisioned}}}
	c = b.record(c).Change
	c = b.follow(c, models.EventLapsed, models.StatusDone)
	c.At = c.At.Add(models.CredentialLife)
	c.Move, c.Notices = &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}, []models.NoticeSpec{toSender("credentials_lapsed", sender)}
	b.record(c)
}

func toSender(kind string, a models.Actor) models.NoticeSpec {
	return models.NoticeSpec{Kind: kind, To: models.Recipient{Account: a.AccountID}}
}
