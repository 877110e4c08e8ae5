package custom

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

func load(t *testing.T, path string) *Set {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	set, err := Load(path, file)
	require.NoError(t, err)
	return set
}

func TestExampleKeepsItsOwnCases(t *testing.T) {
	results := load(t, "testdata/example.yaml").Test()
	require.Len(t, results, 7)
	for _, r := range results {
		require.NoError(t, r.Err, "%s: %s", r.Rule, r.Case)
	}
}

// A case that no longer holds is found.
func TestACaseThatDoesNotHoldIsSaid(t *testing.T) {
	data, err := os.ReadFile("testdata/example.yaml")
	require.NoError(t, err)
	broken := bytes.ReplaceAll(data, []byte(`fails: container.registry != "registry.example.org"`), []byte(`fails: container.registry == "registry.example.org"`))
	set, err := Load("rules.yaml", bytes.NewReader(broken))
	require.NoError(t, err)
	failed := 0
	for _, r := range set.Test() {
		if r.Err != nil {
			failed++
		}
	}
	require.Equal(t, 2, failed)
}

// rule is a whole rule whose given lines take the place of the usual ones.
func rule(lines ...string) string {
	fields := []string{
		"id: custom/x", "title: t", "what: w", "why: y", "mend: m", "severity: low", "subject: container", "fails: container.image == ''",
		"message: g", "expected: e", "evidence: [{what: image, value: container.image}]",
	}
	for _, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		at := -1
		for i, field := range fields {
			if strings.HasPrefix(field, key+":") {
				at = i
			}
		}
		if at >= 0 {
			fields[at] = line
		} else {
			fields = append(fields, line)
		}
	}
	return "rules:\n  - " + strings.Join(fields, "\n    ") + "\n"
}

func TestABadRuleIsRefusedWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no YAML":                     {"rules: [", "rules.yaml:1:1: "},
		"empty":                       {"", "rules.yaml: is empty"},
		"two documents":               {rule() + "---\n{}\n", "more than one document"},
		"no rules":                    {"rules: []\n", "rules.yaml:1:1: holds no rules"},
		"an unknown key":              {rule("sverity: low"), `rules.yaml:13:5: rule custom/x: unknown key "sverity"`},
		"a key that stands twice":     {rule() + "    title: again\n", "rules.yaml:13:5: rule custom/x: title: stands twice"},
		"an alias":                    {"rules:\n  - &a {id: custom/x}\n  - *a\n", "rules.yaml:3:5: aliases"},
		"an unknown anchor":           {"rules:\n  - id: custom/x\n    why: '*a'\n    mend: 2 *a\n    what: *a\n", "rules.yaml:5:11: unknown anchor 'a'"},
		"an unknown anchor in a list": {"# ünder *b\nrules: [ü, *b]\n", "rules.yaml:2:12: unknown anchor 'b'"},
		"an id of ours":               {rule("id: jvm/heap"), "rules.yaml:2:9: id: want custom/"},
		"two rules of one id":         {rule() + strings.TrimPrefix(rule(), "rules:\n"), "another rule of the file has this id"},
		"nothing to say":              {rule("message: ''"), "message: wants text"},
		"a syntax error":              {rule("fails: container.image =="), "rules.yaml:9:12: rule custom/x: fails: at 1:19: "},
		"a field that is not":         {rule("fails: container.imge == ''"), "rules.yaml:9:12: rule custom/x: fails: at 1:10: undefined field 'imge'"},
		"a variable of others":        {rule("fails: node.name == ''"), "fails: at 1:1: undeclared reference to 'node'"},
		"no truth value":              {rule("fails: container.image"), "gives a string, want a bool"},
		"an error in line two":        {rule("fails: |-\n      true &&\n      nothing"), "fails: at 2:1: "},
		"unknown without reason":      {rule("unknown: 'true'"), "unknownReason: is missing"},
		"a subject that is not":       {rule("subject: pod"), "want container, workload"},
		"init without containers":     {rule("subject: node", "fails: 'true'", "evidence: [{what: n, value: node.name}]", "init: true"), "init containers"},
		"too long":                    {rule("fails: '" + strings.Repeat("true && ", 600) + "true'"), "more than the 4096"},
		"nested without end":          {rule("fails: '" + strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200) + "'"), "fails: "},
		"six loops in one another":    {rule("fails: workload.containers.all(a, workload.containers.all(b, workload.containers.all(c, workload.containers.all(d, a.name == d.name))))"), "may cost 2"},
		"a bomb of lists":             {rule("fails: '[1,2,3,4,5,6,7,8,9,10].map(a,[1,2,3,4,5,6,7,8,9,10].map(b,[1,2,3,4,5,6,7,8,9,10].map(c,[1,2,3,4,5,6,7,8,9,10].map(d,[1,2,3,4,5,6,7,8,9,10].map(e,a*b*c*d*e))))).size() > 0'"), "may cost "},
		"evidence that costs":         {rule("evidence: [{what: image, value: container.nothing}]"), "evidence image: at 1:10: "},
		"a file beyond its bound":     {strings.Repeat("# \n", MaxFileBytes), "larger than"},
		"more rules than allowed":     {"rules:\n" + strings.Repeat("  - {}\n", MaxRules+1), "201 rules are more"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load("rules.yaml", strings.NewReader(c.text))
			require.Error(t, err)
			require.Contains(t, err.Error(), c.want)
			var fault *Error
			require.ErrorAs(t, err, &fault)
		})
	}
}

func TestARuleIsAcceptedWithItsCost(t *testing.T) {
	set, err := Load("rules.yaml", strings.NewReader(rule()))
	require.NoError(t, err)
	require.Positive(t, set.Rules()[0].Cost())
	require.LessOrEqual(t, set.Rules()[0].Cost(), uint64(2*subjectCostLimit))
}

// What the estimate lets through on a platform beyond its sizes still meets the limit, and the subject is unknown.
func TestCostIsLimitedWhileARuleRuns(t *testing.T) {
	set, err := Load("rules.yaml", strings.NewReader(rule("subject: workload",
		"fails: workload.spreadKeys.exists(a, workload.spreadKeys.exists(b, a + b == 'x'))",
		"evidence: [{what: name, value: workload.name}]")))
	require.NoError(t, err)
	w := snapshot.Workload{Kind: "Deployment", Namespace: "a", Name: "b"}
	for i := range 2000 {
		w.SpreadKeys = append(w.SpreadKeys, fmt.Sprint("key-", i))
	}
	results := set.Run(assessments.Input{Facts: facts.FromRecords(facts.Options{}, w)})
	require.Equal(t, 1, results.Rules[0].Unknown)
	require.Contains(t, results.Rules[0].CouldNotTell[0].Why, "cost limit exceeded")
}

func TestCustomRulesNeverChangeTheScore(t *testing.T) {
	in := assessments.Input{
		Content: content.V1(), Facts: facts.FromRecords(facts.Options{}, snapshottest.Generate(40, 1)...), AsOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}
	before := assessments.Assess(in)
	results := load(t, "testdata/example.yaml").Run(in)
	require.NotEmpty(t, results.Findings)
	require.Equal(t, before, assessments.Assess(in))
	require.Equal(t, assessments.High, results.Worst())
	for _, f := range results.Findings {
		require.NotEmpty(t, f.Fingerprint)
		require.True(t, strings.HasPrefix(f.Rule, Prefix))
	}
	counted := results.Rules[0]
	require.Equal(t, counted.Fail+boolInt(results.Rules[1].Fail > 0), len(results.Findings))

	in.Waivers = []assessments.Waiver{{Rule: "custom/*", Reason: "agreed", Until: in.AsOf}}
	waived := load(t, "testdata/example.yaml").Run(in)
	require.Zero(t, waived.Worst())
	require.Equal(t, "agreed", waived.Findings[0].WaivedBy)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestNothingToJudgeWithoutFacts(t *testing.T) {
	results := load(t, "testdata/example.yaml").Run(assessments.Input{Content: content.V1()})
	require.Len(t, results.Rules, 2)
	require.Empty(t, results.Findings)
}

// Every object and field that the page promises can be read, also where nothing is set.
func TestEveryFieldCanBeRead(t *testing.T) {
	in := assessments.Input{Facts: facts.FromRecords(facts.Options{},
		snapshot.Cluster{UID: "a", ServerVersion: "v1.34.2"}, snapshot.Node{Name: "n"}, snapshot.Namespace{Name: "a"},
		snapshot.Workload{Kind: "Deployment", Namespace: "a", Name: "b", Containers: []snapshot.Container{{Name: "c", Role: snapshot.RoleRegular}}},
		snapshot.Service{Namespace: "a", Name: "s", Type: "ClusterIP"})}
	var file strings.Builder
	file.WriteString("rules:\n")
	n := 0
	for _, kind := range subjectKinds {
		variable := variables[kind][0]
		for _, o := range objects() {
			if o.Name != variable.Type {
				continue
			}
			for _, field := range o.Fields {
				n++
				text := rule(fmt.Sprintf("id: custom/x%d", n), "subject: "+string(kind), fmt.Sprintf("fails: %s.%s == %s.%s", variable.Name, field.Name, variable.Name, field.Name),
					fmt.Sprintf("evidence: [{what: v, value: %s.%s}]", variable.Name, field.Name))
				file.WriteString(strings.TrimPrefix(text, "rules:\n"))
			}
		}
	}
	set, err := Load("rules.yaml", strings.NewReader(file.String()))
	require.NoError(t, err)
	results := set.Run(in)
	for _, r := range results.Rules {
		require.Equal(t, 1, r.Fail, "%s: %v", r.ID, r.CouldNotTell)
	}
	require.Greater(t, n, 80)
}

func FuzzLoadNeverPanics(f *testing.F) {
	data, err := os.ReadFile("testdata/example.yaml")
	require.NoError(f, err)
	f.Add(string(data))
	f.Add(rule())
	f.Add(rule("fails: workload.containers.all(c, has(c.liveness))"))
	in := assessments.Input{Facts: facts.FromRecords(facts.Options{}, snapshottest.Generate(3, 1)...)}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := Load("rules.yaml", strings.NewReader(text))
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		set.Run(in)
		set.Test()
	})
}

func TestInitContainersAndThePlatformsOwnAreLeftOutUnlessNamed(t *testing.T) {
	in := assessments.Input{Facts: facts.FromRecords(facts.Options{},
		snapshot.Workload{Kind: "Deployment", Namespace: "a", Name: "b", Containers: []snapshot.Container{{Name: "i", Role: snapshot.RoleInit}, {Name: "c", Role: snapshot.RoleRegular}}},
		snapshot.Workload{Kind: "DaemonSet", Namespace: "kube-system", Name: "agent", Containers: []snapshot.Container{{Name: "c", Role: snapshot.RoleRegular}}})}
	for text, want := range map[string]assessments.RuleCount{
		rule(): {Fail: 1, NotApplicable: 1}, rule("init: true"): {Fail: 2, NotApplicable: 1}, rule("system: true"): {Fail: 2},
	} {
		set, err := Load("rules.yaml", strings.NewReader(text))
		require.NoError(t, err)
		require.Equal(t, want, set.Run(in).Rules[0].RuleCount)
	}
}

// Whatever the number of findings, those of the gravest rules are listed, open ones first, and the others counted.
func TestMoreFindingsThanAreListedAreCounted(t *testing.T) {
	day := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	const workloads = assessments.MaxFindings * 3 / 4
	records := []snapshot.Record{snapshot.Header{Source: snapshot.SourceManifests}}
	for i := range workloads {
		records = append(records, snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: fmt.Sprintf("w%05d", workloads-i), Containers: []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular, Image: "nginx"}}})
	}
	var text strings.Builder
	text.WriteString("rules:\n")
	for _, r := range []struct{ id, severity, subject string }{{"b", "low", "workload"}, {"a", "medium", "workload"}, {"c", "high", "container"}} {
		fmt.Fprintf(&text, "  - {id: custom/%s, title: t, what: w, why: y, mend: m, severity: %s, subject: %s, fails: 'true', message: m, expected: e, evidence: [{what: name, value: workload.name}]}\n", r.id, r.severity, r.subject)
	}
	set, err := Load("rules.yaml", strings.NewReader(text.String()))
	require.NoError(t, err)
	in := assessments.Input{Content: content.V1(), Facts: facts.FromRecords(facts.Options{}, records...), AsOf: day}
	in.Waivers = []assessments.Waiver{{Rule: "custom/c", Name: "w0000?", Reason: "known", Until: day}, {Rule: "custom/b", Name: "w00001", Reason: "known", Until: day}}
	results := set.Run(in)
	require.Len(t, results.Findings, assessments.MaxFindings)
	counts := map[string]int{}
	for _, f := range results.Findings {
		counts[f.Rule]++
		require.False(t, f.Waived)
		require.Equal(t, f.Subject.Name, f.Evidence[0].Value)
	}
	const open = workloads - 9 // of custom/c: w00001 to w00009 are waived
	require.Equal(t, map[string]int{"custom/c": open, "custom/a": assessments.MaxFindings - open}, counts)
	require.Equal(t, "w00010", results.Findings[0].Subject.Name)
	require.Equal(t, "w00001", results.Findings[open].Subject.Name, "the first of those that fit")
	require.Equal(t, []assessments.LeftOut{{Rule: "custom/c", Severity: assessments.High, Waived: 9},
		{Rule: "custom/a", Severity: assessments.Medium, Open: 2*workloads - 9 - assessments.MaxFindings},
		{Rule: "custom/b", Severity: assessments.Low, Open: workloads - 1, Waived: 1}}, results.LeftOut)
	require.Len(t, results.Waivers.Used, 2)
	require.Equal(t, workloads, results.Rules[0].Fail)
}
