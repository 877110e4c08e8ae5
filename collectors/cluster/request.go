package cluster

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"plimsoll/collectors/allow"
	"plimsoll/collectors/retry"
)

const (
	attempts       = 6 // of one request, the first among them
	unreachable    = 3 // attempts where no answer came at all
	firstWait      = 250 * time.Millisecond
	longestWait    = 30 * time.Second // whatever Retry-After says
	statusBytes    = 64 << 10         // read of a refusal
	answerBytes    = 8 << 20          // read of an answer that is no list
	acceptJSON     = "application/json"
	acceptMetadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" // no fallback: never the objects' data
)

// ErrTime says that the context's time ran out before the cluster was read.
var ErrTime = errors.New("the cluster could not be read in the time given")

// serving is what the handshake showed of the server's certificate.
type serving struct {
	start, end time.Time
	issuer     string
	ownCA      *bool // nil where nobody vouches for it
}

// refusal is an answer other than 200.
type refusal struct {
	Code     int
	Reason   string `json:"reason"` // of the Status object, such as Forbidden
	Message  string `json:"message"`
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
}

func (r *refusal) Error() string {
	return fmt.Sprintf("the API server answered %d %s", r.Code, cmp.Or(r.Reason, http.StatusText(r.Code)))
}

// lost says that no answer came: the server is not there, not the one we trust, or gone.
type lost struct {
	host string
	err  error
}

func (l *lost) Error() string {
	return fmt.Sprintf("the API server at %s cannot be reached: %v", l.host, l.err)
}
func (l *lost) Unwrap() error { return l.err }

// stranger says that the server does not know who asks.
type stranger struct{ host string }

func (s *stranger) Error() string {
	return fmt.Sprintf("the API server at %s does not accept these credentials (401): the token may have expired; sign in again or choose another --context", s.host)
}

// get asks for a path and gives the answer's body. Refusals are *refusal, *stranger or *lost.
//
// It waits for its turn, then retries what may pass: too many requests (as long as the server asks for), a server that is
// overloaded or restarting, a connection that broke.
func (c *Client) get(ctx context.Context, path string, query url.Values, accept string) (io.ReadCloser, error) {
	for attempt := 1; ; attempt++ {
		body, wait, err := c.ask(ctx, path, query, accept)
		if err == nil {
			return body, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		limit := attempts
		if gone := (*lost)(nil); errors.As(err, &gone) {
			limit = unreachable
		}
		if wait < 0 || attempt >= limit {
			return nil, err
		}
		if err := retry.Pause(ctx, cmp.Or(wait, retry.BackOff(firstWait, attempt))); err != nil {
			return nil, err
		}
	}
}

// never as a time to wait: asking again would not help.
const never = -1

// ask is one attempt; wait is how long the server wants to be left alone, 0 where it does not say.
func (c *Client) ask(ctx context.Context, path string, query url.Values, accept string) (body io.ReadCloser, wait time.Duration, err error) {
	if err := c.limiter.Wait(ctx); err != nil {
		return nil, never, cmp.Or(ctx.Err(), ErrTime) // the turn would come after the deadline
	}
	c.requests.Add(1)
	target := c.base.JoinPath(path)
	target.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, never, err
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, waitAfter(err), &lost{c.Host(), withoutURL(err)}
	}
	c.meet(answer.TLS)
	if answer.StatusCode == http.StatusOK {
		return bodyOf(answer), 0, nil
	}
	wait, err = c.refused(answer)
	return nil, wait, err
}

func (c *Client) refused(answer *http.Response) (time.Duration, error) {
	refused := &refusal{Code: answer.StatusCode}
	body := bodyOf(answer)
	defer body.Close()
	text, _ := io.ReadAll(io.LimitReader(body, statusBytes))
	_ = json.Unmarshal(text, refused) // a proxy in between answers in HTML: the code says enough
	switch answer.StatusCode {
	case http.StatusUnauthorized:
		return never, &stranger{c.Host()}
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return retry.After(answer.Header, longestWait), refused
	}
	return never, refused
}

// meet remembers the certificate of the first handshake.
func (c *Client) meet(state *tls.ConnectionState) {
	c.meeting.Lock()
	defer c.meeting.Unlock()
	if c.met != nil || state == nil || len(state.PeerCertificates) == 0 {
		return
	}
	leaf := state.PeerCertificates[0]
	c.met = &serving{start: leaf.NotBefore.UTC(), end: leaf.NotAfter.UTC(), issuer: cmp.Or(leaf.Issuer.CommonName, leaf.Issuer.String())}
	switch {
	case c.ownCA != nil:
		c.met.ownCA = new(isIssuedBy(c.ownCA, state.PeerCertificates))
	case len(state.VerifiedChains) > 0:
		c.met.ownCA = new(false) // by a CA that the whole machine trusts
	}
}

// isIssuedBy reports whether a chain ends in the pool, whatever names and time it was made for.
func isIssuedBy(pool *x509.CertPool, chain []*x509.Certificate) bool {
	between := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		between.AddCert(certificate)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: pool, Intermediates: between, CurrentTime: chain[0].NotBefore.Add(time.Second), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}

// getJSON asks for one object, and decodes what the sieve lets through of it.
func (c *Client) getJSON(ctx context.Context, path string, sieve *allow.Sieve, into any) error {
	body, err := c.get(ctx, path, nil, acceptJSON)
	if err != nil {
		return err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, answerBytes+1))
	if err != nil {
		return &lost{c.Host(), err}
	}
	if len(text) > answerBytes {
		return fmt.Errorf("%s: an answer of more than %d bytes", path, answerBytes)
	}
	let, _, err := sieve.Append(nil, text)
	if err == nil {
		err = decode(let, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// waitAfter tells a certificate that we do not trust, which no second attempt mends, from a connection that may come back.
func waitAfter(err error) time.Duration {
	if bad := (*tls.CertificateVerificationError)(nil); errors.As(err, &bad) {
		return never
	}
	return 0
}

// withoutURL takes away method and address, which the message names already.
func withoutURL(err error) error {
	if outer := (*url.Error)(nil); errors.As(err, &outer) {
		return outer.Err
	}
	return err
}
