package e2e_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/store"
	"loket/models"
)

// Who is asked about memos of KEM.1.2.1 beside those whom other tests ask.
const (
	subHeadNIP      = "198612302009061827" // head of KEM.1.2.1
	leadNIP         = "199707082024032053" // leads the verification officers
	officersHeadNIP = "198307272008121466" // head of KEM.5.1, whose the officers are
)

// hastens has the process live so many times as fast from its next start on.
func (o *office) hastens(speed int) *office {
	o.t.Helper()
	content, err := json.Marshal(models.Clock{Epoch: time.Now().UTC().Truncate(time.Microsecond), Speed: speed})
	require.NoError(o.t, err)
	o.alters("update settings set content = ? where name = 'clock'", string(content))
	return o
}

// address is where somebody of the registry reads their mail.
func address(t *testing.T, nip string) string { return registered(t, nip)["external_email"] }

// staffOf are people at work in a unit, as rows of a recap list.
func staffOf(t *testing.T, unit string, n int) []map[string]string {
	t.Helper()
	var rows []map[string]string
	for _, e := range recap(t, "employees.csv") {
		if e["unit_code"] == unit && e["nip"] != "" && e["status"] == "active" && e["position"] == "Staf" && e["external_email"] != "" && len(rows) < n {
			rows = append(rows, map[string]string{"nip": e["nip"], "name": e["name"], "unit_code": unit, "position": e["position"], "external_email": e["external_email"]})
		}
	}
	require.Len(t, rows, n)
	return rows
}

// lateReminder is what a busy machine leaves out: one that would come too late to help.
const lateReminder = "reminded"

// types lists what happened to a memo, in its order, without some of it.
func (m memo) types(without ...string) []string {
	var types []string
	for _, e := range m.Timeline {
		if !slices.Contains(without, e.Type) {
			types = append(types, e.Type)
		}
	}
	return types
}

// TestDeadlines runs a process in which a day lasts three seconds, and leaves memos lying: with the heads, with the officers,
// and with those who got links.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "").enrols(subHeadNIP, senderNIP, headNIP, ministerNIP, officerNIP, leadNIP, officersHeadNIP)
	acting := store.NewAccount{Username: "uji.plt", Name: "Pelaksana Tugas", Email: "plt@kem.example", Grants: []models.RoleGrant{{Role: models.RoleActingHead, Unit: "KEM.1.2", Reason: "uji"}}}
	o.opens(acting).start()
	c := apitest.NewClient(t, o.base)
	rows := staffOf(t, "KEM.1.2.1", 3)
	d := &deadlines{o: o, c: c, sender: o.known(c, subHeadNIP), acting: o.signIn(c, acting.Username, password)}
	for _, nip := range []string{senderNIP, headNIP, ministerNIP} {
		d.heads = append(d.heads, o.known(c, nip))
	}
	d.officers = []person{o.known(c, officerNIP), o.known(c, leadNIP), o.known(c, officersHeadNIP)}
	for i, subject := range []string{"Tidak diputuskan", "Tidak diperiksa", "Tidak dibuka"} {
		d.ids = append(d.ids, writtenFor(t, d.sender, subject, rows[i:i+1]))
	}
	o.stop()
	o.hastens(30_000).start()
	for _, id := range d.ids {
		d.sender.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/send", nil).Is(t, http.StatusOK)
	}
	for _, id := range d.ids[1:] {
		d.approves(t, id)
	}
	d.verifies(t, d.ids[2])
	t.Run("links lapse after three days and are sent again", func(t *testing.T) { d.lapses(t, d.ids[2], rows[2]) })
	t.Run("nobody decides: head, acting head and every parent up to the root are asked, then it expires", func(t *testing.T) { d.climbs(t, d.ids[0]) })
	t.Run("nobody verifies: officers, their lead and the head of their unit are asked, then it expires", func(t *testing.T) { d.waitsForOfficers(t, d.ids[1]) })
	o.stop()
	o.command("check", "--strict")
}

// deadlines are memos of one unit, and whom they are put before.
type deadlines struct {
	o               *office
	c               apitest.Client
	sender, acting  person
	heads, officers []person
	ids             []string
}

// writtenFor keeps a draft of KEM.1.2.1.
func writtenFor(t *testing.T, sender person, subject string, rows []map[string]string) string {
	t.Helper()
	body := draft(rows)
	body["unit"], body["subject"] = "KEM.1.2.1", subject
	var m memo
	sender.Call(t, http.MethodPost, "/api/v1/memos", body).Into(t, http.StatusCreated, &m)
	sender.attaches(t, m.ID)
	return m.ID
}

// approves has whoever is asked at the moment approve.
func (d *deadlines) approves(t *testing.T, id string) {
	t.Helper()
	d.byAny(t, append(slices.Clone(d.heads), d.acting), "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true})
}

// verifies has whoever is asked at the moment accept everybody.
func (d *deadlines) verifies(t *testing.T, id string) {
	t.Helper()
	d.byAny(t, d.officers, "/api/v1/memos/"+id+"/verification", map[string]any{"all": "accepted"})
}

func (d *deadlines) byAny(t *testing.T, people []person, path string, body any) {
	t.Helper()
	require.Eventually(t, func() bool {
		return slices.ContainsFunc(people, func(p person) bool {
			a, err := p.Try(http.MethodPost, path, body)
			return err == nil && a.Status == http.StatusOK
		})
	}, patience, calmly, path)
}

func (d *deadlines) climbs(t *testing.T, id string) {
	m := d.sender.await(t, id, "expired")
	require.Contains(t, m.types(), "reminded")
	require.Equal(t, []string{"drafted", "sent", "escalated", "escalated", "escalated", "expired"}, m.types(lateReminder))
	waiting := "Nota dinas " + m.Number + " menunggu persetujuan Anda"
	for _, to := range []string{address(t, senderNIP), "plt@kem.example", address(t, headNIP), address(t, ministerNIP)} {
		require.Eventually(t, func() bool { return d.o.told(to, waiting) > 0 }, patience, poll, "%s was asked", to)
	}
	d.o.counts(t, address(t, subHeadNIP), "Nota dinas "+m.Number+" berakhir tanpa keputusan", 1)
	for _, late := range append(slices.Clone(d.heads), d.acting) {
		a := late.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true})
		require.GreaterOrEqual(t, a.Status, http.StatusBadRequest, "too late")
	}

	var again memo
	d.sender.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/copy", nil).Into(t, http.StatusCreated, &again)
	if a := d.sender.Call(t, http.MethodPost, "/api/v1/memos/"+again.ID+"/send", nil); a.Status != http.StatusOK {
		d.sender.attaches(t, again.ID)
		d.sender.Call(t, http.MethodPost, "/api/v1/memos/"+again.ID+"/send", nil).Is(t, http.StatusOK)
	}
	sent := d.sender.memo(t, again.ID)
	require.NotEqual(t, m.Number, sent.Number)
	d.approves(t, again.ID)
	require.Equal(t, "expired", d.sender.memo(t, id).Status, "the first stays what it was")
}

func (d *deadlines) waitsForOfficers(t *testing.T, id string) {
	m := d.sender.await(t, id, "expired")
	types := m.types(lateReminder)
	at := slices.Index(types, "approved")
	require.Positive(t, at)
	require.Equal(t, []string{"approved", "escalated", "escalated", "expired"}, types[at:])
	for _, nip := range []string{officerNIP, leadNIP, officersHeadNIP} {
		to := address(t, nip)
		require.Eventually(t, func() bool { return d.o.told(to, "Nota dinas "+m.Number+" menunggu pemeriksaan data") > 0 }, patience, poll, "%s was asked", to)
	}
	d.o.counts(t, address(t, subHeadNIP), "Nota dinas "+m.Number+" berakhir tanpa keputusan", 1)
}

// lapses lets the links of a memo lie, and opens the one that is sent again.
func (d *deadlines) lapses(t *testing.T, id string, row map[string]string) {
	link := func(n int) string {
		return found(t, linkForm, d.o.letters(row["external_email"], n)[0].Text)
	}
	first := link(1)
	require.Eventually(t, func() bool { return d.sender.memo(t, id).Rows.Lapsed == 1 }, patience, 4*poll, "an account may ask 120 times a minute")
	own := map[string]string{"password": password, "again": password}
	d.c.Call(t, http.MethodPost, "/api/v1/links/"+first, own).Refused(t, http.StatusGone, "link_spent")
	require.Contains(t, d.sender.memo(t, id).types(), "credentials_reminded")
	before := len(d.o.mail.List(row["external_email"]))
	d.sender.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/reissue", map[string]any{"rows": []int{1}}).Is(t, http.StatusOK)
	again := link(before + 1)
	require.NotEqual(t, first, again)
	d.c.Call(t, http.MethodPost, "/api/v1/links/"+first, own).Refused(t, http.StatusGone, "link_spent")
	d.c.Call(t, http.MethodPost, "/api/v1/links/"+again, own).Is(t, http.StatusNoContent)
	require.Equal(t, 1, d.sender.await(t, id, "done").Rows.Activated)
}
