package store

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"loket/models"
)

// TestSearchByWords finds a word in a subject by the index of words, and what many hold without it.
func TestSearchByWords(t *testing.T) {
	b := open(t, postgresCluster.Clone(t, "ministry", prepare))
	o := b.office(t)
	fill(t, b, o)
	require.NoError(t, b.write.Exec("vacuum analyze memos, memo_rows").Error, "as the server does by itself: what is new waits beside the index")
	find := func(text string) []string {
		p, err := b.Cases(b.ctx(), o.auditor, CaseQuery{Text: text, PageQuery: models.PageQuery{Limit: 5}})
		require.NoError(t, err)
		ids := []string{}
		for _, c := range p.Items {
			ids = append(ids, c.ID)
		}
		return ids
	}
	heard := &overheard{Interface: logger.Discard}
	quiet := b.read
	b.read = quiet.Session(&gorm.Session{Logger: heard})
	require.Equal(t, []string{"filled-012345"}, find("HAL 12345"))
	b.read = quiet
	var plan []string
	require.NoError(t, b.read.Raw("explain "+heard.statements[0]).Scan(&plan).Error)
	require.Contains(t, strings.Join(plan, "\n"), "memos_by_words")
	require.Contains(t, strings.Join(plan, "\n"), "memo_rows_by_words")
	require.Len(t, find("perihal"), 5, "in more than are looked up")
	require.Empty(t, find("tidak ada"))
}

// TestSearchFindsEveryMemoOfAName has more rows hold a name than are looked up, in few memos.
func TestSearchFindsEveryMemoOfAName(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		var want []string
		for range 10 {
			id := b.memo(o.head, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
			b.tamper(`insert into memo_rows (case_id, no, agency_id, nip, nik, name, unit_code, position, contract_start, contract_end, external_email, state)
				with recursive n (no) as (select 2 union all select no + 1 from n where no < 201)
				select @id, no, 'main', '', '', 'Siti ' || no, 'KEM.1.2', 'x', '', '', '', 'pending' from n`, map[string]any{"id": id})
			want = append(want, id)
		}
		find := func(text string) []string {
			p, err := b.Cases(b.ctx(), o.head, CaseQuery{Text: text, PageQuery: models.PageQuery{Limit: 50}})
			require.NoError(t, err)
			ids := []string{}
			for _, c := range p.Items {
				ids = append(ids, c.ID)
			}
			return ids
		}
		require.ElementsMatch(t, want, find("siti"))
		require.Empty(t, find("sitti"))
		t.Run("a name in more rows than are read", func(t *testing.T) {
			b.tamper(`insert into memo_rows (case_id, no, agency_id, nip, nik, name, unit_code, position, contract_start, contract_end, external_email, state)
				with recursive n (no) as (select 1000 union all select no + 1 from n where no < 1000 + @most)
				select @id, no, 'main', '', '', 'Siti ' || no, 'KEM.1.2', 'x', '', '', '', 'pending' from n`, map[string]any{"id": want[4], "most": namesMost})
			require.ElementsMatch(t, want, find("siti"))
		})
	})
}

// TestSearchWithoutTrigrams migrates a database whose owner may not make the extension: it serves all the same.
func TestSearchWithoutTrigrams(t *testing.T) {
	address := postgresCluster.NewDatabase(t)
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	_, err = conn.Exec(t.Context(), `do $$ begin create role loket_plain login; exception when duplicate_object then null; end $$;
		alter role loket_plain password 'only-of-this-test';
		grant all on schema public to loket_plain`)
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	u.User = url.UserPassword("loket_plain", "only-of-this-test")
	require.NoError(t, prepare(t.Context(), u.String()))
	s, err := openAt(t.Context(), u.String(), time.Now)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	var indexes int
	require.NoError(t, conn.QueryRow(t.Context(), "select count(*) from pg_indexes where indexname like '%by_words'").Scan(&indexes))
	require.Zero(t, indexes)
	found, err := s.Employees(t.Context(), models.DefaultAgency, EmployeeQuery{Text: "wijaya"})
	require.NoError(t, err)
	require.NotEmpty(t, found.Items)
	_, err = s.Cases(t.Context(), models.Actor{Agency: models.DefaultAgency, AccountID: "x"}, CaseQuery{Text: "wijaya"})
	require.NoError(t, err)
}
