package reference

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAJavaVersionIsReadInAllItsSpellings(t *testing.T) {
	eight := func(update int) JavaVersion { return JavaVersion{Feature: 8, Update: update, HasUpdate: true} }
	for text, want := range map[string]JavaVersion{
		"8": {Feature: 8}, "1.8": {Feature: 8}, "1.8.0": {Feature: 8}, "8u191": eight(191), "8u372-b07": eight(372), "1.8.0_191": eight(191),
		"8.0.382.0": eight(382), "jdk8u392-b08": eight(392), "7": {Feature: 7}, "11": {Feature: 11},
		"11.0.16": {Feature: 11, Update: 16, HasUpdate: true}, "11.0.16_8": {Feature: 11, Update: 16, HasUpdate: true},
		"jdk-17.0.9+9": {Feature: 17, Update: 9, HasUpdate: true}, "17.0.20.1": {Feature: 17, Update: 20, HasUpdate: true}, "21-ea": {Feature: 21},
		"v21": {Feature: 21},
	} {
		got, ok := ParseJavaVersion(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "latest", "java", "x11", "17.x", "99999"} {
		_, ok := ParseJavaVersion(text)
		require.False(t, ok, text)
	}
	require.Equal(t, "8u191", eight(191).String())
	require.Equal(t, "11.0.16", JavaVersion{Feature: 11, Update: 16, HasUpdate: true}.String())
	require.Equal(t, "21", JavaVersion{Feature: 21}.String())
	require.Equal(t, "not known", JavaVersion{}.String())
}

func FuzzParseJavaVersion(f *testing.F) {
	for _, seed := range []string{"8u191", "1.8.0_191", "jdk-17.0.9+9", "8.0.382.0", "21-ea", "", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		version, ok := ParseJavaVersion(text)
		require.Equal(t, ok, version.Known())
		if ok {
			again, ok := ParseJavaVersion(version.String())
			require.True(t, ok, version.String())
			require.Equal(t, version, again)
		}
	})
}

func TestContainerLimitsAreSeenByVersion(t *testing.T) {
	for _, c := range []struct {
		vm      VM
		version string
		want    Sees
		known   bool
	}{
		{HotSpot, "8u121", SeesNothing, true},
		{HotSpot, "8u131", SeesByFlag, true},
		{HotSpot, "8u190", SeesByFlag, true},
		{HotSpot, "8u191", SeesByDefault, true},
		{HotSpot, "8u372", SeesByDefault, true},
		{HotSpot, "9", SeesByFlag, true},
		{HotSpot, "10", SeesByDefault, true},
		{HotSpot, "17", SeesByDefault, true},
		{HotSpot, "7", SeesNothing, true},
		{HotSpot, "8", "", false}, // the update decides
		{"", "8u121", "", false},  // HotSpot and OpenJ9 differ
		{"", "11", SeesByDefault, true},
		{OpenJ9, "8", SeesByDefault, true},
	} {
		version, ok := ParseJavaVersion(c.version)
		require.True(t, ok)
		row, known := AwarenessOf(c.vm, version)
		require.Equal(t, c.known, known, "%+v", c)
		require.Equal(t, c.want, row.Sees, "%+v", c)
	}
	_, known := AwarenessOf(HotSpot, JavaVersion{})
	require.False(t, known)
	doubt, _ := AwarenessOf(HotSpot, JavaVersion{Feature: 8, Update: 195, HasUpdate: true})
	require.False(t, doubt.Deducts(), "sources name different first updates")
}

func TestAwareJavaCanStillMissCgroupV2(t *testing.T) {
	for _, c := range []struct {
		vm        VM
		version   string
		yes, sure bool
	}{
		{HotSpot, "11.0.15", false, true}, {HotSpot, "11.0.16", true, true}, {HotSpot, "11", false, false},
		{HotSpot, "8u371", false, true}, {HotSpot, "8u372", true, true}, {HotSpot, "15", true, true}, {HotSpot, "21.0.1", true, true},
		{HotSpot, "10", false, true}, {HotSpot, "13", false, false}, {OpenJ9, "17.0.7", false, true}, {OpenJ9, "17.0.8", true, true}, {"", "21", false, false},
	} {
		version, _ := ParseJavaVersion(c.version)
		yes, sure := UnderstandsCgroupV2(c.vm, version)
		require.Equal(t, c.yes, yes, "%+v", c)
		require.Equal(t, c.sure, sure, "%+v", c)
	}
	version, _ := ParseJavaVersion("21.0.9")
	survives, sure := SurvivesNewKernels(HotSpot, version)
	require.False(t, survives)
	require.True(t, sure)
	version, _ = ParseJavaVersion("17.0.9")
	_, sure = SurvivesNewKernels(HotSpot, version)
	require.False(t, sure, "17 was not looked at")
	version, _ = ParseJavaVersion("11.0.17")
	leavesOut, sure := CountsCPUSharesNot(HotSpot, version)
	require.True(t, leavesOut)
	require.True(t, sure)
}

func TestAFlagCanStopTheJVM(t *testing.T) {
	for _, c := range []struct {
		flag, version string
		want          FlagState
		sure          bool
	}{
		{"UseCGroupMemoryLimitForHeap", "11", FlagRefused, true},
		{"UseCGroupMemoryLimitForHeap", "17.0.2", FlagRefused, true},
		{"UseCGroupMemoryLimitForHeap", "10", FlagDeprecated, true},
		{"UseCGroupMemoryLimitForHeap", "9", FlagAccepted, true},
		{"UseCGroupMemoryLimitForHeap", "8u181", FlagAccepted, true},
		{"UseCGroupMemoryLimitForHeap", "8u121", FlagRefused, true},
		{"MaxRAMPercentage", "9", FlagRefused, true},
		{"MaxRAMPercentage", "8u181", FlagRefused, true},
		{"MaxRAMPercentage", "8u191", FlagAccepted, true},
		{"MaxRAMPercentage", "8", "", false},
		{"MaxRAMPercentage", "21", FlagAccepted, true},
		{"MaxRAMFraction", "8", FlagAccepted, true},
		{"MaxRAMFraction", "11", FlagDeprecated, true},
	} {
		row, found := JavaFlagOf(c.flag)
		require.True(t, found, c.flag)
		version, _ := ParseJavaVersion(c.version)
		state, sure := row.At(version)
		require.Equal(t, c.want, state, "%+v", c)
		require.Equal(t, c.sure, sure, "%+v", c)
	}
	_, found := JavaFlagOf("UseZGC")
	require.False(t, found)
}

func TestTheDefaultHeapIsNoPlainQuarter(t *testing.T) {
	const mib = 1 << 20
	for memory, want := range map[int64]int64{
		128 * mib: 64 * mib, 200 * mib: 100 * mib, 256 * mib: 130862280, 384 * mib: 130862280, 512 * mib: 128 << 20, 1024 * mib: 256 * mib,
		2048 * mib: 512 * mib, 8192 * mib: 2048 * mib, 256 << 30: 32 << 30,
	} {
		require.Equal(t, want, DefaultHeapBytes(HotSpot, memory, HeapPercents{}), "%d", memory/mib)
	}
	require.EqualValues(t, 768*mib, DefaultHeapBytes(HotSpot, 1024*mib, HeapPercents{Max: 75}))
	require.EqualValues(t, 64*mib, DefaultHeapBytes(HotSpot, 128*mib, HeapPercents{Max: 75}), "a small container goes by MinRAMPercentage")
	require.EqualValues(t, 256*mib, DefaultHeapBytes(OpenJ9, 512*mib, HeapPercents{}))
	require.EqualValues(t, 1024*mib, DefaultHeapBytes(OpenJ9, 1536*mib, HeapPercents{}))
	require.EqualValues(t, 3072*mib, DefaultHeapBytes(OpenJ9, 4096*mib, HeapPercents{}))
}

func TestHeadroomGrowsWithTheHeap(t *testing.T) {
	const mib = 1 << 20
	figures := HeadroomFigures()
	for heap, want := range map[int64]int64{512 * mib: 256 * mib, 1024 * mib: 256 * mib, 2048 * mib: 512 * mib, 4096 * mib: 1024 * mib, 16384 * mib: 1024 * mib} {
		require.Equal(t, want, figures.Bytes(heap, false))
		require.EqualValues(t, 1024*mib, figures.Bytes(heap, true))
	}
}

func TestAnImageTellsJavasVersionOnlyByItsOwnRow(t *testing.T) {
	for _, c := range []struct {
		path, tag, family, version string
		vm                         VM
	}{
		{"docker.io/library/eclipse-temurin", "17-jre", "eclipse-temurin", "17", HotSpot},
		{"docker.io/library/eclipse-temurin", "11.0.16_8-jre-jammy", "eclipse-temurin", "11.0.16", HotSpot},
		{"docker.io/library/eclipse-temurin", "8u502-b07-jdk-alpine", "eclipse-temurin", "8u502", HotSpot},
		{"docker.io/library/eclipse-temurin", "latest", "eclipse-temurin", "", HotSpot},
		{"docker.io/library/openjdk", "8u342-jre", "openjdk", "8u342", HotSpot},
		{"docker.io/library/openjdk", "8-jdk-alpine", "openjdk", "8", HotSpot},
		{"docker.io/library/openjdk", "17", "openjdk", "17", HotSpot},
		{"docker.io/library/amazoncorretto", "8u504-al2023", "amazoncorretto", "8u504", HotSpot},
		{"docker.io/library/amazoncorretto", "21-al2023-headless", "amazoncorretto", "21", HotSpot},
		{"docker.io/library/ibm-semeru-runtimes", "open-8.0.502.0-jdk-noble", "ibm-semeru-runtimes", "8u502", OpenJ9},
		{"docker.io/library/ibm-semeru-runtimes", "open-17-jre", "ibm-semeru-runtimes", "17", OpenJ9},
		{"docker.io/azul/zulu-openjdk-alpine", "17.0.9", "azul", "17.0.9", HotSpot},
		{"docker.io/bellsoft/liberica-openjre-alpine", "21", "liberica", "21", HotSpot},
		{"docker.io/library/sapmachine", "jdk-ubuntu", "sapmachine", "", HotSpot},
		{"gcr.io/distroless/java17-debian12", "nonroot", "distroless", "17", HotSpot},
		{"docker.io/bitnami/java", "1.8.392-9", "bitnami-java", "8", HotSpot},
		{"registry.access.redhat.com/ubi9/openjdk-17-runtime", "1.20", "ubi-openjdk", "17", HotSpot},
		{"docker.io/library/tomcat", "9-jre11", "tomcat", "11", HotSpot},
		{"docker.io/library/tomcat", "11.0.25", "tomcat", "", HotSpot},
		{"docker.io/library/maven", "3-openjdk-11", "maven", "11", HotSpot},
		{"docker.io/library/maven", "3.9.16-ibm-semeru-17-noble", "maven", "17", OpenJ9},
		{"docker.io/library/gradle", "9.7.1-jdk25", "gradle", "25", HotSpot},
		{"docker.io/library/jetty", "12.1.12", "jetty", "", HotSpot},
		{"ghcr.io/graalvm/jdk-community", "21", "graalvm", "21", HotSpot},
		{"docker.io/jenkins/jenkins", "2.479-jdk17", "jenkins", "17", HotSpot},
	} {
		family, found := JavaFamilyOf(c.path)
		require.True(t, found, c.path)
		require.Equal(t, c.family, family.Family, c.path)
		version, _ := family.Version(c.path, c.tag)
		want, _ := ParseJavaVersion(c.version)
		require.Equal(t, want, version, "%s:%s", c.path, c.tag)
		require.Equal(t, c.vm, family.VMOf(c.tag), "%s:%s", c.path, c.tag)
	}
	_, found := JavaFamilyOf("registry.example.com/shop/app")
	require.False(t, found, "app:11 of somebody's own says nothing")
	require.True(t, IsPreRelease("27-rc-jdk"))
	require.True(t, IsPreRelease("27-ea-13-jdk"))
	require.False(t, IsPreRelease("17-jdk"))
}

func TestProductsBringTheirOwnJava(t *testing.T) {
	for _, c := range []struct {
		path, tag, product string
		line               int
	}{
		{"docker.io/confluentinc/cp-kafka", "7.6.1", "kafka", 11},
		{"docker.io/confluentinc/cp-schema-registry", "7.7.0", "confluent", 17},
		{"quay.io/strimzi/kafka", "0.45.0-kafka-3.9.0", "kafka", 17},
		{"quay.io/strimzi/kafka", "0.33.0-kafka-3.3.2", "kafka", 0},
		{"docker.elastic.co/elasticsearch/elasticsearch", "7.17.7", "elasticsearch", 19},
		{"docker.elastic.co/elasticsearch/elasticsearch", "7.17.10", "elasticsearch", 20},
		{"docker.elastic.co/elasticsearch/elasticsearch", "9.4.2", "elasticsearch", 26},
		{"docker.elastic.co/elasticsearch/elasticsearch", "8.11.0", "elasticsearch", 0},
		{"docker.io/library/cassandra", "4.1", "cassandra", 11},
		{"docker.io/library/cassandra", "latest", "cassandra", 0},
		{"docker.io/apache/kafka", "4.1.0", "kafka", 0},
	} {
		product, found := ProductOf(c.path)
		require.True(t, found, c.path)
		require.Equal(t, c.product, product.Product, c.path)
		row, found := BundledJavaOf(c.path, c.tag)
		require.Equal(t, c.line > 0, found, "%s:%s", c.path, c.tag)
		require.Equal(t, c.line, row.Line, "%s:%s", c.path, c.tag)
	}
	_, found := ProductOf("docker.io/provectuslabs/kafka-ui")
	require.False(t, found)
	for _, variable := range JavaVariables() {
		for _, id := range variable.Products {
			_, found := ProductByID(id)
			require.True(t, found, "%s is read by %s", variable.Name, id)
		}
	}
	require.NotContains(t, variable(t, "JDK_JAVA_OPTIONS").Products, "tomcat")
	require.Equal(t, 9, variable(t, "JDK_JAVA_OPTIONS").Since)
	require.Equal(t, "after", variable(t, "_JAVA_OPTIONS").Order)
	require.True(t, variable(t, "KAFKA_HEAP_OPTS").ReadByProduct("kafka"))
	require.False(t, variable(t, "JAVA_OPTS").ReadByProduct(""))
}

func TestTheEndOfAJavaLineIsItsVendors(t *testing.T) {
	asOf := day("2026-11-22")
	for _, c := range []struct {
		vendor       string
		line         int
		ended, known bool
	}{
		{"temurin", 17, false, true}, {"openjdk", 17, true, true}, {"azul", 17, false, true}, {"", 17, false, true}, {"temurin", 8, false, true},
		{"temurin", 26, true, true}, {"temurin", 16, true, true}, {"temurin", 27, false, false}, {"", 7, true, true}, {"", 99, false, false},
	} {
		ended, known := JavaEnded(c.vendor, c.line, asOf)
		require.Equal(t, c.ended, ended, "%+v", c)
		require.Equal(t, c.known, known, "%+v", c)
	}
	end, by, _ := JavaEnd("", 17)
	require.Equal(t, "2029-10-31", end.String())
	require.Equal(t, "corretto", by)
	_, by, _ = JavaEnd("azul", 17)
	require.Equal(t, "temurin", by)
}

func TestTheCollectorRuleEndsWithJava27(t *testing.T) {
	for text, cpus := range map[string]int64{"8": 2, "17": 2, "26": 2, "27": 0} {
		version, _ := ParseJavaVersion(text)
		row, found := CollectorOf(version)
		require.True(t, found, text)
		require.Equal(t, cpus, row.ServerCPUs, text)
	}
	_, found := CollectorOf(JavaVersion{})
	require.False(t, found)
}

func variable(t *testing.T, name string) JavaVariable {
	t.Helper()
	row, _, found := JavaVariableOf(name)
	require.True(t, found, name)
	return row
}
