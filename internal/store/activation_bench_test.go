package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// BenchmarkActivationAlike interleaves what strangers can ask with what the right person asks, and reports how far the
// medians lie apart: of requests that match and that do not, and of completions with a wrong code of a request that is open
// and of none. Hashing the password, which comes before, is the same work for all.
func BenchmarkActivationAlike(b *testing.B) {
	s, forms := alike(b)
	wrong := forms[0]
	wrong.Rank = "I/a"
	stranger := models.ActivationForm{NIP: "199001012015011999", Rank: "III/a", Effective: "2020-01-01", Email: "siapa@mail.example"}
	requests := map[string]func(){}
	for name, form := range map[string]models.ActivationForm{"match": forms[0], "wrong": wrong, "unknown": stranger} {
		requests["request "+name] = func() {
			_, err := s.AskActivation(b.Context(), form, "id", models.Origin{})
			require.NoError(b, err)
		}
	}
	open, held := s.holds(b, forms[1])
	refused := s.refused(b, wrong)
	for name, try := range map[string]Completion{"none": {Username: "tidak.ada"}, "held": {Username: held}, "open": {Case: open, Username: held}, "refused": {Case: refused, Username: held}} {
		try.Code, try.Secret = "00000000", "x"
		requests["complete "+name] = func() {
			require.NoError(b, s.write.Exec("update activation_codes set tries = 0").Error) // else it is void after five; not part of the time
			began := time.Now()
			require.ErrorIs(b, s.CompleteActivation(b.Context(), try, models.Origin{}), models.ErrActivationRefused)
			s.took = time.Since(began)
		}
	}
	for name, id := range map[string]string{"none": newCaseID(), "open": open, "refused": refused} {
		requests["resend "+name] = func() {
			require.NoError(b, s.write.Exec("delete from activation_sendings").Error) // else none goes out for a minute
			began := time.Now()
			require.NoError(b, s.ResendActivation(b.Context(), id, models.Origin{}))
			s.took = time.Since(began)
		}
	}
	took := map[string][]time.Duration{}
	for b.Loop() {
		for name, ask := range requests {
			s.took = 0
			began := time.Now()
			ask()
			if s.took == 0 {
				s.took = time.Since(began)
			}
			took[name] = append(took[name], s.took)
		}
	}
	for _, kind := range []string{"request ", "complete ", "resend "} {
		var medians []time.Duration
		for name, list := range took {
			if strings.HasPrefix(name, kind) {
				slices.Sort(list)
				medians = append(medians, list[len(list)/2])
			}
		}
		b.ReportMetric(float64(slices.Max(medians)-slices.Min(medians))/float64(time.Millisecond), strings.TrimSpace(kind)+"-ms-apart")
	}
}

// timed is a store, and how long the last call took where more than that was done.
type timed struct {
	*Store
	took time.Duration
}

func alike(b *testing.B) (*timed, []models.ActivationForm) {
	b.Helper()
	url := "sqlite:" + b.TempDir() + "/loket.db"
	require.NoError(b, prepare(b.Context(), url))
	s, err := openAt(b.Context(), url, time.Now)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	var rows []employeeRow
	require.NoError(b, s.read.Raw("select * from employees where employment_type = 'pns' and status = 'active' and external_email <> '' order by nip limit 2").Scan(&rows).Error)
	var forms []models.ActivationForm
	for _, e := range rows {
		forms = append(forms, models.ActivationForm{NIP: text(e.NIP), Rank: e.Rank, Effective: e.RankEffectiveDate, Email: e.ExternalEmail})
	}
	return &timed{Store: s}, forms
}

// refused keeps a request that was turned away.
func (s *timed) refused(b *testing.B, form models.ActivationForm) string {
	b.Helper()
	id, err := s.AskActivation(b.Context(), form, "id", models.Origin{})
	require.NoError(b, err)
	found, err := s.LookAtActivation(b.Context(), id)
	require.NoError(b, err)
	require.NotEmpty(b, found.Turned)
	return id
}

// holds opens a request with a code that is out, and gives it with a username that it holds.
func (s *timed) holds(b *testing.B, form models.ActivationForm) (id, name string) {
	b.Helper()
	id, err := s.AskActivation(b.Context(), form, "id", models.Origin{})
	require.NoError(b, err)
	found, err := s.LookAtActivation(b.Context(), id)
	require.NoError(b, err)
	require.Empty(b, found.Turned)
	data, err := s.MintActivation(b.Context(), models.Notice{Kind: noticeActivation, SecretOf: id})
	require.NoError(b, err)
	name, _, _ = strings.Cut(data["candidates"], ",")
	return id, name
}
