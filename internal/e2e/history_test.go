package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/internal/kubetest"
)

// weekOfChanges upgrades the old node, and brings a workload whose image can change under it.
const weekOfChanges = `
apiVersion: v1
kind: Node
metadata: {name: worker-c}
status: {nodeInfo: {kubeletVersion: v1.37.2, kubeProxyVersion: v1.37.2}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: kiosk, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: kiosk}}
  template:
    metadata: {labels: {app: kiosk}}
    spec: {containers: [{name: kiosk, image: "registry.harbour.example/shop/kiosk:latest"}]}
`

// TestAWeekLater uploads a second snapshot of a cluster in which something was mended and something went wrong.
func TestAWeekLater(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Tom")
	platform := p.names("Southwind Ferries", "Ferry bookings")
	server := kubetest.Start(t) // of its own: it changes
	server.Apply(t, kubetest.Harbour(time.Now()))
	p.uploads(dated(t, collect(t, server), time.Now().AddDate(0, 0, -7)))
	p.scored()
	first := p.readPage()

	server.Apply(t, []byte(weekOfChanges))
	p.opens(platform)
	p.uploads(collect(t, server))
	p.scored()
	p.sees("document.querySelector('.trend svg')")
	second := p.readPage()
	require.NotEqual(t, first.AsOf, second.AsOf)

	p.follows(func() { p.presses("History") })
	p.keeps("11-history")
	require.Equal(t, 2, look[int](p, "document.querySelectorAll('input[name=to]').length"))
	p.isAccessible()
	p.follows(func() { p.presses("Compare the two chosen") })
	p.keeps("12-compare")
	section := func(id string) string {
		return look[string](p, "document.getElementById("+quote(id)+").closest('section').innerText")
	}
	require.Contains(t, section("mended"), "worker-c")
	require.Contains(t, section("new"), "shop/kiosk")
	require.NotContains(t, section("new"), "worker-c")
	require.NotContains(t, section("mended"), "shop/kiosk")
	p.isAccessible()
	p.noComplaints()
}

// dated is the snapshot as if it had been taken at another time, since no test waits a week.
func dated(t *testing.T, path string, at time.Time) string {
	t.Helper()
	source, err := os.Open(path)
	require.NoError(t, err)
	defer source.Close()
	reader := snapshot.NewReader(source, snapshot.DefaultLimits())
	var records []snapshot.Record
	for record, err := range reader.Records() {
		require.NoError(t, err)
		if _, isHeader := record.(snapshot.Header); !isHeader {
			records = append(records, record)
		}
	}
	header := reader.Header()
	header.TakenAt = at.UTC().Truncate(time.Second)

	path = filepath.Join(t.TempDir(), "earlier.plimsoll.gz")
	target, err := os.Create(path)
	require.NoError(t, err)
	writer, err := snapshot.NewWriter(target, header)
	require.NoError(t, err)
	for _, record := range records {
		require.NoError(t, writer.Write(record))
	}
	require.NoError(t, writer.Close())
	require.NoError(t, target.Close())
	return path
}
