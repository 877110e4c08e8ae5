package redaction

import (
	"slices"
	"strings"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/pseudonym"
	"plimsoll/assessments/reference"
)

// maxImages bounds how many images are remembered: a cluster runs few many times.
const maxImages = 4096

func (r *Redactor) image(raw string) string {
	if known, seen := r.images[raw]; seen {
		return known
	}
	if len(r.images) >= maxImages {
		clear(r.images)
	}
	redacted := r.imageAnew(raw)
	r.images[strings.Clone(raw)] = redacted
	return redacted
}

// imageAnew replaces registry and path part by part, so that what begins alike begins alike afterwards. As many parts at the end stay as it takes for
// the reference to say the same of the image as before. Tag and digest stay. What is no literal reference becomes a placeholder again.
func (r *Redactor) imageAnew(raw string) string {
	image := facts.ParseImage(raw)
	if !image.Literal {
		return placeholder(r.key.Of(string(Text), raw))
	}
	path := pathOf(raw)
	parts := strings.Split(path, "/")
	registry := len(parts) > 1 && (strings.ContainsAny(parts[0], ".:") || parts[0] == "localhost")
	want := recognise(image)
	for kept := range len(parts) + 1 {
		redacted := strings.Join(r.imageParts(parts, registry, kept), "/") + raw[len(path):]
		if kept == len(parts) || recognise(facts.ParseImage(redacted)) == want {
			return redacted
		}
	}
	return raw
}

// pathOf is a reference without tag and digest.
func pathOf(raw string) string {
	path, _, _ := strings.Cut(raw, "@")
	if colon := strings.LastIndexByte(path, ':'); colon > strings.LastIndexByte(path, '/') {
		path = path[:colon]
	}
	return path
}

// imageParts replaces all parts of a path but the last few that are kept.
func (r *Redactor) imageParts(parts []string, registry bool, kept int) []string {
	out := slices.Clone(parts)
	for i := range len(parts) - kept {
		switch {
		case i == 0 && registry && publicRegistries[parts[0]]:
		case i == 0 && registry:
			out[i] = r.key.Of(string(Registry), parts[i]) + pseudonym.Host
		case i == len(parts)-1:
			out[i] = r.name(App, parts[i]) + nativeEnding(parts[i])
		default:
			out[i] = r.name(ImagePath, parts[i])
		}
	}
	return out
}

// nativeEnding keeps the word by which an image says that there is no JVM in it.
func nativeEnding(name string) string {
	isSeparator := func(c rune) bool { return strings.ContainsRune("-_.", c) }
	if slices.ContainsFunc(strings.FieldsFunc(name, isSeparator), func(part string) bool { return strings.EqualFold(part, "native") }) {
		return "-native"
	}
	return ""
}

// recognition is all that the reference says of an image.
type recognition struct {
	family, product, recovery, quorum string
	version                           reference.JavaVersion
	bundled                           int
	backup, dns, scaler               bool
}

func recognise(image facts.Image) recognition {
	path, name := image.Path(), image.Name()
	var seen recognition
	if family, ok := reference.JavaFamilyOf(path); ok {
		seen.family = family.Family
		seen.version, _ = family.Version(path, image.Tag)
	}
	if product, ok := reference.ProductOf(path); ok {
		seen.product = product.Product
	}
	if bundled, ok := reference.BundledJavaOf(path, image.Tag); ok {
		seen.bundled = bundled.Line
	}
	if recovery, ok := reference.RecoveryOf(path); ok {
		seen.recovery = recovery.Product
	}
	if quorum, ok := reference.QuorumOf(name); ok {
		seen.quorum = quorum.Product
	}
	seen.backup = reference.IsBackup(name)
	dns := reference.NetworkingFigures().DNS
	seen.dns, seen.scaler = slices.Contains(dns.Images, name), slices.Contains(dns.Scalers, name)
	return seen
}

// knownApp reports whether an image of a name is one that the reference knows; charts are called after them.
func knownApp(name string) bool {
	return recognise(facts.ParseImage(name)) != recognition{}
}

// publicRegistries belong to nobody in particular: that an image comes from there tells nothing of who runs it.
var publicRegistries = set(
	"docker.io", "index.docker.io", "registry-1.docker.io", "quay.io", "registry.k8s.io", "k8s.gcr.io", "gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io",
	"ghcr.io", "mcr.microsoft.com", "public.ecr.aws", "registry.access.redhat.com", "registry.redhat.io", "docker.elastic.co", "nvcr.io", "registry.gitlab.com",
	"container-registry.oracle.com", "cgr.dev", "icr.io", "registry.suse.com", "docker.n8n.io", "lscr.io", "localhost",
)
