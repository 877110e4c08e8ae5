package manifests

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// plainReader reads the YAML that nearly every manifest is written in, block mappings and lists of scalars that stand on one line,
// into the nodes that the YAML library would give, in a fraction of its time. It refuses every document that holds anything else:
// those are the library's. Columns and comments, which nothing reads, are left out.
type plainReader struct {
	lines []plainLine
	at    int
	nodes []yaml.Node  // of one document, used again for the next
	links []*yaml.Node // what the nodes' contents are cut from
	texts map[string]plainText
}

// plainLine is a line that holds more than blanks and a comment.
type plainLine struct {
	number, indent int
	body           []byte // without indent and trailing blanks, never empty
}

// plainText is a scalar with the tag that it has without quotes.
type plainText struct{ value, tag string }

const (
	maxPlainTexts = 4096 // texts that are kept for another use: keys above all
	maxKeptText   = 64
)

func newPlainReader() *plainReader { return &plainReader{texts: map[string]plainText{}} }

// read gives the root of a document; false where the document is not as plain as that. Nodes are good until the next call.
func (p *plainReader) read(text []byte) (*yaml.Node, bool) {
	if !p.split(text) {
		return nil, false
	}
	p.at, p.nodes, p.links = 0, p.nodes[:0], p.links[:0]
	root, ok := p.block(0)
	return root, ok && p.at == len(p.lines)
}

// split takes the text apart into lines; false where a character is not printable ASCII.
func (p *plainReader) split(text []byte) bool {
	p.lines = p.lines[:0]
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimSuffix(line, []byte("\n"))
		for _, c := range line {
			if c < ' ' || c > '~' {
				return false
			}
		}
		body := bytes.TrimLeft(line, " ")
		indent := len(line) - len(body)
		if body = bytes.TrimRight(body, " "); len(body) > 0 && body[0] != '#' {
			p.lines = append(p.lines, plainLine{number, indent, body})
		}
	}
	return len(p.lines) > 0
}

// block reads the mapping or list that starts at the line at hand.
func (p *plainReader) block(depth int) (*yaml.Node, bool) {
	if depth > maxDepth {
		return nil, false
	}
	if p.lines[p.at].isItem() {
		return p.list(depth)
	}
	return p.mapping(depth)
}

func (p *plainReader) mapping(depth int) (*yaml.Node, bool) {
	var few [2 * fewKeys]*yaml.Node
	content, first := few[:0], p.lines[p.at]
	for p.at < len(p.lines) && p.lines[p.at].indent == first.indent {
		line := p.lines[p.at]
		key, rest, ok := cutKey(line.body)
		if !ok {
			return nil, false
		}
		p.at++
		content = append(content, p.plain(key, line.number))
		value, ok := p.valueOf(line, rest, depth)
		if !ok || p.isDeeper(first.indent) {
			return nil, false
		}
		content = append(content, value)
	}
	return p.collection(yaml.MappingNode, first.number, content), true
}

// valueOf reads what stands behind a key, or below it.
func (p *plainReader) valueOf(line plainLine, rest []byte, depth int) (*yaml.Node, bool) {
	if len(rest) > 0 {
		return p.scalar(rest, line.number)
	}
	if p.at == len(p.lines) {
		return nil, false
	}
	below := p.lines[p.at]
	if below.indent > line.indent || below.indent == line.indent && below.isItem() {
		return p.block(depth + 1)
	}
	return nil, false
}

func (p *plainReader) list(depth int) (*yaml.Node, bool) {
	var few [fewKeys]*yaml.Node
	content, first := few[:0], p.lines[p.at]
	for p.at < len(p.lines) && p.lines[p.at].indent == first.indent && p.lines[p.at].isItem() {
		item, ok := p.item(depth)
		if !ok || p.isDeeper(first.indent) {
			return nil, false
		}
		content = append(content, item)
	}
	return p.collection(yaml.SequenceNode, first.number, content), true
}

// item reads what stands behind a dash. A mapping or list that begins there is read as if the dash were blank.
func (p *plainReader) item(depth int) (*yaml.Node, bool) {
	line := &p.lines[p.at]
	body := bytes.TrimLeft(line.body[1:], " ")
	if len(body) == 0 {
		if p.at++; p.isDeeper(line.indent) {
			return p.block(depth + 1)
		}
		return nil, false
	}
	line.indent, line.body = line.indent+len(line.body)-len(body), body
	if _, _, isKey := cutKey(body); isKey || line.isItem() {
		return p.block(depth + 1)
	}
	p.at++
	return p.scalar(body, line.number)
}

func (p *plainReader) isDeeper(indent int) bool {
	return p.at < len(p.lines) && p.lines[p.at].indent > indent
}

// isItem reports whether the line begins with the dash of a list.
func (l plainLine) isItem() bool { return l.body[0] == '-' && (len(l.body) == 1 || l.body[1] == ' ') }

// cutKey parts "key: value" or "key:".
func cutKey(body []byte) (key, rest []byte, ok bool) {
	end := 0
	for end < len(body) && (isLetter(body[end]) || end > 0 && (isDigit(body[end]) || bytes.IndexByte([]byte("./-"), body[end]) >= 0)) {
		end++
	}
	if end == 0 || end > maxPlainText || end == len(body) || body[end] != ':' {
		return nil, nil, false
	}
	if key, rest = body[:end], body[end+1:]; len(rest) > 0 && rest[0] != ' ' {
		return nil, nil, false
	}
	return key, bytes.TrimLeft(rest, " "), true
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// scalar reads a value on one line: plain, in quotes without escapes, or an empty collection.
func (p *plainReader) scalar(text []byte, line int) (*yaml.Node, bool) {
	first, last := text[0], text[len(text)-1]
	switch {
	case string(text) == "{}":
		return p.node(yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Tag: "!!map", Line: line}), true
	case string(text) == "[]":
		return p.node(yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Tag: "!!seq", Line: line}), true
	case (first == '"' || first == '\'') && len(text) > 1 && last == first:
		inner := text[1 : len(text)-1]
		if bytes.IndexByte(inner, first) >= 0 || first == '"' && bytes.IndexByte(inner, '\\') >= 0 {
			return nil, false
		}
		style := yaml.DoubleQuotedStyle
		if first == '\'' {
			style = yaml.SingleQuotedStyle
		}
		return p.node(yaml.Node{Kind: yaml.ScalarNode, Style: style, Tag: "!!str", Value: p.text(inner).value, Line: line}), true
	case !isLetter(first) && !isDigit(first) && first != '/' && first != '.',
		last == ':', bytes.Contains(text, []byte(": ")), bytes.Contains(text, []byte(" #")):
		return nil, false
	}
	return p.plain(text, line), true
}

func (p *plainReader) plain(text []byte, line int) *yaml.Node {
	known := p.text(text)
	return p.node(yaml.Node{Kind: yaml.ScalarNode, Tag: known.tag, Value: known.value, Line: line})
}

// text is a scalar's text with its tag by the YAML library. Texts are kept, for the same few make up most of every document.
func (p *plainReader) text(text []byte) plainText {
	if known, found := p.texts[string(text)]; found {
		return known
	}
	node := yaml.Node{Kind: yaml.ScalarNode, Value: string(text)}
	known := plainText{value: node.Value, tag: node.ShortTag()}
	if len(text) <= maxKeptText && len(p.texts) < maxPlainTexts {
		p.texts[known.value] = known
	}
	return known
}

func (p *plainReader) collection(kind yaml.Kind, line int, content []*yaml.Node) *yaml.Node {
	tag := "!!map"
	if kind == yaml.SequenceNode {
		tag = "!!seq"
	}
	start := len(p.links)
	p.links = append(p.links, content...)
	return p.node(yaml.Node{Kind: kind, Tag: tag, Line: line, Content: p.links[start:len(p.links):len(p.links)]})
}

// node takes a node in. Where the memory of the last document does not do, nodes that were given out stay where they are.
func (p *plainReader) node(n yaml.Node) *yaml.Node {
	if len(p.nodes) == cap(p.nodes) {
		p.nodes = make([]yaml.Node, 0, max(256, 2*cap(p.nodes)))
	}
	p.nodes = append(p.nodes, n)
	return &p.nodes[len(p.nodes)-1]
}
