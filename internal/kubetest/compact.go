package kubetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// Compact makes the store forget every state but the present one, as an API server has it do every few minutes. The continue tokens of lists
// that began before the last write have then expired: the server answers 410.
func (s *Server) Compact(t testing.TB) {
	t.Helper()
	if err := s.compact(t.Context()); err != nil {
		t.Fatalf("kubetest: compact the store: %v", err)
	}
}

func (s *Server) compact(ctx context.Context) error {
	socket := filepath.Join(s.process.ready.Directory, "etcd.sock")
	client := &http.Client{Timeout: requestTimeout, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	var status struct{ Header struct{ Revision string } }
	if err := askStore(ctx, client, "maintenance/status", "{}", &status); err != nil {
		return err
	}
	// Physical: the answer comes once it is done.
	return askStore(ctx, client, "kv/compaction", fmt.Sprintf(`{"revision": %q, "physical": true}`, status.Header.Revision), &struct{}{})
}

// askStore speaks to etcd's own JSON interface.
func askStore(ctx context.Context, client *http.Client, method, body string, answer any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://etcd/v3/"+method, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: etcd answered %s", method, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
