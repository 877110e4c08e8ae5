package reference

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// JavaFamily is a family of images whose names and tags tell Java's version.
type JavaFamily struct {
	Family     string `yaml:"family"`
	Vendor     string `yaml:"vendor"`  // whose dates count; empty: no dates of its own
	Product    string `yaml:"product"` // whose start script it runs
	VM         VM     `yaml:"vm"`      // empty: HotSpot, unless the tag names another
	Tool       bool   `yaml:"tool"`    // a build tool's image: with another command no JVM runs by itself
	Ended      bool   `yaml:"ended"`   // the image is maintained no more, at any version but pre-releases
	Repository string `yaml:"repository"`
	Tag        string `yaml:"tag"`
	Provenance `yaml:",inline"`

	repository pattern
	tag        *regexp.Regexp
}

// Product is software that runs on a JVM of its own.
type Product struct {
	Product    string   `yaml:"product"`
	VM         VM       `yaml:"vm"`         // of the JDK in its image; empty: not established
	Images     []string `yaml:"images"`     // patterns over registry and repository
	BundlesJDK bool     `yaml:"bundlesJDK"` // the JDK is the product's choice
	SetsHeap   bool     `yaml:"setsHeap"`   // its start script sets a heap where nobody does
	Provenance `yaml:",inline"`

	patterns []pattern
}

// BundledJava is the Java line in a range of a product's own versions.
type BundledJava struct {
	Images     string `yaml:"images"`
	From       string `yaml:"from"`
	Before     string `yaml:"before"`
	Line       int    `yaml:"line"`
	Provenance `yaml:",inline"`

	pattern *regexp.Regexp
}

type javaImagesDocument struct {
	About    about         `yaml:"about"`
	Families []JavaFamily  `yaml:"families"`
	Products []Product     `yaml:"products"`
	Bundled  []BundledJava `yaml:"bundled"`
}

func (d *javaImagesDocument) head() about { return d.About }
func (d *javaImagesDocument) rows() int   { return len(d.Families) + len(d.Products) + len(d.Bundled) }

var javaImages = prepared("java-images", &javaImagesDocument{}, func(document *javaImagesDocument) {
	for i := range document.Families {
		family := &document.Families[i]
		family.repository = compilePattern(family.Repository)
		if family.Tag != "" {
			family.tag = regexp.MustCompile(family.Tag)
		}
	}
	for i := range document.Products {
		document.Products[i].patterns = compile(document.Products[i].Images)
	}
	for i := range document.Bundled {
		document.Bundled[i].pattern = regexp.MustCompile(document.Bundled[i].Images)
	}
})

// JavaFamilyOf returns the family of an image, by registry and repository.
func JavaFamilyOf(imagePath string) (JavaFamily, bool) {
	return knownJavaFamilys.get(imagePath, findJavaFamily)
}

var knownJavaFamilys memo[JavaFamily]

func findJavaFamily(imagePath string) (JavaFamily, bool) {
	for _, family := range javaImages().Families {
		if family.repository.matches(imagePath) {
			return family, true
		}
	}
	return JavaFamily{}, false
}

// Version reads Java's version from an image of the family; where says which part told it. The zero value: it does not tell.
func (f JavaFamily) Version(imagePath, tag string) (version JavaVersion, where string) {
	for _, place := range []struct {
		pattern     *regexp.Regexp
		text, where string
	}{{f.repository.Regexp, imagePath, "image name"}, {f.tag, tag, "image tag"}} {
		if place.pattern == nil || !slices.Contains(place.pattern.SubexpNames(), "version") {
			continue
		}
		if m := place.pattern.FindStringSubmatch(place.text); m != nil {
			if version, ok := ParseJavaVersion(m[place.pattern.SubexpIndex("version")]); ok {
				return version, place.where
			}
		}
	}
	return JavaVersion{}, ""
}

// VMOf is the VM in an image of the family.
func (f JavaFamily) VMOf(tag string) VM {
	if f.VM != "" {
		return f.VM
	}
	if strings.Contains(tag, "semeru") || strings.Contains(tag, "openj9") || strings.Contains(tag, "ibmjava") {
		return OpenJ9
	}
	return HotSpot
}

// IsPreRelease reports whether a tag is that of an early build.
func IsPreRelease(tag string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(tag, func(r rune) bool { return strings.ContainsRune("-_.", r) }),
		func(part string) bool { return strings.HasPrefix(part, "rc") || part == "ea" })
}

// ProductOf returns the product in an image, by registry and repository.
func ProductOf(imagePath string) (Product, bool) { return knownProducts.get(imagePath, findProduct) }

var knownProducts memo[Product]

func findProduct(imagePath string) (Product, bool) {
	for _, product := range javaImages().Products {
		if matchesAny(product.patterns, imagePath) {
			return product, true
		}
	}
	return Product{}, false
}

// ProductByID returns a product by its id.
func ProductByID(id string) (Product, bool) {
	for _, product := range javaImages().Products {
		if product.Product == id {
			return product, true
		}
	}
	return Product{}, false
}

// BundledJavaOf returns the Java line that a product's image of a version brings.
func BundledJavaOf(imagePath, tag string) (BundledJava, bool) {
	version, ok := dotted(tag)
	if !ok {
		return BundledJava{}, false
	}
	for _, row := range javaImages().Bundled {
		from, _ := dotted(row.From)
		before, _ := dotted(row.Before)
		if row.pattern.MatchString(imagePath) && slices.Compare(version, from) >= 0 && slices.Compare(version, before) < 0 {
			return row, true
		}
	}
	return BundledJava{}, false
}

var dottedPattern = regexp.MustCompile(`^v?(\d{1,6}(?:\.\d{1,6}){1,3})(?:[-_+].*)?$`)

// dotted reads the numbers that a tag starts with; a single number is no version of a product.
func dotted(tag string) ([]int, bool) {
	m := dottedPattern.FindStringSubmatch(tag)
	if m == nil {
		return nil, false
	}
	var numbers []int
	for _, part := range strings.Split(m[1], ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

// Reader says who reads an environment variable.
type Reader string

// The readers of variables with JVM options.
const (
	ReadByVM       Reader = "vm"       // any JVM of that kind
	ReadByLauncher Reader = "launcher" // the java command
	ReadByScript   Reader = "script"   // the start script of some products
)

// Form says how a variable's value is to be read.
type Form string

// Other: the variable matters, and what it does to the heap is not read here.
const (
	FlagsForm      Form = ""
	MaxHeapForm    Form = "maxHeap"
	BothHeapsForm  Form = "bothHeaps"
	MaxHeapMiBForm Form = "maxHeapMiB"
	InitialForm    Form = "initialHeap"
	YoungForm      Form = "youngHeap"
	OtherForm      Form = "other"
)

// JavaVariable is an environment variable that holds JVM options.
type JavaVariable struct {
	Name       string   `yaml:"name"`
	ReadBy     Reader   `yaml:"readBy"`
	VM         VM       `yaml:"vm"`    // empty: any
	Order      string   `yaml:"order"` // before or after the command line
	Since      int      `yaml:"since"` // first Java line that reads it; 0: any
	Form       Form     `yaml:"form"`
	Products   []string `yaml:"products"` // whose scripts read it
	Hint       bool     `yaml:"hint"`     // used so widely that it hints at a JVM in any image
	Provenance `yaml:",inline"`
}

// ReadByProduct reports whether a product's start script reads the variable.
func (v JavaVariable) ReadByProduct(product string) bool {
	return product != "" && slices.Contains(v.Products, product)
}

type javaEnvironmentDocument struct {
	About about          `yaml:"about"`
	Rows  []JavaVariable `yaml:"rows"`
}

func (d *javaEnvironmentDocument) head() about { return d.About }
func (d *javaEnvironmentDocument) rows() int   { return len(d.Rows) }

var javaEnvironment = load("java-environment", &javaEnvironmentDocument{})

// JavaVariables lists the environment variables that may hold JVM options: the list of values that a collector may take.
func JavaVariables() []JavaVariable { return javaEnvironment().Rows }

// JavaVariableOf returns one variable and its rank in the table.
func JavaVariableOf(name string) (row JavaVariable, rank int, found bool) {
	for rank, row := range javaEnvironment().Rows {
		if row.Name == name {
			return row, rank, true
		}
	}
	return JavaVariable{}, 0, false
}
