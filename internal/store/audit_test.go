package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// kinds are the faults' kinds, each once.
func kinds(r AuditReport) map[string]bool {
	found := map[string]bool{}
	for _, f := range r.Faults {
		found[f.Kind] = true
	}
	return found
}

// trail fills the trail with three streams and seals it.
func (b *bundle) trail() {
	b.t.Helper()
	for _, stream := range []string{"case:a", "case:b", "case:a", "system", "case:a", "case:b", "case:a", "case:b", "case:a"} {
		e := models.AuditEntry{Stream: stream, Actor: "someone", Action: "sent", Object: "memo:1", Origin: models.Origin{Channel: "api"}}
		require.NoError(b.t, b.AppendAudit(b.ctx(), e))
	}
	_, err := b.Seal(b.ctx())
	require.NoError(b.t, err)
}

func (b *bundle) verify(checkpoints string) AuditReport {
	b.t.Helper()
	r, err := b.VerifyAudit(b.ctx(), checkpoints)
	require.NoError(b.t, err)
	return r
}

func TestAuditTampering(t *testing.T) {
	scenarios := map[string]struct {
		want   string
		tamper []string
	}{
		"an edited entry":      {FaultEdited, []string{"update audit_entries set action = 'approved' where stream = 'case:a' and stream_seq = 3"}},
		"an edited last entry": {FaultEdited, []string{"update audit_entries set outcome = 'forbidden' where stream = 'case:a' and stream_seq = 5"}},
		"a removed entry":      {FaultRemoved, []string{"delete from audit_entries where stream = 'case:a' and stream_seq = 3"}},
		"a removed entry whose gap was closed": {FaultRemoved, []string{
			"delete from audit_entries where stream = 'case:a' and stream_seq = 3",
			"update audit_entries set stream_seq = stream_seq - 1 where stream = 'case:a' and stream_seq = 4",
			"update audit_entries set stream_seq = stream_seq - 1 where stream = 'case:a' and stream_seq = 5",
		}},
		"an inserted entry": {FaultInserted, []string{
			"update audit_entries set stream_seq = 6 where stream = 'case:a' and stream_seq = 5",
			"update audit_entries set stream_seq = 5 where stream = 'case:a' and stream_seq = 4",
			`insert into audit_entries (agency_id, stream, stream_seq, at, actor, actor_name, on_behalf_of, action, object, origin, was, became, outcome, key_id, prev_mac, mac)
				select agency_id, stream, 4, at, actor, actor_name, on_behalf_of, 'approved', object, origin, was, became, outcome, key_id, mac, 'forged'
				from audit_entries where stream = 'case:a' and stream_seq = 3`,
		}},
		"a copied entry": {FaultInserted, []string{
			`insert into audit_entries (agency_id, stream, stream_seq, at, actor, actor_name, on_behalf_of, action, object, origin, was, became, outcome, key_id, prev_mac, mac)
				select agency_id, stream, 6, at, actor, actor_name, on_behalf_of, action, object, origin, was, became, outcome, key_id, prev_mac, mac
				from audit_entries where stream = 'case:a' and stream_seq = 3`,
		}},
		"two entries that changed places": {FaultReordered, []string{
			"update audit_entries set stream_seq = 99 where stream = 'case:a' and stream_seq = 3",
			"update audit_entries set stream_seq = 3 where stream = 'case:a' and stream_seq = 4",
			"update audit_entries set stream_seq = 4 where stream = 'case:a' and stream_seq = 99",
		}},
		"two places in the one chain that changed": {FaultReordered, []string{
			"update audit_entries set seq = 999 where seq = 3",
			"update audit_entries set seq = 3 where seq = 5",
			"update audit_entries set seq = 5 where seq = 999",
		}},
		"an entry moved to another stream": {FaultRemoved, []string{
			"update audit_entries set stream = 'case:c', stream_seq = 1 where stream = 'case:a' and stream_seq = 3",
		}},
		"a cut tail of a stream": {FaultCutTail, []string{"delete from audit_entries where stream = 'case:b' and stream_seq = 3"}},
		"a whole stream that is gone with its head": {FaultRemoved, []string{
			"delete from audit_entries where stream = 'case:b'", "delete from audit_heads where stream = 'case:b'",
		}},
	}
	for name, scenario := range scenarios {
		t.Run(name+" is found as "+scenario.want, func(t *testing.T) {
			onBoth(t, func(t *testing.T, b *bundle) {
				b.trail()
				require.Empty(t, b.verify("").Faults)
				for _, statement := range scenario.tamper {
					b.tamper(statement)
				}
				require.True(t, kinds(b.verify(""))[scenario.want], "%v", b.verify("").Faults)
			})
		})
	}
}

func TestAuditCheckpoints(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		file := filepath.Join(t.TempDir(), "checkpoints.jsonl")
		require.NoError(t, b.Checkpoint(b.ctx(), file))
		b.trail()
		require.NoError(t, b.Checkpoint(b.ctx(), file))
		require.NoError(t, b.Checkpoint(b.ctx(), file))
		content, err := os.ReadFile(file)
		require.NoError(t, err)

		t.Run("one line says how far the chain went", func(t *testing.T) {
			require.Equal(t, 1, strings.Count(string(content), "\n"))
			r := b.verify(file)
			require.Empty(t, r.Faults)
			require.Zero(t, r.Unsealed)
			require.Equal(t, r.Entries, b.count("select max(seq) from audit_entries"))
		})
		t.Run("a tail cut with its heads shows by the file kept apart alone", func(t *testing.T) {
			last := b.count("select max(seq) from audit_entries")
			b.tamper(`update audit_heads set seq = seq - 1, mac = (select prev_mac from audit_entries e where e.seq = ?)
				where stream = (select stream from audit_entries e where e.seq = ?)`, last, last)
			b.tamper("update audit_heads set seq = seq - 1, mac = (select seal_prev from audit_entries e where e.seq = ?) where stream = '*'", last)
			b.tamper("delete from audit_entries where seq = ?", last)
			require.Empty(t, b.verify("").Faults)
			require.True(t, kinds(b.verify(file))[FaultCutTail])
		})
		t.Run("a line that was changed is no checkpoint", func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(content), `"seq":`, `"seq":1`, 1)), 0o600))
			require.True(t, kinds(b.verify(file))[FaultEdited])
		})
	})
}

func TestAuditTrail(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(sender, "KEM.1.2", []models.RecapRow{{NIK: "3174010101900001", Name: "Orang Baru", UnitCode: "KEM.1.2"}})
		b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}))

		t.Run("streams grow side by side and are sealed without a gap", func(t *testing.T) {
			streams := []string{"case:x", "case:y", "account:z"}
			for _, err := range atOnce(30, func(i int) error {
				return b.AppendAudit(b.ctx(), models.AuditEntry{Stream: streams[i%3], Action: "denied", Outcome: "forbidden"},
					models.AuditEntry{Stream: streams[(i+1)%3], Action: "denied", Outcome: "forbidden"})
			}) {
				require.NoError(t, err)
			}
			for _, err := range atOnce(4, func(int) error { _, err := b.Seal(b.ctx()); return err }) {
				require.NoError(t, err)
			}
			_, err := b.Seal(b.ctx())
			require.NoError(t, err)
			r := b.verify("")
			require.Empty(t, r.Faults)
			require.Zero(t, r.Unsealed)
			require.Equal(t, r.Entries, b.count("select max(seq) from audit_entries"))
		})
		t.Run("it says who did what from where, and no citizen number", func(t *testing.T) {
			p, err := b.AuditEntries(b.ctx(), models.DefaultAgency, AuditQuery{Stream: "case:" + id})
			require.NoError(t, err)
			require.Len(t, p.Items, 2)
			require.Equal(t, "sent", p.Items[0].Action)
			require.Equal(t, sender.AccountID, p.Items[0].Actor)
			require.NotEmpty(t, p.Items[0].ActorName)
			require.Equal(t, "192.0.2.7", p.Items[0].Origin.IP)
			require.Contains(t, p.Items[0].Before, `"status":"draft"`)
			require.Contains(t, p.Items[1].After, "3174********0001")
			require.Zero(t, b.count("select count(*) from audit_entries where became like '%3174010101900001%'"))
		})
		t.Run("it is read page by page", func(t *testing.T) {
			var seen []int64
			q := AuditQuery{Actor: "system", PageQuery: models.PageQuery{Limit: 7}}
			for {
				p, err := b.AuditEntries(b.ctx(), models.DefaultAgency, q)
				require.NoError(t, err)
				for _, e := range p.Items {
					seen = append(seen, e.Seq)
				}
				if p.Next == "" {
					break
				}
				q.Cursor = p.Next
			}
			require.IsDecreasing(t, seen)
			require.Len(t, seen, b.count("select count(*) from audit_entries where actor = 'system'"))
		})
	})
}
