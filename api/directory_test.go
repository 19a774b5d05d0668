package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func (f *counter) DirectoryState(context.Context, models.Actor) (models.DirectoryState, error) {
	since := time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC)
	return models.DirectoryState{Kind: models.DirectoryLDAP, Waiting: 37, Since: &since, Trouble: "the directory cannot be reached", Failed: 1}, f.err
}

func (f *counter) DirectoryFailures(context.Context, models.Actor, models.PageQuery) (models.Page[models.DirectoryFailure], error) {
	return models.Page[models.DirectoryFailure]{Items: []models.DirectoryFailure{{AccountID: memoID1, Username: "sari.melati", Name: "Sari Melati",
		State: models.DirectoryFailed, Reason: "Constraint Violation", Since: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC), Attempts: 1}}, Total: -1}, f.err
}

func (f *counter) RetryDirectory(_ context.Context, _ models.Actor, account string) error {
	f.asked = "again " + account
	return f.err
}

func (f *counter) LeaveOutOfDirectory(_ context.Context, _ models.Actor, account string) error {
	f.asked = "without " + account
	return f.err
}

func TestDirectory(t *testing.T) {
	b := setup(t)
	support := b.tokens["lkt_all"]
	support.Actor.Grants = []models.Grant{{Role: models.RoleSupport1, Unit: "KEM", UnitPath: "/KEM/"}}
	b.tokens["lkt_all"] = support
	t.Run("it says how it stands", func(t *testing.T) {
		var got models.DirectoryState
		b.client.Call(t, http.MethodGet, "/api/v1/directory", nil).Into(t, http.StatusOK, &got)
		require.Equal(t, 37, got.Waiting)
		require.Equal(t, models.DirectoryLDAP, got.Kind)
	})
	t.Run("what it refused is listed", func(t *testing.T) {
		var got struct{ Items []models.DirectoryFailure }
		b.client.Call(t, http.MethodGet, "/api/v1/directory/failures", nil).Into(t, http.StatusOK, &got)
		require.Equal(t, "Constraint Violation", got.Items[0].Reason)
	})
	for path, asked := range map[string]string{"retry": "again ", memoID1 + "/retry": "again " + memoID1, memoID1 + "/leave-out": "without " + memoID1} {
		t.Run(path, func(t *testing.T) {
			b.client.Call(t, http.MethodPost, "/api/v1/directory/failures/"+path, nil).Is(t, http.StatusNoContent)
			require.Equal(t, asked, b.asked)
		})
	}
	t.Run("what has not failed is not there", func(t *testing.T) {
		b.err = models.ErrNotFound
		b.client.Call(t, http.MethodPost, "/api/v1/directory/failures/"+memoID1+"/retry", nil).Refused(t, http.StatusNotFound, "not_found")
	})
	t.Run("it is the service desk's alone", func(t *testing.T) {
		other := *b
		other.client.Token = "lkt_read"
		other.client.Call(t, http.MethodGet, "/api/v1/directory", nil).Refused(t, http.StatusForbidden, "forbidden")
	})
}
