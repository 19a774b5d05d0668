package desk

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/store"
	"loket/models"
)

// TestFeedTells: a person hears of what concerns them, and whoever watches a case of that case.
func TestFeedTells(t *testing.T) {
	officer := models.Actor{AccountID: "officer", Grants: []models.Grant{{Role: models.RoleOfficer, Unit: "KEM.3"}}}
	deputy := models.Actor{AccountID: "deputy", Grants: []models.Grant{{Role: models.RoleActingHead, Unit: "KEM.1", OnBehalfOf: "head"}}}
	sender := models.Actor{AccountID: "sender"}
	for name, c := range map[string]struct {
		concern store.Concern
		heard   []string
	}{
		"what nobody is asked concerns those it belongs to":  {store.Concern{Accounts: []string{"sender"}}, []string{"sender"}},
		"what a queue is asked concerns whoever serves it":   {store.Concern{Rules: []models.Candidate{{Role: models.RoleOfficer}}}, []string{"officer"}},
		"what a head is asked concerns whoever acts for him": {store.Concern{Rules: []models.Candidate{{Role: models.RoleHead, Unit: "KEM.1"}}}, []string{"deputy"}},
		"what is none of theirs they do not hear of":         {store.Concern{Rules: []models.Candidate{{Role: models.RoleHead, Unit: "KEM.2"}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFeed(nil, time.Now, slog.Default())
			streams := map[string]<-chan models.Ping{}
			for _, a := range []models.Actor{officer, deputy, sender} {
				streams[a.AccountID] = f.watch(t.Context(), a, "")
			}
			watching := f.watch(t.Context(), models.Actor{AccountID: "reader"}, "memo-1")
			elsewhere := f.watch(t.Context(), sender, "memo-2")
			f.tell(models.Ping{CaseID: "memo-1", Seq: 2}, c.concern)
			var heard []string
			for who, pings := range streams {
				if len(pings) > 0 {
					heard = append(heard, who)
				}
			}
			require.ElementsMatch(t, c.heard, heard)
			require.Len(t, watching, 1)
			require.Empty(t, elsewhere)
		})
	}
}

// TestFeedFails: whoever runs it is told once that nothing is heard, and once that it is heard again.
func TestFeedFails(t *testing.T) {
	d := lonely(t)
	var log strings.Builder
	l := listener{feed: newFeed(d.store, time.Now, slog.New(slog.NewTextHandler(&log, nil))), told: map[seen]time.Time{}}
	for range 2 {
		l.hear(t.Context(), errors.New("the database is away"))
		l.hear(t.Context(), errors.New("the database is away"))
		l.hear(t.Context(), l.look(t.Context()))
		l.hear(t.Context(), l.look(t.Context()))
	}
	require.Equal(t, 2, strings.Count(log.String(), "level=WARN"))
	require.Equal(t, 2, strings.Count(log.String(), "level=INFO"))
}
