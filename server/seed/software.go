package seed

import "plimsoll/assessments/snapshot"

// The stages of the history at which something changed; a stage is the number of a snapshot, from 0.
const (
	budgetsAdded   = 1
	imagesPinned   = 2
	nodeReplaced   = 3
	drainUnblocked = 4
	customsMoved   = 4 // a service that the customs team brought over from its virtual machines, Java and all
	entryMoved     = 5
	lastStage      = 5
)

const registry = "registry.harbour.example/"

// flags is what a JVM is told by one variable, or by its command line.
func flags(source string, options ...string) *snapshot.Runtime {
	return &snapshot.Runtime{Entry: "java", Options: []snapshot.RuntimeOption{{Source: source, Flags: options}}}
}

// told is a JVM that also says its version, as base images of one's own do.
func told(version string, options ...string) *snapshot.Runtime {
	r := flags("JAVA_TOOL_OPTIONS", options...)
	r.Versions = []snapshot.RuntimeOption{{Source: "JAVA_VERSION", Flags: []string{version}}}
	return r
}

// from changes a workload from a stage on.
func from(stage int, change func(w *program)) func(int, *program) {
	return func(now int, w *program) {
		if now >= stage {
			change(w)
		}
	}
}

func budget(w *program) { w.budget = "maxUnavailable=1" }

func image(reference string) func(*program) { return func(w *program) { w.image = reference } }

// software is what runs on the example's clusters: a freight company's shop, warehouse, fleet and customs services.
func software() []program {
	all := append(system(), platformServices()...)
	all = append(all, shop()...)
	all = append(all, logistics()...)
	return append(all, data()...)
}

func system() []program {
	const ns = "kube-system"
	return []program{
		{namespace: ns, name: "coredns", image: "registry.k8s.io/coredns/coredns:v1.13.1", replicas: 2, cpu: 100, memory: 70, limit: 170, service: "ClusterIP", budget: "maxUnavailable=1"},
		{namespace: ns, name: "kube-proxy", kind: "DaemonSet", image: "registry.k8s.io/kube-proxy:v1.35.4", probes: noProbes},
		{namespace: ns, name: "calico-node", kind: "DaemonSet", image: "quay.io/calico/node:v3.31.2", cpu: 250, probes: onlyReady},
		{namespace: ns, name: "calico-kube-controllers", image: "quay.io/calico/kube-controllers:v3.31.2", replicas: 1, probes: onlyReady},
		{namespace: ns, name: "metrics-server", image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0", replicas: 2, cpu: 100, memory: 200, service: "ClusterIP"},
	}
}

func platformServices() []program {
	return []program{
		{namespace: "metallb-system", name: "controller", image: "quay.io/metallb/controller:v0.15.3", replicas: 1, cpu: 50, memory: 100, release: "metallb", chart: "metallb-0.15.3"},
		{namespace: "metallb-system", name: "speaker", kind: "DaemonSet", image: "quay.io/metallb/speaker:v0.15.3", cpu: 50, memory: 100, release: "metallb", chart: "metallb-0.15.3"},
		{namespace: "ingress", name: "ingress-nginx-controller", image: "registry.k8s.io/ingress-nginx/controller:v1.14.1", replicas: 4, cpu: 500, memory: 512, limit: 1024,
			service: "LoadBalancer Local", budget: "maxUnavailable=1", release: "ingress-nginx", chart: "ingress-nginx-4.14.1", criticality: "critical"},
		{namespace: "cert-manager", name: "cert-manager", image: "quay.io/jetstack/cert-manager-controller:v1.19.2", replicas: 1, cpu: 50, memory: 128, release: "cert-manager", chart: "cert-manager-1.19.2"},
		{namespace: "cert-manager", name: "cert-manager-webhook", image: "quay.io/jetstack/cert-manager-webhook:v1.19.2", replicas: 2, cpu: 50, memory: 64, service: "ClusterIP", release: "cert-manager", chart: "cert-manager-1.19.2"},
		{namespace: "monitoring", name: "prometheus", kind: "StatefulSet", image: "quay.io/prometheus/prometheus:v3.8.1", replicas: 2, cpu: 1000, memory: 8192, limit: 12288, service: "ClusterIP", budget: "maxUnavailable=1", release: "monitoring", chart: "kube-prometheus-stack-80.4.1", claims: true},
		{namespace: "monitoring", name: "alertmanager", kind: "StatefulSet", image: "quay.io/prometheus/alertmanager:v0.30.0", replicas: 2, cpu: 50, memory: 128, service: "ClusterIP", release: "monitoring", chart: "kube-prometheus-stack-80.4.1"},
		{namespace: "monitoring", name: "grafana", image: "docker.io/grafana/grafana:12.3.1", replicas: 1, cpu: 100, memory: 256, service: "ClusterIP", release: "monitoring", chart: "kube-prometheus-stack-80.4.1"},
		{namespace: "monitoring", name: "log-shipper", kind: "DaemonSet", image: "docker.io/fluent/fluent-bit:4.2.0", cpu: 100, memory: 128, release: "logging", chart: "fluent-bit-0.54.0"},
		{namespace: "identity", name: "keycloak", kind: "StatefulSet", image: "quay.io/keycloak/keycloak:26.4.7", replicas: 2, cpu: 500, memory: 1536, limit: 2048, java: flags("JAVA_OPTS_KC_HEAP", "-XX:MaxRAMPercentage=60"),
			service: "ClusterIP", budget: "minAvailable=2", startSeconds: 48, release: "keycloak", chart: "keycloak-7.1.5", later: from(drainUnblocked, budget)},
		{namespace: "identity", name: "directory-sync", kind: "CronJob", image: registry + "identity/directory-sync:1.9.0", replicas: 0, cpu: 50, memory: 64, release: "directory-sync", chart: "job-0.4.2"},
	}
}

func shop() []program {
	return []program{
		{namespace: "shop", name: "storefront", image: registry + "shop/storefront:8.14.2", replicas: 4, cpu: 300, memory: 384, limit: 512, service: "ClusterIP", release: "storefront", chart: "web-3.2.0", later: from(budgetsAdded, budget)},
		{namespace: "shop", name: "basket", image: registry + "shop/basket:5.3.0", replicas: 3, cpu: 200, memory: 256, limit: 384, service: "ClusterIP", release: "basket", chart: "web-3.2.0", later: from(budgetsAdded, budget)},
		{namespace: "shop", name: "orders", image: "eclipse-temurin:21.0.9_10-jre", replicas: 3, cpu: 500, memory: 1536, limit: 2048, java: flags("JAVA_TOOL_OPTIONS", "-Xmx1g", "-XX:+UseG1GC"), service: "ClusterIP", startSeconds: 34, release: "orders", chart: "spring-2.8.1", criticality: "critical", later: from(budgetsAdded, budget)},
		{namespace: "shop", name: "pricing", image: "eclipse-temurin:21.0.9_10-jre", replicas: 2, cpu: 500, memory: 1024, limit: 1536, java: flags("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=65"), service: "ClusterIP", startSeconds: 29, release: "pricing", chart: "spring-2.8.1"},
		{namespace: "shop", name: "search", image: registry + "shop/search:2.20.4", replicas: 2, cpu: 400, memory: 512, limit: 768, service: "ClusterIP", release: "search", chart: "web-3.2.0"},
		{namespace: "shop", name: "images", image: registry + "shop/images:latest", replicas: 2, cpu: 200, memory: 256, service: "ClusterIP", drifted: true, release: "images", chart: "web-3.1.4",
			later: from(imagesPinned, func(w *program) { w.image, w.drifted = registry+"shop/images:1.12.0", false })},
		{namespace: "shop", name: "mailer", image: registry + "shop/mailer:main", replicas: 1, cpu: 50, memory: 96, probes: noProbes, release: "mailer", chart: "worker-1.6.0", later: from(imagesPinned, image(registry+"shop/mailer:3.0.7"))},
		{namespace: "shop", name: "recommendations", image: registry + "shop/recommendations:0.9.3", replicas: 2, service: "ClusterIP", probes: onlyReady, release: "recommendations", chart: "web-3.2.0"},
		{namespace: "shop", name: "session-cache", kind: "StatefulSet", image: "docker.io/library/redis:8.4.0", replicas: 3, cpu: 200, memory: 1024, limit: 1280, port: port{"redis", 6379}, probes: connecting, service: "ClusterIP", release: "session-cache", chart: "redis-0.16.4", claims: true, later: from(budgetsAdded, budget)},
		{namespace: "payments", name: "ledger", image: registry + "payments/ledger:4.2.1", replicas: 3, cpu: 1000, memory: 2048, limit: 2048, java: told("17.0.17", "-Xmx2g"), service: "ClusterIP", startSeconds: 41, budget: "maxUnavailable=1", release: "ledger", chart: "spring-2.8.1", criticality: "critical",
			later: from(customsMoved, func(w *program) { w.limit = 3072 })},
		{namespace: "payments", name: "card-gateway", image: registry + "payments/card-gateway:7.0.3", replicas: 2, cpu: 300, memory: 768, limit: 1280, java: told("21.0.9", "-Xmx768m"), service: "ClusterIP", probes: equal, startSeconds: 26, release: "card-gateway", chart: "spring-2.8.1", criticality: "critical"},
		{namespace: "payments", name: "invoices", image: registry + "payments/invoices:3.3.0", replicas: 1, cpu: 200, memory: 768, limit: 1024, java: flags("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=70"), service: "ClusterIP", probes: slowToStart, startSeconds: 38, release: "invoices", chart: "spring-2.7.0"},
		{namespace: "payments", name: "fraud-check", image: registry + "payments/fraud-check:1.4.9", replicas: 2, cpu: 500, memory: 1024, limit: 1536, service: "ClusterIP", probes: noProbes, release: "fraud-check", chart: "web-3.1.4", later: from(nodeReplaced, func(w *program) { w.probes = onlyReady })},
		{namespace: "payments", name: "exchange-rates", image: registry + "payments/exchange-rates:2.1.0", replicas: 2, cpu: 50, memory: 64, limit: 128, service: "ClusterIP", release: "exchange-rates", chart: "web-3.2.0"},
		{namespace: "payments", name: "nightly-close", kind: "CronJob", image: registry + "payments/nightly-close:4.2.1", cpu: 500, memory: 1024, limit: 2048, java: told("17.0.17", "-Xmx1g"), release: "ledger", chart: "spring-2.8.1"},
	}
}

func logistics() []program {
	return []program{
		{namespace: "warehouse", name: "stock", image: "eclipse-temurin:17.0.17_10-jre", replicas: 3, cpu: 500, memory: 1536, limit: 2560, java: flags("JAVA_TOOL_OPTIONS", "-Xmx1536m"), service: "ClusterIP", startSeconds: 52, release: "stock", chart: "spring-2.8.1", later: from(budgetsAdded, budget)},
		{namespace: "warehouse", name: "picking", image: registry + "warehouse/picking:6.1.2", replicas: 2, cpu: 300, memory: 512, limit: 768, service: "ClusterIP", release: "picking", chart: "web-3.2.0"},
		{namespace: "warehouse", name: "label-printer", image: registry + "warehouse/label-printer:stable", replicas: 1, cpu: 50, service: "ClusterIP", probes: noProbes, editedByHand: true},
		{namespace: "warehouse", name: "scales", image: registry + "warehouse/scales:1.0.4", replicas: 1, cpu: 50, memory: 64, service: "ClusterIP", probes: onlyReady},
		{namespace: "warehouse", name: "forklift-bridge", image: registry + "warehouse/forklift-bridge:0.8.0", replicas: 2, cpu: 100, memory: 128, service: "ClusterIP", release: "forklift-bridge", chart: "web-3.2.0"},
		{namespace: "fleet", name: "routing", image: "eclipse-temurin:17.0.17_10-jre", replicas: 3, cpu: 2000, memory: 4096, limit: 4096, java: flags("JAVA_TOOL_OPTIONS", "-Xmx3500m"), service: "ClusterIP", startSeconds: 66, killedForMemory: 3, release: "routing", chart: "spring-2.7.0", later: from(budgetsAdded, budget)},
		{namespace: "fleet", name: "positions", image: registry + "fleet/positions:11.0.1", replicas: 4, cpu: 500, memory: 512, limit: 768, service: "ClusterIP", release: "positions", chart: "web-3.2.0", later: from(budgetsAdded, budget)},
		{namespace: "fleet", name: "driver-app", image: registry + "fleet/driver-app:9.4.0", replicas: 3, cpu: 200, memory: 256, limit: 384, service: "ClusterIP", release: "driver-app", chart: "web-3.2.0"},
		{namespace: "fleet", name: "map-tiles", image: registry + "fleet/map-tiles:edge", replicas: 2, cpu: 200, memory: 512, service: "ClusterIP", release: "map-tiles", chart: "web-3.1.4", later: from(imagesPinned, image(registry+"fleet/map-tiles:2026.09"))},
		{namespace: "tracking", name: "device-gateway", image: registry + "tracking/device-gateway:3.7.1", replicas: 3, cpu: 1000, memory: 1024, limit: 2048, port: port{"mqtts", 8883}, probes: connecting, service: "LoadBalancer Local", together: true, release: "device-gateway", chart: "gateway-1.3.0", criticality: "critical", editedByHand: true,
			later: from(entryMoved, func(w *program) { w.together = false })},
		{namespace: "tracking", name: "enrichment", image: registry + "tracking/enrichment:5.0.0", replicas: 3, cpu: 500, memory: 768, limit: 1024, java: flags("JAVA_TOOL_OPTIONS", "-Xmx512m"), probes: onlyReady, release: "enrichment", chart: "worker-1.6.0"},
		{namespace: "tracking", name: "alerts", image: registry + "tracking/alerts:2.2.8", replicas: 2, cpu: 100, memory: 128, limit: 256, service: "ClusterIP", release: "alerts", chart: "web-3.2.0"},
		{namespace: "tracking", name: "public-tracking", image: registry + "tracking/public-tracking:4.6.0", replicas: 2, cpu: 100, memory: 128, limit: 256, service: "LoadBalancer Cluster", release: "public-tracking", chart: "web-3.2.0"},
		{namespace: "customs", name: "edi-gateway", image: registry + "customs/edi-gateway:1.18.0", replicas: 1, cpu: 200, memory: 512, limit: 1024, service: "ExternalIP", probes: onlyReady, release: "edi-gateway", chart: "gateway-1.3.0",
			later: from(drainUnblocked, func(w *program) { w.replicas = 2 })},
		{namespace: "customs", name: "declarations", image: "openjdk:8u151-jre", replicas: 2, cpu: 500, memory: 1024, limit: 1024, java: flags("command", "-Dfile.encoding=UTF-8"), service: "ClusterIP", probes: slowToStart, startSeconds: 44,
			later: func(stage int, w *program) { w.absent = stage < customsMoved }},
		{namespace: "customs", name: "tariffs", image: registry + "customs/tariffs:0.6.1", replicas: 2, cpu: 100, memory: 128, limit: 256, service: "ClusterIP", release: "tariffs", chart: "web-3.2.0"},
		{namespace: "billing", name: "freight-quotes", image: registry + "billing/freight-quotes:2.3.1", replicas: 2, cpu: 200, memory: 512, limit: 768, service: "ClusterIP", release: "freight-quotes", chart: "web-3.2.0"},
		{namespace: "billing", name: "contracts", image: registry + "billing/contracts:1.1.0", replicas: 1, cpu: 100, memory: 768, limit: 1024, java: flags("JAVA_TOOL_OPTIONS", "-Xmx512m"), service: "ClusterIP", startSeconds: 24, release: "contracts", chart: "spring-2.8.1"},
	}
}

func data() []program {
	return []program{
		{namespace: "streaming", name: "kafka", kind: "StatefulSet", image: "confluentinc/cp-kafka:8.0.2", replicas: 3, cpu: 2000, memory: 8192, limit: 8192, java: &snapshot.Runtime{Options: []snapshot.RuntimeOption{{Source: "KAFKA_HEAP_OPTS", Flags: []string{"-Xms5g", "-Xmx5g"}}}},
			port: port{"kafka", 9092}, service: "ClusterIP", probes: impatient, claims: true, release: "kafka", chart: "kafka-5.2.0", criticality: "critical", later: from(budgetsAdded, budget)},
		{namespace: "streaming", name: "schema-registry", image: "confluentinc/cp-schema-registry:8.0.2", replicas: 2, cpu: 200, memory: 1024, limit: 1536, java: &snapshot.Runtime{Options: []snapshot.RuntimeOption{{Source: "SCHEMA_REGISTRY_HEAP_OPTS", Flags: []string{"-Xmx768m"}}}},
			service: "ClusterIP", startSeconds: 31, release: "schema-registry", chart: "schema-registry-1.0.3"},
		{namespace: "streaming", name: "connect", image: registry + "streaming/connect:3.9.1", replicas: 2, cpu: 500, memory: 2048, limit: 3072, java: told("17.0.17", "-Xmx2g"), service: "ClusterIP", probes: slowToStart, startSeconds: 70, release: "connect", chart: "connect-0.7.0"},
		{namespace: "streaming", name: "lag-exporter", image: registry + "streaming/lag-exporter:latest", replicas: 1, probes: noProbes},
		{namespace: "reporting", name: "dashboards", image: "docker.io/metabase/metabase:latest", replicas: 1, memory: 2048, service: "ClusterIP", startSeconds: 58, probes: slowToStart, release: "dashboards", chart: "metabase-2.23.0"},
		{namespace: "reporting", name: "export-worker", image: registry + "reporting/export-worker:nightly", replicas: 2, cpu: 200, memory: 512, probes: noProbes, release: "export-worker", chart: "worker-1.6.0"},
		{namespace: "reporting", name: "warehouse-loader", kind: "CronJob", image: registry + "reporting/warehouse-loader:0.31.0", cpu: 500, memory: 2048, limit: 2048, release: "warehouse-loader", chart: "job-0.4.2"},
		{namespace: "reporting", name: "search-index", kind: "StatefulSet", image: "docker.elastic.co/elasticsearch/elasticsearch:9.2.2", replicas: 3, cpu: 1000, memory: 4096, limit: 6144, port: port{"rest", 9200}, java: &snapshot.Runtime{Options: []snapshot.RuntimeOption{{Source: "ES_JAVA_OPTS", Flags: []string{"-Xmx4g"}}}},
			service: "ClusterIP", probes: onlyReady, claims: true, startSeconds: 75, release: "search-index", chart: "elasticsearch-9.2.2", later: from(budgetsAdded, budget)},
	}
}
