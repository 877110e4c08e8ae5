package repository

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"go.yaml.in/yaml/v3"
)

// content is what a chart's folder holds at one commit, summed up.
type content struct {
	name, version, appVersion string
	versionLine               int
	annotated                 bool // Chart.yaml tells what changed in this version
	templates                 digest
	values, otherValues       digest // otherValues: without the tags of images
	images                    []string
	within                    []string // names of the charts within, as values call them
	unread                    bool     // templates or values could not be read
	fault                     string   // why the chart itself could not be read
}

// contentReader reads what charts' folders hold, each folder once, however many commits have it.
type contentReader struct {
	objects   *objects
	folders   map[plumbing.Hash]*content
	templates map[plumbing.Hash]templates // by file and by folder
	values    map[valuesKey]values
}

// templates is what is looked for in templates: in one file, or in a folder of them.
type templates struct {
	usesAppVersion bool
	images         []string
}

// maxKeptContents bounds what is remembered.
const maxKeptContents = 20_000

func newContentReader(o *objects) *contentReader {
	return &contentReader{o, map[plumbing.Hash]*content{}, map[plumbing.Hash]templates{}, map[valuesKey]values{}}
}

// of sums up the chart in a folder.
func (r *contentReader) of(folder plumbing.Hash) *content {
	if known, ok := r.folders[folder]; ok {
		return known
	}
	c := r.read(folder)
	if len(r.folders) >= maxKeptContents {
		clear(r.folders)
	}
	r.folders[folder] = c
	return c
}

func (r *contentReader) read(folder plumbing.Hash) *content {
	entries, err := r.objects.tree(folder)
	if err != nil {
		return &content{fault: reasonOf(err)}
	}
	c := &content{}
	root, err := r.yaml(entries, "Chart.yaml", maxChartBytes)
	if err != nil || root == nil || root.Kind != yaml.MappingNode {
		return &content{fault: "Chart.yaml: " + reasonOf(orNoYAML(err))}
	}
	c.name = cleanText(text(root, "name"), maxVersionBytes)
	c.version = cleanText(text(root, "version"), maxVersionBytes)
	c.appVersion = cleanText(text(root, "appVersion"), maxVersionBytes)
	if version := child(root, "version"); version != nil {
		c.versionLine = version.Line
	}
	c.annotated = text(child(root, "annotations"), "artifacthub.io/changes") != ""
	found := r.sumTemplates(c, entries, root)
	r.sumValues(c, entries, found)
	return c
}

func orNoYAML(err error) error {
	if err == nil {
		return errNoYAML
	}
	return err
}

// yaml reads a file of the chart; nil where there is none.
func (r *contentReader) yaml(entries []entry, name string, most int64) (*yaml.Node, error) {
	e, found := named(entries, name)
	if !found {
		return nil, nil
	}
	if !e.isFile() {
		return nil, errors.New("a link, which is not followed")
	}
	text, err := r.objects.blob(e.hash, most)
	if err != nil {
		return nil, err
	}
	return parseYAML(text)
}

// sumTemplates sums up what makes objects beside the values: templates, CRDs, charts within the chart, and dependencies.
func (r *contentReader) sumTemplates(c *content, entries []entry, root *yaml.Node) templates {
	sum := sha256.New()
	var found templates
	for _, name := range []string{"templates", "crds", "charts"} {
		if e, ok := named(entries, name); ok {
			sum.Write([]byte(name + "\x00"))
			sum.Write(e.hash[:])
			if name == "templates" && e.isFolder() {
				found = r.lookInto(e.hash)
			}
		}
	}
	c.sumDependencies(sum, root)
	for _, name := range []string{"requirements.yaml", "Chart.lock", "requirements.lock"} {
		document, err := r.yaml(entries, name, maxChartBytes)
		if err != nil {
			c.unread = true
		}
		c.sumDependencies(sum, document)
	}
	sum.Sum(c.templates[:0])
	return found
}

func (c *content) sumDependencies(sum hash.Hash, document *yaml.Node) {
	dependencies := child(document, "dependencies")
	if dependencies == nil || len(dependencies.Content) == 0 {
		sum.Write([]byte{0})
		return
	}
	for _, dependency := range dependencies.Content {
		c.within = append(c.within, cmp.Or(text(dependency, "alias"), text(dependency, "name")))
	}
	one, ok := digestOf(dependencies, false)
	c.unread = c.unread || !ok
	sum.Write(one[:])
}

// values is what a file of default values sums up to. What it holds beside is not kept.
type values struct {
	whole, otherwise digest // otherwise: without the tags of images
	images           []string
	unread           bool
}

// valuesKey is a file of default values, what its images fall back on, and the charts within that it has values for.
type valuesKey struct {
	file             plumbing.Hash
	fallback, within string
}

func (r *contentReader) sumValues(c *content, entries []entry, found templates) {
	key := valuesKey{within: strings.Join(c.within, "\n")}
	if e, ok := named(entries, "values.yaml"); ok {
		key.file = e.hash
	}
	if found.usesAppVersion {
		key.fallback = c.appVersion
	}
	v, known := r.values[key]
	if !known {
		v = r.readValues(entries, key.fallback, c.within)
		if len(r.values) >= maxKeptContents {
			clear(r.values)
		}
		r.values[key] = v
	}
	c.values, c.otherValues, c.unread = v.whole, v.otherwise, c.unread || v.unread
	if v.unread {
		return
	}
	c.images = slices.Concat(v.images, found.images)
	slices.Sort(c.images)
	c.images = slices.Compact(c.images)
	if len(c.images) > maxImages {
		c.images = c.images[:maxImages]
	}
}

func (r *contentReader) readValues(entries []entry, fallback string, within []string) values {
	root, err := r.yaml(entries, "values.yaml", maxValuesBytes)
	if err != nil {
		return values{unread: true}
	}
	whole, fine := digestOf(root, false)
	otherwise, alsoFine := digestOf(root, true)
	return values{whole, otherwise, imagesIn(root, fallback, within), !fine || !alsoFine}
}

var (
	appVersionUse = []byte(".Chart.AppVersion")
	imageKey      = []byte("image:")
	writtenImage  = regexp.MustCompile(`^[ \t]*(?:-[ \t]+)?image:[ \t]*["']?([^\s"'{}]+)["']?[ \t]*(?:#.*)?\r?\n?$`)
)

// lookInto reads templates for the images that they name themselves, and for whether images fall back on the application's version.
func (r *contentReader) lookInto(folder plumbing.Hash) templates {
	if known, ok := r.templates[folder]; ok {
		return known
	}
	var found templates
	left := maxTemplates
	r.lookBelow(folder, &found, &left, 0)
	slices.Sort(found.images)
	found.images = slices.Compact(found.images)
	r.keep(folder, found)
	return found
}

func (r *contentReader) lookBelow(folder plumbing.Hash, found *templates, left *int, depth int) {
	entries, err := r.objects.tree(folder)
	if err != nil || depth > maxHops {
		return
	}
	for _, e := range entries {
		if *left--; *left < 0 {
			return
		}
		if e.isFolder() && e.name != "tests" {
			r.lookBelow(e.hash, found, left, depth+1)
		}
		if !e.isFile() {
			continue
		}
		found.add(r.lookAt(e.hash))
	}
}

func (t *templates) add(other templates) {
	t.usesAppVersion = t.usesAppVersion || other.usesAppVersion
	t.images = append(t.images, other.images[:min(len(other.images), maxImages-len(t.images))]...)
}

// lookAt reads one template, once: from version to version most stay as they are.
func (r *contentReader) lookAt(file plumbing.Hash) templates {
	if known, ok := r.templates[file]; ok {
		return known
	}
	var found templates
	if text, err := r.objects.blob(file, maxTextBytes); err == nil {
		found.usesAppVersion = bytes.Contains(text, appVersionUse)
		found.images = writtenImages(text)
	}
	r.keep(file, found)
	return found
}

// writtenImages are the images that a template names without asking the values.
func writtenImages(text []byte) []string {
	var images []string
	for line := range bytes.Lines(text) {
		if !bytes.Contains(line, imageKey) || len(images) == maxImages {
			continue
		}
		if m := writtenImage.FindSubmatch(line); m != nil {
			if image := imageReference(string(m[1])); image != "" {
				images = append(images, image)
			}
		}
	}
	return images
}

func (r *contentReader) keep(hash plumbing.Hash, found templates) {
	if len(r.templates) >= maxKeptContents {
		clear(r.templates)
	}
	r.templates[hash] = found
}

// reasonOf says why something of git's was not read, without quoting any of it.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, errTooLarge):
		return "larger than what is read of such a file"
	case errors.Is(err, plumbing.ErrObjectNotFound), errors.Is(err, fs.ErrNotExist):
		return "its object is not in this clone"
	case errors.Is(err, errNoYAML):
		return errNoYAML.Error()
	case errors.Is(err, errDamaged):
		return "its object is damaged"
	}
	return fmt.Sprint(plainError(err))
}
