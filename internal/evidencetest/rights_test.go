package evidencetest

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
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

// right is one thing that a role allows: one verb on one resource, on one object of it, or on one path; in one namespace, or ("") in all.
type right struct{ group, resource, name, path, verb, namespace string }

func (r right) String() string {
	what := strings.TrimSuffix(r.resource+"."+r.group, ".")
	within := ""
	if r.namespace != "" {
		within = "in " + r.namespace
	}
	return strings.Join(slices.DeleteFunc([]string{r.verb, what, r.name, r.path, within}, func(s string) bool { return s == "" }), " ")
}

// rulesOf makes roles of rights, by namespace.
func rulesOf(rights []right) map[string][]kubetest.Rule {
	all := map[string][]kubetest.Rule{}
	for _, r := range rights {
		all[r.namespace] = nil
	}
	for namespace := range all {
		all[namespace] = roleOf(slices.DeleteFunc(slices.Clone(rights), func(r right) bool { return r.namespace != namespace }))
	}
	return all
}

func roleOf(rights []right) []kubetest.Rule {
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

// rightsOf takes the roles that a collection with these options asks for apart.
func rightsOf(o cluster.Options) (rights []right) {
	for _, grant := range cluster.Rights(o) {
		for _, rule := range grant.Rules {
			names := rule.Names
			if len(names) == 0 {
				names = []string{""}
			}
			for _, verb := range rule.Verbs {
				for _, path := range rule.URLs {
					rights = append(rights, right{path: path, verb: verb})
				}
				for _, resource := range rule.Resources {
					for _, name := range names {
						rights = append(rights, right{group: rule.Group, resource: resource, name: name, verb: verb, namespace: grant.Namespace})
					}
				}
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
	for _, c := range []struct {
		golden  string
		options cluster.Options
		taken   func(right) bool
	}{
		{"rights.golden", cluster.Options{APIMetrics: true}, func(right) bool { return true }},
		{"rights-lifecycle.golden", cluster.Options{Namespaces: []string{"lifecycle"}}, func(r right) bool {
			return !strings.Contains(strings.TrimSuffix(r.group, ".k8s.io"), ".") // those of extensions are all alike
		}},
		{"rights-kube-system.golden", cluster.Options{Namespaces: []string{"kube-system"}}, func(r right) bool { return r.name != "" }},
	} {
		t.Run(strings.TrimSuffix(c.golden, ".golden"), func(t *testing.T) {
			c.options.CollectorVersion, c.options.TakenAt, c.options.HashKey = "test", moment, []byte("to be compared")
			whole, administrator := collectAs(t, server.Kubeconfig, c.options)
			all := rightsOf(c.options)
			t.Run("the role is enough", func(t *testing.T) {
				raw, summary := collectAs(t, server.KubeconfigWithin(t, nameOf(t), rulesOf(all)), c.options)
				require.Equal(t, administrator.Refused, summary.Refused)
				require.Equal(t, comparable(t, whole), comparable(t, raw), "an administrator sees no more")
				requireUsed(t, log, all, summary.Requests)
			})
			had := saidOf(judged(t, whole, moment, 1_000_000))
			found := make([]string, len(all))
			t.Run("less one", func(t *testing.T) {
				for i, lost := range all {
					if fallbacks[lost.name] != "" || !c.taken(lost) {
						continue
					}
					t.Run(lost.String(), func(t *testing.T) {
						t.Parallel()
						raw, summary := collectAs(t, server.KubeconfigWithin(t, nameOf(t), rulesOf(slices.Delete(slices.Clone(all), i, i+1))), c.options)
						loss := compared(t, had, whole, raw, without(summary.Refused, administrator.Refused))
						if len(c.options.Namespaces) == 0 {
							require.Equal(t, len(loss.unknown) == 0, unneeded[lost.String()] != "", "either a rule needs it, or it is said why none does: %v", loss.unknown)
						}
						found[i] = lost.String() + "\n    " + loss.String()
					})
				}
			})
			golden(t, c.golden, strings.Join(found, ""))
		})
	}
}

// nameOf is a user of the test's own.
func nameOf(t *testing.T) string {
	sum := sha256.Sum256([]byte(t.Name()))
	return "user-" + hex.EncodeToString(sum[:8])
}

func without(notes, known []snapshot.Note) []snapshot.Note {
	return slices.DeleteFunc(slices.Clone(notes), func(n snapshot.Note) bool { return slices.Contains(known, n) })
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
func compared(t *testing.T, had map[subject]assessments.Outcome, whole, raw []byte, refused []snapshot.Note) loss {
	t.Helper()
	require.NotEmpty(t, refused)
	found := loss{noted: refused[0].Resource}
	for _, note := range refused {
		require.Equal(t, "forbidden", note.Reason)
		require.Equal(t, found.noted, note.Resource)
	}
	require.Subset(t, records(t, raw), asRecords(refused), "the notes stand in the snapshot")
	before, after := records(t, whole)[0].(snapshot.Header).Scope, records(t, raw)[0].(snapshot.Header).Scope
	require.Subset(t, before.Collected, after.Collected)
	for _, resource := range before.Collected {
		if !slices.Contains(after.Collected, resource) {
			found.whole = append(found.whole, resource)
		}
	}
	if (refused[0].Namespace == "" || len(before.Namespaces) == 1) && !slices.Contains([]string{"version", "apis", "configmaps"}, found.noted) {
		require.Equal(t, slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(before.Refused), found.noted)))), after.Refused)
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
	if len(before.Namespaces) > 0 { // of the cluster a rule may say that it does not know, right or no right
		for of, is := range now {
			if _, lost := gone[of.rule]; lost && of.kind == "Cluster" && is.Result == assessments.Unknown {
				unknown[of.rule] = true
			}
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
	ObjectRef      struct{ APIGroup, Resource, Subresource, Name, Namespace string }
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
		did := right{group: e.ObjectRef.APIGroup, resource: e.ObjectRef.Resource, name: e.ObjectRef.Name, verb: e.Verb, namespace: e.ObjectRef.Namespace}
		if did.resource == "" {
			did.path, _, _ = strings.Cut(e.RequestURI, "?")
		}
		if !slices.Contains(all, did) {
			did.namespace = "" // a right in all
		}
		require.Contains(t, all, did, e.RequestURI)
		used[did] = true
	}
	for _, r := range all {
		require.True(t, used[r] || fallbacks[r.name] != "", "nobody used the right to %s", r)
	}
}
