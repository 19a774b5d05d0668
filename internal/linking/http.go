package linking

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"loket/models"
)

// What an application may answer that is no failure of it.
var (
	// ErrWrong is the answer for a wrong password and for a user that does not exist.
	ErrWrong = errors.New("the username or the password is wrong")
	// ErrLocked is the answer for a right password of a user who may not come in.
	ErrLocked = errors.New("the application has locked this user")
	// ErrUnknown is the answer for a user or a company that the application does not know.
	ErrUnknown = errors.New("the application does not know whom it was asked about")
	// ErrAway stands for everything else: no answer, a late one, or one that cannot be understood.
	ErrAway = errors.New("the application does not answer")
)

// Bounds of an exchange. A person waits for it.
const (
	patience   = 5 * time.Second
	mostAnswer = 64 << 10
)

// Endpoint is where an application is asked, and the secret by which it knows us.
type Endpoint struct{ Address, Secret string }

// HTTP asks applications by POST with JSON. It is safe for concurrent use.
type HTTP struct{ client *http.Client }

// NewHTTP returns an asker that follows no redirect, uses no proxy, and connects to no address that only this machine's
// network could mean. trust says whom to trust where it is not the system's authorities.
func NewHTTP(trust *tls.Config) *HTTP {
	dialer := &net.Dialer{Timeout: 3 * time.Second, Control: refuseOdd}
	if trust == nil {
		trust = &tls.Config{}
	}
	trust = trust.Clone()
	trust.MinVersion = max(trust.MinVersion, tls.VersionTLS12)
	transport := &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: trust, TLSHandshakeTimeout: 3 * time.Second, ResponseHeaderTimeout: patience,
		MaxResponseHeaderBytes: 16 << 10, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true}
	return &HTTP{&http.Client{Transport: transport, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// refuseOdd keeps a name of an application from leading to where metadata of machines are, or to everybody at once.
func refuseOdd(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", address, err)
	}
	ip := at.Addr().Unmap()
	if ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip.IsInterfaceLocalMulticast() {
		return fmt.Errorf("no application is asked at %s", ip)
	}
	return nil
}

// answer is what an application tells; see the decision's page.
type answer struct {
	Result string `json:"result"`
	User   struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"user"`
	Directorates []models.Directorate `json:"directorates"`
}

// Verify asks whether a username and a password are right: ErrWrong, ErrLocked or ErrAway where they are not.
func (h *HTTP) Verify(ctx context.Context, to Endpoint, p models.LinkProof) (models.ApplicationUser, error) {
	got, err := h.ask(ctx, to, "verify", map[string]string{"username": p.Username, "password": p.Password})
	if err != nil {
		return models.ApplicationUser{}, err
	}
	switch got.Result {
	case "ok":
		user := models.ApplicationUser{ID: got.User.ID, Name: got.User.Name, Directorates: got.Directorates}
		if !models.SoundUser(user) {
			return models.ApplicationUser{}, fmt.Errorf("%w: it told of a user in a way that cannot be kept", ErrAway)
		}
		return user, nil
	case "wrong":
		return models.ApplicationUser{}, ErrWrong
	case "locked":
		return models.ApplicationUser{}, ErrLocked
	}
	return models.ApplicationUser{}, fmt.Errorf("%w: its answer is none of the protocol's", ErrAway)
}

// Lookup asks for the directorates of a user or a company: ErrUnknown or ErrAway where there is no telling.
func (h *HTTP) Lookup(ctx context.Context, to Endpoint, who models.LinkSubject) ([]models.Directorate, error) {
	body := map[string]string{"user": who.User}
	if who.NPWP != "" {
		body = map[string]string{"npwp": who.NPWP}
	}
	got, err := h.ask(ctx, to, "lookup", body)
	switch {
	case err != nil:
		return nil, err
	case got.Result == "unknown":
		return nil, ErrUnknown
	case got.Result != "ok":
		return nil, fmt.Errorf("%w: its answer is none of the protocol's", ErrAway)
	case !models.SoundDirectorates(got.Directorates):
		return nil, fmt.Errorf("%w: it told of directorates in a way that cannot be kept", ErrAway)
	}
	return got.Directorates, nil
}

// ask posts a question. Its errors tell nothing of what was sent.
func (h *HTTP) ask(ctx context.Context, to Endpoint, what string, question map[string]string) (answer, error) {
	body, err := json.Marshal(question)
	if err != nil {
		return answer{}, fmt.Errorf("%w: write a question", ErrAway)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(to.Address, "/")+"/"+what, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrAway, err)
	}
	r.Header.Set("Authorization", "Bearer "+to.Secret)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	got, err := h.client.Do(r)
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer func() { _ = got.Body.Close() }()
	return read(got)
}

func read(got *http.Response) (answer, error) {
	var a answer
	if got.StatusCode != http.StatusOK {
		return a, fmt.Errorf("%w: status %d", ErrAway, got.StatusCode)
	}
	if kind, _, err := mime.ParseMediaType(got.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return a, fmt.Errorf("%w: its answer is no JSON", ErrAway)
	}
	body, err := io.ReadAll(io.LimitReader(got.Body, mostAnswer+1))
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrAway, err)
	}
	if len(body) > mostAnswer {
		return a, fmt.Errorf("%w: its answer is longer than %d bytes", ErrAway, mostAnswer)
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return a, fmt.Errorf("%w: its answer cannot be read", ErrAway) // the decoder's error may repeat what it read
	}
	return a, nil
}
