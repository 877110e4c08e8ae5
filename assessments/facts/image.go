package facts

import "strings"

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

// maxTagBytes is how long a tag can be.
const maxTagBytes = 128

// wellFormedPath asks for parts of letters, digits and . _ - with a slash between any two.
func wellFormedPath(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || !consistsOf(part, "._-") {
			return false
		}
	}
	return true
}

func wellFormedTag(tag string) bool {
	return tag != "" && len(tag) <= maxTagBytes && tag[0] != '.' && tag[0] != '-' && consistsOf(tag, "._-")
}

// wellFormedDigest asks for an algorithm and a value: sha256:….
func wellFormedDigest(digest string) bool {
	algorithm, value, cut := strings.Cut(digest, ":")
	return cut && algorithm != "" && value != "" && consistsOf(algorithm, "+._-") && consistsOf(value, "=_-")
}

// consistsOf reports whether a text holds nothing but ASCII letters, digits and the signs.
func consistsOf(text, signs string) bool {
	for i := range len(text) {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte(signs, c) < 0 {
			return false
		}
	}
	return true
}

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
	wellFormed := wellFormedPath(image.Repository) && (!tagged || wellFormedTag(image.Tag)) && (!pinned || wellFormedDigest(digest))
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
	if path, written := i.written(); written {
		return path
	}
	return i.Registry + "/" + i.Repository
}

// written is the path where the reference spells it out, as most do: it begins with it.
func (i Image) written() (path string, written bool) {
	end := len(i.Registry) + 1 + len(i.Repository)
	if len(i.Raw) < end || i.Raw[:len(i.Registry)] != i.Registry || i.Raw[len(i.Registry)] != '/' || i.Raw[len(i.Registry)+1:end] != i.Repository {
		return "", false
	}
	return i.Raw[:end], true
}

// String is the whole reference with everything that is implied written out; what can't be taken apart stays as it was.
func (i Image) String() string {
	if _, written := i.written(); written || !i.Literal { // tag and digest stand behind it as they are
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
