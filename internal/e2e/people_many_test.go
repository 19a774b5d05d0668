package e2e_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

const rootHeadNIP = "199912092025052509" // head of KEM

// thorough tells whether the long counts are wanted; CONTRIBUTING tells how.
func thorough() bool { return os.Getenv("LOKET_TEST_THOROUGH") != "" }

// scaled is a count for every run, and one for the thorough run.
func scaled[T any](short, long T) T {
	if thorough() {
		return long
	}
	return short
}

// trustsUs lets this machine say for whom it asks, so that a crowd is not limited as one address.
func (o *office) trustsUs() *office {
	o.env = append(o.env, "LOKET_TRUSTED_PROXIES=127.0.0.1")
	return o
}

// appoint makes so many accounts of people who hold a role in a unit and stand in no registry, each with a token: what
// one account may ask in a minute is bounded, and trouble needs more.
func (o *office) appoint(c apitest.Client, n int, role, unit string) []person {
	o.t.Helper()
	people := make([]person, n)
	for i := range people {
		name := fmt.Sprint(strings.ReplaceAll(role, "_", ""), ".", strings.ToLower(strings.ReplaceAll(unit, ".", "")), ".", i)
		temporary := strings.TrimSpace(o.command("admin", "create-account", name, "--name", "Pejabat "+string(rune('A'+i)), "--email", name+"@kem.example",
			"--role", role+"@"+unit, "--plain"))
		var in struct{ Token string }
		c.Call(o.t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": name, "password": temporary, "token_name": "test",
			"scopes": []string{"read", "write", "decide", "admin"}, "days": 1}, "X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i)).Into(o.t, http.StatusCreated, &in)
		people[i] = person{Client: c.As(in.Token), username: name}
		people[i].Call(o.t, http.MethodPut, "/api/v1/me/password", map[string]string{"old": temporary, "password": password, "again": password}).
			Is(o.t, http.StatusNoContent)
	}
	return people
}

// staff lists people of the registry as rows of a recap list, outside KEM.1, so that a memo of KEM.1.2 about any of them
// is the head of the ministry's to decide.
func staff(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open("../demo/ministry/employees.csv")
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, r := range records[1:] {
		all := map[string]string{}
		for i, column := range records[0] {
			all[column] = r[i]
		}
		if all["status"] != "active" || all["nip"] == "" || all["position"] != "Staf" || strings.HasPrefix(all["unit_code"]+".", "KEM.1.") {
			continue
		}
		rows = append(rows, map[string]string{"nip": all["nip"], "name": all["name"], "unit_code": all["unit_code"], "position": all["position"],
			"external_email": all["external_email"]})
	}
	return rows
}
