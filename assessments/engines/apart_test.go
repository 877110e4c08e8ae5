package engines

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContainersOfOneNameAreToldApartByWhereTheyStand(t *testing.T) {
	spots := []spot{
		{"a", "web", "c", "one.yaml", 11}, {"a", "web", "c", "two.yaml", 11}, {"a", "web", "d", "one.yaml", 12}, {"b", "web", "c", "one.yaml", 30},
	}
	name := apart(spots)
	var names []string
	for _, s := range spots {
		names = append(names, name(s))
	}
	require.Equal(t, []string{"a/web · c (one.yaml:11)", "a/web · c (two.yaml:11)", "a/web · d", "b/web · c"}, names)

	cluster := []spot{{namespace: "a", name: "web", container: "c"}, {namespace: "a", name: "web", container: "c"}}
	require.Equal(t, "a/web · c", apart(cluster)(cluster[0]), "a cluster's objects have no file")
}

func TestSpansBeyondALifeAreSaidInWords(t *testing.T) {
	for want, span := range map[string][2]int64{
		"20–31 s": {20, 31}, "30 s": {30, 30}, "315,360,000 s": {longest, longest},
		"40 s–over 10 years": {40, longest + 1}, "over 10 years": {1 << 61, 1 << 62},
	} {
		require.Equal(t, want, seconds(span[0], span[1]))
	}
}
