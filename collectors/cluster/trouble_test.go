package cluster_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// between stands between collector and API server. Where trouble answers a request itself it reports true.
func between(t *testing.T, server *kubetest.Server, trouble func(w http.ResponseWriter, r *http.Request) bool) (kubeconfig string, front *httptest.Server) {
	t.Helper()
	front = server.Front(t, trouble)
	return kubetest.WriteKubeconfig(t, front.URL, "", server.Token), front
}

// status answers with a Status object, as the API server does.
func status(w http.ResponseWriter, code int, reason, token string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, "metadata": map[string]any{"continue": token},
	})
}

const podsPath = "/api/v1/pods"

func TestTroubleOnTheWayCostsNothing(t *testing.T) {
	server := harbour(t)
	o := options()
	o.PageSize = 5
	undisturbed, _ := between(t, server, func(http.ResponseWriter, *http.Request) bool { return false })
	want, _ := collectBytes(t, undisturbed, o)

	for name, trouble := range map[string]func(n int64, w http.ResponseWriter, r *http.Request) bool{
		"too many requests, twice": func(n int64, w http.ResponseWriter, _ *http.Request) bool {
			if n > 2 {
				return false
			}
			w.Header().Set("Retry-After", "1")
			status(w, http.StatusTooManyRequests, "TooManyRequests", "")
			return true
		},
		"a server that restarts": func(n int64, w http.ResponseWriter, _ *http.Request) bool {
			if n != 2 {
				return false
			}
			status(w, http.StatusServiceUnavailable, "ServiceUnavailable", "")
			return true
		},
		"an expired token, and one that goes on": func(n int64, w http.ResponseWriter, r *http.Request) bool {
			token := r.URL.Query().Get("continue")
			if n != 4 || token == "" {
				return false
			}
			status(w, http.StatusGone, "Expired", token)
			return true
		},
		"an expired token and no other": func(n int64, w http.ResponseWriter, r *http.Request) bool {
			if n != 5 || r.URL.Query().Get("continue") == "" {
				return false
			}
			status(w, http.StatusGone, "Expired", "")
			return true
		},
		"a page that breaks off": func(n int64, w http.ResponseWriter, _ *http.Request) bool {
			if n != 3 {
				return false
			}
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, `{"kind":"PodList","metadata":{"continue":""},"items":[{"metadata":{"name":"half"`)
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			var asked, met atomic.Int64
			kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != podsPath || r.URL.Query().Get("limit") == "1" || !trouble(asked.Add(1), w, r) {
					return false
				}
				met.Add(1)
				return true
			})
			got, summary := collectBytes(t, kubeconfig, o)
			require.Positive(t, met.Load())
			require.Empty(t, summary.Refused)
			require.True(t, bytes.Equal(want, got))
		})
	}
}

func TestAKindThatFailsInTheMiddle(t *testing.T) {
	server := harbour(t)
	kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != podsPath || r.URL.Query().Get("limit") == "1" {
			return false
		}
		status(w, http.StatusForbidden, "Forbidden", "")
		return true
	})
	records, summary := collect(t, kubeconfig, options())
	require.Equal(t, []snapshot.Note{{Resource: "pods", Reason: "forbidden", Detail: "no right to list pods"}}, summary.Refused)
	require.Equal(t, summary.Refused, only[snapshot.Note](records))
	require.Empty(t, only[snapshot.WorkloadPods](records))
	node := one(t, records, func(n snapshot.Node) bool { return n.Name == "worker-a" })
	require.Nil(t, node.Pods)
	require.Len(t, only[snapshot.Service](records), 12)
}

func TestWhatEndsACollection(t *testing.T) {
	server := harbour(t)
	fails := func(t *testing.T, kubeconfig string) string {
		client, err := cluster.Connect(cluster.Connection{Kubeconfig: kubeconfig, QPS: 1000})
		require.NoError(t, err)
		_, err = cluster.Collect(t.Context(), client, options(), io.Discard)
		require.Error(t, err)
		return err.Error()
	}
	t.Run("a server that vanishes", func(t *testing.T) {
		var front *httptest.Server
		kubeconfig, front := between(t, server, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != podsPath || r.URL.Query().Get("limit") == "1" {
				return false
			}
			_ = front.Listener.Close()
			panic(http.ErrAbortHandler)
		})
		require.Regexp(t, `^read pods: list pods: the API server at 127\.0\.0\.1:\d+ cannot be reached: .*connection refused$`, fails(t, kubeconfig))
	})
	t.Run("a server that is not there", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		require.Regexp(t, `^read the server's version: the API server at 127\.0\.0\.1:\d+ cannot be reached: .*connection refused$`, fails(t, kubetest.WriteKubeconfig(t, gone.URL, "", "x")))
	})
	t.Run("a certificate that nobody vouches for", func(t *testing.T) {
		require.Contains(t, fails(t, kubetest.WriteKubeconfig(t, server.URL, "", server.Token)), "certificate signed by unknown authority")
	})
	t.Run("answers that break off, again and again", func(t *testing.T) {
		kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == podsPath {
				_, _ = io.WriteString(w, `{"items":[{"metadata":`)
			}
			return r.URL.Path == podsPath
		})
		require.Regexp(t, `^list pods: the API server at \S+ breaks off its answers: .*unexpected EOF`, fails(t, kubeconfig))
	})
	t.Run("credentials that are not accepted", func(t *testing.T) {
		kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
			status(w, http.StatusUnauthorized, "Unauthorized", "")
			return true
		})
		require.Contains(t, fails(t, kubeconfig), "does not accept these credentials (401)")
	})
}

func TestConfigurationsThatLeadNowhere(t *testing.T) {
	for name, connection := range map[string]cluster.Connection{
		"no such file":             {Kubeconfig: "/nowhere/kubeconfig"},
		"no such context":          {Kubeconfig: kubetest.WriteKubeconfig(t, "https://127.0.0.1:1", "", "x"), Context: "other"},
		"less than one request":    {Kubeconfig: kubetest.WriteKubeconfig(t, "https://127.0.0.1:1", "", "x"), QPS: -1},
		"an address that is none ": {Kubeconfig: kubetest.WriteKubeconfig(t, "https://[", "", "x")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := cluster.Connect(connection)
			require.Error(t, err)
		})
	}
}
