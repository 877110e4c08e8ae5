package inputs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAGlobOverFilesMayBeginAtAnyFolder(t *testing.T) {
	for _, c := range []struct {
		glob, file string
		want       bool
	}{
		{"vendor", "deploy/vendor/a.yaml", true},
		{"vendor/**", "deploy/vendor/x/a.yaml", true},
		{"deploy/*/a.yaml", "deploy/vendor/a.yaml", true},
		{"deploy/*/a.yaml", "deploy/vendor/x/a.yaml", false},
		{"**/a.yaml", "a.yaml", true},
		{"deploy/**/a.yaml", "deploy/a.yaml", true},
		{"deploy/**/a.yaml", "other/a.yaml", false},
		{"*.yaml", "deploy/vendor/a.yaml", true},
		{"*.json", "deploy/vendor/a.yaml", false},
		{"./deploy/", "deploy/a.yaml", true},
		{"a", "ab/c.yaml", false},
		{"-", "-", true},
	} {
		require.Equal(t, c.want, matchesPath(c.glob, c.file), "%s over %s", c.glob, c.file)
	}
}

func TestManyStarsEnd(t *testing.T) {
	require.False(t, matchesPath("**/**/**/**/**/x", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"))
}
