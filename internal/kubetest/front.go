package kubetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// Front stands between a client and the server, over plain HTTP and with the server's own token. What answer answers itself it reports true
// for; everything else is passed on.
func (s *Server) Front(t testing.TB, answer func(w http.ResponseWriter, r *http.Request) bool) *httptest.Server {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatalf("kubetest: front: %v", err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Set("Authorization", "Bearer "+s.Token) // which no client sends over plain HTTP
		},
		Transport: s.api.client.Transport,
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answer(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(front.Close)
	return front
}

// WriteKubeconfig writes a kubeconfig for an address into a folder of the test's own. ca is the file of the certificate authority; empty where
// there is none to say.
func WriteKubeconfig(t testing.TB, address, ca, token string) string {
	t.Helper()
	content, err := kubeconfig(address, ca, "kubetest", token)
	if err != nil {
		t.Fatalf("kubetest: %v", err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatalf("kubetest: write kubeconfig: %v", err)
	}
	return path
}

// kubeconfig is one context's; JSON is YAML.
func kubeconfig(address, ca, user, token string) ([]byte, error) {
	cluster := map[string]any{"server": address}
	if ca != "" {
		cluster["certificate-authority"] = ca
	}
	return json.Marshal(map[string]any{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": "kubetest",
		"clusters":        []any{map[string]any{"name": "kubetest", "cluster": cluster}},
		"users":           []any{map[string]any{"name": user, "user": map[string]any{"token": token}}},
		"contexts":        []any{map[string]any{"name": "kubetest", "context": map[string]any{"cluster": "kubetest", "user": user}}},
	})
}
