package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// problem is why a document, or an item of a list, is not read.
type problem struct {
	line   int // within the document's text, 1-based; 0: its start
	reason string
}

// parse reads a document's text into its root node, nil for an explicit null.
func (p *plainReader) parse(text []byte) (root *yaml.Node, bad *problem) {
	if root, ok := p.read(text); ok {
		return root, nil
	}
	return parse(text)
}

// parse is the road of every document that is not plain.
func parse(text []byte) (root *yaml.Node, bad *problem) {
	// The YAML library panics on a few malformed inputs. That must cost this document alone.
	defer func() {
		if r := recover(); r != nil {
			root, bad = nil, &problem{reason: "cannot be parsed as YAML"}
		}
	}()
	if !utf8.Valid(text) {
		return nil, &problem{line: invalidLine(text), reason: notUTF8}
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return nil, &problem{line: lineOf(text, at), reason: zeroBytes}
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		if root := parseJSON(text); root != nil {
			return root, nil
		}
	}
	var node, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&node); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, syntaxProblem(text, err)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		if err == nil {
			return nil, &problem{line: second.Line, reason: "a second document without a line of --- before it"}
		}
		return nil, syntaxProblem(text, err)
	}
	return node.Content[0], nil
}

// What no YAML holds.
const (
	notUTF8   = "bytes that are no UTF-8"
	zeroBytes = "zero bytes: no text, or UTF-16; save it as UTF-8"
)

func invalidLine(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return lineOf(text, i)
		}
		i += size
	}
	return 1
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxProblem takes the line out of the YAML library's message, or finds it where the library does not say it.
func syntaxProblem(text []byte, err error) *problem {
	message := err.Error()
	p := &problem{}
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		p.line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	anchor, isAnchor := strings.CutPrefix(message, "unknown anchor '")
	switch {
	case strings.HasPrefix(message, "did not find expected"):
		// The library counts the lines of its parser's errors, unlike its scanner's, from 0.
		p.line++
	case isAnchor:
		anchor, _, _ = strings.Cut(anchor, "'")
		p.line = lineOf(text, bytes.Index(text, []byte("*"+anchor)))
	case p.line == 0:
		p.line = lineOf(text, bytes.IndexFunc(text, isForbiddenControl))
	}
	p.reason = "no YAML: " + strings.Join(strings.Fields(message), " ")
	return p
}

func isForbiddenControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0 && r != 0x85
}

func lineOf(text []byte, offset int) int { return 1 + bytes.Count(text[:max(offset, 0)], []byte("\n")) }

// inspector holds nodes against what a Kubernetes object can be: no double keys, no depth or aliases beyond bounds.
type inspector struct {
	unfolded map[*yaml.Node]int // nodes below an anchor, aliases unfolded; 0 while it is being counted
	left     *int               // that all inputs together may still add: those below an anchor were written, and leave room for as many
}

// inspect gives the number of nodes below a node, aliases unfolded.
func (c *inspector) inspect(node *yaml.Node, depth int) (int, *problem) {
	if depth > maxDepth {
		return 0, &problem{node.Line, fmt.Sprintf("nested deeper than %d", maxDepth)}
	}
	if node.Kind == yaml.AliasNode {
		return c.inspectAlias(node)
	}
	if node.Anchor != "" {
		if c.unfolded == nil {
			c.unfolded = map[*yaml.Node]int{}
		}
		c.unfolded[node] = 0
	}
	if node.Kind == yaml.MappingNode {
		if bad := checkKeys(node); bad != nil {
			return 0, bad
		}
	}
	*c.left++
	n := 1
	for _, child := range node.Content {
		below, bad := c.inspect(child, depth+1)
		if bad != nil {
			return 0, bad
		}
		n += below
	}
	if node.Anchor != "" {
		c.unfolded[node] = n
	}
	return n, nil
}

func (c *inspector) inspectAlias(node *yaml.Node) (int, *problem) {
	n, known := c.unfolded[node.Alias]
	if !known {
		// The anchor stands in another item of the list.
		var bad *problem
		if n, bad = c.inspect(node.Alias, 0); bad != nil {
			return 0, bad
		}
	}
	if n == 0 {
		return 0, &problem{node.Line, fmt.Sprintf("the alias *%s stands inside of what it repeats", node.Value)}
	}
	if *c.left -= n; *c.left < 0 {
		*c.left += n
		return 0, &problem{node.Line, fmt.Sprintf("aliases unfold to %d values more than are written, in all inputs together: write out what it repeats", maxUnfolded)}
	}
	return n, nil
}

// fewKeys is up to where comparing each with each is faster than a map.
const fewKeys = 12

// checkKeys refuses what the API server's strict validation refuses: a key twice, and keys that are no plain values.
func checkKeys(node *yaml.Node) *problem {
	var seen map[string]bool
	if len(node.Content) > 2*fewKeys {
		seen = make(map[string]bool, len(node.Content)/2)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return &problem{node.Content[i].Line, "a key that is no plain value"}
		}
		double := seen[key.Value]
		if seen != nil {
			seen[key.Value] = true
		} else {
			double = standsBefore(node.Content[:i], key.Value)
		}
		if double {
			return &problem{node.Content[i].Line, "the key " + quote(key.Value) + " stands there twice"}
		}
	}
	return nil
}

func standsBefore(pairs []*yaml.Node, key string) bool {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i].Value == key && pairs[i].Kind == yaml.ScalarNode {
			return true
		}
	}
	return false
}

func quote(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + " …"
	}
	return strconv.QuoteToGraphic(text)
}
