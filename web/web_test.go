package web

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/questionnaire"
)

// Pairs of tokens that stand on each other, with the least contrast: 4.5 for text, 3 for lines and marks that carry meaning.
var tokenPairs = []struct {
	front, back string
	least       float64
}{
	{"ink", "ground", 4.5}, {"ink", "surface", 4.5}, {"ink", "sunken", 4.5}, {"ink", "accent-soft", 4.5},
	{"muted", "ground", 4.5}, {"muted", "surface", 4.5}, {"muted", "sunken", 4.5}, {"muted", "accent-soft", 4.5},
	{"accent", "surface", 4.5}, {"accent", "ground", 4.5}, {"accent", "accent-soft", 4.5}, {"accent", "sunken", 4.5}, {"accent-ink", "accent", 4.5},
	{"band-ink", "band", 4.5}, {"band-muted", "band", 4.5}, {"band", "band-ink", 4.5},
	{"edge", "surface", 3}, {"edge", "sunken", 3}, {"accent", "calm-soft", 3},
	{"bad", "surface", 4.5}, {"bad-ink", "bad-soft", 4.5}, {"bad-ink", "surface", 4.5},
	{"poor", "surface", 3}, {"poor-ink", "poor-soft", 4.5},
	{"fair", "surface", 3}, {"fair-ink", "fair-soft", 4.5},
	{"good", "surface", 3}, {"good-ink", "good-soft", 4.5},
	{"calm-ink", "calm-soft", 4.5}, {"ink", "calm-soft", 4.5},
	{"ink", "water", 4.5}, {"ink", "water-maybe", 4.5},
	{"drawn-chalk", "drawn-hull", 4.5}, {"drawn-chalk", "drawn-hull-maybe", 4.5}, {"drawn-chalk", "drawn-hull-deep", 4.5},
	{"drawn-surface", "surface", 3},
}

// decoration lists tokens that carry no meaning by their contrast.
var decoration = []string{"hair"}

func TestEveryTokenPairHasItsContrast(t *testing.T) {
	tokens := readTokens(t)
	used := map[string]bool{}
	for _, name := range decoration {
		used[name] = true
	}
	for _, pair := range tokenPairs {
		used[pair.front], used[pair.back] = true, true
		for theme, name := range []string{"light", "dark"} {
			front, ok := tokens[pair.front]
			require.True(t, ok, pair.front)
			back, ok := tokens[pair.back]
			require.True(t, ok, pair.back)
			require.GreaterOrEqual(t, contrast(front[theme], back[theme]), pair.least, "%s on %s, %s", pair.front, pair.back, name)
		}
	}
	for name := range tokens {
		require.True(t, used[name], "the colour %s stands in no pair", name)
	}
}

var tokenLine = regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)

func readTokens(t *testing.T) map[string][2]string {
	t.Helper()
	sheet, err := os.ReadFile("assets/app.css")
	require.NoError(t, err)
	tokens := map[string][2]string{}
	for _, m := range tokenLine.FindAllStringSubmatch(string(sheet), -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	require.NotEmpty(t, tokens)
	return tokens
}

// contrast of two colours by WCAG 2.2.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestNumbersAreRoundedDown(t *testing.T) {
	require.Equal(t, "69", points(69_999_999))
	require.Equal(t, "74 %", percent(749_999))
	require.Equal(t, "−1.6", inTenths(-16, true))
	require.Equal(t, "+3.0", inTenths(30, true))
	require.Equal(t, "41 to 59", rangeWords(41_900_000, 59_000_000))
	require.Equal(t, "41", rangeWords(41_100_000, 41_900_000))
	require.Equal(t, "64 MiB", bytesWords(64<<20))
	require.Equal(t, "1.4 MiB", bytesWords(1_482_113))
	require.Equal(t, "12\u202f480", count(12480))
}

func TestAddressesEscapeTheirSegments(t *testing.T) {
	p := Platform{Key: "a/b"}
	require.Equal(t, "/o/north%20sea/platforms/a%2Fb/findings", p.Path(Organization{Key: "north sea"}, "findings"))
}

func TestAnAnswerIsReadAsItsFormNamesIt(t *testing.T) {
	q := &questionnaire.Question{ID: "P2", Figure: &questionnaire.Figure{Name: "recoverySeconds", Unit: "seconds", Min: 1, Max: 86400}, Options: []questionnaire.Option{
		{ID: "P2.d", Blind: true, Text: "It is not known"}, {ID: "P2.a", Text: "It is measured"}}}
	for name, c := range map[string]struct {
		form string
		want questionnaire.Answer
		err  string
	}{
		"an option with its figure": {"P2.option=P2.a&P2.figure=540&P2.basis=measured&P2.revision=3&P2.note=+by+log+", questionnaire.Answer{Question: "P2", State: questionnaire.Answered,
			Options: []string{"P2.a"}, Figure: figure(540), Basis: questionnaire.Measured, Note: "by log", Revision: 3}, ""},
		"not known drops the figure":        {"P2.option=unknown&P2.figure=540&P2.revision=0", questionnaire.Answer{Question: "P2", State: questionnaire.Unknown}, ""},
		"a blind option is not knowing":     {"P2.option=P2.d", questionnaire.Answer{Question: "P2", State: questionnaire.Unknown}, ""},
		"does not apply wins over options":  {"P2.option=P2.a&P2.option=not_applicable&P2.reason=out_of_scope&P2.sentence=later", questionnaire.Answer{Question: "P2", State: questionnaire.NotApplicable, Reason: questionnaire.OutOfScope, Sentence: "later"}, ""},
		"taken back":                        {"P2.option=&P2.revision=2", questionnaire.Answer{Question: "P2", State: questionnaire.Unanswered, Revision: 2}, ""},
		"links, one a line":                 {"P2.option=P2.a&P2.links=https%3A%2F%2Fa%0D%0A%0D%0Ahttps%3A%2F%2Fb", questionnaire.Answer{Question: "P2", State: questionnaire.Answered, Options: []string{"P2.a"}, Links: []string{"https://a", "https://b"}}, ""},
		"a figure in words":                 {"P2.option=P2.a&P2.figure=nine", questionnaire.Answer{}, "whole number"},
		"a revision in words":               {"P2.revision=x", questionnaire.Answer{}, "revision"},
		"another question's fields are not": {"P3.option=P3.a", questionnaire.Answer{Question: "P2", State: questionnaire.Unanswered}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			form, err := url.ParseQuery(c.form)
			require.NoError(t, err)
			answer, err := AnswerFromForm(q, form)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, answer)
		})
	}
}

func figure(n int64) *int64 { return &n }

func TestStaticFilesAreImmutableAndPacked(t *testing.T) {
	get := func(path, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		StaticHandler().ServeHTTP(w, r)
		return w
	}
	packed := get(asset("app.css"), "gzip, br")
	require.Equal(t, http.StatusOK, packed.Code)
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	require.Contains(t, packed.Header().Get("Cache-Control"), "immutable")
	plain := get(asset("app.css"), "")
	require.Empty(t, plain.Header().Get("Content-Encoding"))
	require.Greater(t, plain.Body.Len(), packed.Body.Len())
	for _, path := range []string{"/static/", "/static/manifest.json", "/static/../web.go", "/static/none.css", "/static/app.css"} {
		require.Equal(t, http.StatusNotFound, get(path, "").Code, path)
	}
}

func TestThePolicyAllowsNothingInline(t *testing.T) {
	require.NotContains(t, ContentSecurityPolicy, "unsafe")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
		require.Contains(t, ContentSecurityPolicy, part)
	}
	require.True(t, strings.HasPrefix(fmt.Sprint(asset("mark.svg")), StaticPath))
}
