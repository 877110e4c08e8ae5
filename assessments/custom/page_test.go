package custom

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPageIsCurrent(t *testing.T) {
	example, err := os.ReadFile("testdata/example.yaml")
	require.NoError(t, err)
	page, err := os.ReadFile("../../docs/custom-rules.md")
	require.NoError(t, err)
	require.Equal(t, string(Page(string(example))), string(page), "go generate ./assessments/custom/...")
}

func TestEveryFieldIsNamedAndDescribed(t *testing.T) {
	for _, o := range objects() {
		for _, f := range o.Fields {
			require.NotEmpty(t, f.Name, o.Name)
			require.NotEmpty(t, f.Doc, "%s.%s", o.Name, f.Name)
		}
	}
}
