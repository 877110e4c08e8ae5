package reference

import "sync"

// memo remembers what a pure look-up by an image's path said, since clusters run few images many times. It is bounded: when full
// it starts anew, so that no input can make it grow.
type memo[T any] struct {
	mu    sync.Mutex
	known map[string]remembered[T]
}

type remembered[T any] struct {
	value T
	found bool
}

const memoSize = 4096

func (m *memo[T]) get(key string, lookUp func(string) (T, bool)) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.known[key]; ok {
		return r.value, r.found
	}
	if m.known == nil || len(m.known) >= memoSize {
		m.known = make(map[string]remembered[T])
	}
	value, found := lookUp(key)
	m.known[key] = remembered[T]{value, found}
	return value, found
}
