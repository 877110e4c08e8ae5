package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// answering is a server that gives one answer after the other, and the last one again and again. It checks each request.
func answering(t *testing.T, file string, asked *atomic.Int64, answers ...func(w http.ResponseWriter)) string {
	t.Helper()
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(asked.Add(1))
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != string(want) || r.Method != http.MethodPost || r.URL.Path != "/base/api/v1/platforms/p1/snapshots" ||
			r.Header.Get("Authorization") != "Bearer plim_secret" || r.Header.Get("Content-Type") != "application/gzip" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		answers[min(n, len(answers))-1](w)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/base"
}

func answer(code int, body string, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func TestUpload(t *testing.T) {
	t.Setenv("PLIMSOLL_TOKEN", "plim_secret\n")
	file := written(t)
	busy := answer(429, `{"detail":"Too many uploads at once."}`, "Retry-After", "1")
	for name, c := range map[string]struct {
		answers []func(http.ResponseWriter)
		code    int
		asked   int64
		want    string // of what is said
	}{
		"a new snapshot":         {[]func(http.ResponseWriter){answer(202, "{}", "Location", "/api/v1/snapshots/s1")}, 0, 1, `^sent to \S+: a new snapshot; what becomes of it: http://\S+/api/v1/snapshots/s1\n$`},
		"the same once more":     {[]func(http.ResponseWriter){answer(200, "{}")}, 0, 1, `^sent to \S+: it has this snapshot already\n$`},
		"a busy server":          {[]func(http.ResponseWriter){busy, busy, answer(202, "{}")}, 0, 3, `^sent to \S+: a new snapshot\n$`},
		"a server that restarts": {[]func(http.ResponseWriter){answer(503, "<html>"), answer(202, "{}")}, 0, 2, `a new snapshot`},
		"another cluster": {[]func(http.ResponseWriter){answer(409, `{"title":"Conflict","detail":"The snapshot is of another cluster than this platform's."}`)}, 1, 1,
			`^plimsoll-collect: \S+ does not take the snapshot: The snapshot is of another cluster than this platform's \(409\)\n$`},
		"a fault with its place": {[]func(http.ResponseWriter){answer(422, `{"title":"Unprocessable","errors":[{"line":812,"field":"workload.replicas","reason":"want an integer"}]}`)}, 1, 1,
			`: line 812: workload\.replicas: want an integer \(422\)\n$`},
		"too large":           {[]func(http.ResponseWriter){answer(413, `{"detail":"The file is larger than 5 bytes."}`)}, 1, 1, `larger than 5 bytes \(413\)\n$`},
		"not a media type":    {[]func(http.ResponseWriter){answer(415, `{"detail":"A snapshot is sent as application/gzip."}`)}, 1, 1, `\(415\)\n$`},
		"a token of others":   {[]func(http.ResponseWriter){answer(404, `{"title":"Not Found"}`)}, 1, 1, `there is no such platform, or this token may not send to it \(404\)\n$`},
		"a token that is old": {[]func(http.ResponseWriter){answer(401, `{"title":"Unauthorized","detail":"Send a token."}`)}, 1, 1, `Send a token \(401\)\n$`},
		"a proxy's own page":  {[]func(http.ResponseWriter){answer(400, "<html>\x1b[31m")}, 1, 1, `: Bad Request \(400\)\n$`},
		"another address":     {[]func(http.ResponseWriter){answer(301, "", "Location", "https://other.example")}, 1, 1, `points to another address \(https://other\.example\)`},
		"a text that steers":  {[]func(http.ResponseWriter){answer(400, `{"detail":"a\u001b[31m\nb"}`)}, 1, 1, `: a \[31m b \(400\)\n$`},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			got := start(t, "upload", file, "--url", answering(t, file, &asked, c.answers...), "--platform", "p1")
			require.Equal(t, c.code, got.code, got.stderr)
			require.Equal(t, c.asked, asked.Load())
			require.Regexp(t, c.want, got.stderr)
			require.NotContains(t, got.stderr, "plim_secret")
			require.Empty(t, got.stdout)
		})
	}
}

func TestAnUploadThatIsNeverTaken(t *testing.T) {
	t.Setenv("PLIMSOLL_TOKEN", "plim_secret")
	file := written(t)
	var asked atomic.Int64
	url := answering(t, file, &asked, answer(500, `{"detail":"Broken."}`))
	got := start(t, "upload", file, "--url", url, "--platform", "p1", "--timeout", "2s")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.stderr, "the snapshot could not be sent in the time given; the last answer was: ")
	require.Contains(t, got.stderr, "Broken (500)")
	require.Greater(t, asked.Load(), int64(1))
}
