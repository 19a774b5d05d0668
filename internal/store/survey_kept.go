package store

import "context"

// EachLetter shows every letter with the digest under which it was issued.
func (s *Store) EachLetter(ctx context.Context, look func(id, caseID, sum string, body []byte)) error {
	const few = 20 // a letter may have a megabyte
	for after := ""; ; {
		var rows []letterRow
		if err := s.reader(ctx).Where("id > ?", after).Order("id").Limit(few).Find(&rows).Error; err != nil {
			return wrap(err, "read the letters")
		}
		for _, r := range rows {
			look(r.ID, r.CaseID, r.SHA256, r.Body)
			after = r.ID
		}
		if len(rows) < few {
			return nil
		}
	}
}

// EachLinkedSum shows the digest of every content that a case refers to, each once, until look fails.
func (s *Store) EachLinkedSum(ctx context.Context, look func(sum string) error) error {
	const many = 1000
	for after := ""; ; {
		var sums []string
		err := s.reader(ctx).Raw(`select sha256 from files where state = 'linked' and sha256 > @after
			union select sha256 from registration_papers where sha256 > @after order by sha256 limit @many`, map[string]any{"after": after, "many": many}).Scan(&sums).Error
		if err != nil {
			return wrap(err, "read which files there are")
		}
		for _, sum := range sums {
			if err := look(sum); err != nil {
				return err
			}
			after = sum
		}
		if len(sums) < many {
			return nil
		}
	}
}
