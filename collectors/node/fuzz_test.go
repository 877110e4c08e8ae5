package node

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzForeignText holds what is made of any text to the bounds that a snapshot has.
func FuzzForeignText(f *testing.F) {
	for _, text := range []string{"0-3,8\n", "0,0", "3-1", "-1", "insert_failed drop\n1 2\nffffffff 3\n", "drop\n", "", "insert_failed drop\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := countList(text); err == nil {
			require.Positive(t, n)
			require.LessOrEqual(t, n, maxProcessors)
		}
		failed, dropped, err := addLosses(text)
		if err == nil {
			require.GreaterOrEqual(t, failed, int64(0))
			require.GreaterOrEqual(t, dropped, int64(0))
			require.LessOrEqual(t, max(failed, dropped), int64(len(text))<<32)
		}
	})
}
