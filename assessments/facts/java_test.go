package facts

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

func TestAJVMIsCertainOrPerhapsOrNone(t *testing.T) {
	options := func(source string, flags ...string) *snapshot.Runtime {
		return &snapshot.Runtime{Options: []snapshot.RuntimeOption{{Source: source, Flags: flags}}}
	}
	for name, c := range map[string]struct {
		container snapshot.Container
		want      Certainty
	}{
		"an image family":                             {snapshot.Container{Image: "eclipse-temurin:17-jre"}, CertainJava},
		"a java command in an own image":              {snapshot.Container{Image: "shop/app:1", Runtime: &snapshot.Runtime{Entry: "java"}}, CertainJava},
		"-X in a variable that the JVM reads":         {snapshot.Container{Image: "shop/app:1", Runtime: options("JAVA_TOOL_OPTIONS", "-Xmx1g")}, CertainJava},
		"a JVM variable without -X":                   {snapshot.Container{Image: "shop/app:1", Runtime: options("JAVA_TOOL_OPTIONS")}, PerhapsJava},
		"a JVM variable by name alone":                {snapshot.Container{Image: "shop/app:1", EnvironmentNames: []string{"_JAVA_OPTIONS"}}, PerhapsJava},
		"JAVA_OPTS, which the JVM itself never reads": {snapshot.Container{Image: "shop/app:1", Runtime: options("JAVA_OPTS", "-Xmx1g")}, PerhapsJava},
		"a product that bundles a JDK":                {snapshot.Container{Image: "apache/kafka:4.1.0"}, PerhapsJava},
		"a build tool's image":                        {snapshot.Container{Image: "maven:3-eclipse-temurin-17"}, CertainJava},
		"a build tool's image that sleeps":            {snapshot.Container{Image: "maven:3-eclipse-temurin-17", Runtime: &snapshot.Runtime{Entry: "other"}}, PerhapsJava},
		"a variable that only JVMs have":              {snapshot.Container{Image: "shop/es:1", EnvironmentNames: []string{"ES_JAVA_OPTS"}}, PerhapsJava},
		"a name that sounds like Java":                {snapshot.Container{Image: "shop/java-service:1"}, 0},
		"a native image of a product":                 {snapshot.Container{Image: "apache/kafka-native:4.1.0", Runtime: options("JAVA_TOOL_OPTIONS", "-Xmx1g")}, 0},
		"a native tag":                                {snapshot.Container{Image: "eclipse-temurin:17-native"}, 0},
		"alternative is not native":                   {snapshot.Container{Image: "eclipse-temurin:17-alternative"}, CertainJava},
		"no sign":                                     {snapshot.Container{Image: "nginx:1.29"}, 0},
		"a placeholder, and nothing else":             {snapshot.Container{Image: "${IMAGE}"}, 0},
	} {
		java := detect(c.container)
		if c.want == 0 {
			require.Nil(t, java, name)
			continue
		}
		require.NotNil(t, java, name)
		require.Equal(t, c.want, java.Certainty, name)
	}
}

func TestTheJavaVersionComesFromTheBestSource(t *testing.T) {
	declared := WorkloadFact{Kind: "Deployment", Namespace: "shop", Name: "app", Key: JavaVersionKey, Value: "17.0.12"}
	variable := &snapshot.Runtime{Entry: "java", Versions: []snapshot.RuntimeOption{{Source: "JAVA_VERSION", Flags: []string{"11.0.16"}}}}
	for name, c := range map[string]struct {
		container snapshot.Container
		declared  []WorkloadFact
		want      string
		source    string
		explicit  bool
	}{
		"image tag":                  {container: snapshot.Container{Image: "eclipse-temurin:17-jre"}, want: "17", source: "image tag", explicit: true},
		"image name":                 {container: snapshot.Container{Image: "gcr.io/distroless/java17-debian12"}, want: "17", source: "image name", explicit: true},
		"the tag beats the variable": {container: snapshot.Container{Image: "eclipse-temurin:17-jre", Runtime: variable}, want: "17", source: "image tag", explicit: true},
		"a declared version of the tag's line is exacter":  {container: snapshot.Container{Image: "eclipse-temurin:17-jre"}, declared: []WorkloadFact{declared}, want: "17.0.12", source: "declared for this workload", explicit: true},
		"the tag beats a declared version of another line": {container: snapshot.Container{Image: "eclipse-temurin:21-jre"}, declared: []WorkloadFact{declared}, want: "21", source: "image tag", explicit: true},
		"the variable":                      {container: snapshot.Container{Image: "shop/app:1", Runtime: variable}, want: "11.0.16", source: "JAVA_VERSION"},
		"declared beats the variable":       {container: snapshot.Container{Image: "shop/app:1", Runtime: variable}, declared: []WorkloadFact{declared}, want: "17.0.12", source: "declared for this workload"},
		"declared alone makes it a JVM":     {container: snapshot.Container{Image: "shop/app:1"}, declared: []WorkloadFact{declared}, want: "17.0.12", source: "declared for this workload"},
		"a bundled JDK":                     {container: snapshot.Container{Image: "confluentinc/cp-kafka:7.6.1"}, want: "11", source: "versions of kafka"},
		"a product whose JDK nobody listed": {container: snapshot.Container{Image: "apache/kafka:4.1.0"}, want: "not known"},
	} {
		java := detect(c.container, c.declared...)
		require.NotNil(t, java, name)
		require.Equal(t, c.want, java.Version.String(), name)
		require.Equal(t, c.source, java.VersionSource, name)
		require.Equal(t, c.explicit, java.TagExplicit, name)
	}
	require.True(t, detect(snapshot.Container{Image: "confluentinc/cp-kafka:7.6.1"}).Bundled)
	require.False(t, detect(snapshot.Container{Image: "jenkins/jenkins:2.479-jdk17"}).Bundled, "the tag chooses the JDK")
	require.True(t, detect(snapshot.Container{Image: "openjdk:17"}).ImageEnded)
	require.False(t, detect(snapshot.Container{Image: "openjdk:27-ea-jdk"}).ImageEnded)
}

func TestOptionsWinByTheirSource(t *testing.T) {
	set := func(pairs ...string) []snapshot.RuntimeOption {
		var all []snapshot.RuntimeOption
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, snapshot.RuntimeOption{Source: pairs[i], Flags: []string{pairs[i+1]}})
		}
		return all
	}
	const gib = 1 << 30
	for name, c := range map[string]struct {
		image      string
		entry      string
		names      []string
		options    []snapshot.RuntimeOption
		want       int64 // max heap; 0: none
		overridden int
		unread     int
	}{
		"the command line beats JAVA_TOOL_OPTIONS":          {image: "eclipse-temurin:17", options: set("command", "-Xmx2g", "JAVA_TOOL_OPTIONS", "-Xmx1g"), want: 2 * gib, overridden: 1},
		"_JAVA_OPTIONS beats the command line":              {image: "eclipse-temurin:17", options: set("_JAVA_OPTIONS", "-Xmx3g", "command", "-Xmx2g"), want: 3 * gib, overridden: 1},
		"JDK_JAVA_OPTIONS beats JAVA_TOOL_OPTIONS":          {image: "eclipse-temurin:17", options: set("JDK_JAVA_OPTIONS", "-Xmx2g", "JAVA_TOOL_OPTIONS", "-Xmx1g"), want: 2 * gib, overridden: 1},
		"Java 8 passes over JDK_JAVA_OPTIONS":               {image: "eclipse-temurin:8-jre", options: set("JDK_JAVA_OPTIONS", "-Xmx2g")},
		"JDK_JAVA_OPTIONS of a version that is not known":   {image: "shop/app:1", options: set("JDK_JAVA_OPTIONS", "-Xmx2g"), unread: 1},
		"JAVA_OPTS alone means nothing":                     {image: "eclipse-temurin:17", options: set("JAVA_OPTS", "-Xmx2g")},
		"JAVA_OPTS in Tomcat's start script":                {image: "tomcat:9-jre11", options: set("JAVA_OPTS", "-Xmx2g"), want: 2 * gib},
		"JAVA_OPTS named by the command":                    {image: "eclipse-temurin:17", entry: "java", names: []string{"JAVA_OPTS"}, options: set("JAVA_OPTS", "-Xmx2g"), want: 2 * gib},
		"a script variable beside a command of its own":     {image: "apache/kafka:4.1.0", entry: "other", options: set("KAFKA_HEAP_OPTS", "-Xmx2g"), unread: 1},
		"a script variable and a script as command":         {image: "apache/kafka:4.1.0", entry: "script", options: set("KAFKA_HEAP_OPTS", "-Xmx2g"), want: 2 * gib},
		"MaxHeapSize is Xmx":                                {image: "eclipse-temurin:17", options: set("JAVA_TOOL_OPTIONS", "-XX:MaxHeapSize=512m", "command", "-Xmx1g"), want: gib, overridden: 1},
		"the last of one source wins, and overrides nobody": {image: "eclipse-temurin:17", options: []snapshot.RuntimeOption{{Source: "command", Flags: []string{"-Xmx1g", "-Xmx2g"}}}, want: 2 * gib},
		"a size in megabytes":                               {image: "zookeeper:3.9.4", options: set("ZK_SERVER_HEAP", "1024"), want: gib},
		"a plain size":                                      {image: "cassandra:4.1", options: set("MAX_HEAP_SIZE", "4G"), want: 4 * gib},
		"OpenJ9 reads JAVA_TOOL_OPTIONS first":              {image: "ibm-semeru-runtimes:open-17-jre", options: set("JAVA_TOOL_OPTIONS", "-Xmx1g", "command", "-Xmx2g"), want: 2 * gib, overridden: 1},
		"OpenJ9 reads its own variable":                     {image: "ibm-semeru-runtimes:open-17-jre", options: set("IBM_JAVA_OPTIONS", "-Xmx1g"), want: gib},
		"the command line beats OpenJ9's own variable":      {image: "ibm-semeru-runtimes:open-17-jre", options: set("IBM_JAVA_OPTIONS", "-Xmx1g", "args", "-Xmx2g"), want: 2 * gib, overridden: 1},
		"OpenJ9's newer variable is not established":        {image: "ibm-semeru-runtimes:open-17-jre", options: set("OPENJ9_JAVA_OPTIONS", "-Xmx1g"), unread: 1},
		"HotSpot passes over OpenJ9's variable":             {image: "eclipse-temurin:17", options: set("IBM_JAVA_OPTIONS", "-Xmx1g")},
		"a placeholder is no size":                          {image: "eclipse-temurin:17", options: set("JAVA_TOOL_OPTIONS", "-Xmx${HEAP}"), unread: 1},
		"a variable out of a ConfigMap":                     {image: "eclipse-temurin:17", options: []snapshot.RuntimeOption{{Source: "JAVA_TOOL_OPTIONS", Unread: true}}, unread: 1},
	} {
		java := detect(snapshot.Container{Image: c.image, Runtime: &snapshot.Runtime{Entry: c.entry, EntryNames: c.names, Options: c.options}})
		require.NotNil(t, java, name)
		var got int64
		if java.MaxHeapBytes != nil {
			got = *java.MaxHeapBytes
		}
		require.Equal(t, c.want, got, name)
		require.Len(t, java.Overridden, c.overridden, name)
		require.Len(t, java.Unread, c.unread, name)
		require.Equal(t, c.unread == 0, java.OptionsRead, name)
	}
}

func TestAHiddenSourceMattersOnlyWhereItWouldWin(t *testing.T) {
	options := []snapshot.RuntimeOption{{Source: "command", Flags: []string{"-Xmx1g"}}, {Source: "JAVA_TOOL_OPTIONS", Unread: true}}
	java := detect(snapshot.Container{Image: "eclipse-temurin:17", Runtime: &snapshot.Runtime{Options: options}})
	require.Empty(t, java.Hidden("Xmx"))
	require.Len(t, java.Hidden("MaxRAMPercentage"), 1)
	options[1].Source = "_JAVA_OPTIONS"
	java = detect(snapshot.Container{Image: "eclipse-temurin:17", Runtime: &snapshot.Runtime{Options: options}})
	require.Len(t, java.Hidden("Xmx"), 1)
	java = detect(snapshot.Container{Image: "eclipse-temurin:17", EnvironmentFrom: 1, Runtime: &snapshot.Runtime{Options: options[:1]}})
	require.False(t, java.OptionsRead)
	require.Empty(t, java.Hidden("Xmx"))
}

func TestAPercentageIsTakenOfTheLimit(t *testing.T) {
	limit := int64(1 << 30)
	java := detect(snapshot.Container{Image: "eclipse-temurin:17", Runtime: &snapshot.Runtime{Options: []snapshot.RuntimeOption{
		{Source: "JAVA_TOOL_OPTIONS", Flags: []string{"-XX:MaxRAMPercentage=75.0", "-XX:-UseContainerSupport"}}}}})
	bytes, settled, ok := java.MaxHeapWithin(&limit)
	require.True(t, ok)
	require.Equal(t, limit/4*3, bytes)
	require.Contains(t, settled, "MaxRAMPercentage=75.0 in JAVA_TOOL_OPTIONS")
	_, _, ok = java.MaxHeapWithin(nil)
	require.False(t, ok)
	on, set := java.Switched("UseContainerSupport")
	require.True(t, set)
	require.False(t, on)
	fraction := detect(snapshot.Container{Image: "eclipse-temurin:17", Runtime: &snapshot.Runtime{Options: []snapshot.RuntimeOption{
		{Source: "JAVA_TOOL_OPTIONS", Flags: []string{"-XX:MaxRAMFraction=2"}}}}})
	require.InDelta(t, 50, *fraction.MaxRAMPercent, 0)
}

func TestACustomResourceHasTheOptionsOfItsOwnField(t *testing.T) {
	f := FromRecords(Options{}, snapshot.CustomResource{ObjectKind: "Kafka", Namespace: "data", Name: "events", Section: "kafka",
		Options: []snapshot.RuntimeOption{{Source: "jvmOptions", Flags: []string{"-Xmx4g", "-Xms4g"}}}})
	java := f.Custom[0].Java
	require.Equal(t, CertainJava, java.Certainty)
	require.Equal(t, "kafka", java.Product)
	require.True(t, java.Bundled)
	require.EqualValues(t, 4<<30, *java.MaxHeapBytes)
}

func TestAJavaSizeIsRead(t *testing.T) {
	for text, want := range map[string]int64{"1024": 1024, "1k": 1 << 10, "512m": 512 << 20, "2G": 2 << 30, "1T": 1 << 40} {
		got, ok := ParseJavaSize(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "m", "1.5g", "-1g", "1gb", "$HEAP", "99999999999999999999", "9999999999t"} {
		_, ok := ParseJavaSize(text)
		require.False(t, ok, text)
	}
}

func FuzzParseJavaSize(f *testing.F) {
	for _, seed := range []string{"1g", "512M", "", "t", "0", "9223372036854775807", "9223372036854775807k"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		bytes, ok := ParseJavaSize(text)
		require.GreaterOrEqual(t, bytes, int64(0))
		if !ok {
			require.Zero(t, bytes)
		}
	})
}

// detect reads one container of shop/app.
func detect(container snapshot.Container, declared ...WorkloadFact) *Java {
	container.Name, container.Role = "app", snapshot.RoleRegular
	f := FromRecords(Options{Declared: declared},
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "app", Containers: []snapshot.Container{container}})
	return f.Workloads[0].Containers[0].Java
}

func TestCustomResourcesBringTheirProductsJava(t *testing.T) {
	resource := func(apiVersion, kind string, versions ...string) *Java {
		record := snapshot.CustomResource{APIVersion: apiVersion, ObjectKind: kind, Namespace: "data", Name: "it"}
		for i := 0; i < len(versions); i += 2 {
			record.Versions = append(record.Versions, snapshot.RuntimeOption{Source: versions[i], Flags: versions[i+1 : i+2]})
		}
		return FromRecords(Options{}, record).Custom[0].Java
	}
	for _, c := range []struct {
		java                 *Java
		product, version, vm string
	}{
		{resource("kafka.strimzi.io/v1", "Kafka"), "kafka", "not known", "hotspot"},
		{resource("platform.confluent.io/v1beta1", "Kafka"), "confluent", "not known", "hotspot"},
		{resource("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", "version", "9.4.2"), "elasticsearch", "26", "hotspot"},
		{resource("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", "version", "8.1.0"), "elasticsearch", "not known", "hotspot"},
		{resource("cassandra.datastax.com/v1beta1", "CassandraDatacenter", "serverVersion", "4.0.11"), "cassandra", "11", "hotspot"},
		{resource("k8ssandra.io/v1alpha1", "K8ssandraCluster", "serverVersion", "5.0.2"), "cassandra", "17", "hotspot"},
		{resource("sparkoperator.k8s.io/v1beta2", "SparkApplication", "sparkVersion", "3.5.1"), "spark", "not known", ""},
		{resource("flink.apache.org/v1beta1", "FlinkDeployment"), "flink", "not known", ""},
		{resource("druid.apache.org/v1alpha1", "Druid", "JAVA_VERSION", "17.0.9"), "druid", "17.0.9", ""},
		{resource("example.com/v1", "Other"), "", "not known", ""},
	} {
		require.Equal(t, c.product, c.java.Product)
		require.Equal(t, c.version, c.java.Version.String(), c.product)
		require.Equal(t, c.vm, c.java.VM, c.product)
		require.Equal(t, CertainJava, c.java.Certainty)
		require.NotEmpty(t, c.java.UnseenStart())
	}
}

func TestFiguresOfProductsAreReadAsTheirScriptsDo(t *testing.T) {
	const gib = int64(1) << 30
	figure := func(image, name string, values ...string) *Java {
		return detect(snapshot.Container{Image: image, Runtime: &snapshot.Runtime{Product: []snapshot.RuntimeOption{{Source: name, Flags: values, Unread: values == nil}}}})
	}
	require.Equal(t, 4*gib, *figure("cassandra:4.1", "MAX_HEAP_SIZE", "4G").MaxHeapBytes)
	require.Equal(t, gib, *figure("zookeeper:3.9.4", "ZK_SERVER_HEAP", "1024").MaxHeapBytes)
	require.Nil(t, figure("eclipse-temurin:17", "MAX_HEAP_SIZE", "4G").MaxHeapBytes, "no script of that image reads it")
	require.Len(t, figure("cassandra:4.1", "MAX_HEAP_SIZE").Unread, 1)
	young, _ := figure("cassandra:4.1", "HEAP_NEWSIZE", "100M").Option("Xmn")
	require.Equal(t, "-Xmn100M", young.Raw)
	initial, _ := figure("apache/nifi:2.0.0", "NIFI_JVM_HEAP_INIT", "1g").Option("Xms")
	require.Equal(t, "-Xms1g", initial.Raw)
	require.Empty(t, figure("apache/kafka:4.1.0", "KAFKA_CFG_MIN_INSYNC_REPLICAS", "2").Unread, "a figure that is no option of the JVM's")
}

func TestWhatStartsJavaIsSeenOrNot(t *testing.T) {
	for image, c := range map[string]struct{ entry, want string }{
		"eclipse-temurin:17": {"", ""},
		"shop/plain:1":       {"java", ""},
		"shop/own:1":         {"", "image's own start command"},
		"shop/script:1":      {"script", "script or program"},
		"apache/kafka:4.1.0": {"", "start script of kafka"},
	} {
		runtime := &snapshot.Runtime{Entry: c.entry, Options: []snapshot.RuntimeOption{{Source: "JAVA_TOOL_OPTIONS", Flags: []string{"-Xss1m"}}}}
		got := detect(snapshot.Container{Image: image, Runtime: runtime}).UnseenStart()
		require.Equal(t, c.want == "", got == "", image)
		require.Contains(t, got, c.want, image)
	}
}

func TestEverySourceSaysWhenItIsRead(t *testing.T) {
	for source, want := range map[string]string{
		"command": "stands on", "args": "stands on", "JAVA_TOOL_OPTIONS": "before the command line", "JDK_JAVA_OPTIONS": "by the java command",
		"KAFKA_HEAP_OPTS": "start script", "_JAVA_OPTIONS": "after the command line", "jvmOptions": "resource's own field",
	} {
		require.Contains(t, OrderOf(source), want, source)
	}
}

func TestJavaIsDeclaredAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]string{
		"17.0.12": "hotspot 17.0.12", "8u392": "hotspot 8u392", " 17.0.8 OpenJ9 ": "openj9 17.0.8", "21 Semeru": "openj9 21", "11.0.29 HotSpot": "hotspot 11.0.29",
		"": "", "OpenJ9": "", "17 or so": "", "newest": "",
	} {
		version, vm, ok := ParseDeclaredJava(text)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, string(vm)+" "+version.String(), text)
		}
	}
	hinted := detect(snapshot.Container{Image: "shop/app:1", EnvironmentNames: []string{"JAVA_OPTS"}},
		WorkloadFact{Kind: "Deployment", Namespace: "shop", Name: "app", Key: JavaVersionKey, Value: "17.0.8 OpenJ9"})
	require.Equal(t, CertainJava, hinted.Certainty, "a person's word settles what a variable hints at")
	require.Equal(t, "openj9", hinted.VM)
}
