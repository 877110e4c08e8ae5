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
