package evidencetest

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// nobodyElse takes from everybody who is signed in what a new cluster gives them, so that a role has to be enough by itself.
const nobodyElse = `
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: system:discovery}, subjects: [],
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:discovery}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: system:public-info-viewer}, subjects: [],
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:public-info-viewer}}
`

// right is one thing that the role allows: one verb on one resource, on one object of it, or on one path.
type right struct{ group, resource, name, path, verb string }

func (r right) String() string {
	what := strings.TrimSuffix(r.resource+"."+r.group, ".")
	return strings.Join(slices.DeleteFunc([]string{r.verb, what, r.name, r.path}, func(s string) bool { return s == "" }), " ")
}

// rulesOf makes a role of rights.
func rulesOf(rights []right) []kubetest.Rule {
	var rules []kubetest.Rule
	lists := map[string]int{} // group → its rule
	for _, r := range rights {
		switch at, has := lists[r.group]; {
		case r.path != "":
			rules = append(rules, kubetest.Rule{NonResourceURLs: []string{r.path}, Verbs: []string{r.verb}})
		case r.name != "":
			rules = append(rules, kubetest.Rule{APIGroups: []string{r.group}, Resources: []string{r.resource}, ResourceNames: []string{r.name}, Verbs: []string{r.verb}})
		case has:
			rules[at].Resources = append(rules[at].Resources, r.resource)
		default:
			lists[r.group] = len(rules)
			rules = append(rules, kubetest.Rule{APIGroups: []string{r.group}, Resources: []string{r.resource}, Verbs: []string{r.verb}})
		}
	}
	return rules
}

// rightsOf takes the role that a collection with these options asks for apart.
func rightsOf(t *testing.T, o cluster.Options) []right {
	t.Helper()
	grants := cluster.Rights(o)
	require.Len(t, grants, 1)
	var rights []right
	for _, rule := range grants[0].Rules {
		require.Len(t, rule.Verbs, 1)
		names := rule.Names
		if len(names) == 0 {
			names = []string{""}
		}
		for _, path := range rule.URLs {
			rights = append(rights, right{path: path, verb: rule.Verbs[0]})
		}
		for _, resource := range rule.Resources {
			for _, name := range names {
				rights = append(rights, right{group: rule.Group, resource: resource, name: name, verb: rule.Verbs[0]})
			}
		}
	}
	return rights
}

// loss is what goes with a right.
type loss struct {
	noted   string   // the resource by which the snapshot says that it was forbidden
	whole   []string // parts that are no longer collected whole
	unknown []string // rules that no longer know what they have to say of something
}

// overWorkloads are the rules that judge workloads and containers.
func overWorkloads() []string {
	var rules []string
	for _, rule := range content.V1().Rules.All() {
		if rule.SubjectKind == "workload" || rule.SubjectKind == "container" {
			rules = append(rules, rule.ID)
		}
	}
	return rules
}

func (l loss) String() string {
	unknown := l.unknown
	if all := overWorkloads(); len(all) > 0 && !slices.ContainsFunc(all, func(r string) bool { return !slices.Contains(unknown, r) }) {
		unknown = slices.DeleteFunc(slices.Clone(unknown), func(r string) bool { return slices.Contains(all, r) })
		unknown = append([]string{"every rule about workloads"}, unknown...)
	}
	return fmt.Sprintf("forbidden: %s; not whole: %s; unknown: %s\n", l.noted, cmp.Or(strings.Join(l.whole, ", "), "-"), cmp.Or(strings.Join(unknown, ", "), "-"))
}

var update = flag.Bool("update", false, "rewrite the golden files")

// fallbacks are objects that are asked for only where another is not there.
var fallbacks = map[string]string{"kube-proxy-config": "kube-proxy's configuration has another name in some clusters"}

// unneeded are the rights without which no rule loses anything, and what they are for.
var unneeded = map[string]string{
	"get /apis":                                      "without it every extension is asked for, and what is not there says so",
	"get namespaces kube-system":                     "it says which cluster this is",
	"get configmaps cilium-config":                   "this cluster has another network plugin",
	"list ippools.crd.projectcalico.org":             otherPlugin,
	"list bgpconfigurations.crd.projectcalico.org":   otherPlugin,
	"list bgppeers.crd.projectcalico.org":            otherPlugin,
	"list felixconfigurations.crd.projectcalico.org": otherPlugin,
	"list ciliumpodippools.cilium.io":                otherPlugin,
	"list backups.velero.io":                         shownAlone,
	"list schedules.velero.io":                       shownAlone,
	"list volumesnapshots.snapshot.storage.k8s.io":   shownAlone,
}

const (
	otherPlugin = "the plugin of this cluster is another, so that nothing hangs on it but networking/bgp-topology"
	shownAlone  = "signs of backups are shown beside the answers, and no rule judges them"
)

// TestWithoutAnyOneRight takes one right after the other out of the role. The collection still ends well and names what is missing; a
// rule that needs it says that it does not know, and no rule says anything else than it would have said.
func TestWithoutAnyOneRight(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "audit.log")
	server := world(t, "faulty", kubetest.AuditLog(log))
	server.Apply(t, []byte(nobodyElse))
	options := cluster.Options{CollectorVersion: "test", TakenAt: moment, APIMetrics: true, HashKey: []byte("to be compared")}
	whole, _ := collectAs(t, server.Kubeconfig, options)
	all := rightsOf(t, options)
	kubeconfig := server.KubeconfigFor(t, "whole-role", rulesOf(all)...)

	t.Run("the role is enough", func(t *testing.T) {
		raw, summary := collectAs(t, kubeconfig, options)
		require.Empty(t, summary.Refused)
		require.Equal(t, comparable(t, whole), comparable(t, raw), "an administrator sees no more")
		requireUsed(t, log, all, summary.Requests)
	})
	had := saidOf(judged(t, whole, moment, 1_000_000))
	found := make([]string, len(all))
	t.Run("less one", func(t *testing.T) {
		for i, lost := range all {
			if fallbacks[lost.name] != "" {
				continue
			}
			t.Run(lost.String(), func(t *testing.T) {
				t.Parallel()
				raw, summary := collectAs(t, server.KubeconfigFor(t, fmt.Sprintf("lacks-%d", i), rulesOf(slices.Delete(slices.Clone(all), i, i+1))...), options)
				loss := compared(t, had, whole, raw, summary)
				require.Equal(t, len(loss.unknown) == 0, unneeded[lost.String()] != "", "either a rule needs it, or it is said why none does: %v", loss.unknown)
				found[i] = lost.String() + "\n    " + loss.String()
			})
		}
	})
	golden(t, "rights.golden", strings.Join(found, ""))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// compared holds a snapshot that was taken without one right against the whole one.
func compared(t *testing.T, had map[subject]assessments.Outcome, whole, raw []byte, summary cluster.Summary) loss {
	t.Helper()
	require.NotEmpty(t, summary.Refused)
	found := loss{noted: summary.Refused[0].Resource}
	for _, note := range summary.Refused {
		require.Equal(t, "forbidden", note.Reason)
		require.Equal(t, found.noted, note.Resource)
	}
	require.Subset(t, records(t, raw), asRecords(summary.Refused), "the notes stand in the snapshot")
	before, after := records(t, whole)[0].(snapshot.Header).Scope, records(t, raw)[0].(snapshot.Header).Scope
	require.Empty(t, before.Refused)
	require.Subset(t, before.Collected, after.Collected)
	for _, resource := range before.Collected {
		if !slices.Contains(after.Collected, resource) {
			found.whole = append(found.whole, resource)
		}
	}
	if summary.Refused[0].Namespace == "" && !slices.Contains([]string{"version", "apis"}, found.noted) {
		require.Equal(t, []string{found.noted}, after.Refused)
	}

	now := saidOf(judged(t, raw, moment, 1_000_000))
	unknown, gone := map[string]bool{}, map[string]subject{}
	for of, was := range had {
		is, there := now[of]
		switch {
		case !there:
			gone[of.rule] = of
		case is.Result == was.Result:
		case is.Result == assessments.Unknown:
			unknown[of.rule] = true
		default:
			require.Equal(t, excused[of.rule], [2]assessments.Result{was.Result, is.Result}, "%s of %s: %s%s", of.rule, of.name, is.Reason, is.Failure().Message)
		}
	}
	for of, is := range now {
		if _, there := had[of]; !there {
			require.Equal(t, assessments.Unknown, is.Result, "%s has something new to say of %s: %s%s", of.rule, of.name, is.Reason, is.Failure().Message)
			unknown[of.rule] = true
		}
	}
	for rule, of := range gone {
		known := had[of].Result == assessments.Pass || had[of].Result == assessments.Fail
		require.True(t, unknown[rule] || !known, "%s says nothing of %s any more, and not that it does not know", rule, of.name)
	}
	found.unknown = slices.Sorted(maps.Keys(unknown))
	return found
}

// excused are rules that may say this where they would have said that.
var excused = map[string][2]assessments.Result{
	// Who has a grace period that is long enough for whoever is served passes where somebody is served, and is not concerned where nobody is.
	"probes/termination": {assessments.Pass, assessments.NotApplicable},
}

// subject is what a rule says something of.
type subject struct{ rule, kind, name string }

func saidOf(in assessments.Input) map[subject]assessments.Outcome {
	said := map[subject]assessments.Outcome{}
	for _, rule := range content.V1().Rules.All() {
		outcomes, _ := assessments.OutcomesOf(in, rule.ID)
		for _, o := range outcomes {
			said[subject{rule.ID, o.Subject().Kind, o.Subject().String()}] = o
		}
	}
	return said
}

func collectAs(t *testing.T, kubeconfig string, o cluster.Options) ([]byte, cluster.Summary) {
	t.Helper()
	client, err := cluster.Connect(cluster.Connection{Kubeconfig: kubeconfig, QPS: 1000, UserAgent: userAgent(t)})
	require.NoError(t, err)
	var out bytes.Buffer
	summary, err := cluster.Collect(t.Context(), client, o, &out)
	require.NoError(t, err)
	return out.Bytes(), summary
}

// userAgent tells the requests of one test from those of others in the audit log.
func userAgent(t *testing.T) string {
	return "plimsoll-collect/" + strings.ReplaceAll(t.Name(), " ", "-")
}

// comparable are the records but for what the server counts while it is asked.
func comparable(t *testing.T, raw []byte) []snapshot.Record {
	t.Helper()
	return slices.DeleteFunc(records(t, raw), func(r snapshot.Record) bool {
		_, isTrailer := r.(snapshot.Trailer)
		_, isUse := r.(snapshot.APIUse)
		return isTrailer || isUse
	})
}

func asRecords(notes []snapshot.Note) []snapshot.Record {
	var all []snapshot.Record
	for _, note := range notes {
		all = append(all, note)
	}
	return all
}

// event is the part of an event of the API server's audit log that is read.
type event struct {
	Verb           string
	UserAgent      string
	RequestURI     string
	ResponseStatus struct{ Code int }
	ObjectRef      struct{ APIGroup, Resource, Subresource, Name string }
}

// audited are the requests of this test, as the API server saw them.
func audited(t *testing.T, log string) []event {
	t.Helper()
	file, err := os.Open(log)
	require.NoError(t, err)
	defer file.Close()
	var events []event
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		if e.UserAgent == userAgent(t) {
			events = append(events, e)
		}
	}
	require.NoError(t, lines.Err())
	return events
}

// requireUsed asks that the API server saw the collector use every right, and nothing beyond.
func requireUsed(t *testing.T, log string, all []right, requests int) {
	t.Helper()
	events := audited(t, log)
	require.Len(t, events, requests, "each request is in the log")
	used := map[right]bool{}
	for _, e := range events {
		require.Less(t, e.ResponseStatus.Code, 500, e.RequestURI)
		require.NotContains(t, []int{401, 403}, e.ResponseStatus.Code, e.RequestURI)
		require.NotContains(t, e.RequestURI, "watch")
		require.Empty(t, e.ObjectRef.Subresource, "no log, no exec, no proxy: %s", e.RequestURI)
		did := right{group: e.ObjectRef.APIGroup, resource: e.ObjectRef.Resource, name: e.ObjectRef.Name, verb: e.Verb}
		if did.resource == "" {
			did.path, _, _ = strings.Cut(e.RequestURI, "?")
		}
		require.Contains(t, all, did, e.RequestURI)
		used[did] = true
	}
	for _, r := range all {
		require.True(t, used[r] || fallbacks[r.name] != "", "nobody used the right to %s", r)
	}
}
