package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
)

// publicForm is a form that anybody may send, and the ways of sending it that must not be told apart: each takes which
// time it is and gives what is sent.
type publicForm struct {
	name, path string
	status     int
	ways       []func(n int) fields
}

// publicForms are the forms that are asked; worked adds the proof of work that a form wants.
func (b *Door) publicForms(worked func(fields) fields) []publicForm {
	forgotten := func(username, email string) fields {
		return worked(fields{"username": username, "nik": nik(1), "birth_place": "Uji", "birth_date": "1980-01-01", "email": email, "sure": true})
	}
	traderForgot := func(email string) fields { return worked(fields{"email": email, "sure": true}) }
	register := func(email string) fields { return worked(fields{"name": "Uji Niaga", "email": email}) }
	old := func(npwp, email string) fields { return worked(fields{"npwp": npwp, "email": email}) }
	trader := func(n int) string { return mailOf(b.Office.staff() + b.wrong(0, n)) }
	person := func(n int) int { return b.Office.staff() + n }
	return append([]publicForm{
		{"sign-in: wrong password, unknown, locked, disabled", "/sign-in", http.StatusUnauthorized, []func(int) fields{
			func(n int) fields { return b.credentials(b.wrong(0, n), "Salah*Sekali*7*Ini") },
			func(n int) fields { return b.credentials(10_000_000+n, b.Password) },
			func(n int) fields { return b.credentials(b.wrong(1, n), b.Password) },
			func(n int) fields { return b.credentials(b.wrong(2, n), b.Password) }}},
		{"forgotten: known, unknown, disabled", "/password-resets", http.StatusAccepted, []func(int) fields{
			func(n int) fields { return forgotten(b.account(n), mailOf(person(n))) },
			func(n int) fields { return forgotten("tidak.ada", "tidak@mail.example") },
			func(n int) fields { return forgotten(b.account(b.wrong(2, n)), mailOf(person(b.wrong(2, n)))) }}},
		{"a trader's forgotten: known, unknown", "/trader-password-resets", http.StatusAccepted, []func(int) fields{
			func(n int) fields { return traderForgot(trader(n)) },
			func(n int) fields { return traderForgot(fmt.Sprintf("tidak%d@niaga.example", n)) }}},
		{"registration: an address that is somebody's, nobody's", "/registrations", http.StatusAccepted, []func(int) fields{
			func(n int) fields { return register(trader(n)) },
			func(n int) fields { return register(fmt.Sprintf("baru%d@niaga.example", n)) }}},
		{"old account: right, wrong number, unknown", "/old-accounts", http.StatusAccepted, []func(int) fields{
			func(n int) fields { return old(firmNPWP, trader(n)) },
			func(n int) fields { return old("099999999999999", trader(n)) },
			func(n int) fields { return old(firmNPWP, fmt.Sprintf("tidak%d@niaga.example", n)) }}},
	}, b.activationForms()...)
}

// wrongRank is the form of somebody who is there, and does not know their rank.
func (b *Door) wrongRank(person int) fields {
	f := b.form(person)
	f["rank"] = "IV/e"
	return f
}

// begun asks for activations of which some are right, and lets a while pass for them, so that their codes could be sent again.
func (b *Door) begun(ctx context.Context) error {
	for n := range b.Samples {
		from := b.applicant(b.Activations + 2*b.Samples)
		for list, form := range map[*[]string]fields{&b.open: b.form(from + n), &b.turned: b.wrongRank(from + b.Samples + n)} {
			text, err := b.send(ctx, "/activations", form, http.StatusAccepted)
			if err != nil {
				return err
			}
			var asked struct{ Reference string }
			if err := json.Unmarshal(text, &asked); err != nil {
				return fmt.Errorf("read the reference of an activation: %w", err)
			}
			*list = append(*list, asked.Reference)
		}
	}
	if err := atRest(ctx, b.Loket, time.Minute); err != nil {
		return err
	}
	return withConn(ctx, b.DatabaseURL, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "update activation_sendings set at = at - interval '2 minutes'")
		return err
	})
}

// activationForms are those by which employees come to an account. A completion touches a request that it names; one that
// names none, or one that was refused, touches nothing.
func (b *Door) activationForms() []publicForm {
	complete := func(username, reference string) fields {
		f := b.completion(username, "0000-0000", "Aktif-aaaa-bbbb-cccc")
		if reference != "" {
			f["reference"] = reference
		}
		return f
	}
	return []publicForm{
		{"activation: right data, unknown, wrong rank, has an account", "/activations", http.StatusAccepted, []func(int) fields{
			func(n int) fields { return b.form(b.applicant(b.Activations + n)) },
			func(n int) fields { return b.form(b.applicant(20_000_000 + n)) },
			func(n int) fields { return b.wrongRank(b.applicant(b.Activations + b.Samples + n)) },
			func(n int) fields { return b.form(b.Office.staff() + n) }}},
		{"completion: of an open request, of a refused one, known username, unknown", "/activations/complete", http.StatusUnprocessableEntity, []func(int) fields{
			func(n int) fields { return complete("tidak.ada", b.open[n]) },
			func(n int) fields { return complete("tidak.ada", b.turned[n]) },
			func(n int) fields { return complete(b.account(n), "") },
			func(n int) fields { return complete("tidak.ada", "") }}},
		{"another code: of an open request, of a refused one, of none", "/activations/resend", http.StatusNoContent, []func(int) fields{
			func(n int) fields { return fields{"reference": b.open[n]} },
			func(n int) fields { return fields{"reference": b.turned[n]} },
			func(int) fields { return fields{"reference": idOf("activation", 0)} }}},
	}
}
