package manifests

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// parseJSON reads JSON into the nodes that YAML would give; nil where the text is no JSON, which YAML may still be. JSON is not
// left to the YAML library, for that is slow on it and refuses escapes of characters beyond 16 bits.
func parseJSON(text []byte) *yaml.Node {
	p := &jsonParser{
		text:    text,
		decoder: jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true)), // double keys are told with their line
		line:    1,
	}
	root, err := p.value(0)
	if err != nil {
		return nil
	}
	if _, err := p.decoder.ReadToken(); err != io.EOF {
		return nil
	}
	return root
}

type jsonParser struct {
	text    []byte
	decoder *jsontext.Decoder
	offset  int // up to which lines are counted
	line    int
}

// lineAt counts on to an offset; offsets only grow.
func (p *jsonParser) lineAt(offset int64) int {
	end := min(int(offset), len(p.text))
	p.line += bytes.Count(p.text[p.offset:end], []byte("\n"))
	p.offset = end
	return p.line
}

var jsonTags = map[jsontext.Kind]string{'n': "!!null", 't': "!!bool", 'f': "!!bool", '"': "!!str", '0': "!!int"}

func (p *jsonParser) value(depth int) (*yaml.Node, error) {
	if depth > maxDepth+2 {
		return nil, io.ErrUnexpectedEOF
	}
	token, err := p.decoder.ReadToken()
	if err != nil {
		return nil, err
	}
	node := &yaml.Node{Line: p.lineAt(p.decoder.InputOffset())}
	switch kind := token.Kind(); kind {
	case '{', '[':
		node.Kind, node.Tag = yaml.MappingNode, "!!map"
		if kind == '[' {
			node.Kind, node.Tag = yaml.SequenceNode, "!!seq"
		}
		for closing := kind + 2; p.decoder.PeekKind() != closing; {
			child, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, child)
		}
		if _, err := p.decoder.ReadToken(); err != nil {
			return nil, err
		}
		// As in YAML, an object begins where its first key does.
		if kind == '{' && len(node.Content) > 0 {
			node.Line = node.Content[0].Line
		}
	default:
		node.Kind, node.Tag, node.Value = yaml.ScalarNode, jsonTags[kind], token.String()
		switch {
		case kind == '"':
			node.Style = yaml.DoubleQuotedStyle
		case kind == '0' && bytes.ContainsAny([]byte(node.Value), ".eE"):
			node.Tag = "!!float"
		}
	}
	return node, nil
}
