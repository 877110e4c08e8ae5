package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARecoveryTimeIsTried(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	path := "/o/" + h.organization.Slug + "/platforms/" + h.platform.Slug
	stream := s.follow(t, browser, path)
	require.Equal(t, http.StatusAccepted, s.upload(t, h, h.token, bytes.NewReader(taken(t, 1, nil)), "application/octet-stream").StatusCode)
	for !strings.Contains(stream.next(t), ".assessed.") {
	}
	read := func(query string) string { return text(t, s.get(t, browser, path+"/probe"+query)) }
	require.Contains(t, read(""), `id="recovery"`)
	quick, slow := read("?recovery=1"), read("?recovery=3600")
	require.Contains(t, quick, "<strong>1 second</strong>")
	require.Contains(t, quick, "not killed")
	require.Contains(t, slow, `value="3600"`)
	require.Contains(t, slow, "never recovered")
	for _, written := range []string{"0", "-1", "3601", "9e9", "a"} {
		require.Contains(t, read("?recovery="+written), "Give a recovery time from 1 to 3600 seconds.", written)
	}
	for _, engine := range []string{"upgrade", "heap", "network"} {
		require.Equal(t, http.StatusOK, s.get(t, browser, path+"/"+engine).StatusCode, engine)
	}
}
