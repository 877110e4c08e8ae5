package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/markdown"
)

func TestTextIsInert(t *testing.T) {
	for text, want := range map[string]string{
		"a|b @you <img> [x](y)":             `a\|b @<!-- -->you &lt;img&gt; \[x\](y)`,
		"https://evil.example":              "https:<!-- -->//evil.example",
		"see www.evil.example":              "see www<!-- -->.evil.example",
		"two\nlines\tand \x1b[31mred\u202e": `two lines and \[31mred`,
		"`code` *bold* _it_ ~no~ #1 \\":     "\\`code\\` \\*bold\\* \\_it\\_ \\~no\\~ \\#1 \\\\",
	} {
		require.Equal(t, want, markdown.Text(text))
	}
	require.Equal(t, "`a\\|b'c d`", markdown.Code("a|b`c\nd"))
}

func FuzzText(f *testing.F) {
	f.Add("<script>")
	f.Add("a\n|b")
	f.Fuzz(func(t *testing.T, text string) {
		for _, made := range []string{markdown.Text(text), markdown.Code(text)} {
			require.NotContains(t, made, "\n")
			require.NotRegexp(t, `(^|[^\\])(\\\\)*\|`, strings.Trim(made, "`"))
		}
		require.NotContains(t, strings.ReplaceAll(markdown.Text(text), "<!-- -->", ""), "<")
	})
}
