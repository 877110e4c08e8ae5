package reference

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheWordOfAPatternStandsInEveryMatch(t *testing.T) {
	for text, word := range map[string]string{
		`(^|/)eclipse-temurin$`: "eclipse-temurin", `bitnami(?:legacy|secure)?/java$`: "bitnami", `ubi[89]/openjdk-(?P<version>\d+)$`: "/openjdk-", `(?i)kafka`: "", `a|b`: "", `(abc)?d`: "d", `(abc)+`: "abc",
	} {
		require.Equal(t, word, compilePattern(text).word, text)
	}
	for _, family := range javaImages().Families {
		path := strings.TrimSuffix(family.Family, "-ce")
		require.Equal(t, family.repository.MatchString(path), family.repository.matches(path), family.Repository)
	}
}

func TestTheMemoStaysSmallAndTrue(t *testing.T) {
	var m memo[int]
	asked := 0
	length := func(s string) (int, bool) { asked++; return len(s), s != "" }
	for k := range 3 * memoSize {
		value, found := m.get(strings.Repeat("x", k%7), length)
		require.Equal(t, k%7, value)
		require.Equal(t, k%7 != 0, found)
	}
	require.Equal(t, 7, asked)
	for k := range memoSize + 10 {
		m.get(string(rune(k+1000)), length)
	}
	require.LessOrEqual(t, len(m.known), memoSize)
}
