package relying

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/alexedwards/argon2id"
)

// Directorate is a part of the agency that runs the application.
type Directorate struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// User is somebody in the application's own user table. Password is kept as a hash; Locked users may not come in.
type User struct {
	ID, Username, Name, Password string
	Locked                       bool
	Directorates                 []Directorate
}

// Users are an application's own login, and what it serves so that Loket can link accounts to it. Secret is what Loket
// shows, Companies are the directorates of companies by NPWP.
type Users struct {
	Secret    string
	Companies map[string][]Directorate

	list  []kept
	decoy string
}

type kept struct {
	User
	hash string
}

// hashing is cheap enough for a demo's start and dear enough for a guess.
func hashing() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// NewUsers hashes the passwords of a user table.
func NewUsers(list []User) (*Users, error) {
	u := &Users{}
	var err error
	if u.decoy, err = argon2id.CreateHash("nobody has this password", hashing()); err != nil {
		return nil, fmt.Errorf("hash a decoy: %w", err)
	}
	for _, user := range list {
		hash, err := argon2id.CreateHash(user.Password, hashing())
		if err != nil {
			return nil, fmt.Errorf("hash the password of %s: %w", user.Username, err)
		}
		user.Password = ""
		u.list = append(u.list, kept{user, hash})
	}
	return u, nil
}

// named gives the name of a user by id.
func (u *Users) named(id string) string {
	for _, k := range u.list {
		if k.ID == id {
			return k.Name
		}
	}
	return ""
}

// told is an answer of the protocol.
type told struct {
	Result       string        `json:"result"`
	User         *toldUser     `json:"user,omitempty"`
	Directorates []Directorate `json:"directorates,omitempty"`
}

type toldUser struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// verify answers whether a username and a password are right: alike, and after the same work, for a wrong password and an
// unknown user; that somebody is locked hears only who has the password.
func (u *Users) verify(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Username, Password string }
	if !u.read(w, r, &asked) {
		return
	}
	found := kept{hash: u.decoy}
	for _, k := range u.list {
		if strings.EqualFold(k.Username, asked.Username) {
			found = k
		}
	}
	right, err := argon2id.ComparePasswordAndHash(asked.Password, found.hash)
	switch {
	case err != nil || !right || found.ID == "":
		say(w, told{Result: "wrong"})
	case found.Locked:
		say(w, told{Result: "locked"})
	default:
		say(w, told{"ok", &toldUser{found.ID, found.Name}, found.Directorates})
	}
}

// lookup answers for which directorates a user, or a company, may work.
func (u *Users) lookup(w http.ResponseWriter, r *http.Request) {
	var asked struct{ User, NPWP string }
	if !u.read(w, r, &asked) {
		return
	}
	if list, ok := u.Companies[asked.NPWP]; ok && asked.NPWP != "" {
		say(w, told{Result: "ok", Directorates: list})
		return
	}
	for _, k := range u.list {
		if k.ID == asked.User && asked.User != "" {
			say(w, told{"ok", &toldUser{k.ID, k.Name}, k.Directorates})
			return
		}
	}
	say(w, told{Result: "unknown"})
}

// read lets in whoever shows the secret, and reads the question.
func (u *Users) read(w http.ResponseWriter, r *http.Request, into any) bool {
	shown, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || u.Secret == "" || subtle.ConstantTimeCompare([]byte(shown), []byte(u.Secret)) != 1 {
		http.Error(w, "", http.StatusUnauthorized)
		return false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(into); err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return false
	}
	return true
}

func say(w http.ResponseWriter, t told) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(t) // the reader has gone
}
