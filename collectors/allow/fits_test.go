package allow

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatFitsAForm(t *testing.T) {
	for _, c := range []struct {
		form, text string
		want       bool
	}{
		{"figure", "25%", true},
		{"figure", "a quarter", false},
		{"word", "RollingUpdate", true},
		{"word", "rolling update", false},
		{"word", `\u0052olling`, false}, // no text of JSON, in which this would be an escape
		{"version", "1.2.3+build", true},
		{"id", "5a1f-«»", false},
		{"name", "whatever stands there: «»", true},
	} {
		require.Equal(t, c.want, Fits(c.form, c.text), "%s: %s", c.form, c.text)
	}
}
