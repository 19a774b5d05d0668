package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func TestActivationTransitions(t *testing.T) {
	exits, reached := map[models.Status]bool{}, map[models.Status]bool{models.StatusAsked: true}
	for _, tr := range models.ActivationTransitions() {
		require.NotEmpty(t, tr.By)
		require.Equal(t, tr.Action == "", tr.By == models.PartyClock || tr.By == models.PartySystem, "%v", tr)
		for _, to := range tr.To {
			reached[to] = true
			exits[tr.From] = exits[tr.From] || to != tr.From
		}
	}
	for _, s := range models.ActivationStatuses() {
		require.True(t, reached[s], "nothing leads to %s", s)
		require.Equal(t, !s.Final(), exits[s], "%s", s)
	}
	for _, came := range []models.Activated{models.ActivatedSpent, models.ActivatedVoided, models.ActivatedDisowned, models.ActivatedExpired} {
		event, status := came.Ending()
		require.True(t, slices.ContainsFunc(models.ActivationTransitions(), func(tr models.Transition) bool {
			return tr.From == models.StatusOpen && tr.Event == event && slices.Contains(tr.To, status)
		}), "%s", came)
	}
	require.False(t, models.Sees(models.Case{Kind: models.KindActivation, Status: models.StatusOpen, UnitPath: "/"},
		models.Actor{AccountID: "x", Grants: []models.Grant{{Role: models.RoleAuditor}}}, true))
}

func goodForm() models.ActivationForm {
	return models.ActivationForm{NIP: "199503252022041500", Rank: "III/b", Effective: "2024-04-01", Email: "dewi@mail.example"}
}

func TestParseActivationForm(t *testing.T) {
	today := models.Date{Year: 2026, Month: 11, Day: 23}
	read, faults := models.ParseActivationForm(models.ActivationForm{NIP: " 19950325 202204 1 500", Rank: "iii / B", Effective: " 2024-04-01 ", Email: " Dewi@Mail.example "}, today)
	require.Empty(t, faults)
	require.Equal(t, goodForm(), read)
	for name, c := range map[string]struct {
		change func(*models.ActivationForm)
		field  string
	}{
		"17 digits":                     {func(f *models.ActivationForm) { f.NIP = f.NIP[1:] }, "nip"},
		"a rank that does not exist":    {func(f *models.ActivationForm) { f.Rank = "V/a" }, "rank"},
		"a day that does not exist":     {func(f *models.ActivationForm) { f.Effective = "2024-02-30" }, "rank_effective_date"},
		"a day to come":                 {func(f *models.ActivationForm) { f.Effective = "2026-11-24" }, "rank_effective_date"},
		"no day":                        {func(f *models.ActivationForm) { f.Effective = "" }, "rank_effective_date"},
		"an address with a line break":  {func(f *models.ActivationForm) { f.Email = "a@b.example\r\nBcc: c@d.example" }, "email"},
		"an address without its domain": {func(f *models.ActivationForm) { f.Email = "dewi" }, "email"},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			form := goodForm()
			c.change(&form)
			_, faults := models.ParseActivationForm(form, today)
			require.Len(t, faults, 1)
			require.Equal(t, c.field, faults[0].Field)
		})
	}
}

func TestJudge(t *testing.T) {
	known := models.Registered{Known: true, Employment: models.EmploymentCPNS, Status: models.EmployeeActive, Rank: "III/b", Effective: "2024-04-01",
		Addresses: []string{"dewi@kem.example", "dewi@mail.example"}}
	form := goodForm()
	require.Empty(t, form.Judge(known))
	require.Empty(t, form.Warned(known, ""), "the registry knows the address")
	elsewhere := form
	elsewhere.Email = "lain@mail.example"
	require.Equal(t, known.Addresses, elsewhere.Warned(known, ""))
	for want, change := range map[string]func(*models.Registered){
		models.TurnedUnknown:    func(r *models.Registered) { *r = models.Registered{} },
		models.TurnedEmployment: func(r *models.Registered) { r.Employment = models.EmploymentPPPK },
		models.TurnedInactive:   func(r *models.Registered) { r.Status = models.EmployeeRetired },
		models.TurnedRank:       func(r *models.Registered) { r.Rank = "III/c" },
		models.TurnedEffective:  func(r *models.Registered) { r.Effective = "2024-04-02" },
		models.TurnedAccount:    func(r *models.Registered) { r.HasAccount = true },
		models.TurnedMemo:       func(r *models.Registered) { r.OpenMemo = true },
		models.TurnedOpen:       func(r *models.Registered) { r.OpenTo = "lain@mail.example" },
		models.TurnedAgain:      func(r *models.Registered) { r.OpenTo = form.Email },
	} {
		t.Run(want, func(t *testing.T) {
			r := known
			change(&r)
			require.Equal(t, want, form.Judge(r))
			if want == models.TurnedAgain {
				require.Empty(t, form.Warned(r, want), "the code goes where it went")
			} else {
				require.Equal(t, r.Addresses, form.Warned(r, want))
			}
		})
	}
}

func TestReadCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var random [5]byte
		copy(random[:], rapid.SliceOfN(rapid.Byte(), 5, 5).Draw(t, "random"))
		code := models.CodeOf(random)
		bare := strings.ReplaceAll(code, "-", "")
		require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`, code)
		require.Equal(t, bare, models.ReadCode(code))
		require.Equal(t, bare, models.ReadCode(" "+strings.ToLower(bare)+" "))
		require.Equal(t, bare, models.ReadCode(strings.NewReplacer("0", "o", "1", "l").Replace(bare)), "look-alikes are read as what they look like")
	})
	require.NotEqual(t, models.CodeOf([5]byte{1}), models.CodeOf([5]byte{0, 1}))
	for _, bad := range []string{"", "K7MQ", "K7MQ-X3FPA", "K7MQ-X3FU", "K7MQ X3F\u0660", strings.Repeat("A", 1000)} {
		require.Empty(t, models.ReadCode(bad), "%q", bad)
	}
	require.Equal(t, "aktifk7mqx3fp", models.ReadSecret(" Aktif-K7mq-x3fp "))
	require.Equal(t, "surya.adi", models.ReadUsername(" Surya.Adi@KEM.example ", "kem.example"))
	require.Equal(t, "surya.adi", models.ReadUsername("surya.adi", "kem.example"))
	require.Empty(t, models.ReadUsername("surya.adi@mail.example", "kem.example"))
}

func TestWithoutDomain(t *testing.T) {
	for typed, want := range map[string]string{
		"nanda.yoga": "nanda.yoga", " Nanda.Yoga@KEM.example ": "nanda.yoga", "nanda.yoga@mail.example": "nanda.yoga@mail.example",
		"nanda@kem.example@kem.example": "nanda@kem.example", "@kem.example": "", "": "",
	} {
		require.Equal(t, want, models.WithoutDomain(typed, "kem.Example"), typed)
	}
	require.Equal(t, "nanda@", models.WithoutDomain("nanda@", ""))
}

func TestMayResend(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	ago := func(spans ...time.Duration) (list []time.Time) {
		for _, d := range spans {
			list = append(list, now.Add(-d))
		}
		return list
	}
	minutes := func(n int, apart time.Duration) (list []time.Time) {
		for i := range n {
			list = append(list, now.Add(-time.Duration(i+1)*apart))
		}
		return list
	}
	require.True(t, models.MayResend(nil, now))
	require.False(t, models.MayResend(ago(59*time.Second), now))
	require.True(t, models.MayResend(ago(time.Minute), now))
	require.True(t, models.MayResend(minutes(4, 2*time.Minute), now))
	require.False(t, models.MayResend(minutes(5, 2*time.Minute), now), "five an hour")
	require.True(t, models.MayResend(minutes(11, time.Hour), now))
	require.False(t, models.MayResend(minutes(12, time.Hour), now), "twelve a day")
}

func TestHeldUsernames(t *testing.T) {
	taken := func(names ...string) func(string) bool {
		return func(s string) bool { return slices.Contains(names, s) }
	}
	require.Equal(t, []string{"made.surya", "surya.adi2", "adi.wijaya3"},
		models.HeldUsernames("Made Surya Adi Wijaya", taken("surya.adi", "adi.wijaya", "adi.wijaya2")))
	require.Equal(t, []string{"pegawai2"}, models.HeldUsernames("王", taken()))
}

// world is every activation there is, with what each sent code really was.
type world struct {
	now   time.Time
	flows []*models.ActivationFlow
	codes int
	right map[string]models.ActivationTry // by flow: the live one
	dead  []models.ActivationTry
}

func (w *world) ask() {
	id := fmt.Sprint("f", len(w.flows))
	w.flows = append(w.flows, &models.ActivationFlow{ID: id, Held: []string{id + ".a", id + ".b"}, Ends: w.now.Add(models.ActivationLife)})
	w.send(w.flows[len(w.flows)-1])
}

func (w *world) send(f *models.ActivationFlow) {
	if f.Came != "" || w.now.After(f.Ends) {
		return
	}
	if last, ok := w.right[f.ID]; ok {
		w.dead = append(w.dead, last)
	}
	w.codes++
	f.Code, f.Secret, f.Tries = fmt.Sprint("c", w.codes), fmt.Sprint("s", w.codes), 0
	w.right[f.ID] = models.ActivationTry{Username: f.Held[w.codes%2], Code: f.Code, Secret: f.Secret}
}

// TestActivationModel walks at random over asking, sending again, trying, and time: an account is never made but by the
// live code, secret and one of the usernames of one and the same request.
func TestActivationModel(t *testing.T) {
	const steps, length = 100_000, 200
	walked := 0
	walk := func(t *rapid.T) {
		w := &world{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), right: map[string]models.ActivationTry{}}
		w.ask()
		for range length {
			walked++
			w.step(t)
		}
	}
	for walked < steps {
		rapid.Check(t, walk)
	}
}

func (w *world) step(t *rapid.T) {
	f := w.flows[rapid.IntRange(0, len(w.flows)-1).Draw(t, "flow")]
	switch rapid.SampledFrom([]string{"ask", "send", "right", "mixed", "wrong", "dead", "stranger", "named", "wait"}).Draw(t, "step") {
	case "ask":
		if len(w.flows) < 8 {
			w.ask()
		}
	case "send":
		w.send(f)
	case "wait":
		w.now = w.now.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute)
	case "right":
		w.try(t, w.right[f.ID])
	case "wrong":
		w.try(t, models.ActivationTry{Username: f.Held[0], Code: "x", Secret: f.Secret})
	case "stranger": // knows a username, and voids nothing
		before := f.Tries
		w.try(t, models.ActivationTry{Username: f.Held[0], Code: "x", Secret: "y"})
		require.Equal(t, before, f.Tries)
	case "named": // came by the link
		live, before := f.Live(w.now), f.Tries
		w.try(t, models.ActivationTry{Flow: f.ID, Username: "no.such", Code: "x", Secret: "y"})
		if live {
			require.Equal(t, before+1, f.Tries)
		}
	case "mixed":
		g := w.flows[rapid.IntRange(0, len(w.flows)-1).Draw(t, "other")]
		w.try(t, models.ActivationTry{Username: f.Held[0], Code: g.Code, Secret: f.Secret})
	case "dead":
		if len(w.dead) > 0 {
			w.try(t, rapid.SampledFrom(w.dead).Draw(t, "dead"))
		}
	}
}

func (w *world) try(t *rapid.T, try models.ActivationTry) {
	may := map[string]bool{}
	tries := map[string]int{}
	for _, f := range w.flows {
		tries[f.ID] = f.Tries
		may[f.ID] = f.Came == "" && f.Tries < models.ActivationMost && !w.now.After(f.Ends.Add(time.Second)) && try.Code == f.Code &&
			try.Secret == f.Secret && slices.Contains(f.Held, try.Username)
	}
	won := models.TakeTry(w.flows, try, w.now)
	if won != nil {
		require.True(t, may[won.ID], "an account without the right code of that very request")
		require.Equal(t, models.ActivatedSpent, won.Came)
	}
	for _, f := range w.flows {
		require.LessOrEqual(t, f.Tries, models.ActivationMost)
		require.LessOrEqual(t, f.Tries, tries[f.ID]+1)
		require.Equal(t, may[f.ID], won == f, "whoever has everything right is let in, once")
	}
}
