package repository

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds on one YAML file. Aliases are never unfolded.
const (
	maxYAMLDepth = 200
	maxYAMLNodes = 200_000
)

var errNoYAML = errors.New("no YAML that can be read")

// parseYAML reads the one document of a file; nil where it is empty. The library's messages quote what they stumble over, so none is
// passed on.
func parseYAML(text []byte) (root *yaml.Node, err error) {
	defer func() { // the library panics on a few malformed inputs
		if recover() != nil {
			root, err = nil, errNoYAML
		}
	}()
	var node yaml.Node
	switch err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&node); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil || len(node.Content) != 1:
		return nil, errNoYAML
	}
	return node.Content[0], nil
}

// target follows an alias to what it repeats.
func target(node *yaml.Node) *yaml.Node {
	for hops := 0; node != nil && node.Kind == yaml.AliasNode && hops < maxHops; hops++ {
		node = node.Alias
	}
	return node
}

// child is what stands under a key; nil where nothing does.
func child(node *yaml.Node, key string) *yaml.Node {
	node = target(node)
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return target(node.Content[i+1])
		}
	}
	return nil
}

// text is a plain value under a key; empty where there is none.
func text(node *yaml.Node, key string) string {
	if value := child(node, key); value != nil && value.Kind == yaml.ScalarNode && value.ShortTag() != "!!null" {
		return strings.TrimSpace(value.Value)
	}
	return ""
}

type digest = [sha256.Size]byte

// digester sums values up by what they mean: neither comments, order of keys nor manner of writing counts. Each node is summed up
// once, however often aliases repeat it.
type digester struct {
	withoutTags bool // leave the tags and digests of images out
	known       map[position]digest
	nodes       int
}

// position is a node and whether it stands where an image is described.
type position struct {
	node  *yaml.Node
	image bool
}

// digestOf sums a document up. False where it is nested too deep or has too many values.
func digestOf(root *yaml.Node, withoutTags bool) (digest, bool) {
	d := &digester{withoutTags: withoutTags, known: map[position]digest{}}
	if root == nil {
		return digest{}, true
	}
	return d.sum(position{root, false}, 0)
}

func (d *digester) sum(at position, depth int) (digest, bool) {
	at.node = target(at.node)
	if known, ok := d.known[at]; ok {
		return known, true
	}
	if d.nodes++; at.node == nil || depth > maxYAMLDepth || d.nodes > maxYAMLNodes {
		return digest{}, false
	}
	var out digest
	ok := true
	switch at.node.Kind {
	case yaml.MappingNode:
		out, ok = d.sumMapping(at, depth)
	case yaml.SequenceNode:
		sum := sha256.New()
		sum.Write([]byte("["))
		for _, item := range at.node.Content {
			one, fine := d.sum(position{item, at.image}, depth+1)
			sum.Write(one[:])
			ok = ok && fine
		}
		sum.Sum(out[:0])
	default:
		value := at.node.Value
		if d.withoutTags && at.image {
			value = withoutTag(value)
		}
		out = sha256.Sum256([]byte(at.node.ShortTag() + "\x00" + value))
	}
	d.known[at] = out
	return out, ok
}

func (d *digester) sumMapping(at position, depth int) (digest, bool) {
	var lines []string
	ok := true
	image := at.image || describesImage(at.node)
	for i := 0; i+1 < len(at.node.Content); i += 2 {
		key := at.node.Content[i].Value
		if d.withoutTags && (image && isTagKey(key) || isImageTagKey(key)) {
			continue
		}
		one, fine := d.sum(position{at.node.Content[i+1], isImageKey(key)}, depth+1)
		lines = append(lines, key+"\x00"+string(one[:]))
		ok = ok && fine
	}
	slices.Sort(lines)
	return sha256.Sum256([]byte("{" + strings.Join(lines, "\x00"))), ok
}

func isImageKey(key string) bool { return strings.HasSuffix(strings.ToLower(key), "image") }

func isTagKey(key string) bool { return key == "tag" || key == "digest" || key == "version" }

func isImageTagKey(key string) bool {
	lower := strings.ReplaceAll(strings.ToLower(key), "_", "")
	return strings.HasSuffix(lower, "imagetag") || strings.HasSuffix(lower, "imagedigest")
}

// describesImage reports whether a mapping names an image by its parts.
func describesImage(node *yaml.Node) bool {
	return text(node, "repository") != "" && child(node, "tag") != nil
}

// withoutTag is an image's reference without tag and digest.
func withoutTag(reference string) string {
	reference, _, _ = strings.Cut(reference, "@")
	if colon := strings.LastIndexByte(reference, ':'); colon > strings.LastIndexByte(reference, '/') {
		return reference[:colon]
	}
	return reference
}

// imagesIn collects the images that default values name. Where an image names no tag, the given one stands for it: what charts fall
// back on. What stands there for the charts within the chart, under their names, falls back on something else.
func imagesIn(root *yaml.Node, fallback string, within []string) []string {
	c := &imageCollector{seen: map[position]bool{}}
	for _, name := range within {
		if values := child(root, name); values != nil {
			c.collect(position{values, false}, 1)
			c.seen[position{values, false}] = true
		}
	}
	c.fallback = fallback
	c.collect(position{root, false}, 0)
	slices.Sort(c.images)
	return c.images
}

type imageCollector struct {
	fallback string
	seen     map[position]bool
	images   []string
}

func (c *imageCollector) collect(at position, depth int) {
	at.node = target(at.node)
	if at.node == nil || depth > maxYAMLDepth || len(c.seen) > maxYAMLNodes || len(c.images) >= maxImages || c.seen[at] {
		return
	}
	c.seen[at] = true
	switch at.node.Kind {
	case yaml.MappingNode:
		if at.image || describesImage(at.node) {
			c.add(c.assembled(at.node))
		}
		for i := 0; i+1 < len(at.node.Content); i += 2 {
			c.collect(position{at.node.Content[i+1], isImageKey(at.node.Content[i].Value)}, depth+1)
		}
	case yaml.SequenceNode:
		for _, item := range at.node.Content {
			c.collect(position{item, at.image}, depth+1)
		}
	case yaml.ScalarNode:
		if at.image && strings.ContainsAny(at.node.Value, "/:") {
			c.add(at.node.Value)
		}
	}
}

// assembled puts an image together from registry, repository, tag and digest.
func (c *imageCollector) assembled(node *yaml.Node) string {
	reference := text(node, "repository")
	if reference == "" {
		return ""
	}
	if registry := text(node, "registry"); registry != "" {
		reference = registry + "/" + reference
	}
	tag := text(node, "tag")
	if tag == "" && withoutTag(reference) == reference {
		tag = c.fallback
	}
	if tag != "" {
		reference += ":" + tag
	}
	if sum := text(node, "digest"); sum != "" {
		reference += "@" + sum
	}
	return reference
}

func (c *imageCollector) add(reference string) {
	if reference = imageReference(reference); reference != "" && !strings.Contains(reference, "$") && !slices.Contains(c.images, reference) {
		c.images = append(c.images, reference)
	}
}
