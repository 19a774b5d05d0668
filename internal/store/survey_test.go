package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// surveyed has one memo whose people wait for their links, one that waits for a head, and one that was refused.
func (b *bundle) surveyed() (active, asked, refused string) {
	b.t.Helper()
	sender := b.holder(models.RoleHead, "KEM.1.2")
	rows := recap(b.t, "recap-clean.csv")
	who := models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}
	active = b.memo(sender, "KEM.1.2", rows[:2])
	verified := b.accepted(active, sender)
	_, err := b.ProvisionRows(b.ctx(), active, 1, 50, b.caseNow())
	require.NoError(b.t, err)
	done := b.follow(verified, models.EventProvision, models.StatusActivation)
	done.After.Due, done.Outcome = nil, "provisioned"
	b.record(done)
	for range 2 { // the first copy's link is dead
		var notice noticeRow
		require.NoError(b.t, b.read.Where("kind = 'credentials' and row_no = 1").Take(&notice).Error)
		_, err = b.Mint(b.ctx(), models.Notice{ID: notice.ID})
		require.NoError(b.t, err)
		b.wall.pass(time.Second)
	}
	asked = b.memo(sender, "KEM.1.2", rows[2:4])
	b.record(b.sending(asked, sender, who))
	refused = b.memo(sender, "KEM.1.2", rows[4:6])
	no := b.follow(b.record(b.sending(refused, sender, who)).Change, models.EventRefused, models.StatusRefused)
	no.Outcome, no.After.Candidates, no.After.Due = "refused", nil, nil
	b.record(no)
	return active, asked, refused
}

func TestSurveys(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		active, asked, refused := b.surveyed()
		ids := map[string]any{"active": active, "asked": asked, "refused": refused, "past": b.caseNow().Add(-time.Hour), "later": b.caseNow().Add(time.Hour)}
		surveys := map[string]func(context.Context) (Survey, error){
			"outcomes": b.SurveyOutcomes, "decisions": b.SurveyDecisions, "accounts": b.SurveyAccounts, "secrets": b.SurveySecrets, "trail": b.SurveyTrail,
			"due": func(ctx context.Context) (Survey, error) { return b.SurveyDue(ctx, b.caseNow().Add(-time.Minute)) },
		}
		healthy := func(t *testing.T) {
			t.Helper()
			for name, survey := range surveys {
				found, err := survey(t.Context())
				require.NoError(t, err, name)
				require.Empty(t, found.Findings, name)
				require.Positive(t, found.Checked, name)
			}
		}
		healthy(t)
		for name, c := range map[string]struct{ survey, tamper, undo string }{
			"a status that the timeline does not know":  {"outcomes", "update cases set status = 'expired' where id = @asked", "update cases set status = 'approval' where id = @asked"},
			"an end without its instant":                {"outcomes", "update cases set closed = null where id = @refused", "update cases set closed = updated where id = @refused"},
			"a second end":                              {"outcomes", "update events set status = 'refused' where case_id = @refused and seq = 1", "update events set status = 'draft' where case_id = @refused and seq = 1"},
			"a deadline that nobody kept":               {"due", "update cases set next_due = @past where id = @asked", "update cases set next_due = @later where id = @asked"},
			"a work item decided twice":                 {"decisions", "update work_items set outcome = 'approved', stage = 'head' where case_id = @active and stage = 'officer'", "update work_items set outcome = 'verified', stage = 'officer' where case_id = @active and outcome = 'approved' and queue = 'verification'"},
			"a decision without its item":               {"decisions", "update work_items set outcome = 'escalated' where case_id = @refused", "update work_items set outcome = 'refused' where case_id = @refused"},
			"a closed case that asks":                   {"decisions", "update work_items set state = 'open', outcome = '' where case_id = @refused", "update work_items set state = 'closed', outcome = 'refused' where case_id = @refused"},
			"an accepted row without an account":        {"accounts", "update memo_rows set account_id = null, reason = account_id where case_id = @active and no = 2", "update memo_rows set account_id = reason, reason = '' where case_id = @active and no = 2"},
			"an account for a refused row":              {"accounts", "update memo_rows set account_id = 'someone' where case_id = @refused and no = 1 and account_id is null", "update memo_rows set account_id = null where case_id = @refused"},
			"an account that a refused case made":       {"accounts", "update accounts set created_by_case = @refused where created_by_case = @active", "update accounts set created_by_case = @active where created_by_case = @refused"},
			"access that nobody gave":                   {"accounts", "update account_applications set application = 'other' where case_id = @active", "update account_applications set application = 'flexiwork' where case_id = @active"},
			"a row forgotten by provisioning":           {"accounts", "update memo_rows set state = 'accepted' where case_id = @active and no = 1", "update memo_rows set state = 'provisioned' where case_id = @active and no = 1"},
			"an old link that came back to life":        {"secrets", "update one_use_links set created = @later where voided_at is not null", "update one_use_links set created = @past where voided_at is not null and account_id <> @asked"},
			"a message told twice":                      {"secrets", "update notices set row_no = 1 where case_id = @active and row_no = 2", "update notices set row_no = 2 where case_id = @active and row_no = 1 and account_id = (select account_id from memo_rows where case_id = @active and no = 2)"},
			"a gap in a timeline":                       {"trail", "update cases set seq = seq + 1 where id = @asked", "update cases set seq = seq - 1 where id = @asked"},
			"an event that the trail does not tell of":  {"trail", "update audit_entries set action = 'other' where stream = 'case:' || @asked and action = 'sent'", "update audit_entries set action = 'sent' where stream = 'case:' || @asked and action = 'other'"},
			"an event that the trail tells as a denial": {"trail", "update audit_entries set outcome = 'forbidden' where stream = 'case:' || @asked and action = 'sent'", "update audit_entries set outcome = 'ok' where stream = 'case:' || @asked"},
		} {
			t.Run(name+" is found", func(t *testing.T) {
				if name == "an account for a refused row" {
					ids["someone"] = b.holder(models.RoleHead, "KEM.1").AccountID
					c.tamper = "update memo_rows set account_id = @someone where case_id = @refused and no = 1"
				}
				b.tamper(c.tamper, ids)
				found, err := surveys[c.survey](t.Context())
				require.NoError(t, err)
				require.NotEmpty(t, found.Findings)
				require.NotEmpty(t, found.Findings[0].Where)
				b.tamper(c.undo, ids)
				healthy(t)
			})
		}
	})
}

func TestTextColumns(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		_, asked, _ := b.surveyed()
		columns, err := b.TextColumns(b.ctx())
		require.NoError(t, err)
		for _, c := range []TextColumn{{"accounts", "password_hash"}, {"events", "body"}, {"notices", "data"}, {"audit_entries", "became"}, {"sessions", "user_agent"}} {
			require.Contains(t, columns, c)
		}
		b.tamper("update memos set subject = '100% _kopi_ !' where case_id = ?", asked)
		found, err := b.TextWith(b.ctx(), TextColumn{"memos", "subject"}, []string{"nothing", "% _kopi_ !"})
		require.NoError(t, err)
		require.Equal(t, []Finding{{asked, "100% _kopi_ !"}}, found, "the parts are texts, not patterns")
		found, err = b.TextWith(b.ctx(), TextColumn{"memos", "subject"}, []string{"%kopi%"})
		require.NoError(t, err)
		require.Empty(t, found)
	})
}

func TestRestore(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:2])
		sent := b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})
		truth := func() models.Case {
			c, err := b.Case(b.ctx(), models.DefaultAgency, id)
			require.NoError(t, err)
			return c
		}
		t.Run("what the timeline lacks is recorded, and nobody is told twice", func(t *testing.T) {
			did, err := b.Restore(b.ctx(), sent.After, []models.Change{sent})
			require.NoError(t, err)
			require.Len(t, did, 1)
			require.Equal(t, models.StatusApproval, truth().Status)
			require.Zero(t, b.count("select count(*) from notices where case_id = ?", id))
			require.Equal(t, 1, b.count("select count(*) from work_items where case_id = ? and state = 'open'", id))
		})
		is := truth()
		t.Run("what agrees is left alone", func(t *testing.T) {
			did, err := b.Restore(b.ctx(), is, []models.Change{sent})
			require.NoError(t, err)
			require.Empty(t, did)
		})
		t.Run("a row and a work item that drifted come back, and the trail tells", func(t *testing.T) {
			b.tamper("update cases set status = 'expired', next_due = null, closed = opened where id = ?", id)
			b.tamper("update work_items set state = 'closed', outcome = 'expired' where case_id = ?", id)
			did, err := b.Restore(b.ctx(), is, nil)
			require.NoError(t, err)
			require.Len(t, did, 2)
			require.Equal(t, is, truth())
			require.Equal(t, 2, b.count("select count(*) from audit_entries where action = 'projection_restored'"), "as did the first")
			require.Zero(t, b.count("select count(*) from cases where id = ? and closed is not null", id))
		})
		t.Run("a unit that drifted comes back", func(t *testing.T) {
			b.tamper("update cases set unit_code = 'KEM.2', unit_path = '/KEM/KEM.2/' where id = ?", id)
			did, err := b.Restore(b.ctx(), is, nil)
			require.NoError(t, err)
			require.Len(t, did, 1)
			require.Equal(t, is, truth())
		})
		t.Run("a hole that the workflow does not fill is not written around", func(t *testing.T) {
			ahead := is
			ahead.Seq += 2
			_, err := b.Restore(b.ctx(), ahead, nil)
			require.ErrorIs(t, err, errIncomplete)
			require.Equal(t, is, truth())
		})
		t.Run("a projection that is ahead is left alone", func(t *testing.T) {
			behind := is
			behind.Seq, behind.Status = 1, models.StatusDraft
			did, err := b.Restore(b.ctx(), behind, nil)
			require.NoError(t, err)
			require.Empty(t, did)
			require.Equal(t, is, truth())
		})
		t.Run("while the sender is asked, the decider keeps the item, and its clock stands", func(t *testing.T) {
			at := b.caseNow()
			asked := b.follow(sent, models.EventAsked, models.StatusApproval)
			asked.Actor, asked.Reason, asked.After.Asked, asked.After.Due = b.holder(models.RoleHead, "KEM.1"), "untuk berapa lama?", &at, nil
			b.record(asked)
			is := truth()
			require.NotEmpty(t, is.Candidates)
			standing := func() int {
				return b.count("select count(*) from work_items where case_id = ? and state = 'open' and stands = 1 and candidate_unit = 'KEM.1'", id)
			}
			for _, drift := range []string{"update cases set trouble = 'x' where id = ?",
				"update work_items set state = 'closed', outcome = 'approved' where case_id = ?", "update work_items set stands = 0 where case_id = ?"} {
				b.tamper(drift, id)
				did, err := b.Restore(b.ctx(), is, nil)
				require.NoError(t, err)
				require.Len(t, did, 1, drift)
				require.Equal(t, is, truth())
				require.Equal(t, 1, standing(), drift)
			}
			did, err := b.Restore(b.ctx(), is, nil)
			require.NoError(t, err)
			require.Empty(t, did)
		})
	})
}
