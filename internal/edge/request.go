package edge

import (
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"loket/models"
)

// HeaderRequestID carries the request's id both ways.
const HeaderRequestID = "X-Request-Id"

const (
	keyRequestID = "loket.request_id"
	keyAccount   = "loket.account"
)

// longestAgent is how much of a User-Agent the audit keeps.
const longestAgent = 200

// identify gives the request an id: the caller's, where it is 8 to 64 letters, digits, dots, dashes or underscores,
// else a new UUIDv7. The answer names it, so that a person can quote it.
func identify(c *gin.Context) {
	id := c.GetHeader(HeaderRequestID)
	if !sane(id) {
		id = newID()
	}
	c.Set(keyRequestID, id)
	c.Header(HeaderRequestID, id)
	c.Next()
}

func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString() // the clock failed; any id serves
	}
	return id.String()
}

func sane(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for _, r := range id {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
		if !ok {
			return false
		}
	}
	return true
}

// RequestID is the id of the request, as logs, audit and the answer's header name it.
func RequestID(c *gin.Context) string { return c.GetString(keyRequestID) }

// Know tells the access log which account asks. Counters call it once they know; the id is no personal data.
func Know(c *gin.Context, accountID string) { c.Set(keyAccount, accountID) }

// Origin says from where something is asked, for the audit: channel is "portal" or "api". The address is the peer's,
// or what a trusted proxy says of it.
func Origin(c *gin.Context, channel string) models.Origin {
	agent := strings.ToValidUTF8(c.Request.UserAgent(), "")
	if len(agent) > longestAgent {
		agent = strings.ToValidUTF8(agent[:longestAgent], "")
	}
	return models.Origin{Channel: channel, IP: c.ClientIP(), UserAgent: agent, RequestID: RequestID(c)}
}
