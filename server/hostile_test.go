package server_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/server/store"
	"plimsoll/web"
)

const headerLine = `{"kind":"header","schema":"plimsoll.snapshot/v1","collectorVersion":"1","source":"cluster","takenAt":"2026-03-01T00:00:00Z"}` + "\n"

func zipped(t *testing.T, text ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := newGzip(&file)
	for _, part := range text {
		_, err := io.WriteString(w, part)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return file.Bytes()
}

// Each is refused with its reason and its place; nothing is kept of it, neither in the database nor on disk.
func TestHostileUploads(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	whole := taken(t, 1, nil)
	node := func(fields string) []byte { return zipped(t, headerLine, `{"kind":"node",`+fields+"}\n") }
	cases := []struct {
		name   string
		body   []byte
		status int
		says   []string
	}{
		{"a bomb of one line", zipped(t, strings.Repeat("a", 5<<20)), 413, []string{"snapshot-bomb", `"line":1`}},
		{"a bomb of many lines", zipped(t, headerLine, strings.Repeat(`{"kind":"note","what":"x","why":"y"}`+"\n", 200_000)), 413, []string{"snapshot-", `"line":`}},
		{"more of a kind than anybody has", zipped(t, headerLine, numbered(100_001)), 413, []string{"snapshot-too-large", "100000 records of kind", `"line":100002`}},
		{"too deep", node(`"x":` + strings.Repeat("[", 500) + strings.Repeat("]", 500)), 422, []string{"snapshot-too-deep", `"line":2`}},
		{"a newer major", zipped(t, strings.Replace(headerLine, "/v1", "/v2", 1)), 422, []string{"snapshot-wrong-version", "header.schema", "v2"}},
		{"a wrong type", node(`"name":3`), 422, []string{"node.name", "want a string, got 3", `"line":2`}},
		{"a double key", node(`"name":"a","name":"b"`), 422, []string{"snapshot-double-key", "node.name", `"line":2`}},
		{"no UTF-8", node("\"name\":\"\xff\""), 422, []string{"snapshot-bad-utf8", `"line":2`}},
		{"half a surrogate", node(`"name":"\ud800"`), 422, []string{"snapshot-bad-json", `"line":2`}},
		{"a list", zipped(t, headerLine, "[]\n"), 422, []string{"want an object, got a list", `"line":2`}},
		{"no header", zipped(t, `{"kind":"node","name":"a"}`+"\n"), 422, []string{"snapshot-wrong-order", `"line":1`}},
		{"data after the end", append(bytes.Clone(whole), "x"...), 422, []string{"snapshot-damaged", "after the end of the gzip stream"}},
		{"a second gzip member", append(bytes.Clone(whole), zipped(t, "x\n")...), 422, []string{"snapshot-damaged"}},
		{"an empty gzip", zipped(t), 422, []string{"snapshot-empty"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			response := s.upload(t, h, h.token, bytes.NewReader(c.body), gzipType)
			body := text(t, response)
			require.Equal(t, c.status, response.StatusCode, body)
			for _, says := range c.says {
				require.Contains(t, body, says)
			}
		})
	}
	for cut := 1; cut < len(whole); cut += max(1, len(whole)/60) {
		response := s.upload(t, h, h.token, bytes.NewReader(whole[:cut]), gzipType)
		require.Contains(t, text(t, response), "snapshot-cut-off", "cut at %d", cut)
		require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
	}
	for _, table := range []string{"snapshots", "snapshot_blobs", "snapshot_states", "river.river_job", "audit_events"} {
		require.Zero(t, s.rows(t, table), table)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "plimsoll-upload-*"))
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, http.StatusAccepted, s.upload(t, h, h.token, bytes.NewReader(whole), gzipType).StatusCode)
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"kind\":\"zz\",\"n\":%d}\n", i*7919%1_000_003)
	}
	return b.String()
}

// A client that sends to the end before it reads, as browsers do, gets the answer to what was refused at its beginning.
func TestARefusedUploadIsReadOut(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	junk := append(zipped(t, headerLine, "[]\n"), make([]byte, 900<<10)...)
	for name, length := range map[string]int{"within the bound": len(junk), "announced too large": 3 << 19} {
		t.Run(name, func(t *testing.T) {
			address, err := url.Parse(s.URL)
			require.NoError(t, err)
			connection, err := net.Dial("tcp", address.Host)
			require.NoError(t, err)
			defer connection.Close()
			body := append(bytes.Clone(junk), make([]byte, length-len(junk))...)
			_, err = fmt.Fprintf(connection, "POST /api/v1/platforms/%s/snapshots HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", h.platform.ID, address.Host, h.token, len(body))
			require.NoError(t, err)
			for part := range slices.Chunk(body, 32<<10) {
				_, err = connection.Write(part)
				require.NoError(t, err, "the connection was broken before the end")
			}
			response, err := http.ReadResponse(bufio.NewReader(connection), nil)
			require.NoError(t, err)
			require.Contains(t, []int{413, 422}, response.StatusCode)
			require.Contains(t, text(t, response), `"code":"`)
		})
	}
}

// Forms with everything that forms should not hold.
func TestHostileForms(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	fields := []string{"name", "plan", "archived", "confirm", "theme", "workload", "kind", "key", "value", "basis", "choice", "days", "request", "login", "then",
		"A1.option", "A1.figure", "A1.reason", "A1.sentence", "A1.basis", "A1.note", "A1.links", "A1.seat", "A1.revision", "platform"}
	values := []string{"", "\x00", "\xff\xfe", "<script>alert(1)</script>", strings.Repeat("x", 20_000), "-1", "99999999999999999999", "\u202egnp.exe", "a\r\nSet-Cookie: x=y", "production/\x00"}
	for _, r := range s.service.Routes() {
		if r.Method != http.MethodPost || r.API || r.Path == web.SignOutPath {
			continue
		}
		for _, value := range values {
			form := url.Values{}
			for _, name := range fields {
				form.Set(name, value)
			}
			if strings.HasSuffix(r.Path, "/facts") || strings.HasSuffix(r.Path, "/remove") {
				form.Set("workload", "a/b"+value)
			}
			path := strings.ReplaceAll(addressOf(r, h.organization.Slug, h.platform.Slug), "none", "x")
			response, err := browser.PostForm(s.URL+path, form)
			require.NoError(t, err)
			body := text(t, response)
			require.Less(t, response.StatusCode, 500, "%s %.60q\n%s\n%s", r.Path, value, body, s.log)
			require.NotContains(t, body, "<script>alert", r.Path)
			require.NotEqual(t, "x=y", response.Header.Get("Set-Cookie"), r.Path)
		}
	}
	for name, c := range map[string]struct {
		body, kind string
		status     int
	}{
		"a huge form":            {"name=" + strings.Repeat("x", 300<<10), "application/x-www-form-urlencoded", 413},
		"a broken escape":        {"name=%zz", "application/x-www-form-urlencoded", 400},
		"a broken multipart":     {"x", "multipart/form-data; boundary=y", 400},
		"no form":                {"{}", "application/json", 422},
		"ten thousand fields":    {strings.Repeat("a=b&", 50_000) + "name=", "application/x-www-form-urlencoded", 400},
		"a semicolon in a field": {"name=a;b", "application/x-www-form-urlencoded", 400},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := browser.Post(s.URL+"/organizations", c.kind, strings.NewReader(c.body))
			require.NoError(t, err)
			body := text(t, response)
			require.Equal(t, c.status, response.StatusCode, body)
		})
	}
}

// A platform whose name makes the word of one of our own addresses is reached all the same.
func TestNamesThatAreWordsOfOurs(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	response, err := browser.PostForm(s.URL+"/o/"+h.organization.Slug+"/platforms", url.Values{"name": {"New"}})
	require.NoError(t, err)
	text(t, response)
	require.Equal(t, http.StatusOK, response.StatusCode)
	var made []store.Platform
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) (err error) {
		made, err = x.Platforms(t.Context())
		return err
	}))
	for _, platform := range made {
		shown := text(t, s.get(t, browser, web.Platform{Key: platform.Slug}.Path(web.Organization{Key: h.organization.Slug}, "settings")))
		require.Contains(t, shown, platform.ID.String(), "what collectors ask for")
		require.Contains(t, shown, platform.Name)
		require.NotEqual(t, "new", platform.Slug)
	}
}

// Names as no API server would take them, but as a snapshot may hold them: inert on every page and in the PDF.
func TestHostileNamesAreInert(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	names := []string{"<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "\u202egnp.exe\u2066", "💥👩‍👩‍👧‍👦", "a\x00b", "javascript:alert(1)", "{{7*7}}", "..%2f..", strings.Repeat("w", 500), "a\r\nSet-Cookie: x=y", "/"}
	records, n := snapshottest.Generate(len(names), 1), 0
	for i, record := range records {
		workload, ok := record.(snapshot.Workload)
		if !ok {
			continue
		}
		workload.Name, workload.Namespace = names[n%len(names)], names[(n+1)%len(names)]
		for k := range workload.Containers {
			workload.Containers[k].Name, workload.Containers[k].Image = names[(n+2)%len(names)], names[(n+3)%len(names)]+":latest"
		}
		records[i] = workload
		n++
	}
	require.GreaterOrEqual(t, n, len(names))
	var file bytes.Buffer
	require.NoError(t, snapshottest.Write(&file, records))
	accepted := decode[state](t, s.upload(t, h, h.token, &file, gzipType))
	require.NotEmpty(t, accepted.ID)
	eventually(t, func() bool {
		return decode[state](t, s.get(t, http.DefaultClient, "/api/v1/snapshots/"+accepted.ID, "Authorization", "Bearer "+h.token)).State == "assessed"
	})
	organization, platform := web.Organization{Key: h.organization.Slug}, web.Platform{Key: h.platform.Slug}
	for _, path := range []string{"", "findings", "findings?q=" + url.QueryEscape("<script>alert(1)"), "facts", "history", "snapshots", "reports"} {
		response := s.get(t, browser, platform.Path(organization)+strings.TrimSuffix("/"+path, "/"))
		body := text(t, response)
		require.Equal(t, http.StatusOK, response.StatusCode, "%s\n%s", path, s.log)
		require.NotContains(t, body, "<script>alert", path)
		require.NotContains(t, body, "<img src=x", path)
		require.NotContains(t, body, "\x00", path)
		for _, link := range regexp.MustCompile(`href="([^"]*/findings/[^"?]*)"`).FindAllStringSubmatch(body, -1) {
			one := s.get(t, browser, link[1])
			said := text(t, one)
			require.Equal(t, http.StatusOK, one.StatusCode, link[1])
			require.NotContains(t, said, "<script>alert")
			require.NotContains(t, said, "<img src=x")
		}
		require.NotContains(t, body, `href="javascript:`, path)
	}
	d := desk{site: s, browser: browser}
	require.Equal(t, "application/pdf", d.report(t, platform.Path(organization), "full").Header.Get("Content-Type"))
}
