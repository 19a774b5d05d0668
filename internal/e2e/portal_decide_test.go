package e2e_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"
)

// finds the memo among what waits for a decision, and opens it.
func (v *visitor) finds(memo, subject string) {
	v.t.Helper()
	v.menu("/inbox")
	require.Equal(v.t, 1, v.count(".lk-slip"))
	require.Contains(v.t, v.text(".lk-slip"), subject)
	require.Equal(v.t, http.StatusOK, v.follow(".lk-slip a"))
	require.True(v.t, strings.HasPrefix(v.path(), memo+"?in="), "the list goes along: %s", v.path())
}

// approves, after an answer left open and a refusal without its reason were not taken.
func (v *visitor) approves(memo string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.follow(fmt.Sprintf("a[href^=%q]", memo+"/decide")))
	v.faulted(v.submit(), "verdict")
	v.choose("verdict", "refuse")
	v.faulted(v.submit(), "reason")
	v.choose("verdict", "approve")
	require.Equal(v.t, http.StatusOK, v.submit())
	require.Equal(v.t, "/inbox?tab=mine", v.path(), "back to the list after its last")
	require.Contains(v.t, v.text(".lk-flash"), v.say.T("inbox.moved.last"))
	require.Zero(v.t, v.count(".lk-slip"))
}

// verifies row by row, then the rest at once: nothing chosen and a rejection without reason are told at their row.
func (v *visitor) verifies(memo string, rows int) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.follow(fmt.Sprintf("a[href^=%q]", memo+"/verify")))
	listed := strings.Contains(v.path(), "?in=") // opened from the inbox, which it then leads back to
	v.choose("row-1", "rejected")
	v.choose("row-2", "accepted")
	v.faulted(v.press("rows"), "reason-1")
	require.True(v.t, read[bool](v, `document.querySelector("input[name=row-2][value=accepted]").checked`), "nothing chosen is lost")
	v.fill("reason-1", "Sudah pindah unit")
	require.Equal(v.t, http.StatusOK, v.press("rows"))
	require.True(v.t, strings.HasPrefix(v.path(), memo+"/verify"), v.path())
	require.Equal(v.t, v.say.T("ui.of", "done", "2", "total", fmt.Sprint(rows)), v.text(".lk-progress strong"))
	require.Zero(v.t, v.count("#row-1-box")+v.count("#row-2-box"))
	v.faulted(v.press("all"), "all")
	v.choose("all", "accepted")
	require.Equal(v.t, http.StatusOK, v.press("all"))
	if listed {
		require.Equal(v.t, "/inbox?tab=claimable", v.path())
		require.Contains(v.t, v.text(".lk-flash"), v.say.T("inbox.moved.last"))
		return
	}
	require.Equal(v.t, memo, v.path())
	require.Contains(v.t, v.text(".lk-flash"), v.say.T("portal.flash.rows_done"))
}
