package manifests

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// sameAsLibrary asks that what the plain reader takes is what the YAML library makes of it, but for columns and comments.
func sameAsLibrary(t require.TestingT, p *plainReader, text string) bool {
	root, ok := p.read([]byte(text))
	if !ok {
		return false
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var document, second yaml.Node
	require.NoError(t, decoder.Decode(&document), text)
	require.True(t, errors.Is(decoder.Decode(&second), io.EOF), text)
	require.Equal(t, bare(document.Content[0]), bare(root), text)
	return true
}

// bare is a node without columns and comments.
func bare(n *yaml.Node) yaml.Node {
	b := yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value, Anchor: n.Anchor, Line: n.Line}
	for _, child := range n.Content {
		c := bare(child)
		b.Content = append(b.Content, &c)
	}
	return b
}

const plainDeployment = `
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/version: "1.2"
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: app
          image: registry.example.com/shop/web:1.2
          args:
          - serve
          - '8080'
          env:
            - name: JAVA_TOOL_OPTIONS
              value: "-XX:MaxRAMPercentage=70"
          resources:
            limits:
              memory: 1Gi
          readinessProbe:
            httpGet:
              path: /ready
              port: 8080
          securityContext: {}
      volumes:
      - name: cache
        emptyDir: {}
`

func TestPlainYAMLIsReadAsTheLibraryReadsIt(t *testing.T) {
	p := newPlainReader()
	for name, text := range map[string]string{
		"a deployment":              plainDeployment,
		"lists at the key's indent": "a:\n- b: 1\n  c: 2\n- d\ne: f\n",
		"lists in lists":            "- - a\n  - b\n-\n  - c\n-   d: e\n    f: g\n",
		"comments and blank lines":  "   \n# of it\na:\n\n  # inside\n  b: c   \n\n# behind\n",
		"quotes":                    "a: \"x: # y\"\nb: 'yes'\nc: \"\"\nd: ''\ne: \" x \"\n",
		"empty collections":         "a: {}\nb: []\nc:\n  - {}\n",
		"what looks like text":      "a: yes\nb: 1e3\nc: 0x1f\nd: 2026-11-22\ne: 1:30\nf: null\ng: .5\nh: 012\ni: True\nj: 1_000\nk: 10.0.0.1\n",
		"signs inside of a scalar":  "a: b#c\nd: x{y}[z],w\ne: a:b\nf: -Xmx1g -XX:+Use -Dx=\"y\"\ng: a - b\n",
		"no newline at the end":     "a:\n  b: c",
	} {
		t.Run(name, func(t *testing.T) {
			plain := name != "signs inside of a scalar" // -Xmx begins as a list does
			require.Equal(t, plain, sameAsLibrary(t, p, text))
		})
	}
}

func TestWhatIsNotPlainIsLeftToTheLibrary(t *testing.T) {
	p := newPlainReader()
	for name, text := range map[string]string{
		"an anchor":               "a: &x b\nc: *x\n",
		"a tag":                   "a: !!str 1\n",
		"a block scalar":          "a: |\n  b\n",
		"a flow mapping":          "a: {b: c}\n",
		"a flow list":             "a: [b]\n",
		"text over two lines":     "a: b\n  c\n",
		"text below its key":      "a:\n  b\n",
		"quotes over two lines":   "a: \"b\n  c\"\n",
		"an escape":               `a: "b\n"` + "\n",
		"a doubled quote":         "a: 'b''c'\n",
		"a comment behind":        "a: b # c\n",
		"nothing behind a key":    "a:\nb: c\n",
		"nothing behind the last": "a: b\nc:\n",
		"nothing behind a dash":   "- a\n-\n",
		"a tab":                   "a:\tb\n",
		"a carriage return":       "a: b\r\n",
		"beyond ASCII":            "a: é\n",
		"a quoted key":            "\"a\": b\n",
		"a key with a question":   "? a\n: b\n",
		"a merge":                 "a:\n  <<: b\n",
		"a mapping in a value":    "a: b: c\n",
		"a colon at the end":      "a: b:\n",
		"a list in a value":       "a: - b\n",
		"indents that go astray":  "a:\n    b: c\n  d: e\n",
		"a list that goes astray": "a: b\n- c\n",
		"a scalar alone":          "a\n",
		"a second document":       "a: b\n--- c\n",
		"deeper than any object":  strings.Repeat("- ", maxDepth+2) + "a\n",
		"nothing":                 "# only\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := p.read([]byte(text))
			require.False(t, ok)
		})
	}
}

func TestADocumentLeavesNothingInTheNext(t *testing.T) {
	p := newPlainReader()
	require.True(t, sameAsLibrary(t, p, plainDeployment))
	require.True(t, sameAsLibrary(t, p, "a: b\n"))
	_, ok := p.read([]byte("a:\n  b: [c]\n"))
	require.False(t, ok)
	require.True(t, sameAsLibrary(t, p, plainDeployment))
}

func FuzzPlainYAML(f *testing.F) {
	f.Add(plainDeployment)
	f.Add("a:\n- b: \"1\"\n  c: 'x'\n- - d\n  -  e: {}\n    f: []\ng: 1:30\n# h\ni: .5\n")
	f.Fuzz(func(t *testing.T, text string) { sameAsLibrary(t, newPlainReader(), text) })
}
