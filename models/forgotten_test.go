package models_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func forgotten() models.ForgottenForm {
	return models.ForgottenForm{Username: "surya.adi", NIK: "3174012309910001", BirthPlace: "Bandung", BirthDate: "1991-09-23", Email: "surya@mail.example"}
}

func TestForgottenForm(t *testing.T) {
	t.Parallel()
	today := models.Date{Year: 2026, Month: time.November, Day: 22}
	t.Run("is read in the way in which it is compared", func(t *testing.T) {
		t.Parallel()
		read, faults := models.ParseForgottenForm(models.ForgottenForm{Username: " Surya.Adi@kem.example ", NIK: "3174 0123 0991 0001", BirthPlace: "  Kota   Bandung ",
			BirthDate: " 1991-09-23", Email: "Surya@Mail.example"}, today)
		require.Empty(t, faults)
		require.Equal(t, "surya.adi", read.Username)
		require.Equal(t, "3174012309910001", read.NIK)
		require.Equal(t, "Kota Bandung", read.BirthPlace)
		require.Empty(t, read.Judge(models.Recoverable{Known: true, Active: true, NIK: read.NIK, BirthPlace: "BANDUNG", BirthDate: "1991-09-23", Email: "surya@mail.example"}))
	})
	t.Run("every field that is wrong in its shape is named", func(t *testing.T) {
		t.Parallel()
		_, faults := models.ParseForgottenForm(models.ForgottenForm{}, today)
		require.Equal(t, "required required required required required", codes(faults))
		_, faults = models.ParseForgottenForm(models.ForgottenForm{Username: "a\x00b", NIK: "12", BirthPlace: strings.Repeat("x", 101), BirthDate: "2026-11-23", Email: "surya"}, today)
		require.Equal(t, "text_unseen_characters nik_length text_too_long date_invalid email_invalid", codes(faults))
	})
}

func TestJudgeForgotten(t *testing.T) {
	t.Parallel()
	known := models.Recoverable{Known: true, Active: true, NIK: "3174012309910001", BirthPlace: "Kab. Bandung", BirthDate: "1991-09-23", Email: "Surya@mail.example"}
	tests := []struct {
		name string
		set  func(*models.ForgottenForm, *models.Recoverable)
		want string
	}{
		{"all as it is known", func(*models.ForgottenForm, *models.Recoverable) {}, ""},
		{"a place with other capitals and its kind before it", func(f *models.ForgottenForm, _ *models.Recoverable) { f.BirthPlace = "kabupaten bandung" }, ""},
		{"nobody", func(_ *models.ForgottenForm, k *models.Recoverable) { *k = models.Recoverable{} }, models.ResetUnknown},
		{"an account that is not active", func(_ *models.ForgottenForm, k *models.Recoverable) { k.Active = false }, models.ResetInactive},
		{"another NIK", func(f *models.ForgottenForm, _ *models.Recoverable) { f.NIK = "3174012309910002" }, models.ResetNIK},
		{"another place", func(f *models.ForgottenForm, _ *models.Recoverable) { f.BirthPlace = "Bogor" }, models.ResetBirth},
		{"another day", func(f *models.ForgottenForm, _ *models.Recoverable) { f.BirthDate = "1991-09-24" }, models.ResetBirth},
		{"another address", func(f *models.ForgottenForm, _ *models.Recoverable) { f.Email = "surya@other.example" }, models.ResetEmail},
		{"an account without a NIK", func(_ *models.ForgottenForm, k *models.Recoverable) { k.NIK = "" }, models.ResetUnverifiable},
		{"somebody of no registry, by what is known", func(_ *models.ForgottenForm, k *models.Recoverable) { k.BirthPlace, k.BirthDate = "", "" }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, k := forgotten(), known
			test.set(&f, &k)
			require.Equal(t, test.want, f.Judge(k))
		})
	}
}

func TestPasswordNotices(t *testing.T) {
	t.Parallel()
	policy, day := models.AgencyPolicy(), 24*time.Hour
	for _, test := range []struct {
		name string
		age  time.Duration
		told int
		want int
	}{
		{"fifteen days before", 75 * day, 0, 0},
		{"a second before the first", 76*day - time.Second, 0, 0},
		{"fourteen days before", 76 * day, 0, 14},
		{"told already", 80 * day, 14, 0},
		{"seven days before", 83 * day, 14, 7},
		{"seven days before, the first was missed", 83 * day, 0, 7},
		{"one day before", 89 * day, 7, 1},
		{"the last was told", 90*day - time.Second, 1, 0},
		{"over", 90 * day, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, policy.PasswordNotice(test.age, test.told))
		})
	}
	require.Zero(t, models.NISTPolicy().PasswordNotice(1000*day, 0))
	require.Zero(t, models.NISTPolicy().FirstPasswordNotice())
	require.Equal(t, 76*day, policy.FirstPasswordNotice())
}

func TestOnSight(t *testing.T) {
	t.Parallel()
	text, faults := models.CheckOnSight("  KTP asli dan kartu pegawai  ")
	require.Empty(t, faults)
	require.Equal(t, "KTP asli dan kartu pegawai", text)
	for text, want := range map[string]string{" ": "required", "KTP": "text_too_short", strings.Repeat("x", 501): "text_too_long"} {
		_, faults := models.CheckOnSight(text)
		require.Equal(t, want, codes(faults))
	}
}
