package server

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/store"
)

func TestOneOrganizationCantKeepTheOthersOut(t *testing.T) {
	var gate uploadGate
	greedy, other := store.NewID[store.Organization](), store.NewID[store.Organization]()
	var leaves []func()
	for range maxUploadsOfOrganization {
		leave, ok := gate.enter(greedy)
		require.True(t, ok)
		leaves = append(leaves, leave)
	}
	_, ok := gate.enter(greedy)
	require.False(t, ok, "no more than its share")
	leave, ok := gate.enter(other)
	require.True(t, ok, "and there is room for the others")
	leave()
	leaves[0]()
	leaves[0], ok = gate.enter(greedy)
	require.True(t, ok)
	for _, leave := range leaves {
		leave()
	}
	require.Zero(t, gate.all)
	require.Empty(t, gate.of)
}

func TestUploadsUnderWayAreBounded(t *testing.T) {
	var gate uploadGate
	var wait sync.WaitGroup
	var mu sync.Mutex
	entered := 0
	for range 4 * maxUploads {
		wait.Go(func() {
			if _, ok := gate.enter(store.NewID[store.Organization]()); ok {
				mu.Lock()
				entered++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	require.Equal(t, maxUploads, entered)
}
