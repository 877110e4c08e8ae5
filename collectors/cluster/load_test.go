package cluster_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// TestNoMoreRequestsThanAskedFor holds the number of requests against the time that was there for them: a slow machine makes it longer, and
// nothing makes it shorter.
func TestNoMoreRequestsThanAskedFor(t *testing.T) {
	const limit = 20.0
	server := harbour(t)
	var seen atomic.Int64
	kubeconfig, _ := between(t, server, func(http.ResponseWriter, *http.Request) bool { seen.Add(1); return false })
	o := options()
	o.PageSize = 5
	began := time.Now()
	client, err := cluster.Connect(cluster.Connection{Kubeconfig: kubeconfig, QPS: limit})
	require.NoError(t, err)
	summary, err := cluster.Collect(t.Context(), client, o, io.Discard)
	took := time.Since(began).Seconds()
	require.NoError(t, err)
	require.Equal(t, seen.Load(), int64(summary.Requests), "it counts what the server sees")
	require.Greater(t, float64(summary.Requests), 2*limit, "too few to tell")
	require.LessOrEqual(t, float64(summary.Requests), limit+limit*took, "one second's requests at once, and no more than so many a second after them")
}

// TestAServerThatIsBusyIsLeftAlone asks for the least that is waited: a slow machine waits longer.
func TestAServerThatIsBusyIsLeftAlone(t *testing.T) {
	t.Parallel()
	server := harbour(t)
	for name, c := range map[string]struct {
		answers []int // to the first requests for pods
		after   string
		least   []time.Duration
	}{
		"as long as it asks for, once and again": {[]int{429, 429}, "1", []time.Duration{time.Second, time.Second}},
		"and where it does not say, twice as long each time": {[]int{429, 503, 500, 504}, "", []time.Duration{
			125 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var mutex sync.Mutex
			var asked, any []time.Time
			kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
				mutex.Lock()
				defer mutex.Unlock()
				any = append(any, time.Now())
				if r.URL.Path != podsPath || r.URL.Query().Get("limit") == "1" {
					return false
				}
				if asked = append(asked, time.Now()); len(asked) > len(c.answers) {
					return false
				}
				if c.after != "" {
					w.Header().Set("Retry-After", c.after)
				}
				status(w, c.answers[len(asked)-1], "", "")
				return true
			})
			_, summary := collect(t, kubeconfig, options())
			require.Empty(t, summary.Refused)
			require.Greater(t, len(asked), len(c.least))
			for i, least := range c.least {
				require.GreaterOrEqual(t, asked[i+1].Sub(asked[i]), least)
				for _, at := range any {
					require.False(t, at.After(asked[i]) && at.Before(asked[i].Add(least)), "nothing else is asked for meanwhile")
				}
			}
		})
	}
}

// TestATokenThatTheServerItselfLetExpire has the store forget, between two pages, the state that the list began in. It is a list of events,
// for the server answers others out of its memory.
func TestATokenThatTheServerItselfLetExpire(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	for n := range 9 {
		server.Apply(t, fmt.Appendf(nil, `{apiVersion: v1, kind: Event, metadata: {name: "e%d", namespace: default}, reason: BackOff, count: 1,
  firstTimestamp: "2026-03-02T08:50:00Z", lastTimestamp: "2026-03-02T08:50:00Z", involvedObject: {apiVersion: v1, kind: Namespace, name: default, uid: "(uid)"}}`, n))
	}
	o := options()
	o.PageSize = 2
	undisturbed, _ := between(t, server, func(http.ResponseWriter, *http.Request) bool { return false })
	want, calm := collectBytes(t, undisturbed, o)

	var pages atomic.Int64
	var refused []string
	kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
		token := r.URL.Query().Get("continue")
		if r.URL.Path != "/api/v1/events" || token == "" {
			return false
		}
		if pages.Add(1) == 2 {
			server.Apply(t, []byte("{apiVersion: v1, kind: ConfigMap, metadata: {name: later, namespace: default}}"))
			server.Compact(t)
			code, answer := ask(t, server, r.URL.RequestURI())
			refused = append(refused, fmt.Sprint(code))
			require.Contains(t, answer, `"reason":"Expired"`)
			require.Contains(t, answer, `"continue":"`, "and another one that goes on")
		}
		return false
	})
	got, summary := collectBytes(t, kubeconfig, o)
	require.Equal(t, []string{"410"}, refused, "the server's own answer")
	require.Empty(t, summary.Refused)
	require.True(t, bytes.Equal(want, got), "each event counted once")
	require.Equal(t, calm.Requests+1, summary.Requests, "one page was asked for twice, and the list did not begin again")
}

// TestHelmsStorageIsAskedForAsMetadataAlone looks at what is asked for and at what the server then sends.
func TestHelmsStorageIsAskedForAsMetadataAlone(t *testing.T) {
	server := harbour(t)
	const metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	for history, want := range map[bool]string{false: metadata, true: "application/json"} {
		t.Run(fmt.Sprintf("with history: %t", history), func(t *testing.T) {
			var mutex sync.Mutex
			var paths []string
			kubeconfig, _ := between(t, server, func(_ http.ResponseWriter, r *http.Request) bool {
				mutex.Lock()
				defer mutex.Unlock()
				for _, kind := range []string{"secrets", "configmaps"} {
					if r.URL.Path != "/api/v1/"+kind {
						continue
					}
					require.Equal(t, "owner=helm", r.URL.Query().Get("labelSelector"))
					if r.URL.Query().Get("limit") != "1" {
						require.Equal(t, want, r.Header.Get("Accept"))
						paths = append(paths, r.URL.RequestURI())
					} else {
						require.Equal(t, metadata, r.Header.Get("Accept"), "a first question wants no data")
					}
				}
				return false
			})
			o := options()
			o.HelmHistory = history
			collect(t, kubeconfig, o)
			require.GreaterOrEqual(t, len(paths), 2)
			for _, path := range paths {
				_, answer := askAs(t.Context(), t, server, path, want)
				require.Equal(t, !history && strings.Contains(path, "secrets"), strings.Contains(path, "secrets") && !strings.Contains(answer, "cGxhY2Vob2xkZXI="))
			}
		})
	}
}

func ask(t *testing.T, server *kubetest.Server, path string) (int, string) {
	t.Helper()
	return askAs(t.Context(), t, server, path, "application/json")
}

// askAs asks the server for a path as the administrator.
func askAs(ctx context.Context, t *testing.T, server *kubetest.Server, path, accept string) (int, string) {
	t.Helper()
	bundle, err := os.ReadFile(server.CA)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(bundle))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+server.Token)
	request.Header.Set("Accept", accept)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}}
	answer, err := client.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}
