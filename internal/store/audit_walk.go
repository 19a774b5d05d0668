package store

import "gorm.io/gorm"

// knot is one entry in a chain: its number there, its code and its predecessor's, and whether the code is its own.
type knot struct {
	seq, number int64
	prev, mac   string
	own         bool
}

// walk follows one chain by its numbers and judges where it breaks. Only a break asks the database.
type walk struct {
	v                     *verification
	agency, stream        string
	prevColumn, macColumn string
	expected              string // code of the entry before
	number                int64
}

func (w *walk) step(k knot) error {
	kind, err := w.judge(k)
	if err != nil {
		return err
	}
	if kind != "" {
		w.blame(kind, k)
	}
	w.number = k.number
	if kind != FaultInserted {
		w.expected = k.mac
	}
	return nil
}

// judge: an entry whose code is not its own was edited when its place in the chain is real, that is when another
// points to it, and slipped in when nothing does. A whole entry that does not follow its predecessor was moved when the
// one it names is still there, copied when it stands twice, and otherwise what stood between was removed.
func (w *walk) judge(k knot) (string, error) {
	switch {
	case !k.own:
		pointed, err := w.exists(w.prevColumn, k.mac, 1)
		if err == nil && !pointed {
			pointed, err = w.isHead(k.mac)
		}
		if err != nil || pointed {
			return FaultEdited, err
		}
		return FaultInserted, nil
	case k.prev == w.expected:
		if k.number != w.number+1 {
			return FaultReordered, nil
		}
		return "", nil
	}
	if copied, err := w.exists(w.macColumn, k.mac, 2); err != nil || copied {
		return FaultInserted, err
	}
	present, err := w.exists(w.macColumn, k.prev, 1)
	if present || k.prev == "" {
		return FaultReordered, err
	}
	return FaultRemoved, err
}

// end compares the last entry with the chain's head. A nil walk has nothing to end.
func (w *walk) end() error {
	if w == nil {
		return nil
	}
	if w.expected == "" && w.stream == sealStream {
		var head []headRow
		if err := w.v.tx.Where("stream = ? and seq > 0", sealStream).Find(&head).Error; err != nil || len(head) == 0 {
			return err
		}
	}
	head, err := w.isHead(w.expected)
	if err != nil || head {
		return err
	}
	w.blame(FaultCutTail, knot{number: w.number + 1})
	return nil
}

func (w *walk) blame(kind string, k knot) {
	f := AuditFault{Kind: kind, Seq: k.seq, Stream: w.stream, StreamSeq: k.number}
	if w.stream == sealStream {
		f.Seq, f.Stream, f.StreamSeq = k.number, "", 0
	}
	w.v.report.Faults = append(w.v.report.Faults, f)
}

// exists tells whether at least so many entries of the chain hold a code in a column.
func (w *walk) exists(column, mac string, least int64) (bool, error) {
	var n int64
	err := w.scope().Where(column+" = ?", mac).Count(&n).Error
	return n >= least, err
}

func (w *walk) scope() *gorm.DB {
	db := w.v.tx.Model(&auditRow{})
	if w.stream == sealStream {
		return db.Where("seq is not null")
	}
	return db.Where("agency_id = ? and stream = ?", w.agency, w.stream)
}

func (w *walk) isHead(mac string) (bool, error) {
	var n int64
	err := w.v.tx.Model(&headRow{}).Where("agency_id = ? and stream = ? and mac = ?", w.agency, w.stream, mac).Count(&n).Error
	return n > 0, err
}
