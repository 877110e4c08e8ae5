package facts

import (
	"cmp"
	"slices"
	"strings"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// imageSeen is what an image alone tells.
type imageSeen struct {
	image  Image
	native bool // it says of itself that it is compiled ahead of time
	java   Java // as readImage leaves it
	tool   bool // a build image, which need not run its Java
}

func seeImage(raw string) *imageSeen {
	seen := &imageSeen{image: ParseImage(raw)}
	if seen.image.Literal {
		seen.native = isNative(seen.image)
		seen.tool = seen.java.readImage(seen.image)
	}
	return seen
}

// javaOfContainer tells whether a container runs a JVM, which one, and with which options. It is nil where nothing points at one.
func javaOfContainer(c *Container, of *imageSeen) *Java {
	if of.native {
		return nil
	}
	runtime := c.Runtime
	if runtime == nil {
		runtime = &snapshot.Runtime{}
	}
	seen := of.java
	seen.start = runtime.Entry
	if of.tool && runtime.Entry == startOther { // a build container that sleeps until it is used
		seen.Certainty = PerhapsJava
	}
	seen.weigh(runtime, c.EnvironmentNames)
	if declared, vm, found := c.Workload.declaredJava(); found && seen.Certainty < CertainJava && seen.Product == "" && c.Alone() {
		seen.Certainty = CertainJava
		seen.Version, seen.VersionSource, seen.VM = declared, declaredSource, cmp.Or(seen.VM, string(vm))
	}
	if seen.Certainty == 0 { // most containers of most platforms
		return nil
	}
	java := &Java{}
	*java = seen
	java.readVersion(c, runtime)
	java.readOptions(runtime)
	if c.EnvironmentFrom > 0 {
		java.hide("variables from a whole ConfigMap or Secret", rankWhole)
		java.OptionsRead = false
	}
	return java
}

// javaOfCustomResource reads the JVM of a custom resource's section: its operator brings the product and its JDK.
func javaOfCustomResource(c *CustomResource) *Java {
	product, image := productOfResource(c.APIVersion, c.ObjectKind)
	java := &Java{Certainty: CertainJava, Product: product, scripts: product, Bundled: true, HeapByScript: true, resource: true}
	if row, found := reference.ProductByID(product); found {
		java.VM = string(row.VM)
	}
	java.readResourceVersion(c.Versions, image)
	java.readOptions(&snapshot.Runtime{Options: c.Options})
	return java
}

// readResourceVersion takes a stated Java version, else the line that the product's version brings.
func (j *Java) readResourceVersion(versions []snapshot.RuntimeOption, image string) {
	for _, version := range versions {
		if len(version.Flags) == 0 {
			continue
		}
		if version.Source == javaVersionVariable {
			if stated, ok := reference.ParseJavaVersion(version.Flags[0]); ok {
				j.Version, j.VersionSource = stated, "the resource's own field"
				return
			}
		}
		if row, found := reference.BundledJavaOf(image, version.Flags[0]); found && row.Deducts() {
			j.Version, j.VersionSource = JavaVersion{Feature: row.Line}, "versions of "+j.Product
		}
	}
}

// productOfResource is the product behind a kind, with the image that its versions are listed under; an unknown kind has none.
func productOfResource(apiVersion, kind string) (product, image string) {
	group, _, _ := strings.Cut(apiVersion, "/")
	if group == "platform.confluent.io" {
		return "confluent", "confluentinc/cp-kafka"
	}
	switch kind {
	case "Kafka", "KafkaNodePool", "KafkaConnect", "KafkaBridge", "KafkaMirrorMaker", "KafkaMirrorMaker2":
		return "kafka", "" // Strimzi's resources state Kafka's version, and its images are listed by Strimzi's
	case "Elasticsearch", "Logstash":
		return strings.ToLower(kind), strings.ToLower(kind)
	case "CassandraDatacenter", "K8ssandraCluster":
		return "cassandra", "cassandra"
	case "SparkApplication", "ScheduledSparkApplication":
		return "spark", "spark"
	case "FlinkDeployment":
		return "flink", "flink"
	case "Druid":
		return "druid", ""
	}
	return "", ""
}

// isNative reports whether the image says of itself that it is compiled ahead of time: such an image has no JVM.
func isNative(image Image) bool {
	for _, text := range [...]string{image.Name(), image.Tag} {
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
			if strings.EqualFold(part, "native") {
				return true
			}
		}
	}
	return false
}

// readImage recognises image families and products by repository, and the version where a row reads it from the image. It reports whether
// the image is one to build with.
func (j *Java) readImage(image Image) (tool bool) {
	path := image.Path()
	if family, found := reference.JavaFamilyOf(path); found {
		j.Certainty, tool = CertainJava, family.Tool
		j.Vendor, j.VM, j.scripts = cmp.Or(family.Vendor, family.Family), string(family.VMOf(image.Tag)), family.Product
		j.ImageEnded = family.Ended && !reference.IsPreRelease(image.Tag)
		if family.Deducts() { // a weak row tells that it is Java, and no version to judge by
			j.Version, j.VersionSource = family.Version(path, image.Tag)
			j.TagExplicit = j.Version.Known()
		}
	}
	product, found := reference.ProductOf(path)
	if !found {
		return tool
	}
	j.Certainty = max(j.Certainty, PerhapsJava)
	j.scripts, j.HeapByScript = product.Product, product.SetsHeap
	j.VM = cmp.Or(j.VM, string(product.VM))
	if !product.BundlesJDK || j.Version.Known() {
		return tool
	}
	j.Product, j.Bundled = product.Product, true
	if row, found := reference.BundledJavaOf(path, image.Tag); found && row.Deducts() {
		j.Version, j.VersionSource = JavaVersion{Feature: row.Line}, "versions of "+product.Product
	}
	return tool
}

// weigh raises the certainty by what the container is told: a java command or -X in a variable that the JVM itself reads makes
// it certain, a variable that people set for JVMs hints at one.
func (j *Java) weigh(runtime *snapshot.Runtime, names []string) {
	if runtime.Entry == startJava {
		j.Certainty = CertainJava
	}
	for _, source := range runtime.Options {
		variable, _, known := reference.JavaVariableOf(source.Source)
		byJVM := known && variable.ReadBy != reference.ReadByScript
		if byJVM && slices.ContainsFunc(source.Flags, func(flag string) bool { return strings.HasPrefix(flag, "-X") }) {
			j.Certainty = CertainJava
		}
		if byJVM || known && variable.Hint {
			j.Certainty = max(j.Certainty, PerhapsJava)
		}
	}
	for _, name := range names {
		variable, _, known := reference.JavaVariableOf(name)
		if known && (variable.ReadBy != reference.ReadByScript || variable.Hint) || name == javaVersionVariable {
			j.Certainty = max(j.Certainty, PerhapsJava)
		}
	}
}

const (
	startJava           = "java"
	startOther          = "other"
	javaVersionVariable = "JAVA_VERSION"
	declaredSource      = "declared for this workload"
)

// readVersion fills in what the image did not tell: a person's word, then the variable JAVA_VERSION. A declared version of the
// image's own line is more exact and goes before it.
func (j *Java) readVersion(c *Container, runtime *snapshot.Runtime) {
	if declared, vm, found := c.Workload.declaredJava(); found {
		sameLine := j.Version.Feature == declared.Feature && !j.Version.HasUpdate
		if !j.Version.Known() || sameLine {
			j.Version, j.VersionSource = declared, declaredSource
			j.VM = cmp.Or(j.VM, string(vm))
		}
	}
	if j.Version.Known() {
		return
	}
	for _, option := range runtime.Versions {
		if option.Source != javaVersionVariable || len(option.Flags) == 0 {
			continue
		}
		if version, ok := reference.ParseJavaVersion(option.Flags[len(option.Flags)-1]); ok {
			j.Version, j.VersionSource = version, javaVersionVariable
		}
	}
}

// declaredJava is the Java that a person gave for the workload.
func (w *Workload) declaredJava() (JavaVersion, reference.VM, bool) {
	fact, found := w.Declared(JavaVersionKey)
	if !found {
		return JavaVersion{}, "", false
	}
	return ParseDeclaredJava(fact.Value)
}

// ParseDeclaredJava reads Java as a person declares it: the version that java -version prints, with the VM behind it where that
// is not HotSpot (17.0.12, 8u392, 17.0.8 OpenJ9). Who is asked is told so, hence a version alone is HotSpot's.
func ParseDeclaredJava(text string) (version JavaVersion, vm reference.VM, ok bool) {
	number, name, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "hotspot":
		vm = reference.HotSpot
	case "openj9", "semeru":
		vm = reference.OpenJ9
	default:
		return JavaVersion{}, "", false
	}
	version, ok = reference.ParseJavaVersion(number)
	return version, vm, ok
}

// Alone reports whether the container is the only one that serves, so that what is said of the workload is said of it.
func (c *Container) Alone() bool {
	if c.Role == snapshot.RoleInit {
		return false
	}
	serving := 0
	for _, other := range c.Workload.Workload.Containers {
		if other.Role != snapshot.RoleInit {
			serving++
		}
	}
	return serving == 1
}
