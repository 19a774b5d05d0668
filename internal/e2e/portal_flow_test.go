package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

// poll is how often a page is looked at again while something is awaited on it.
const poll = 50 * time.Millisecond

const subject = "Akses Flexiwork bagi 25 pegawai perencanaan"

// TestMemoThroughThePortal takes the synthetic ministry's lists through a real browser, from a temporary password to an
// employee who signs in, with a wrong step at each turn and every page held to be accessible.
func TestMemoThroughThePortal(t *testing.T) {
	t.Parallel()
	t.Run("in Indonesian at a desk", func(t *testing.T) { walkThrough(t, i18n.Indonesian, webtest.Desktop) })
	t.Run("in English on a phone", func(t *testing.T) { walkThrough(t, i18n.English, webtest.Phone) })
}

// TestMemoWithoutScripts sends, approves and verifies where no script runs.
func TestMemoWithoutScripts(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "").start()
	c := o.crowd(i18n.Indonesian, webtest.Phone)
	c.plain = true
	rows := recap(t, "recap-clean.csv")
	second := rows[1]["external_email"]
	head := c.arrives("head", headNIP, "/")
	sender := c.arrives("sender", senderNIP, "/")
	sender.begins()
	sender.writes(subject)
	sender.uploads(sender.withOneWrong("recap-clean.csv", second, "bukan alamat"))
	sender.sendsAtLast(2, second)
	memo := sender.memoPath()
	head.finds(memo, subject)
	head.approves(memo)
	officer := c.arrives("officer", officerNIP, memo)
	officer.verifies(memo, len(rows))
	c.letIn(second, memo)
	require.Equal(t, http.StatusOK, sender.open(memo))
	sender.told(1)
}

func walkThrough(t *testing.T, lang string, width webtest.Width) {
	t.Parallel()
	o := newOffice(t, "").start()
	c := o.crowd(lang, width)
	rows := recap(t, "recap-clean.csv")
	first, second := rows[0]["external_email"], rows[1]["external_email"]

	head := c.arrives("head", headNIP, "/inbox?queue=approval")
	sender := c.arrives("sender", senderNIP, "/")
	sender.begins()
	sender.uploadsDefects()
	sender.writes(subject)
	sender.uploads(sender.withOneWrong("recap-clean.csv", second, "bukan alamat"))
	sender.sendsAtLast(2, second)
	memo := sender.memoPath()

	head.finds(memo, subject)
	head.keep("memo")
	head.approves(memo)

	officer := c.arrives("officer", officerNIP, memo)
	officer.finds(memo, subject)
	officer.verifies(memo, len(rows))

	sender.told(0)
	employee := c.letIn(second, memo)
	require.Equal(t, 1, employee.count("#people tbody tr"), "who is listed sees their own row")
	require.Zero(t, employee.count("#people .lk-tabs"))
	require.Empty(t, o.mail.List(first), "nothing for who was rejected")
	sender.told(1)
	sender.look()

	c.arrives("auditor", auditorNIP, "/audit").audits(memo)
	admin := c.arrives("admin", adminNIP, "/account")
	admin.looksAround()
	admin.keepsHouse()
	stranger := c.stranger("stranger")
	stranger.open("/memos")
	stranger.refusedAlike(sender.username)
	require.Equal(t, http.StatusOK, sender.follow(`form[action="/sign-out"] button`))
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "audit")
}
