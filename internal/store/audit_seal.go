package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"gorm.io/gorm"

	"loket/internal/audit"
)

const (
	sealBatch = 500
	// sealStream is the head of the one chain over all streams.
	sealStream = "*"
	// sealLock keeps one sealer at work among all processes; any number does that nobody else uses.
	sealLock = 7_203_114
)

// Seal gives committed entries their places in the one gap-free chain, in the order in which they were written, and
// counts them. Where another process is at it already, it does nothing. Call it every second.
func (s *Store) Seal(ctx context.Context) (int, error) {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	total := 0
	for {
		n := 0
		err := s.transact(ctx, "seal the audit trail", func(tx *gorm.DB) error {
			var err error
			n, err = s.sealSome(tx)
			return err
		})
		total += n
		if err != nil || n < sealBatch {
			return total, err
		}
	}
}

func (s *Store) sealSome(tx *gorm.DB) (int, error) {
	if !s.sqlite {
		var mine bool
		if err := tx.Raw("select pg_try_advisory_xact_lock(?)", sealLock).Scan(&mine).Error; err != nil || !mine {
			return 0, err
		}
	}
	var rows []auditRow
	err := tx.Select("id", "agency_id", "stream", "mac").Where("seq is null").Order("id").Limit(sealBatch).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	head, err := sealHead(tx)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		code := audit.Seal(s.keys, head.MAC, r.Stream, r.MAC)
		head.Seq, head.MAC = head.Seq+1, code.MAC
		err := tx.Exec("update audit_entries set seq = ?, seal_key = ?, seal_prev = ?, seal_mac = ? where id = ?",
			head.Seq, code.KeyID, code.Prev, code.MAC, r.ID).Error
		if err != nil {
			return 0, err
		}
	}
	return len(rows), tx.Exec("update audit_heads set seq = ?, mac = ? where stream = ?", head.Seq, head.MAC, sealStream).Error
}

type headRow struct {
	AgencyID, Stream string
	Seq              int64
	MAC              string
}

// TableName is the table's name.
func (headRow) TableName() string { return "audit_heads" }

// sealHead is where the one chain ends; the default agency's row stands for all.
func sealHead(tx *gorm.DB) (headRow, error) {
	head := headRow{Stream: sealStream}
	err := tx.Raw(`insert into audit_heads (agency_id, stream, seq, mac) values ('main', ?, 0, '')
		on conflict (agency_id, stream) do update set seq = audit_heads.seq returning *`, sealStream).Scan(&head).Error
	return head, err
}

// Checkpoint appends to a file how far the sealed chain goes. The file is kept apart from the database: without it a
// cut tail leaves no trace. Nothing is written when nothing was sealed since.
func (s *Store) Checkpoint(ctx context.Context, path string) error {
	var head headRow
	err := s.reader(ctx).Where("stream = ?", sealStream).Take(&head).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return wrap(err, "read the head of the audit trail")
	}
	var known int64
	if err := s.reader(ctx).Table("audit_checkpoints").Where("seq = ?", head.Seq).Count(&known).Error; err != nil || known > 0 {
		return wrap(err, "read the last checkpoint")
	}
	c := audit.Checkpoint{Seq: head.Seq, At: s.wallNow(), SealMAC: head.MAC}.Sign(s.keys)
	line, err := c.Line()
	if err != nil {
		return fmt.Errorf("write a checkpoint: %w", err)
	}
	if err := appendLine(path, line); err != nil {
		return fmt.Errorf("write a checkpoint: %w", err)
	}
	return wrap(s.write.WithContext(ctx).Exec(`insert into audit_checkpoints (seq, agency_id, at, seal_mac, key_id, mac)
		values (?, 'main', ?, ?, ?, ?) on conflict do nothing`, c.Seq, c.At, c.SealMAC, c.KeyID, c.MAC).Error, "store a checkpoint")
}

func appendLine(path string, line []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
