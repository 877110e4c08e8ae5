package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/questionnaire"
	"plimsoll/web/assets"
	"plimsoll/web/tokens"
)

func TestEveryTokenPairHasItsContrast(t *testing.T) {
	colours, used := map[string]tokens.Token{}, map[string]bool{}
	for _, token := range tokens.Read(assets.Sheet) {
		colours[token.Name] = token
	}
	require.NotEmpty(t, colours)
	for _, name := range tokens.Decoration {
		used[name] = true
	}
	for _, pair := range tokens.Pairs {
		used[pair.Front], used[pair.Back] = true, true
		front, ok := colours[pair.Front]
		require.True(t, ok, pair.Front)
		back, ok := colours[pair.Back]
		require.True(t, ok, pair.Back)
		require.GreaterOrEqual(t, tokens.Contrast(front.Day, back.Day), pair.Least, "%s on %s by day", pair.Front, pair.Back)
		require.GreaterOrEqual(t, tokens.Contrast(front.Night, back.Night), pair.Least, "%s on %s by night", pair.Front, pair.Back)
	}
	for name := range colours {
		require.True(t, used[name], "the colour %s stands in no pair", name)
	}
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
