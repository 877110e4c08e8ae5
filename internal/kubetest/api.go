package kubetest

import (
	"bytes"
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
	"os"
	"time"
)

const (
	requestTimeout = time.Minute
	responseLimit  = 64 << 20
)

// api speaks to the server as one user.
type api struct {
	base    string
	token   string
	client  *http.Client
	process *process
}

// request is one call; body is encoded as JSON, and contentType is application/json where it is empty.
type request struct {
	method, path string
	query        url.Values
	contentType  string
	accept       string
	body         any
}

// refusal is an answer of the server other than 2xx.
type refusal struct {
	code    int
	Reason  string `json:"reason"` // of the Status object, such as AlreadyExists
	Message string `json:"message"`
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.code, r.Reason, r.Message) }

func newAPI(process *process) (*api, error) {
	bundle, err := os.ReadFile(process.ready.CA)
	if err != nil {
		return nil, fmt.Errorf("read certificate of the API server: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(bundle) {
		return nil, errors.New("no certificate in " + process.ready.CA)
	}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}
	return &api{
		base:    process.ready.URL,
		token:   process.ready.Token,
		client:  &http.Client{Transport: transport, Timeout: requestTimeout},
		process: process,
	}, nil
}

// do makes the call and decodes the answer into answer, where that is not nil. An answer other than 2xx is a *refusal.
func (a *api) do(ctx context.Context, call request, answer any) error {
	code, content, err := a.exchange(ctx, call)
	if err != nil {
		// A server that is gone says more in its log than in a refused connection.
		return fmt.Errorf("%s %s: %w", call.method, call.path, errors.Join(err, a.process.ended()))
	}
	if code < 200 || code > 299 {
		refused := &refusal{code: code}
		if json.Unmarshal(content, refused) != nil || refused.Message == "" {
			refused.Message = string(content)
		}
		return fmt.Errorf("%s %s: %w", call.method, call.path, refused)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(content, answer); err != nil {
		return fmt.Errorf("%s %s: decode answer: %w", call.method, call.path, err)
	}
	return nil
}

func (a *api) exchange(ctx context.Context, call request) (code int, content []byte, err error) {
	var body io.Reader
	if call.body != nil {
		encoded, err := json.Marshal(call.body)
		if err != nil {
			return 0, nil, err
		}
		body = bytes.NewReader(encoded)
	}
	target := a.base + call.path
	if len(call.query) > 0 {
		target += "?" + call.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, call.method, target, body)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Accept", cmp.Or(call.accept, "application/json"))
	r.Header.Set("Content-Type", cmp.Or(call.contentType, "application/json"))
	response, err := a.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	content, err = io.ReadAll(io.LimitReader(response.Body, responseLimit+1))
	if err == nil && len(content) > responseLimit {
		err = fmt.Errorf("answer of more than %d bytes", responseLimit)
	}
	return response.StatusCode, content, err
}
