package redaction

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/pseudonym"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

// texts goes through every field of every record type that holds texts, also in lists and maps.
func texts(visit func(field string, shares bool)) {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() || seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			field := t.Field(i)
			inner, keyed := field.Type, false
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice || inner.Kind() == reflect.Map {
				keyed = keyed || inner.Kind() == reflect.Map
				inner = inner.Elem()
			}
			shares := inner == reflect.TypeFor[snapshot.Share]()
			if inner.Kind() == reflect.String || keyed || shares {
				visit(t.Name()+"."+field.Name, shares)
			}
			walk(inner)
		}
	}
	for _, record := range snapshot.RecordTypes() {
		walk(record)
	}
}

func TestEveryTextOfEveryRecordHasAClass(t *testing.T) {
	var fields []string
	texts(func(field string, _ bool) {
		fields = append(fields, field)
		require.Contains(t, classOf, field, "say in fieldsOf what it is, so that redaction knows it")
	})
	for field := range classOf {
		require.Contains(t, fields, field, "no record has this field")
	}
	require.Greater(t, len(fields), 200)
}

// TestAFieldWithoutAClassIsReplaced shows what becomes of a field that nobody thought of.
func TestAFieldWithoutAClassIsReplaced(t *testing.T) {
	type forgotten struct {
		New    string
		List   []string
		Lookup map[string]string
	}
	v := reflect.New(reflect.TypeFor[forgotten]()).Elem()
	v.Set(reflect.ValueOf(forgotten{New: "acme", List: []string{"acme"}, Lookup: map[string]string{"k": "acme"}}))
	planFor(v.Type(), "").redact(redactor(t), v)
	done := v.Interface().(forgotten)
	for _, text := range []string{done.New, done.List[0], done.Lookup["k"]} {
		require.Regexp(t, `^text-[a-z2-7]+$`, text)
	}
}

// filled sets every text of a record to a name of its own.
func filled(t reflect.Type, name string) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		v.SetString(name)
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(filled(t.Elem(), name))
	case reflect.Slice:
		v.Set(reflect.Append(v, filled(t.Elem(), name)))
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(reflect.ValueOf("app.kubernetes.io/name").Convert(t.Key()), filled(t.Elem(), name))
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			break
		}
		for i := range t.NumField() {
			v.Field(i).Set(filled(t.Field(i).Type, name))
		}
	}
	return v
}

// TestNoNameIsLeft puts a name into every text of every record: it is left nowhere but where the table says that no name stands.
func TestNoNameIsLeft(t *testing.T) {
	r := redactor(t)
	plain := map[string]bool{}
	for _, field := range fieldsOf[Plain] {
		plain[field] = true
	}
	for kind, record := range snapshot.RecordTypes() {
		original := filled(record, "acme-corp")
		done := reflect.ValueOf(r.Record(original.Interface().(snapshot.Record)))
		var look func(v reflect.Value, field string)
		look = func(v reflect.Value, field string) {
			switch v.Kind() {
			case reflect.String:
				require.Equal(t, plain[field], v.String() == "acme-corp", "%s of a %s: %s", field, kind, v)
				if !plain[field] {
					require.NotContains(t, v.String(), "acme", "%s of a %s", field, kind)
				}
			case reflect.Pointer:
				look(v.Elem(), field)
			case reflect.Slice:
				for i := range v.Len() {
					look(v.Index(i), field)
				}
			case reflect.Map:
				for entries := v.MapRange(); entries.Next(); {
					look(entries.Value(), field)
				}
			case reflect.Struct:
				for i := range v.NumField() {
					if name := v.Type().Name() + "." + v.Type().Field(i).Name; name != "Header.RedactionKeyID" {
						look(v.Field(i), name)
					}
				}
			}
		}
		if done.Type() != reflect.TypeFor[snapshot.Trailer]() {
			look(done, "")
		}
		require.Equal(t, filled(record, "acme-corp").Interface(), original.Interface(), "the %s itself stays as it was", kind)
	}
}

func TestOneNameIsOneWordWhereverItStands(t *testing.T) {
	r := redactor(t)
	w := r.Record(snapshot.Workload{Kind: "StatefulSet", Namespace: "shop", Name: "db", HelmRelease: "db", Replicas: new(2),
		Labels:     map[string]string{"app.kubernetes.io/instance": "db", "helm.sh/chart": "acme-db-1.4.2", "app.kubernetes.io/version": "1.4.2"},
		Selector:   map[string]string{"app": "db"},
		Volumes:    []snapshot.Volume{{Name: "data", Class: "claim", Claim: "data", Template: true, StorageClass: "fast"}},
		Containers: []snapshot.Container{{Name: "db", Image: "registry.acme.example/team/acme-db:1.4.2@sha256:aa", EnvironmentNames: []string{"ACME_PASSWORD", "JAVA_OPTS"}}},
	}).(snapshot.Workload)
	pods := r.Record(snapshot.WorkloadPods{WorkloadKind: "StatefulSet", Namespace: "shop", Name: "db", Images: []snapshot.PodImage{{Container: "db"}}, Nodes: []snapshot.Share{{Name: "n1"}}, Zones: []snapshot.Share{{Name: "n1"}}}).(snapshot.WorkloadPods)
	service := r.Record(snapshot.Service{Namespace: "shop", Name: "db", Selects: []snapshot.Ref{{Kind: "StatefulSet", Namespace: "shop", Name: "db"}}}).(snapshot.Service)
	node := r.Record(snapshot.Node{Name: "n1", Zone: "n1", Roles: []string{"worker", "acme"}}).(snapshot.Node)
	claim := r.Record(snapshot.VolumeClaim{Namespace: "shop", Name: "data-db-1", Class: new("fast")}).(snapshot.VolumeClaim)
	release := r.Record(snapshot.Release{Namespace: "flux-system", Name: "x", HelmRelease: "shop/db", Chart: "acme-db"}).(snapshot.Release)

	require.Equal(t, w.Name, pods.Name)
	require.Equal(t, w.Name, service.Selects[0].Name)
	require.Equal(t, w.Namespace, service.Selects[0].Namespace)
	require.NotEqual(t, strings.TrimPrefix(w.Name, "workload"), strings.TrimPrefix(service.Name, "service"), "two classes have nothing in common")
	require.Equal(t, w.Containers[0].Name, pods.Images[0].Container)
	require.Equal(t, node.Name, pods.Nodes[0].Name)
	require.Equal(t, node.Zone, pods.Zones[0].Name)
	require.NotEqual(t, node.Name, node.Zone)
	require.Equal(t, claim.Name, w.Volumes[0].Claims[1])
	require.Equal(t, *claim.Class, w.Volumes[0].StorageClass)
	require.Equal(t, w.Namespace+"/"+w.HelmRelease, release.HelmRelease)
	require.Equal(t, w.Labels["app.kubernetes.io/instance"], w.HelmRelease)
	require.Equal(t, release.Chart+"-1.4.2", w.Labels["helm.sh/chart"])
	require.Equal(t, "1.4.2", w.Labels["app.kubernetes.io/version"])
	require.Equal(t, w.Name, w.Selector["app"])
	require.Equal(t, []string{"JAVA_OPTS"}, w.Containers[0].EnvironmentNames)
	require.Regexp(t, `^registry-[a-z2-7]+\.invalid/path-[a-z2-7]+/`+regexp.QuoteMeta(release.Chart)+`:1\.4\.2@sha256:aa$`, w.Containers[0].Image)
	require.Equal(t, "worker", node.Roles[0])
	require.Regexp(t, `^role-`, node.Roles[1])
}

func TestWhatEverybodyKnowsStays(t *testing.T) {
	r := redactor(t)
	for class, names := range map[Class][]string{
		Namespace: {"default", "kube-system", "openshift-monitoring", "cattle-system"},
		Image: {"eclipse-temurin:17", "docker.io/library/openjdk:8-jre", "quay.io/strimzi/kafka:0.45.0-kafka-3.9.0", "registry.k8s.io/coredns/coredns:v1.13.1",
			"registry.k8s.io/etcd:3.6.0"},
		APIVersion: {"v1", "apps/v1", "monitoring.coreos.com/v1", "kafka.strimzi.io/v1beta2"},
		Driver:     {"ebs.csi.aws.com", "kubernetes.io/no-provisioner", "awsElasticBlockStore"},
		Port:       {"8080", "http"}, URLPath: {"/", "/healthz", "/actuator/health/liveness"},
		Topology: {"kubernetes.io/hostname", "topology.kubernetes.io/zone"},
		CRDName:  {"certificates.cert-manager.io"},
		waivers:  {"probes/liveness-depth"},
		duration: {"90", "5m", "1h30m"},
		commit:   {"3f9c2ab", ""},
		Detail: {"no right to list kafkas.kafka.strimzi.io", "the API server answered 500 InternalError", "no right to get pods/proxy in the namespace",
			"3 of 9 node-exporters did not tell: the last answer was 401", "3 releases could not be decoded", "not asked for: the snapshot is of single namespaces"},
	} {
		for _, name := range names {
			if class == CRDName {
				require.Regexp(t, `^resource-[a-z2-7]+\.cert-manager\.io$`, r.text(class, name))
				continue
			}
			if class == Image && (strings.Contains(name, "coredns/") || strings.Contains(name, "strimzi/")) {
				require.Contains(t, r.text(class, name), name[strings.LastIndex(name, "/"):])
				continue
			}
			require.Equal(t, name, r.text(class, name), "%s", class)
		}
	}
}

func TestWhatNamesAnybodyGoes(t *testing.T) {
	r := redactor(t)
	for class, names := range map[Class][]string{
		Image:      {"acme/app:1", "acme:1", "harbor.acme.example:5000/acme/app@sha256:bb", "${ACME}/app:1", "acme corp", "ghcr.io/acme/kafka:3.9", "acme/app-native:1"},
		APIVersion: {"acme.example/v1"}, CRDName: {"acmes.acme.example"}, Group: {"acme.example"}, Resource: {"acmes", "acmes/status"},
		Driver: {"csi.acme.example"}, Port: {"acme"}, URLPath: {"/acme/actuator/health", "/acme?x"}, Topology: {"acme.example/rack"},
		File:       {"charts/acme/values-acme.yaml", "acme.yaml", "/home/acme/x.json"},
		Detail:     {"acme: no such file", "no right to list acmes", "the server has no acme.example"},
		waivers:    {"probes/liveness-depth: acme said so", "acme", "a: b\nc: acme; acme"},
		duration:   {"acme", "5 acmes"},
		commit:     {"acme-1"},
		chartLabel: {"acme-1.2.3", "acme", "shop-acme-2024"}, balancerSign: {"loadBalancerClass=acme.example/lb"},
		ReleaseRef: {"acme/acme"}, Manager: {"acme-deployer", "kubectl-acme"}, Word: {"AcmeReady", "acme"}, Section: {"acme"}, Issuer: {"acme CA"},
	} {
		for _, name := range names {
			require.NotContains(t, strings.ToLower(r.text(class, name)), "acme", "%s %s", class, name)
		}
	}
	require.Regexp(t, `^ghcr\.io/path-[a-z2-7]+/kafka:3\.9$`, r.text(Image, "ghcr.io/acme/kafka:3.9"))
	require.Regexp(t, `-native:1$`, r.text(Image, "acme/app-native:1"))
	require.Regexp(t, `^probes/liveness-depth: text-[a-z2-7]+$`, r.text(waivers, "probes/liveness-depth: acme said so"))
	require.Regexp(t, `^/url-[a-z2-7]+/actuator/health$`, r.text(URLPath, "/acme/actuator/health"))
	require.Regexp(t, `^charts/file-[a-z2-7]+/file-[a-z2-7]+\.yaml$`, r.text(File, "charts/acme/values-acme.yaml"))
	require.False(t, facts.ParseImage(r.text(Image, "${ACME}/app:1")).Literal, "a placeholder stays one")
}

// TestAGeneratedClusterScoresTheSame assesses one snapshot twice, the second time without its names.
func TestAGeneratedClusterScoresTheSame(t *testing.T) {
	records := snapshottest.Generate(400, 11)
	r := redactor(t)
	var redacted []snapshot.Record
	for _, record := range records {
		redacted = append(redacted, r.Record(record))
	}
	requireSameResult(t, records, redacted)
}

// requireSameResult assesses both and compares all that is no name.
func requireSameResult(t *testing.T, plain, redacted []snapshot.Record) {
	t.Helper()
	assess := func(records []snapshot.Record) assessments.Assessment {
		at := snapshottest.TakenAt
		return assessments.Assess(assessments.Input{Content: content.V1(), Facts: facts.FromRecords(facts.Options{AsOf: at}, records...), AsOf: at})
	}
	a, b := assess(plain), assess(redacted)
	require.Equal(t, a.Score, b.Score)
	require.Equal(t, a.Rules, b.Rules)
	require.Equal(t, a.RawScore, b.RawScore)
	require.Equal(t, a.Mean, b.Mean)
	require.Len(t, b.Findings, len(a.Findings))
	require.NotEmpty(t, a.Findings)
	rulesOf := func(all []assessments.Finding) (rules []string) {
		for _, f := range all {
			rules = append(rules, f.Rule)
		}
		slices.Sort(rules)
		return rules
	}
	require.Equal(t, rulesOf(a.Findings), rulesOf(b.Findings))
}

func BenchmarkRecord(b *testing.B) {
	key, err := pseudonym.NewKey([]byte("9f2c1b7d4e6a8053c1d2e3f4a5b69788 for tests"))
	require.NoError(b, err)
	r, records := New(key), snapshottest.Generate(400, 11)
	b.ReportAllocs()
	for b.Loop() {
		for _, record := range records {
			r.Record(record)
		}
	}
}
