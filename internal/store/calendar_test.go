package store

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// aCalendar works on Mondays, and has a name by which versions are told apart.
func aCalendar(id, name string) models.Calendar {
	return models.Calendar{ID: id, Name: name, UTCOffset: 420, Week: models.Week{Mon: []models.Segment{{450, 720}}}}
}

func TestCalendarVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		imports := func(c models.Calendar) (int, bool) {
			stands, fresh, err := b.ImportCalendar(b.ctx(), models.Actor{Origin: models.Origin{Channel: "cli"}}, c)
			require.NoError(t, err)
			return stands.Version, fresh
		}
		is := func(version int, fresh bool) func(int, bool) {
			return func(v int, f bool) { require.Equal(t, version, v); require.Equal(t, fresh, f) }
		}
		is(1, true)(imports(aCalendar("id-2027", "pertama")))
		is(1, false)(imports(aCalendar("id-2027", "pertama")))
		again := aCalendar("id-2027", "pertama")
		again.Version = 7
		is(1, false)(imports(again))
		again.Name = "kedua"
		is(2, true)(imports(again))
		is(3, true)(imports(aCalendar("id-2027", "pertama")))
		is(1, true)(imports(aCalendar("id-wit", "timur")))

		t.Run("the newest is what is read, the others stay as they were", func(t *testing.T) {
			newest, err := b.Calendar(b.ctx(), "id-2027")
			require.NoError(t, err)
			require.Equal(t, "id-2027@3", newest.Ref())
			for version, name := range map[int]string{1: "pertama", 2: "kedua", 3: "pertama"} {
				c, err := b.CalendarVersion(b.ctx(), "id-2027", version)
				require.NoError(t, err)
				require.Equal(t, name, c.Name)
				require.Equal(t, version, c.Version)
			}
			_, err = b.CalendarVersion(b.ctx(), "id-2027", 4)
			require.ErrorIs(t, err, models.ErrNotFound)
		})
		t.Run("each is audited once", func(t *testing.T) {
			require.Equal(t, 4, b.count("select count(*) from audit_entries where action = 'calendar_imported'"))
			require.Equal(t, 1, b.count("select count(*) from audit_entries where object = 'calendar:id-2027' and was like '%2%' and became like '%3%'"))
		})
		t.Run("what an office has brought is not seeded over", func(t *testing.T) {
			c := aCalendar("id-2027", "bawaan")
			c.Version = 9
			require.NoError(t, b.SeedCalendar(b.ctx(), c))
			newest, err := b.Calendar(b.ctx(), "id-2027")
			require.NoError(t, err)
			require.Equal(t, "id-2027@3", newest.Ref())
		})
		t.Run("two at once make two versions", func(t *testing.T) {
			errs := atOnce(2, func(i int) error {
				_, fresh, err := b.ImportCalendar(b.ctx(), models.Actor{}, aCalendar("id-2027", []string{"ini", "itu"}[i]))
				if err == nil && !fresh {
					return errors.New("not new")
				}
				return err
			})
			require.NoError(t, errors.Join(errs...))
			require.Equal(t, 5, b.count("select count(*) from calendars where id = 'id-2027'"))
		})
	})
}

func TestMiscounted(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		edits := func(id, name string) string {
			c, _, err := b.ImportCalendar(b.ctx(), models.Actor{}, aCalendar(id, name))
			require.NoError(t, err)
			return c.Ref()
		}
		var by string
		miscounted := func() []string {
			ids, now, err := b.Miscounted(b.ctx())
			require.NoError(t, err)
			by = now
			return ids
		}
		require.Empty(t, miscounted())
		sender := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
		sent := b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})
		sent.Calendar = edits("a-wib", "pertama")
		last := b.record(sent).Change
		require.Empty(t, miscounted(), "it goes by the calendar of its unit")

		before := by
		next := edits("a-wib", "kedua")
		require.Equal(t, []string{id}, miscounted(), "a version has followed")
		require.NotEqual(t, before, by)
		b.tamper("update work_items set assignee = ?, claimed_at = opened where case_id = ?", sender.AccountID, id)
		was := b.items(id)
		due := sent.After.Due.Add(24 * time.Hour)
		moved := b.follow(last, models.EventCalendar, models.StatusApproval)
		moved.Calendar, moved.After.Due = next, &due
		last = b.record(moved).Change
		require.Empty(t, miscounted())
		is := b.items(id)
		require.True(t, due.Equal(is[0].Due))
		is[0].Due = was[0].Due
		require.Equal(t, was, is, "whoever has claimed the item keeps it, since when it was opened")
		view, err := b.Case(b.ctx(), models.DefaultAgency, id)
		require.NoError(t, err)
		require.True(t, due.Equal(*view.Due))
		minute := func(t time.Time) string { return "%" + t.UTC().Format("2006-01-02T15:04") + "%" }
		require.Equal(t, 1, b.count(`select count(*) from audit_entries where stream = ? and action = 'calendar_changed' and was like ? and was like '%a-wib@1%'
			and became like ? and became like '%a-wib@2%'`, caseStream(id), minute(*sent.After.Due), minute(due)))

		east := edits("z-wit", "timur")
		require.Empty(t, miscounted())
		b.tamper("update units set calendar_id = 'z-wit' where code = 'KEM.1'")
		require.Equal(t, []string{id}, miscounted(), "the unit above was given another calendar")

		asked := b.follow(last, models.EventAsked, models.StatusApproval)
		at := b.caseNow()
		asked.After.Asked, asked.After.Due = &at, nil
		last = b.record(asked).Change
		require.Equal(t, []string{id}, miscounted(), "what is left is reckoned too")
		moved = b.follow(last, models.EventCalendar, models.StatusApproval)
		moved.EventID, moved.Calendar = "again", east
		last = b.record(moved).Change
		require.Empty(t, miscounted())
		require.True(t, due.Equal(b.items(id)[0].Due), "its clock stands")

		returned := b.follow(last, models.EventReturned, models.StatusReturned)
		returned.After.Asked = nil
		b.record(returned)
		edits("z-wit", "timur lagi")
		require.Empty(t, miscounted(), "no business time runs")
	})
}

// TestCalendarsOfEarlierCases: open cases of before go by the first version of the calendar that their unit works by.
func TestCalendarsOfEarlierCases(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		for _, name := range []string{"pertama", "kedua"} {
			for _, id := range []string{"a-wib", "z-wit"} {
				_, _, err := b.ImportCalendar(b.ctx(), models.Actor{}, aCalendar(id, name))
				require.NoError(t, err)
			}
		}
		b.tamper("update units set calendar_id = 'z-wit' where code = 'KEM.1'")
		sender, rows := b.holder(models.RoleHead, "KEM.1.2"), recap(t, "recap-clean.csv")
		waits, returned, written := b.memo(sender, "KEM.1.2", rows[:1]), b.memo(sender, "KEM.1.2", rows[1:2]), b.memo(sender, "KEM.1.2", rows[2:3])
		elsewhere := b.memo(sender, "KEM.1.2", rows[3:4])
		for _, id := range []string{waits, returned, elsewhere} {
			sent := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
			if id == returned {
				b.record(b.follow(sent, models.EventReturned, models.StatusReturned))
			}
		}
		b.tamper("update cases set unit_code = 'KEM.2', unit_path = (select path from units where code = 'KEM.2') where id = ?", elsewhere)
		p, err := b.migrator()
		require.NoError(t, err)
		_, err = p.DownTo(t.Context(), 23)
		require.NoError(t, err)
		require.NoError(t, b.Migrate(t.Context()))
		for id, want := range map[string]string{waits: "z-wit@1", elsewhere: "a-wib@1", returned: "", written: ""} {
			var row caseRow
			require.NoError(t, b.read.Where("id = ?", id).Take(&row).Error)
			require.Equal(t, want, row.Calendar)
		}
		ids, _, err := b.Miscounted(b.ctx())
		require.NoError(t, err)
		require.ElementsMatch(t, []string{waits, elsewhere}, ids)
	})
}

// items are the open work items of a case.
func (b *bundle) items(caseID string) []itemRow {
	b.t.Helper()
	var rows []itemRow
	require.NoError(b.t, b.read.Where("case_id = ? and state = 'open'", caseID).Find(&rows).Error)
	return rows
}
