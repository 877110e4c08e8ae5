package rules_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

const oneCase = `
rule: lifecycle/example
unreachable: {unknown: it sees everything}
cases:
  - name: a workload
    outcome: fail
    records:
      - {kind: workload, workloadKind: Deployment, namespace: shop, name: web}
      - {kind: workload, workloadKind: Deployment, namespace: shop, name: api}
    want:
      - {subject: shop/web, result: fail, severity: medium, message: wrong, evidence: "seen: it"}
      - {subject: shop/api, result: pass}
`

// example fails the workload web and passes every other.
func example(change func(*assessments.Failure)) assessments.Rule {
	return assessments.Rule{ID: "lifecycle/example", Control: "lifecycle/example", Judge: func(v assessments.View) []assessments.Outcome {
		return rulesOver(v, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			if w.Name != "web" {
				return o.Pass()
			}
			failure := assessments.Failure{
				Message: "It is wrong.", Evidence: []assessments.Evidence{{What: "seen", Value: "it"}}, Expected: "right",
				Mend: assessments.Mend{Text: "Mend it."},
			}
			if change != nil {
				change(&failure)
			}
			return o.Fail(failure)
		})
	}}
}

func rulesOver(v assessments.View, judge func(*facts.Workload, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	var outcomes []assessments.Outcome
	for _, w := range v.Workloads {
		outcomes = append(outcomes, judge(w, assessments.AboutWorkload(w)))
	}
	return outcomes
}

func TestACaseHoldsARuleToAllItsOutcomes(t *testing.T) {
	file, err := rules.ReadCases("example.yaml", []byte(oneCase))
	require.NoError(t, err)
	require.NoError(t, rules.Check(example(nil), assessments.Medium, file.Cases[0]))

	for name, c := range map[string]struct {
		yaml   [2]string // what to replace in the case, and by what
		change func(*assessments.Failure)
		want   string
	}{
		"another result":      {yaml: [2]string{"shop/api, result: pass", "shop/api, result: fail, severity: low, message: x"}, want: "want fail, got pass"},
		"words unwanted":      {yaml: [2]string{"message: wrong", "message: wrong, without: [them, Mend it]"}, want: `want nothing of "Mend it"`},
		"another severity":    {yaml: [2]string{"severity: medium", "severity: high"}, want: "severity: want high, got medium"},
		"another message":     {yaml: [2]string{"message: wrong", "message: other"}, want: `message: want "other"`},
		"other evidence":      {yaml: [2]string{"seen: it", "seen: them"}, want: `evidence: want "seen: them"`},
		"one outcome more":    {yaml: [2]string{"      - {subject: shop/api, result: pass}\n", ""}, want: "shop/api (Deployment): got pass (), want no outcome"},
		"one outcome fewer":   {yaml: [2]string{"subject: shop/api", "subject: shop/other"}, want: "want an outcome for shop/other, got none"},
		"too grave":           {change: func(f *assessments.Failure) { f.Severity = assessments.Critical }, want: "graver than the rule's worst"},
		"nothing seen":        {change: func(f *assessments.Failure) { f.Evidence = nil }, want: "a finding needs evidence"},
		"no mend":             {change: func(f *assessments.Failure) { f.Mend.Text = "" }, want: "a finding needs message, expected and mend"},
		"a patch unasked for": {yaml: [2]string{"message: wrong", "message: wrong, noPatch: true"}, change: func(f *assessments.Failure) { f.Mend.Patch = "a: b" }, want: "patch: want none"},
		"a patch of no YAML":  {change: func(f *assessments.Failure) { f.Mend.Patch = "a: [" }, want: "the patch is no YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			text := oneCase
			if c.yaml[0] != "" {
				text = strings.Replace(text, c.yaml[0], c.yaml[1], 1)
				require.NotEqual(t, oneCase, text)
			}
			file, err := rules.ReadCases("example.yaml", []byte(text))
			require.NoError(t, err)
			require.ErrorContains(t, rules.Check(example(c.change), assessments.Medium, file.Cases[0]), c.want)
		})
	}
}

func TestAnUnwantedFindingIsQuoted(t *testing.T) {
	file, err := rules.ReadCases("example.yaml", []byte(oneCase))
	require.NoError(t, err)
	c := file.Cases[0]
	c.Want[0] = rules.Want{Subject: "shop/web", Result: assessments.Pass}
	require.ErrorContains(t, rules.Check(example(nil), assessments.Medium, c), "want pass, got fail (It is wrong.)")
}

func TestTheOrderOfRecordsMustNotMatter(t *testing.T) {
	file, err := rules.ReadCases("example.yaml", []byte(oneCase))
	require.NoError(t, err)
	calls := 0
	fickle := example(func(f *assessments.Failure) {
		calls++
		f.Evidence = append(f.Evidence, assessments.Evidence{What: "call", Value: strings.Repeat("x", calls)})
	})
	require.ErrorContains(t, rules.Check(fickle, assessments.Medium, file.Cases[0]), "the order of the records changes the outcomes")

	folders, err := rules.ReadCases("folders.yaml", []byte(`
rule: lifecycle/example
cases:
  - name: two folders of one name
    outcome: unknown
    records:
      - {kind: repository, name: shop, codeLanguages: [go]}
      - {kind: repository, name: shop, codeLanguages: [maven]}
    want:
      - {subject: cluster, result: unknown, reason: go}
`))
	require.NoError(t, err)
	first := assessments.Rule{ID: "lifecycle/example", Judge: func(v assessments.View) []assessments.Outcome {
		return []assessments.Outcome{assessments.AboutCluster().Unknown(v.Repos[0].CodeLanguage[0])}
	}}
	err = rules.Check(first, assessments.Medium, folders.Cases[0])
	require.ErrorContains(t, err, "the order of the records changes the outcomes")
	require.NotContains(t, err.Error(), "reason: want", "the wanted outcomes are those of the order in the file")
}

func TestACaseMayShowThatThereIsNothingToJudge(t *testing.T) {
	file, err := rules.ReadCases("nothing.yaml", []byte("rule: lifecycle/example\ncases: [{name: nothing}]"))
	require.NoError(t, err)
	require.NoError(t, rules.Check(example(nil), assessments.Medium, file.Cases[0]))
	_, err = rules.ReadCases("nothing.yaml", []byte("rule: lifecycle/example\ncases: [{name: nothing, outcome: pass}]"))
	require.ErrorContains(t, err, `it is there to show "pass"`)
	_, err = rules.ReadCases("nothing.yaml", []byte("rule: lifecycle/example\ncases: [{name: nothing, want: [{subject: a, result: pass}]}]"))
	require.ErrorContains(t, err, `it is there to show ""`)
}

func TestACaseNamesTheNamespacesThatWereCollected(t *testing.T) {
	c := rules.Case{Scope: []string{"shop"}}
	view, err := c.View(false)
	require.NoError(t, err)
	require.Equal(t, []string{"shop"}, view.Scope)
}

func TestCasesAreReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"a key that cases lack":       {"outcome: fail", "result: fail", "line 6: field result not found"},
		"a double key":                {"outcome: fail", "outcome: fail\n    outcome: pass", `mapping key "outcome" already defined`},
		"an outcome nobody wants":     {"outcome: fail", "outcome: unknown", `it is there to show "unknown"`},
		"a fail without a message":    {", message: wrong", "", "a fail needs severity and message"},
		"a fail without a severity":   {", severity: medium", "", "a fail needs severity and message"},
		"a want that names itself":    {"message: wrong,", "", `want of "shop/web"`},
		"an unknown without a reason": {"result: pass", "result: unknown", "need a reason"},
		"a result that is none":       {"result: pass", "result: passed", `got "passed"`},
		"no name":                     {"name: a workload\n", "name: \"\"\n", "a case needs a name"},
		"a second document":           {"cases:", "---\ncases:", "want one document"},
		"a severity that is none":     {"severity: medium", "severity: mild", "want low, medium, high or critical"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(oneCase, c.from, c.to, 1)
			require.NotEqual(t, oneCase, text)
			_, err := rules.ReadCases("example.yaml", []byte(text))
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := rules.ReadCases("large.yaml", make([]byte, 5<<20))
	require.ErrorContains(t, err, "bytes are more than")
	_, err = rules.ReadCases("full.yaml", []byte(oneCase+"#"+strings.Repeat("-", 4<<20-len(oneCase)-1)))
	require.NoError(t, err)
}

func TestRecordsOfACaseAreReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"a field that records lack": {"name: web}", "name: web, replica: 1}", "replica"},
		"no such kind":              {"kind: workload, workloadKind: Deployment, namespace: shop, name: web", "kind: widget, name: web", "widget"},
		"a header":                  {"kind: workload, workloadKind: Deployment, namespace: shop, name: web", "kind: header, schema: plimsoll.snapshot/v1, collectorVersion: x, source: cluster, takenAt: 2026-11-22", "the header is made from"},
		"a wrong type":              {"name: web}", "name: web, replicas: three}", "replicas"},
		"a key of no JSON":          {"name: web}", "name: web, 1: x}", "line 8: json: unsupported type"},
		"a value of another type":   {"name: web}", "name: web, replicas: !!int three}", "line 8: yaml: "},
		"settings of no JSON":       {"outcome: fail", "outcome: fail\n    settings: {1: true}", "settings: line 7: json: unsupported type"},
		"a target of no version":    {"outcome: fail", "outcome: fail\n    targetVersion: soon", `got "soon"`},
		"a setting that is none":    {"outcome: fail", "outcome: fail\n    settings: {flat: true}", "settings: line 7"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(oneCase, c.from, c.to, 1)
			require.NotEqual(t, oneCase, text)
			file, err := rules.ReadCases("example.yaml", []byte(text))
			require.NoError(t, err)
			require.ErrorContains(t, rules.Check(example(nil), assessments.Medium, file.Cases[0]), c.want)
		})
	}
}

func TestAFileOfCasesShowsEveryOutcomeOrSaysWhyNot(t *testing.T) {
	file, err := rules.ReadCases("example.yaml", []byte(oneCase))
	require.NoError(t, err)
	err = file.Complete()
	require.ErrorContains(t, err, "no case is there to show pass")
	require.ErrorContains(t, err, "no case is there to show notApplicable")
	require.NotContains(t, err.Error(), "show unknown")

	file.Unreachable["fail"] = "nothing ever fails"
	require.ErrorContains(t, file.Complete(), "fail is declared unreachable, and a case shows it")
	file.Unreachable["notApplicable"] = ""
	require.ErrorContains(t, file.Complete(), "unreachable notApplicable needs a reason")
}

func FuzzReadCases(f *testing.F) {
	f.Add([]byte(oneCase))
	f.Add([]byte("cases: [{name: a, outcome: pass, want: [{subject: a, result: pass}], records: [{kind: node, name: a}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := rules.ReadCases("fuzz.yaml", data)
		if err != nil {
			return
		}
		for _, c := range file.Cases {
			_ = rules.Check(example(nil), assessments.Medium, c)
		}
	})
}
