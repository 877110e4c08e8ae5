package kube

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"plimsoll/collectors/allow"
)

// What may leave an object stands in collectors/allow/allow.yaml: labels, annotations, variables and flags by their names. A new one
// needs a new line there.
var (
	workloadLabels      = allow.Names("workload-labels") // whose values are copied
	commitAnnotations   = allow.Names("commit-annotations")
	plimsollAnnotations = allow.Names("plimsoll-annotations")
	poolAnnotations     = allow.Names("pool-annotations") // first what the balancer writes, then what people ask for

	optionVariables  = allow.Words("option-variables")  // hold options of a JVM
	productVariables = allow.Words("product-variables") // hold one figure of a known product
	versionVariables = allow.Words("version-variables") // hold the version of a JDK
	jvmSwitches      = allow.Words("jvm-switches")
	jvmValues        = allow.Words("jvm-values") // a value is copied only as a figure
	eventReasons     = allow.Words("event-reasons")
)

// The annotations of ours that are copied.
const (
	AnnotationCriticality  = "plimsoll.dev/criticality"
	AnnotationRecoveryTime = "plimsoll.dev/recovery-time"
	AnnotationSingleton    = "plimsoll.dev/singleton"
	AnnotationIgnore       = "plimsoll.dev/ignore"
)

// workloadAnnotations are the annotations whose values are copied.
func workloadAnnotations() []string { return slices.Concat(plimsollAnnotations(), commitAnnotations()) }

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

var (
	figurePattern  = regexp.MustCompile(`^\d{1,15}(\.\d{1,6})?[kKmMgGtT]?i?[bB]?$`)
	versionPattern = regexp.MustCompile(`^(?:jdk-?|jre-?)?\d{1,4}(?:u\d{1,4})?(?:[._+-]\d{1,6}){0,6}(?:-b\d{1,3})?$`)
	sizeFlag       = regexp.MustCompile(`^-X(?:mx|ms|ss|mn|maxf|minf)(?:\d{1,15}(?:\.\d{1,6})?[kKmMgGtT]?)$`)
	switchFlag     = regexp.MustCompile(`^-XX:[+-]([A-Za-z0-9]{2,60})$`)
	policyFlag     = regexp.MustCompile(`^-Xgcpolicy:(?:gencon|balanced|metronome|nogc|optavgpause|optthruput)$`)
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
		for _, key := range commitAnnotations() {
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
