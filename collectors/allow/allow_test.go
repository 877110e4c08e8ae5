package allow

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheFile(t *testing.T) {
	d, err := parse(text)
	require.NoError(t, err)
	require.NotEmpty(t, d.Lists)
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		parse(text)
	}
}
