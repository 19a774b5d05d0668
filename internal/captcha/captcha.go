// Package captcha keeps machines from filling in public forms at no cost: by a proof of work that a browser does by
// itself (the challenge of altcha, https://altcha.org), or by a plain question for whoever has no scripts. Neither needs
// sight, nor another server. It keeps nothing: that a proof is of use once is the caller's to see, by its nonce.
package captcha

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm = "SHA-256"
	// work is how many hashes a proof takes at most, half as many on average: about a second of a telephone.
	work = 100_000
	// life is how long somebody may take over a form.
	life = 30 * time.Minute
	// longest is far above a real proof.
	longest = 2000
)

// ErrWrong says that a proof proves nothing: it is none of ours, over, or its answer is wrong.
var ErrWrong = errors.New("no proof")

// Maker makes challenges and checks what comes of them. It is safe for concurrent use.
type Maker struct {
	key []byte
	now func() time.Time
}

// New returns a maker. Whoever has the key can make challenges; several processes share it.
func New(key []byte, now func() time.Time) *Maker { return &Maker{key, now} }

// Challenge is what a browser works on: the number below Max that, behind Salt, has Challenge as its SHA-256. Its names
// are altcha's.
type Challenge struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Max       int    `json:"maxnumber"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// Question asks for the sum of two numbers. Token is to come back with the answer, see Answered.
type Question struct {
	A, B  int
	Token string
}

// Proof is one that holds. It is of use once, so its Nonce is to be kept until Expires.
type Proof struct {
	Nonce   string
	Expires time.Time
}

// Challenge makes one.
func (m *Maker) Challenge() Challenge {
	// The end of the salt is marked, or a digit of the number could be taken for one of it.
	salt := nonce() + "?" + url.Values{"expires": {strconv.FormatInt(m.now().Add(life).Unix(), 10)}}.Encode() + "&"
	c := Challenge{Algorithm: algorithm, Challenge: digest(salt, below(work)), Max: work, Salt: salt}
	c.Signature = m.sign("work", c.Challenge, c.Salt)
	return c
}

// Question makes one.
func (m *Maker) Question() Question {
	q := Question{A: 1 + below(9), B: 1 + below(9)}
	head := strings.Join([]string{nonce(), strconv.FormatInt(m.now().Add(life).Unix(), 10)}, ".")
	// The sum is told by nobody but the signature, for which it has to be known.
	q.Token = head + "." + m.sign("question", head, strconv.Itoa(q.A+q.B))
	return q
}

// Worked checks what a browser sends once it is done: base64 of JSON.
func (m *Maker) Worked(payload string) (Proof, error) {
	var done struct {
		Challenge
		Number int `json:"number"`
	}
	text, err := base64.StdEncoding.DecodeString(payload)
	if err != nil || len(payload) > longest || json.Unmarshal(text, &done) != nil || done.Algorithm != algorithm {
		return Proof{}, ErrWrong
	}
	if !hmac.Equal([]byte(done.Signature), []byte(m.sign("work", done.Challenge.Challenge, done.Salt))) {
		return Proof{}, ErrWrong
	}
	name, query, _ := strings.Cut(done.Salt, "?")
	params, err := url.ParseQuery(strings.TrimSuffix(query, "&"))
	if err != nil || done.Number < 0 || done.Number > work || digest(done.Salt, done.Number) != done.Challenge.Challenge {
		return Proof{}, ErrWrong
	}
	return m.proof(name, params.Get("expires"))
}

// Answered checks the answer to a question, in digits.
func (m *Maker) Answered(token, answer string) (Proof, error) {
	parts := strings.Split(token, ".")
	sum, err := strconv.Atoi(strings.TrimSpace(answer))
	if len(token) > longest || len(parts) != 3 || err != nil {
		return Proof{}, ErrWrong
	}
	if !hmac.Equal([]byte(parts[2]), []byte(m.sign("question", parts[0]+"."+parts[1], strconv.Itoa(sum)))) {
		return Proof{}, ErrWrong
	}
	return m.proof(parts[0], parts[1])
}

func (m *Maker) proof(nonce, expires string) (Proof, error) {
	at, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || nonce == "" || !m.now().Before(time.Unix(at, 0)) {
		return Proof{}, ErrWrong
	}
	return Proof{Nonce: nonce, Expires: time.Unix(at, 0)}, nil
}

func (m *Maker) sign(parts ...string) string {
	h := hmac.New(sha256.New, m.key)
	for _, p := range parts {
		_, _ = h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func digest(salt string, number int) string {
	sum := sha256.Sum256([]byte(salt + strconv.Itoa(number)))
	return hex.EncodeToString(sum[:])
}

func nonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails; the runtime ends the process instead
	return hex.EncodeToString(b[:])
}

// below gives a number from 0 to n-1, each as likely as the others.
func below(n int) int {
	k, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // never happens: the runtime ends the process instead
	}
	return int(k.Int64())
}

// Solve does a browser's work, for programs and tests: it gives what Worked takes.
func Solve(c Challenge) (string, error) {
	for number := range c.Max + 1 {
		if digest(c.Salt, number) != c.Challenge {
			continue
		}
		text, err := json.Marshal(struct {
			Challenge
			Number int `json:"number"`
		}{c, number})
		return base64.StdEncoding.EncodeToString(text), err
	}
	return "", ErrWrong
}
