package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestEachReasonHasItsWay(t *testing.T) {
	for why, want := range map[string]string{
		"no node's connection tracking table was read; the node collector or node-exporter can": "Read the nodes",
		"the collector could not read services (forbidden)":                                     "Give the collector more to read",
		"the peak of new connections a second is not known; answer N6 takes the figure":         "Answer what only people know",
		"only a running cluster can tell; files were given":                                     "Take a snapshot of the running cluster",
		"no source repository was read":                                                         "Let us read the repositories",
		"no image of a JVM tells its version":                                                   "Say which runtime it is",
		"the end of support is in doubt: two sources differ":                                    "Wait for a later version",
		"none of its endpoints is ready":                                                        "Look again later",
	} {
		found := ways([]assessments.BlindGroup{{Why: why, Blind: []assessments.Blind{{Title: "x"}}}})
		require.Len(t, found, 1)
		require.Equal(t, want, found[0].heading, why)
	}
	group := func(why string, n int) assessments.BlindGroup {
		return assessments.BlindGroup{Why: why, Blind: make([]assessments.Blind, n)}
	}
	found := ways([]assessments.BlindGroup{group("none of its endpoints is ready", 9), group("no source repository was read", 1), group("only a running cluster can tell", 2),
		group("only a running cluster tells which nodes its traffic enters by", 1)})
	require.Len(t, found, 3)
	require.Equal(t, 3, found[0].things(), "what shows most comes first")
	require.Equal(t, "Let us read the repositories", found[1].heading)
	require.Equal(t, "Look again later", found[2].heading, "what nobody can change comes last")
}
