package patch

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

func TestEveryTextComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9._/:@ #'"{}\[\],&*!|>%-]{0,12}`),
			rapid.SampledFrom([]string{"yes", "No", "null", "~", "1e3", "0x1f", "2026-11-22", "1:30", ".inf", "a: b", "a:", "- a", "", " a", "a #b"})).Draw(t, "text")
		var got struct {
			A string
			B []string
			C []struct{ D any }
		}
		printed := encode(Fields{{"a", text}, {"b", []string{text, "x"}}, {"c", []Fields{{{"d", text}}, {{"d", nil}}, {{"d", true}}, {{"d", 7}}}}})
		require.NoError(t, yaml.Unmarshal([]byte(printed), &got), printed)
		require.Equal(t, text, got.A, printed)
		require.Equal(t, []string{text, "x"}, got.B, printed)
		require.Equal(t, []struct{ D any }{{text}, {nil}, {true}, {7}}, got.C, printed)
	})
}

// The quick road spares the YAML library: what patches mostly hold must take it, and nothing may that YAML reads as something else.
func TestWhatIsPlainInYAML(t *testing.T) {
	for _, text := range []string{"az", "za", "AZ", "ZA", "a0", "a9", "/var/run", "/0", "Recreate", "registry.example:5000/team/app_1@sha256:0a9f", "maxSurge",
		"0m", "250m", "09Ki", "90Mi", "1Gi", "2Ti"} {
		require.True(t, plainScalar(text), text)
	}
	for _, text := range []string{"", "a", "0", "a-", "a:", "a b", "a,b", "a`", "a{", "a[", "`a", "{a", "[a", "@a", "-a", ".5", "12", "1.5", "1K", "1M", "1i", "1iK", "Δa", "-5m", "1:m", "1/m", "5mm"} {
		require.False(t, plainScalar(text), text)
	}
}

func TestAPatchIsSetInByTwo(t *testing.T) {
	require.Equal(t, "a:\n  b:\n    c: x\n  d:\n    - x\n    - \"7\"\n  e:\n    - f: 1\n      g: true\n", encode(Fields{{"a", Fields{
		{"b", Fields{{"c", "x"}}}, {"d", []string{"x", "7"}}, {"e", []Fields{{{"f", 1}, {"g", true}}}}}}}))
}
