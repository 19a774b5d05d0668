package captcha_test

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/captcha"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func setup() (*captcha.Maker, *clock) {
	c := &clock{time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)}
	return captcha.New([]byte("a key of thirty-two bytes or so."), c.now), c
}

// bent changes one value of what a browser sends.
func bent(t *testing.T, payload, name string, value any) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(payload)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(text, &fields))
	fields[name] = value
	text, err = json.Marshal(fields)
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(text)
}

func TestWork(t *testing.T) {
	t.Parallel()
	maker, clock := setup()
	challenge := maker.Challenge()
	payload, err := captcha.Solve(challenge)
	require.NoError(t, err)

	t.Run("done is proof, by a nonce that is kept until it is over", func(t *testing.T) {
		proof, err := maker.Worked(payload)
		require.NoError(t, err)
		require.Len(t, proof.Nonce, 32)
		require.WithinDuration(t, clock.at.Add(30*time.Minute), proof.Expires, time.Second)
		again, err := maker.Worked(payload)
		require.NoError(t, err)
		require.Equal(t, proof, again)
	})
	t.Run("bent in any part is none", func(t *testing.T) {
		for name, value := range map[string]any{"number": 7.5, "challenge": strings.Repeat("0", 64), "algorithm": "SHA-1", "signature": "",
			"salt": strings.Replace(challenge.Salt, "expires=1", "expires=9", 1)} {
			_, err := maker.Worked(bent(t, payload, name, value))
			require.ErrorIs(t, err, captcha.ErrWrong, name)
		}
		for _, text := range []string{"", "{}", "!!", base64.StdEncoding.EncodeToString([]byte("null")), strings.Repeat("A", 4000)} {
			_, err := maker.Worked(text)
			require.ErrorIs(t, err, captcha.ErrWrong)
		}
	})
	t.Run("no digit moves between salt and number", func(t *testing.T) {
		require.True(t, strings.HasSuffix(challenge.Salt, "&"))
		for digit := range 10 {
			_, err := maker.Worked(bent(t, payload, "salt", challenge.Salt+strconv.Itoa(digit)))
			require.ErrorIs(t, err, captcha.ErrWrong)
		}
	})
	t.Run("of another installation is none", func(t *testing.T) {
		_, err := captcha.New([]byte("another key"), clock.now).Worked(payload)
		require.ErrorIs(t, err, captcha.ErrWrong)
	})
	t.Run("half an hour later is none", func(t *testing.T) {
		late := captcha.New([]byte("a key of thirty-two bytes or so."), func() time.Time { return clock.at.Add(30 * time.Minute) })
		_, err := late.Worked(payload)
		require.ErrorIs(t, err, captcha.ErrWrong)
	})
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	maker, clock := setup()
	q := maker.Question()
	right := strconv.Itoa(q.A + q.B)
	_, err := maker.Answered(q.Token, " "+right+" ")
	require.NoError(t, err)
	for _, wrong := range []string{"", "x", strconv.Itoa(q.A + q.B + 1), "-" + right} {
		_, err := maker.Answered(q.Token, wrong)
		require.ErrorIs(t, err, captcha.ErrWrong, wrong)
	}
	other := maker.Question()
	_, err = maker.Answered("x"+q.Token, right)
	require.ErrorIs(t, err, captcha.ErrWrong)
	_, err = maker.Worked(other.Token)
	require.ErrorIs(t, err, captcha.ErrWrong)
	clock.at = clock.at.Add(time.Hour)
	_, err = maker.Answered(q.Token, right)
	require.ErrorIs(t, err, captcha.ErrWrong)
}
