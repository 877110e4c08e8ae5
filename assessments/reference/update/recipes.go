package main

import (
	"context"
	"fmt"
	"strings"

	"plimsoll/assessments/reference"
)

// recipe says how a file is kept: what is read, how a row is made of it, and which steps a program does.
type recipe struct {
	reads []string // exactly what, by a person or a step
	row   string   // how a row is made, and when it may not deduct
	steps []step
}

// step reads one source.
type step struct {
	what string
	key  []string // the fields that name a row
	read func(context.Context, upstream) ([]row, error)
}

func (r recipe) text(file reference.File) string {
	var b strings.Builder
	b.WriteString("Read:\n")
	for _, read := range r.reads {
		fmt.Fprintf(&b, "- %s\n", read)
	}
	fmt.Fprintf(&b, "\nA row: %s\n\nSources of the file as it stands:\n", r.row)
	for _, source := range file.Sources {
		fmt.Fprintf(&b, "- %s\n", source)
	}
	return b.String()
}

func managed(provider, product string) step {
	return of(product, []string{"provider", "minor"}, func(c cycle) row {
		return row{{"provider", provider}, {"minor", c.Name}, {"available", c.Released}, {"standardEnd", c.End}, {"extendedEnd", c.Extended}}
	})
}

func operatingSystem(name, product string) step {
	return of(product, []string{"os", "line"}, func(c cycle) row {
		return row{{"os", name}, {"line", c.Name}, {"endOfLife", c.End}, {"extendedEnd", c.Extended}}
	})
}

var minor = []string{"minor"}

// recipes of all files; a test holds that none is missing.
var recipes = map[string]recipe{
	"addons": {
		reads: []string{"cluster add-on versions in kubernetes/kubernetes cluster/addons and cmd/kubeadm/app/constants at the tag of each minor (CoreDNS, etcd)", "each add-on's own compatibility page"},
		row:   "one for each add-on and minor, with the version that the release itself ships; what a page only recommends is of medium confidence",
	},
	"cni": {
		reads: []string{"each project's releases and compatibility page: Calico (docs.tigera.io, system requirements), Cilium (docs.cilium.io, Kubernetes compatibility), Flannel, Antrea, kube-router, Weave Net, and the clouds' own plugins"},
		row:   "one for each line, with the minors that its own page names as tested, its end where the project states one, and whether it enforces NetworkPolicies; a minor that no page names stays out, and is untested",
	},
	"helm": {
		reads: []string{"helm.sh/docs/topics/version_skew", "github.com/helm/helm releases"},
		row:   "one for each minor of Helm with the range of Kubernetes minors that the page names",
	},
	"in-tree-volumes": {
		reads: []string{"kubernetes/website content/en/docs/concepts/storage/volumes.md: the entries of deprecated and removed types", "kubernetes/enhancements KEP-625 and its children (CSI migration), KEP-2395 (in-tree cloud providers)"},
		row:   "one for each field of a volume: the driver that serves it by migration, the minor from which that can't be switched off, and the minor without the in-tree code",
	},
	"java-containers": {
		reads: []string{"bugs.openjdk.org: the issues that the rows name, with their backports (fix versions)", "openjdk/jdk, openjdk/jdk8u, eclipse-openj9/openj9: src of os::Linux::container and the flag tables at each line's newest tag"},
		row:   "one for each change, with the first version of each line that has it by the issue's backports; a version known by experiment alone is of low confidence",
	},
	"java-environment": {
		reads: []string{"openjdk/jdk src/java.base/share/native/libjli/args.c and src/hotspot/share/runtime/arguments.cpp", "eclipse-openj9 documentation, environment variables", "the start script of each image family, at the tag that its row names"},
		row:   "one for each variable, with who reads it (the JVM, the launcher, a script) and in which order; a script that could not be read is no row",
	},
	"java-images": {
		reads: []string{"the Dockerfile or Jib, Buildpack or Distroless configuration of each image family, at the commit that its row names", "release notes of products that bundle a JDK"},
		row:   "one for each family with the pattern of its repository and how its tag tells the Java version; a product's bundled JDK by the product's own table. Never by the tag's looks alone",
	},
	"java-releases": {
		reads: []string{productURL("eclipse-temurin"), productURL("amazon-corretto"), productURL("oracle-jdk")},
		row:   "one for each feature release; ends.temurin, ends.corretto and ends.oracle… are the days of the three products. Secondary, so of medium confidence; a vendor's own page goes before it",
		steps: []step{
			of("eclipse-temurin", []string{"line"}, func(c cycle) row { return row{{"line", c.Name}, {"ends.temurin", c.End}} }),
			of("amazon-corretto", []string{"line"}, func(c cycle) row { return row{{"line", c.Name}, {"ends.corretto", c.End}} }),
		},
	},
	"kubernetes-releases": {
		reads: []string{"Go module versions of k8s.io/api, tagged with Kubernetes (v0.34.2 is 1.34.2): go list -m -versions, go mod download -json", productURL("kubernetes"), "kubernetes/website data/releases/schedule.yaml and eol.yaml, by eye, before a day is trusted"},
		row:   "one for each minor; the patch and its day from the module's tags, release and end from the product's page held against the website. The end of a minor that nobody has published a day for is state: estimated, 14 months after its release",
		steps: []step{
			{what: "Go module versions of k8s.io/api", key: minor, read: newestPatches},
			of("kubernetes", minor, func(c cycle) row {
				return row{{"minor", c.Name}, {"released", c.Released}, {"maintenanceFrom", c.Support}, {"endOfLife", c.End}}
			}),
		},
	},
	"load-balancers": {
		reads: []string{"the annotations page of each controller: AWS Load Balancer Controller, cloud-provider-gcp, cloud-provider-azure, MetalLB, kube-vip, Cilium"},
		row:   "one for each annotation or class that tells whether a balancer addresses pods, nodes or one node; what no page says is no row",
	},
	"managed-lifecycles": {
		reads: []string{productURL("amazon-eks"), productURL("google-kubernetes-engine"), productURL("azure-kubernetes-service")},
		row:   "one for each provider and minor: available, end of standard and of extended support. For GKE of the regular channel. Secondary, so of medium confidence",
		steps: []step{managed("eks", "amazon-eks"), managed("gke", "google-kubernetes-engine"), managed("aks", "azure-kubernetes-service")},
	},
	"networking": {
		reads: []string{"kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go and pkg/proxy/iptables/number_generated_rules_test.go at the newest tag", "torvalds/linux Documentation/networking/nf_conntrack-sysctl.rst", "kubernetes/enhancements KEP-3866 and KEP-5495 (modes of kube-proxy)"},
		row:   "defaults as constants of the code; the rule formula fitted to every case of the upstream test, which a test of ours holds",
	},
	"os": {
		reads: []string{productURL("ubuntu"), productURL("debian"), "endoflife.date's pages of the other systems, by eye: their lines are named otherwise than in os-release"},
		row:   "one for each line, with the pattern of PRETTY_NAME in its os-release, the end of the vendor's regular security support and of what is given beyond it; a system that updates itself as an image has none",
		steps: []step{operatingSystem("Ubuntu", "ubuntu"), operatingSystem("Debian", "debian")},
	},
	"probes": {
		reads: []string{"k8s.io/api core/v1 types.go (type Probe)", "kubernetes/kubernetes pkg/kubelet/prober/worker.go", "kubernetes/enhancements KEP-950, 2727, 2238, 753", "the charts and operators that product rows name, at their commits"},
		row:   "defaults and bounds from the types; a product's recovery time with the page that states it; a figure from experience alone is of low confidence and deducts nothing",
	},
	"products": {
		reads: []string{"the image's page in its registry, and the project's documentation"},
		row:   "one for each product with the last part of its image's repository and what it is for",
	},
	"provisioners": {
		reads: []string{"each distribution's code or documentation for what it writes on nodes, objects and versions", "replicatedhq/troubleshoot pkg/analyze/distribution.go"},
		row:   "one for each sign, in order of precedence: several provisioners use kubeadm underneath. A cloud's provider id proves the cloud and never the managed service",
	},
	"removed-apis": {
		reads: []string{"Go module k8s.io/api at its newest version: every zz_generated.prerelease-lifecycle.go", "FairwindsOps/pluto versions.yaml and doitintl/kube-no-trouble rules, by eye, for third parties and as a second opinion"},
		row:   "one for each group, version and kind that is removed or will be. The tags lead; what another list says otherwise goes to removedElsewhere or conflict. A removal in a minor that is not released is state: planned",
		steps: []step{{what: "Go module k8s.io/api, lifecycle tags", key: []string{"group", "version", "kind"}, read: removedAPIs}},
	},
	"runtimes": {
		reads: []string{productURL("containerd"), "containerd/containerd RELEASES.md: the table of Kubernetes minors, by eye", "cri-o/cri-o README.md", "kubernetes/enhancements KEP-2221, 2254, 4569, 5573"},
		row:   "one for each line, with its end (an end without a day is state: planned) and the minors of the project's own table; another pair is untested",
		steps: []step{of("containerd", []string{"runtime", "line"}, func(c cycle) row {
			return row{{"runtime", "containerd"}, {"line", c.Name}, {"released", c.Released}, {"newest", c.Latest.Name}}
		})},
	},
	"system-namespaces": {
		reads: []string{"the manifests or charts of each provisioner and add-on, for the namespace that they create"},
		row:   "one for each namespace that the platform itself owns; a name that people could choose themselves is no row",
	},
	"upgrade-tools": {
		reads: []string{"each tool's upgrade code or page, at the commit that its row names", "kubernetes-sigs/kubespray README.md at each tag, for what it bundles"},
		row:   "one for each tool: whether it skips minors, and whether it enforces that or only asks for it",
	},
	"version-skew": {
		reads: []string{"kubernetes/website content/en/releases/version-skew-policy.md"},
		row:   "one for each pair of components and range of minors, as the policy of that version says it",
	},
}

// page is docs/reference-data.md.
func page() string {
	var b strings.Builder
	b.WriteString(`<!-- Made by go run ./assessments/reference/update -describe; edit the recipes, not this page. -->

# Reference data

What rules hold platforms against (releases and their ends, removed APIs, Java's way with containers and the like) stands in
` + "`assessments/reference/data`" + `, one YAML file a subject, each row with its source, its state and its confidence. Rules take points only on
rows that are settled, without conflict and not of low confidence. ` + "`plimsoll reference show`" + ` prints files and rows; a file that is older than
six months at the as-of day is called stale there and in every report.

One command brings a file up to date:

    go run ./assessments/reference/update FILE

It reads what the recipe below names, where the network is there, prints which rows differ from the file, and changes nothing itself:
a person reads each row before it stands. Its exit status is 0 where nothing differs, 3 where rows do, and 1 where something could not be
read, saying what (go run itself ends with 1 for both, and prints the status). Files without a step that a program does are read by a person; the command then prints the recipe.
`)
	for _, file := range reference.Files() {
		r := recipes[file.Name]
		by := "a person"
		if len(r.steps) > 0 {
			by = "the command, then a person"
		}
		fmt.Fprintf(&b, "\n## %s\n\nRead by %s:\n\n", file.Name, by)
		for _, read := range r.reads {
			fmt.Fprintf(&b, "- %s\n", read)
		}
		fmt.Fprintf(&b, "\nA row: %s.\n", r.row)
	}
	return b.String()
}
