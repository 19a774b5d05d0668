package e2e_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/models"
)

// staffNIP works in KEM.1.2, whose head is the sender of other scenarios.
const staffNIP = "198111062009051393"

// TestAccessThroughTheAPI takes a request for an application from an employee to whoever answers for it, on both databases,
// with a wrong step at each turn; takes the access away again, and lets a head ask who has nobody but the parent's above.
func TestAccessThroughTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		staff, head, parent, owner, admin := o.hire(c, staffNIP), o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP), o.hire(c, adminNIP)
		registersArchive(t, admin, owner)
		id := asksForArchive(t, staff)
		headApproves(t, id, staff, head, parent, owner)
		ownerApproves(t, id, staff, head, owner)
		takenAway(t, staff, owner, admin, parent)
		headsOwn(t, head, parent)
		o.letters("made.suharto5@mail.example", 5) // sent, asked, approved, granted, taken away
		require.Less(t, o.stop().Seconds(), 30.0)
		o.command("check", "all")
	})
}

func registersArchive(t *testing.T, admin, owner person) {
	t.Helper()
	app := map[string]any{"id": "arsip", "name": "Arsip Dokumen", "about": "Surat dan dokumen.", "provider": "Kementerian Contoh", "kind": "public", "icon": "archive",
		"access": "request", "launch": "https://arsip.kem.example/", "redirect_uris": []string{"https://arsip.kem.example/callback"}, "enabled": true}
	admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
	require.Contains(t, admin.Call(t, http.MethodPost, "/api/v1/applications", app).Refused(t, http.StatusUnprocessableEntity, "invalid"), "owner")
	app["owner"] = owner.username
	admin.Call(t, http.MethodPost, "/api/v1/applications", app).Is(t, http.StatusCreated)
}

// entry is what the catalogue says of the archive.
func (p person) entry(t *testing.T) models.CatalogEntry {
	t.Helper()
	var list struct{ Items []models.CatalogEntry }
	p.Call(t, http.MethodGet, "/api/v1/me/applications/catalogue?q=arsip", nil).Into(t, http.StatusOK, &list)
	require.Len(t, list.Items, 1)
	return list.Items[0]
}

func asksForArchive(t *testing.T, staff person) string {
	t.Helper()
	const path = "/api/v1/access-requests"
	require.Equal(t, models.AccessAskable, staff.entry(t).State)
	require.Contains(t, staff.Call(t, http.MethodPost, path, map[string]any{"application": "arsip", "reason": " "}).Refused(t, http.StatusUnprocessableEntity, "invalid"), "reason")
	require.Contains(t, staff.Call(t, http.MethodPost, path, map[string]any{"application": "arsip", "reason": "arsip unit", "ends": "2020-01-31"}).Refused(t, http.StatusUnprocessableEntity, "invalid"), "ends")
	staff.Call(t, http.MethodPost, path, map[string]any{"application": "gaji", "reason": "gaji"}).Refused(t, http.StatusNotFound, "not_found")

	ask := map[string]any{"application": "arsip", "reason": "Menata arsip unit.", "ends": "2099-12-31"}
	var asked, again models.AccessCaseView
	staff.Call(t, http.MethodPost, path, ask, "Idempotency-Key", "archive").Into(t, http.StatusCreated, &asked)
	staff.Call(t, http.MethodPost, path, ask, "Idempotency-Key", "archive").Into(t, http.StatusCreated, &again)
	require.Equal(t, asked.ID, again.ID, "the same key converges on the same request")
	require.Equal(t, models.StatusApproval, asked.Status)
	require.Equal(t, "KEM.1.2", asked.Unit)
	require.Equal(t, []models.Action{models.ActionNudge, models.ActionWithdraw}, asked.Actions)
	var refused struct{ Params map[string]string }
	second := staff.Call(t, http.MethodPost, path, ask)
	second.Refused(t, http.StatusConflict, "access_asked")
	require.NoError(t, second.Decode(&refused))
	require.Equal(t, asked.ID, refused.Params["case"], "it names the open one")
	require.Equal(t, asked.ID, staff.entry(t).CaseID)
	return asked.ID
}

func headApproves(t *testing.T, id string, staff, head, parent, owner person) {
	t.Helper()
	path := "/api/v1/access-requests/" + id
	yes := map[string]any{"approve": true}
	staff.Call(t, http.MethodPost, path+"/decision", yes).Refused(t, http.StatusForbidden, "not_yours")
	parent.Call(t, http.MethodPost, path+"/decision", yes).Refused(t, http.StatusForbidden, "not_yours")
	owner.Call(t, http.MethodPost, path+"/decision", yes).Refused(t, http.StatusForbidden, "not_yours")
	head.Call(t, http.MethodGet, "/api/v1/memos/"+id, nil).Refused(t, http.StatusNotFound, "not_found")
	head.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/decision", yes).Refused(t, http.StatusNotFound, "not_found")
	require.Contains(t, head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": false}).Refused(t, http.StatusUnprocessableEntity, "invalid"), "reason")

	var inbox struct {
		Items []models.WorkItemView
	}
	head.Call(t, http.MethodGet, "/api/v1/inbox", nil).Into(t, http.StatusOK, &inbox)
	require.Len(t, inbox.Items, 1)
	require.Equal(t, models.KindAccess, inbox.Items[0].Kind)
	require.Equal(t, "Arsip Dokumen", inbox.Items[0].Subject)
	require.Equal(t, 900, inbox.Items[0].Remaining, "two working days, and no minute of work has passed on a weekend or so")

	head.Call(t, http.MethodPost, path+"/question", map[string]any{"text": "Membaca atau menulis?"}).Is(t, http.StatusOK)
	head.Call(t, http.MethodPost, path+"/answer", map[string]any{"text": "Saya?"}).Refused(t, http.StatusForbidden, "not_yours")
	staff.Call(t, http.MethodPost, path+"/nudge", nil).Refused(t, http.StatusConflict, "not_now")
	staff.Call(t, http.MethodPost, path+"/answer", map[string]any{"text": "Membaca."}).Is(t, http.StatusOK)
	staff.Call(t, http.MethodPost, path+"/nudge", nil).Is(t, http.StatusOK)
	staff.Call(t, http.MethodPost, path+"/nudge", nil).Refused(t, http.StatusConflict, "too_soon")

	var m models.AccessCaseView
	head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true, "seq": 2}).Refused(t, http.StatusPreconditionFailed, "stale")
	head.Call(t, http.MethodPost, path+"/decision", yes, "Idempotency-Key", "yes").Into(t, http.StatusOK, &m)
	require.Equal(t, models.StatusOwner, m.Status)
	head.Call(t, http.MethodPost, path+"/decision", yes, "Idempotency-Key", "yes").Into(t, http.StatusOK, &m)
	head.Call(t, http.MethodPost, path+"/decision", yes).Refused(t, http.StatusForbidden, "not_yours")
}

// ownerApproves has a hundred approvals at once come to one grant.
func ownerApproves(t *testing.T, id string, staff, head, owner person) {
	t.Helper()
	path := "/api/v1/access-requests/" + id
	var mine struct{ Items []models.CaseSummary }
	owner.Call(t, http.MethodGet, "/api/v1/access-requests", nil).Into(t, http.StatusOK, &mine)
	require.Len(t, mine.Items, 1)
	var seen models.AccessCaseView
	owner.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &seen)
	require.Equal(t, models.RoleOwner, seen.Steps[0].Role)
	require.Len(t, seen.Steps[0].Names, 1)

	codes := make([]int, 100)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			a, err := owner.Try(http.MethodPost, path+"/decision", map[string]any{"approve": true})
			if err == nil {
				codes[i] = a.Status
			}
		})
	}
	all.Wait()
	won := 0
	for _, code := range codes {
		if code == http.StatusOK {
			won++
			continue
		}
		require.Contains(t, []int{http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable}, code)
	}
	require.LessOrEqual(t, won, 1)
	require.Eventually(t, func() bool { return owner.entry(t).Users != nil && *owner.entry(t).Users == 1 }, time.Minute, 2*time.Second, "one grant, which the owner counts")
	require.Equal(t, models.AccessOpen, staff.entry(t).State)
	require.Equal(t, "2099-12-31", staff.entry(t).Ends)
	require.Nil(t, head.entry(t).Users, "how many have it is for admins and the owner")
	owner.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Refused(t, http.StatusConflict, "already_decided")
	staff.Call(t, http.MethodPost, path+"/withdrawal", map[string]any{}).Refused(t, http.StatusConflict, "not_now")
	staff.Call(t, http.MethodPost, "/api/v1/access-requests", map[string]any{"application": "arsip", "reason": "lagi"}).Refused(t, http.StatusConflict, "access_held")
}

// takenAway has the owner take the access away, which is nobody else's to do.
func takenAway(t *testing.T, staff, owner, admin, stranger person) {
	t.Helper()
	const list = "/api/v1/applications/arsip/users"
	var users struct{ Items []models.AccessHolder }
	stranger.Call(t, http.MethodGet, list, nil).Refused(t, http.StatusNotFound, "not_found")
	admin.Call(t, http.MethodGet, list, nil).Is(t, http.StatusOK)
	owner.Call(t, http.MethodGet, list, nil).Into(t, http.StatusOK, &users)
	require.Len(t, users.Items, 1)
	require.Equal(t, models.KindAccess, users.Items[0].Kind)
	revoke := list + "/" + users.Items[0].AccountID + "/revocation"
	stranger.Call(t, http.MethodPost, revoke, map[string]any{"reason": "iseng"}).Refused(t, http.StatusNotFound, "not_found")
	require.Contains(t, owner.Call(t, http.MethodPost, revoke, map[string]any{"reason": ""}).Refused(t, http.StatusUnprocessableEntity, "invalid"), "reason")
	owner.Call(t, http.MethodPost, revoke, map[string]any{"reason": "Tugas selesai."}).Is(t, http.StatusNoContent)
	owner.Call(t, http.MethodPost, revoke, map[string]any{"reason": "Tugas selesai."}).Refused(t, http.StatusNotFound, "not_found")
	require.Equal(t, models.AccessAskable, staff.entry(t).State)
}

// headsOwn has the head of the requester's unit ask: the parent's head decides.
func headsOwn(t *testing.T, head, parent person) {
	t.Helper()
	var asked models.AccessCaseView
	head.Call(t, http.MethodPost, "/api/v1/access-requests", map[string]any{"application": "arsip", "reason": "Memeriksa arsip."}).Into(t, http.StatusCreated, &asked)
	path := "/api/v1/access-requests/" + asked.ID
	require.Equal(t, "KEM.1", asked.Steps[0].Unit)
	head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Refused(t, http.StatusForbidden, "not_yours")
	parent.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": false, "reason": "Belum perlu."}).Is(t, http.StatusOK)
	var over models.AccessCaseView
	head.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &over)
	require.Equal(t, models.StatusRefused, over.Status)
	require.Equal(t, []models.Action{models.ActionCopy}, over.Actions)
	head.Call(t, http.MethodPost, "/api/v1/access-requests", map[string]any{"application": "arsip", "reason": "Sekarang perlu."}).Into(t, http.StatusCreated, &asked)
	head.Call(t, http.MethodPost, "/api/v1/access-requests/"+asked.ID+"/withdrawal", map[string]any{"reason": "Tidak jadi."}).Is(t, http.StatusOK)
}
