package main

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMemoryLimitFollowsWhatLives(t *testing.T) {
	require.EqualValues(t, leastMemory, memoryFor(0))
	require.EqualValues(t, leastMemory, memoryFor(leastMemory/2))
	require.EqualValues(t, 100<<20, memoryFor(50<<20))

	told := make(chan uint64, 100)
	afterCollecting(func(live uint64) {
		select {
		case told <- live:
		default:
		}
	})
	held := make([]byte, 16<<20)
	for range 3 {
		runtime.GC()
		require.Greater(t, <-told, uint64(len(held)), "after each collection, not only the first")
	}
	runtime.KeepAlive(held)
}
