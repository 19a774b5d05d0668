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
	require.NoError(t, b.write.Exec("vacuum analyze memos").Error, "as the server does by itself: what is new waits beside the index")
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
	require.Len(t, find("perihal"), 5, "in more than are looked up")
	require.Empty(t, find("tidak ada"))
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
