package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

// TestAServerThatIsKilledKeepsNothingHalf kills the service in the middle of two uploads, and after one that it had acknowledged: of the
// halves nothing is there, and what was acknowledged is.
func TestAServerThatIsKilledKeepsNothingHalf(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Mara")
	platform := p.names("Northwind Freight", "Berths")
	p.follows(func() { p.presses("Snapshots") })
	command := strings.Fields(p.text("#command"))
	at := "/api/v1/platforms/" + argumentOf(command, "--platform") + "/snapshots"
	p.opens(platform[:strings.Index(platform, "/platforms/")] + "/tokens")
	p.types("#name", "killed")
	p.follows(func() { p.presses("Make the token") })
	token := p.text("#secret")

	service := app(t)
	node, cluster := whole(t, snapshot.SourceNode), whole(t, snapshot.SourceCluster)
	for _, file := range [][]byte{node, cluster} {
		half, err := net.Dial("tcp", service.address)
		require.NoError(t, err)
		defer half.Close()
		_, err = fmt.Fprintf(half, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", at, service.address, token, len(file), file[:len(file)-1])
		require.NoError(t, err)
	}
	time.Sleep(300 * time.Millisecond) // so that the halves have come; the test holds without
	service.kill(t)
	require.NoError(t, service.start())
	p.opens(platform + "/snapshots")
	p.reads("0 snapshots")
	require.NotContains(t, p.text("#main"), "sent readings")

	require.Equal(t, http.StatusAccepted, posted(t, service.url()+at, token, node))
	service.kill(t) // before it is merged: that waits for more of them
	require.NoError(t, service.start())
	p.opens(platform + "/snapshots")
	p.reads("1 node has sent readings")
	require.Equal(t, http.StatusOK, posted(t, service.url()+at, token, node), "it is there")
	require.Equal(t, http.StatusAccepted, posted(t, service.url()+at, token, cluster), "and of the half there was nothing")
	p.opens(platform + "/snapshots")
	p.reads("with readings of 1 of 1 node")
}

func argumentOf(command []string, flag string) string {
	for i, argument := range command[1:] {
		if command[i] == flag {
			return argument
		}
	}
	return ""
}

// whole is a snapshot of a cluster of one node, or of that node.
func whole(t *testing.T, source snapshot.Source) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := snapshot.NewWriter(&file, snapshot.Header{CollectorVersion: "v1.2.3", Source: source, TakenAt: time.Now().Add(-time.Minute), PlatformUID: "5a1f"})
	require.NoError(t, err)
	if source == snapshot.SourceCluster {
		require.NoError(t, w.Write(snapshot.Cluster{UID: "5a1f", ServerVersion: "v1.36.2"}))
		require.NoError(t, w.Write(snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "cart", Replicas: new(2)}))
	}
	require.NoError(t, w.Write(snapshot.Node{Name: "worker-1", CPUs: 4}))
	require.NoError(t, w.Close())
	return file.Bytes()
}

func posted(t *testing.T, address, token string, file []byte) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(file))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}
