package server_test

import (
	"html"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
)

func TestEveryRuleHasAPageThatAnybodyMayRead(t *testing.T) {
	s := newSite(t, false)
	stranger := s.browser(t)
	read := func(path string, status int) string {
		response := s.get(t, stranger, path)
		body := text(t, response)
		require.Equal(t, status, response.StatusCode, path)
		return html.UnescapeString(body)
	}
	list := read("/rules", http.StatusOK)
	for _, control := range content.V1().Controls {
		require.Contains(t, list, control.ID)
	}
	for _, rule := range content.V1().Rules.All() {
		require.Contains(t, list, `href="/rules/`+rule.ID+`"`)
		page := read("/rules/"+rule.ID, http.StatusOK)
		require.Contains(t, page, rule.Text.Title)
		require.Contains(t, page, "What it does not catch")
	}
	read("/rules/jvm/nothing", http.StatusNotFound)
	read("/rules/nothing/version", http.StatusNotFound)
}
