package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Office is the invented office that is measured: units side by side below one root, each with a head who decides and a
// PPK who sends, and officers for all. Digest is how the installation keeps a bearer token.
type Office struct {
	Units, Officers int
	Digest          func(secret string) string
	Now             time.Time
}

const root = "UJI"

// Digest gives the function by which an installation with this key keeps personal tokens.
func Digest(key []byte) func(string) string {
	return func(secret string) string {
		h := hmac.New(sha256.New, key)
		_, _ = h.Write([]byte("personal:" + secret))
		return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	}
}

// The people with duties come first among all people, by number: the head of unit u is 2u, its PPK 2u+1, then officers.
func (o Office) head(unit int) int   { return 2 * unit }
func (o Office) sender(unit int) int { return 2*unit + 1 }
func (o Office) officer(n int) int   { return 2*o.Units + n%o.Officers }
func (o Office) staff() int          { return 2*o.Units + o.Officers }

func unitCode(u int) string { return fmt.Sprintf("%s.%d", root, u+1) }
func unitPath(u int) string { return "/" + root + "/" + unitCode(u) + "/" }

// token is the bearer token of one of the staff.
func token(person int) string {
	sum := sha256.Sum256([]byte(idOf("token", person)))
	return "lkt_" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// nip is a well-formed employee number.
func nip(n int) string {
	born := time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n/999%10_000)
	return born.Format("20060102") + "2010011" + fmt.Sprintf("%03d", n%999+1)
}

func nik(n int) string { return fmt.Sprintf("3174%012d", n) }

// personName is made of syllables, so that few people share one.
func personName(n int) string {
	syllables := []string{"ba", "di", "ku", "ra", "mi", "so", "na", "te", "lu", "wa", "ji", "pa", "ro", "si", "ta", "gu"}
	var words [3]strings.Builder
	for i := range words {
		for range 3 {
			words[i].WriteString(syllables[n%len(syllables)])
			n = n/len(syllables) + 7*i + 3
		}
	}
	text := ""
	for i := range words {
		w := words[i].String()
		text += strings.ToUpper(w[:1]) + w[1:] + " "
	}
	return strings.TrimSpace(text)
}

// seed copies the units and the staff with their appointments and tokens.
func (o Office) seed(ctx context.Context, conn *pgx.Conn) error {
	units := table{"units", []string{"agency_id", "code", "parent_code", "name", "kind", "path"}}
	err := copyRows(ctx, conn, units, o.Units+1, func(i int) []any {
		if i == 0 {
			return []any{agency, root, nil, "Kantor Uji", "ministry", "/" + root + "/"}
		}
		return []any{agency, unitCode(i - 1), root, fmt.Sprintf("Direktorat Uji %d", i), "directorate", unitPath(i - 1)}
	})
	if err != nil {
		return err
	}
	if err := o.people(ctx, conn, 0, o.staff(), o.unitOf, true); err != nil {
		return err
	}
	grants := table{"role_grants", []string{"id", "agency_id", "employee_id", "role", "unit_code", "valid_from", "source"}}
	err = copyRows(ctx, conn, grants, o.staff(), func(i int) []any {
		role, unit := "officer", root
		if i < 2*o.Units {
			role, unit = []string{"unit_head", "ppk"}[i%2], unitCode(i/2)
		}
		return []any{idOf("grant", i), agency, idOf("employee", i), role, unit, past(o.Now, 1_000_000), "import"}
	})
	if err != nil {
		return err
	}
	return o.tokens(ctx, conn)
}

// tokens gives each of the staff a bearer token that was used just now, as in a day's work: its use is noted once a
// minute at most.
func (o Office) tokens(ctx context.Context, conn *pgx.Conn) error {
	t := table{"personal_tokens", []string{"id", "agency_id", "digest", "account_id", "name", "scopes", "created", "expires", "last_used"}}
	return copyRows(ctx, conn, t, o.staff(), func(i int) []any {
		return []any{idOf("token", i), agency, o.Digest(token(i)), idOf("account", i), "bench", "read write decide", o.Now, o.Now.AddDate(0, 0, 30), o.Now.Add(time.Hour)}
	})
}

// unitOf is where one of the staff works.
func (o Office) unitOf(n int) int {
	if n < 2*o.Units {
		return n / 2
	}
	return n % o.Units
}

// people copies employees numbered from..to-1, each in a unit, and accounts that can sign in where wanted.
func (o Office) people(ctx context.Context, conn *pgx.Conn, from, to int, unit func(n int) int, accounts bool) error {
	employees := table{"employees", []string{"id", "agency_id", "nip", "nik", "name", "birth_place", "birth_date", "sex", "employment_type", "rank",
		"rank_effective_date", "unit_code", "position", "official_email", "external_email", "status"}}
	err := copyRows(ctx, conn, employees, to-from, func(i int) []any {
		n := from + i
		return []any{idOf("employee", n), agency, nip(n), nik(n), personName(n), "Uji", "1980-01-01", "male", "pns", "III/a", "2020-01-01",
			unitCode(unit(n)), "Staf", "", fmt.Sprintf("p%d@mail.example", n), "active"}
	})
	if err != nil || !accounts {
		return err
	}
	list := table{"accounts", []string{"id", "agency_id", "username", "name", "email", "employee_id", "status", "locale", "zone", "must_change", "password_changed_at", "created"}}
	return copyRows(ctx, conn, list, to-from, func(i int) []any {
		n := from + i
		return []any{idOf("account", n), agency, fmt.Sprintf("uji.%d", n), personName(n), fmt.Sprintf("p%d@mail.example", n), idOf("employee", n),
			"active", "id", "Asia/Jakarta", false, o.Now, past(o.Now, 1_000_000)}
	})
}
