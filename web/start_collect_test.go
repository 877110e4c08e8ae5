package web_test

import (
	"bytes"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/web"
)

// What the page says to type is what the chart knows, and the files that it names are there.
func TestTheWaysToCollectAreThoseOfTheChart(t *testing.T) {
	page := web.CollectPage{URL: "https://plimsoll.example", ID: "019aa0c4"}
	page.Organization, page.Platform = &web.Organization{Key: "o", Name: "O"}, &web.Platform{Key: "p", Name: "P"}
	page.Viewer = &web.Viewer{Name: "Ada", May: web.Rights{Assess: true}}
	var drawn bytes.Buffer
	require.NoError(t, web.Collect(page).Render(t.Context(), &drawn))
	said := html.UnescapeString(drawn.String())
	require.Contains(t, said, "Ask an owner or admin for a token")
	require.NotContains(t, said, "/tokens", "who may not go there is not led there")

	var values map[string]any
	text, err := os.ReadFile("../deploy/charts/plimsoll-collector/values.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &values))
	settings := regexp.MustCompile(`--set ([a-zA-Z.]+)=`).FindAllStringSubmatch(said, -1)
	require.Len(t, settings, 6)
	for _, setting := range settings {
		at := any(values)
		for key := range strings.SplitSeq(setting[1], ".") {
			below, ok := at.(map[string]any)
			require.True(t, ok, setting[1])
			require.Contains(t, below, key, setting[1])
			at = below[key]
		}
	}
	secret := values["upload"].(map[string]any)["tokenSecret"].(map[string]any)
	require.Contains(t, said, "create secret generic "+secret["name"].(string)+" --from-file="+secret["key"].(string)+"=")
	for _, file := range regexp.MustCompile(`deploy/[a-z/-]+(\.yaml)?`).FindAllString(said, -1) {
		require.FileExists(t, "../"+strings.TrimSuffix(strings.Replace(file, "charts/plimsoll-collector", "charts/plimsoll-collector/Chart.yaml", 1), "/"))
	}
}
