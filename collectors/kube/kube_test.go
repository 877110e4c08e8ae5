package kube

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
)

func fromYAML[T any](t testing.TB, text string) *T {
	t.Helper()
	var node yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &node))
	byNode := new(T)
	require.NoError(t, DecodeNode(node.Content[0], byNode))
	return byNode
}

func fromJSON[T any](t testing.TB, text string) *T {
	t.Helper()
	out := new(T)
	require.NoError(t, json.Unmarshal([]byte(text), out))
	return out
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  labels: {app.kubernetes.io/name: orders, team: payments}
  annotations:
    plimsoll.dev/recovery-time: 10m
    internal.example.com/contact: someone@example.com
    kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"apps/v1beta1","spec":{"secret":"x"}}'
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: orders, app.kubernetes.io/version: 1.4.2}
      annotations: {plimsoll.dev/recovery-time: 5m, plimsoll.dev/singleton: "true"}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname}]
      volumes:
        - {name: data, hostPath: {path: /data/orders}}
        - {name: sock, hostPath: {path: /var/run/docker.sock}}
        - {name: logs, emptyDir: {}}
      initContainers:
        - {name: wait, image: busybox}
        - {name: mesh, image: proxy, restartPolicy: Always}
      containers:
        - name: app
          image: user:hunter2@registry.example.com/orders:1.4.2
          ports: [{name: http, containerPort: 8080}]
          env:
            - {name: DB_PASSWORD, value: hunter2}
            - {name: HEAP, value: 1g}
            - {name: JAVA_TOOL_OPTIONS, value: "-Xmx$(HEAP) -Dpassword=hunter2 -javaagent:/opt/agent.jar -XX:+UseG1GC -XX:OnOutOfMemoryError=/bin/leak -Xlog:gc"}
            - {name: JAVA_OPTS, valueFrom: {secretKeyRef: {name: a, key: b}}}
            - {name: JAVA_VERSION, value: jdk-17.0.9+9}
          envFrom: [{configMapRef: {name: more}}]
          command: [sh, -c, "exec java $JAVA_OPTS -Xss512k -jar app.jar --token=hunter2"]
          resources:
            limits: {cpu: "1.5", memory: 2Gi}
            requests: {memory: 1500M}
          livenessProbe:
            httpGet: {path: "/health?token=hunter2", port: http}
            periodSeconds: 0
          readinessProbe:
            exec: {command: [cat, /tmp/hunter2]}
            initialDelaySeconds: 5
          lifecycle:
            preStop: {exec: {command: [sh, -c, "sleep 15; kill 1"]}}
          volumeMounts:
            - {name: data, mountPath: /data}
            - {name: sock, mountPath: /s, readOnly: true}
`

func TestDeploymentBecomesARecordWithoutItsSecrets(t *testing.T) {
	record := WorkloadRecord(fromYAML[Workload](t, deployment))
	require.Equal(t, snapshot.Workload{
		APIVersion: "apps/v1", Kind: "Deployment", Namespace: "default", Name: "orders",
		Annotations:  map[string]string{"plimsoll.dev/recovery-time": "10m", "plimsoll.dev/singleton": "true"},
		Labels:       map[string]string{"app.kubernetes.io/name": "orders", "app.kubernetes.io/version": "1.4.2"},
		VersionLabel: true, Replicas: new(3), Strategy: "RollingUpdate", MaxUnavailable: "25%", MaxSurge: "25%",
		SpreadKeys: []string{"kubernetes.io/hostname"}, LastAppliedAPI: "apps/v1beta1",
		Volumes: []snapshot.Volume{{Name: "data", Class: "hostPath", HostPath: "state"}, {Name: "sock", Class: "hostPath", HostPath: "host", ReadOnly: true},
			{Name: "logs", Class: "emptyDir", ReadOnly: true}},
		Containers: []snapshot.Container{
			{Name: "wait", Role: snapshot.RoleInit, Line: 26, Image: "busybox"},
			{Name: "mesh", Role: snapshot.RoleSidecar, Line: 27, Image: "proxy"},
			{
				Name: "app", Role: snapshot.RoleRegular, Line: 29, Image: "registry.example.com/orders:1.4.2",
				Ports:                []snapshot.Port{{Name: "http", Number: 8080, Protocol: "TCP"}},
				CPURequestMillicores: new(int64(1500)), CPULimitMillicores: new(int64(1500)),
				MemoryRequestBytes: new(int64(1_500_000_000)), MemoryLimitBytes: new(int64(2 << 30)),
				Liveness: &snapshot.Probe{Handler: "httpGet", Path: "/health", Port: "http", CommandDigest: digest([]string{"token=hunter2", ""}),
					PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3, SuccessThreshold: 1},
				Readiness: &snapshot.Probe{Handler: "exec", CommandDigest: digest([]string{"cat", "/tmp/hunter2"}), InitialDelaySeconds: 5,
					PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3, SuccessThreshold: 1},
				PreStop:          &snapshot.PreStop{Handler: "exec", SleepSeconds: new(int64(15))},
				EnvironmentNames: []string{"DB_PASSWORD", "HEAP", "JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JAVA_VERSION"}, EnvironmentFrom: 1,
				Runtime: &snapshot.Runtime{
					Entry: "java", EntryNames: []string{"JAVA_OPTS"},
					Options: []snapshot.RuntimeOption{
						{Source: "JAVA_TOOL_OPTIONS", Flags: []string{"-Xmx1g", "-XX:+UseG1GC", "-XX:OnOutOfMemoryError=$", "-X"}},
						{Source: "JAVA_OPTS", Unread: true},
						{Source: "command", Flags: []string{"-Xss512k"}},
					},
					Versions: []snapshot.RuntimeOption{{Source: "JAVA_VERSION", Flags: []string{"jdk-17.0.9+9"}}},
				},
			},
		},
	}, record)
	text, err := json.Marshal(record)
	require.NoError(t, err)
	for _, secret := range []string{"hunter2", "agent.jar", "someone@example.com", "/bin/leak", "payments", "/data/orders"} {
		require.NotContains(t, string(text), secret)
	}
}

func TestTheAPIsJSONGivesTheSameAsYAML(t *testing.T) {
	var tree any
	require.NoError(t, yaml.Unmarshal([]byte(deployment), &tree))
	text, err := json.Marshal(tree)
	require.NoError(t, err)
	want := WorkloadRecord(fromYAML[Workload](t, deployment))
	for i := range want.Containers {
		want.Containers[i].Line = 0
	}
	require.Equal(t, want, WorkloadRecord(fromJSON[Workload](t, string(text))))
}

func TestQuantities(t *testing.T) {
	for text, want := range map[string][2]int64{ // thousandths, units
		"100m": {100, 1}, "1": {1000, 1}, "0.5": {500, 1}, "1.5": {1500, 2}, "2Gi": {2 << 30 * 1000, 2 << 30}, "1.5Gi": {3 << 29 * 1000, 3 << 29},
		"128974848": {128974848000, 128974848}, "129e6": {129e9, 129e6}, "129M": {129e9, 129e6}, "1e3": {1e6, 1000}, "1E": {0, 0}, "123Mi": {123 << 20 * 1000, 123 << 20},
		"0": {0, 0}, "1u": {1, 1}, "12E-1": {1200, 2}, "+3k": {3e6, 3000}, ".5": {500, 1}, "5.": {5000, 5},
	} {
		q, err := ParseQuantity(text)
		if text == "1E" {
			require.Error(t, err, "an exabyte in thousandths is beyond 64 bits")
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, [2]int64{q.Millis(), q.Units()}, text)
	}
	for _, text := range []string{"", "512MB", "1 Gi", "lots", "1/2", "0x10", "1e999", "--1", strings.Repeat("1", 70), "1gi", "Gi", "e3"} {
		_, err := ParseQuantity(text)
		require.Error(t, err, text)
	}
	q, err := ParseQuantity("${MEMORY}")
	require.NoError(t, err)
	require.True(t, q.Unreadable())
}

func TestPlaceholdersAreUnreadableAndNoError(t *testing.T) {
	record := WorkloadRecord(fromYAML[Workload](t, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${REPLICAS}
  template:
    spec:
      hostNetwork: ${HOST}
      containers:
        - name: a
          image: <PROJECT>/app:latest
          env: [{name: KAFKA_HEAP_OPTS, value: "-Xmx${HEAP} -Xms1g"}, {name: JAVA_OPTS, value: "$MORE -Xss1m"}]
          resources: {limits: {memory: "${LIMIT}"}, requests: {memory: 1Gi}}
          livenessProbe: {tcpSocket: {port: "${PORT}"}, periodSeconds: "%PERIOD%"}`))
	require.Nil(t, record.Replicas)
	c := record.Containers[0]
	require.Equal(t, "<PROJECT>/app:latest", c.Image)
	require.True(t, c.ResourcesUnreadable)
	require.Nil(t, c.MemoryLimitBytes)
	require.Equal(t, int64(1<<30), *c.MemoryRequestBytes)
	require.True(t, c.Liveness.Unreadable)
	require.Equal(t, []snapshot.RuntimeOption{{Source: "KAFKA_HEAP_OPTS", Flags: []string{"-Xmx$", "-Xms1g"}}, {Source: "JAVA_OPTS", Flags: []string{"-Xss1m"}, Unread: true}}, c.Runtime.Options)
}

func TestWrongTypesAreToldWithLineAndField(t *testing.T) {
	for text, want := range map[string]string{
		"spec:\n  replicas: three":                            `2 spec.replicas: want an integer, got a text`,
		"spec:\n  replicas: \"3\"":                            `2 spec.replicas: want an integer, got "3"`,
		"spec:\n  replicas: 2.5":                              `2 spec.replicas: want an integer, got 2.5`,
		"spec:\n  template:\n    spec:\n      containers: {}": `4 spec.template.spec.containers: want a list, got an object`,
		"spec:\n  template:\n    spec:\n      containers:\n      - name: a\n      - image: 5": `6 spec.template.spec.containers[1].image: want a string, got 5`,
		"metadata:\n  labels:\n    version: 1.10":                                             `3 metadata.labels.version: want a string, got 1.10`,
		"metadata: []": `1 metadata: want an object, got a list`,
		"spec: {template: {spec: {hostNetwork: \"true\"}}}":                                   `1 spec.template.spec.hostNetwork: want true or false, got "true"`,
		"spec: {template: {spec: {containers: [{resources: {limits: {memory: 512MB}}}]}}}":    `1 spec.template.spec.containers[0].resources.limits.memory: want a quantity, got "512MB"`,
		"spec: {template: {spec: {containers: [{livenessProbe: {tcpSocket: {port: [1]}}}]}}}": `1 spec.template.spec.containers[0].livenessProbe.tcpSocket.port: want a plain value, got a list`,
		"metadata: {creationTimestamp: soon}":                                                 `1 metadata.creationTimestamp: want a time as in RFC 3339, got a text`,
	} {
		var node yaml.Node
		require.NoError(t, yaml.Unmarshal([]byte(text), &node))
		err := DecodeNode(node.Content[0], new(Workload))
		var bad *DecodeError
		require.ErrorAs(t, err, &bad, text)
		require.Equal(t, want, strings.TrimSpace(string(rune('0'+bad.Line))+" "+bad.Error()))
	}
}

func TestAliasesAndMergeKeysAreFollowed(t *testing.T) {
	w := fromYAML[Workload](t, `
shared: &shared {image: a, name: x}
more: &more {imagePullPolicy: Never, image: b}
spec:
  template:
    spec:
      containers:
        - {<<: *shared, name: y}
        - *shared
        - {<<: [*shared, *more]}`)
	require.Equal(t, "a", w.Spec.Template.Spec.Containers[0].Image)
	require.Equal(t, "y", w.Spec.Template.Spec.Containers[0].Name)
	require.Equal(t, "x", w.Spec.Template.Spec.Containers[1].Name)
	require.Equal(t, "a", w.Spec.Template.Spec.Containers[2].Image)
	require.Equal(t, "Never", w.Spec.Template.Spec.Containers[2].PullPolicy)
}

func TestEntry(t *testing.T) {
	for _, c := range []struct {
		command, args []string
		want          string
	}{
		{nil, nil, ""},
		{nil, []string{"--port=80"}, ""},
		{nil, []string{"java", "-jar", "a.jar"}, "java"},
		{[]string{"/usr/bin/java", "-jar", "a.jar"}, nil, "java"},
		{[]string{"/opt/kafka/bin/kafka-server-start.sh", "x"}, nil, "script"},
		{[]string{"sh", "-c", "cd /app && exec java -jar a.jar"}, nil, "java"},
		{[]string{"sh", "-ec"}, []string{"FOO=1 ./start.sh; sleep 1"}, "script"},
		{[]string{"/bin/bash", "/run.sh"}, nil, "script"},
		{[]string{"sleep", "infinity"}, nil, "other"},
		{[]string{"sh", "-c", "echo java is nice"}, nil, "other"},
		{[]string{"tini", "--", "gosu", "app", "java"}, nil, "java"},
		{[]string{"env", "A=b", "java"}, nil, "java"},
	} {
		require.Equal(t, c.want, entryOf(&Container{Command: c.command, Args: c.args}, nil), "%q %q", c.command, c.args)
	}
}

func TestReferencesAreReplacedByLiterals(t *testing.T) {
	literals := map[string]string{"A": "1", "B": "2"}
	for text, want := range map[string]string{
		"$A ${A} $(A) $(C) $C ${B:-3} $$(A) $": "1 1 1 $(C) $C 2 $$(A) $", "": "", "$(": "$(", "a$": "a$",
	} {
		require.Equal(t, want, expand(text, literals, false), text)
	}
	require.Equal(t, "$A 1", expand("$A $(A)", literals, true))
	bomb := []Variable{{Name: "V0", Value: strings.Repeat("x", 100)}}
	for i := 1; i < 26; i++ {
		earlier := "$(" + bomb[i-1].Name + ")"
		bomb = append(bomb, Variable{Name: "V" + string(rune('a'+i)), Value: earlier + earlier})
	}
	for _, value := range literalVariables(bomb) {
		require.LessOrEqual(t, len(value), maxExpanded+200)
	}
}

func TestImagesLoseCredentialsAlone(t *testing.T) {
	for image, want := range map[string]string{
		"nginx": "nginx", "nginx@sha256:abc": "nginx@sha256:abc", "reg:5000/a/b:1@sha256:abc": "reg:5000/a/b:1@sha256:abc",
		"user:pass@reg/a:1": "reg/a:1", "https://user:pass@reg/a": "https://reg/a", "": "", "token@reg/a": "reg/a",
	} {
		require.Equal(t, want, withoutCredentials(image))
	}
}

func TestSelectorsReachTheirWorkloads(t *testing.T) {
	var targets Targets
	for i, labels := range []map[string]string{{"app": "a", "tier": "web"}, {"app": "a"}, {"app": "b"}, nil} {
		targets.Add(snapshot.Ref{Kind: "Deployment", Namespace: "x", Name: string(rune('a' + i))}, labels)
	}
	targets.Add(snapshot.Ref{Kind: "Deployment", Namespace: "y", Name: "other"}, map[string]string{"app": "a"})
	names := func(s *LabelSelector) string {
		var out string
		refs, told := targets.Select("x", s)
		require.True(t, told)
		for _, ref := range refs {
			out += ref.Name
		}
		return out
	}
	require.Equal(t, "", names(nil))
	require.Equal(t, "abcd", names(&LabelSelector{}))
	require.Equal(t, "ab", names(&LabelSelector{MatchLabels: map[string]string{"app": "a"}}))
	require.Equal(t, "a", names(&LabelSelector{MatchLabels: map[string]string{"app": "a", "tier": "web"}}))
	for operator, want := range map[string]string{"In": "ab", "NotIn": "cd", "Exists": "abc", "DoesNotExist": "d", "Like": ""} {
		require.Equal(t, want, names(&LabelSelector{MatchExpressions: []SelectorRequirement{{Key: "app", Operator: operator, Values: []string{"a"}}}}), operator)
	}

	for version, want := range map[string]int{"policy/v1": 4, "policy/v1beta1": 0} {
		b := fromYAML[Budget](t, "{apiVersion: "+version+", kind: PodDisruptionBudget, metadata: {name: b, namespace: x}, spec: {selector: {}, minAvailable: 50%}}")
		record := BudgetRecord(b)
		targets.ResolveBudget(&record, b)
		require.Len(t, record.Selects, want, version)
		require.Equal(t, "50%", record.MinAvailable)
	}
}

func TestServiceRecord(t *testing.T) {
	s := fromYAML[Service](t, `
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internal, service.beta.kubernetes.io/aws-load-balancer-type: nlb-ip}}
spec: {type: LoadBalancer, selector: {app: web}, externalIPs: [10.0.0.1], ports: [{port: 80}, {port: 443, targetPort: https}]}`)
	require.Equal(t, snapshot.Service{
		Namespace: "default", Name: "web", Type: "LoadBalancer", HasSelector: true, ExternalTrafficPolicy: "Cluster", InternalLoadBalancer: true,
		LoadBalancerSign:  "service.beta.kubernetes.io/aws-load-balancer-type=nlb-ip",
		ExternalAddresses: []snapshot.ExternalAddress{{}},
		Ports:             []snapshot.ServicePort{{Port: 80, TargetPort: "80", Protocol: "TCP"}, {Port: 443, TargetPort: "https", Protocol: "TCP"}},
	}, ServiceRecord(s, nil))
	require.Equal(t, snapshot.Service{Namespace: "default", Type: "ClusterIP", Headless: true, ClusterAddresses: new(0)}, ServiceRecord(fromYAML[Service](t, "spec: {clusterIP: None}"), nil))
}

func TestStrategiesHaveTheDefaultsOfTheirVersion(t *testing.T) {
	for text, want := range map[string][3]string{
		"{apiVersion: apps/v1, kind: Deployment}":                                                                         {"RollingUpdate", "25%", "25%"},
		"{apiVersion: extensions/v1beta1, kind: Deployment}":                                                              {"RollingUpdate", "1", "1"},
		"{apiVersion: apps/v1, kind: Deployment, spec: {strategy: {type: Recreate}}}":                                     {"Recreate", "", ""},
		"{apiVersion: apps/v1, kind: Deployment, spec: {strategy: {rollingUpdate: {maxUnavailable: 100%, maxSurge: 2}}}}": {"RollingUpdate", "100%", "2"},
		"{apiVersion: apps/v1, kind: DaemonSet}":                                                                          {"RollingUpdate", "1", "0"},
		"{apiVersion: extensions/v1beta1, kind: DaemonSet}":                                                               {"OnDelete", "", ""},
		"{apiVersion: apps/v1, kind: StatefulSet, spec: {updateStrategy: {type: OnDelete}}}":                              {"OnDelete", "", ""},
		"{apiVersion: batch/v1, kind: Job}":                                                                               {"", "", ""},
	} {
		r := WorkloadRecord(fromYAML[Workload](t, text))
		require.Equal(t, want, [3]string{r.Strategy, r.MaxUnavailable, r.MaxSurge}, text)
	}
}

func TestRolloutIsReadFromTheStatus(t *testing.T) {
	r := WorkloadRecord(fromJSON[Workload](t, `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","generation":3,"creationTimestamp":"2026-01-02T03:04:05Z",
		"managedFields":[{"manager":"argocd","operation":"Apply","apiVersion":"apps/v1","time":"2026-01-02T03:04:05Z","fieldsV1":{"f:spec":{}}},{"manager":"kubelet","operation":"Update","subresource":"status"}]},
		"spec":{"replicas":2},"status":{"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":1,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}}`))
	require.Equal(t, new(false), r.RolloutUnderWay)
	require.Equal(t, new(true), r.ProgressDeadlineHit)
	require.Equal(t, new(1), r.ReadyReplicas)
	require.Equal(t, []string{"argocd"}, r.ApplyManagers)
	require.Equal(t, []snapshot.FieldManager{{Manager: "argocd", Operation: "Apply", APIVersion: "apps/v1", At: new(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}}, r.Writers)
	require.Equal(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), *r.CreatedAt)
}

func TestWhatAWorkloadIsTraceableTo(t *testing.T) {
	for text, want := range map[string]string{
		"{}": "",
		"{labels: {app.kubernetes.io/managed-by: Helm}}":                                                   "helm",
		"{annotations: {meta.helm.sh/release-name: web}}":                                                  "helm",
		"{labels: {heritage: Tiller, release: web}}":                                                       "helm",
		"{labels: {release: web}}":                                                                         "",
		"{labels: {app.kubernetes.io/managed-by: Helm}, annotations: {argocd.argoproj.io/tracking-id: x}}": "argocd",
		"{labels: {helm.toolkit.fluxcd.io/name: x, app.kubernetes.io/managed-by: Helm}}":                   "flux",
		"{annotations: {config.kubernetes.io/origin: x}}":                                                  "kustomize",
		"{labels: {app.kubernetes.io/managed-by: strimzi-cluster-operator}}":                               "operator",
		"{ownerReferences: [{apiVersion: kafka.strimzi.io/v1, kind: Kafka, name: k, controller: true}]}":   "operator",
		"{ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: k, controller: true}]}":          "",
	} {
		require.Equal(t, want, managedBy(fromYAML[Meta](t, text)), text)
	}
}

func TestStrimziSections(t *testing.T) {
	k := fromYAML[StrimziResource](t, `
apiVersion: kafka.strimzi.io/v1beta2
kind: Kafka
metadata: {name: events, namespace: kafka}
spec:
  kafka:
    replicas: 3
    resources: {limits: {memory: 4Gi}}
    jvmOptions: {-Xms: 2g, -Xmx: 2g, javaSystemProperties: [{name: p, value: hunter2}], -XX: {UseG1GC: "true", MaxGCPauseMillis: 20, OnError: leak}}
    config: {min.insync.replicas: 2, log.message.format.version: "2.8", listeners: {a: b}}
  zookeeper: {replicas: 3}`)
	require.Equal(t, []snapshot.CustomResource{
		{ObjectKind: "Kafka", APIVersion: "kafka.strimzi.io/v1beta2", Namespace: "kafka", Name: "events", Section: "kafka", Replicas: new(3), MinInSync: new(2),
			MemoryLimitBytes: new(int64(4 << 30)), MemoryRequestBytes: new(int64(4 << 30)),
			Options: []snapshot.RuntimeOption{{Source: "jvmOptions", Flags: []string{"-Xms2g", "-Xmx2g", "-XX:MaxGCPauseMillis=20", "-XX:+UseG1GC"}}}},
		{ObjectKind: "Kafka", APIVersion: "kafka.strimzi.io/v1beta2", Namespace: "kafka", Name: "events", Section: "zookeeper", Replicas: new(3)},
	}, CustomResourceRecords(k))
}

func TestWorkloadsInTheirOwnGroupsAlone(t *testing.T) {
	for version, want := range map[string]bool{"apps/v1": true, "extensions/v1beta1": true, "apps/v1beta2": true, "v1": false, "example.com/v1": false} {
		require.Equal(t, want, IsWorkload(TypeMeta{APIVersion: version, Kind: "Deployment"}), version)
	}
	require.True(t, IsWorkload(TypeMeta{APIVersion: "v1", Kind: "Pod"}))
	require.False(t, IsWorkload(TypeMeta{APIVersion: "serving.knative.dev/v1", Kind: "Service"}))
}

func TestHelmReleaseByItsLabels(t *testing.T) {
	r, ok := ReleaseRecord(fromYAML[Meta](t, `{namespace: shop, labels: {owner: helm, name: web, version: "12", status: deployed, modifiedAt: "1760000000"}}`))
	require.True(t, ok)
	require.Equal(t, snapshot.Release{Namespace: "shop", Name: "web", Tool: "helm", Revision: 12, Status: "deployed", UpdatedAt: new(time.Unix(1760000000, 0).UTC())}, r)
	_, ok = ReleaseRecord(&Meta{})
	require.False(t, ok)
}

func TestNodeRecord(t *testing.T) {
	n := NodeRecord(fromYAML[Node](t, `
metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: "", topology.kubernetes.io/zone: a}}
spec: {providerID: "aws:///eu-1/i-0123", podCIDR: 10.1.0.0/24}
status:
  capacity: {cpu: "4", memory: 16384Mi, pods: "110"}
  conditions: [{type: Ready, status: "True", message: secret}]
  nodeInfo: {kubeletVersion: v1.36.1}`))
	require.Equal(t, snapshot.Node{Name: "n1", Roles: []string{"control-plane"}, Zone: "a", ProviderScheme: "aws", PodCIDRs: []string{"10.1.0.0/24"},
		Capacity: &snapshot.Amounts{CPUMillicores: 4000, MemoryBytes: 16 << 30, Pods: 110}, KubeletVersion: "v1.36.1",
		Conditions: []snapshot.Condition{{Type: "Ready", Status: "True"}}}, n)
}

// Each of twenty thousand variables may refer to the one before it twice: what they grow to is bounded in all.
func TestVariablesThatReferToEachOtherDoNotGrowWithoutEnd(t *testing.T) {
	variables := []Variable{{Name: "V0", Value: "0123456789"}}
	for i := 1; i < 2000; i++ {
		variables = append(variables, Variable{Name: fmt.Sprintf("V%d", i), Value: fmt.Sprintf("$(V%d)$(V%d)", i-1, i-1)})
	}
	total := 0
	for _, value := range literalVariables(variables) {
		total += len(value)
	}
	require.Less(t, total, 2*maxGrowth)
	require.Equal(t, "01234567890123456789", literalVariables(variables)["V1"])
}

func TestSelectorsStopAtTheirBound(t *testing.T) {
	targets := Targets{Bound: &SelectorBound{Comparisons: 100, References: 5}}
	for i := range 4 {
		targets.Add(snapshot.Ref{Kind: "Deployment", Namespace: "x", Name: fmt.Sprint(i)}, map[string]string{"app": "a"})
	}
	service := func() (snapshot.Service, bool) {
		record := snapshot.Service{Namespace: "x", HasSelector: true}
		object := &Service{}
		object.Spec.Selector = map[string]string{"app": "a"}
		told := targets.ResolveService(&record, object)
		return record, told
	}
	first, told := service()
	require.True(t, told)
	require.Len(t, first.Selects, 4)
	second, told := service()
	require.False(t, told, "eight references are more than five")
	require.Empty(t, second.Selects)
	require.True(t, second.SelectorUnresolved, "what it selects can't be told")

	targets.Bound = &SelectorBound{Comparisons: 7, References: 100}
	budget := snapshot.DisruptionBudget{Namespace: "x"}
	everything := &Budget{}
	everything.APIVersion, everything.Spec.Selector = "policy/v1", &LabelSelector{}
	require.True(t, targets.ResolveBudget(&budget, everything), "four comparisons")
	require.False(t, targets.ResolveBudget(&budget, everything))
	require.Empty(t, budget.Selects)
}
