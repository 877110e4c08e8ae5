package kube

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// What may leave an object. Everything else stays: a new field needs a new line here.

// workloadLabels are the labels whose values are copied.
var workloadLabels = []string{
	"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/component",
	"app.kubernetes.io/part-of", "app.kubernetes.io/managed-by", "helm.sh/chart",
}

// The annotations of ours that are copied.
const (
	AnnotationCriticality  = "plimsoll.dev/criticality"
	AnnotationRecoveryTime = "plimsoll.dev/recovery-time"
	AnnotationSingleton    = "plimsoll.dev/singleton"
	AnnotationIgnore       = "plimsoll.dev/ignore"
)

// commitAnnotations tell the commit that a workload was built from.
var commitAnnotations = []string{"org.opencontainers.image.revision", "app.quarkus.io/commit-id", "app.openshift.io/vcs-ref"}

var workloadAnnotations = append([]string{AnnotationCriticality, AnnotationRecoveryTime, AnnotationSingleton, AnnotationIgnore}, commitAnnotations...)

// Annotations and labels that are read for what they mean, and not copied.
const (
	annotationLastApplied  = "kubectl.kubernetes.io/last-applied-configuration"
	annotationHelmHook     = "helm.sh/hook"
	annotationHelmRelease  = "meta.helm.sh/release-name"
	annotationArgoTracking = "argocd.argoproj.io/tracking-id"
	annotationKustomize    = "config.kubernetes.io/origin"
	annotationMirror       = "kubernetes.io/config.mirror"
	labelArgoInstance      = "argocd.argoproj.io/instance"
	labelFluxKustomization = "kustomize.toolkit.fluxcd.io/name"
	labelFluxHelm          = "helm.toolkit.fluxcd.io/name"
	labelOperator          = "olm.owner"
	labelManagedBy         = "app.kubernetes.io/managed-by"
	labelHelmChart         = "helm.sh/chart"
	labelHelm2Release      = "release"
	labelHelm2Heritage     = "heritage"
)

// optionVariables hold options of a JVM: those that it reads itself, and those that start scripts of known products read.
var optionVariables = set(
	"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "IBM_JAVA_OPTIONS", "OPENJ9_JAVA_OPTIONS",
	"JAVA_OPTS", "JAVA_OPTIONS", "JAVA_OPTS_APPEND", "JAVA_ARGS", "JVM_ARGS", "JVM_OPTS", "JVM_EXTRA_OPTS", "JVMFLAGS", "SERVER_JVMFLAGS",
	"JENKINS_JAVA_OPTS", "JENKINS_JAVA_OPTIONS", "CATALINA_OPTS", "KAFKA_HEAP_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_OPTS", "ES_JAVA_OPTS", "CLI_JAVA_OPTS",
	"LS_JAVA_OPTS", "OPENSEARCH_JAVA_OPTS", "SONAR_WEB_JAVAOPTS", "SONAR_CE_JAVAOPTS", "SONAR_SEARCH_JAVAOPTS", "ACTIVEMQ_OPTS_MEMORY",
	"MAVEN_OPTS", "GRADLE_OPTS", "FLINK_ENV_JAVA_OPTS", "SOLR_JAVA_MEM",
)

// productVariables hold one figure of a known product.
var productVariables = set(
	"ZK_SERVER_HEAP", "MAX_HEAP_SIZE", "HEAP_NEWSIZE", "SOLR_HEAP", "DRUID_XMX", "NEO4J_server_memory_heap_max__size",
	"NEO4J_dbms_memory_heap_max__size", "JAVA_MEMORY", "NIFI_JVM_HEAP_MAX", "NIFI_JVM_HEAP_INIT", "SPARK_DAEMON_MEMORY",
	"JAVA_MAX_MEM_RATIO", "JAVA_INITIAL_MEM_RATIO", "KAFKA_MIN_INSYNC_REPLICAS", "KAFKA_CFG_MIN_INSYNC_REPLICAS",
	"KAFKA_DEFAULT_REPLICATION_FACTOR", "KAFKA_CFG_DEFAULT_REPLICATION_FACTOR",
)

// versionVariables hold the version of a JDK.
var versionVariables = set("JAVA_VERSION", "JDK_VERSION", "JRE_VERSION", "JAVA_MAJOR_VERSION", "OPENJDK_VERSION")

var (
	figurePattern  = regexp.MustCompile(`^\d{1,15}(\.\d{1,6})?[kKmMgGtT]?i?[bB]?$`)
	versionPattern = regexp.MustCompile(`^(?:jdk-?|jre-?)?\d{1,4}(?:u\d{1,4})?(?:[._+-]\d{1,6}){0,6}(?:-b\d{1,3})?$`)
	sizeFlag       = regexp.MustCompile(`^-X(?:mx|ms|ss|mn|maxf|minf)(?:\d{1,15}(?:\.\d{1,6})?[kKmMgGtT]?)$`)
	switchFlag     = regexp.MustCompile(`^-XX:[+-]([A-Za-z0-9]{2,60})$`)
	policyFlag     = regexp.MustCompile(`^-Xgcpolicy:(?:gencon|balanced|metronome|nogc|optavgpause|optthruput)$`)
)

// jvmSwitches and jvmValues are the -XX options about memory, collectors and containers that are copied. A value is copied only
// as a figure.
var jvmSwitches = set(
	"UseContainerSupport", "UseCGroupMemoryLimitForHeap", "UseContainerCpuShares", "PreferContainerQuotaForCPUCount", "UnlockExperimentalVMOptions",
	"UnlockDiagnosticVMOptions", "UnlockCommercialFeatures", "IgnoreUnrecognizedVMOptions", "ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError",
	"HeapDumpOnOutOfMemoryError", "AlwaysPreTouch", "AlwaysActAsServerClassMachine", "UseCompressedOops", "UseCompressedClassPointers",
	"UseCompactObjectHeaders", "UseStringDeduplication", "UseAdaptiveSizePolicy", "AggressiveHeap", "DisableExplicitGC", "ExplicitGCInvokesConcurrent",
	"UseSerialGC", "UseParallelGC", "UseParallelOldGC", "UseParNewGC", "UseConcMarkSweepGC", "UseG1GC", "UseZGC", "ZGenerational", "UseShenandoahGC",
	"UseEpsilonGC", "UseLargePages", "UseTransparentHugePages", "UseNUMA", "PerfDisableSharedMem", "ParallelRefProcEnabled", "ScavengeBeforeFullGC",
	"CMSClassUnloadingEnabled", "CMSParallelRemarkEnabled", "CMSScavengeBeforeRemark", "UseCMSInitiatingOccupancyOnly", "PrintGC", "PrintGCDetails",
	"PrintGCDateStamps", "PrintGCTimeStamps", "PrintGCApplicationStoppedTime", "PrintTenuringDistribution", "UseGCLogFileRotation", "UseGCOverheadLimit",
	"UseBiasedLocking", "AggressiveOpts", "UseFastAccessorMethods", "TieredCompilation", "UseDynamicNumberOfGCThreads", "PrintFlagsFinal",
	"PrintVMOptions", "G1UseAdaptiveIHOP", "UsePerfData", "ShowCodeDetailsInExceptionMessages",
)

var jvmValues = set(
	"MaxHeapSize", "InitialHeapSize", "MinHeapSize", "SoftMaxHeapSize", "NewSize", "MaxNewSize", "NewRatio", "SurvivorRatio", "MaxRAM",
	"MaxRAMPercentage", "MinRAMPercentage", "InitialRAMPercentage", "MaxRAMFraction", "MinRAMFraction", "InitialRAMFraction", "MetaspaceSize",
	"MaxMetaspaceSize", "PermSize", "MaxPermSize", "CompressedClassSpaceSize", "ReservedCodeCacheSize", "InitialCodeCacheSize", "MaxDirectMemorySize",
	"ThreadStackSize", "ActiveProcessorCount", "ParallelGCThreads", "ConcGCThreads", "CICompilerCount", "MaxGCPauseMillis", "GCTimeRatio",
	"G1HeapRegionSize", "G1ReservePercent", "G1NewSizePercent", "G1MaxNewSizePercent", "InitiatingHeapOccupancyPercent", "MinHeapFreeRatio",
	"MaxHeapFreeRatio", "CMSInitiatingOccupancyFraction", "MaxTenuringThreshold", "SoftRefLRUPolicyMSPerMB", "NumberOfGCLogFiles", "GCLogFileSize",
	"ZUncommitDelay", "ZCollectionInterval", "TieredStopAtLevel", "MaxInlineLevel",
)

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, name := range names {
		out[name] = true
	}
	return out
}

// maxCopied bounds a copied label or annotation; what is longer is no version, name or duration.
const maxCopied = 256

// maxIgnored bounds the annotation that waives findings: it holds sentences.
const maxIgnored = 4096

func copiedAtMost(key string) int {
	if key == AnnotationIgnore {
		return maxIgnored
	}
	return maxCopied
}

// copyAllowed takes the allowed keys out of several maps, of which the last wins.
func copyAllowed(allowed []string, from ...map[string]string) map[string]string {
	var out map[string]string
	for _, values := range from {
		for _, key := range allowed {
			value, ok := values[key]
			if !ok || len(value) > copiedAtMost(key) {
				continue
			}
			if out == nil {
				out = map[string]string{}
			}
			out[key] = value
		}
	}
	return out
}

// hasVersionLabel looks for a label or commit annotation that tells the version, by any of the spellings that are in use.
func hasVersionLabel(metas ...*Meta) bool {
	for _, m := range metas {
		for key, value := range m.Labels {
			if value != "" && (key == labelHelmChart || isVersionKey(key)) {
				return true
			}
		}
		for _, key := range commitAnnotations {
			if m.Annotations[key] != "" {
				return true
			}
		}
	}
	return false
}

func isVersionKey(key string) bool {
	return key[strings.LastIndexAny(key, "/.-")+1:] == "version"
}

// managedBy tells what a workload is traceable to, by documented signs alone; empty where there is none.
func managedBy(m *Meta) string {
	label := func(key string) string { return m.Labels[key] }
	manager := strings.ToLower(label(labelManagedBy))
	switch {
	case label(labelFluxKustomization) != "" || label(labelFluxHelm) != "":
		return "flux"
	case m.Annotations[annotationArgoTracking] != "" || label(labelArgoInstance) != "":
		return "argocd"
	case helmRelease(m) != "" || manager == "helm" || manager == "tiller":
		return "helm"
	case m.Annotations[annotationKustomize] != "" || strings.HasPrefix(manager, "kustomize"):
		return "kustomize"
	case label(labelOperator) != "" || strings.Contains(manager, "operator") || controlledByResource(m):
		return "operator"
	}
	return ""
}

// controlledByResource reports whether a resource that is no workload controls the object.
func controlledByResource(m *Meta) bool {
	owner := m.Controller()
	return owner != nil && !IsWorkload(TypeMeta{APIVersion: owner.APIVersion, Kind: owner.Kind})
}

// helmRelease is the name of the release that an object says it belongs to.
func helmRelease(m *Meta) string {
	if name := m.Annotations[annotationHelmRelease]; name != "" {
		return name
	}
	switch m.Labels[labelHelm2Heritage] {
	case "Helm", "Tiller":
		return m.Labels[labelHelm2Release]
	}
	return ""
}

// sortedKeys is for what must come in a stable order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
