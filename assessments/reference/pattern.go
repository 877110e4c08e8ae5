package reference

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// pattern is a regular expression over an image's path with a word that every match holds: looking for the word first spares most
// images most expressions.
type pattern struct {
	*regexp.Regexp
	word string
}

func compilePattern(text string) pattern {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		panic("reference: " + err.Error()) // at start, from our own files
	}
	return pattern{regexp.MustCompile(text), longestWord(parsed.Simplify())}
}

// longestWord is the longest literal that stands in every match; empty where there is none.
func longestWord(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return string(re.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus:
		return longestWord(re.Sub[0])
	case syntax.OpConcat:
		longest := ""
		for _, part := range re.Sub {
			if word := longestWord(part); len(word) > len(longest) {
				longest = word
			}
		}
		return longest
	}
	return ""
}

func (p pattern) matches(text string) bool {
	return strings.Contains(text, p.word) && p.MatchString(text)
}

func compile(patterns []string) []pattern {
	compiled := make([]pattern, len(patterns))
	for i, text := range patterns {
		compiled[i] = compilePattern(text)
	}
	return compiled
}

func matchesAny(patterns []pattern, text string) bool {
	for _, p := range patterns {
		if p.matches(text) {
			return true
		}
	}
	return false
}
