package kube

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
)

type option = snapshot.RuntimeOption

// jvmRecords decodes a resource from YAML and from the JSON of the same, and holds that both give the same records.
func jvmRecords(t *testing.T, text string) []snapshot.CustomResource {
	t.Helper()
	var node yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &node))
	var meta TypeMeta
	require.NoError(t, DecodeNode(node.Content[0], &meta))
	require.True(t, IsCustomResource(meta), "%v", meta)
	r, err := NewJVMResource(meta, func(into any) error { return DecodeNode(node.Content[0], into) })
	require.NoError(t, err)

	var value any
	require.NoError(t, node.Decode(&value))
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	listed, err := NewJVMResource(meta, func(into any) error { return json.Unmarshal(raw, into) })
	require.NoError(t, err)
	require.Equal(t, CustomResourceRecords(r), CustomResourceRecords(listed))
	for _, record := range CustomResourceRecords(r) {
		require.NoError(t, snapshot.Check(record))
	}
	return CustomResourceRecords(r)
}

func TestJVMsOfCustomResources(t *testing.T) {
	const mib = 1 << 20
	bytes := func(mebibytes int64) *int64 { return new(mebibytes * mib) }
	for name, c := range map[string]struct {
		text string
		want []snapshot.CustomResource // kind, version and names are added
	}{
		"an Elasticsearch has a JVM in each set of nodes": {`
apiVersion: elasticsearch.k8s.elastic.co/v1
kind: Elasticsearch
metadata: {name: it, namespace: data}
spec:
  version: 8.11.1
  nodeSets:
  - name: masters
    count: 3
    podTemplate: {spec: {containers: [{name: sidecar, image: x}, {name: elasticsearch, env: [{name: ES_JAVA_OPTS, value: "-Xms2g -Xmx2g -Dsecret=hunter2"}, {name: TOKEN, value: hunter2}], resources: {requests: {memory: 3Gi}, limits: {memory: 4Gi}}}]}}
  - {name: data, count: 2}`, []snapshot.CustomResource{
			{Section: "masters", Replicas: new(3), MemoryLimitBytes: bytes(4096), MemoryRequestBytes: bytes(3072), Options: []option{{Source: "ES_JAVA_OPTS", Flags: []string{"-Xms2g", "-Xmx2g"}}}, Versions: []option{{Source: "version", Flags: []string{"8.11.1"}}}},
			{Section: "data", Replicas: new(2), Versions: []option{{Source: "version", Flags: []string{"8.11.1"}}}},
		}},
		"a node pool names its Kafka by a label, and its roles say whether it holds data": {`
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: it, namespace: data, labels: {strimzi.io/cluster: events}}
spec: {replicas: 3, roles: [controller, broker]}`, []snapshot.CustomResource{{Replicas: new(3), Cluster: "events", Brokers: true}}},
		"a node pool of controllers, with a label that is no name yet": {`
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: it, namespace: data, labels: {strimzi.io/cluster: "${KAFKA}"}}
spec: {replicas: 3, roles: [controller]}`, []snapshot.CustomResource{{Replicas: new(3)}}},
		"a Logstash has one": {`
apiVersion: logstash.k8s.elastic.co/v1alpha1
kind: Logstash
metadata: {name: it, namespace: data}
spec: {version: "8.11.1", count: 2, podTemplate: {spec: {containers: [{name: logstash, env: [{name: LS_JAVA_OPTS, valueFrom: {secretKeyRef: {name: a, key: b}}}]}]}}}`, []snapshot.CustomResource{
			{Replicas: new(2), Options: []option{{Source: "LS_JAVA_OPTS", Unread: true}}, Versions: []option{{Source: "version", Flags: []string{"8.11.1"}}}},
		}},
		"Spark: a driver and executors, memory and overhead": {`
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: it, namespace: data}
spec:
  sparkVersion: 3.5.1
  sparkConf: {spark.driver.extraJavaOptions: "-XX:+UseG1GC -Dpassword=hunter2", spark.eventLog.enabled: true}
  driver: {memory: 512m, memoryOverhead: "384", javaOptions: "-XX:+ExitOnOutOfMemoryError"}
  executor: {instances: 4, memory: 4g}`, []snapshot.CustomResource{
			{Section: "driver", MemoryLimitBytes: bytes(896), MemoryRequestBytes: bytes(896), Versions: []option{{Source: "sparkVersion", Flags: []string{"3.5.1"}}}, Options: []option{
				{Source: "memory", Flags: []string{"-Xmx512m"}}, {Source: "javaOptions", Flags: []string{"-XX:+ExitOnOutOfMemoryError"}}, {Source: "spark.driver.extraJavaOptions", Flags: []string{"-XX:+UseG1GC"}}}},
			{Section: "executor", Replicas: new(4), Options: []option{{Source: "memory", Flags: []string{"-Xmx4g"}}}, Versions: []option{{Source: "sparkVersion", Flags: []string{"3.5.1"}}}},
		}},
		"a scheduled Spark application is its template": {`
apiVersion: sparkoperator.k8s.io/v1beta2
kind: ScheduledSparkApplication
metadata: {name: it, namespace: data}
spec: {template: {driver: {memory: "${DRIVER}", memoryOverhead: 1g}}}`, []snapshot.CustomResource{
			{Section: "driver", Options: []option{{Source: "memory", Unread: true}}},
		}},
		"Flink: process memory, and options for all and for one role": {`
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: it, namespace: data}
spec:
  flinkConfiguration: {env.java.opts.all: "-XX:+UseG1GC", env.java.opts.taskmanager: "-XX:MaxDirectMemorySize=256m", jobmanager.memory.heap.size: 1 gb, s3.secret-key: hunter2}
  jobManager: {resource: {memory: 2048m, cpu: 1}}
  taskManager: {replicas: 3, resource: {memory: "4Gi"}}`, []snapshot.CustomResource{
			{Section: "jobManager", MemoryLimitBytes: bytes(2048), MemoryRequestBytes: bytes(2048), Options: []option{{Source: "jobmanager.memory.heap.size", Flags: []string{"-Xmx1073741824"}}, {Source: "env.java.opts.all", Flags: []string{"-XX:+UseG1GC"}}}},
			{Section: "taskManager", Replicas: new(3), MemoryLimitBytes: bytes(4096), MemoryRequestBytes: bytes(4096), Options: []option{{Source: "env.java.opts.taskmanager", Flags: []string{"-XX:MaxDirectMemorySize=256m"}}, {Source: "env.java.opts.all", Flags: []string{"-XX:+UseG1GC"}}}},
		}},
		"Flink: requests and limits, as the operator's newer versions have them": {`
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: it, namespace: data}
spec:
  jobManager: {resources: {requests: {memory: 2048m, cpu: "1"}}}
  taskManager: {resources: {requests: {memory: 2g}, limits: {memory: 3g}}}`, []snapshot.CustomResource{
			{Section: "jobManager", MemoryLimitBytes: bytes(2048), MemoryRequestBytes: bytes(2048)},
			{Section: "taskManager", MemoryLimitBytes: bytes(3072), MemoryRequestBytes: bytes(2048)},
		}},
		"Druid: options of a group in the place of those for all, and extra ones": {`
apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: it, namespace: data}
spec:
  common.runtime.properties: druid.metadata.storage.connector.password=hunter2
  jvm.options: "-server\n-XX:MaxDirectMemorySize=10240g\n-Duser.timezone=UTC"
  nodes:
    brokers: {replicas: 1, extra.jvm.options: "-Xmx512m\n-Xms512m", resources: {limits: {memory: 1Gi}}}
    middlemanagers: {replicas: 2, jvm.options: "-Xmx256m"}`, []snapshot.CustomResource{
			{Section: "brokers", Replicas: new(1), MemoryLimitBytes: bytes(1024), MemoryRequestBytes: bytes(1024), Options: []option{{Source: "jvm.options", Flags: []string{"-XX:MaxDirectMemorySize=10240g", "-Xmx512m", "-Xms512m"}}}},
			{Section: "middlemanagers", Replicas: new(2), Options: []option{{Source: "jvm.options", Flags: []string{"-Xmx256m"}}}},
		}},
		"cass-operator: options under the names of Cassandra's files": {`
apiVersion: cassandra.datastax.com/v1beta1
kind: CassandraDatacenter
metadata: {name: it, namespace: data}
spec:
  serverVersion: 4.0.1
  size: 3
  resources: {requests: {memory: 2Gi}, limits: {memory: 4Gi}}
  config:
    cassandra-yaml: {authenticator: {a: b}}
    jvm-server-options: {initial_heap_size: 800M, max_heap_size: 2G, additional-jvm-opts: ["-Dcassandra.password=hunter2", "-XX:+UseG1GC"]}`, []snapshot.CustomResource{
			{Replicas: new(3), MemoryLimitBytes: bytes(4096), MemoryRequestBytes: bytes(2048), Options: []option{{Source: "jvm-server-options", Flags: []string{"-XX:+UseG1GC", "-Xms800M", "-Xmx2G"}}}, Versions: []option{{Source: "serverVersion", Flags: []string{"4.0.1"}}}},
		}},
		"K8ssandra: what a datacenter does not set, the cluster sets": {`
apiVersion: k8ssandra.io/v1alpha1
kind: K8ssandraCluster
metadata: {name: it, namespace: data}
spec:
  cassandra:
    serverVersion: "5.0.2"
    resources: {limits: {memory: 4Gi}}
    config: {jvmOptions: {heapSize: 512Mi, additionalOptions: ["-XX:+UseG1GC"]}}
    datacenters:
    - {metadata: {name: dc1}, size: 3}
    - {metadata: {name: dc2}, size: 1, resources: {limits: {memory: 8Gi}}, config: {jvmOptions: {heap_initial_size: 1Gi, heap_max_size: 2Gi}}}`, []snapshot.CustomResource{
			{Section: "dc1", Replicas: new(3), MemoryLimitBytes: bytes(4096), MemoryRequestBytes: bytes(4096), Options: []option{{Source: "jvmOptions", Flags: []string{"-XX:+UseG1GC", "-Xms536870912", "-Xmx536870912"}}}, Versions: []option{{Source: "serverVersion", Flags: []string{"5.0.2"}}}},
			{Section: "dc2", Replicas: new(1), MemoryLimitBytes: bytes(8192), MemoryRequestBytes: bytes(8192), Options: []option{{Source: "jvmOptions", Flags: []string{"-Xms1073741824", "-Xmx2147483648"}}}, Versions: []option{{Source: "serverVersion", Flags: []string{"5.0.2"}}}},
		}},
		"Confluent: a list of overrides": {`
apiVersion: platform.confluent.io/v1beta1
kind: Kafka
metadata: {name: it, namespace: data}
spec:
  replicas: 3
  podTemplate: {resources: {limits: {memory: 6Gi}}}
  configOverrides: {jvm: ["-Xmx4g", "-Xms4g", "-Djavax.net.ssl.trustStorePassword=hunter2"], server: ["auto.create.topics.enable=false", "min.insync.replicas=2"]}`, []snapshot.CustomResource{
			{Replicas: new(3), MinInSync: new(2), MemoryLimitBytes: bytes(6144), MemoryRequestBytes: bytes(6144), Options: []option{{Source: "configOverrides.jvm", Flags: []string{"-Xmx4g", "-Xms4g"}}}},
		}},
		"what is no section or no list of ours stays where it is": {`
apiVersion: platform.confluent.io/v1beta1
kind: ControlCenter
metadata: {name: it, namespace: data}
spec: {replicas: 1}`, []snapshot.CustomResource{{Replicas: new(1)}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := jvmRecords(t, c.text)
			for i := range got {
				require.Equal(t, "it", got[i].Name)
				require.Equal(t, "data", got[i].Namespace)
				require.NotEmpty(t, got[i].ObjectKind)
				require.NotEmpty(t, got[i].APIVersion)
				got[i].Name, got[i].Namespace, got[i].ObjectKind, got[i].APIVersion = "", "", "", ""
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestTwoKindsOfOneNameAreToldByTheirGroup(t *testing.T) {
	for version, want := range map[string]bool{
		"kafka.strimzi.io/v1": true, "platform.confluent.io/v1beta1": true, "example.com/v1": false, "v1": false,
	} {
		require.Equal(t, want, IsCustomResource(TypeMeta{APIVersion: version, Kind: "Kafka"}), version)
	}
	r, err := NewJVMResource(TypeMeta{APIVersion: "v1", Kind: "Kafka"}, func(any) error { t.Fatal("nothing to decode"); return nil })
	require.NoError(t, err)
	require.Nil(t, r)
}

func TestSizesAsSparkAndFlinkReadThem(t *testing.T) {
	for text, want := range map[string]int64{"512m": 512 << 20, "2g": 2 << 30, "2GB": 2 << 30, "384": 384 << 20, "": -1, "lots": -1, "99999999t": -1} {
		got, ok := sparkBytes(text, "m")
		require.Equal(t, want >= 0, ok, text)
		if ok {
			require.Equal(t, want, got, text)
		}
	}
	for text, want := range map[string]int64{"2048m": 2 << 30, "2 gb": 2 << 30, "2Gi": 2 << 30, "1024": 1024, "1 kibibytes": 1024, "0": -1, "": -1, "1.5g": -1, "${MEMORY}": -1} {
		got, ok := flinkBytes(text)
		require.Equal(t, want >= 0, ok, text)
		if ok {
			require.Equal(t, want, got, text)
		}
	}
}
