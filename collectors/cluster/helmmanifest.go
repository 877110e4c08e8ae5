package cluster

import (
	"bufio"
	"regexp"
	"slices"
	"strings"

	"plimsoll/assessments/reference"
	"plimsoll/collectors/kube"
)

// manifestObject is an object of a release's manifest: by which version it was applied.
type manifestObject struct{ apiVersion, kind, namespace, name string }

// manifestDocument is what one document of a manifest tells.
type manifestDocument struct {
	object manifestObject
	images []string
}

// maxManifestLine bounds a line that is looked at; what is longer holds no image reference.
const maxManifestLine = 4096

// maxManifestObjects bounds the objects of one manifest that are counted.
const maxManifestObjects = 5000

// readManifest finds the images of workloads and the versions of Kubernetes' own objects. It reads lines as Helm's templates write them, and
// looks at nothing but keys by their indentation: a whole YAML tree of a manifest takes 50 times its memory.
func (s *storedRelease) readManifest(manifest string) {
	var images []string
	scan := manifestScanner{}
	finish := func() {
		document := scan.document
		scan = manifestScanner{}
		group, _, _ := strings.Cut(document.object.apiVersion, "/")
		if !strings.Contains(document.object.apiVersion, "/") {
			group = ""
		}
		if !reference.IsKubernetesGroup(group) || document.object.apiVersion == "" || document.object.kind == "" {
			return
		}
		if len(s.objects) < maxManifestObjects {
			s.objects = append(s.objects, document.object)
		}
		if !kube.IsWorkload(kube.TypeMeta{APIVersion: document.object.apiVersion, Kind: document.object.kind}) {
			return
		}
		for _, image := range document.images {
			if !slices.Contains(images, image) && len(images) <= maxReleaseImages {
				images = append(images, image)
			}
		}
	}
	lines := bufio.NewScanner(strings.NewReader(manifest))
	lines.Buffer(nil, len(manifest)+1)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "---") {
			finish()
			continue
		}
		if len(line) <= maxManifestLine {
			scan.line(line)
		}
	}
	finish()
	if s.record.Images = nil; len(images) <= maxReleaseImages {
		s.record.Images = images
	}
}

// manifestScanner keeps the keys above the line that it is at.
type manifestScanner struct {
	document manifestDocument
	above    []manifestKey
	block    int    // indentation of the key or item whose text block is passed over, plus 1; 0: none
	quote    string // that ends the text which began on a line above; empty: none did
}

type manifestKey struct {
	indent int
	name   string
}

var (
	manifestLine  = regexp.MustCompile(`^( *)((?:- +)*)"?([A-Za-z][A-Za-z0-9_./-]*)"?:(?: +(.*))?$`)
	blockStart    = regexp.MustCompile(`^(?:[&!][^ ]* +)*[|>][0-9+-]{0,2}(?: +#.*)?$`)
	manifestItem  = regexp.MustCompile(`^( *)((?:- +)+)(.*)$`)
	plainWord     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,252}$`)
	plainImage    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:@+=-]{0,511}$`)
	containerKeys = []string{"containers", "initContainers", "ephemeralContainers"}
)

func (m *manifestScanner) line(line string) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if strings.TrimSpace(line) == "" || m.block > 0 && indent >= m.block {
		return
	}
	m.block = 0
	if m.quote != "" {
		if end := endOf(line, m.quote); end >= 0 {
			m.quote = unclosed(line[end:])
		}
		return
	}
	parts := manifestLine.FindStringSubmatch(line)
	if parts == nil {
		if item := manifestItem.FindStringSubmatch(line); item != nil {
			m.open(item[3], len(item[1])+len(item[2])-1)
		}
		return
	}
	at := len(parts[1]) + len(parts[2])
	for len(m.above) > 0 && m.above[len(m.above)-1].indent >= at {
		m.above = m.above[:len(m.above)-1]
	}
	value := unquoted(parts[4])
	if m.open(parts[4], at+1) {
		value = ""
	}
	m.take(parts[3], value, at)
	m.above = append(m.above, manifestKey{at, parts[3]})
}

// open reports whether a text begins that goes on below: its lines are no keys, whatever they look like.
func (m *manifestScanner) open(text string, inside int) bool {
	text = strings.TrimSpace(text)
	if blockStart.MatchString(text) {
		m.block = inside
		return true
	}
	if text == "" || !strings.ContainsRune("\"'{[", rune(text[0])) {
		return false
	}
	m.quote = unclosed(text)
	return m.quote != ""
}

// unclosed is the quote of a text that is still open at the end of a line; empty where none is.
func unclosed(text string) string {
	for text != "" {
		begin := strings.IndexAny(text, "\"'")
		if begin < 0 {
			return ""
		}
		quote := text[begin : begin+1]
		end := endOf(text[begin+1:], quote)
		if end < 0 {
			return quote
		}
		text = text[begin+1+end:]
	}
	return ""
}

// endOf is where a quoted text ends, behind its quote; negative where it does not end in the line. Two single quotes are one in the text.
func endOf(text, quote string) int {
	for i := 0; i < len(text); i++ {
		switch {
		case quote == `"` && text[i] == '\\', quote == "'" && strings.HasPrefix(text[i:], "''"):
			i++
		case text[i] == quote[0]:
			return i + 1
		}
	}
	return -1
}

func (m *manifestScanner) take(key, value string, at int) {
	parent := ""
	if len(m.above) > 0 {
		parent = m.above[len(m.above)-1].name
	}
	o := &m.document.object
	switch {
	case at == 0 && key == "apiVersion" && plainWord.MatchString(value):
		o.apiVersion = value
	case at == 0 && key == "kind" && plainWord.MatchString(value):
		o.kind = value
	case len(m.above) == 1 && parent == "metadata" && key == "name" && plainWord.MatchString(value):
		o.name = value
	case len(m.above) == 1 && parent == "metadata" && key == "namespace" && plainWord.MatchString(value):
		o.namespace = value
	case key == "image" && slices.Contains(containerKeys, parent):
		if image := kube.ContainerImage(&kube.Container{Image: value}); plainImage.MatchString(image) {
			m.document.images = append(m.document.images, image)
		}
	}
}

// unquoted is a scalar's text without quotes and comment.
func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 1 && (text[0] == '"' || text[0] == '\'') {
		if end := strings.IndexByte(text[1:], text[0]); end >= 0 {
			return text[1 : end+1]
		}
		return ""
	}
	if comment := strings.Index(text, " #"); comment >= 0 {
		text = strings.TrimSpace(text[:comment])
	}
	return text
}
