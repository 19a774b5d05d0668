package edge

import (
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

// FuzzOrigin reads what any request says of itself for the audit trail, which can store it.
func FuzzOrigin(f *testing.F) {
	f.Add("Mozilla/5.0", "10.0.0.1", "0192f7c5-req")
	f.Add(strings.Repeat("é", 300), "::1, evil", "\r\nX: y")
	f.Add("\xff\x00", "127.0.0.1\x00", "")
	f.Fuzz(func(t *testing.T, agent, forwarded, id string) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest("GET", "/", nil)
		c.Request.Header.Set("User-Agent", agent)
		c.Request.Header.Set("X-Forwarded-For", forwarded)
		c.Request.Header.Set(HeaderRequestID, id)
		identify(c)
		o := Origin(c, "api")
		require.True(t, utf8.ValidString(o.UserAgent))
		require.LessOrEqual(t, len(o.UserAgent), longestAgent)
		require.True(t, sane(o.RequestID))
	})
}

// FuzzHost knows no host but our own, however it is written.
func FuzzHost(f *testing.F) {
	ours, err := parseHosts("https://loket.kem.example")
	require.NoError(f, err)
	for _, s := range []string{"loket.kem.example", "LOKET.kem.example:443", "loket.kem.example:80", "loket.kem.example.evil.example", "evil@loket.kem.example", "loket.kem.example:", "[::1]", "loket.kem.example\x00", "loket.kem.example/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		known := ours.know(host)
		require.Equal(t, known, strings.EqualFold(host, "loket.kem.example") || strings.EqualFold(host, "loket.kem.example:443"), "%q", host)
	})
}
