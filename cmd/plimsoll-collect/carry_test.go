package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// inTwo is a collector that goes on only when the server has read of the first part.
func inTwo(t *testing.T, h *house, file []byte, times *atomic.Int64) func(context.Context, io.Writer) error {
	return func(_ context.Context, w io.Writer) error {
		times.Add(1)
		_, err := w.Write(file[:len(file)/2])
		require.NoError(t, err)
		require.Eventually(t, func() bool { return h.came.Load() > 0 }, patience, time.Millisecond, "nothing is sent while the snapshot is made")
		_, err = w.Write(file[len(file)/2:])
		return err
	}
}

func TestASnapshotIsSentWhileItIsMade(t *testing.T) {
	h := newHouse(t, false)
	file, stderr, times := large(t), &bytes.Buffer{}, &atomic.Int64{}
	require.NoError(t, h.target(t, h.URL).carry(t.Context(), stderr, false, inTwo(t, h, file, times)))
	require.Regexp(t, `^sent to \S+: a new snapshot; what becomes of it: https://\S+/api/v1/snapshots/\S+\n$`, stderr.String())
	require.EqualValues(t, len(file), h.came.Load(), "each byte went once")
	there := h.snapshots(t)
	require.Len(t, there, 1)
	require.Equal(t, file, h.content(t, there[0].ID))

	require.NoError(t, h.target(t, h.URL).carry(t.Context(), stderr, false, inTwo(t, h, file, times)))
	require.Contains(t, stderr.String(), ": it has this snapshot already\n")
	require.Len(t, h.snapshots(t), 1)
}

// TestTheWayBreaksInTheMiddle: the snapshot is made once, and there once.
func TestTheWayBreaksInTheMiddle(t *testing.T) {
	file := large(t)
	for name, c := range map[string]struct {
		ways func(*house) []way
		want string
	}{
		"while it is made":          {func(*house) []way { return []way{breaksAfter(40 << 10), sound} }, "a new snapshot"},
		"twice":                     {func(*house) []way { return []way{breaksAfter(20 << 10), breaksAfter(60 << 10), sound} }, "a new snapshot"},
		"before the handshake ends": {func(*house) []way { return []way{breaksAfter(100), sound} }, "a new snapshot"},
		"with the answer on its way": {func(h *house) []way {
			return []way{losesTheAnswer(func() bool { return len(h.snapshots(t)) > 0 }), sound}
		}, "it has this snapshot already"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, false)
			stderr, times := &bytes.Buffer{}, 0
			target := h.target(t, "https://"+relay(t, h.Listener.Addr().String(), c.ways(h)...))
			require.NoError(t, target.carry(t.Context(), stderr, false, func(_ context.Context, w io.Writer) error {
				times++
				for at := 0; at < len(file); at += 4 << 10 {
					if _, err := w.Write(file[at:min(at+4<<10, len(file))]); err != nil {
						return err
					}
				}
				return nil
			}))
			require.Contains(t, stderr.String(), c.want)
			require.Equal(t, 1, times)
			there := h.snapshots(t)
			require.Len(t, there, 1)
			require.Equal(t, file, h.content(t, there[0].ID))
		})
	}
}

func TestWhatIsRefusedForGoodIsNotMadeToItsEnd(t *testing.T) {
	h := newHouse(t, false)
	file := large(t)
	for name, c := range map[string]struct {
		wanted bool
		ends   error
	}{
		"sent only":      {false, context.Canceled},
		"kept in a file": {true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			target := h.target(t, h.URL)
			target.token = "plim_another"
			before := h.asked.Load()
			err := target.carry(t.Context(), io.Discard, c.wanted, func(ctx context.Context, w io.Writer) error {
				_, err := w.Write(file[:len(file)/2])
				require.NoError(t, err)
				if c.wanted {
					require.Eventually(t, func() bool { return h.asked.Load() > before }, patience, time.Millisecond)
					_, err = w.Write(file[len(file)/2:])
					return err
				}
				select {
				case <-ctx.Done():
				case <-time.After(patience):
				}
				require.Equal(t, c.ends, ctx.Err())
				return ctx.Err()
			})
			require.ErrorContains(t, err, "does not take the snapshot: ")
			require.ErrorContains(t, err, "(401)")
			require.EqualValues(t, before+1, h.asked.Load(), "no second attempt")
		})
	}
	require.Empty(t, h.snapshots(t))
}

func TestACollectionThatFailsLeavesNothingAtTheServer(t *testing.T) {
	h := newHouse(t, false)
	file := large(t)
	err := h.target(t, h.URL).carry(t.Context(), io.Discard, false, func(_ context.Context, w io.Writer) error {
		_, err := w.Write(file[:len(file)-1])
		require.NoError(t, err)
		require.Eventually(t, func() bool { return h.came.Load() > 0 }, patience, time.Millisecond)
		return errors.New("the cluster is gone")
	})
	require.EqualError(t, err, "the cluster is gone")
	require.Empty(t, h.snapshots(t))
	require.EqualValues(t, 1, h.asked.Load())
}

// TestASlowNetworkEndsByTimeout: nothing comes through any more, and nothing breaks either.
func TestASlowNetworkEndsByTimeout(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	file := large(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	address := relay(t, h.Listener.Addr().String(), stallsAfter(30<<10))
	err := h.target(t, "https://"+address).carry(ctx, io.Discard, false, func(_ context.Context, w io.Writer) error {
		_, err := w.Write(file)
		return err
	})
	require.EqualError(t, err, "the snapshot could not be sent in the time given: "+address+" was too slow")
	require.Empty(t, h.snapshots(t))
}

func TestMemoryDoesNotGrowWithTheSnapshot(t *testing.T) {
	var came atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		came.Add(n)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	t.Setenv("PLIMSOLL_TOKEN", "plim_secret")
	f := uploadFlags{url: server.URL, platform: "p1"}
	target, err := f.target()
	require.NoError(t, err)
	const size = 48 << 20
	part := make([]byte, 64<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.NoError(t, target.carry(t.Context(), io.Discard, false, func(_ context.Context, w io.Writer) error {
		for range size / len(part) {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	}))
	runtime.ReadMemStats(&after)
	require.EqualValues(t, size, came.Load())
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "of %d bytes that were carried", size)
}

func TestASpoolIsBounded(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	kept, err := newSpool(10)
	require.NoError(t, err)
	defer kept.remove()
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Empty(t, left, "it has no name that could stay behind")
	_, err = kept.Write(make([]byte, 10))
	require.NoError(t, err)
	_, err = kept.Write([]byte{0})
	require.EqualError(t, err, "the snapshot is larger than the 10 bytes that a server takes: narrow it with -n NAMESPACE")
	kept.finish(nil)
	for range 2 {
		all, err := io.ReadAll(kept.follow())
		require.NoError(t, err)
		require.Len(t, all, 10)
	}
}

func TestASpoolThatNobodyFollowsAnyMore(t *testing.T) {
	kept, err := newSpool(10)
	require.NoError(t, err)
	defer kept.remove()
	reader, done := kept.follow(), make(chan error)
	go func() {
		_, err := reader.Read(make([]byte, 1))
		done <- err
	}()
	require.NoError(t, reader.Close())
	require.NoError(t, reader.Close())
	require.Error(t, <-done)
}

// TestAClusterGoesStraightToTheServer: what streams is what a file would hold, and is judged as that.
func TestAClusterGoesStraightToTheServer(t *testing.T) {
	h := newHouse(t, false)
	server := harbour(t)
	out := t.TempDir() + "/harbour.plimsoll.gz"
	from := []string{"cluster", "--kubeconfig", server.Kubeconfig, "--limit-qps", "1000"}

	got := start(t, append(append(from, "--out", out), h.flags("--upload")...)...)
	require.Zero(t, got.code, got.stderr)
	require.Empty(t, got.stdout)
	require.Regexp(t, `(?s)^read .*sent to \S+: a new snapshot; what becomes of it: \S+\n$`, got.stderr)
	there := h.snapshots(t)
	require.Len(t, there, 1)
	file, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, file, h.content(t, there[0].ID))
	digest, err := digestOf(out)
	require.NoError(t, err)
	require.Equal(t, digest, there[0].Digest)

	again := start(t, append([]string{"upload", out}, h.flags("--url")...)...)
	require.Zero(t, again.code, again.stderr)
	require.Contains(t, again.stderr, "it has this snapshot already")

	straight := start(t, append(from, h.flags("--upload")...)...)
	require.Zero(t, straight.code, straight.stderr)
	require.Empty(t, straight.stdout)
	require.Len(t, h.snapshots(t), 2, "another collection is another snapshot")
	for _, found := range h.snapshots(t) {
		requireWhole(t, h.content(t, found.ID))
	}

	require.NoError(t, os.WriteFile(h.token, []byte("plim_another"), 0o600))
	refused := start(t, append(append(from, "--out", out), h.flags("--upload")...)...)
	require.Equal(t, 1, refused.code)
	require.Regexp(t, `plimsoll-collect: \S+ does not take the snapshot: Send a token as .* \(401\); it is kept in `+out+`, for plimsoll-collect upload\n$`, refused.stderr)
	require.NoError(t, checkWhole(out))
}
