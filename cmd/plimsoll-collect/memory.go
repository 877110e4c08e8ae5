package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// leastMemory is what the runtime may always hold. With the program's own pages the process takes some 12 MB more.
const leastMemory = 44 << 20

// keepSmall has garbage collected before it makes the process large, for as long as it runs: a soft limit that is never less than twice
// what lives, so that a cluster beyond all measure costs memory and not time. Whoever sets GOMEMLIMIT is obeyed.
func keepSmall() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(leastMemory)
	afterCollecting(func(live uint64) { debug.SetMemoryLimit(memoryFor(live)) })
}

func memoryFor(live uint64) int64 { return int64(max(leastMemory, 2*live)) }

// afterCollecting tells after each of the runtime's collections how many bytes of the heap lived.
func afterCollecting(tell func(live uint64)) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var again func(*sentinel)
	again = func(s *sentinel) {
		metrics.Read(sample)
		tell(sample[0].Value.Uint64())
		runtime.SetFinalizer(s, again)
	}
	runtime.SetFinalizer(&sentinel{}, again)
}

// sentinel is an object that nothing holds: its finalizer runs after each collection. It has a pointer, so that it is allocated by itself.
type sentinel struct{ _ *byte }
