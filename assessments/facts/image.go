package facts

import (
	"regexp"
	"strings"
)

// Image is an image reference taken apart.
type Image struct {
	Raw        string
	Registry   string // docker.io where none is written
	Repository string // without registry: library/nginx, apache/kafka
	Tag        string // empty where none is written
	Digest     string // sha256:…; empty where none is written
	Literal    bool   // false: empty, malformed, or holds a placeholder ($ { < %), so that nothing can be said of it
}

// Placeholder reports whether a text holds a sign of a template ($ { < %), so that it is no literal.
func Placeholder(text string) bool { return strings.ContainsAny(text, "${<%") }

const defaultRegistry = "docker.io"

var (
	pathPattern   = regexp.MustCompile(`^[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*$`)
	tagPattern    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	digestPattern = regexp.MustCompile(`^[A-Za-z0-9+._-]+:[A-Za-z0-9=_-]+$`)
)

// ParseImage takes an image reference apart the way container runtimes do: a first part with a dot, a colon or the name
// localhost is a registry; the tag is what follows the last colon after the last slash; docker.io and its library are implied.
func ParseImage(raw string) Image {
	image := Image{Raw: raw}
	if raw == "" || Placeholder(raw) || strings.ContainsAny(raw, " \t\r\n") {
		return image
	}
	rest, digest, pinned := strings.Cut(raw, "@")
	tagged := false
	if colon := strings.LastIndexByte(rest, ':'); colon > strings.LastIndexByte(rest, '/') {
		rest, image.Tag, tagged = rest[:colon], rest[colon+1:], true
	}
	image.Digest = digest
	image.Registry, image.Repository = splitRegistry(rest)
	wellFormed := pathPattern.MatchString(image.Repository) &&
		(!tagged || tagPattern.MatchString(image.Tag)) && (!pinned || digestPattern.MatchString(digest))
	if !wellFormed {
		return Image{Raw: raw}
	}
	image.Literal = true
	return image
}

func splitRegistry(path string) (registry, repository string) {
	first, rest, slashed := strings.Cut(path, "/")
	if !slashed || (!strings.ContainsAny(first, ".:") && first != "localhost") {
		registry, repository = defaultRegistry, path
	} else {
		registry, repository = first, rest
	}
	if registry == "index.docker.io" || registry == "registry-1.docker.io" {
		registry = defaultRegistry
	}
	if registry == defaultRegistry && repository != "" && !strings.Contains(repository, "/") {
		repository = "library/" + repository
	}
	return registry, repository
}

// Name is the repository's last part: kafka of docker.io/apache/kafka.
func (i Image) Name() string { return i.Repository[strings.LastIndexByte(i.Repository, '/')+1:] }

// Path is registry and repository without tag and digest.
func (i Image) Path() string {
	if i.Registry == "" {
		return i.Repository
	}
	return i.Registry + "/" + i.Repository
}

// String is the whole reference with everything that is implied written out; what can't be taken apart stays as it was.
func (i Image) String() string {
	if !i.Literal {
		return i.Raw
	}
	text := i.Path()
	if i.Tag != "" {
		text += ":" + i.Tag
	}
	if i.Digest != "" {
		text += "@" + i.Digest
	}
	return text
}
