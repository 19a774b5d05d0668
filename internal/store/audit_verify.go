package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"gorm.io/gorm"

	"loket/internal/audit"
)

// The kinds of fault that VerifyAudit tells apart.
const (
	FaultEdited    = "edited"
	FaultRemoved   = "removed"
	FaultInserted  = "inserted"
	FaultReordered = "reordered"
	FaultCutTail   = "cut_tail"
)

// AuditFault is one place where the trail is not as it was written. Seq is the number in the one chain (0 where the
// entry has none), StreamSeq the one within the stream; the stream is empty for the one chain.
type AuditFault struct {
	Kind      string `json:"kind"`
	Seq       int64  `json:"seq"`
	Stream    string `json:"stream,omitempty"`
	StreamSeq int64  `json:"stream_seq,omitempty"`
}

// AuditReport says how much was read, how much of it awaits its seal, and what is wrong.
type AuditReport struct {
	Entries  int          `json:"entries"`
	Unsealed int          `json:"unsealed"`
	Streams  int          `json:"streams"`
	Faults   []AuditFault `json:"faults"`
}

// verification is one reading of the whole trail, on one snapshot of the database.
type verification struct {
	s      *Store
	tx     *gorm.DB
	report AuditReport
}

const verifyBatch = 1000

// VerifyAudit reads the whole trail: each entry's own code, each stream's chain up to its head, the one chain over all
// streams up to its head, and the checkpoints in a file kept apart ("" for none).
func (s *Store) VerifyAudit(ctx context.Context, checkpoints string) (AuditReport, error) {
	var v *verification
	options := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	if s.sqlite {
		options = nil // a read transaction is a snapshot by itself
	}
	err := s.read.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		v = &verification{s: s, tx: tx}
		for _, step := range []func() error{v.streams, v.lostStreams, v.sealed} {
			if err := step(); err != nil {
				return err
			}
		}
		return v.checkpoints(checkpoints)
	}, options)
	if err != nil {
		return AuditReport{}, wrap(err, "verify the audit trail")
	}
	return v.report, nil
}

// streams walks every stream's chain.
func (v *verification) streams() error {
	var w *walk
	after := auditRow{}
	for {
		var rows []auditRow
		err := v.tx.Where("(agency_id, stream, stream_seq) > (?, ?, ?)", after.AgencyID, after.Stream, after.StreamSeq).
			Order("agency_id, stream, stream_seq").Limit(verifyBatch).Find(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			if w == nil || w.agency != r.AgencyID || w.stream != r.Stream {
				if err := w.end(); err != nil {
					return err
				}
				v.report.Streams++
				w = &walk{v: v, agency: r.AgencyID, stream: r.Stream, prevColumn: "prev_mac", macColumn: "mac"}
			}
			if err := v.entry(w, r); err != nil {
				return err
			}
		}
		if len(rows) < verifyBatch {
			return w.end()
		}
		after = rows[len(rows)-1]
	}
}

func (v *verification) entry(w *walk, r auditRow) error {
	v.report.Entries++
	if r.Seq == nil {
		v.report.Unsealed++
	}
	e, err := r.entry()
	own := err == nil
	if own {
		own, err = audit.Linked(v.s.keys, r.AgencyID, audit.Code{KeyID: r.KeyID, Prev: r.PrevMAC, MAC: r.MAC}, e)
		if err != nil {
			return err
		}
	}
	return w.step(knot{seq: e.Seq, number: r.StreamSeq, prev: r.PrevMAC, mac: r.MAC, own: own})
}

// lostStreams finds heads of which no entry is left.
func (v *verification) lostStreams() error {
	var lost []string
	err := v.tx.Raw(`select h.stream from audit_heads h where h.stream <> ? and not exists (
		select 1 from audit_entries e where e.agency_id = h.agency_id and e.stream = h.stream) order by h.stream`, sealStream).Scan(&lost).Error
	for _, stream := range lost {
		v.report.Faults = append(v.report.Faults, AuditFault{Kind: FaultCutTail, Stream: stream})
	}
	return err
}

// sealed walks the one chain.
func (v *verification) sealed() error {
	w := &walk{v: v, agency: "main", stream: sealStream, prevColumn: "seal_prev", macColumn: "seal_mac"}
	for after := int64(0); ; {
		var rows []auditRow
		err := v.tx.Where("seq > ?", after).Order("seq").Limit(verifyBatch).Find(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			own := audit.Sealed(v.s.keys, audit.Code{KeyID: r.SealKey, Prev: r.SealPrev, MAC: r.SealMAC}, r.Stream, r.MAC)
			if err := w.step(knot{seq: *r.Seq, number: *r.Seq, prev: r.SealPrev, mac: r.SealMAC, own: own}); err != nil {
				return err
			}
			after = *r.Seq
		}
		if len(rows) < verifyBatch {
			return w.end()
		}
	}
}

// checkpoints compares the one chain with what was written apart.
func (v *verification) checkpoints(path string) error {
	if path == "" {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the checkpoints: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		c, err := audit.ReadCheckpoint(v.s.keys, lines.Bytes())
		if err != nil {
			v.report.Faults = append(v.report.Faults, AuditFault{Kind: FaultEdited, Seq: c.Seq, Stream: "checkpoint"})
			continue
		}
		var macs []string
		if err := v.tx.Raw("select seal_mac from audit_entries where seq = ?", c.Seq).Scan(&macs).Error; err != nil {
			return err
		}
		switch {
		case len(macs) == 0:
			v.report.Faults = append(v.report.Faults, AuditFault{Kind: FaultCutTail, Seq: c.Seq})
		case macs[0] != c.SealMAC:
			v.report.Faults = append(v.report.Faults, AuditFault{Kind: FaultEdited, Seq: c.Seq})
		}
	}
	return lines.Err()
}
