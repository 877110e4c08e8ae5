package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// nodes takes snapshots of nodes, with one answer after the other, and the last one again and again.
type nodes struct {
	*httptest.Server
	lock  sync.Mutex
	files [][]byte
	keys  []string
	token string // its file
}

func takingNodes(t *testing.T, answers ...func(http.ResponseWriter)) *nodes {
	t.Helper()
	n := &nodes{token: tokenFile(t, "plim_secret")}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, _ := io.ReadAll(r.Body)
		n.lock.Lock()
		defer n.lock.Unlock()
		n.files, n.keys = append(n.files, file), append(n.keys, r.Header.Get("Idempotency-Key"))
		answers[min(len(n.files), len(answers))-1](w)
	}))
	t.Cleanup(n.Close)
	return n
}

func (n *nodes) came() int {
	n.lock.Lock()
	defer n.lock.Unlock()
	return len(n.files)
}

func (n *nodes) node(t *testing.T, more ...string) []string {
	t.Helper()
	return append(append([]string{"node", "--node-name", "worker-1", "--upload", n.URL, "--platform", "p1", "--token-file", n.token}, aMachine(t)...), more...)
}

func TestANodeIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		answers []func(http.ResponseWriter)
		code    int
		came    int
		want    string
	}{
		"new":                {[]func(http.ResponseWriter){answer(202, "{}")}, 0, 1, `(?m)^sent to \S+: a new snapshot$`},
		"there already":      {[]func(http.ResponseWriter){answer(200, "{}")}, 0, 1, `it has this snapshot already`},
		"too many at once":   {[]func(http.ResponseWriter){answer(429, "{}", "Retry-After", "1"), answer(503, ""), answer(202, "{}")}, 0, 3, `a new snapshot`},
		"no such node":       {[]func(http.ResponseWriter){answer(422, `{"detail":"The cluster has no such node."}`)}, 1, 1, `does not take the snapshot: The cluster has no such node \(422\)\n$`},
		"of another cluster": {[]func(http.ResponseWriter){answer(409, `{"detail":"It is another cluster's."}`)}, 1, 1, `another cluster's \(409\)\n$`},
	} {
		t.Run(name, func(t *testing.T) {
			server := takingNodes(t, c.answers...)
			got := start(t, server.node(t)...)
			require.Equal(t, c.code, got.code, got.stderr)
			require.Regexp(t, c.want, got.stderr)
			require.Empty(t, got.stdout)
			require.Equal(t, c.came, server.came())
			for i, file := range server.files {
				requireWhole(t, file)
				require.Equal(t, server.files[0], file, "the same reading each time")
				require.NotEmpty(t, server.keys[i])
				require.Equal(t, server.keys[0], server.keys[i])
			}
		})
	}
	out := filepath.Join(t.TempDir(), "node")
	refused := takingNodes(t, answer(401, "{}"))
	got := start(t, refused.node(t, "--out", out)...)
	require.Contains(t, got.stderr, "; it is kept in "+out+", for plimsoll-collect upload\n")
	require.NoError(t, checkWhole(out))
}

func TestANodeIsSentAgainAndAgain(t *testing.T) {
	t.Parallel()
	t.Run("until it is ended", func(t *testing.T) {
		server := takingNodes(t, answer(202, "{}"))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan int)
		go func() {
			done <- run(ctx, server.node(t, "--every", "10s"), nil, &bytes.Buffer{}, &bytes.Buffer{})
		}()
		require.Eventually(t, func() bool { return server.came() == 1 }, patience, shortestPause/1000)
		cancel()
		require.Zero(t, <-done)
	})
	t.Run("until it is refused for good", func(t *testing.T) {
		server := takingNodes(t, answer(401, `{"detail":"Revoked."}`))
		require.Contains(t, start(t, server.node(t, "--every", "10s")...).stderr, "does not take the snapshot: Revoked (401)\n")
	})
	t.Run("past a server that is away", func(t *testing.T) {
		server := takingNodes(t, answer(503, ""))
		another := func() bool { // each reading is a snapshot of its own
			server.lock.Lock()
			defer server.lock.Unlock()
			return len(slices.Compact(slices.Clone(server.keys))) == 2
		}
		ctx, cancel := context.WithCancel(t.Context())
		var stderr bytes.Buffer
		done := make(chan int)
		go func() {
			done <- run(ctx, server.node(t, "--every", "10s", "--timeout", "1s"), nil, &bytes.Buffer{}, &stderr)
		}()
		require.Eventually(t, another, patience, shortestPause/1000)
		cancel()
		require.Zero(t, <-done)
		require.Contains(t, stderr.String(), "Service Unavailable (503); the next one is tried in 10s\n")
	})
}

func TestSendingThatGoesNowhere(t *testing.T) {
	require.Equal(t, "--platform is for sending: say where to with --upload URL", fails(t, "node", "--platform", "p1"))
	require.Equal(t, "--token-file is for sending: say where to with --upload URL", fails(t, "cluster", "--token-file", "x"))
}
