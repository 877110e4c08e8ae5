package cluster

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, err := io.WriteString(zip, text)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return out.Bytes()
}

// answering is a client of a server that says one thing to everybody, and counts its connections.
func answering(t *testing.T, code int, encoding string, body func(n int) []byte) (c *Client, connections *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	connections = new(atomic.Int64)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			http.Error(w, "want to zip", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Encoding", encoding)
		w.WriteHeader(code)
		_, _ = w.Write(body(int(asked.Add(1))))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c, err := newClient(&rest.Config{Host: server.URL}, Connection{QPS: 100_000})
	require.NoError(t, err)
	return c, connections
}

func TestAnswersZippedAndPlainAreTheSame(t *testing.T) {
	text := strings.Repeat(`{"a":"an answer that repeats itself"}`, 5000)
	for encoding, body := range map[string][]byte{"gzip": zipped(t, text), "identity": []byte(text), "": []byte(text)} {
		c, connections := answering(t, http.StatusOK, encoding, func(int) []byte { return body })
		for range 3 {
			answer, err := c.get(t.Context(), "/x", nil, acceptJSON)
			require.NoError(t, err)
			got, err := io.ReadAll(answer)
			require.NoError(t, err)
			require.Equal(t, text, string(got), encoding)
			require.NoError(t, answer.Close())
			_, err = answer.Read(make([]byte, 1))
			require.Error(t, err, "after its end")
			require.NoError(t, answer.Close(), "twice")
		}
		require.EqualValues(t, 1, connections.Load(), "what was read to its end leaves its connection to the next")
	}
}

// Two answers are on their way at once, and each has its own room.
func TestAnswersAtOnce(t *testing.T) {
	digest := func(n int) string {
		sum := sha256.Sum256(fmt.Append(nil, n))
		return strings.Repeat(hex.EncodeToString(sum[:]), 10_000)
	}
	bodies := [][]byte{zipped(t, digest(1)), zipped(t, digest(2))}
	c, _ := answering(t, http.StatusOK, "gzip", func(n int) []byte { return bodies[n-1] })
	var answers [2]io.ReadCloser
	var read [2]strings.Builder
	for i := range answers {
		var err error
		answers[i], err = c.get(t.Context(), "/x", nil, acceptJSON)
		require.NoError(t, err)
	}
	for more := true; more; {
		more = false
		for i := range answers {
			n, err := io.CopyN(&read[i], answers[i], 1000)
			more = more || err == nil && n > 0
		}
	}
	for i := range read {
		require.True(t, read[i].String() == digest(i+1), "answer %d", i)
		require.NoError(t, answers[i].Close())
	}
}

func TestZipsThatAreNone(t *testing.T) {
	whole := zipped(t, strings.Repeat("an answer", 100))
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-5] ^= 1 // of its checksum
	for name, body := range map[string][]byte{"text": []byte("<html>"), "nothing": nil, "the half of one": whole[:len(whole)/2], "damaged": damaged} {
		c, _ := answering(t, http.StatusOK, "gzip", func(int) []byte { return body })
		answer, err := c.get(t.Context(), "/x", nil, acceptJSON)
		require.NoError(t, err, name)
		_, err = io.ReadAll(answer)
		require.Error(t, err, name)
		require.NoError(t, answer.Close(), name)
	}
}

func TestARefusalThatComesZipped(t *testing.T) {
	refusing, _ := answering(t, http.StatusForbidden, "gzip", func(int) []byte { return zipped(t, `{"reason":"Forbidden","message":"no"}`) })
	_, err := refusing.get(t.Context(), "/x", nil, acceptJSON)
	var got *refusal
	require.ErrorAs(t, err, &got)
	require.Equal(t, "Forbidden", got.Reason)
}
